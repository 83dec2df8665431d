#!/bin/bash
# What the caller lives through when the model's side fails. One gateway and one
# model take all of it, a call beside the other, and a healthy call that runs
# through the whole battery must not notice.
. "${0%/*}/lib/e2e.bash"
begin model_faults "${1:-}"

# --- The battery: claim, what the caller meets, fault(s) ---
#
# The model counts connections: the healthy call's is number 1, then come the
# rows in this order. N stands for the row's own number.

CLAIM=() MEETS=() FAULTS=() TAKES=()
fault() { # claim, what the caller meets, connections taken, faults…
	CLAIM+=("$1")
	MEETS+=("$2")
	TAKES+=("$3")
	shift 3
	FAULTS+=("$(printf -- '- {session: N, %s}\n' "$@")")
}

# The session never comes to be: the apology is the first thing heard.
fault "HTTP 401 on upgrade: apology" apology 1 "fault: refuse_http, status: 401"
fault "HTTP 403 on upgrade: apology" apology 1 "fault: refuse_http, status: 403"
fault "HTTP 404 on upgrade: apology" apology 1 "fault: refuse_http, status: 404"
fault "HTTP 429 once: tried again, the call goes on" greeting 2 \
	"fault: refuse_http, status: 429, retry_after_s: 1"
fault "101, then invalid_api_key and close 3000: apology" apology 1 "fault: bad_key"
fault "never session.created: apology" apology 1 "fault: never_created"
fault "never session.updated: apology" apology 1 "fault: never_updated"
fault "session.update rejected: apology" apology 1 "fault: reject_update"
fault "session.updated with another format: apology" apology 1 "fault: wrong_echo"
fault "mute after session.updated: apology" greetless 1 "fault: stall, at: updated"

# The session is lost when the caller has begun to speak.
turn="at: turn, number: 1, after_ms: 100"
fault "TCP connection dropped mid-call: apology" lost 1 "fault: drop, $turn"
fault "close 1011 mid-call: apology" lost 1 "fault: close, code: 1011, $turn"
fault "session_expired mid-call: apology" lost 1 "fault: expire, $turn"
fault "close 1001 without a word mid-call: apology" lost 1 "fault: expire, quietly: true, $turn"
fault "a message beyond the limit: apology" lost 1 "fault: oversize, $turn"

# Response 1 is the greeting, 2 the reply to the caller.
fault "a failed response: asked again, reply heard" reply 1 \
	"fault: failed_response, number: 2"
fault "failed twice: apology" lost 1 \
	"fault: failed_response, number: 2" "fault: failed_response, number: 3"
fault "insufficient_quota: apology at once" lost 1 \
	"fault: failed_response, number: 2, error_code: insufficient_quota"
fault "stall after response.created: apology" mute 1 "fault: stall, at: response, number: 2"
fault "stall amid a response's audio: apology" stalled 1 \
	"fault: stall, at: audio, number: 2"
fault "model takes nothing more and answers no ping: apology" deaf 1 \
	"fault: no_pong, $turn"

# The call goes on unharmed.
reply="at: response, number: 2"
fault "garbage JSON: the call goes on" reply 1 "fault: garbage_json, $reply"
fault "binary frame: the call goes on" reply 1 "fault: binary_frame, $reply"
fault "unknown events: the call goes on" reply 1 "fault: unknown_events, $reply"
fault "a NUL in a transcript: the call goes on" reply 1 "fault: nul_transcript, $reply"
fault "an error event: the call goes on" reply 1 "fault: error, $reply"
fault "damaged base64: that delta is lost, the call goes on" damaged 1 \
	"fault: damaged_base64, number: 2"
fault "an empty delta: reply heard whole" reply 1 "fault: empty_delta, number: 2"
fault "one giant delta: reply heard whole" reply 1 "fault: giant_delta, number: 2"
fault "micro deltas: reply heard whole" reply 1 "fault: micro_deltas, number: 2"
fault "deltas after done: the call goes on" reply 1 "fault: deltas_after_done, number: 2"
# Last: nobody can say when its four attempts fall among the others'.
fault "HTTP 503 four times: apology" apology 4 "fault: refuse_http, status: 503"

# --- What the caller does and meets ---

greeted='steps:
- {wait: heard_end, label: greeting}'
speaks="- {say: test-vectors/speech/digit-7.wav}"
apologised="- {wait: heard_end, label: apology, timeout_ms: 45000}
- {wait: hangup, timeout_ms: 3000}
expect: {outcome: hung_up, cut_ms: 0, gaps: ..$GAPS, clicks: 0, breaches: 0}"
answered="- {wait: heard_end, label: reply}
- {hangup: true}
expect: {outcome: caller_hung_up, gaps: ..$GAPS, clicks: 0, breaches: 0}"

# ms of speech of what is called so
spoken() { # label
	echo "[.timeline[].text | capture(\"$1 over, (?<ms>[0-9]+) ms\") | .ms | tonumber]"
}

whole_apology() {
	# 5.6 s long, with quiet edges
	call_says "the apology was heard whole" call "$(spoken apology) | .[-1] > 5300"
	log_says gateway "ev=ended end=model_lost"
}

meets_apology() {
	call call <<<"steps:
$apologised"
	own_logs call
	not_silent
	whole_apology
}

# Nobody grants the greeting: asked for twice, 5 s each.
meets_greetless() {
	SILENCE_MS=12000
	meets_apology
}

meets_greeting() {
	call call <<<"$greeted
- {hangup: true}"
	own_logs call
	not_silent
	log_says gateway ev=model_retry
}

meets_lost() {
	call call <<<"$greeted
$speaks
$apologised"
	own_logs call
	not_silent
	whole_apology
}

# A response may take 7 s to say something, and then 3 s to end when cancelled.
meets_mute() {
	SILENCE_MS=12000
	meets_lost
}

# TCP gives up on a peer that takes nothing for 10 s; sooner would be hasty.
meets_deaf() {
	SILENCE_MS=13500
	meets_lost
}

# How much of the reply can be heard is not said: the first delta may be short.
meets_stalled() {
	SILENCE_MS=12000
	call call <<<"$greeted
- {say: test-vectors/speech/digit-7.wav}
- {wait: hangup, timeout_ms: 20000}
expect: {outcome: hung_up, cut_ms: 0, gaps: ..$GAPS, clicks: 0, breaches: 0}"
	own_logs call
	not_silent
	call_says "the apology was heard whole" call "$(spoken '.*') | max > 5300"
	log_says gateway "ev=ended end=model_lost"
}

meets_reply() {
	call call <<<"$greeted
$speaks
$answered"
	own_logs call
	not_silent
	call_says "the reply was heard whole" call "$(spoken reply) | .[-1] > 400"
	log_says gateway "ev=ended end=caller"
}

meets_damaged() {
	call call <<<"$greeted
$speaks
- {wait: heard_end, label: reply}
- {hangup: true}
expect: {outcome: caller_hung_up, breaches: 0}"
	own_logs call
	not_silent
	log_says gateway ev=model_unreadable
}

not_silent() {
	[ "$(silence_ms)" -le "${SILENCE_MS:-6500}" ] ||
		fail "$(silence_ms) ms of silence is too long for a caller"
}

# The longest wait for a voice: from the end of one to the next.
silence_ms() {
	jq '[foreach .timeline[] as $e ({since: 0, gap: 0};
			if $e.text | test(" heard$") then .gap = $e.at_ms - .since
			elif $e.text | test("over, |caller stops") then .since = $e.at_ms
			else . end; .gap)] | max // 0' "$ROW/call.out"
}

# --- The healthy one ---

healthy() {
	local ours='.type == "violation"'

	# Sanitizers let the server itself stand still for a second, while it
	# encrypts the message that is too large.
	case $BUILD in */check) ours+=' and .kind != "uplink_gap"' ;; esac
	call call --model-trace "$E2E/model.trace" <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: caller-thanks}
		- {wait: heard_end}
		- {say: caller-thanks}
		- {wait: heard_end}
		- {say: caller-thanks}
		- {wait: heard_end}
		- {say: caller-thanks}
		- {wait: heard_end}
		- {say: caller-thanks}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, utterances: 6}
	E
	own_logs call
	SILENCE_MS=2500 not_silent
	sounds_good call
	model_says "no breach" model "any(.[]; $ours) | not"
}

# --- What the configuration says about it ---

dials() {
	cp test-vectors/speech/goodbye.wav "$ROW/apology.wav"
	model model <<<"faults:
- {fault: refuse_http, status: 401}"
	gateway gateway <<<'failure: {then: dial, dial: "+15554445555", prompt: apology.wav}'
	call call <<-E
		steps:
		- {wait: heard_end, label: apology}
		expect: {outcome: dialled, cut_ms: 0, breaches: 0}
	E
	call_says "its own prompt was heard whole" call "$(spoken apology) | .[-1] > 1900"
}

# --- TLS: a server that cannot prove who it is gets no call ---

misplaced() { # words of the log
	gateway gateway </dev/null
	call call <<<"steps:
$apologised"
	whole_apology
	log_says gateway "$1"
}

other_host() {
	CERT=$ROW/cert
	"$BUILD/tools/testing/make_cert" "$CERT" voice.example.com
	model model </dev/null
	misplaced "certificate is not valid for host localhost"
}

unknown_ca() {
	model model </dev/null
	CERT=$ROW/cert
	"$BUILD/tools/testing/make_cert" "$CERT"
	misplaced "certificate is not signed by a trusted authority"
}

# --- The run ---

scenario() {
	local n=2 i

	echo "timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}"
	echo "responses:"
	echo '- {on: greeting, say: ["digits:1"]}'
	echo "faults:"
	for i in "${!CLAIM[@]}"; do
		if [ "${MEETS[i]}" = apology ] && [ "${TAKES[i]}" -gt 1 ]; then
			for ((j = 0; j < TAKES[i]; j++)); do
				echo "${FAULTS[i]//N/$((n + j))}"
			done
		else
			echo "${FAULTS[i]//session: N/session: $n}"
		fi
		n=$((n + TAKES[i]))
	done
}

connections() { # at least so many
	local told refused

	told=$(grep -c '"session_start"' "$E2E/model.trace")
	refused=$(grep -c 'fault: refused' "$E2E/model.err")
	[ $((told + refused)) -ge "$1" ]
}

row "failure.then dial: the caller is connected with a person" dials
row "TLS certificate of another host: apology, and the log says so" other_host
row "TLS certificate of an unknown CA: apology, and the log says so" unknown_ca

MODEL_KEYS="configure_timeout_ms: 1500"
model model <<<"$(scenario)"
gateway gateway <<<"agent: {turns: {silence_duration_ms: 300}}"
row "a healthy call beside all of these: 0 gaps, 0 breaches" healthy
await 5 connections 1
number=2
for i in "${!CLAIM[@]}"; do
	row "${CLAIM[i]}" "meets_${MEETS[i]}"
	number=$((number + TAKES[i]))
	await 5 connections $((number - 1))
done

end
