#!/bin/bash
# Sessions that stand ready before there is a call: found by calls, one each,
# and replaced, whatever happens to them meanwhile.
. "${0%/*}/lib/e2e.bash"
begin standby "${1:-}"
ROWS_MAX=4 # each is three programs and their handshakes

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
responses:
- {on: greeting, repeat: true, say: ["digits:1"]}
expect: {allow_gaps: true}'
agent='workers: 1
agent: {turns: {silence_duration_ms: 300}}'
greeted='steps:
- {wait: heard_end, label: greeting}
- {hangup: true}
expect: {outcome: caller_hung_up, breaches: 0}'
STANDBY=2

ready() { # how often it was said that all stand
	await 8 is_ready "${1:-1}" || fail "they do not stand"
}
is_ready() {
	[ "$(grep -c "ev=pool_ready standing=$STANDBY" "$ROW/gateway.err")" -ge "$1" ]
}

# Their sessions had stood for some time.
was_warm() { # how many calls
	local warm

	warm=$(grep -cE 'call=.* ev=model_ready session=sess_.* stood_ms=[1-9]' "$ROW/gateway.err")
	[ "$warm" -eq "$1" ] || fail "$warm calls found a session, not $1"
}

# --- Calls ---

finds() { # call or call_bot
	model model <<<"$quick"
	gateway gateway <<<"$agent"
	ready
	nap 0.2
	"$1" call <<<"$greeted"
	was_warm 1
	model_says "the session was there 200 ms before it was used" model '
		(map(select(.type == "response.create" and .dir == "in")) | .[0]) as $greet |
		(map(select(.type == "session.updated" and .session == $greet.session)) | .[0]) as $up |
		$greet.t_us - $up.t_us > 200000'
	model_says "and it is replaced" model \
		'map(select(.type == "session.updated")) | length == 3'
}
row "a call over Twilio finds its session" finds call
row "a call over AudioCodes finds its session" finds call_bot

# Three of them have to wait for sessions of their own.
at_once() {
	model model <<<"$quick"
	gateway gateway <<<"$agent"
	ready
	dial call --calls 5 --parallel 5 <<<"$greeted"
	over call
	says "all five are greeted" "$ROW/call.out" \
		'map(select(.outcome == "caller_hung_up" and .figures)) | length == 5'
	model_says "no two in one session" model '
		map(select(.type == "response.create" and .dir == "in").session) |
			length == 5 and (unique | length == 5)'
	[ "$(sed -n 's/.*ev=model_ready session=\([^ ]*\).*/\1/p' "$ROW/gateway.err" |
		sort -u | wc -l)" -eq 5 ] || fail "the log names fewer sessions than calls"
}
row "five calls at once, two sessions stand: each has its own" at_once

while_dialling() {
	model model <<<"timing: {session_created_delay_ms: 3000, first_delta_ms: [40, 80]}"
	gateway gateway <<<"$agent"
	call call <<<"$greeted"
	was_warm 0
	ready
	call second <<<"$greeted"
	was_warm 1
}
row "a call comes before the first one stands: it opens its own" while_dialling

in_text() {
	model model <<<"$quick"
	gateway gateway <<<"$agent"
	ready
	call_bot call <<-E
		audiocodes: {direct_stt: false, direct_tts: false}
		steps:
		- {wait: "2000"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	log_says gateway "ev=model_ready"
	was_warm 0
}
row "a call of text opens its own" in_text

# --- What happens to those that stand ---

dropped() {
	model model <<<"$quick
faults:
- {fault: drop, at: updated, after_ms: 3000, session: 1}"
	gateway gateway <<<"$agent"
	ready 2
	log_says gateway "warn  module=model worker=0 ev=pool_lost session=sess_"
	call call <<<"$greeted"
	was_warm 1
}
row "one that stands is cut off: replaced, the next call notices nothing" dropped

complained_of() {
	model model <<<"$quick
faults:
- {fault: error, at: updated, after_ms: 3000, session: 2}"
	gateway gateway <<<"$agent"
	ready 2
	call call <<<"$greeted"
	was_warm 1
}
row "the server complains of one that stands: replaced" complained_of

renewed() {
	model model <<<"$quick
session: {expires_after_s: 12}"
	gateway gateway <<<"$agent"
	ready
	nap 13
	call call <<<"$greeted"
	was_warm 1
	log_lacks gateway ev=pool_lost
	model_says "none expired" model 'all(.[]; .code != "session_expired")'
	model_says "and they were closed with 1000" model '
		map(select(.type == "session_end")) | length >= 4 and
			all(.[]; .code == 1000 and .by_client)'
}
row "sessions of twelve seconds: renewed before they are over" renewed

at_port() { # name: a model server where the last one was
	model "$1" --listen "127.0.0.1:$MODEL_PORT" <<<"$quick"
}

absent() {
	model first <<<"$quick"
	MODEL_PORT=$PORT
	stop first 3
	gateway gateway <<<"$agent"
	log_says gateway "warn  module=model worker=0 ev=pool_lost session=- why=\"connection refused"
	nap 1
	at_port second
	ready
	call call <<<"$greeted"
	was_warm 1
	[ "$(grep -c ev=pool_lost "$ROW/gateway.err")" -eq 1 ] || fail "said more than once"
}
row "no server at the start: said once; then sessions stand" absent

restarts() {
	model first <<<"$quick"
	MODEL_PORT=$PORT
	gateway gateway <<<"$agent"
	ready
	stop first 3
	log_says gateway "warn  module=model worker=0 ev=pool_lost session=sess_"
	nap 1
	at_port second
	ready 2
	call call <<<"$greeted"
	was_warm 1
	[ "$(grep -c ev=pool_lost "$ROW/gateway.err")" -eq 1 ] || fail "said more than once"
}
row "the server restarts: said once, then sessions stand again" restarts

# Those that stand lie where there was room: what they take differs by a few
# hundred bytes, and a session that was forgotten is tens of kilobytes.
leaks_nothing() {
	local before after

	export GLIBC_TUNABLES=glibc.malloc.tcache_count=0
	model model <<<"$quick"
	gateway gateway <<<"$agent"
	call warm --calls 6 --parallel 3 <<<"$greeted"
	holds before
	call more --calls 100 --parallel 4 <<<"$greeted"
	holds after
	[ "${before#* }" = "${after#* }" ] && [ $((${after% *} - ${before% *})) -lt 4096 ] ||
		fail "heap and descriptors were $before, and are $after"
}

holds() { # name: set to "heap descriptors" as soon as no call is left
	await 5 is_idle || fail "calls are left, or sessions are missing"
	nap 1 # sockets of requests answered last are still being closed
	is_idle
	printf -v "$1" '%s' "$(sed 's/.*heap_bytes=\([0-9]*\) descriptors=\([0-9]*\).*/\1 \2/' <<<"$HELD")"
}
is_idle() {
	kill -USR1 "${PID[gateway]}"
	nap 0.1
	HELD=$(grep ev=resources "$ROW/gateway.err" | tail -n 1)
	[[ $HELD == *"calls=0 standing=2 "* ]]
}
case $BUILD in */release) row "100 calls later heap and descriptors are the same" leaks_nothing ;; esac

# --- The end ---

ends() {
	model model <<<"$quick"
	gateway gateway <<<"$agent"
	ready
	kill -USR1 "${PID[gateway]}"
	log_says gateway "ev=resources calls=0 standing=2 "
	kill -TERM "${PID[gateway]}"
	leaves gateway 0 1
	model_says "both closed with 1000" model '
		map(select(.type == "session_end" and .by_client and .code == 1000))
			| length == 2'
}
row "SIGTERM while sessions stand: closed with 1000, status 0 at once" ends

ends_dialling() {
	model model <<<"timing: {session_created_delay_ms: 60000}"
	gateway gateway <<<"$agent"
	await 5 trace_has model 'any(.[]; .type == "session_start")' || fail "nobody dials"
	nap 0.1
	kill -TERM "${PID[gateway]}"
	leaves gateway 0 1
	log_lacks gateway ev=pool_lost
}
row "SIGTERM during a dial: status 0 at once" ends_dialling

ends_frozen() {
	model model --lenient <<<"faults:
- {fault: freeze, at: updated}"
	gateway gateway <<<"$agent"
	ready
	kill -TERM "${PID[gateway]}"
	nap 0.2
	kill -0 "${PID[gateway]}" || fail "the first signal did not wait for the close"
	kill -TERM "${PID[gateway]}"
	leaves gateway 0 1
}
row "SIGTERM twice: those that do not answer are cut" ends_frozen

end
