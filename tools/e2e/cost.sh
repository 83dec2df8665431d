#!/bin/bash
# What calls cost, against the tokens that the model's server counts, and what
# budgets do about it, over both carriers.
. "${0%/*}/lib/e2e.bash"
begin cost "${1:-}"
ROWS_MAX=4

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}'
prices='prices:
- {model: gpt-realtime-2.1, text_in: 4, text_in_cached: 0.4, text_out: 24, audio_in: 32, audio_in_cached: 0.4, audio_out: 64}
- {model: gpt-realtime-whisper, audio_minute: 0.6}'
greeted='- {wait: heard_end, label: greeting}'
answered="steps:
$greeted
- {say: test-vectors/speech/digit-3.wav}
- {wait: heard_end, label: reply}
- {wait: \"1500\"}
- {hangup: true}"
greeted_only="steps:
$greeted
- {wait: \"300\"}
- {hangup: true}"
# The goodbye follows on the greeting.
ended="steps:
$greeted
- {wait: hangup}
expect: {outcome: hung_up, cut_ms: 0, breaches: 0}"

scrape() {
	curl -s -m 5 "$ADMIN_URL/metrics" >"$ROW/figures" || fail "no figures"
}

figure() { # series
	awk -v series="$1" '{ at = length($0) - length($NF) }
		substr($0, 1, at - 1) == series { print $NF; found = 1 }
		END { if (!found) print "absent" }' "$ROW/figures"
}

is() { # series, value
	local got

	got=$(figure "$1")
	[ "$got" = "$2" ] || fail "$1 is $got, not $2"
}

tokens() { # kind
	figure "tandem_tokens_total{kind=\"$1\"}"
}

# --- What it costs ---

# In millionths, as the log rounds each call.
same() { # claim, a, b, difference allowed
	awk -v a="$2" -v b="$3" -v most="$4" 'BEGIN {
		exit !(a > 0 && a - b <= most && b - a <= most) }' ||
		fail "$1: $2 and $3"
}

costs() {
	local of_tokens of_log of_metrics heard

	model model <<<"$quick
transcription: {text: Three., delay_ms: [10, 20]}"
	gateway gateway <<-X
		agent: {turns: {silence_duration_ms: 300}, transcription: {model: gpt-realtime-whisper}}
		$prices
	X
	call twilio <<<"$answered"
	call_bot bot <<<"$answered"
	await 3 both_have_ended || fail "they have not ended"
	scrape
	of_tokens=$(awk -v a="$(tokens input_text)" -v b="$(tokens cached_text)" \
		-v c="$(tokens output_text)" -v d="$(tokens input_audio)" \
		-v e="$(tokens cached_audio)" -v f="$(tokens output_audio)" \
		'BEGIN { printf "%.8f", (a*4 + b*0.4 + c*24 + d*32 + e*0.4 + f*64) / 1e6 }')
	of_metrics=$(figure 'tandem_cost_total{agent="default",model="gpt-realtime-2.1",currency="USD"}')
	heard=$(figure 'tandem_cost_total{agent="default",model="gpt-realtime-whisper",currency="USD"}')
	same "tokens and cost" "$of_tokens" "$of_metrics" 0.00000001
	# A second of each caller.
	[ "$heard" = 0.02 ] || fail "transcripts cost $heard, not 0.02"
	of_log=$(sed -n 's/.* ev=ended .* cost=\([0-9.]*\) currency=USD.*/\1/p' "$ROW/gateway.err" |
		awk '{ sum += $1 } END { printf "%.6f", sum }')
	same "log and metrics" "$of_log" "$(awk "BEGIN { print $of_metrics + $heard }")" 0.0000011
	is 'tandem_unpriced_responses_total{agent="default",model="gpt-realtime-2.1"}' 0
	log_lacks gateway cost_unknown
	note "two calls cost $of_log USD"
}

both_have_ended() {
	[ "$(grep -c ev=ended "$ROW/gateway.err")" = 2 ]
}
row "a call over each carrier: to the millionth what the tokens cost" costs

unknown() { # more of the configuration, words of the log
	model model <<<"$quick"
	gateway gateway <<<"$1"
	call call <<<"$greeted_only"
	log_says gateway "ev=cost_unknown model=gpt-realtime-2.1"
	log_says gateway "cost=unknown"
	scrape
	is 'tandem_unpriced_responses_total{agent="default",model="gpt-realtime-2.1"}' 1
	"$BUILD/tandem" check --offline -c "$ROW/gateway.yaml" >"$ROW/check"
	grep -q "$2" "$ROW/check" || fail "check does not say \"$2\""
}
row "no prices: the cost is unknown, not 0" unknown "" "prices *none are stated"
row "a model without a price: said once, unknown" unknown \
	"prices: [{model: another, text_in: 1}]" "no entry for gpt-realtime-2.1"

null_usage() {
	model model <<<"$quick
responses:
- {on: greeting, say: [\"digits:1\"], null_usage: true}"
	gateway gateway <<<"$prices"
	call call <<<"$greeted_only"
	log_says gateway "cost=unknown"
}
row "an answer without usage: unknown, not 0" null_usage

# --- The supervisor's text model ---

asks='responses:
- {on: greeting, say: ["digits:1"]}
- {on: turn, say: ["digits:12"], call: [{name: ask_supervisor, arguments: "{\"question\":\"Why?\"}"}]}
- {on: tool, say: ["digits:2"]}
- {on: note, say: [goodbye]}'
larger='- {model: larger, text_in: 2, text_in_cached: 0.5, text_out: 8}'
larger_costs='tandem_cost_total{agent="default",model="larger",currency="USD"}'
larger_unpriced='tandem_unpriced_responses_total{agent="default",model="larger"}'

export DESK_KEY=sk-desk
supervised() { # responses or chat, more of the configuration
	local path=v1/responses

	[ "$1" = responses ] || path=v1/chat/completions
	cat <<-E
		agent:
		  tools: [ask_supervisor]
		  supervisor: {url: $DESK_URL/$path, api: $1, model: larger, key: "\${env:DESK_KEY}"}
		$2
	E
}

# 600 x 2 + 400 x 0.5 + 50 x 8 millionths, and what the realtime model took.
supervisor_costs() { # call or call_bot, shape
	local speaks logged

	desk desk <<<"text: {answers: [{say: Because., usage: {input: 1000, cached: 400, output: 50}}], requests: 1}"
	model model <<<"$quick
$asks"
	gateway gateway < <(supervised "$2" "$prices
$larger")
	"$1" call <<<"$answered"
	await 3 log_has_ended || fail "it has not ended"
	scrape
	is "$larger_costs" 0.0018
	is "$larger_unpriced" 0
	is 'tandem_supervisor_tokens_total{kind="input"}' 600
	is 'tandem_supervisor_tokens_total{kind="cached"}' 400
	is 'tandem_supervisor_tokens_total{kind="output"}' 50
	speaks=$(figure 'tandem_cost_total{agent="default",model="gpt-realtime-2.1",currency="USD"}')
	logged=$(sed -n 's/.* ev=ended .* cost=\([0-9.]*\) currency=USD.*/\1/p' "$ROW/gateway.err")
	same "log and metrics" "$logged" "$(awk "BEGIN { print $speaks + 0.0018 }")" 0.0000011
	log_lacks gateway cost_unknown
}
log_has_ended() {
	grep -q ev=ended "$ROW/gateway.err"
}
row "Twilio, Responses: what a supervisor's text model says it took is in the call's cost" \
	supervisor_costs call responses
row "AudioCodes, Chat Completions: the same" supervisor_costs call_bot chat

supervisor_unknown() { # usage of the answer, its price, words of the log, of check
	desk desk <<<"text: {answers: [{say: Because., $1}]}"
	model model <<<"$quick
$asks"
	gateway gateway < <(supervised chat "$prices
$2")
	call call <<<"$answered"
	await 3 log_has_ended || fail "it has not ended"
	log_says gateway "$3"
	log_says gateway "cost=unknown cost_at_least=0.0"
	scrape
	is "$larger_unpriced" 1
	"$BUILD/tandem" check --offline -c "$ROW/gateway.yaml" >"$ROW/check"
	grep -q "$4" "$ROW/check" || fail "check does not say \"$4\""
}
row "a supervisor's model without a price: said at the start and by check, unknown" supervisor_unknown \
	"usage: {input: 9, output: 9}" "" "ev=cost_unknown model=larger" "no entry for larger"
row "one that does not tell what it took: unknown, not 0" supervisor_unknown \
	"null_usage: true" "$larger" "ev=ended" "prices *in USD, for every model"

supervisor_left() {
	desk desk <<<"text: {answers: [{delay_ms: 8000, say: late}]}"
	model model --lenient <<<"$quick
$asks"
	gateway gateway < <(supervised responses "$prices
$larger")
	call call <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-3.wav}
		- {wait: "2500"}
		- {hangup: true}
	E
	await 3 log_has_ended || fail "it has not ended"
	log_says gateway "cost=unknown cost_at_least=0.0"
	scrape
	is "$larger_unpriced" 1
}
row "a caller who does not wait for it: what it took is unknown" supervisor_left

supervisor_ends() {
	desk desk <<<"text: {answers: [{say: Because., usage: {input: 1000, output: 50}}]}"
	model model <<<"$quick
$asks"
	gateway gateway < <(supervised responses "prices:
- {model: gpt-realtime-2.1}
$larger
budgets: {per_call: {amount: 0.0001, action: wrap_up}}")
	call call <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-3.wav}
		- {wait: hangup}
		expect: {outcome: hung_up, breaches: 0}
	E
	log_says gateway "ev=budget_reached budget=per_call action=wrap_up spent=0.0024"
	log_says gateway "end=budget"
}
row "a supervisor takes a call beyond its budget: it ends with a goodbye" supervisor_ends

# --- Budgets ---

# Says goodbye when it is asked to.
polite_model() {
	model model <<<"$quick
responses:
- {on: greeting, say: [\"digits:1\"]}
- {on: note, say: [goodbye]}
expect: {half_duplex: true}"
}

wraps_up() { # call or call_bot
	polite_model
	gateway gateway <<-X
		$prices
		budgets: {per_call: {amount: 0.000001, action: wrap_up}}
	X
	"$1" call <<<"$ended"
	log_says gateway "ev=budget_reached budget=per_call action=wrap_up"
	log_says gateway "end=budget"
	model_says "the goodbye was asked for" model '[.[] | select(.type == "response.done" and .status == "completed")] | length == 2'
	scrape
	is 'tandem_budgets_reached_total{budget="per_call"}' 1
}
row "Twilio: a call beyond its budget ends with a goodbye" wraps_up call
row "AudioCodes: a call beyond its budget ends with a goodbye" wraps_up call_bot

refuses() {
	model model <<<"$quick"
	gateway gateway <<-X
		workers: 2
		$prices
		budgets: {per_day: {amount: 0.000001}, timezone: Europe/Zurich}
	X
	call first <<<"$greeted_only"
	dial second <<<"$greeted_only"
	over second 1
	call_says "the next is busy" second '.outcome == "busy" and .breaches == []'
	dial_bot third <<<"$greeted_only"
	over third 1
	call_says "over AudioCodes: 503" third '.outcome == "refused" and .figures.upgrade_status == 503'
	log_says gateway "a budget is spent"
	scrape
	is 'tandem_budget_refusals_total{budget="per_day"}' 2
	is 'tandem_budget_refusals_total{budget="per_call"}' 0
	[ "$(grep -c ev=budget_reached "$ROW/gateway.err")" = 1 ] || fail "it is not said once"
}
row "a day's budget is spent: new calls are refused, on every worker" refuses

of_a_number() {
	model model <<<"$quick"
	gateway gateway <<-X
		$prices
		budgets: {per_number_day: {amount: 0.000001}}
	X
	call first --to +15550000001 <<<"$greeted_only"
	dial second --to +15550000001 <<<"$greeted_only"
	over second 1
	call_says "the next to that number is busy" second '.outcome == "busy"'
	call other --to +15550000002 <<<"$greeted_only"
	call_bot bot <<<"$greeted_only"
	dial_bot bots <<<"$greeted_only"
	over bots 1
	call_says "a bot has its own" bots '.outcome == "refused"'
	log_says gateway "ev=budget_reached budget=per_number_day action=refuse"
}
row "a number's budget is spent: another number is answered" of_a_number

running_calls() { # go_on or wrap_up, end
	polite_model
	gateway gateway <<-X
		$prices
		budgets: {per_day: {amount: 0.000001}, running: $1}
	X
	if [ "$1" = wrap_up ]; then call call <<<"$ended"; else call call <<<"$greeted_only"; fi
	log_says gateway "end=$2"
}
row "refused, and the call that runs goes on" running_calls go_on caller
row "refused, and the call that runs comes to its end" running_calls wrap_up budget

restarts() {
	model model <<<"$quick"
	cat >"$ROW/keys" <<-X
		$prices
		budgets: {per_day: {amount: 0.000001}}
		store: {path: spent.db}
	X
	gateway gateway <"$ROW/keys"
	call first <<<"$greeted_only"
	log_says gateway ev=ended
	log_lacks gateway budgets_forgotten
	stop gateway "$PATIENCE" INT
	gateway again <"$ROW/keys"
	dial second <<<"$greeted_only"
	over second 1
	call_says "the day's budget is still spent" second '.outcome == "busy"'
}

forgets() {
	model model <<<"$quick"
	gateway gateway <<-X
		$prices
		budgets: {per_day: {amount: 5}}
	X
	log_says gateway ev=budgets_forgotten
}
row "what was spent outlives a restart" restarts
row "without a store it does not, and that is said" forgets

warns() {
	model model <<<"$quick"
	gateway gateway <<-X
		$prices
		budgets: {per_day: {amount: 0.000001, action: warn}}
	X
	call first <<<"$greeted_only"
	call second <<<"$greeted_only"
	[ "$(grep -c "ev=budget_reached budget=per_day action=warn" "$ROW/gateway.err")" = 1 ] ||
		fail "it is not said once"
	scrape
	is 'tandem_budgets_reached_total{budget="per_day"}' 1
}
row "warn: said once, and calls go on" warns

mistakes() {
	model model <<<""
	gateway_file bad <<-X
		currency: usd
		prices:
		- {model: a, text_in: -1}
		- {model: a, text_in: 1}
		budgets: {per_call: {amount: 1, action: refuse}}
	X
	"$BUILD/tandem" check --offline -c "$ROW/bad.yaml" >"$ROW/check" 2>&1 &&
		fail "it is taken for good"
	for words in "currency is \"usd\", must be three capital letters" \
		"prices.text_in is -1, must be 0 to 100000"; do
		grep -qF "$words" "$ROW/check" || fail "not said: $words"
	done
	gateway_file worse <<<"budgets: {per_call: {amount: 1, action: refuse}}"
	"$BUILD/tandem" check --offline -c "$ROW/worse.yaml" >"$ROW/check" 2>&1 &&
		fail "it is taken for good"
	grep -qF "budgets.per_call.action is refuse" "$ROW/check" || fail "refuse of a call is not seen"
	gateway_file nowhere <<<"budgets: {per_day: {amount: 1}, timezone: Europe/Nowhere}"
	"$BUILD/tandem" check --offline -c "$ROW/nowhere.yaml" >"$ROW/check" 2>&1 &&
		fail "Europe/Nowhere is taken for good"
	grep -q 'budgets.timezone is "Europe/Nowhere"' "$ROW/check" || fail "it is not named"
}
row "what is wrong with prices and budgets is told" mistakes
end
