#!/bin/bash
# What the gateway writes to VoiceAI Connect, as it stands on the wire: a peer that
# reads every message, and says what a row wants it to say.
. "${0%/*}/lib/e2e.bash"
. tools/e2e/lib/bot_socket.bash
# shellcheck disable=SC2119 # optional arguments
begin audiocodes_wire "${1:-}"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
expect: {allow_gaps: true}'
greets='responses:
- {on: greeting, say: ["digits:1"]'
agent='agent: {turns: {silence_duration_ms: 300}}
digits: {gap_ms: 300}'

connects() {
	CALL=conversation-${ROW##*/}
	open_socket a
	sends a "$(initiate)"
	hears "accepted" a "$is_accepted"
}
begins() { # more parameters of start
	connects
	sends a "$(start_activity "${1:-}")"
	hears "a greeting" a "$has_played"
}
ends() { # reasonCode
	sends a "$(of_call session.end ",\"reasonCode\":\"${1:-client-disconnected}\"")"
	closed a 1000 2
}
# Every activity has an id of its own and a time.
is_stamped() {
	hears "activities have ids and timestamps" a 'events | length > 0 and
		(map(.id) | unique | length) == length and
		all(.[]; (.id | test("^[0-9a-f-]{36}$")) and
			(.timestamp | test("^20[0-9-]{8}T[0-9:]{8}[.][0-9]{3}Z$")))'
}

# --- The beginning ---

prefers() { # model's format, then "wanted offered…" a line
	local wanted offered

	model model <<<"$quick"
	gateway gateway <<<"agent: {format: $1}"
	while read -r wanted offered; do
		CALL=conversation-$RANDOM-$wanted
		open_socket a
		sends a "$(initiate | jq -c ".supportedMediaFormats = (\"$offered\" | split(\" \"))")"
		hears "of $offered: $wanted for what the caller says" a ".[0].mediaFormat == \"$wanted\""
		sends a "$(start_activity)"
		hears "and for what is played" a "any(.[]; .type == \"playStream.start\" and
			.mediaFormat == \"$wanted\")"
		ends
		drop a
	done
}
live_hub='raw/lpcm16_8 wav/lpcm16_8 raw/mulaw wav/mulaw raw/lpcm16 wav/lpcm16 raw/lpcm16_24 wav/lpcm16_24'
prefers_linear() {
	prefers pcm24 <<-E
		raw/lpcm16_24 $live_hub
		raw/lpcm16 raw/lpcm16_8 wav/lpcm16_24 raw/mulaw raw/lpcm16
		raw/lpcm16_8 raw/mulaw raw/lpcm16_8 wav/lpcm16_24
		raw/mulaw wav/lpcm16_24 raw/mulaw
		wav/lpcm16_24 wav/mulaw wav/lpcm16_8 wav/lpcm16 wav/lpcm16_24 raw/opus
	E
}
prefers_mulaw() {
	prefers pcmu <<-E
		raw/mulaw $live_hub
		raw/lpcm16_8 raw/lpcm16_24 raw/lpcm16 raw/lpcm16_8 wav/mulaw
	E
}
row "formats, the model in pcm24: raw before wav, no resampling first" prefers_linear
row "formats, the model in pcmu: mu-law first" prefers_mulaw

no_common_format() {
	model model <<<"$quick"
	gateway gateway <<<"audiocodes: {caller_formats: [raw/mulaw]}"
	CALL=conversation-x
	open_socket a
	sends a "$(initiate)"
	hears "session.error" a '.[0] | .type == "session.error" and (.reason | contains("format"))'
	closed a 1000 4
}
row "no format in common: session.error" no_common_format

configures() {
	model model <<<"$quick"
	gateway gateway <<<"$agent
audiocodes: {no_input_ms: 7000, record_calls: true}"
	begins
	hears "config, before the first stream" a '
		([.[] | .type] | index("activities") < index("playStream.start")) and
		(events | .[0] | .type == "event" and .name == "config" and .sessionParams == {
			bargeIn: true, sendDTMF: true, userNoInputTimeoutMS: 7000,
			sendEventsToBot: ["noUserInput", "playFinished"]})'
	hears "the recording begins" a 'any(events[]; .name == "startCallRecording")'
	is_stamped
	ends
}
row "config and startCallRecording at the start" configures

configures_nothing() {
	model model <<<"$quick"
	gateway gateway <<<"$agent
audiocodes: {configure: false}"
	begins
	hears "no activity" a 'events == []'
	ends
}
row "configure off: no config" configures_nothing

# The model session outlives nobody, and the stream of each utterance is closed.
streams() {
	model model <<<"$quick
$greets}"
	gateway_ready gateway <<<"$agent"
	begins
	hears "the greeting's stream is closed" a 'any(.[]; .type == "playStream.stop")'
	sends a "$(activity '{"type":"event","name":"DTMF","value":"7"}')"
	hears "a stream for the reply, closed, too" a '
		map(select(.type == "playStream.stop")) | length == 2'
	hears "ids are used once, chunks between start and stop" a '
		([.[] | select(.type == "playStream.start").streamId] | length == 2 and unique == .) and
		([.[].type | select(startswith("playStream"))] | steps) ==
			["playStream.start", "playStream.chunk", "playStream.stop",
			"playStream.start", "playStream.chunk", "playStream.stop"] and
		([.[] | select(.streamId).streamId] | steps | length) == 2'
	ends
	hears "conversationId is not repeated to VoiceAI Connect" a 'all(.[]; has("conversationId") | not)'
}
row "a stream for each utterance, opened by sound, closed behind it" streams

# --- The caller's speech ---

# 16 bit, 24 kHz, 800 ms of silence behind it.
spoken=$(cat <(tail -c +45 test-vectors/speech/digit-7.wav) <(head -c 38400 /dev/zero) | base64 -w 0)
says_seven() { # participant, or none
	local who=${1:+,\"participant\":\"$1\"}

	sends a "$(of_call userStream.start "$who")"
	hears "started" a 'any(.[]; .type == "userStream.started")'
	local i
	for ((i = 0; i < ${#spoken}; i += 12800)); do # 200 ms
		sends a "$(of_call userStream.chunk "$who,\"audioChunk\":\"${spoken:i:12800}\"")"
		nap 0.2
	done
}
transcribed="agent: {transcription: {model: whisper-1}, turns: {silence_duration_ms: 300}}"

# The model thinks it over, so that the words come before its answer.
speech() {
	model model <<<"$quick
transcription: {text: Could I come on Tuesday?, delay_ms: [100, 200]}
$greets}
- {on: turn, say: [chime], timing: {first_delta_ms: [1000, 1100]}}"
	gateway gateway <<<"$transcribed"
	begins
	hears "the greeting is over" a 'any(.[]; .type == "playStream.stop")'
	says_seven
	hears "recognised" a 'any(.[]; .type == "userStream.speech.recognition")'
	hears "started, stopped, committed, hypothesis, recognition" a '
		[.[].type | select(startswith("userStream.speech"))] | steps == [
			"userStream.speech.started", "userStream.speech.stopped",
			"userStream.speech.committed", "userStream.speech.hypothesis",
			"userStream.speech.recognition"]'
	hears "a hypothesis is all that was understood so far" a '
		[.[] | select(.type == "userStream.speech.hypothesis").alternatives[0].text] as $t |
			($t | length) > 1 and
			all(range(1; $t | length); . as $i | $t[$i] | startswith($t[$i - 1]))'
	hears "the recognition is the whole, with a confidence" a '
		[.[] | select(.type == "userStream.speech.recognition").alternatives] ==
			[[{"text": "Could I come on Tuesday?", "confidence": 1}]]'
	hears "nobody is named" a 'all(.[]; (has("participant") or has("participantId")) | not)'
	sends a "$(of_call userStream.stop)"
	hears "stopped" a 'any(.[]; .type == "userStream.stopped")'
	ends
}
row "speech messages: all five, in their order" speech

late_words() {
	model model <<<"$quick
transcription: {text: Could I come on Tuesday?, delay_ms: [600, 700]}
$greets}
- {on: turn, say: [greeting]}"
	gateway gateway <<<"$transcribed"
	begins
	hears "the greeting is over" a 'any(.[]; .type == "playStream.stop")'
	says_seven
	hears "recognised" a 'any(.[]; .type == "userStream.speech.recognition")'
	hears "no hypothesis, which would stop the answer" a '
		all(.[]; .type != "userStream.speech.hypothesis")'
	ends
}
row "words that come while the answer plays: do not interrupt it" late_words

assist() {
	model model <<<"$quick
transcription: {text: Hello?, delay_ms: [100, 200]}
$greets}"
	gateway gateway <<<"$transcribed"
	begins ',"participants":[{"participant":"caller","uriUser":"+33170000001"},{"participant":"agent","uriUser":"amy"}]'
	hears "the caller's audio is asked for" a 'any(events[]; .name == "startRecognition" and
		(.targetParticipant // .activityParams.targetParticipant) == "caller")'
	hears "the greeting is over" a 'any(.[]; .type == "playStream.stop")'
	says_seven agent
	hears "the other one's stream is answered" a '
		[.[] | select(.type == "userStream.started").participant] == ["agent"]'
	hears "and not heard" a 'all(.[]; .type | startswith("userStream.speech") | not)' 1
	says_seven caller
	hears "both streams are answered" a '
		[.[] | select(.type == "userStream.started").participant] == ["agent", "caller"]'
	hears "the caller is heard, by name" a '
		[.[] | select(.type | startswith("userStream.speech"))] |
			any(.[]; .type == "userStream.speech.recognition") and
			all(.[]; .participant == "caller") and
			all(.[] | select(.type | test("started|stopped|committed")); .participantId == "caller")'
	sends a "$(of_call userStream.stop ',"participant":"agent"')"
	hears "stopped by name" a 'any(.[]; .type == "userStream.stopped" and .participant == "agent")'
	ends
}
row "agent assist: the caller is bridged, everybody is answered by name" assist

# --- What is asked of VoiceAI Connect ---

asks() { # tools, calls of the model, keys
	model model <<<"$quick
$greets, call: [$2]}"
	gateway_ready gateway <<<"agent: {tools: [$1], turns: {silence_duration_ms: 300}}
${3:-}"
	begins
}

sends_things() {
	asks "send_dtmf, send_metadata, record_call" "{name: send_dtmf, arguments: '{\"digits\":\"12*#\"}'},
  {name: send_metadata, arguments: '{\"data\":{\"ticket\":\"A-1\",\"n\":[1,2]}}'},
  {name: record_call, arguments: '{\"action\":\"pause\"}'},
  {name: record_call, arguments: '{\"action\":\"resume\"}'}"
	hears "sendDtmf" a 'any(events[]; .name == "sendDtmf" and .activityParams.dtmfDigits == "12*#")'
	hears "sendMetaData" a 'any(events[]; .name == "sendMetaData" and
		.value == {ticket: "A-1", n: [1, 2]})'
	hears "pause, then resume" a '[events[].name | select(endswith("CallRecording"))] ==
		["pauseCallRecording", "resumeCallRecording"]'
	is_stamped
	hears "the model speaks on" a 'map(select(.type == "playStream.start")) | length == 2'
	ends
}
row "sendDtmf, sendMetaData, recording: by the model's word" sends_things

refuses_things() {
	asks "send_dtmf, record_call" "{name: send_dtmf, arguments: '{\"digits\":\"12x\"}'},
  {name: record_call, arguments: '{\"action\":\"erase\"}'}"
	hears "the model is told, and speaks on" a 'map(select(.type == "playStream.start")) | length == 2'
	hears "nothing is sent" a '[events[].name] == ["config"]'
	ends
}
row "impossible digits, an unknown action: the model is told" refuses_things

hangs_up() {
	asks end_call "{name: end_call, arguments: '{\"reason\":\"all is said\"}'}" \
		'audiocodes: {hangup_headers: [{name: X-Result, value: done}, {name: X-Case, value: "7"}]}'
	hears "hangup, with reason and headers" a 'any(events[]; .name == "hangup" and .activityParams == {
		hangupReason: "all is said", hangupSipHeaders: [
			{name: "X-Result", value: "done"}, {name: "X-Case", value: "7"}]})' 5
	is_stamped
	ends bot-disconnected
}
row "hangup: the model's reason, the configured SIP headers" hangs_up

# Nobody answers the hangup.
waits_for_end() {
	asks end_call "{name: end_call}"
	hears "hangup" a 'any(events[]; .name == "hangup")' 5
	closed a 1000 12
}
row "hangup without session.end: closed with 1000 after 10 s" waits_for_end

targets='transfer: {targets: [{name: sales, to: "tel:+41791234567"}]}'
transfers() {
	asks transfer_call "{name: transfer_call, arguments: '{\"target\":\"sales\",\"reason\":\"wants a person\"}'}" "$targets"
	hears "transfer, once" a '[events[] | select(.name == "transfer").activityParams] == [{
		transferTarget: "tel:+41791234567", handoverReason: "wants a person",
		transferNotifications: true}]' 5
	sends a "$(activity '{"type":"event","name":"transferStatus","value":{"status":"failed","reasonCode":"busy","reason":"SIP ;cause=486"}}')"
	hears "the agent is back" a 'map(select(.type == "playStream.start")) | length == 2'
	sends a "$(activity '{"type":"event","name":"DTMF","value":"5"}')"
	hears "and still takes keys" a 'map(select(.type == "playStream.start")) | length == 3'
	ends
}
row "transfer: busy, and the agent is back" transfers

transferred() {
	asks transfer_call "{name: transfer_call, arguments: '{\"target\":\"sales\"}'}" "$targets
audiocodes: {transfer_notifications: false}"
	hears "transfer, without notifications" a 'any(events[]; .name == "transfer" and
		.activityParams.transferTarget == "tel:+41791234567" and
		(.activityParams.transferNotifications | not))' 5
	ends transferred
	log_says gateway end=transferred
}
row "transfer without notifications: over with session.end" transferred

tells_why() {
	asks transfer_call "{name: transfer_call, arguments: '{\"target\":\"sales\",\"reason\":\"x\",\"summary\":\"Ada, an invoice\"}'}" \
		'transfer: {targets: [{name: sales, to: "tel:+41791234567", warm: true}]}'
	hears "transfer, with the summary for its reason" a 'any(events[]; .name == "transfer" and
		.activityParams.handoverReason == "Ada, an invoice")' 5
	ends transferred
}
row "transfer to a warm target: what it is about is the reason" tells_why

no_client() {
	asks transfer_call "{name: transfer_call, arguments: '{\"target\":\"sales\"}'}" \
		'transfer: {targets: [{name: sales, to: "client:sales"}]}'
	hears "the agent is back" a 'map(select(.type == "playStream.start")) | length == 2' 5
	hears "nothing is asked" a 'all(events[]; .name != "transfer")'
	log_says gateway "ev=transfer_failed"
	ends
}
row "transfer to a client of another carrier: the agent says so" no_client

nowhere() {
	asks transfer_call "{name: transfer_call, arguments: '{\"target\":\"the moon\"}'}" "$targets"
	hears "the model is told, and speaks on" a 'map(select(.type == "playStream.start")) | length == 2'
	hears "no transfer" a '[events[].name] == ["config"]'
	ends
}
row "transfer to nobody that is known: the model is told" nowhere

# --- What the model is told ---

# In a text conversation it can say what it was told.
tells() { # variables, first words of the model
	model model <<<"$quick"
	gateway gateway <<<"agent: {variables: [$1]}"
	CALL=conversation-${ROW##*/}
	open_socket a
	sends a "$(initiate | jq -c '.expectAudioMessages = false')"
	hears "accepted" a "$is_accepted"
	sends a "$(start_activity ',"crmTicket":"A-88213","more":{"a":[1]}')"
	hears "told: $2" a "any(events[]; .type == \"message\" and (.text | gsub(\"\n\"; \" \") |
		contains(\"$2\")))"
	ends
}
row "start parameters: told to the model before it greets" tells "crmTicket, callee, caller" \
	"I was told: [call] Facts from the telephone network: crmTicket: A-88213 callee: +33180000042 caller: +33170000001"
row "start parameters that are not there: nothing is told" tells "vip" "Hello, this is Tandem"

# --- The setting that is missing ---

wants_text() {
	model model <<<"$quick
$greets}"
	gateway gateway <<<"$agent"
	CALL=conversation-x
	open_socket a
	sends a "$(initiate | jq -c '.expectAudioMessages = false | del(.supportedMediaFormats)')"
	hears "accepted" a '.[0] == {"type": "session.accepted", "mediaFormat": "raw/lpcm16"}'
	sends a "$(start_activity)"
	hears "a greeting in letters" a 'any(events[]; .type == "message" and .text == "one")'
	sends a "$(activity '{"type":"message","text":"Good morning"}')"
	hears "an answer in letters" a 'any(events[]; .text == "You wrote: Good morning")'
	hears "no stream" a 'all(.[]; .type | startswith("playStream") | not)'
	ends
}
row "directSTT and directTTS off: messages, no streams" wants_text

end
