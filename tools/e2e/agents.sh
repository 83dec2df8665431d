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

# --- Who answers ---

two_agents() { # the configuration's other keys on standard input
	mkdir -p "$ROW/agents"
	printf 'instructions: You are sales.\ngreeting: Greet for sales.\n' >"$ROW/agents/sales.yaml"
	printf 'instructions: You are support.\ngreeting: Greet for support.\n' >"$ROW/agents/support.yaml"
	echo "agents: [agents/sales.yaml, agents/support.yaml]"
	echo "agent: {instructions: You are the default.}"
	cat
}

answered_by() { # agent, words of its instructions
	log_says gateway "ev=routed agent=$1"
	model_says "$1 answers" model "
		map(select(.type == \"response.create\" and .dir == \"in\").instructions) |
			length == 1 and (.[0] | startswith(\"$2\"))"
}

routes() { # call or call_bot, standby, agent, words, caller
	STANDBY=$2
	model model <<<"$quick"
	gateway gateway < <(two_agents <<-'E'
		workers: 1
		routes:
		- {number: "+1555765*", caller: "+44", agent: sales}
		- {carrier: twilio, hours: "00:00-00:00", timezone: Europe/Zurich, agent: support}
		- {bot: tandem, parameter: {name: callee, value: "+15557654321"}, caller: "+41", agent: support}
	E
	)
	[ "$2" -eq 0 ] || await 10 contains "$ROW/gateway.err" ev=pool_ready || fail "none stand"
	"$1" call --from "$5" --to +15557654321 <<<"$greeted"
	answered_by "$3" "$4"
}
row "routes over Twilio: number and caller" routes call 0 sales "You are sales." +441234567
row "routes over Twilio: the second, by the hour" routes call 1 support "You are support." +41791234567
row "routes over AudioCodes: by the number it tells later" routes call_bot 0 sales "You are sales." +441234567
row "routes over AudioCodes: by a parameter" routes call_bot 1 support "You are support." +41791234567
row "routes over AudioCodes: none fits" routes call_bot 1 default "You are the default." +33123456789

# --- Who is asked before ---

asked() { # the webhook's URL, more keys of it
	mkdir -p "$ROW/agents"
	printf 'instructions: You are sales for {{ticket|nobody}}, {{vip}}.\n' >"$ROW/agents/sales.yaml"
	echo "workers: 1"
	echo "agents: [agents/sales.yaml]"
	echo "agent: {instructions: You are the default.}"
	echo "call_webhook: {url: $1$2}"
}

asks_first() { # call or call_bot, carrier
	desk desk <<-E
		webhooks:
		- path: /call
		  secret: a-secret-both-know
		  wants: '{"carrier":"$2","caller":"+15551230001","callee":"+15557654321"}'
		  answers: [{delay_ms: 300, body: '{"agent":"sales","variables":{"ticket":"A-17","vip":true}}'}]
		  requests: 1
	E
	model model <<<"$quick"
	export DESK_SECRET=a-secret-both-know
	gateway gateway < <(asked "$DESK_URL/call" ', secret: "${env:DESK_SECRET}"')
	"$1" call --from +15551230001 --to +15557654321 <<<"$greeted"
	answered_by sales 'You are sales for \"A-17\", \"true\".'
	log_lacks gateway call_webhook_failed
}
row "a webhook says who answers, and more, over Twilio" asks_first call twilio
row "a webhook says who answers, and more, over AudioCodes" asks_first call_bot audiocodes

asks_in_vain() { # call or call_bot, the answer, why
	desk desk <<-E
		webhooks: [{path: /call, answers: [$2]}]
	E
	model model <<<"$quick"
	gateway gateway < <(asked "$DESK_URL/call" ", timeout_ms: 500")
	"$1" call --from +15551230001 --to +15557654321 <<<"$greeted"
	answered_by default "You are the default."
	log_says gateway "ev=call_webhook_failed"
	log_says gateway "$3"
	curl -s -m 5 "$ADMIN_URL/metrics" >"$ROW/metrics"
	grep -qF 'tandem_call_webhook_failures_total 1' "$ROW/metrics" || fail "it is not counted"
}
row "a webhook that is late: the routes decide, over Twilio" asks_in_vain call \
	"{delay_ms: 3000, body: '{}'}" "ev=call_webhook_failed"
row "a webhook that is late: the routes decide, over AudioCodes" asks_in_vain call_bot \
	"{delay_ms: 3000, body: '{}'}" "ev=call_webhook_failed"
row "a webhook that fails" asks_in_vain call "{status: 500, body: '{}'}" "does not answer 200"
row "a webhook that names nobody" asks_in_vain call_bot "{body: '{\"agent\":\"nobody\"}'}" "no agent of the name"
row "a webhook that is no JSON" asks_in_vain call "{body: 'hello', type: text/plain}" "a JSON object"

hangs_up_first() {
	unset TWILIO_AUTH_TOKEN # so that curl may call
	desk desk <<-E
		webhooks: [{path: /call, answers: [{delay_ms: 1500, body: '{}'}]}]
	E
	model model <<<"$quick"
	gateway gateway < <(asked "$DESK_URL/call" "")
	curl -s -m 0.5 -d 'CallSid=CA0123456789abcdef0123456789abcdef' "$VOICE_URL" && fail "it was answered"
	[ "$(http_status -d 'CallSid=CAffffffffffffffffffffffffffffffff' "$VOICE_URL")" = 200 ] ||
		fail "the next one is not answered"
	log_lacks gateway call_webhook_failed
}
row "who does not wait for the webhook's answer is forgotten" hangs_up_first

# --- Hand-offs ---

# The silence a hand-off adds, ms: from the model's last word of it until it may
# speak again, without what it takes itself to change its session.
SILENCE_MS=40
silence() {
	local added

	added=$(jq -rs 'last(.[] | select(.type == "response.function_call_arguments.done")) as $asked |
		map(select(.t_us >= $asked.t_us)) | . as $since |
		def at(dir; type): first($since[] | select(.dir == dir and .type == type).t_us);
		(at("in"; "response.create") - at("out"; "response.done")
			- at("out"; "session.updated") + at("in"; "session.update")) / 1000' "$ROW/model.trace")
	awk -v ms="${added:-none}" -v most="$SILENCE_MS" 'BEGIN { exit !(ms ~ /^-?[0-9.]+$/ && ms + 0 <= most) }' ||
		fail "a hand-off adds ${added:-no} ms of silence, more than $SILENCE_MS"
	note "it adds $added ms of silence"
}

hands_off() { # call or call_bot
	mkdir -p "$ROW/agents"
	printf 'instructions: You are sales of {{callee}}.\ngreeting: Greet for sales.\ntools: [end_call, send_dtmf]\n' \
		>"$ROW/agents/sales.yaml"
	model model <<-'E'
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
		responses:
		- {on: greeting, say: ["digits:1"]}
		- on: turn
		  call: [{name: hand_off, arguments: '{"agent":"sales","reason":"wants to buy"}'}]
		- {on: tool, say: ["digits:42"]}
		expect: {allow_gaps: true}
	E
	gateway gateway <<-'E'
		agents: [agents/sales.yaml]
		agent:
		  instructions: You are the front desk.
		  noise_reduction: far_field
		  hand_offs: [{agent: sales, when: the caller wants to buy}]
	E
	"$1" call --from +15551230001 --to +15557654321 <<-'E'
		steps:
		- {wait: heard_end, label: greeting}
		- {say: test-vectors/speech/digit-3.wav}
		- {wait: heard_end, label: sales}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	sounds_good call
	log_says gateway 'ev=hand_off from=default to=sales intent="wants to buy"'
	model_says "the front desk may hand off" model '
		map(select(.type == "session.update" and .dir == "in")) | .[0].tools == ["end_call", "hand_off"]'
	model_says "the session becomes sales" model '
		map(select(.type == "session.update" and .dir == "in")) | .[-1] |
			(.instructions | startswith("You are sales of \"+15557654321\".")) and
			.tools == ["end_call", "send_dtmf"]'
	model_says "is told before it goes on, and greets nobody" model '
		map(select(.dir == "in" and (.type | test("session.update|response.create")))) |
			map(.type)[-2:] == ["session.update", "response.create"] and
			(map(select(.type == "response.create" and .instructions != null)) | length == 1)'
	silence
	curl -s -m 5 "$ADMIN_URL/metrics" >"$ROW/metrics"
	grep -qF 'tandem_hand_offs_total{agent="sales"} 1' "$ROW/metrics" || fail "it is not counted"
	grep -qF 'tandem_agent_calls_total{agent="default"} 1' "$ROW/metrics" || fail "the call is not counted"
}
row "hand_off over Twilio: the same session, no second greeting" hands_off call
row "hand_off over AudioCodes: the same session, no second greeting" hands_off call_bot

explains() {
	two_agents >"$ROW/t.yaml" <<-'E'
		routes:
		- {number: "+41*", agent: sales}
		- {hours: "mon-fri 08:00-18:00", timezone: Europe/Zurich, parameter: {name: tier, value: gold}, agent: support}
	E
	"$BUILD/tandem" route +15551234567 -c "$ROW/t.yaml" --at 2026-06-15T10:00 \
		--parameter tier=gold --caller +33 >"$ROW/out" 2>&1 || fail "status $?"
	diff - "$ROW/out" <<-'E' >>"$ROW/why"
		route 0 (sales): number +41*: +15551234567, does not fit
		route 1 (support): parameter tier=gold: gold, fits
		route 1 (support): hours mon-fri 08:00-18:00: mon 12:00 Europe/Zurich, fits
		support answers: route 1 fits
	E
	"$BUILD/tandem" route +15551234567 -c "$ROW/t.yaml" --at 2026-06-14T10:00Z \
		--parameter tier=gold --json >"$ROW/out" 2>&1 || fail "status $?"
	says "Sunday: the default one" "$ROW/out" '.[0] | .agent == "default" and .route == null and
		(.steps | length == 3 and (.[2] | .condition == "hours" and .fits == false))'
	"$BUILD/tandem" route +1 -c "$ROW/t.yaml" --at noon >"$ROW/out" 2>&1 && fail "noon is taken"
	"$BUILD/tandem" check --offline --listen 127.0.0.1:0 -c "$ROW/t.yaml" >"$ROW/out" 2>&1 ||
		fail "check: $(cat "$ROW/out")"
	for words in "agents  *sales: about [0-9]* tokens of instructions ([0-9]* bytes, estimated at 4 a token)" \
		"routes  *0: number +41\*: sales" "routes  *otherwise: default"; do
		grep -q "$words" "$ROW/out" || fail "check lacks $words: $(cat "$ROW/out")"
	done
}
row "tandem route explains a decision, tandem check shows the table" explains

end
