#!/bin/bash
# What the gateway makes of a VoiceAI Connect that does odd things, and of peers
# that are none. One gateway takes it all, and a healthy call among them must not
# notice.
. "${0%/*}/lib/e2e.bash"
. tools/e2e/lib/bot_socket.bash
# shellcheck disable=SC2119 # optional arguments
begin audiocodes_faults "${1:-}"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}'
briefly="$quick
responses:
- {on: greeting, say: [\"digits:1\"]}
expect: {allow_gaps: true}"
agent='agent: {turns: {silence_duration_ms: 300}}
digits: {gap_ms: 500}'
clean="gaps: ..$GAPS, clicks: 0, breaches: 0"
greeted='- {wait: heard_end, label: greeting}'
speaks='- {say: test-vectors/speech/digit-7.wav}
- {wait: heard_end, label: reply}'

model model <<<"$briefly"
gateway gateway <<<"$agent
audiocodes: {resume_s: 2}"

healthy() {
	call_bot call --model-trace "$E2E/model.trace" <<-E
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
		expect: {outcome: caller_hung_up, $clean, close_code: 1000}
	E
	own_logs call
	model_says "no breach" model 'all(.[]; .type != "violation")'
}
row "a healthy call beside all of these: 0 gaps, 0 breaches" healthy

# --- Keys ---

# In a text conversation the model says in letters what it was given.
presses() { # keys, words, fault
	call_bot call <<-E
		audiocodes: {direct_stt: false, direct_tts: false}
		steps:
		${3:+- {inject: $3\}}
		- {wait: "600"}
		- {press: "$1"}
		- {wait: "2000"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	call_says "the model was told of $1, once" call \
		"[.timeline[].text | select(contains(\"pressed\"))] == [\"the bot: message You pressed $2\"]"
}
row "DTMF, a key in an event" presses 4 four
row "DTMF, keys one by one" presses "42*" "four two star"
row "DTMF, event names in odd case" presses 42 "four two" mixed_case_dtmf
row "DTMF, several keys in an event (dtmfCollect)" presses 42 "four two" dtmf_collected
row "DTMF, every event twice with its id" presses 42 "four two" duplicate_activity

# --- Silence ---

silent() {
	call_bot call <<-E
		steps:
		$greeted
		- {inject: no_user_input, value: 1}
		- {wait: heard_end, label: are you there}
		- {inject: no_user_input, value: 2}
		- {wait: heard_end, label: are you still there}
		- {inject: no_user_input, value: 3}
		- {wait: heard_end, label: goodbye}
		- {wait: hangup, timeout_ms: 3000}
		expect: {outcome: hung_up, $clean, utterances: 4, cut_ms: 0}
	E
	own_logs call
	log_says gateway "ev=ended end=no_input"
}
row "noUserInput three times: asked, asked, ended" silent

heard_from() {
	call_bot call <<-E
		steps:
		$greeted
		- {inject: no_user_input, value: 1}
		- {wait: heard_end, label: are you there}
		- {inject: no_user_input, value: 2}
		- {wait: heard_end, label: are you still there}
		$speaks
		- {inject: no_user_input, value: 1}
		- {wait: heard_end, label: are you there}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean, utterances: 5}
	E
}
row "noUserInput with an answer between: counted anew" heard_from

# --- Odd messages: the call goes on ---

goes_on() { # faults, words of the log, more steps before them
	local fault steps=

	for fault in $1; do
		steps+="- {inject: $fault}"$'\n'
	done
	call_bot call <<-E
		${3:-}
		steps:
		$steps
		$greeted
		$speaks
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean, utterances: 2, close_code: 1000}
	E
	own_logs call
	[ -z "${2:-}" ] || log_says gateway "$2"
	log_says gateway "ev=ended end=caller"
}
goes_on_later() { # fault, words of the log, how often
	call_bot call <<-E
		steps:
		$greeted
		- {inject: $1}
		$speaks
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean, utterances: 2, close_code: 1000}
	E
	own_logs call
	[ -z "${2:-}" ] || log_says gateway "$2"
	log_says gateway "ev=ended end=caller"
}
row "unknown fields in every message" goes_on unknown_fields
row "every activity twice" goes_on duplicate_activity
row "messages in fragments" goes_on fragments
row "pings: answered" goes_on pings
row "pings between fragments" goes_on "fragments pings"
row "no start activity: begun after 2 s" goes_on no_start_activity ev=start_missing
row "userStream.start before start" goes_on "" "" "audiocodes: {order: stream_first}"
row "an unknown type: said, ignored" goes_on_later unknown_event 'why="a message of no known type"'
row "an unknown activity: said, ignored" goes_on_later unknown_activity 'why="an activity of no use"'
row "bad JSON: said, ignored" goes_on_later garbage_json 'why="not a JSON object with a type"'
row "a binary message: said, ignored" goes_on_later binary 'why="a binary message"'
row "a message of another conversation: ignored" goes_on_later bad_conversation_id "another conversation"
row "bad base64: the chunk is dropped" goes_on_later bad_base64
row "chunks without audio: dropped" goes_on_later empty_chunk
row "2 s of silence in one chunk" goes_on_later big_chunk
row "400 ms of audio lost" goes_on_later gap_ms
row "no audio for 3 s, then all at once" goes_on_later media_stall_ms
row "nothing read for 3 s" goes_on_later slow_reader

# --- Odd audio ---

awkward_audio() { # fault, format
	call_bot call --formats "$2" --chunk-ms 100 <<-E
		steps:
		- {inject: $1}
		$greeted
		- {say: caller-thanks}
		- {wait: heard_end, label: reply}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean, echo_snr_db: 30..}
	E
}
for format in lpcm16_24 lpcm16 lpcm16_8; do
	row "raw/$format in chunks that split a sample: nothing lost or shifted" \
		awkward_audio odd_chunks "raw/$format"
done
for format in lpcm16_24 lpcm16 lpcm16_8 mulaw; do
	row "wav/$format with a header on every chunk: none is heard" \
		awkward_audio wav_headers "wav/$format"
done
row "wav/lpcm16 in chunks that split a sample" awkward_audio odd_chunks wav/lpcm16

# --- The caller leaves ---

# The gateway's and the model's word on the end of conversation CALL.
is_over() {
	grep -qF "call=$CALL ev=ended" "$E2E/gateway.err"
}
over_at_gateway() { # seconds
	await "${1:-2}" is_over || fail "the call is not over"
	grep -F "call=$CALL" "$E2E/gateway.err" >"$ROW/gateway.err"
}
new_call() { # name of its socket
	CALL=conversation-${ROW##*/}
	open_socket "$1"
}

hangs_up_before_accept() {
	new_call a
	sends a "$(initiate)"
	sends a "$(session_end)"
	closed a 1000 2
	over_at_gateway
	log_says gateway "end=caller"
}
row "caller hangs up before session.accepted" hangs_up_before_accept

hangs_up_before_start() {
	new_call a
	sends a "$(initiate)"
	hears "accepted" a "$is_accepted"
	sends a "$(session_end)"
	closed a 1000 2
	over_at_gateway
	hears "nothing was played" a "$has_played | not"
}
row "caller hangs up before start" hangs_up_before_start

leaves_before_accept() {
	new_call a
	sends a "$(initiate)"
	drop a
	over_at_gateway 6
	log_says gateway "end=carrier_lost"
}
row "the socket breaks right behind session.initiate" leaves_before_accept

hangs_up_in() { # the steps before
	call_bot call <<-E
		steps:
		$1
		- {wait: "100"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0, close_code: 1000}
	E
	own_logs call
	log_says gateway "ev=ended end=caller"
	model_says "the model session is closed" model \
		'any(.[]; .type == "session_end" and .by_client and .code == 1000)'
}
row "caller hangs up in the greeting" hangs_up_in '- {wait: heard_start}'
row "caller hangs up in a reply" hangs_up_in "$greeted
- {say: caller-thanks}
- {wait: heard_start}"
row "caller hangs up before the reply" hangs_up_in "$greeted
- {say: test-vectors/speech/digit-7.wav}"

hangs_up_while_detached() {
	new_call a
	sends a "$(initiate)"
	hears "accepted" a "$is_accepted"
	sends a "$(start_activity)"
	hears "a greeting" a "$has_played"
	drop a
	nap 0.3
	open_socket b
	sends b "$(of_call session.resume)"
	sends b "$(session_end)"
	closed b 1000 2
	over_at_gateway
	log_says gateway "end=caller"
}
row "caller hangs up while detached" hangs_up_while_detached

# --- What ends a socket ---

breaks() { # fault, close code, words of the log
	call_bot call <<-E
		steps:
		$greeted
		- {inject: $1}
		- {wait: hangup}
		expect: {outcome: broken, close_code: $2, breaches: 0}
	E
	CALL=$(jq -r .conversation_id "$ROW/call.out")
	over_at_gateway 5
	[ -z "${3:-}" ] || log_says gateway "$3"
}
row "a message of 1 MiB and more: 1009, over after resume_s" breaks "oversize, value: 1048577" 1009 end=carrier_lost
row "a second session.initiate: session.error, 1000" breaks second_initiate 1000

garbage() {
	local i

	new_call a
	sends a "$(initiate)"
	hears "accepted" a "$is_accepted"
	for i in {1..19}; do
		sends a "{\"type\":[$i"
	done
	sends a "$(start_activity)"
	hears "a greeting behind 19 bad messages" a "$has_played"
	for i in {1..20}; do
		sends a "no JSON $i"
	done
	closed a 1007 2
	over_at_gateway 5
	log_says gateway "too many bad messages"
}
row "bad JSON 19 times in a row: tolerated; 20 times: 1007" garbage

says_nothing() {
	open_socket a
	closed a 1008 12
}
row "no first message: 1008 after 10 s" says_nothing

speaks_early() {
	new_call a
	sends a "$(of_call userStream.start)"
	sends a "$(start_activity)"
	sends a "$(of_call userStream.chunk ',"audioChunk":"AAAA"')"
	sends a "$(initiate)"
	hears "accepted, and nothing before it" a '.[0].type == "session.accepted"'
	sends a "$(session_end)"
	closed a 1000 2
}
row "messages before session.initiate: ignored" speaks_early

validates() {
	open_socket a
	sends a '{"type":"connection.validate"}'
	hears "validated" a '. == [{"type": "connection.validated", "success": true}]'
	closed a 1000 12
}
row "validated, then idle: 1000 after 10 s" validates

# An id that is active, or waits to be resumed: the same call, from its start.
begins_anew() { # drop, or not
	new_call a
	sends a "$(initiate)"
	hears "accepted" a "$is_accepted"
	sends a "$(start_activity)"
	hears "a greeting" a "$has_played"
	[ -z "${1:-}" ] || drop a
	open_socket b
	sends b "$(initiate)"
	hears "accepted anew" b "$is_accepted"
	sends b "$(start_activity)"
	hears "a greeting anew" b "$has_played"
	[ -n "${1:-}" ] || closed a 1000 2
	sends b "$(session_end)"
	closed b 1000 2
	nap 0.3
	over_at_gateway
	[ "$(grep -c 'ev=ended' "$ROW/gateway.err")" = 2 ] || fail "not ended twice"
	log_says gateway "end=replaced"
}
row "session.initiate of an id that is active: begun anew" begins_anew
row "session.initiate of an id that is detached: begun anew" begins_anew drop

unusable() { # members of session.initiate
	new_call a
	sends a "$1"
	hears "refused in words" a '.[0].type == "session.error" and (.[0].reason | length > 5)'
	closed a 1000 4
}
row "session.initiate without an id: session.error" unusable '{"type":"session.initiate","supportedMediaFormats":["raw/lpcm16"]}'
row "session.initiate without a known format: session.error" unusable \
	'{"type":"session.initiate","conversationId":"x","supportedMediaFormats":["raw/alaw"]}'
row "session.initiate with an id of 129 bytes: session.error" unusable \
	"{\"type\":\"session.initiate\",\"conversationId\":\"$(printf '%0129d' 7)\",\"supportedMediaFormats\":[\"raw/lpcm16\"]}"

end
