#!/bin/bash
# SIGHUP: the configuration is read again, and no call notices.
. "${0%/*}/lib/e2e.bash"
begin reload "${1:-}"

reloaded() { # so often, with that word
	[ "$(grep -c "ev=reload.*$2" "$ROW/gateway.err")" -ge "$1" ]
}

hup() { # times, word of the log
	kill -HUP "${PID[gateway]}"
	await 10 reloaded "$1" "$2" || fail "reload $1 is not told"
}

bad='audio:
  lead_ms: 5
agent:
  voise: marin'

# A line for each call, and one for all of them.
undisturbed() {
	jq -es "[.[] | select(.figures)] | length == 10 and all(.[]; .passed and .figures.late_ms == 0 and .figures.gaps <= $GAPS
		and .figures.clicks == 0)" "$ROW/call.out" >/dev/null
}

many_reloads() { # rounds
	local i

	dial call --calls 10 --parallel 10 --rate 5 </dev/null
	nap 2
	for ((i = 0; i < $1; i++)); do
		{ cat "$ROW/good.yaml" && echo "$bad"; } >"$ROW/gateway.yaml"
		BAD=$((BAD + 1))
		hup "$BAD" "nothing has changed"
		{ cat "$ROW/good.yaml" && echo "agent: {greeting: Say hello $i.}"; } >"$ROW/gateway.yaml"
		GOOD=$((GOOD + 1))
		hup "$GOOD" "new configuration"
		nap 0.3
	done
	await 100 has_left call || fail "the calls do not end"
	wait "${PID[call]}"
	unset "PID[call]"
}

under_load() {
	local rounds=10

	case $BUILD in */release) ;; *) rounds=3 ;; esac
	BAD=0 GOOD=0
	model model --lenient </dev/null
	gateway gateway </dev/null
	cp "$ROW/gateway.yaml" "$ROW/good.yaml"
	many_reloads "$rounds"
	echo "# $((BAD + GOOD)) reloads" >"$ROW/figures"
	judged call
	undisturbed || fail "a call was disturbed"
	log_says gateway 'audio.lead_ms is 5, must be 20 to 2000'
	log_says gateway 'unknown key \"voise\"'
}
row "10 calls, good and bad files in turn: none disturbed, every mistake told" under_load

front_page_says() { # words
	curl -s -m 5 "${VOICE_URL%/twilio*}/" | grep -qF "$1"
}

who_has_what() {
	model model </dev/null
	gateway gateway <<<"failure: {then: hangup}"
	cp "$ROW/gateway.yaml" "$ROW/good.yaml"
	dial_bot call <<<"steps: [{wait: heard_end}, {wait: hangup}]
expect: {outcome: hung_up}"
	await 10 contains "$ROW/gateway.err" state=up || fail "no call"
	sed 's/then: hangup/then: dial, dial: "+15554445555"/' "$ROW/good.yaml" >"$ROW/gateway.yaml"
	echo "workers: 7" >>"$ROW/gateway.yaml"
	hup 1 "new configuration"
	log_says gateway "ev=needs_restart keys=workers"
	dial_bot next <<<"steps: [{wait: heard_end}, {wait: hangup}]
expect: {outcome: transferred}"
	await 10 two_are_up || fail "no second call"
	{
		kill -KILL "${PID[model]}"
		wait "${PID[model]}"
	} 2>/dev/null
	unset "PID[model]"
	over call
	over next
}
two_are_up() {
	[ "$(grep -c state=up "$ROW/gateway.err")" -ge 2 ]
}
row "a running call keeps what it began with, the next has the new; workers need a restart" who_has_what

files() {
	model model </dev/null
	gateway gateway </dev/null
	cp "$ROW/gateway.yaml" "$ROW/good.yaml"
	cp "$CERT/ca.pem" "$ROW/ca.pem"
	sed "s|ca_file: .*|ca_file: ca.pem|" "$ROW/good.yaml" >"$ROW/gateway.yaml"
	hup 1 "new configuration"
	echo "no certificate" >"$ROW/ca.pem"
	hup 1 "nothing has changed"
	log_says gateway "model.ca_file: "
	{ cat "$ROW/good.yaml" && echo "failure: {prompt: none.wav}"; } >"$ROW/gateway.yaml"
	hup 2 "nothing has changed"
	log_says gateway "failure.prompt: "
	rm "$ROW/gateway.yaml"
	hup 3 "nothing has changed"
	log_says gateway "cannot be read"
	call call <<<"steps: [{wait: heard_end}, {hangup: true}]"
}
row "certificates and prompts that cannot be read: nothing changes, calls go on" files

standby() {
	STANDBY=2
	model model </dev/null
	gateway gateway <<<"workers: 1"
	cp "$ROW/gateway.yaml" "$ROW/good.yaml"
	await 10 contains "$ROW/gateway.err" ev=pool_ready || fail "none stand"
	{ cat "$ROW/good.yaml" && echo "agent: {instructions: Speak of the weather.}"; } >"$ROW/gateway.yaml"
	hup 1 "new configuration"
	await 10 trace_has model 'map(select(.type == "session.updated")) | length == 4' ||
		fail "the sessions that stand are not renewed"
	model_says "the old ones are closed" model \
		'map(select(.type == "session_end" and .code == 1000)) | length == 2'
	call call <<<"steps: [{wait: heard_end}, {hangup: true}]"
}
row "the standby sessions are renewed when the agent is another" standby

secrets() {
	gateway_and_model </dev/null
	hup 1 "new configuration"
	call call <<<"steps: [{wait: heard_end}, {hangup: true}]"
}
row "secrets of the environment live through a reload" secrets

end
