#!/bin/bash
# What an operator sees: the admin listener, its figures against what the calls
# did, the log in both formats, and no secret in any of it.
. "${0%/*}/lib/e2e.bash"
begin metrics "${1:-}"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}'
greets='responses:
- {on: greeting, say: ["digits:1"]}'
agent='agent: {turns: {silence_duration_ms: 300}}'

scrape() { # file
	curl -s -m 5 "$ADMIN_URL/metrics" >"$ROW/$1" || fail "no figures"
}

figure() { # file, series: its value
	awk -v series="$2" '{ at = length($0) - length($NF) }
		substr($0, 1, at - 1) == series { print $NF; found = 1 }
		END { if (!found) print "absent" }' "$ROW/$1"
}

is() { # file, series, value
	local got

	got=$(figure "$1" "$2")
	[ "$got" = "$3" ] || fail "$2 is $got, not $3"
}

within() { # file, series, least, most
	local got

	got=$(figure "$1" "$2")
	awk -v got="$got" -v least="$3" -v most="$4" 'BEGIN {
		exit !(got + 0 == got && got >= least && got <= most) }' ||
		fail "$2 is $got, not $3 to $4"
}

# Every sum of series of a name, as awk reads it.
sum_of() { # file, pattern
	awk -v name="$2" '$1 ~ name && !/^#/ { sum += $NF } END { print sum + 0 }' "$ROW/$1"
}

prom() { # arguments: promtool, or say loudly that it was not asked
	if command -v promtool >/dev/null; then
		promtool "$@" >"$ROW/promtool" 2>&1 ||
			fail "promtool $*: $(head -n 5 "$ROW/promtool")"
		# It says what it dislikes and leaves with 0 for some of it.
		[ "$1 $2" != "check metrics" ] || [ ! -s "$ROW/promtool" ] ||
			fail "promtool objects: $(head -n 5 "$ROW/promtool")"
	else
		skip "promtool is missing (Debian package prometheus): figures and rules are NOT CHECKED"
	fi
}

# --- The figures of calls over both carriers ---

counts() {
	local i

	# All of an answer is there before it is interrupted: then the model and
	# the gateway have the same account of what was not heard.
	model model <<-E
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20], speed: 200}
		$greets
		- {on: turn, say: [greeting]}
	E
	STANDBY=1 gateway gateway <<<"workers: 1
$agent"
	await 5 curl -sf -o /dev/null "$ADMIN_URL/readyz" || fail "it is not ready"
	for i in 1 2; do
		dial "twilio$i" <<-E
			steps:
			- {wait: heard_end, label: greeting}
			- {say: test-vectors/speech/digit-3.wav}
			- {interrupt: {after_ms: 700, say: test-vectors/speech/digit-7.wav, within_ms: 2000}}
			- {wait: heard_end, label: second reply}
			- {hangup: true}
		E
	done
	dial_bot bot <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: test-vectors/speech/digit-3.wav}
		- {wait: heard_end, label: reply}
		- {hangup: true}
	E
	await 10 running 3 || fail "3 calls are not said to be running"
	prom check metrics <"$ROW/running"
	over twilio1 && over twilio2 && over bot
	await 5 running 0 || fail "they are still said to be running"
	mv "$ROW/running" "$ROW/after"
	prom check metrics <"$ROW/after"
	is after 'tandem_calls_ended_total{carrier="twilio",end="caller"}' 2
	is after 'tandem_calls_ended_total{carrier="audiocodes",end="caller"}' 1
	[ "$(sum_of after '^tandem_calls_ended_total')" = 3 ] ||
		fail "another call has ended"
	is after tandem_calls_started_total 3
	is after tandem_calls_admitted 0
	is after 'tandem_interruptions_total{carrier="twilio"}' 2
	is after 'tandem_interruptions_total{carrier="audiocodes"}' 0
	is after tandem_interruption_reaction_seconds_count 2
	is after tandem_unheard_speech_seconds_count 2
	is after tandem_call_setup_seconds_count 3
	is after tandem_turn_latency_seconds_count 5
	is after 'tandem_upstream_errors_total{code="other"}' 0
	is after tandem_upstream_failures 0
	is after tandem_standby_sessions 1
	within after 'tandem_upstream_connects_total{outcome="ok"}' 4 5
	# 3 greetings and 5 answers.
	is after tandem_upstream_responses_total 8
	is after tandem_ready 1
	is after 'tandem_limit{limit="calls"}' 500
	within after 'tandem_loop_lag_seconds_count{worker="0"}' 100 1000000
	within after process_resident_memory_bytes 1000000 1000000000000
	within after process_open_fds 5 1000
	within after process_start_time_seconds $(($(date +%s) - 300)) "$(date +%s)"
	tokens_agree
	# What the model truncated is what was counted, to the millisecond.
	unheard_agrees
}

running() { # how many calls the figures say are running
	scrape running
	[ "$(sum_of running '^tandem_calls\\{')" = "$1" ]
}

# The model server counts a token for each 50 ms that it speaks, whole ones.
tokens_agree() {
	local told

	told=$(jq -s '[.[] | select(.type == "response.done") | .total_ms / 50] | add | floor' \
		"$ROW/model.trace")
	within after 'tandem_tokens_total{kind="output_audio"}' $((told - 8)) $((told + 8))
	within after 'tandem_tokens_total{kind="output_text"}' 8 1000
	within after 'tandem_tokens_total{kind="input_text"}' 1 100000
	within after 'tandem_tokens_total{kind="input_audio"}' 1 100000
	within after 'tandem_tokens_total{kind="cached_text"}' 1 100000
}

unheard_agrees() {
	local counted told

	counted=$(figure after tandem_unheard_speech_seconds_sum)
	told=$(jq -s '[.[] | select(.type == "conversation.item.truncate") |
		.item_ms - .audio_end_ms] | add / 1000' "$ROW/model.trace")
	awk -v a="$counted" -v b="$told" 'BEGIN { exit !(a - b < 0.1 && b - a < 0.1) }' ||
		fail "unheard: $counted s are counted, $told s by the model's account"
}

row "calls over both carriers: every figure is what the calls did" counts

# --- Ready and healthy ---

unreachable() {
	MODEL_URL=wss://127.0.0.1:9/v1/realtime
	STANDBY=1 gateway gateway <<<"workers: 1"
	[ "$(http_status "$ADMIN_URL/readyz")" = 503 ] || fail "ready without a session"
	await 10 is_failing || fail "it never says that the server fails"
	[ "$(http_status "$ADMIN_URL/healthz")" = 200 ] || fail "but it is alive"
	scrape metrics
	is metrics tandem_ready 0
	within metrics 'tandem_upstream_connects_total{outcome="network"}' 3 100
}

is_failing() {
	curl -s -m 5 "$ADMIN_URL/readyz" | grep -q "sessions could not be opened"
}
row "no model server: alive and not ready, with the reason" unreachable

comes_back() {
	local model_port

	model model <<<"$quick"
	model_port=$PORT
	STANDBY=1 gateway gateway <<<"workers: 1"
	await 5 curl -sf -o /dev/null "$ADMIN_URL/readyz" || fail "it is not ready"
	stop model 5
	MODELS=()
	await 20 is_failing || fail "it never says that the server fails"
	start model "$BUILD/tandem-model" --listen "127.0.0.1:$model_port" \
		--key "$OPENAI_API_KEY" --tls-cert "$CERT/cert.pem" --tls-key "$CERT/key.pem"
	MODELS+=(model)
	await 30 curl -sf -o /dev/null "$ADMIN_URL/readyz" || fail "it is never ready again"
}
row "a model server that goes and comes back: not ready, ready" comes_back

# --- Refusals ---

refusals() {
	gateway_and_model <<<"$quick"
	[ "$(http_status -d CallSid=CA1 "$VOICE_URL")" = 403 ] || fail "unsigned is not refused"
	[ "$(http_status "${BOT_URL/ws:/http:}")" = 401 ] || fail "no token is not refused"
	[ "$(http_status "${BOT_URL/ws:/http:}x")" = 404 ] || fail "no bot is not refused"
	printf 'NONSENSE\r\n\r\n' >"/dev/tcp/127.0.0.1/$PORT"
	log_says gateway "module=http"
	scrape metrics
	prom check metrics <"$ROW/metrics"
	is metrics 'tandem_refused_total{carrier="twilio",request="webhook",reason="unauthorized"}' 1
	is metrics 'tandem_refused_total{carrier="audiocodes",request="upgrade",reason="unauthorized"}' 1
	is metrics 'tandem_refused_total{carrier="audiocodes",request="upgrade",reason="unknown"}' 1
	is metrics 'tandem_http_refused_total{status="400"}' 1
}
row "refused requests are counted by reason" refusals

# --- The admin listener itself ---

admin_paths() {
	gateway_and_model <<<"$quick"
	[ "$(http_status "$ADMIN_URL/healthz")" = 200 ] || fail "/healthz"
	[ "$(http_status "$ADMIN_URL/")" = 200 ] || fail "/"
	[ "$(http_status "$ADMIN_URL/none")" = 404 ] || fail "/none"
	[ "$(http_status "$ADMIN_URL/metricsx")" = 404 ] || fail "/metricsx"
	[ "$(http_status -X DELETE "$ADMIN_URL/metrics")" = 405 ] || fail "DELETE"
	[ "$(http_status "http://127.0.0.1:$PORT/metrics")" = 404 ] || fail "the callers' port has figures"
	[ "$(http_status "http://127.0.0.1:$PORT/healthz")" = 200 ] || fail "the callers' /healthz"
	head -c 5000 /dev/zero | tr '\0' 'x' >"$ROW/large"
	[ "$(http_status -X PUT --data-binary "@$ROW/large" "$ADMIN_URL/log/levels")" = 413 ] ||
		fail "a body of 5000 bytes"
}
row "the admin listener: its paths, and nothing else" admin_paths

port_taken() {
	gateway_and_model <<<"$quick"
	gateway_file other <<<"admin: {listen: '${ADMIN_URL#http://}'}"
	start other "$BUILD/tandem" serve -c "$ROW/other.yaml" --listen 127.0.0.1:0
	leaves other 1 $((PATIENCE + 2))
	log_says other "cannot listen on ${ADMIN_URL#http://}: another program has that port"
	log_says other "admin.listen"
}
row "an admin port that is taken: said in words, status 1" port_taken

# --- Levels ---

levels() {
	gateway_and_model <<<"$quick
$greets"
	[ "$(http_status -X PUT -d model=loud "$ADMIN_URL/log/levels")" = 400 ] || fail "a level"
	[ "$(http_status -X PUT -d mode=info "$ADMIN_URL/log/levels")" = 400 ] || fail "a module"
	[ "$(http_status -X PUT -H 'Origin: http://evil' -d model=debug "$ADMIN_URL/log/levels")" = 403 ] ||
		fail "a page in a browser may change levels"
	curl -s "$ADMIN_URL/log/levels" | grep -qx model=info || fail "something was changed"
	curl -s -X PUT -d 'call=debug&twilio=error' "$ADMIN_URL/log/levels" | grep -qx call=debug ||
		fail "it was not changed"
	call call <<-E
		steps: [{wait: heard_end, label: greeting}, {hangup: true}]
	E
	log_says gateway "debug module=call"
	log_says gateway "ev=first_sound after_us="
	log_lacks gateway "module=twilio"
	curl -s -X POST -d all=error "$ADMIN_URL/log/levels" >"$ROW/levels"
	[ "$(grep -c '=error$' "$ROW/levels")" = "$(wc -l <"$ROW/levels")" ] || fail "not all"
}
row "log levels change while it runs; what is wrong changes nothing" levels

configured_levels() {
	model model <<<"$quick
$greets"
	gateway gateway <<<"log: {level: error, format: json, levels: {call: debug}}"
	call call <<-E
		steps: [{wait: heard_end, label: greeting}, {hangup: true}]
	E
	stop gateway 5
	jq -es 'length > 3 and all(.[]; .module == "call" and (.time | test("^20.*Z$")) and
		.call[0:2] == "CA") and any(.[]; .ev == "ended" and .responses == 1)' \
		"$ROW/gateway.err" >/dev/null || fail "the log is not what it should be: $(head -n 3 "$ROW/gateway.err")"
}
row "the log as JSON: an object a line, numbers as numbers, the level of one module" configured_levels

# --- Secrets ---

canaries() { # format
	export OPENAI_API_KEY=sk-canary-7d1f00 TWILIO_AUTH_TOKEN=canary7d1f01aaaaaaaaaaaaaaaaaaaa
	export AUDIOCODES_TOKENS=tandem=canary-7d1f02
	unset AUDIOCODES_TOKEN # the caller's, and none of the gateway's business
	model model <<<"$quick
$greets"
	STANDBY=1 gateway gateway --log-level debug <<<"log: {format: $1, numbers: masked}"
	export AUDIOCODES_TOKEN=canary-7d1f02
	call call <<-E
		steps: [{wait: heard_end, label: greeting}, {hangup: true}]
	E
	call_bot bot <<-E
		steps: [{wait: heard_end, label: greeting}, {hangup: true}]
	E
	# Presented and wrong, and where they do not belong.
	http_status -H "Authorization: Bearer canary-7d1f03" "${BOT_URL/ws:/http:}" >/dev/null
	http_status -H "X-Twilio-Signature: canary-7d1f04" -d CallSid=CA1 "$VOICE_URL" >/dev/null
	{
		curl -s "$ADMIN_URL/metrics" "$ADMIN_URL/log/levels" "$ADMIN_URL/readyz" "$ADMIN_URL/"
		curl -s "http://127.0.0.1:$PORT/"
		cat "$ROW"/gateway.err "$ROW"/gateway.out
	} >"$ROW/said"
	# The strings that the process was started with are no place for it either.
	grep -qa PATH= "/proc/${PID[gateway]}/environ" || fail "its environment cannot be read"
	grep -qai canary "/proc/${PID[gateway]}/environ" && fail "a secret stays in its environment"
	[ "$(wc -l <"$ROW/said")" -gt 100 ] || fail "hardly anything was looked at"
	grep -qi "canary" "$ROW/said" && fail "a secret is told: $(grep -i -m 1 canary "$ROW/said" | cut -c 1-200)"
	stop gateway 5
}
row "no secret in the log, the figures, a page or /proc (logfmt)" canaries logfmt
row "no secret in the log, the figures, a page or /proc (JSON)" canaries json

# --- Dashboards and alerts ---

named() {
	local name

	gateway_and_model <<<"$quick"
	scrape metrics
	jq -e '.panels | length > 10' deploy/grafana/tandem.json >/dev/null ||
		fail "the dashboard is no dashboard"
	{
		jq -r '.. | .expr? // empty' deploy/grafana/tandem.json
		sed 's/#.*//' deploy/prometheus/alerts.yaml
	} | grep -oE '\b(tandem|process)_[a-z_]+\b' | grep -v '^tandem_yaml' | sort -u >"$ROW/names"
	[ "$(wc -l <"$ROW/names")" -gt 30 ] || fail "hardly any figure is looked at"
	while read -r name; do
		grep -qE "^# TYPE ${name%_bucket} |^# TYPE $name " "$ROW/metrics" ||
			fail "$name is mentioned, and there is none"
	done <"$ROW/names"
	prom check rules deploy/prometheus/alerts.yaml
	prom test rules deploy/prometheus/alerts_test.yaml
}
row "every figure that alerts and dashboard mention exists; the rules are good" named

end
