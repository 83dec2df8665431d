#!/bin/bash
# Rolling restarts under calls: no connection is refused, no call is cut. Two
# ways: instances that share the port, and one socket that is handed from
# instance to instance, as systemd does.
. "${0%/*}/lib/e2e.bash"
begin restart "${1:-}"
ROWS_MAX=1

case $BUILD in
*/release) RESTARTS=20 CALLS=20 ;;
*) RESTARTS=4 CALLS=4 ;;
esac

# Somebody knocks all the time, on a new connection each time.
knock() { # until a file is there
	local refused=0 knocks=0

	while [ ! -e "$ROW/enough" ]; do
		knocks=$((knocks + 1))
		curl -s -o /dev/null -m 10 "http://127.0.0.1:$PORT/healthz" ||
			refused=$((refused + 1))
		nap 0.01
	done
	echo "$knocks $refused" >"$ROW/knocks"
}

begin_calls() {
	knock &
	KNOCKER=$!
	# Through many restarts, ended by the model: then Twilio asks whoever has
	# the port what follows. How it sounds beside so many processes on so few
	# cores is not judged here.
	dial long --calls "$CALLS" --parallel "$CALLS" --rate 10 <<-E
		steps:
		- {wait: heard_end, label: greeting, timeout_ms: 60000}
		- {say: caller-question}
		- {wait: heard_end, timeout_ms: 60000}
		- {press: "5"}
		- {wait: heard_end, timeout_ms: 60000}
		- {press: "0"}
		- {wait: heard_end, label: goodbye, timeout_ms: 60000}
		- {wait: hangup, timeout_ms: 20000}
		expect: {outcome: hung_up, breaches: 0}
	E
	# And those that begin in between.
	dial short --calls "$CALLS" --parallel 4 --rate 4 <<-E
		steps:
		- {wait: heard_end, timeout_ms: 60000}
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end, timeout_ms: 60000}
		- {hangup: true}
	E
}

end_calls() {
	local knocks refused

	over long
	over short
	touch "$ROW/enough"
	wait "$KNOCKER"
	read -r knocks refused <"$ROW/knocks"
	echo "# $RESTARTS restarts, $((CALLS * 2)) calls, $knocks connections, $refused refused" \
		>"$ROW/figures"
	[ "$refused" -eq 0 ] || fail "$refused of $knocks connections were refused"
	says "all calls passed" "$ROW/long.out" "map(select(.passed)) | length == $CALLS"
	says "all calls passed" "$ROW/short.out" "map(select(.passed)) | length == $CALLS"
	cat "$ROW"/gateway*.err | grep -c ev=started >"$ROW/started"
}

keys="listen_shared: true
workers: 2
admin: {listen: ''}"

shares_the_port() {
	local i

	model model --lenient </dev/null
	gateway gateway0 <<<"$keys"
	begin_calls
	for ((i = 1; i <= RESTARTS; i++)); do
		gateway_file "gateway$i" <<<"$keys"
		GATEWAYS+=("gateway$i")
		start "gateway$i" "$BUILD/tandem" serve -c "$ROW/gateway$i.yaml" \
			--listen "127.0.0.1:$PORT"
		await 20 contains "$ROW/gateway$i.out" "listening on" ||
			fail "gateway$i does not start"
		kill -TERM "${PID[gateway$((i - 1))]}"
		nap 0.3
	done
	end_calls
	for ((i = 0; i < RESTARTS; i++)); do
		leaves "gateway$i" 0 15
	done
}
row "$RESTARTS rolling restarts under calls, instances share the port: none refused, none cut" shares_the_port

is_ready() { # so many starts
	contains "$ROW/gateway.out" "ready $1"
}

is_activated() {
	local i

	model model --lenient </dev/null
	gateway_file gateway <<<"workers: 2
admin: {listen: ''}"
	start gateway "$BUILD/tools/testing/activator" "$BUILD/tandem" serve \
		-c "$ROW/gateway.yaml"
	port_of gateway
	VOICE_URL=http://127.0.0.1:$PORT/twilio/voice
	begin_calls
	for ((i = 1; i <= RESTARTS; i++)); do
		await 20 is_ready "$i" || fail "instance $i does not start"
		kill -USR1 "${PID[gateway]}"
		nap 0.3
	done
	end_calls
	stop gateway 15
}
row "$RESTARTS rolling restarts under calls, one socket handed over: none refused, none cut" is_activated

end
