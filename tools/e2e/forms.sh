#!/bin/bash
# Forms: what callers tell, over both carriers, in normal form in the store and at
# a webhook.
. "${0%/*}/lib/e2e.bash"
begin forms "${1:-}"
command -v sqlite3 >/dev/null || bail "sqlite3 is missing"
export FORM_SECRET=open-sesame

contact='agent:
  tools: [end_call, save_form]
  form:
    name: contact
    country: CH
    fields:
    - {name: name, type: name, required: true}
    - {name: mail, type: email, required: true, read_back: true}
    - {name: phone, type: phone}'
corrected='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
responses:
- on: greeting
  say: ["digits:1"]
  call:
  - {name: save_form, arguments: "{\"name\":\"john smith\",\"mail\":\"john dot smith at gmail dot com\"}"}
- on: tool
  say: ["digits:2"]
  call:
  - {name: save_form, arguments: "{\"name\":\"Jon Smith\",\"phone\":\"oh seven nine\"}"}
- {on: tool, say: ["digits:3"]}
expect: {allow_gaps: true}'
listens='steps:
- {wait: heard_end, label: what is said}
- {wait: 2500}
- {hangup: true}
expect: {outcome: caller_hung_up, breaches: 0}'

stored() { # claim, query, what it answers
	local got

	got=$(sqlite3 -readonly "$ROW/forms.db" "$2" 2>&1)
	[ "$got" = "$3" ] || fail "not so: $1: $2 says \"$got\", not \"$3\""
}

told() { # claim, text in an answer that the model was given
	model_says "$1" model "any(.output // \"\" | contains($(jq -n --arg t "$2" '$t')))"
}

# --- Both carriers, corrections, webhook ---

saved() { # call or call_bot
	model model <<<"$corrected"
	desk desk <<-E
		webhooks:
		- path: /forms
		  secret: $FORM_SECRET
		  wants: '{"form":"contact","agent":"default"}'
		  answers: [{status: 503}, {status: 204}]
		  requests: 3
	E
	gateway gateway <<-E
		$contact
		    webhook: {url: "$DESK_URL/forms", secret: "\${env:FORM_SECRET}"}
		store: {path: forms.db}
	E
	"$1" call <<<"$listens"
	await 5 eval '[ "$(grep -c ev=webhook_sent "$ROW/gateway.err")" -eq 2 ]' ||
		fail "the webhook was not told twice"
	told "what was stored" '"stored":{"name":"John Smith","mail":"john.smith@gmail.com"}'
	told "what to read back" '"read_back":["mail"]'
	told "what was not understood" '"not_understood":{"phone":"it has 2 digits'
	stored "a row, two versions" \
		"SELECT form, agent, version, is_complete FROM form" "contact|default|2|1"
	stored "its fields" "SELECT field, value FROM form_field ORDER BY 1" \
		$'mail|john.smith@gmail.com\nname|Jon Smith'
	stored "what they were" "SELECT version, field, value, previous FROM form_version" \
		$'1|mail|john.smith@gmail.com|\n1|name|John Smith|\n2|name|Jon Smith|John Smith'
	stored "the call's name" "SELECT call FROM form" \
		"$(jq -r '.call_sid // .conversation_id' "$ROW/call.out")"
	log_lacks gateway smith
	log_lacks gateway Smith
}

# --- Whoever watches ---

watch() { # name, token
	start "$1" curl -sN -m 60 -H "Authorization: Bearer $2" "$ADMIN_URL/api/events"
	await 5 contains "$ROW/$1.out" "from now on" || fail "$1: nothing is told"
}

events() { # name: their names and JSON, a line each
	awk '/^event: / { name = $2 } /^data: / { print name " " substr($0, 7) }' "$ROW/$1.out"
}

watched() { # call or call_bot
	local id file

	echo first-token >"$ROW/token"
	model model <<<"$corrected"
	gateway gateway <<-E
		$contact
		store: {path: forms.db}
		admin: {token: "\${file:token}"}
	E
	[ "$(http_status "$ADMIN_URL/api/events")" = 401 ] || fail "it is for anybody"
	[ "$(http_status -X POST -H "Authorization: Bearer first-token" "$ADMIN_URL/api/events")" = 405 ] ||
		fail "POST is not refused"
	watch one first-token
	watch other first-token
	"$1" call <<<"$listens"
	id=$(jq -r '.call_sid // .conversation_id' "$ROW/call.out")
	for file in one other; do
		await 5 eval "[ \"\$(events $file | wc -l)\" -eq 2 ]" || fail "$file was told: $(events $file)"
		events "$file" >"$ROW/events"
		[ "$(cut -d' ' -f1 "$ROW/events" | xargs)" = "form.saved form.updated" ] ||
			fail "$file was told: $(cat "$ROW/events")"
		cut -d' ' -f2- "$ROW/events" | jq -e -s --arg id "$id" \
			'all(.call == $id and .form == "contact") and
			.[0].fields == {"name":"John Smith","mail":"john.smith@gmail.com"} and
			.[1].changed == ["name"] and .[1].fields.name == "Jon Smith" and
			[.[].event] == ["form.saved", "form.updated"]' >"$ROW/out" ||
			fail "$file was told: $(cat "$ROW/events")"
	done
	[ "$(grep -c '^id: ' "$ROW/one.out")" -eq 2 ] || fail "they have no ids"
	curl -s -m 5 "$ADMIN_URL/metrics" >"$ROW/metrics"
	for file in 'tandem_live_watchers 2' 'tandem_live_events_total 2' 'tandem_live_events_lost_total 0'; do
		grep -qx "$file" "$ROW/metrics" || fail "not so: $file"
	done
	# Another token: who watches has to show it.
	echo second-token >"$ROW/token"
	kill -HUP "${PID[gateway]}"
	leaves one 0 5
	leaves other 0 5
	[ "$(http_status -H "Authorization: Bearer first-token" "$ADMIN_URL/api/events")" = 401 ] ||
		fail "the former token is good for more"
	watch third second-token
	kill -HUP "${PID[gateway]}"
	log_says gateway "ev=watch_began"
	log_lacks gateway Smith
	stop gateway 5 INT
	leaves third 0 5
}

# The same words, by the country of the route that the call came by.
another_country() { # call or call_bot
	model model <<-'E'
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
		responses:
		- on: greeting
		  say: ["digits:1"]
		  call: [{name: save_form, arguments: "{\"phone\":\"01 70 00 00 01\"}"}]
		- {on: tool, say: ["digits:2"]}
		expect: {allow_gaps: true}
	E
	gateway gateway <<-E
		$contact
		store: {path: forms.db}
		routes: [{agent: default, country: FR}]
	E
	"$1" call <<<"$listens"
	told "a French number" '"stored":{"phone":"+33170000001"}'
	stored "in full" "SELECT value FROM form_field WHERE field = 'phone'" "+33170000001"
}

row "Twilio: a form, corrected: one row, its versions, webhook with retry" saved call
row "AudioCodes: the same" saved call_bot
row "Twilio: those who watch /api/events are told, while their token is good" watched call
row "AudioCodes: the same" watched call_bot

# --- A caller who does not wait ---

after_hangup() {
	model model <<-'E'
		responses:
		- on: greeting
		  say: ["digits:1", "silence:3000"]
		  call: [{name: save_form, arguments: '{"name":"Jane Doe"}'}]
		expect: {allow_gaps: true}
	E
	desk desk <<-E
		webhooks:
		- path: /forms
		  secret: $FORM_SECRET
		  answers: [{status: 503, retry_after_s: 5}, {status: 204}]
		  requests: 2
	E
	gateway gateway <<-E
		$contact
		    webhook: {url: "$DESK_URL/forms", secret: "\${env:FORM_SECRET}"}
		store: {path: forms.db}
	E
	call call <<-'E'
		steps:
		- {wait: heard_start, label: first}
		- {wait: 2500}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	await 10 contains "$ROW/gateway.err" ev=webhook_sent || fail "it is not tried again"
	sed -n '/ev=ended/,$p' "$ROW/gateway.err" | grep -q ev=webhook_sent ||
		fail "that was before the caller was gone"
	stored "what was said last" "SELECT value FROM form_field" "Jane Doe"
}
row "a form whose caller has hung up: its webhook is tried again all the same" after_hangup

# --- A store that is none ---

no_store() {
	model model <<<"$corrected"
	printf '%s\nstore: {path: /nonexistent/forms.db}\n' "$contact" | gateway_file bad
	"$BUILD/tandem" serve -c "$ROW/bad.yaml" --listen 127.0.0.1:0 --admin "" \
		>"$ROW/out" 2>&1 && fail "tandem serve starts"
	grep -qF "store.path: /nonexistent/forms.db: No such file or directory" "$ROW/out" ||
		fail "serve says: $(cat "$ROW/out")"
	"$BUILD/tandem" check --offline --listen 127.0.0.1:0 -c "$ROW/bad.yaml" >"$ROW/out" 2>&1 &&
		fail "tandem check finds nothing"
	grep -qF "✗ store.path" "$ROW/out" || fail "check says: $(cat "$ROW/out")"
	echo "no database at all, but long enough to be looked at" >"$ROW/text.db"
	printf '%s\nstore: {path: text.db}\n' "$contact" | gateway_file text
	"$BUILD/tandem" check --offline --listen 127.0.0.1:0 -c "$ROW/text.yaml" >"$ROW/out" 2>&1 &&
		fail "tandem check takes a text for a store"
	printf '%s\nstore: {path: new.db}\n' "$contact" | gateway_file new
	"$BUILD/tandem" check --offline --listen 127.0.0.1:0 -c "$ROW/new.yaml" >"$ROW/out" 2>&1 ||
		fail "check says: $(cat "$ROW/out")"
	grep -qF "not there yet" "$ROW/out" || fail "check says: $(cat "$ROW/out")"
	[ ! -e "$ROW/new.db" ] || fail "check makes it"
}
row "a store that cannot be written: said by serve and by check, which makes none" no_store

# --- Keys for a function ---

asks_for() { # arguments of collect_digits, what the model calls then
	cat <<-E
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
		responses:
		- on: greeting
		  say: ["digits:1"]
		  call: [{name: collect_digits, arguments: '$1'}]
		- on: tool
		  say: ["digits:2"]
		  ${2:-}
		- {on: tool, say: ["digits:3"]}
		expect: {allow_gaps: true}
	E
}

presses() { # keys
	cat <<-E
		steps:
		- {wait: heard_end, label: what to press}
		- {press: "$1"}
		- {wait: heard_end, label: what comes of it}
		- {wait: 1500}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
}

collected() { # call or call_bot
	model model < <(asks_for '{"purpose":"order","max":4}')
	gateway gateway <<<'agent: {tools: [end_call, collect_digits]}'
	"$1" call < <(presses "42#")
	told "the digits" '{"digits":"42"}'
	model_says "they are no entry of its own" model 'any(.text // "" | contains("[keypad]")) | not'
}
row "Twilio: digits are collected for a function" collected call
row "AudioCodes: the same" collected call_bot

# Digits that are in nothing but the request of the function that needs them.
masked() { # call or call_bot
	local digits=73914682 file

	model model < <(asks_for '{"purpose":"card","min":4,"max":16,"masked":true}' \
		'call: [{name: charge}]')
	desk desk <<-E
		webhooks:
		- path: /charge
		  headers: [{name: X-Card, value: "$digits"}]
		  answers: [{body: '{"charged":true}'}]
		  requests: 1
	E
	gateway gateway --log-level debug <<-E
		agent:
		  tools: [end_call, collect_digits]
		  functions:
		  - name: charge
		    description: Charge the card.
		    url: $DESK_URL/charge
		    headers: [{name: X-Card, value: "{{digits.card}}"}]
		store: {path: forms.db}
	E
	"$1" call < <(presses "$digits#")
	told "how many there are" '{"collected":8,"name":"card"}'
	told "what the function said" '"charged":true'
	curl -s -m 5 "$ADMIN_URL/metrics" >"$ROW/metrics"
	grep -q tandem_ "$ROW/metrics" || fail "there are no figures"
	stop gateway 10 INT
	for file in gateway.err gateway.out model.trace model.err metrics forms.db; do
		[ -s "$ROW/$file" ] || [ "$file" = gateway.out ] || fail "$file is empty"
		! grep -qaF "$digits" "$ROW/$file" || fail "they are in $file"
	done
}
row "Twilio: masked digits are in no log, trace, figure or record" masked call
row "AudioCodes: the same" masked call_bot

row "Twilio: a telephone number of the route's country" another_country call
row "AudioCodes: a telephone number of the route's country" another_country call_bot
end
