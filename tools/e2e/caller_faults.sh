#!/bin/bash
# What the gateway makes of a phone network that misbehaves, and of those who
# are none. One gateway takes it all, a call beside the other, and a healthy call
# among them must not notice.
. "${0%/*}/lib/e2e.bash"
begin caller_faults "${1:-}"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
responses:
- {on: greeting, say: ["digits:1"]}'
agent='agent: {turns: {silence_duration_ms: 300}}
digits: {gap_ms: 500}
audio: {append_ms: 20}'
clean="gaps: ..$GAPS, clicks: 0, late_ms: 0, breaches: 0"
greeted='- {wait: heard_end, label: greeting}'
speaks='- {say: test-vectors/speech/digit-7.wav}
- {wait: heard_end, label: reply}'

model model <<<"$quick"
gateway gateway <<<"$agent"
MEDIA_URL=ws${VOICE_URL#http}
MEDIA_URL=${MEDIA_URL%voice}media
BASE_URL=${VOICE_URL%/twilio/voice}

healthy() {
	call call --model-trace "$E2E/model.trace" <<-E
		steps:
		$greeted
		- {say: caller-thanks}
		- {wait: heard_end}
		- {say: caller-thanks}
		- {wait: heard_end}
		- {say: caller-thanks}
		- {wait: heard_end}
		- {say: caller-thanks}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean}
	E
	own_logs call
	model_says "no breach" model 'all(.[]; .type != "violation")'
}
row "a healthy call beside all of these: 0 gaps, 0 breaches" healthy

# --- Who is let in ---

refused_webhook() { # fault
	call call <<-E
		steps: [{inject: $1}]
		expect: {outcome: refused, http_status: 403}
	E
}
row "unsigned webhook: 403" refused_webhook no_signature
row "wrongly signed webhook: 403" refused_webhook bad_signature

# Twilio then asks what to do with the caller; that must come to an end.
refused_upgrade() { # fault
	call call <<-E
		steps: [{inject: $1}]
		expect: {outcome: hung_up, upgrade_status: 403, breaches: 0}
	E
	call_says "told in words, after three tries" call '
		(.timeline | map(select(.text | startswith("stream ended: HTTP 403"))) | length == 3)
		and any(.timeline[].text; startswith("<Say> We are sorry"))'
}
row "unsigned upgrade: 403 before the 101, the caller is told" refused_upgrade no_upgrade_signature
row "wrongly signed upgrade: 403, the caller is told" refused_upgrade bad_upgrade_signature

other_account() {
	model model </dev/null
	gateway gateway <<<"twilio: {account_sids: [ACffffffffffffffffffffffffffffffff]}"
	call call <<-E
		steps: [{inject: duplicate_webhook}]
		expect: {outcome: refused, http_status: 403}
	E
	log_says gateway "an account not in account_sids"
}
row "an account that is not configured: 403" other_account

unknown_ticket() {
	call call --stream "$MEDIA_URL/0123456789abcdef0123456789abcdef" <<-E
		steps: [{inject: no_start}]
		expect: {outcome: refused, upgrade_status: 403}
	E
}
row "ticket that was never given out: 403" unknown_ticket

routes() {
	local want url

	while read -r want url; do
		# shellcheck disable=SC2086
		[ "$(http_status $url)" = "$want" ] || fail "not $want: curl $url"
	done <<-E
		404 $BASE_URL/twilio
		404 $BASE_URL/twilio/voice/
		404 $BASE_URL/..%2f..%2fetc/passwd
		405 $VOICE_URL
		405 -X DELETE $BASE_URL/healthz
		405 -d x $BASE_URL/
		403 -d CallSid=CA0123456789abcdef0123456789abcdef $VOICE_URL
		200 $BASE_URL/healthz
		200 $BASE_URL/
		426 $BASE_URL/twilio/media/0123456789abcdef0123456789abcdef
	E
	curl -s -D - -o /dev/null -m 5 "$VOICE_URL" | grep -qi '^Allow: POST' ||
		fail "405 without Allow: POST"
	head -c 2000000 /dev/zero >"$ROW/zeros"
	[ "$(http_status --data-binary "@$ROW/zeros" "$VOICE_URL")" = 413 ] ||
		fail "a body of 2 MB is not refused with 413"
}
row "unknown path 404, wrong method 405, no upgrade 426, large body 413" routes

no_token() {
	local address

	unset TWILIO_AUTH_TOKEN
	model model <<<"$quick"
	gateway gateway --listen 0.0.0.0:0 <<<"$agent"
	VOICE_URL=http://127.0.0.1:$PORT/twilio/voice
	log_says gateway "TWILIO_AUTH_TOKEN is not set"
	log_says gateway "only peers on this machine are served"
	call call <<-E
		steps:
		$greeted
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean}
	E
	# An address of this machine that is not its loopback.
	address=$(hostname -I | tr ' ' '\n' | grep -m 1 -F .)
	[ -n "$address" ] || { skip "this machine has no address but its loopback"; return; }
	[ "$(http_status -d CallSid=CA0123456789abcdef0123456789abcdef \
		"http://$address:$PORT/twilio/voice")" = 403 ] ||
		fail "a peer at $address is served without a signature"
	log_says gateway "only this machine is served"
}
row "no token configured: this machine only, and the log says so" no_token

# --- Calls that go on ---

goes_on() { # fault, words of the log
	call call <<-E
		steps:
		$greeted
		- {inject: $1}
		$speaks
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean, utterances: 2}
	E
	own_logs call
	[ -z "${2:-}" ] || log_says gateway "$2"
	log_says gateway "ev=ended end=caller stream=stop"
}
replayed() {
	goes_on replay_token
	call_says "refused with 403" call '.figures.replay_status == 403'
}
row "the media URL opened again: 403, the call goes on" replayed

webhook_twice() {
	goes_on duplicate_webhook
	[ "$(grep -c ev=invited "$ROW/gateway.err")" = 2 ] || fail "not invited twice"
	[ "$(grep -c ev=started "$ROW/gateway.err")" = 1 ] || fail "not started once"
}
row "the webhook twice: invited twice to one call" webhook_twice
row "callbacks out of order: the call goes on" goes_on out_of_order_callbacks
row "upgrade signed with a slash at the end: accepted" goes_on trailing_slash_signature
row "start 3 s late: the call goes on" goes_on late_start
row "connected and start byte by byte: the call goes on" goes_on split_bytes
row "start with 99 parameters: the call goes on" goes_on 99_parameters
row "unknown fields: the call goes on" goes_on unknown_fields
row "garbage JSON: counted, the call goes on" goes_on garbage_json "not a JSON object"
row "a binary message: counted, the call goes on" goes_on binary "a binary message"
row "an unknown event: counted, the call goes on" goes_on unknown_event "no known name"
row "a second start: ignored, the call goes on" goes_on second_start "a second start"
row "nothing read for 3 s: the call goes on" goes_on slow_reader

# --- Streams that cannot be served ---

refused_stream() { # fault, close code, words of the log
	call call <<-E
		steps: [{inject: $1}, {wait: hangup}]
		expect: {outcome: hung_up, close_code: $2, breaches: 0}
	E
	own_logs call
	log_says gateway "$3"
}
row "no start within 10 s: 1008" refused_stream no_start 1008 'why="no start"'
row "start of another call: 1008" refused_stream wrong_call 1008 "another call than the ticket's"
row "outbound track: 1008" refused_stream outbound_track 1008 "not <Start><Stream>"
row "another media format: 1003" refused_stream bad_format 1003 "not audio/x-mulaw"

joined_again() { # fault, words of the caller's timeline, words of the log
	call call <<-E
		steps:
		$greeted
		- {inject: $1}
		- {wait: heard_end, label: second greeting, timeout_ms: 25000}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	own_logs call
	call_says "the first stream ended so" call "any(.timeline[].text; contains(\"$2\"))"
	log_says gateway "$3"
	log_says gateway "end=caller stream=lost"
}
row "a message of 1 MB: 1009, the caller is joined again" joined_again oversize \
	"1009 message is too large" "(1009)"
row "TCP reset: the caller is joined again" joined_again tcp_reset "stream ended" ev=stream_lost
row "closed without stop: the caller is joined again" joined_again close_without_stop \
	"stream ended" ev=stream_lost
row "half open: noticed within 15 s, the caller is joined again" joined_again half_open \
	"stream ended" "no message for 15 s"

# --- Media with holes ---

# What the model was given, against the caller's time on the line.
gap() {
	call call <<-E
		steps:
		$greeted
		- {inject: gap_ms, value: 400}
		- {say: caller-thanks}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean, utterances: 2}
	E
	own_logs call
	local sent
	sent=$(jq '.figures.frames * 20' "$ROW/call.out")
	model_says "$sent ms sent and 400 lost make the model's time" model "
		any(.[]; .type == \"session_end\" and
			(.appended_ms - $sent - 400 | fabs) <= 20)"
}
row "400 ms of media lost: filled, the model's time is the call's" gap

# While nobody speaks nothing is made up: TCP brings it all in the end.
stall() {
	model model <<<"$quick
expect: {allow_gaps: true}"
	gateway gateway <<<"$agent"
	call call <<-E
		steps:
		$greeted
		- {inject: media_stall_ms, value: 2000}
		- {wait: "2500"}
		$speaks
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean, utterances: 2}
	E
	local sent
	sent=$(jq '.figures.frames * 20' "$ROW/call.out")
	model_says "all $sent ms arrived, and no more" model "
		any(.[]; .type == \"session_end\" and (.appended_ms - $sent | fabs) <= 20)"
}
row "media stalled for 2 s, then all at once: nothing lost or added" stall

# --- Marks ---

marks() { # fault
	call call --model-trace "$E2E/model.trace" <<-E
		steps:
		- {inject: $1}
		$greeted
		- {say: caller-thanks}
		- {interrupt: {after_ms: 500, say: test-vectors/speech/digit-7.wav, within_ms: 1000}}
		- {wait: heard_end, label: second reply}
		- {press: "0"}
		- {wait: heard_end, label: goodbye}
		- {wait: hangup, timeout_ms: 3000}
		expect: {outcome: hung_up, $clean, cut_ms: 0, truncation_error_ms: ..$((CUT_MS + ${2:-0}))}
	E
	own_logs call
}
row "echoes of cleared marks 400 ms late: nobody believes them" marks stale_marks
row "marks 100 ms late: goodbye heard whole" marks late_marks 100
no_marks() {
	marks no_marks 60
	log_says gateway "marks do not come back"
}
row "no marks at all: goodbye heard whole, and the log says so" no_marks

# --- Room ---

capacity() {
	model model <<<"$quick"
	gateway gateway <<<"$agent
limits: {calls: 1}"
	dial first <<-E
		steps:
		$greeted
		$speaks
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean}
	E
	await 5 contains "$ROW/gateway.err" ev=started
	call second <<-E
		steps: [{wait: hangup}]
		expect: {outcome: busy, http_status: 200}
	E
	log_says gateway "limits.calls is reached"
	over first
	call third <<-E
		steps:
		$greeted
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean}
	E
}
row "limits.calls reached: busy; then there is room again" capacity

end
