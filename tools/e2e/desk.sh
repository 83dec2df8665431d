#!/bin/bash
# The strict other end of our own requests, asked by curl.
. "${0%/*}/lib/e2e.bash"
begin desk "${1:-}"

ask() { # status, path, curl's options…
	local wanted=$1 path=$2 got

	shift 2
	got=$(curl -s -m 10 -o "$ROW/answer" -w '%{http_code}' "$@" "$DESK_URL$path")
	[ "$got" = "$wanted" ] || fail "$path: $got, not $wanted: $(cat "$ROW/answer" 2>/dev/null)"
}

json='Content-Type: application/json'

webhooks() {
	local t mac body='{"day":"monday","n":1}'

	desk desk <<-END
		webhooks:
		- path: /calendar
		  secret: word
		  wants: '{"day":"monday"}'
		  answers: [{status: 503, retry_after_s: 1}, {delay_ms: 300, body: '{"free":[]}'}]
		  requests: 2
		- path: /odd
		  method: GET
		  answers: [{size: 5000}, {drop: true}, {cut: true, body: '{"a":"0123456789"}'}]
	END
	t=$(date +%s)
	mac=$(printf '%s.%s' "$t" "$body" | openssl dgst -sha256 -hmac word | sed 's/.*= //')
	for wanted in 503 200; do
		ask $wanted /calendar -H "$json" -H 'Idempotency-Key: 1' \
			-H "X-Tandem-Signature: t=$t,v1=$mac" -d "$body"
	done
	contains "$ROW/answer" '{"free":[]}' || fail "another body: $(cat "$ROW/answer")"
	ask 200 /odd
	[ "$(wc -c <"$ROW/answer")" -eq 5000 ] || fail "not 5000 bytes"
	ask 000 /odd
	ask 200 /odd
	grep -q '0123456789"}' "$ROW/answer" && fail "the answer was not cut"
	[ "$(jq -r .status "$ROW/desk.trace" | tr '\n' ' ')" = "503 200 200 200 200 " ] ||
		fail "trace: $(cut -c 1-100 "$ROW/desk.trace")"
}

breaches() {
	desk desk <<-END
		webhooks:
		- {path: /hook, secret: word, answers: [{status: 200}]}
	END
	ask 400 /hook -H "$json" -H 'Idempotency-Key: 1' -d '{}'
	ask 404 /elsewhere
	kill -TERM "${PID[desk]}"
	leaves desk 1 5
	contains "$ROW/desk.err" "breach: /hook: no X-Tandem-Signature" || fail "the breach is not said"
	contains "$ROW/desk.err" "2 requests, 2 breaches" || fail "they are not counted"
}

text_model() {
	desk desk <<-END
		text:
		  key: sk-desk
		  answers:
		  - {wants: hours, call: [{name: search, arguments: '{"q":"hours"}'}]}
		  - {say: At nine.}
		  - {status: 429, code: rate_limit_exceeded}
		  requests: 3
	END
	local f='{"type":"function","name":"search","parameters":{"type":"object"}}'
	ask 200 /v1/responses -H 'Authorization: Bearer sk-desk' -H "$json" \
		-d '{"model":"m","input":"opening hours?","tools":['"$f"']}'
	[ "$(jq -r '.output[0].name' "$ROW/answer")" = search ] || fail "no call: $(cat "$ROW/answer")"
	ask 200 /v1/chat/completions -H 'Authorization: Bearer sk-desk' -H "$json" \
		-d '{"model":"m","messages":[{"role":"user","content":"when?"}]}'
	[ "$(jq -r '.choices[0].message.content' "$ROW/answer")" = "At nine." ] || fail "no words: $(cat "$ROW/answer")"
	ask 429 /v1/responses -H 'Authorization: Bearer sk-desk' -H "$json" -d '{"model":"m","input":"x"}'
}

row "webhooks: signed, repeated by key, late, large, dropped, cut" webhooks
row "what is wrong is answered, said and counted" breaches
row "a text model in both shapes" text_model
end
