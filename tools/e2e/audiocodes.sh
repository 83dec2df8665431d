#!/bin/bash
# How calls over AudioCodes VoiceAI Connect sound: in every format, interrupted,
# turn by turn, and to the last word.
. "${0%/*}/lib/e2e.bash"
begin audiocodes "${1:-}"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}'
greets_briefly='responses:
- {on: greeting, say: ["digits:1"]}'
agent='agent: {turns: {silence_duration_ms: 300}}
digits: {gap_ms: 500}'
good="gaps: ..$GAPS, clicks: 0, breaches: 0"
greeted='- {wait: heard_end, label: greeting}'
speaks='- {say: test-vectors/speech/digit-7.wav}
- {wait: heard_end, label: reply}'
formats='lpcm16_24 lpcm16 lpcm16_8 mulaw'

# --- The whole ---

demonstration() {
	model model </dev/null
	STANDBY=2 gateway_ready gateway </dev/null
	call_bot call --out "$ROW/call.wav" --model-trace "$ROW/model.trace" </dev/null
	sounds_good call
	call_says "an interruption heeded" call '.figures.barge_ins_heeded == 1'
	call_says "nothing cut off at the end" call '.figures.cut_ms == 0'
	call_says "truncated at what was heard" call \
		".figures | .truncations == 1 and .truncation_error_ms <= $CUT_MS"
	call_says "no audio lost or added" call '.figures.lost_ms == 0'
	call_says "answered at once" call '.figures.answered_ms < 1000'
	call_says "accepted within 300 ms" call '.figures.accept_ms < 300'
	model_says "closed by the gateway with 1000" model \
		'any(.[]; .type == "session_end" and .code == 1000 and .by_client)'
}
row "the demonstration: every step passes, WAV written" demonstration

# --- Formats ---

# Only one format is offered: the caller's and ours. What the model repeats
# comes back as it was said.
speaks_format() { # format, model's format, more that is expected
	model model <<-E
		$quick
		$greets_briefly
	E
	gateway gateway <<<"agent: {format: $2, turns: {silence_duration_ms: 300}}"
	call_bot call --formats "$1" --out "$ROW/call.wav" <<-E
		steps:
		$greeted
		- {say: caller-thanks}
		- {wait: heard_end, label: reply}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good, $3}
	E
}
for format in $formats; do
	row "raw/$format, the model in pcm24: repeated well" \
		speaks_format "raw/$format" pcm24 "echo_snr_db: 30.."
	row "wav/$format, the model in pcm24: repeated well" \
		speaks_format "wav/$format" pcm24 "echo_snr_db: 30.."
done
row "raw/mulaw, the model in pcmu: bit for bit" speaks_format raw/mulaw pcmu "inexact_samples: 0"
row "wav/mulaw, the model in pcmu: bit for bit" speaks_format wav/mulaw pcmu "inexact_samples: 0"
row "raw/lpcm16_24, the model in pcm24: bit for bit" speaks_format raw/lpcm16_24 pcm24 "inexact_samples: 0"
row "raw/lpcm16, the model in pcmu: repeated well" speaks_format raw/lpcm16 pcmu "echo_snr_db: 25.."

# A rate that is labelled wrong in both directions repeats well. So one direction
# at a time, beside another format, and by frequency.
is_1000_hz() {
	local tone

	tone=$("$BUILD/tools/measure/tone" "$ROW/call.wav") || fail "no tone"
	[[ $tone =~ ^(999|1000)\. ]] || fail "heard: $tone"
}
# 2 s of 1000 Hz, 16 bit, 24 kHz.
perl -e 'my $n = 48000;
	print "RIFF", pack("V", 36 + 2 * $n), "WAVEfmt ",
		pack("VvvVVvv", 16, 1, 1, 24000, 48000, 2, 16), "data", pack("V", 2 * $n);
	print pack("v", int(8000 * sin(2 * 3.14159265358979 * $_ / 24)) & 0xffff) for 1 .. $n' \
	>"$E2E/tone.wav"

plays_tone() { # format
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: ["tone:1000:1500"]}
	E
	gateway gateway <<<"audiocodes: {caller_formats: [raw/lpcm16_24], play_formats: [$1]}"
	call_bot call --out "$ROW/call.wav" <<-E
		steps:
		$greeted
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	is_1000_hz
	log_says gateway "play_format=$1"
}
says_tone() { # format
	model model <<-E
		$quick
		loopback: {delay_ms: 200}
		expect: {allow_gaps: true}
	E
	gateway gateway <<<"agent: {greeting: \"\"}
audiocodes: {caller_formats: [$1], play_formats: [raw/lpcm16_24]}"
	call_bot call --out "$ROW/call.wav" <<-E
		steps:
		- {wait: "400"}
		- {say: $E2E/tone.wav}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	is_1000_hz
	log_says gateway "caller_format=$1"
}
for format in $formats; do
	for header in raw wav; do
		row "1000 Hz played in $header/$format stay 1000 Hz" plays_tone "$header/$format"
		row "1000 Hz said in $header/$format stay 1000 Hz" says_tone "$header/$format"
	done
done

# --- The first word ---

answers_slowly() { # audiocodes keys, most until answered, more that is expected
	model model <<-E
		timing: {session_created_delay_ms: 1500, first_delta_ms: [40, 80], pause_ms: [0, 20]}
		$greets_briefly
	E
	gateway gateway <<<"$agent
audiocodes: {$1}"
	call_bot call <<-E
		steps:
		$greeted
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good, utterances: 1, answered_ms: $2, accept_ms: ..1000}
	E
}
row "the model connects slowly: 200 ms of silence answer the call" answers_slowly "" ..900
row "answer_after_ms 0: answered at once" answers_slowly "answer_after_ms: 0" ..500

silent_agent() {
	model model <<<"$quick"
	gateway gateway <<<'agent: {greeting: "", turns: {silence_duration_ms: 300}}'
	call_bot call <<-E
		steps:
		- {wait: "1000"}
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end, label: reply}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good, utterances: 1, answered_ms: ..900}
	E
}
row "an agent who waits for the caller: answered all the same" silent_agent

dialled_out() {
	model model <<<"$quick"
	gateway gateway <<<"$agent
audiocodes: {outbound_greeting: false}"
	call_bot call <<-E
		audiocodes: {outbound_target: "tel:+33180000042"}
		steps:
		- {wait: "1000"}
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end, label: reply}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good, utterances: 1}
	E
}
row "dialled out, outbound_greeting off: the person called speaks first" dialled_out

# --- Interruption ---

half_duplex() { # audiocodes keys, options
	model model <<-E
		$quick
		$greets_briefly
		expect: {half_duplex: true}
	E
	gateway gateway <<<"$agent
audiocodes: {$1}"
	call_bot call --barge-in off <<-E
		steps:
		$greeted
		$speaks
		$speaks
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good, withheld_ms: 1.., utterances: 3, clears: 0}
	E
}
row "half duplex, by the administrator: turn by turn" half_duplex "configure: false, abort_prompts: false"
row "half duplex, by us: turn by turn" half_duplex "barge_in: false, abort_prompts: false"

interrupts() { # audiocodes keys, aborts
	model model <<-E
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20], speed: 200}
		$greets_briefly
		- {on: turn, say: [greeting]}
	E
	gateway gateway <<<"$agent
audiocodes: {$1}"
	call_bot call --model-trace "$ROW/model.trace" <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-3.wav}
		- {interrupt: {after_ms: 1500, say: test-vectors/speech/digit-7.wav, within_ms: 1000}}
		- {wait: heard_end, label: second reply}
		- {hangup: true}
		expect: {$good, late_ms: 0, barge_ins_heeded: 1, aborts: $2, truncation_error_ms: ..$CUT_MS}
	E
	model_says "truncated once, by what was heard" model '
		map(select(.type == "conversation.item.truncate")) |
			length == 1 and .[0].audio_end_ms < .[0].item_ms - 1000'
}
row "barge-in: what was heard is what the model believes" interrupts "lead_ms: 400" 1
row "barge-in with everything sent at once" interrupts "lead_ms: 0" 1
row "barge-in by speech.started alone" interrupts "abort_prompts: false" 0

# --- The goodbye ---

says_goodbye() {
	model model <<-E
		$quick
		$greets_briefly
	E
	gateway gateway <<<"$agent"
	call_bot call <<-E
		steps:
		$greeted
		- {press: "0"}
		- {wait: heard_end, label: goodbye}
		- {wait: hangup, timeout_ms: 2000}
		expect: {outcome: hung_up, $good, cut_ms: 0}
	E
	call_says "the whole goodbye was heard" call '
		[.timeline[].text | capture("goodbye over, (?<ms>[0-9]+) ms") | .ms | tonumber]
		| length == 1 and .[0] > 1900'
	log_says gateway "ev=ended end=goodbye"
}
row "a key, a goodbye heard to its end, then hangup" says_goodbye

transfers() { # audiocodes keys, what becomes of it, outcome, steps after it
	model model <<-E
		$quick
		$greets_briefly
		- {on: turn, say: ["digits:2"], call: [{name: transfer_call, arguments: '{"target":"sales"}'}]}
	E
	gateway gateway <<-E
		agent: {tools: [end_call, transfer_call], turns: {silence_duration_ms: 300}}
		transfer: {targets: [{name: sales, to: "tel:+41791234567"}]}
		audiocodes: {$1}
	E
	call_bot call <<-E
		audiocodes: {transfer: $2, transfer_ms: 500}
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end, label: "I put you through"}
		$4
		expect: {outcome: $3, $good}
	E
	log_lacks gateway 41791234567
}
row "a transfer that is answered" transfers "" answered transferred '- {wait: hangup}'
row "a transfer nobody tells about" transfers "transfer_notifications: false" busy transferred \
	'- {wait: hangup}'
for why in busy no-answer declined error; do
	row "a transfer that fails ($why): the agent goes on" transfers "" "$why" caller_hung_up \
		"- {wait: heard_end, label: what now}
$speaks
- {hangup: true}"
done

# --- Text instead of sound ---

in_text() { # direct_stt, direct_tts, steps, expected
	model model <<-E
		$quick
		$greets_briefly
		expect: {allow_gaps: true}
	E
	gateway gateway <<<"$agent"
	call_bot call <<-E
		audiocodes: {direct_stt: $1, direct_tts: $2}
		steps:
		- {wait: "700"}
		- {say: caller-thanks}
		- {wait: "2500"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0, $3}
	E
}
writes_and_reads() {
	in_text false false "utterances: 0"
	call_says "greeting and answer in letters" call '[.timeline[].text |
		select(startswith("the bot: message"))] ==
			["the bot: message one", "the bot: message You wrote: caller-thanks"]'
}
row "directSTT and directTTS off: text to the model, text back" writes_and_reads
row "directSTT off: text to the model, sound back" in_text false true "utterances: 2"
hears_and_writes() {
	in_text true false "utterances: 0"
	call_says "greeting and answer in letters" call '[.timeline[].text |
		select(startswith("the bot: message"))] | length == 2 and
			(.[1] | contains("repeats the caller"))'
}
row "directTTS off: sound to the model, text back" hears_and_writes

end
