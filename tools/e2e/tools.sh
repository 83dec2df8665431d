#!/bin/bash
# Functions of the model: HTTP requests to somebody else's server, over either
# carrier.
. "${0%/*}/lib/e2e.bash"
begin tools "${1:-}"

export DESK_SECRET=a-secret-both-know
quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
expect: {allow_gaps: true}'
parameters='{"type": "object", "properties": {"id": {"type": "string", "pattern": "^[0-9]+$"},
      "n": {"type": "integer"}}, "required": ["id"], "additionalProperties": false}'
answered='steps:
- {wait: heard_end, label: greeting}
- {wait: 2500}
- {hangup: true}
expect: {outcome: caller_hung_up, breaches: 0}'

# What the model was told, in order, is the list.
told() { # claim, jq filter of the outputs
	model_says "$1" model "map(select(.dir == \"in\" and .output).output) | $2"
}

asked_once() { # for the output of functions
	model_says "one response, once all have answered" model '
		map(select(.dir == "in" and (.type | test("response.create|conversation.item.create")))) |
		[.[] | select(.output or .type == "response.create") | if .output then "o" else "r" end] |
		join("") == "'"$1"'"'
}

functions() { # name of a function and its URL, pairs; more keys on standard input
	local more
	more=$(cat)
	echo "agent:"
	echo "  functions:"
	while [ $# -gt 0 ]; do
		echo "  - name: $1"
		echo "    description: For a test."
		echo "    parameters: |"
		echo "      $parameters"
		echo "    url: $2"
		[ -z "$more" ] || sed 's/^/    /' <<<"$more"
		shift 2
	done
}

# --- Those that work ---

round_trip() { # call or call_bot
	desk desk <<-'E'
		webhooks:
		- path: /orders/17
		  secret: a-secret-both-know
		  headers: [{name: X-From, value: "tel +15551230001"}]
		  wants: '{"n":1}'
		  answers: [{delay_ms: 300, body: '{"status":"sent"}'}]
		  requests: 1
		- path: /orders/18
		  secret: a-secret-both-know
		  answers: [{status: 503}, {type: text/plain, body: "not yet"}]
		  requests: 2
	E
	model model <<-E
		$quick
		responses:
		- on: greeting
		  say: [tone:440:300]
		  call:
		  - {name: order, arguments: '{"id":"17","n":1}'}
		  - {name: order, arguments: '{"id":"18"}'}
		- {on: tool, say: ["digits:1"]}
	E
	gateway gateway < <(functions order "$DESK_URL/orders/{id}?from={{caller|nobody}}&tier={{tier|not known}}" <<-'E'
		secret: ${env:DESK_SECRET}
		retries: 2
		headers: [{name: X-From, value: "{{ kind | tel }} {{caller}}"}]
	E
	)
	"$1" call --from +15551230001 <<<"$answered"
	curl -s -m 5 "$ADMIN_URL/metrics" >"$ROW/metrics"
	grep -qxF 'tandem_functions_total{outcome="answered"} 2' "$ROW/metrics" || fail "they are not counted"
	told "both" 'sort == ["{\"status\":\"sent\"}", "{\"text\":\"not yet\"}"]'
	asked_once roor
	says "facts are in the URL, and defaults" "$ROW/desk.trace" 'all(.target | endswith("?from=%2B15551230001&tier=not%20known"))'
	says "a try has the key of the one before" "$ROW/desk.trace" '
		map(select(.target | startswith("/orders/18"))) | length == 2 and
		([.[].headers | to_entries[] | select(.key | ascii_downcase == "idempotency-key").value] | unique | length) == 1'
	says "each names the call" "$ROW/desk.trace" '
		all(.headers | to_entries | any((.key | ascii_downcase == "x-tandem-call") and .value != ""))'
}

row "two functions at once over Twilio: signed, tried again, one answer" round_trip call
row "the same over AudioCodes" round_trip call_bot

# --- Those that do not ---

everything_goes_wrong() {
	desk desk <<-'E'
		webhooks:
		- path: /slow
		  answers: [{delay_ms: 2000}]
		- path: /odd
		  answers:
		  - {size: 50000}
		  - {bad_utf8: true}
		  - {type: application/json, body: "<html>"}
		  - {status: 302, body: ""}
		  - {status: 404, type: text/plain, body: "no such order"}
		  - {cut: true, body: '{"a":"0123456789"}'}
	E
	model model <<-E
		$quick
		responses:
		- on: greeting
		  say: [tone:440:300]
		  call:
		  - {name: odd, arguments: '{"id":"1"}'}
		  - {name: nobody, arguments: '{"id":"1"}'}
		  - {name: odd, arguments: '{"id":"x"}'}
		  - {name: odd, arguments: '{"id'}
		- on: tool
		  call: [{name: odd, arguments: '{"id":"2"}'}, {name: slow, arguments: '{"id":"1"}'}]
		- on: tool
		  call: [{name: odd, arguments: '{"id":"3"}'}, {name: down, arguments: '{"id":"1"}'}]
		- {on: tool, call: [{name: odd, arguments: '{"id":"4"}'}]}
		- {on: tool, call: [{name: odd, arguments: '{"id":"5"}'}]}
		- {on: tool, call: [{name: odd, arguments: '{"id":"6"}'}]}
		- {on: tool, say: ["digits:1"]}
	E
	gateway gateway < <(functions odd "$DESK_URL/odd" slow "$DESK_URL/slow" down http://127.0.0.1:9/ \
		<<<"timeout_ms: 500")
	call call <<<"$answered"
	told "each in words" 'map(fromjson.error) | length == 11 and any(test("cannot be reached")) and
		any(test("cannot be understood")) and
		any(. == "the service answered 404 (Not Found): no such order") and
		any(. == "id must match ^[0-9]+$") and any(test("no function \"nobody\"")) and
		any(test("JSON object of at most")) and any(test("larger than the 32768")) and
		any(test("not UTF-8")) and any(test("within 500 ms")) and any(test("is said to be JSON")) and
		any(test("302 \\(Found\\): a redirect"))'
}
row "slow, down, huge, damaged, redirected, misspelt: the model is told, the call goes on" \
	everything_goes_wrong

hangs_up() { # call or call_bot
	desk desk <<<'webhooks: [{path: /slow, answers: [{delay_ms: 9000}]}]'
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: [tone:440:300], call: [{name: slow, arguments: '{"id":"1"}'}]}
	E
	gateway gateway < <(functions slow "$DESK_URL/slow" </dev/null)
	"$1" call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {wait: 500}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	log_says gateway "how=cancelled"
	model_says "nobody is told" model 'map(select(.output)) == []'
}
row "who hangs up while a function runs, over Twilio" hangs_up call
row "and over AudioCodes" hangs_up call_bot

mistakes() {
	functions order "http://h/{n}" </dev/null >"$ROW/place.yaml"
	parameters='{"type": "object", "oneOf": []}' functions order "http://h/" </dev/null >"$ROW/schema.yaml"
	echo 'agent: {functions: [{name: a, description: b, url: "http://{id}.h/"}]}' >"$ROW/host.yaml"
	refused place "url has {n}, which is not among the required of its parameters"
	refused schema "oneOf is a keyword nobody here would keep to"
	refused host "agent.functions.url is \"http://{id}.h/\", must be like https://host/"
}

refused() { # file, words
	"$BUILD/tandem" serve -c "$ROW/$1.yaml" --listen 127.0.0.1:0 --admin "" >"$ROW/out" 2>&1 &&
		fail "$1 is taken"
	grep -qF "$2" "$ROW/out" || fail "$1: $(cat "$ROW/out")"
}
row "a function that could not be kept to is a mistake at the start" mistakes

# --- What the caller hears meanwhile ---

says_words() { # call or call_bot
	desk desk <<<'webhooks: [{path: /slow, answers: [{delay_ms: 6000, body: "{}"}]}]'
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: [tone:440:300], call: [{name: slow, arguments: '{"id":"1"}'}]}
		- {on: tool, say: ["digits:1"]}
		- {on: any, say: [tone:440:600]}
	E
	gateway gateway < <(functions slow "$DESK_URL/slow" <<<'filler: {after_ms: 2000, say: "One moment, please."}')
	"$1" call <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {wait: heard_end, label: one moment}
		- {wait: heard_end, label: answer}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	model_says "the words, once, and the answer behind them" model '
		[.[] | select(.dir == "in" and .type == "response.create") | .instructions // "-"] |
		length == 3 and (.[1] | endswith("nothing else: \"One moment, please.\"")) and .[2] == "-"'
}
row "a slow function: a few words meanwhile, over Twilio" says_words call
row "and over AudioCodes" says_words call_bot

# Between the tone and the answer 3 s later the caller's line is not silent.
ticks() { # call or call_bot
	desk desk <<<'webhooks: [{path: /slow, answers: [{delay_ms: 3000, body: "{}"}]}]'
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: [tone:440:300], call: [{name: slow, arguments: '{"id":"1"}'}]}
		- {on: tool, say: ["digits:1"]}
	E
	gateway gateway < <(functions slow "$DESK_URL/slow" <<<'filler: {after_ms: 500, sound: soft}')
	"$1" call --out "$ROW/call.wav" <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {wait: heard_end, label: answer}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	call_says "it does not click" call ".figures | .clicks == 0 and .breaches == 0"
	model_says "nobody is asked to speak meanwhile" model '
		map(select(.dir == "in" and .type == "response.create")) | length == 2'
	local loud
	loud=$(perl -e 'local $/; open F, "<:raw", shift; $_ = <F>; s/^.*?data....//s;
		my $rate = shift; my @s = unpack("s<*"); my @heard = map { $s[2 * $_ + 1] } 0 .. $#s / 2;
		my $n = 0; for my $i (0 .. int(@heard / ($rate / 50)) - 1) {
			my $most = 0; for (@heard[$i * $rate / 50 .. ($i + 1) * $rate / 50 - 1]) { $most = abs if abs > $most }
			$n++ if $most > 100 && $most < 260 } print $n' "$ROW/call.wav" "$([ "$1" = call ] && echo 8000 || echo 24000)")
	[ "$loud" -ge 6 ] || fail "$loud frames of a soft sound were heard"
	note "$loud frames of it"
}
row "a slow function: a soft ticking meanwhile, over Twilio" ticks call
row "and over AudioCodes" ticks call_bot

# --- Servers of functions that the model's server calls ---

passed_through() {
	export MCP_KEY=mcp-key
	model model <<<"$quick"
	gateway gateway <<-'E'
		agent:
		  mcp:
		  - {label: shop, url: "https://mcp.example.com/", authorization: "${env:MCP_KEY}",
		     allowed_tools: [search], require_approval: never}
	E
	call call <<<"$answered"
	log_lacks gateway mcp-key
	log_lacks gateway ev=model_error
	model_says "the session is what was asked for" model '
		map(select(.dir == "out" and .type == "session.updated")) | length == 1'
}
row "a remote server of functions is named in the session, and its key nowhere else" passed_through

# --- Many ---

many() {
	local n calls=25

	desk desk <<<'webhooks: [{path: /slow, answers: [{delay_ms: 10000, body: "{}"}]}]'
	model model <<-E
		timing: {first_delta_ms: [40, 80], speed: 20}
		responses:
		- on: greeting
		  repeat: true
		  say: [tone:440:14000]
		  call:
		  - {name: slow, arguments: '{"id":"1"}'}
		  - {name: slow, arguments: '{"id":"2"}'}
		  - {name: slow, arguments: '{"id":"3"}'}
		  - {name: slow, arguments: '{"id":"4"}'}
		- {on: tool, repeat: true, say: ["digits:1"]}
		expect: {allow_gaps: true}
	E
	gateway gateway < <(functions slow "$DESK_URL/slow" <<<"timeout_ms: 20000")
	for n in $(seq $calls); do
		dial "call$n" <<-E
			steps:
			- {wait: heard_start, label: greeting}
			- {wait: 15500}
			- {hangup: true}
			expect: {outcome: caller_hung_up, breaches: 0}
		E
		nap 0.05
	done
	for n in $(seq $calls); do
		over "call$n"
	done
	await 3 all_ended $calls || fail "$(grep -c ev=ended "$ROW/gateway.err") of $calls calls ended"
	local answered late
	answered=$(jq -s 'map(select(.dir == "in" and .output == "{}")) | length' "$ROW/model.trace")
	late=$(sed -n 's/.*ev=ended.* underruns=\([0-9]*\).*/\1/p' "$ROW/gateway.err" | paste -sd+ | bc)
	[ "$answered" -eq $((4 * calls)) ] || fail "$answered of $((4 * calls)) functions answered"
	note "$answered functions of 10 s at once, $late late frames"
}

all_ended() { # calls
	[ "$(grep -c ev=ended "$ROW/gateway.err")" -eq "$1" ]
}
row "a hundred slow functions at once disturb no audio" many

# --- What one takes ---

# What a round trip adds to the webhook's own time: from the end of the arguments
# at the model's server until the output is there, with a webhook that answers at
# once, so that no timer of its own is measured.
measured() {
	local n

	desk desk <<<'webhooks: [{path: /order, answers: [{body: "{}"}]}]'
	model model < <(
		echo "$quick"
		echo "responses:"
		for n in greeting tool tool tool tool tool tool tool tool tool; do
			echo "- {on: $n, say: [silence:20], call: [{name: order, arguments: '{\"id\":\"1\"}'}]}"
		done
		echo "- {on: tool, say: [tone:440:300]}"
	)
	gateway gateway < <(functions order "$DESK_URL/order" </dev/null)
	call call <<<"$answered"
	told "each time" '. == [range(10) | "{}"]'
	note "a round trip, with the webhook's own: $(jq -rs '
		[.[] | select(.output or (.dir == "out" and .type == "response.function_call_arguments.done"))] |
		[range(0; length; 2) as $i | (.[$i + 1].t_us - .[$i].t_us) / 1000] | sort |
		"least \(.[0] * 10 | round / 10), median \(.[length / 2 | floor] * 10 | round / 10), most \(.[-1] * 10 | round / 10) ms"' \
		"$ROW/model.trace")"
}
ROWS_MAX=1 # what is measured is not the other rows
await 60 has_room
row "what a round trip adds" measured

end
