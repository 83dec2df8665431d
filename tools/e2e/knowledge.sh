#!/bin/bash
# What an agent knows out of files: it looks things up while it speaks, and the
# files may change meanwhile.
. "${0%/*}/lib/e2e.bash"
begin knowledge "${1:-}"

# search QUERY…: one for each turn of the caller.
search() {
	local query

	echo "timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}"
	echo "responses:"
	echo "- {on: greeting, say: ['digits:1']}"
	for query; do
		echo "- {on: turn, call: [{name: search_knowledge, arguments: '{\"query\":\"$query\"}'}]}"
		echo "- {on: tool, say: ['digits:2']}"
	done
}

question='- {say: caller-thanks}
- {wait: heard_end, label: answer}'
one_question="steps:
- {wait: heard_end, label: greeting}
$question
- {hangup: true}
expect: {outcome: caller_hung_up, breaches: 0}"

handbook() { # opening hours
	mkdir -p "$ROW/faq"
	printf '# Handbook\n\n## Opening hours\n\nWe are open %s.\n\n## Parking\n\nBehind the house.\n' \
		"$1" >"$ROW/handbook.new"
	mv "$ROW/handbook.new" "$ROW/handbook.md"
	echo "Payment is by card." >"$ROW/faq/payment.txt"
}

keys='agent:
  tools: [search_knowledge]
  knowledge: {files: [handbook.md, "faq/*"], results: 2}'

outputs() { # claim, filter of what the functions answered
	model_says "$1" model "map(select(.output).output | fromjson) | $2"
}

sources() { # dial or dial_bot
	handbook "from eight to six"
	model model < <(search "when do you open?" "what payment do you take" "elephants")
	gateway gateway <<<"$keys"
	"$1" call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		$question
		$question
		$question
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	over call
	sounds_good call
	outputs "the passage and where it stands" '.[0] == {results: [{text:
		"We are open from eight to six.", source: "handbook.md > Handbook > Opening hours"}]}'
	outputs "of plain text the file" '.[1].results[0] |
		.source == "payment.txt" and .text == "Payment is by card."'
	outputs "nothing is found" '.[2] | .results == [] and (.note | length > 0)'
	model_says "the model knows what it may do" model \
		'map(select(.type == "session.update" and .dir == "in")) | all(
			.tools == ["search_knowledge"] and (.instructions | contains("search_knowledge")))'
}
row "Twilio: passages with their sources, or that there are none" sources dial
row "AudioCodes: passages with their sources, or that there are none" sources dial_bot

renewed() { # times
	[ "$(grep -c ev=knowledge_renewed "$ROW/gateway.err")" -ge "$1" ]
}

change() {
	handbook "from eight to six"
	model model < <(search opening opening opening)
	gateway gateway <<<"$keys"
	dial call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		$question
		- {wait: 4000}
		$question
		- {wait: 4000}
		$question
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	await 20 trace_has model 'map(select(.output)) | length == 1' || fail "no first answer"
	handbook "from nine to five"
	await 15 renewed 1 || fail "the change is not noticed"
	await 30 trace_has model 'map(select(.output)) | length == 2' || fail "no second answer"
	printf 'caf\xe9' >"$ROW/handbook.md"
	await 15 contains "$ROW/gateway.err" ev=knowledge_kept || fail "a bad file is not told"
	over call
	sounds_good call
	outputs "the old, the new, and the new again" 'map(.results[0].text) == [
		"We are open from eight to six.", "We are open from nine to five.",
		"We are open from nine to five."]'
	log_says gateway "handbook.md: is not text in UTF-8"
}
row "a file that changes during a call: the next search finds the new text; a bad one changes nothing" change

mistakes() {
	model model </dev/null
	handbook "always"
	gateway gateway <<<"$keys"
	printf 'caf\xe9' >"$ROW/handbook.md"
	kill -HUP "${PID[gateway]}"
	await 10 contains "$ROW/gateway.err" "nothing has changed" || fail "the reload is not refused"
	log_says gateway "agent: knowledge.files: "
	echo "agent: {knowledge: {files: [handbook.md]}}" >"$ROW/bad.yaml"
	echo "agent: {knowledge: {files: ['none/*.md']}}" >"$ROW/worse.yaml"
	echo "agent: {tools: [search_knowledge]}" >"$ROW/worst.yaml"
	"$BUILD/tandem" check --offline -c "$ROW/bad.yaml" >"$ROW/out" 2>&1 && fail "check takes it"
	grep -q "✗ default knowledge.files.*handbook.md: is not text in UTF-8" "$ROW/out" ||
		fail "check says: $(cat "$ROW/out")"
	"$BUILD/tandem" serve -c "$ROW/worse.yaml" --listen 127.0.0.1:0 --admin "" \
		>"$ROW/out" 2>&1 && fail "serve takes it"
	grep -q "agent: knowledge.files: .*none/\*.md: matches no file" "$ROW/out" ||
		fail "serve says: $(cat "$ROW/out")"
	"$BUILD/tandem" check --offline -c "$ROW/worst.yaml" >"$ROW/out" 2>&1 && fail "check takes it"
	grep -q "agent.tools has search_knowledge, but agent.knowledge.files is empty" "$ROW/out" ||
		fail "check says: $(cat "$ROW/out")"
}
row "files that are bad or missing: told at the start, at a reload and by check" mistakes

end
