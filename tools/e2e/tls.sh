#!/bin/bash
# TLS at the listener: calls through it, who is shown which certificate, who is
# refused, and peers that hold connections by doing next to nothing.
. "${0%/*}/lib/e2e.bash"
begin tls "${1:-}"
"$BUILD/tools/testing/make_cert" "$E2E/other" other.example || bail "no certificates"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
responses:
- {on: greeting, say: ["digits:1"]}
expect: {allow_gaps: true}'

tls_gateway() { # workers, more of the configuration
	gateway gateway --log-level debug <<-E
		agent: {turns: {silence_duration_ms: 300}}
		workers: $1
		tls:
		  certificates:
		  - {certificate: $PWD/$CERT/cert.pem, key: $PWD/$CERT/key.pem}
		  - {certificate: $PWD/$E2E/other/cert.pem, key: $PWD/$E2E/other/key.pem}
		${2:-}
	E
	VOICE_URL=https://localhost:$PORT/twilio/voice
	BOT_URL=wss://localhost:$PORT/audiocodes/tandem
}
trusting="--ca-file $CERT/ca.pem"

# --- Calls ---

# What is heard while others use the machine is call.sh's to judge.
# shellcheck disable=SC2086 # options, and their words
calls() { # call or call_bot
	model model --lenient <<<"$quick"
	tls_gateway 2
	"$1" call $trusting <<-E
		steps:
		- {wait: heard_end, label: greeting}
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end, label: reply}
		- {press: "0"}
		- {wait: hangup}
		expect: {outcome: hung_up, breaches: 0, utterances: 3}
	E
	log_says gateway "ev=ended end=goodbye"
}
row "a call over Twilio, through TLS" calls call
row "a call over AudioCodes, through TLS" calls call_bot

# shellcheck disable=SC2086
untrusted() {
	model model --lenient <<<"$quick"
	tls_gateway 1
	dial call --ca-file "$E2E/other/ca.pem" <<<"steps: [{wait: hangup}]"
	leaves call 2 10
	grep -q "not signed by a trusted authority" "$ROW/call.out" "$ROW/call.err" ||
		fail "the caller does not say why"
	log_says gateway "ev=http_refused"
}
row "a caller that does not trust us does not call" untrusted

# A socket is on the call's worker by chance; with four, 9 times in a row once in
# 4^9 runs.
# shellcheck disable=SC2086
resumes() {
	local i

	model model <<-E
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
		responses:
		- {on: greeting, say: ["digits:1"]}
		- {on: turn, say: ["tone:440:12000"]}
		expect: {sessions: 1, allow_gaps: true}
	E
	tls_gateway 4
	{
		echo "steps:"
		echo "- {wait: heard_end, label: greeting}"
		echo "- {say: test-vectors/speech/digit-7.wav}"
		echo "- {wait: heard_start, label: reply}"
		for i in {1..9}; do
			echo "- {wait: '300'}"
			echo "- {inject: drop_and_resume, value: 100}"
			echo "- {wait: '800'}"
		done
		echo "- {hangup: true}"
		echo "expect: {outcome: caller_hung_up, breaches: 0, resumes: 9}"
	} >"$ROW/steps"
	call_bot call $trusting <"$ROW/steps"
	log_says gateway "ev=moves"
	model_says "one session all along" model \
		'map(select(.type == "session_start")) | length == 1'
}
row "resumed 9 times over TLS, on whichever of 4 workers: one call" resumes

# --- Certificates ---

names() {
	model model --lenient <<<"$quick"
	tls_gateway 1
	fetches "$CERT/ca.pem" localhost 0
	fetches "$E2E/other/ca.pem" other.example 0
	fetches "$CERT/ca.pem" 127.0.0.1 0 # no name is sent: the first
	fetches "$CERT/ca.pem" third.example 60 # is shown the first, too
}
fetches() { # authority, host, curl's status: 60 another's certificate
	curl -s -m 5 --cacert "$1" --resolve "$2:$PORT:127.0.0.1" \
		"https://$2:$PORT/healthz" >"$ROW/$2"
	[ $? -eq "$3" ] || fail "$2 by ${1%/*}: curl does not say $3"
	[ "$3" -ne 0 ] || contains "$ROW/$2" ok || fail "$2 is not answered"
}
row "two certificates: by name, and the first otherwise" names

missing() { # certificate, key, words
	model model --lenient <<<"$quick"
	gateway_file gateway <<<"tls: {certificates: [{certificate: $1, key: $2}]}"
	start gateway "$BUILD/tandem" serve -c "$ROW/gateway.yaml" --listen 127.0.0.1:0
	leaves gateway 1 $((PATIENCE + 2))
	log_says gateway "tls.certificates: $3"
}
row "a certificate that is not there: status 1" missing none.pem none.pem "cannot read"
row "another's key: status 1" missing "$PWD/$CERT/cert.pem" "$PWD/$E2E/other/key.pem" \
	"the private key does not belong to certificate"

# --- Who is refused ---

plain() {
	model model --lenient <<<"$quick"
	tls_gateway 1
	curl -s -m 5 -w ' %{http_code}' "http://127.0.0.1:$PORT/healthz" >"$ROW/answer"
	contains "$ROW/answer" "this port speaks TLS" || fail "no words: $(<"$ROW/answer")"
	contains "$ROW/answer" " 400" || fail "not 400: $(<"$ROW/answer")"
}
row "plain HTTP where TLS is spoken: 400, in words" plain

offers() { # words of the refusal, s_client's options
	local words=$1

	shift
	model model --lenient <<<"$quick"
	tls_gateway 1
	openssl s_client -connect "localhost:$PORT" "$@" </dev/null >"$ROW/client" 2>&1 &&
		fail "openssl $*: a handshake"
	contains "$ROW/client" "$words" || fail "openssl $*: $(grep -m 1 error "$ROW/client")"
	log_says gateway "ev=http_refused"
}
row "TLS 1.1 is refused" offers "alert protocol version" -tls1_1 -cipher ALL@SECLEVEL=0
row "TLS 1.0 is refused" offers "alert protocol version" -tls1 -cipher ALL@SECLEVEL=0
row "CBC is refused" offers "alert handshake failure" -tls1_2 \
	-cipher ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES256-SHA384
row "no ephemeral key: refused" offers "alert handshake failure" -tls1_2 \
	-cipher AES128-GCM-SHA256:AES256-GCM-SHA384

# --- Proxies ---

signature() { # what is signed
	printf '%s' "$1" | openssl dgst -sha1 -hmac "$TWILIO_AUTH_TOKEN" -binary | openssl base64
}
webhook() { # curl's options
	local sid=CA0123456789abcdef0123456789abcdef

	curl -s -m 5 -w ' %{http_code}' -d "CallSid=$sid" "$@" \
		-H "X-Twilio-Signature: $(signature "https://voice.example.com/twilio/voiceCallSid$sid")" \
		-H "X-Forwarded-Proto: https" -H "X-Forwarded-Host: voice.example.com" \
		-H "X-Forwarded-For: 203.0.113.7, 127.0.0.2" "http://127.0.0.1:$PORT/twilio/voice"
}
proxied() {
	model model --lenient <<<"$quick"
	gateway gateway <<<"proxies: [127.0.0.0/8]"
	webhook >"$ROW/answer"
	contains "$ROW/answer" " 200" || fail "not served: $(<"$ROW/answer")"
	contains "$ROW/answer" 'wss://voice.example.com/twilio/media/' ||
		fail "another address: $(<"$ROW/answer")"
}
row "a trusted proxy says under which address it was asked" proxied
pretended() {
	model model --lenient <<<"$quick"
	gateway gateway <<<"proxies: [192.0.2.1]"
	webhook >"$ROW/answer"
	contains "$ROW/answer" " 403" || fail "believed: $(<"$ROW/answer")"
}
row "anybody else says so in vain" pretended
not_near() { # proxies
	model model --lenient <<<"$quick"
	unset TWILIO_AUTH_TOKEN
	gateway gateway <<<"proxies: [$1]"
	curl -s -m 5 -w ' %{http_code}' -d CallSid=CA0123456789abcdef0123456789abcdef \
		"$VOICE_URL" >"$ROW/answer"
	contains "$ROW/answer" " $2" || fail "not $2: $(<"$ROW/answer")"
}
row "without a token this machine is served" not_near "" 200
row "without a token a proxy on this machine is not" not_near 127.0.0.1 403

# --- Peers that do next to nothing ---

PEERS=1000
case $BUILD in */check) PEERS=200 ;; esac
ulimit -n "$(ulimit -H -n)"
ROWS_MAX=1 # what is measured is not the other rows
await 120 has_room

# Sets MS: the median of webhook and upgrade, each with its handshake.
# shellcheck disable=SC2086
set_up() { # name
	dial "$1" $trusting --calls 20 --parallel 4 --rate 10 <<-E
		steps:
		- {wait: heard_start}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	over "$1"
	MS=$(jq -s '[.[].figures | select(.upgrade_ms) | .webhook_ms + .upgrade_ms] | sort
		| if length == 20 and .[19] < 5000 then .[9] * 10 | round / 10 else empty end' \
		"$ROW/$1.out")
	[ -n "$MS" ] || fail "$1: not all 20 calls were set up, each within 5 s"
}

besieged() { # kind, more of the configuration
	local before

	model model --lenient <<<"$quick"
	tls_gateway 2 "${2:-}"
	set_up quiet
	before=$MS
	start peers tools/e2e/lib/slow_peers.pl "$1" "$PEERS" "$PORT"
	await 30 contains "$ROW/peers.out" up || fail "no $PEERS peers"
	nap 1.5 # as long as a newcomer may wait for a place
	set_up besieged
	note "set up in $MS ms at the median, $before ms without them"
	stop peers 10
}
row "$PEERS peers say nothing: calls are set up" besieged silent
row "$PEERS peers say a byte a second: calls are set up" besieged dribble
row "$PEERS unfinished handshakes: calls are set up" besieged hello
row "$PEERS in plain, a byte a second: calls are set up" besieged request
few="limits: {connections: $((PEERS * 3 / 4)), handshakes: $((PEERS / 8))}"
row "$PEERS peers say nothing, room for three quarters: calls are set up" besieged silent "$few"
row "$PEERS peers say a byte a second, room for a quarter: calls are set up" \
	besieged dribble "$few"

end
