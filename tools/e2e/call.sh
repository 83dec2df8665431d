#!/bin/bash
# How a call behaves, from the caller's mouth to the model's trace and back.
. "${0%/*}/lib/e2e.bash"
begin call "${1:-}"

# Most rows keep every turn short: a syllable of greeting, replies at once.
quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}'
greets_briefly='responses:
- {on: greeting, say: ["digits:1"]}'
agent='agent: {turns: {silence_duration_ms: 300}}
digits: {gap_ms: 500}'
silent_agent='agent: {greeting: "", turns: {silence_duration_ms: 300}}'
good="gaps: ..$GAPS, clicks: 0, late_ms: 0, breaches: 0"

speech() { # name: the bundled file, from where the tests run
	echo "test-vectors/speech/$1.wav"
}

# --- The whole ---

demonstration() {
	model model </dev/null
	STANDBY=2 gateway gateway </dev/null
	call call --out "$ROW/call.wav" --model-trace "$ROW/model.trace" </dev/null
	sounds_good call
	call_says "an interruption heeded" call '.figures.barge_ins_heeded == 1'
	call_says "nothing cut off at the end" call '.figures.cut_ms == 0'
	call_says "truncated at what was heard" call \
		".figures | .truncations == 1 and .truncation_error_ms <= $CUT_MS"
	call_says "no audio lost or added" call '.figures.lost_ms == 0'
	call_says "upgraded with signatures on" call '.figures.upgrade_status == 101'
	local bytes
	bytes=$(stat -c %s "$ROW/call.wav")
	[ "$bytes" -gt $((20 * 8000 * 4)) ] || fail "call.wav holds $bytes bytes"
	model_says "closed by the gateway with 1000" model \
		'any(.[]; .type == "session_end" and .code == 1000 and .by_client)'
}
row "the demonstration over TLS: every step passes, WAV written" demonstration

# `make demo`, as a newcomer runs it: its own processes, plain ws://.
demo() {
	tools/demo.sh "$BUILD" >"$ROW/demo.err" 2>&1 || fail "make demo fails"
}
row "make demo passes" demo

passthrough() {
	model model <<<"$quick"
	gateway gateway <<-E
		agent: {format: pcmu, turns: {silence_duration_ms: 300}}
	E
	call call --model-trace "$ROW/model.trace" <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: caller-thanks}
		- {interrupt: {after_ms: 500, say: $(speech digit-7), within_ms: 1000}}
		- {wait: heard_end, label: second reply}
		- {press: "0"}
		- {wait: heard_end, label: goodbye}
		- {wait: hangup}
		expect: {outcome: hung_up, $good, cut_ms: 0, truncation_error_ms: ..$CUT_MS}
	E
	log_says model "input audio/pcmu, output audio/pcmu"
}
row "the same in mu-law end to end (agent.format pcmu)" passthrough

speaks_while_connecting() {
	model model <<-E
		timing: {session_created_delay_ms: 1500, first_delta_ms: [40, 80], pause_ms: [0, 20]}
	E
	gateway gateway <<<"audio: {append_ms: 20}
$silent_agent"
	call call <<-E
		steps:
		- {say: caller-thanks}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	local sent spoken
	sent=$(jq '.figures.frames * 20' "$ROW/call.out")
	model_says "all $sent ms the caller sent were appended" model "
		any(.[]; .type == \"session_end\" and
			(.appended_ms - $sent | fabs) <= 20)"
	# What the model repeats, it cuts by loudness: a little less than said.
	spoken=$(jq '[.timeline[] | select(.kind == "said") | .at_ms] | .[1] - .[0]' \
		"$ROW/call.out")
	call_says "the reply repeats all $spoken ms" call \
		"[.timeline[].text | capture(\"reply over, (?<ms>[0-9]+) ms\") | .ms | tonumber]
		 | length == 1 and .[0] >= $spoken - 120 and .[0] <= $spoken + 60"
}
row "caller speaks while the model connects: nothing is lost" speaks_while_connecting

# --- Interruption ---

interrupts_generation() {
	model model <<-E
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20], speed: 2}
		$greets_briefly
		- {on: turn, say: [greeting]}
	E
	gateway gateway <<<"$agent"
	call call --model-trace "$ROW/model.trace" <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: $(speech digit-3)}
		- {interrupt: {after_ms: 700, say: $(speech digit-7), within_ms: 1000}}
		- {wait: heard_end, label: second reply}
		- {hangup: true}
		expect: {$good, clears: 1, truncation_error_ms: ..$CUT_MS}
	E
	model_says "response 2 was cancelled, and its item truncated" model '
		any(.[]; .type == "response.done" and .status == "cancelled") and
		(map(select(.type == "conversation.item.truncate")) |
			length == 1 and .[0].audio_end_ms <= .[0].item_ms)'
}
row "barge-in during generation" interrupts_generation

interrupts_playback() {
	model model <<-E
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20], speed: 200}
		$greets_briefly
		- {on: turn, say: [greeting]}
	E
	gateway gateway <<<"$agent"
	call call --model-trace "$ROW/model.trace" <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: $(speech digit-3)}
		- {interrupt: {after_ms: 1500, say: $(speech digit-7), within_ms: 1000}}
		- {wait: heard_end, label: second reply}
		- {hangup: true}
		expect: {$good, clears: 1, truncation_error_ms: ..$CUT_MS}
	E
	model_says "completed long before it was truncated" model '
		(map(select(.type == "conversation.item.truncate")) | .[0]) as $cut |
		$cut.item_ms > $cut.audio_end_ms + 1000 and
		(map(select(.type == "response.done" and .t_us < $cut.t_us - 1000000))
			| length == 2 and all(.[]; .status == "completed"))'
}
row "barge-in after response.done" interrupts_playback

interrupts_two_items() {
	model model <<-E
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20], speed: 200}
		$greets_briefly
		- {on: turn, preamble: [greeting], say: [goodbye]}
	E
	gateway gateway <<<"$agent"
	call call --model-trace "$ROW/model.trace" <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: $(speech digit-3)}
		- {interrupt: {after_ms: 700, say: $(speech digit-7), within_ms: 1000}}
		- {wait: heard_end, label: second reply}
		- {hangup: true}
		expect: {$good, clears: 1, truncation_error_ms: ..$CUT_MS}
	E
	model_says "the first item truncated, the unheard second deleted" model '
		(map(select(.type == "conversation.item.truncate")) | length == 1) and
		(map(select(.type == "conversation.item.delete" and .dir == "in"))
			| length == 1)'
}
row "barge-in with two items queued" interrupts_two_items

interrupts_twice() {
	model model <<-E
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
		$greets_briefly
		- {on: turn, say: [greeting], repeat: true}
	E
	gateway gateway <<<"$agent"
	call call --model-trace "$ROW/model.trace" <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: $(speech digit-3)}
		- {interrupt: {after_ms: 300, say: $(speech digit-7), within_ms: 1000}}
		- {interrupt: {after_ms: 100, say: caller-thanks, within_ms: 1000}}
		- {wait: heard_start, label: third reply}
		- {wait: "500"}
		- {hangup: true}
		expect: {$good, barge_ins_heeded: 2, clears: 2, truncation_error_ms: ..$CUT_MS}
	E
	model_says "each reply truncated once" model '
		map(select(.type == "conversation.item.truncate") | .item_id)
			| length == 2 and (unique | length == 2)'
}
row "barge-in twice in quick succession" interrupts_twice

presses_into_speech() {
	model model <<-E
		$quick
		$greets_briefly
		- {on: turn, say: [greeting]}
	E
	gateway gateway <<-E
		agent: {turns: {silence_duration_ms: 300}}
		digits: {gap_ms: 1000}
	E
	call call --model-trace "$ROW/model.trace" <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: $(speech digit-3)}
		- {wait: heard_start, label: long reply}
		- {wait: "700"}
		- {press: "5"}
		- {wait: heard_end, label: you pressed five}
		- {hangup: true}
		expect: {$good, clears: 1, utterances: 3, truncation_error_ms: ..$CUT_MS}
	E
	model_says "the reply truncated, one item with the keys, one response to it" model '
		(map(select(.type == "conversation.item.truncate")) | length == 1) and
		(map(select(.type == "conversation.item.create" and .dir == "in"))
			| length == 1) and
		(map(select(.type == "response.create" and .dir == "in")) | length == 2)'
}
row "a key pressed into speech stops it, and is answered" presses_into_speech

# --- The goodbye ---

goodbye_with_call() {
	model model <<-E
		$quick
		$greets_briefly
	E
	gateway gateway <<<"$agent"
	call call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {press: "0"}
		- {wait: heard_end, label: goodbye}
		- {wait: hangup, timeout_ms: 2000}
		expect: {outcome: hung_up, $good, cut_ms: 0}
	E
	heard_goodbye
}
# Of 2.1 s, its edges are quiet.
heard_goodbye() {
	call_says "the whole goodbye was heard" call '
		[.timeline[].text | capture("goodbye over, (?<ms>[0-9]+) ms") | .ms | tonumber]
		| length == 1 and .[0] > 1900'
	log_says gateway "ev=ended end=goodbye"
}
row "end_call beside its goodbye: heard to the end, then hung up" goodbye_with_call

goodbye_asked_for() {
	model model <<-E
		$quick
		$greets_briefly
		- {on: turn, call: [{name: end_call}]}
	E
	gateway gateway <<<"$agent"
	call call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: $(speech digit-3)}
		- {wait: heard_end, label: goodbye}
		- {wait: hangup, timeout_ms: 2000}
		expect: {outcome: hung_up, $good, cut_ms: 0}
	E
	heard_goodbye
}
row "end_call without a word: a goodbye is asked for and heard" goodbye_asked_for

interrupts_goodbye() {
	model model <<-E
		$quick
		$greets_briefly
	E
	gateway gateway <<<"$agent"
	call call --model-trace "$ROW/model.trace" <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {press: "0"}
		- {interrupt: {after_ms: 500, say: caller-thanks, within_ms: 1000}, label: goodbye}
		- {wait: heard_end, label: reply}
		- {wait: "1000"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good, truncation_error_ms: ..$CUT_MS}
	E
	log_says gateway "ev=ended end=caller"
}
row "barge-in during the goodbye keeps the call" interrupts_goodbye

# --- The caller leaves ---

hangs_up_mid_speech() {
	model model <<<"$quick"
	gateway gateway <<<"$agent"
	call call <<-E
		steps:
		- {wait: heard_start, label: greeting}
		- {wait: "700"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0, callbacks_failed: 0}
	E
	model_says "the model session is closed" model \
		'any(.[]; .type == "session_end" and .by_client and .code == 1000)'
	log_says gateway "ev=ended end=caller stream=stop"
}
row "caller hangs up mid-speech: model session closed within 1 s" hangs_up_mid_speech

# Twilio asks what to do when the stream breaks: the call is joined again, but
# not for ever.
resets() {
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: ["digits:1"]}
	E
	gateway gateway <<<"$agent
failure: {say: Sorry.}"
	call call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {inject: tcp_reset}
		- {wait: heard_end, label: second greeting}
		- {inject: tcp_reset}
		- {wait: heard_end, label: third greeting}
		- {inject: tcp_reset}
		- {wait: hangup}
		expect: {outcome: hung_up, breaches: 0}
	E
	call_says "given up with a word" call 'any(.timeline[].text; . == "<Say> Sorry.")'
	model_says "three sessions, closed" model '
		(map(select(.type == "session_end")) | length == 3)'
	model_says "and no later than 1 s into the next" model '
		map(select(.type == "session_end") | .t_us) as $ends |
		map(select(.type == "session_start") | .t_us) as $starts |
		$ends[0] - $starts[1] < 1000000 and $ends[1] - $starts[2] < 1000000'
	log_says gateway "stream=lost"
}
row "stream reset: joined again twice, then told and hung up" resets

end
