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

hup() { # words of the log, times
	kill -HUP "${PID[gateway]}"
	await 10 eval '[ "$(grep -c "ev=reload.*$1" "$ROW/gateway.err")" -ge "${2:-1}" ]' ||
		fail "the reload is not told: $1"
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

end
