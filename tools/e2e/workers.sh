#!/bin/bash
# Several workers: what the kernel spreads over them belongs together all the
# same, and no more comes in than may.
. "${0%/*}/lib/e2e.bash"
. tools/e2e/lib/bot_socket.bash
begin workers "${1:-}"
# A dozen calls each, and four workers: not all rows at once where it is slow.
case $BUILD in */check) ROWS_MAX=2 PATIENCE=15 ;; esac

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
responses:
- {on: greeting, say: ["digits:1"]}
expect: {allow_gaps: true}'
many() { # workers, more of the configuration
	model model --lenient <<<"$quick"
	gateway gateway --log-level debug <<-E
		agent: {turns: {silence_duration_ms: 300}}
		workers: $1
		${2:-}
	E
}

# Sets HELD to "calls=5 heap_bytes=… descriptors=… per_worker=3,2".
holds() {
	local before

	before=$(grep -c ev=resources "$ROW/gateway.err")
	kill -USR1 "${PID[gateway]}"
	await "$PATIENCE" has_told "$before" || fail "SIGUSR1 tells nothing"
	HELD=$(grep ev=resources "$ROW/gateway.err" | tail -n 1 | sed 's/.*ev=resources //')
}
has_told() { # more often than so
	[ "$(grep -c ev=resources "$ROW/gateway.err")" -gt "$1" ]
}
has_calls() { # number
	holds
	[[ $HELD == "calls=$1 "* ]]
}

# Most and least calls of a worker.
is_even() { # by how much they may differ
	local each

	each=$(tr , '\n' <<<"${HELD##*per_worker=}" | sort -n)
	[ $(($(tail -n 1 <<<"$each") - $(head -n 1 <<<"$each"))) -le "$1" ] ||
		fail "not even: $HELD"
}

# The worker that wrote a line of a call: "CALL WORKER" for each.
workers_of() { # event
	sed -n "s/.*worker=\([0-9]*\) .*\bev=$1\b.*call=\(CA[0-9a-f]*\).*/\2 \1/p
		s/.*worker=\([0-9]*\) call=\(CA[0-9a-f]*\) ev=$1\b.*/\2 \1/p" "$ROW/gateway.err" | sort -u
}

# --- Twilio: a webhook here, its socket there ---

spread() { # workers, calls
	local apart

	many "$1"
	dial call --calls "$2" --parallel "$2" --rate 20 <<-E
		steps:
		- {wait: heard_start}
		- {wait: "6000"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	await 20 has_calls "$2" || fail "not all calls are up: $HELD"
	is_even 2
	over call
	apart=$(join <(workers_of invited) <(workers_of started) | awk '$2 != $3' | wc -l)
	[ "$apart" -gt 0 ] || fail "no webhook was on another worker than its socket"
	await "$PATIENCE" has_calls 0 || fail "calls are left: $HELD"
}
row "12 Twilio calls on 2 workers: even, whoever took the webhook" spread 2 12
row "12 Twilio calls on 4 workers: even, whoever took the webhook" spread 4 12

# --- AudioCodes: a conversation has one worker ---

moves() { # how often, at least
	local n

	n=$(grep -c "ev=moves" "$ROW/gateway.err")
	[ "$n" -ge "$1" ] || fail "sockets moved $n times, not $1"
}

# Each socket comes by chance to one of the workers; 16 of them all to one, once
# in 10^4.8 runs with two.
resumes() { # workers
	local i last=first

	many "$1"
	CALL=conversation-$1
	open_socket first
	sends first "$(initiate)"
	hears "accepted" first "$is_accepted"
	for i in {1..16}; do
		open_socket "s$i"
		# Both in the same packet, or nearly: what is behind it moves, too.
		sends "s$i" "$(of_call session.resume)"
		sends "s$i" "$(of_call userStream.start)"
		hears "resumed, and the stream behind it" "s$i" \
			'.[0].type == "session.accepted" and any(.[]; .type == "userStream.started")'
		closed "$last" 1000 "$PATIENCE"
		drop "$last"
		last=s$i
	done
	moves 1
	has_calls 1 || fail "not one call: $HELD"
	sends "$last" "$(session_end)"
	closed "$last" 1000 "$PATIENCE"
}
row "resumed 16 times, on whichever of 2 workers: one call" resumes 2
row "resumed 16 times, on whichever of 4 workers: one call" resumes 4

begins_anew() {
	local i last=

	many 2
	CALL=conversation-again
	for i in {1..16}; do
		open_socket "s$i"
		sends "s$i" "$(initiate)"
		hears "accepted" "s$i" "$is_accepted"
		[ -z "$last" ] || drop "$last"
		last=s$i
	done
	moves 1
	await $((PATIENCE + 2)) has_calls 1 || fail "not one call: $HELD"
	sends "$last" "$(session_end)"
	closed "$last" 1000 "$PATIENCE"
}
row "begun anew 16 times, on whichever worker: the newest is the call" begins_anew

# Who is away is waited for on all workers.
room_for_them() {
	local i

	many 4 "limits: {calls: 1}"
	CALL=conversation-away
	open_socket first
	sends first "$(initiate)"
	hears "accepted" first "$is_accepted"
	drop first
	await "$PATIENCE" contains "$ROW/gateway.err" ev=detached
	for i in {1..8}; do
		open_socket "s$i"
		sends "s$i" "$(of_call session.resume)"
		hears "resumed" "s$i" "$is_accepted"
		drop "s$i"
		await "$PATIENCE" away "$i" || fail "the loss of s$i is not noticed"
	done
}
away() { # how often, beyond the first
	[ "$(grep -c ev=detached "$ROW/gateway.err")" -gt "$1" ]
}
row "limits.calls reached: a call that is away finds room on every worker" room_for_them

# --- Room ---

# All sockets are open before the first of them asks; the others are refused
# before they are open.
burst() { # workers, room
	local i accepted=0 refused=0 open=()

	many "$1" "limits: {calls: $2}"
	for i in {1..12}; do
		open_socket "s$i"
		if grep -qa '^HTTP/1.1 101' "$ROW/s$i.raw"; then
			open+=("$i")
		elif grep -qa '^HTTP/1.1 503' "$ROW/s$i.raw"; then
			refused=$((refused + 1))
		fi
	done
	for i in "${open[@]}"; do
		CALL=conversation-$i
		sends "s$i" "$(initiate)" &
	done
	wait $(jobs -p | grep -vxF "$(printf '%s\n' "${PID[@]}" "${READER[@]}")")
	for i in "${open[@]}"; do
		hears "an answer" "s$i" 'length > 0'
		heard_already "s$i" '.[0].type == "session.accepted"' && accepted=$((accepted + 1))
	done
	[ "$accepted $refused" = "$2 $((12 - $2))" ] ||
		fail "$accepted accepted and $refused refused of 12, with room for $2"
	has_calls "$2" || fail "not $2 calls: $HELD"
	for i in "${open[@]}"; do
		CALL=conversation-$i
		sends "s$i" "$(session_end)"
	done
	await "$PATIENCE" has_calls 0 || fail "calls are left: $HELD"
}
row "12 conversations at once, room for 5, on 4 workers: exactly 5" burst 4 5

burst_of_calls() {
	local i

	many 4 "limits: {calls: 5}"
	dial call --calls 24 --parallel 24 --rate 500 <<<"steps: [{wait: hangup}]"
	await 20 has_calls 5 || fail "not 5 calls: $HELD"
	for i in 1 2 3; do
		nap 0.5
		has_calls 5 || fail "not 5 calls: $HELD"
	done
	stop gateway "$PATIENCE" INT
	leaves call 1 $((PATIENCE + 2))
}
row "24 Twilio calls at once, room for 5, on 4 workers: 5" burst_of_calls

# --- The end ---

ends() { # signals
	local i

	many 4
	dial call --calls 12 --parallel 12 --rate 20 <<<"steps: [{wait: hangup}]"
	await 20 has_calls 12 || fail "not all calls are up: $HELD"
	for ((i = 1; i < $1; i++)); do
		kill -INT "${PID[gateway]}"
	done
	stop gateway "$PATIENCE" INT
	leaves call 1 $((PATIENCE + 2)) # nobody answers what Twilio asks next
	log_says gateway "ev=stopped calls=12"
}
row "SIGINT with calls on all of 4 workers: status 0 within 3 s" ends 1
row "SIGINT twice with calls on all of 4 workers" ends 2

taken() {
	many 4
	start other "$BUILD/tandem" serve -c "$ROW/gateway.yaml" --listen "127.0.0.1:$PORT" \
		--admin ""
	leaves other 1 $((PATIENCE + 2))
	log_says other "another program has that port"
}
row "a port that another start of several workers has: status 1" taken

undone() {
	many 1
	gateway_file other <<<"workers: 4
failure: {prompt: none.wav}"
	start other "$BUILD/tandem" serve -c "$ROW/other.yaml" --listen 127.0.0.1:0 --admin ""
	leaves other 1 $((PATIENCE + 2))
	log_says other "failure.prompt:"
}
row "a prompt that is not there, with several workers: status 1" undone

end
