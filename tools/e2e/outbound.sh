#!/bin/bash
# Calls that the gateway places: asked for on the admin listener, placed by
# Twilio's REST, answered by a person or a machine.
. "${0%/*}/lib/e2e.bash"
begin outbound "${1:-}"
ROWS_MAX=4

account=AC0123456789abcdef0123456789abcdef
quick='timing: {first_delta_ms: [10, 30], delta_ms: [200, 400], speed: 20, pause_ms: [5, 10]}'
good="gaps: ..$GAPS, clicks: 0, late_ms: 0, breaches: 0"

# The gateway, and who is called: outbound's other keys; tandem-call's options
# decide who that is.
prepare() { # keys
	local outbound=$1

	future_port 0
	REST=127.0.0.1:$PORT
	future_port 1
	OURS=127.0.0.1:$PORT
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: ["digits:1"]}
		- {on: turn, say: ["digits:2"], call: [{name: end_call}]}
		- {on: note, say: ["digits:3"]}
	E
	cat >"$ROW/sales.yaml" <<-E
		name: sales
		greeting: "Greet {{name}} warmly. It was {{answered_by}} who answered."
		variable_defaults:
		- {name: name, value: somebody}
		- {name: answered_by, value: nobody-asked}
		tools: [end_call]
		turns: {silence_duration_ms: 300}
		limits: {call_minutes: 9}
	E
	gateway gateway --listen "$OURS" <<-E
		public_url: "http://$OURS"
		${ADMIN_KEYS:-}
		agents: [sales.yaml]
		limits: {call_minutes: 7}
		twilio: {rest: {url: "http://$REST", timeout_ms: 5000}}
		outbound: {account: $account, from: "+41445556677"${outbound:+, $outbound}}
	E
}

# Somebody waits for a call, whose scenario is on standard input.
waits() { # name, options…
	dial "$@" --rest "$REST" --outbound
	await 5 rest_is_there || fail "no REST interface"
}
rest_is_there() {
	(exec 3<>"/dev/tcp/${REST%:*}/${REST#*:}") 2>/dev/null
}

asks() { # wanted status, JSON, curl's options…: the answer is in $ROW/answer
	local status=$1 got

	got=$(curl -s -m 10 -D "$ROW/headers" -o "$ROW/answer" -w '%{http_code}' \
		-H "Content-Type: ${TYPE:-application/json}" -d "$2" "${@:3}" "$ADMIN_URL/api/calls")
	[ "$got" = "$status" ] || fail "asked: $got, not $status: $(cat "$ROW/answer")"
}
told() { # what the answer says
	contains "$ROW/answer" "$1" || fail "not told \"$1\": $(cat "$ROW/answer")"
}
counted() { # sample
	curl -s -m 5 "$ADMIN_URL/metrics" >"$ROW/metrics"
	grep -qxF "$1" "$ROW/metrics" ||
		fail "not counted: $1: $(grep '^tandem_outbound' "$ROW/metrics")"
}

ada='{"number":"+41791234567","agent":"sales","variables":{"name":"Ada"}}'

answered() {
	prepare ""
	waits call <<-E
		steps:
		- {wait: heard_start, label: greeting}
		- {wait: heard_end}
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: hangup}
		expect: {outcome: hung_up, $good}
	E
	asks 202 "$ada"
	told '{"call":"CA'
	over call 0
	call_says "with a limit, and nobody listened first" call \
		'[.timeline[].text] | any(. == "placed by REST, TimeLimit 540")'
	call_says "the call that was told of" call ".call_sid == \"$(jq -r .call "$ROW/answer")\""
	model_says "the agent and the variable" model \
		'any(.instructions // "" | contains("Greet \"Ada\" warmly. It was nobody-asked"))'
	log_says gateway "ev=call_placed call=$(jq -r .call "$ROW/answer") to=+41*******67 agent=sales"
	log_says gateway "ev=call_status"
	log_lacks gateway 41791234567
	log_lacks gateway Ada
	counted 'tandem_outbound_requests_total{result="placed"} 1'
	counted 'tandem_outbound_answers_total{by="not_asked"} 1'
	counted 'tandem_outbound_calls_total{status="completed"} 1'
}

# Who answers is told to the agent.
continues() { # who, Twilio's word
	prepare "machine: continue"
	waits call --answered-by "$1" <<-E
		steps:
		- {wait: heard_start, label: greeting}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	asks 202 "$ada"
	over call 0
	call_says "detection" call '[.timeline[].text] | any(contains("MachineDetection Enable"))'
	model_says "who has answered" model "any(.instructions // \"\" | contains(\"It was \\\"$2\\\" who\"))"
	counted "tandem_outbound_answers_total{by=\"$2\"} 1"
}

hangs_up() { # who, outbound's keys, what it is asked for
	prepare "$2"
	waits call --answered-by "$1" <<-E
		steps: [{wait: hangup}]
		expect: {outcome: hung_up, breaches: 0}
	E
	asks 202 "$ada"
	over call 0
	call_says "<Hangup/>" call '.how | contains("<Hangup/>")'
	call_says "without a word" call '[.timeline[].text] | any(startswith("<Say>")) | not'
	log_says gateway "ev=machine"
	log_lacks gateway "ev=started"
}

leaves_message() {
	prepare 'machine: message, message: "Please call us back."'
	waits call --answered-by machine <<-E
		steps: [{wait: hangup}]
		expect: {outcome: hung_up, breaches: 0}
	E
	asks 202 "$ada"
	over call 0
	call_says "behind the tone" call '[.timeline[].text] | any(contains("MachineDetection DetectMessageEnd"))'
	call_says "the message" call '[.timeline[].text] | any(. == "<Say> Please call us back.")'
	call_says "<Hangup/>" call '.how | contains("<Hangup/>")'
	log_lacks gateway "ev=started"
}

message_to_a_person() {
	prepare 'machine: message, message: "Please call us back."'
	waits call <<-E
		steps:
		- {wait: heard_start, label: greeting}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	asks 202 "$ada"
	over call 0
	call_says "no message" call '[.timeline[].text] | any(startswith("<Say>")) | not'
}

too_many_a_day() {
	prepare "per_second: 100, per_number_day: 1"
	waits call --answered-by human <<-E
		steps:
		- {wait: heard_start, label: greeting}
		- {hangup: true}
		expect: {outcome: caller_hung_up}
	E
	asks 202 "$ada"
	over call 0
	asks 429 "$ada"
	told "outbound.per_number_day is 1"
	grep -qiE '^retry-after: [0-9]+' "$ROW/headers" || fail "no Retry-After"
	counted 'tandem_outbound_requests_total{result="rate"} 1'
}

is_too_fast() {
	[ "$(curl -s -m 10 -D "$ROW/headers" -o "$ROW/answer" -w '%{http_code}' \
		-H 'Content-Type: application/json' -d "$ada" "$ADMIN_URL/api/calls")" = 429 ]
}

# What Twilio refuses counts for the second, and not for the day.
too_many_a_second() {
	prepare "per_number_day: 1"
	waits call --rest-status 400 --lenient <<-E
		steps: [{wait: "60000"}]
	E
	asks 502 "$ada"
	told "Twilio answered 400, code 20400"
	await 30 is_too_fast || fail "never two within a second"
	grep -qiE '^retry-after: 1' "$ROW/headers" || fail "no Retry-After: 1"
	nap 1.1
	asks 502 "$ada"
	counted 'tandem_outbound_requests_total{result="rate"} 1'
	kill -TERM "${PID[call]}"
	over call 1
}

# Hours that are not now, wherever the row runs: the day after tomorrow.
outside_hours() {
	local day

	day=$(date -u -d '+2 days' +%a)
	prepare "hours: \"${day,,} 00:00-24:00\""
	asks 403 "$ada"
	told "outside of outbound.hours"
	counted 'tandem_outbound_requests_total{result="hours"} 1'
	log_says gateway "ev=call_refused to=+41*******67 status=403"
}

twilio_is_down() {
	prepare "per_second: 100"
	asks 502 "$ada"
	told "Twilio does not answer"
	counted 'tandem_outbound_requests_total{result="unreachable"} 1'
}

no_credentials() { # status, code, words
	prepare "per_second: 100"
	waits call --auth-token "wrong" --lenient <<-E
		steps: [{wait: "60000"}]
	E
	asks 502 "$ada"
	told "code 20003: the credentials are wrong"
	kill -TERM "${PID[call]}"
	over call 1
}

refuses() {
	prepare ""
	asks 404 '{"number":"+41791234567","agent":"nobody"}'
	told 'no agent \"nobody\"'
	asks 400 '{"number":"0791234567"}'
	told "number must be"
	asks 400 '{"number":"+41791234567","account":"ACffffffffffffffffffffffffffffffff"}'
	told "account is none of those"
	TYPE=application/x-www-form-urlencoded asks 400 "$ada"
	told "application/json"
	asks 403 "$ada" -H 'Origin: https://example.com'
	asks 413 "$(printf '{"number":"+41791234567","agent":"%4096s"}' x)"
	[ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' "$ADMIN_URL/api/calls")" = 405 ] ||
		fail "GET is not refused"
	counted 'tandem_outbound_requests_total{result="invalid"} 3'
}

wants_token() {
	export ADMIN_TOKEN=end-to-end-admin
	ADMIN_KEYS="admin: {token: \"\${env:ADMIN_TOKEN}\"}" prepare ""
	asks 401 "$ada"
	grep -qi '^www-authenticate: bearer' "$ROW/headers" || fail "no WWW-Authenticate"
	asks 401 "$ada" -H 'Authorization: Bearer end-to-end-admi'
	asks 401 "$ada" -H "Authorization: Basic $ADMIN_TOKEN"
	asks 401 "$ada" -H "Authorization: Bearer $ADMIN_TOKEN" -H "Authorization: Bearer $ADMIN_TOKEN"
	asks 404 '{"number":"+41791234567","agent":"nobody"}' -H "Authorization: Bearer $ADMIN_TOKEN"
	[ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' "$ADMIN_URL/metrics")" = 200 ] ||
		fail "figures need it, too"
	log_lacks gateway "$ADMIN_TOKEN"
}

not_this_machine() {
	model model </dev/null
	gateway gateway --admin 0.0.0.0:0 </dev/null
	ADMIN_URL=http://127.0.0.1:${ADMIN_URL##*:}
	asks 403 "$ada"
	told "needs admin.token"
}

is_off() {
	model model </dev/null
	gateway gateway </dev/null
	asks 409 "$ada"
	told "outbound.account"
}

# A call of somebody else's with the token: one like any other.
replayed() {
	local url

	prepare ""
	waits call <<-E
		steps:
		- {wait: heard_start, label: greeting}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	asks 202 "$ada"
	over call 0
	url=$(jq -r '.timeline[].text | select(startswith("Url ")) | .[4:]' "$ROW/call.out")
	[[ $url == *"?placed="* ]] || fail "no URL with a token: $url"
	place other "$url" <<-E
		steps:
		- {wait: heard_start, label: greeting}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $good}
	E
	over other 0
	model_says "one of the two has heard of Ada" model \
		'[.[] | select(.dir == "in" and (.instructions // "" | contains("Greet \"Ada\"")))] | length == 1'
}

# The one that has placed the call is gone before it is answered: the telephone
# network stands still for as long as that takes.
restarted() { # before or after: when the other comes
	local quick="$quick
expect: {allow_gaps: true}"

	ADMIN_KEYS="listen_shared: true" prepare ""
	waits call --ring-ms 4000 <<-E
		steps:
		- {wait: heard_start, label: greeting}
		- {wait: heard_end}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	[ "$1" = after ] || successor
	asks 202 "$ada"
	kill -STOP "${PID[call]}"
	[ "$1" = before ] || successor
	stop gateway 10
	kill -CONT "${PID[call]}"
	over call 0
	model_says "the agent and the variable" model \
		'any(.instructions // "" | contains("Greet \"Ada\" warmly. It was nobody-asked"))'
	log_says gateway "ev=call_placed"
	log_lacks gateway "ev=started"
	log_says successor "ev=invited call=$(jq -r .call "$ROW/answer")"
	log_says successor "ev=call_status call=$(jq -r .call "$ROW/answer") status=completed"
	stop successor 15
}

row "a person answers: the agent that was asked for, and what it is to know" answered
row "a rolling restart while it rings: the new instance is told of the call" restarted before
row "a rolling restart: an instance that comes later asks for it" restarted after
row "machine: continue: the agent knows that it is one" continues machine machine_start
row "machine: continue: or a person" continues human human
row "machine: hangup" hangs_up machine "machine: hangup"
row "machine: message: it is said, then it ends" leaves_message
row "machine: message: a fax is left alone" hangs_up fax 'machine: message, message: "Hello"'
row "machine: message: a person speaks with the agent" message_to_a_person
row "one a day is one a day" too_many_a_day
row "one a second; Twilio's refusal in words" too_many_a_second
row "outside of hours" outside_hours
row "Twilio does not answer" twilio_is_down
row "Twilio wants other credentials" no_credentials
row "what is wrong is said" refuses
row "admin.token" wants_token
row "an admin listener for everybody needs a token" not_this_machine
row "off unless it is set" is_off
row "a URL that is used again brings nothing back" replayed
end
