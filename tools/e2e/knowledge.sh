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

# --- The supervisor ---

# The answer may follow the first words so closely that their pause looks like a
# gap.
undisturbed() { # name
	call_says "$1 is not disturbed" "$1" \
		'.figures | .clicks == 0 and .late_ms == 0 and .breaches == 0'
}

supervised() { # responses or chat, keys more, path
	local path=v1/responses

	[ "$1" = responses ] || path=v1/chat/completions
	path=${3:-$path}
	cat <<-E
		agent:
		  tools: [ask_supervisor]
		  transcription: {model: whisper-1}
		  knowledge: {files: [handbook.md]}
		  supervisor:
		    {url: $DESK_URL/$path, api: $1, model: larger, key: "\${env:DESK_KEY}",
		     tools: [search_knowledge]${2:+, $2}}
	E
}

asks='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
transcription: {text: "Are you open on Monday?", delay_ms: [20, 40]}
responses:
- {on: greeting, say: ["digits:1"], transcript: "Good morning."}
- {on: turn, say: ["digits:12"], transcript: "Let me find out.",
   call: [{name: ask_supervisor, arguments: "{\"question\":\"Open on Monday?\"}"}]}
- {on: tool, say: ["digits:2"]}'

expect_answer() { # claim, filter of what the function answered
	model_says "$1" model "map(select(.output).output | fromjson) | $2"
}

a_tool_of_its_own() { # carrier, shape
	export DESK_KEY=sk-desk
	handbook "from eight to six on Monday"
	desk desk <<-'E'
		text:
		  key: sk-desk
		  answers:
		  - {wants: "caller: Are you open on Monday?",
		     call: [{name: search_knowledge, arguments: '{"query":"opening hours"}'},
		            {name: search_knowledge, arguments: '{"query":"parking"}'}]}
		  - {wants: "from eight to six on Monday", delay_ms: 300, say: "Yes, from eight."}
		  requests: 2
	E
	model model <<<"$asks"
	gateway gateway < <(supervised "$2")
	"$1" call <<<"$one_question"
	over call
	undisturbed call
	expect_answer "the answer comes back" '. == [{answer: "Yes, from eight."}]'
	says "what was said is told, with the facts, behind the question" "$ROW/desk.trace" \
		'(.[0].body | contains("agent: Good morning.\\n") and contains("agent: Let me find out.\\n") and
			contains("The assistant asks you:\\nOpen on Monday?")) and (.[1].body | contains("Behind the house."))'
	log_lacks gateway sk-desk
}
row "Twilio, Responses: the supervisor looks things up and answers; it knows what was said" a_tool_of_its_own dial responses
row "AudioCodes, Chat Completions: the same" a_tool_of_its_own dial_bot chat

faults() { # carrier, answer of the desk, words told, ms more to wait
	export DESK_KEY=sk-desk
	handbook "always"
	desk desk <<-E
		text:
		  answers:
		  - $2
	E
	model model <<<"$asks"
	gateway gateway < <(supervised responses "timeout_ms: 1500")
	"$1" call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		$question
		- {wait: ${4:-500}}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	over call
	undisturbed call
	expect_answer "the model is told what to do without" \
		".[0].error | contains(\"$3\") and contains(\"tell the caller\")"
}
row "a supervisor that is slow: the model is told, the caller not disturbed" \
	faults dial '{delay_ms: 4000, say: late}' 'it took too long' 4000
row "one that refuses our key" faults dial_bot '{status: 401}' 'does not accept our key (401)'
row "one that is busy" faults dial '{status: 429}' 'too much to do (429)'
row "one that fails" faults dial_bot '{status: 503}' 'a fault of its own (503)'
row "one that only calls functions" faults dial \
	'{call: [{name: search_knowledge, arguments: "{}"}, {name: search_knowledge, arguments: "{\"query\":\"x\"}"}]}' \
	'never answered'

odd() { # carrier, answer of the desk, words told
	export DESK_KEY=sk-desk
	handbook "always"
	desk desk <<-E
		webhooks:
		- {path: /odd, no_key: true, answers: [$2]}
	E
	model model <<<"$asks"
	gateway gateway < <(supervised chat "" odd)
	"$1" call <<<"$one_question"
	over call
	undisturbed call
	expect_answer "the model is told what to do without" \
		".[0].error | contains(\"$3\") and contains(\"tell the caller\")"
}
row "one that breaks off" odd dial '{drop: true}' 'cannot be reached'
row "one that is cut short" odd dial_bot '{cut: true, body: "{\"choices\":[]}"}' 'cannot be understood'
row "one that answers a page" odd dial '{type: text/html, body: "<html>"}' 'not JSON'
row "one that is no text" odd dial_bot '{bad_utf8: true}' 'not JSON'
row "one that says far too much" odd dial '{size: 1000000}' 'more than can be taken'

nobody_there() { # carrier
	handbook "always"
	model model <<<"$asks"
	DESK_URL=http://127.0.0.1:9
	export DESK_KEY=sk-desk
	gateway gateway < <(supervised chat)
	"$1" call <<<"$one_question"
	over call
	undisturbed call
	expect_answer "the model is told" '.[0].error | contains("cannot be reached")'
}
row "nobody there" nobody_there dial

hangs_up() {
	export DESK_KEY=sk-desk
	handbook "always"
	desk desk <<-E
		text: {answers: [{delay_ms: 3000, say: late}]}
	E
	model model --lenient <<<"$asks"
	gateway gateway < <(supervised responses)
	call call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: caller-thanks}
		- {wait: 1500}
		- {hangup: true}
		expect: {outcome: caller_hung_up}
	E
	log_says gateway "name=ask_supervisor how=cancelled"
	log_lacks gateway supervisor_failed
}
row "a caller who hangs up meanwhile: the question is dropped" hangs_up

end
