#!/bin/bash
# Agents: who answers a call, with which words, and who comes next.
. "${0%/*}/lib/e2e.bash"
begin agents "${1:-}"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
responses:
- {on: greeting, repeat: true, say: ["digits:1"]}
expect: {allow_gaps: true}'
greeted='steps:
- {wait: heard_end, label: greeting}
- {hangup: true}
expect: {outcome: caller_hung_up, breaches: 0}'

hup() { # words of the log
	kill -HUP "${PID[gateway]}"
	await 10 contains "$ROW/gateway.err" "$1" || fail "the reload is not told: $1"
}

instructed() { # claim, filter of the instructions of all sessions
	model_says "$1" model "map(select(.type == \"session.update\" and .dir == \"in\").instructions) | $2"
}

# --- Files ---

mistakes() {
	mkdir "$ROW/agents"
	printf 'voise: ash\nturns: {threshold: 7}\n' >"$ROW/agents/a.yaml"
	printf 'instructions_file: none.md\n' >"$ROW/agents/b.yaml"
	echo 'agents: [agents/a.yaml]' >"$ROW/bad.yaml"
	echo 'agents: [agents/b.yaml]' >"$ROW/worse.yaml"
	local command
	for command in check serve; do
		"$BUILD/tandem" "$command" -c "$ROW/bad.yaml" >"$ROW/out" 2>&1 &&
			fail "tandem $command takes it"
		grep -qF "$ROW/agents/a.yaml:1: unknown key \"voise\"" "$ROW/out" ||
			fail "$command says: $(cat "$ROW/out")"
		grep -qF "$ROW/agents/a.yaml:2: turns.threshold is 7" "$ROW/out" ||
			fail "$command says: $(cat "$ROW/out")"
	done
	"$BUILD/tandem" serve -c "$ROW/worse.yaml" --listen 127.0.0.1:0 --admin "" \
		>"$ROW/out" 2>&1 && fail "tandem serve takes it"
	grep -qF "$ROW/agents/b.yaml: instructions_file: $ROW/agents/none.md: No such file" \
		"$ROW/out" || fail "serve says: $(cat "$ROW/out")"
}
row "mistakes in an agent file: its own name and line, by check and serve" mistakes

new_text() {
	STANDBY=1
	echo "You are one." >"$ROW/i.md"
	echo "Closed on Sunday." >"$ROW/hours.md"
	model model <<<"$quick"
	gateway gateway <<-E
		workers: 1
		agent: {instructions_file: i.md, context: [hours.md]}
	E
	await 10 contains "$ROW/gateway.err" ev=pool_ready || fail "none stand"
	call call <<<"$greeted"
	echo "You are two." >"$ROW/i.md"
	hup "new configuration"
	await 10 trace_has model \
		'map(select(.type == "session.update" and .dir == "in").instructions) |
			map(select(startswith("You are two.\n"))) | length == 1' ||
		fail "no session with the new text"
	instructed "the context is in it" \
		'all(contains("\n# Context: hours\n\nClosed on Sunday.\n"))'
	call next <<<"$greeted"
	rm "$ROW/hours.md"
	hup "nothing has changed"
	log_says gateway "context: $ROW/hours.md: No such file"
}
row "instructions and context of files: a reload gives new calls the new text" new_text

# --- What is known of a call ---

variables() { # call or call_bot, standby
	STANDBY=$2
	echo 'Caller {{caller}}, called {{callee}}, {{ticket|none}}, {{company}}.' >"$ROW/i.md"
	model model <<<"$quick"
	gateway gateway <<-E
		workers: 1
		agent:
		  instructions_file: i.md
		  greeting_says: "Welcome, {{caller}}, to {{company}}."
		  variable_defaults: [{name: company, value: Acme}]
	E
	[ "$2" -eq 0 ] || await 10 contains "$ROW/gateway.err" ev=pool_ready || fail "none stand"
	"$1" call --from +15551230001 --to +15557654321 <<<"$greeted"
	instructed "the call's session is told" \
		'any(startswith("Caller \"+15551230001\", called \"+15557654321\", none, Acme.\n"))'
	[ "$2" -eq 0 ] || instructed "the ones that stand know nothing" \
		'any(startswith("Caller , called , none, Acme.\n"))'
	model_says "the very words" model \
		'map(select(.type == "response.create" and .dir == "in").instructions) |
			length == 1 and (.[0] | endswith("nothing else: \"Welcome, +15551230001, to Acme.\""))'
	model_says "nothing is said before it is told" model '
		map(select(.dir == "in" and (.type | test("session.update|response.create"))).type) |
			index("response.create") > index("session.update")'
}
row "variables over Twilio, in a session of its own" variables call 0
row "variables over Twilio, in one that stood ready" variables call 1
row "variables over AudioCodes, in a session of its own" variables call_bot 0
row "variables over AudioCodes, in one that stood ready" variables call_bot 1

# The model comes seconds later, and knows what the caller has heard by then.
plays_file() { # call or call_bot
	model model <<<"timing: {session_created_delay_ms: 2500}
expect: {allow_gaps: true}"
	gateway gateway <<-E
		agent:
		  greeting_file: $PWD/test-vectors/speech/caller-thanks.wav
		  greeting_file_text: Thank you very much.
	E
	"$1" call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {wait: 3000}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0, first_sound_ms: ..1500}
	E
	sounds_good call
	model_says "the model believes it has said so" model \
		'map(select(.type == "conversation.item.create" and .role == "assistant").text) ==
			["Thank you very much."]'
	model_says "and greets nobody" model 'all(.type != "response.create")'
}
row "a greeting from a file over Twilio: at once, and the model knows" plays_file call
row "a greeting from a file over AudioCodes: at once, and the model knows" plays_file call_bot

cuts_file() { # call or call_bot
	model model <<<"timing: {first_delta_ms: [40, 80]}
expect: {allow_gaps: true}"
	gateway gateway <<-E
		agent:
		  greeting_file: $PWD/test-vectors/speech/apology.wav
		  greeting_file_text: one two three four five six seven eight nine ten
	E
	"$1" call <<-E
		steps:
		- {interrupt: {after_ms: 1500, say: $PWD/test-vectors/speech/caller-interrupts.wav, within_ms: 1000}}
		- {wait: heard_end, label: reply}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0, barge_ins_heeded: 1, late_ms: 0}
	E
	model_says "as much of it as was heard" model '
		map(select(.type == "conversation.item.create" and .role == "assistant").text) |
			length == 1 and (.[0] | startswith("one two")) and
			(.[0] | "one two three four five six seven eight nine ten" | length) > (.[0] | length)' 
	model_says "and before what the caller said" model '
		(map(select(.type == "conversation.item.create" and .role == "assistant")) | .[0].t_us) <
		(map(select(.type == "input_audio_buffer.committed")) | .[0].t_us)'
}
row "a greeting from a file, interrupted over Twilio" cuts_file call
row "a greeting from a file, interrupted over AudioCodes" cuts_file call_bot

end
