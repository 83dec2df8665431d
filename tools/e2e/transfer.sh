#!/bin/bash
# What a Twilio call is asked for by REST: to put its caller through, and to end;
# and keys, which are sound.
. "${0%/*}/lib/e2e.bash"
begin transfer "${1:-}"

quick='timing: {first_delta_ms: [10, 30], delta_ms: [200, 400], speed: 20, pause_ms: [5, 10]}'
good="gaps: ..$GAPS, clicks: 0, late_ms: 0, breaches: 0"
greeted='- {wait: heard_start, label: greeting}
- {wait: heard_end}'

prepare() { # what transfer_call is for
	future_port 0
	REST=127.0.0.1:$PORT
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: ["digits:1"]}
		- {on: turn, say: ["digits:2"], $1}
		- {on: note, say: ["digits:3"]}
	E
	gateway gateway <<-E
		agent: {tools: [end_call, transfer_call, send_dtmf], turns: {silence_duration_ms: 300}}
		transfer: {targets: [{name: sales, to: "tel:+41791234567"}], ring_seconds: 7}
		twilio: {rest: {url: "http://$REST", hang_up: ${HANG_UP:-false}}}
	E
}

asks_for_sales='call: [{name: transfer_call, arguments: "{\"target\":\"sales\"}"}]'

answered() {
	prepare "$asks_for_sales"
	call call --rest "$REST" <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: hangup}
		expect: {outcome: hung_up, $good}
	E
	call_says "the person was dialled" call '[.timeline[].text] | any(startswith("dialled"))'
	log_says gateway "ev=ended end=transferred stream=stop"
	log_lacks gateway 41791234567
}

returns() { # DialCallStatus, the model's words for it
	prepare "$asks_for_sales"
	call call --rest "$REST" <<-E
		dial_status: $1
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end, label: before the transfer}
		- {wait: heard_start, label: back with the model}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	log_says gateway "ev=ended end=transferred"
	log_says gateway "ev=dialled"
	model_says "a second session is told why" model \
		"[.[] | select(.dir == \"in\" and (.text // \"\" | contains(\"[transfer]\") and contains(\"$2\")))] | length == 1"
	[ "$(grep -c "ev=model_ready" "$ROW/gateway.err")" -eq 2 ] || fail "not two sessions"
}

# --- What a call takes along to its next stream ---

# What a webhook knows, the agent that has the call after a hand-off, what was
# said, and a PIN that nobody may see.
with_past() { # behind "call:" of sales' second answer
	mkdir -p "$ROW/agents"
	printf '%s\n' 'instructions: "You are sales for {{ticket|nobody}}."' \
		'tools: [transfer_call, collect_digits]' 'transcription: {model: whisper-1}' \
		>"$ROW/agents/sales.yaml"
	desk desk <<-'E'
		webhooks: [{path: /call, answers: [{body: '{"variables":{"ticket":"A-17"}}'}], requests: 1}]
	E
	future_port 0
	REST=127.0.0.1:$PORT
	model model <<-E
		$quick
		transcription: {text: Is it open on Sunday?, delay_ms: [10, 20]}
		responses:
		- {on: greeting, say: ["digits:1"], transcript: Good day.}
		- {on: turn, call: [{name: hand_off, arguments: '{"agent":"sales","reason":"x"}'}]}
		- on: tool
		  say: ["digits:2"]
		  transcript: Sales here, your PIN.
		  call: [{name: collect_digits, arguments: '{"purpose":"pin","masked":true}'}]
		- {on: tool, say: ["digits:3"], transcript: Thank you., call: [$1]}
		- {on: note, say: ["digits:4"], transcript: Back again.}
	E
	gateway gateway ${OURS:+--listen "$OURS"} <<-E
		agents: [agents/sales.yaml]
		agent:
		  instructions: You are the front desk.
		  turns: {silence_duration_ms: 300}
		  transcription: {model: whisper-1}
		  hand_offs: [{agent: sales, when: always}]
		call_webhook: {url: $DESK_URL/call}
		transfer: {targets: [{name: boss, to: "tel:+41791234567"${WARM:-}}]}
		twilio: {rest: {url: "http://$REST"}}
		${SHARED:-}
	E
}
past_steps="$greeted
- {say: test-vectors/speech/digit-7.wav}
- {wait: heard_end, label: sales}
- {press: \"9753#\"}
- {wait: heard_end, label: thanks}"

knows_its_past() { # words of the note, who has the second stream
	# The first session's instructions are the front desk's.
	model_says "sales has the second session from its beginning" model '
		(last(.[] | select(.dir == "out" and .type == "session.created")).t_us) as $second |
		map(select(.t_us > $second and .dir == "in")) |
			([.[] | select(.type == "session.update")] | length >= 1 and
				(.[-1].instructions | startswith("You are sales for \"A-17\"."))) and
			([.[] | select(.role) | [.role, .text]] | .[:4] == [
				["assistant", "Good day."], ["user", "Is it open on Sunday?"],
				["assistant", "Sales here, your PIN."], ["assistant", "Thank you."]]) and
			any(.[]; .role == "system" and (.text | contains("'"$1"'"))) and
			([.[] | select(.type == "response.create")] | length == 1)'
	model_says "nobody was told the PIN" model 'all(.[]; tostring | contains("9753") | not)'
	log_lacks gateway 9753
	log_says "${2:-gateway}" "ev=recalled agent=sales"
}

takes_along() {
	with_past '{name: transfer_call, arguments: "{\"target\":\"boss\"}"}'
	call call --rest "$REST" <<-E
		dial_status: no-answer
		steps:
		$past_steps
		- {wait: heard_end, label: back}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	knows_its_past "[transfer] This caller was being put through, but nobody answered"
}

cut_off() {
	with_past ""
	call call <<-E
		steps:
		$past_steps
		- {inject: tcp_reset}
		- {wait: heard_end, label: back}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	knows_its_past "[line] The connection to the caller was lost"
}

# --- Whoever answers is asked first ---

warm() { # arguments of transfer_call, target's address, more of the configuration
	future_port 0
	REST=127.0.0.1:$PORT
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: ["digits:1"]}
		- on: turn
		  say: ["digits:2"]
		  call: [{name: transfer_call, arguments: '$1'}]
		- {on: tool, say: ["digits:3"]}
		- {on: note, say: ["digits:4"]}
	E
	gateway gateway ${OURS:+--listen "$OURS"} <<-E
		agent: {tools: [transfer_call], turns: {silence_duration_ms: 300}}
		transfer: {targets: [{name: boss, to: "$2", warm: true}], accept_seconds: 1}
		twilio: {rest: {url: "http://$REST"}}
		${3:-}
		${SHARED:-}
	E
}
about='{"target":"boss","summary":"Ada & Bob <x> \"q\""}'

accepted() { # target's address
	warm "$about" "$1"
	call call --rest "$REST" <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: hangup}
		expect: {outcome: hung_up, $good}
	E
	call_says "they hear what it is about, and take it" call '[.timeline[].text] |
		any(. == "whoever answered hears: There is a call for you. Ada & Bob <x> \"q\" Press 1 to take it.")
		and any(. == "whoever answered presses 1") and any(. == "whoever answered is connected")'
	log_says gateway "ev=accepted"
	log_says gateway "ev=ended end=transferred stream=stop"
	log_lacks gateway "Ada & Bob"
}

is_back() { # the key that is pressed, or none
	call call --rest "$REST" <<-E
		dial_key: "$1"
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end, label: before the transfer}
		- {wait: heard_start, label: back with the model, timeout_ms: 30000}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	call_says "they are not connected" call 'any(.timeline[].text; . == "whoever answered is not connected")'
	model_says "a second session is told why" model '[.[] | select(.dir == "in" and
		(.text // "" | contains("[transfer]") and contains("the person who answered did not take the call")))] | length == 1'
}
declined() { # likewise
	warm "$about" tel:+41791234567
	is_back "$1"
}
refuses() {
	declined 2
	log_says gateway "ev=declined"
}
says_nothing() {
	declined ""
	call_says "they are told twice" call \
		'[.timeline[].text | select(startswith("whoever answered hears: "))] | length == 2'
}

# --- Another instance on the same port ---

shared() { # what is to be run with such a gateway
	local OURS SHARED="listen_shared: true"

	future_port 1
	OURS=127.0.0.1:$PORT
	"$@"
}

# It comes while whoever was dialled is being told what it is about, and the one
# that has placed the transfer is gone before they press a key: the telephone
# network stands still for as long as that takes.
replaced() {
	await 40 contains "$ROW/gateway.err" ev=whispered || fail "nobody is told anything"
	kill -STOP "${PID[call]}"
	successor
	stop gateway 10
	kill -CONT "${PID[call]}"
	over call 0
}

accepted_elsewhere() {
	warm "$about" tel:+41791234567
	dial call --rest "$REST" <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: hangup}
		expect: {outcome: hung_up, $good}
	E
	replaced
	call_says "they are connected" call '[.timeline[].text] | any(. == "whoever answered is connected")'
	log_says successor "ev=accepted"
	log_lacks successor "ev=started"
	log_lacks successor "Ada & Bob"
	stop successor 15
}

back_elsewhere() {
	local WARM=", warm: true"

	with_past '{name: transfer_call, arguments: "{\"target\":\"boss\",\"summary\":\"A caller who asks whether it is open\"}"}'
	dial call --rest "$REST" <<-E
		dial_key: "2"
		steps:
		$past_steps
		- {wait: heard_end, label: back, timeout_ms: 30000}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	replaced
	log_says successor "ev=declined"
	knows_its_past "the person who answered did not take the call" successor
	log_lacks successor 9753
	log_lacks successor "open on Sunday"
	stop successor 15
}

# Each of the call's requests reaches either.
either() {
	warm "$about" tel:+41791234567
	successor
	is_back 2
	stop successor 15
}

told_again() { # arguments of transfer_call, why
	warm "$1" tel:+41791234567
	call call --rest "$REST" <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end, label: announced}
		- {wait: "1500"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	model_says "the model is told what is wrong, and goes on" model "any(.[]; .output // \"\" | contains(\"$2\"))
		and ([.[] | select(.type == \"response.done\")] | length == 3)"
	log_lacks gateway ev=rest
}

too_long() {
	told_again "{\"target\":\"boss\",\"summary\":\"$(printf '%0601d' 0)\"}" "summary is too long"
}

# Beside Twilio there is nobody who may ask.
asks_whisper() { # status, fields, token
	[ "$(http_status -d "$2" "${VOICE_URL%voice}whisper?whisper=$3")" = "$1" ] ||
		fail "whisper: not $1: $2 $3"
}
nobody_elses() {
	local token=0123456789abcdef0123456789abcdef sid=CA0123456789abcdef0123456789abcdef

	warm "$about" tel:+41791234567
	asks_whisper 403 "CallSid=$sid" "$token" # not signed
	log_says gateway "the request is not signed"
	[ "$(http_status -H 'X-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA=' -d "CallSid=$sid" \
		"${VOICE_URL%voice}whisper-key?whisper=$token")" = 403 ] || fail "whisper-key: not 403"
	log_says gateway "the signature does not match"
	stop gateway "$PATIENCE" INT
	unset TWILIO_AUTH_TOKEN # so that curl may ask
	gateway gateway <<<""
	asks_whisper 403 "CallSid=$sid" "$token"
	asks_whisper 400 "CallSid=nonsense" "$token"
	[ "$(http_status -d "CallSid=$sid" "${VOICE_URL%voice}whisper")" = 403 ] || fail "no token: not 403"
	[ "$(http_status "${VOICE_URL%voice}whisper")" = 405 ] || fail "GET: not 405"
	log_says gateway "no such whisper, or another"
}

fails() { # HTTP status of the REST interface; none: it is not there
	prepare "$asks_for_sales"
	call call ${1:+--rest "$REST" --rest-status "$1"} <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end, label: what now}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	log_says gateway "ev=transfer_failed"
	model_says "the model is told, and answers" model \
		'any(.text // "" | contains("[transfer] It failed")) and
			([.[] | select(.type == "response.done")] | length == 3)'
	[ "$(grep -c "ev=model_ready" "$ROW/gateway.err")" -eq 1 ] || fail "another session"
}

refused() { # HTTP status
	fails "$1"
	log_says gateway "ev=rest what=transfer status=$1"
}

hangs_up() { # tandem-call's options
	HANG_UP=true prepare 'call: [{name: end_call}]'
	call call --rest "$REST" "$@" <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: hangup}
		expect: {outcome: hung_up, $good}
	E
	log_says gateway "ev=ended end=goodbye"
}
ends_by_rest() {
	hangs_up
	call_says "Status=completed ended it" call '.how | contains("Status=completed")'
}
ends_without() {
	hangs_up --rest-status 404
	call_says "Twilio asked, and was told" call '.how | contains("<Hangup/>")'
}

# They begin once the words are over, a moment later: the one gap.
sends_keys() {
	prepare 'call: [{name: send_dtmf, arguments: "{\"digits\":\"42#\"}"}]'
	call call --out "$ROW/call.wav" <<-END
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end, label: before the keys}
		- {wait: "2500"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, gaps: ..1, clicks: 0, late_ms: 0, breaches: 0}
	END
	[ "$("$BUILD/tools/testing/hear_keys" "$ROW/call.wav")" = "42#" ] ||
		fail "not heard: $("$BUILD/tools/testing/hear_keys" "$ROW/call.wav")"
}

asks_rest() { # status, code, curl's options…
	local status=$1 code=$2 got

	shift 2
	got=$(curl -s -m 10 -o "$ROW/answer" -w '%{http_code}' "$@")
	[ "$got" = "$status" ] && [ "$(jq -r '.code // 0' "$ROW/answer")" = "$code" ] ||
		fail "REST: $got, not $status/$code: $(cat "$ROW/answer")"
}
is_strict() {
	local account=AC0123456789abcdef0123456789abcdef url sid

	prepare 'call: [{name: end_call}]'
	dial call --rest "$REST" --lenient <<-END
		steps:
		$greeted
		- {wait: "60000"}
	END
	await 10 contains "$ROW/gateway.err" "state=up" || fail "the call does not begin"
	sid=$(sed -n 's/.* call=\(CA[0-9a-f]*\) ev=started.*/\1/p' "$ROW/gateway.err")
	url=http://$REST/2010-04-01/Accounts/$account/Calls
	who="$account:$TWILIO_AUTH_TOKEN"
	asks_rest 401 20003 -d Status=completed "$url/$sid.json"
	asks_rest 401 20003 -u "$account:wrong" -d Status=completed "$url/$sid.json"
	asks_rest 404 20404 -u "$who" -d Status=completed "$url/CA00.json"
	asks_rest 400 21218 -u "$who" -d Status=completed -d 'Twiml=<Response/>' "$url/$sid.json"
	asks_rest 400 21218 -u "$who" -d 'Nothing=1' "$url/$sid.json"
	asks_rest 400 20001 -u "$who" -H 'Content-Type: application/json' -d '{}' "$url/$sid.json"
	asks_rest 400 12100 -u "$who" -d 'Twiml=<Response>' "$url/$sid.json"
	asks_rest 400 32018 -u "$who" --data-urlencode "Twiml=$(printf '%4001s' x)" "$url/$sid.json"
	asks_rest 200 0 -u "$who" -d Status=completed "$url/$sid.json"
	over call 1 # it ended before its time
	call_says "each is a breach" call '[.breaches[].code] | map(select(. == "21218" or . == "20001" or
		. == "12100" or . == "32018")) | length == 6'
}

row "the network's REST interface takes nothing that is not right" is_strict
row "keys to the caller are tones" sends_keys
row "a transfer that is answered: the call goes with it" answered
row "nobody answers: back with the model, which knows" returns no-answer "nobody answered"
row "the line is busy: likewise" returns busy "the line was busy"
row "who is back from a transfer is known: words, variables, agent" takes_along
row "so is who was cut off" cut_off
row "warm: who answers hears what it is about, and takes it" accepted tel:+41791234567
row "warm, to a SIP address" accepted sip:boss@example.com
row "warm, to a client of Twilio's" accepted client:boss
row "warm: another key, and the caller is back with the model, which knows" refuses
row "warm: no key, likewise" says_nothing
row "a rolling restart in a warm transfer: the new instance takes the key" shared accepted_elsewhere
row "a rolling restart: who is back is known to the new instance" shared back_elsewhere
row "two instances: what a warm transfer asks reaches either" shared either
row "warm: without a summary the model is told" told_again '{"target":"boss"}' "summary is missing"
row "warm: a summary too long" too_long
row "warm: a summary that is no UTF-8" told_again '{"target":"boss","summary":"\ud800"}' "of UTF-8"
row "what is told to whom answers is told to nobody else: 403" nobody_elses
row "REST refuses (500): the call goes on" refused 500
row "REST refuses (404): likewise" refused 404
row "no REST server: likewise" fails
row "the call's end by REST" ends_by_rest
row "REST does not end it: the socket does" ends_without
end
