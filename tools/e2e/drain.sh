#!/bin/bash
# How the gateway goes down while calls run: they end by themselves, or politely,
# or at once.
. "${0%/*}/lib/e2e.bash"
begin drain "${1:-}"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
responses:
- {on: greeting, say: ["digits:1"]}'
# 100 ms on a machine with nothing else to do (the figure is in the row's file
# "took"); here as much as processes that compete for the cores may make of it.
SOON_MS=1000

is_up() { # calls
	[ "$(grep -c "ev=state state=up" "$ROW/gateway.err")" -ge "${1:-1}" ]
}

term() {
	kill -TERM "${PID[gateway]}"
}

# The farewell is 4.2 s long, with quiet edges.
heard_farewell() {
	call_says "the farewell was heard whole" call \
		'[.timeline[].text | capture("farewell over, (?<ms>[0-9]+) ms") | .ms | tonumber]
			| .[-1] > 3900'
	call_says "and nothing was cut off" call '.figures.cut_ms // 0 == 0'
}

no_calls() {
	gateway_and_model </dev/null
	term
	leaves gateway 0 1
	log_says gateway "ev=draining why=SIGTERM calls=0"
}
row "SIGTERM without a call: status 0 at once" no_calls

# --- They end by themselves ---

finishes() { # dial or dial_bot
	gateway_and_model <<<"$quick"
	"$1" call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: caller-question}
		- {wait: heard_end}
		- {say: caller-thanks}
		- {wait: heard_end}
		- {hangup: true}
	E
	await 10 is_up || fail "the call is not up"
	term
	await 1 contains "$ROW/gateway.err" ev=draining || fail "it does not drain"
	[ "$(http_status -X POST "$VOICE_URL")" = 503 ] || fail "a new call is taken"
	over call
	sounds_good call
	leaves gateway 0 8
	log_says gateway "ev=ended end=caller"
	log_lacks gateway "ev=leaving"
}
row "SIGTERM with a call: it goes on to its end, new ones get 503, status 0" finishes dial
row "the same over AudioCodes" finishes dial_bot

# Twilio asks what follows the stream: alone, there must be somebody to tell.
goodbye() {
	gateway_and_model </dev/null
	dial call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {press: "0"}
		- {wait: heard_end, label: goodbye}
		- {wait: hangup}
		expect: {breaches: 0}
	E
	await 10 is_up || fail "the call is not up"
	term
	over call
	call_says "hung up as the model wanted" call '.outcome == "hung_up"'
	leaves gateway 0 8
}
row "SIGTERM with a call: at its goodbye Twilio is still answered" goodbye

is_refused() {
	! (exec {fd}<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null
}

# Until a connection is refused; in BEST the least of all tries, which a busy
# machine makes longer. Nobody is there to answer Twilio: not judged.
let_go() {
	local begun took

	dial call --lenient <<<"steps: [{wait: heard_end}, {say: caller-thanks}, {wait: heard_end}, {hangup: true}]"
	await 10 is_up || fail "the call is not up"
	begun=$(now_ms)
	term
	while ! is_refused; do
		[ $(($(now_ms) - begun)) -le 5000 ] || break
	done
	took=$(($(now_ms) - begun))
	[ "$took" -ge "$BEST" ] || BEST=$took
	leaves call 0 30
	call_says "it went on to its end" call '.outcome == "caller_hung_up"'
	leaves gateway 0 8
}

port_is_let_go() {
	local try

	BEST=5000
	model model <<<"$quick"
	for try in 1 2 3; do
		rm -f "$ROW/gateway.err"
		gateway gateway <<<"listen_shared: true"
		let_go
		[ "$BEST" -gt "$SOON_MS" ] || break
	done
	note "after $BEST ms"
	[ "$BEST" -le "$SOON_MS" ] || fail "the port is let go after $BEST ms"
}
row "listen_shared: the port is let go within $SOON_MS ms, the call goes on" port_is_let_go

# --- The bound ---

bound() { # dial or dial_bot, what failure says, outcome, end
	GATEWAY_KEYS="drain: {seconds: 1}
failure: $2"
	gateway_and_model <<<"$quick"
	"$1" call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {wait: heard_end, label: farewell}
		- {wait: hangup}
		expect: {outcome: $3, breaches: 0}
	E
	await 10 contains "$ROW/model.trace" response.done || fail "no greeting"
	term
	over call
	heard_farewell
	leaves gateway 0 8
	log_says gateway 'ev=leaving why="the time is over" calls=1'
	log_says gateway "ev=ended end=${4:-shutdown}"
}
row "the bound is reached: the farewell is heard, then hung up" \
	bound dial '{then: hangup}' hung_up
row "the bound is reached: the farewell is heard, then a person is dialled" \
	bound dial '{then: dial, dial: "+15554445555"}' dialled
row "the same over AudioCodes: hung up" bound dial_bot '{then: hangup}' hung_up
row "the same over AudioCodes: transferred" \
	bound dial_bot '{then: dial, dial: "+15554445555"}' transferred transferred

own_farewell() {
	GATEWAY_KEYS="drain: {seconds: 0, prompt: $PWD/test-vectors/speech/goodbye.wav}"
	gateway_and_model <<<"$quick"
	dial call <<<"steps: [{wait: heard_end}, {wait: heard_end, label: farewell}, {wait: hangup}]"
	await 10 contains "$ROW/model.trace" response.done || fail "no greeting"
	nap 1.5 # it is heard, too
	term
	over call
	call_says "its own prompt" call \
		'[.timeline[].text | capture("farewell over, (?<ms>[0-9]+) ms") | .ms | tonumber]
			| .[-1] > 1200 and .[-1] < 3000'
	leaves gateway 0 8
}
row "no time at all, and a prompt of the operator's" own_farewell

# --- At once ---

twice() {
	gateway_and_model <<<"$quick"
	dial call <<<"steps: [{wait: hangup}]"
	await 10 is_up || fail "the call is not up"
	term
	nap 0.3
	kill -0 "${PID[gateway]}" || fail "the first signal did not wait"
	term
	leaves gateway 0 3
	leaves call 1 5 # nobody answers what Twilio asks next
	says "the stream was closed in proper form" "$ROW/call.out" \
		'.[0].figures.close_code == 1001'
	model_says "so was the session" model \
		'any(.[]; .type == "session_end" and .by_client and .code == 1000)'
	log_says gateway "ev=stopping why=SIGTERM calls=1"
}
row "a second SIGTERM: everything is closed at once, status 0" twice

end
