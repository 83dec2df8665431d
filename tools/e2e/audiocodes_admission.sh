#!/bin/bash
# Who may connect as AudioCodes VoiceAI Connect: tokens, signed tokens, room,
# and its two connectivity checks.
. "${0%/*}/lib/e2e.bash"
. tools/e2e/lib/bot_socket.bash
begin audiocodes_admission "${1:-}"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
responses:
- {on: greeting, say: ["digits:1"]}'
agent='agent: {turns: {silence_duration_ms: 300}}'
clean="gaps: ..$GAPS, clicks: 0, breaches: 0"
greeted='- {wait: heard_end, label: greeting}'
make_jwt=$BUILD/tools/testing/make_jwt

# A bot twice: its token is being rotated.
AUDIOCODES_TOKENS=tandem=$AUDIOCODES_TOKEN,tandem=the-next-one,other=of-the-other
model model <<<"$quick"
gateway gateway <<<"$agent
audiocodes: {bots: [tandem, other]}"
HTTP_URL=http${BOT_URL#ws}
export AUDIOCODES_TOKENS=tandem=$AUDIOCODES_TOKEN # of the rows' own gateways

# --- Checks over HTTP, and refusals ---

answers() { # status, curl's arguments
	local status

	status=$(http_status "${@:2}")
	[ "$status" = "$1" ] || fail "HTTP $status, not $1"
}
upgrade=(-H "Connection: Upgrade" -H "Upgrade: websocket"
	-H "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
bearer=(-H "Authorization: Bearer $AUDIOCODES_TOKEN")
v13=(-H "Sec-WebSocket-Version: 13")

row "GET, scheme in small letters: 200" answers 200 -H "Authorization: bearer $AUDIOCODES_TOKEN" "$HTTP_URL"
row "GET, scheme in capitals: 200" answers 200 -H "Authorization: BEARER $AUDIOCODES_TOKEN" "$HTTP_URL"
row "GET with the next token: 200" answers 200 -H "Authorization: Bearer the-next-one" "$HTTP_URL"
row "GET with a query behind the bot: 200" answers 200 "${bearer[@]}" "$HTTP_URL?tenant=blue"
row "POST without an upgrade: 200" answers 200 "${bearer[@]}" -d '{}' "$HTTP_URL"
row "DELETE: 405" answers 405 "${bearer[@]}" -X DELETE "$HTTP_URL"
row "GET with another token: 401" answers 401 -H "Authorization: Bearer other" "$HTTP_URL"
row "GET with the token cut: 401" answers 401 -H "Authorization: Bearer ${AUDIOCODES_TOKEN%?}" "$HTTP_URL"
row "GET with another scheme: 401" answers 401 -H "Authorization: Basic $AUDIOCODES_TOKEN" "$HTTP_URL"
row "GET without a token: 401" answers 401 "$HTTP_URL"
row "two Authorization headers: 401" answers 401 "${bearer[@]}" "${bearer[@]}" "$HTTP_URL"
row "GET with the token of another bot: 403" answers 403 -H "Authorization: Bearer of-the-other" "$HTTP_URL"
near() { # status, curl's arguments: a bot without a token
	AUDIOCODES_TOKENS= gateway open <<<"$agent"
	answers "$1" "${@:2}" "http${BOT_URL#ws}"
}
row "no token configured: this machine is served" near 200
row "no token configured: a proxy on this machine is not" near 403 -H "X-Forwarded-For: 192.0.2.1"
row "GET of no bot: 404" answers 404 "${bearer[@]}" "${HTTP_URL}2"
row "upgrade of no bot: 404" answers 404 "${bearer[@]}" "${upgrade[@]}" "${v13[@]}" "${HTTP_URL}2"
row "upgrade with a wrong token: 401" answers 401 "${upgrade[@]}" "${v13[@]}" -H "Authorization: Bearer other" "$HTTP_URL"
row "upgrade with the token of another bot: 403" answers 403 "${upgrade[@]}" "${v13[@]}" \
	-H "Authorization: Bearer of-the-other" "$HTTP_URL"
row "upgrade of version 8: 426" answers 426 "${bearer[@]}" "${upgrade[@]}" \
	-H "Sec-WebSocket-Version: 8" "$HTTP_URL"
row "upgrade without a key: 400" answers 400 "${bearer[@]}" -H "Connection: Upgrade" \
	-H "Upgrade: websocket" "${v13[@]}" "$HTTP_URL"

tells() { # header, curl's arguments
	curl -s -m 5 -D - -o /dev/null "${@:2}" | tr -d '\r' | grep -qix "$1" ||
		fail "no header $1"
}
row "401 challenges: WWW-Authenticate: Bearer" tells 'WWW-Authenticate: Bearer.*' "$HTTP_URL"
row "426 tells the version: 13" tells 'Sec-WebSocket-Version: 13' "${bearer[@]}" "${upgrade[@]}" \
	-H "Sec-WebSocket-Version: 8" "$HTTP_URL"

check_body() {
	[ "$(curl -s -m 5 "${bearer[@]}" "$HTTP_URL")" = '{"type":"ac-bot-api","success":true}' ] ||
		fail "another body"
}
row "the check is answered to the letter" check_body
row "the check's answer is JSON" tells 'Content-Type: application/json' "${bearer[@]}" "$HTTP_URL"

checked() { # mode
	"$BUILD/tandem-call" --carrier audiocodes --mode "$1" --json "$BOT_URL" >"$ROW/call.out" ||
		fail "--mode $1 does not pass"
	call_says "checked" call '.outcome == "checked" and .breaches == []'
}
row "VoiceAI Connect's check over HTTP" checked http-check
row "VoiceAI Connect's check over WebSocket" checked validate

wrong_token() {
	call_bot call --token other <<-E
		steps: [{wait: hangup}]
		expect: {outcome: refused, upgrade_status: 401}
	E
}
row "a call with a wrong token: 401 before the 101" wrong_token

offers_more() {
	open_socket a "Sec-WebSocket-Protocol: realtime" \
		"Sec-WebSocket-Extensions: permessage-deflate" "AC-Conversation-Id: x"
	grep -qai '^HTTP/1.1 101' "$ROW/a.raw" || fail "no 101"
	grep -qaiE '^Sec-WebSocket-(Protocol|Extensions)' "$ROW/a.raw" &&
		fail "a subprotocol or an extension is taken"
	drop a
}
row "subprotocols and extensions on offer: none is taken" offers_more

no_token() {
	local address

	unset AUDIOCODES_TOKENS
	gateway gateway --listen 0.0.0.0:0 <<<"$agent"
	log_says gateway "AUDIOCODES_TOKENS"
	answers 200 "http://127.0.0.1:$PORT/audiocodes/tandem"
	address=$(hostname -I | tr ' ' '\n' | grep -m 1 -F .)
	[ -n "$address" ] || { skip "this machine has no address but its loopback"; return; }
	answers 403 "http://$address:$PORT/audiocodes/tandem"
}
row "no token configured: this machine only, and the log says so" no_token

# --- Room ---

full() {
	gateway gateway <<<"$agent
limits: {calls: 1}"
	dial_bot first <<-E
		steps:
		$greeted
		- {wait: "1000"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean}
	E
	await 5 contains "$ROW/gateway.err" state=up
	tells 'Retry-After: [0-9]*' "${bearer[@]}" "${upgrade[@]}" "${v13[@]}" "http${BOT_URL#ws}"
	call_bot second <<-E
		steps: [{wait: hangup}]
		expect: {outcome: refused, upgrade_status: 503}
	E
	over first
	call_bot third <<-E
		steps:
		$greeted
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean}
	E
}
row "limits.calls reached: 503 + Retry-After; then there is room again" full

# 8.3: of one address.
crowd() {
	local i

	gateway gateway <<<"$agent"
	for i in {1..20}; do
		open_socket "$i"
	done
	answers 503 "${bearer[@]}" "${upgrade[@]}" "${v13[@]}" "http${BOT_URL#ws}"
	drop 7
	await 2 is_open || fail "there is no room again"
	drop_all
}
is_open() {
	open_socket again
	grep -qa '^HTTP/1.1 101' "$ROW/again.raw"
}
row "20 sockets of one address without a session: 503 for one more" crowd

stops() {
	gateway gateway <<<"$agent"
	dial_bot call <<-E
		steps:
		- {wait: hangup}
		expect: {outcome: hung_up, $clean}
	E
	await 5 contains "$ROW/gateway.err" state=up
	stop gateway 3 INT
	over call
	call_says "why" call '.how | contains("service restart")'
	answers 000 "http${BOT_URL#ws}"
}
row "the gateway stops: calls are hung up, not cut" stops

# --- Signed tokens ---

token() { # claims and options of make_jwt sign, over good ones
	"$make_jwt" sign "$ROW/keys" iss=https://id.example.net aud=gateway \
		'scp=["voice"]' sub=vaic "$@"
}

admits() { # status, why, token
	local status

	status=$(http_status -H "Authorization: Bearer $3" "http${BOT_URL#ws}")
	[ "$status" = "$1" ] || fail "$2: HTTP $status, not $1"
}

oauth() { # jwks
	gateway gateway <<-E
		$agent
		audiocodes:
		  oauth: {issuer: "https://id.example.net", audience: gateway, scope: voice, jwks: "$1"}
	E
}

jwt() { # options of make_jwt keys
	local good

	"$make_jwt" keys "$ROW/keys" "$@"
	"$make_jwt" keys "$ROW/others" "$@"
	oauth "$PWD/$ROW/keys/jwks.json"
	good=$(token)
	admits 200 "a good one" "$good"
	admits 200 "the static token beside it" "$AUDIOCODES_TOKEN"
	admits 401 "an expired one" "$(token --lifetime -600)"
	admits 401 "one for another audience" "$(token aud=another)"
	admits 401 "one of another issuer" "$(token iss=https://evil.example.net)"
	admits 403 "one of another scope" "$(token 'scp=["read"]')"
	admits 403 "one without a scope" "$(token scp=)"
	admits 200 "scopes as one text" "$(token scp= 'scope=read voice')"
	admits 401 "one that never expires" "$(token exp=)"
	admits 401 "a key nobody has" "$(token --kid another)"
	admits 401 "another's key of that name" "$("$make_jwt" sign "$ROW/others" \
		iss=https://id.example.net aud=gateway 'scp=["voice"]')"
	admits 401 "a signature cut" "${good%??}"
	admits 401 "not signed" "${good%.*}."
	log_lacks gateway "$good"
	call_bot call --token "$good" <<-E
		steps:
		$greeted
		- {hangup: true}
		expect: {outcome: caller_hung_up, $clean}
	E
}
row "a token signed with ES256: a call; wrong ones are refused" jwt
row "a token signed with RS256: a call; wrong ones are refused" jwt --rsa

is_admitted() { # token
	[ "$(http_status -H "Authorization: Bearer $1" "http${BOT_URL#ws}")" = 200 ]
}

is_refused() { # token
	[ "$(http_status -H "Authorization: Bearer $1" "http${BOT_URL#ws}")" = 401 ]
}

# A file is looked at every 10 s, by each worker.
rotates() {
	local old

	"$make_jwt" keys "$ROW/keys"
	oauth "$PWD/$ROW/keys/jwks.json"
	old=$(token)
	admits 200 "before the rotation" "$old"
	"$make_jwt" keys "$ROW/keys" --kid second
	await 15 is_admitted "$(token --kid second)" || fail "the new key is not taken"
	await 15 is_refused "$old" || fail "the key that is gone is still good"
}
row "the file of keys replaced while it runs: the new one counts" rotates

# An issuer: every request is answered with the keys.
issuer() { # file
	# shellcheck disable=SC2016 # Perl's, not the shell's
	start issuer perl -MIO::Socket::INET -e '
		my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1:0");
		my $keys = do { local (@ARGV, $/) = @ARGV; <> };
		$| = 1;
		$SIG{TERM} = sub { exit 0 };
		print "listening on http://127.0.0.1:", $server->sockport, "\n";
		while (my $peer = $server->accept) {
			while (<$peer>) { last if /^\r\n/ }
			print $peer "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
				"Content-Length: ", length $keys, "\r\n\r\n", $keys;
		}' "$1"
	port_of issuer
}

by_url() {
	"$make_jwt" keys "$ROW/keys"
	issuer "$ROW/keys/jwks.json"
	oauth "http://127.0.0.1:$PORT/keys"
	await 5 is_admitted "$(token)" || fail "the keys are not fetched"
	admits 401 "a key nobody has" "$(token --kid another)"
}
row "keys by URL: fetched, then a token is good" by_url

end
