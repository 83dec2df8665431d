#!/bin/bash
# tandem check: every mistake of a file, and everything the file needs, on this
# machine and beyond: real certificates, a real model server, a port that is taken.
. "${0%/*}/lib/e2e.bash"
begin check "${1:-}"

# None of these may come out again.
secrets=(-e "$TWILIO_AUTH_TOKEN" -e "$OPENAI_API_KEY" -e "$AUDIOCODES_TOKEN" -e hush-hush)

# Its output in $ROW/out, its mistakes in $ROW/mistakes. The configuration on
# standard input.
checks() { # status, options…
	local status=$1
	shift
	cat >"$ROW/tandem.yaml"
	"$BUILD/tandem" check -c "$ROW/tandem.yaml" "$@" \
		>"$ROW/out" 2>"$ROW/mistakes"
	[ $? -eq "$status" ] ||
		fail "another status than $status: $(cat "$ROW/out" "$ROW/mistakes")"
	! grep -qF "${secrets[@]}" "$ROW/out" "$ROW/mistakes" ||
		fail "a secret is printed"
}

# As checks, nothing beyond this machine, on a free port.
checks_here() { # status
	checks "$1" --offline --listen 127.0.0.1:0
}

tells() { # mark, name, words: in one line of its output
	grep -F -- "$1 $2 " "$ROW/out" | grep -qF -- "$3" ||
		fail "it does not say \"$1 $2 … $3\": $(cat "$ROW/out" "$ROW/mistakes")"
}

keeps_quiet() { # mark, name
	! grep -qF -- "$1 $2 " "$ROW/out" || fail "it says: $(grep -F -- "$1 $2 " "$ROW/out")"
}

certificates() { # certificate, key: the configuration's part
	echo "tls: {certificates: [{certificate: $1, key: $2}]}"
}

# --- The file ---

ten_mistakes() {
	checks 1 <<-'E'
		listen: 8080
		agent:
		  voise: marin
		  format: pcm8
		audio: {lead_ms: 5}
		model: {key: sk-hush-hush}
		digits: {max: many}
		failure: {then: dial}
		limits:
		  calls: 0
		  calls: 1
		audiocodes: {bots: [a, a]}
	E
	cat >"$ROW/expected" <<-'E'
		1: listen is
		3: unknown key "voise" in agent
		4: agent.format is
		5: audio.lead_ms is 5
		6: model.key is a secret in the clear
		7: digits.max is
		8: failure.then is dial, but failure.dial names no number
		10: limits.calls is 0
		11: limits.calls is already set on line 10
		12: audiocodes.bots has "a" twice
	E
	[ "$(wc -l <"$ROW/mistakes")" -eq 10 ] ||
		fail "not ten lines: $(cat "$ROW/mistakes")"
	while read -r words; do
		grep -qF "$ROW/tandem.yaml:$words" "$ROW/mistakes" ||
			fail "not said: $words in $(cat "$ROW/mistakes")"
	done <"$ROW/expected"
	[ ! -s "$ROW/out" ] || fail "and more: $(cat "$ROW/out")"
}
row "ten mistakes: ten lines, each with file and line" ten_mistakes

secret_places() {
	printf 'sk-hush-hush\n' >"$ROW/open"
	chmod 644 "$ROW/open"
	unset OPENAI_API_KEY
	checks_here 0 <<<'model: {key: "${file:open}"}'
	tells ! secrets "model.key comes from a file that everybody on this machine may read"
	chmod 600 "$ROW/open"
	checks_here 0 <<<'model: {key: "${file:open}"}'
	keeps_quiet ! secrets
	checks_here 1 <<<'model: {key: "${file:none}"}'
	grep -qF "tandem.yaml:1: model.key cannot be read from $ROW/none: No such file" \
		"$ROW/mistakes" || fail "it says: $(cat "$ROW/mistakes")"
	mkdir "$ROW/credentials"
	printf 'a b' >"$ROW/credentials/twilio_auth_token"
	(
		unset TWILIO_AUTH_TOKEN
		export CREDENTIALS_DIRECTORY=$ROW/credentials
		checks_here 1 <<<"log: {}"
	)
	grep -qF "TWILIO_AUTH_TOKEN is set, but has a space" "$ROW/mistakes" ||
		fail "it says: $(cat "$ROW/mistakes")"
}
row "secrets: from files and credentials, one that all may read is a warning" secret_places

# --- This machine ---

good_certificate() {
	checks_here 0 <<-E
		public_url: https://localhost
		$(certificates "$PWD/$CERT/cert.pem" "$PWD/$CERT/key.pem")
	E
	# No public authority knows ours, which is worth a warning.
	tells ! tls.certificates.0 "no authority that this system trusts has signed it"
	keeps_quiet ✗ tls.certificates.0
}
row "a certificate of an authority of one's own: a warning, status 0" good_certificate

bad_certificates() {
	local make=$BUILD/tools/testing/make_cert

	"$make" --until 20240101000000 "$ROW/old" localhost
	"$make" --until "$(date -u -d '+119 hours' +%Y%m%d%H%M%S)" "$ROW/soon" other.example
	"$make" "$ROW/other"
	checks_here 1 <<<"$(certificates old/cert.pem old/key.pem)"
	tells ✗ tls.certificates.0 "expired on 2024-01-01; renew it"
	checks_here 0 <<-E
		public_url: https://localhost
		$(certificates soon/cert.pem soon/key.pem)
	E
	tells ! tls.certificates.0 "expires in 4 days"
	tells ! tls.certificates.0 "soon/cert.pem is not for localhost, the host of public_url"
	checks_here 1 <<<"$(certificates soon/cert.pem other/key.pem)"
	tells ✗ tls.certificates.0 "other/key.pem is not the key of"
	cat "$ROW/soon/cert.pem" "$ROW/old/cert.pem" >"$ROW/mixed.pem"
	checks_here 1 <<<"$(certificates mixed.pem soon/key.pem)"
	tells ✗ tls.certificates.0 "which did not sign it; the order is"
	checks_here 1 <<<"$(certificates none.pem soon/key.pem)"
	tells ✗ tls.certificates.0 "none.pem: No such file or directory"
	chmod 644 "$ROW/soon/key.pem"
	checks_here 0 <<<"$(certificates soon/cert.pem soon/key.pem)"
	tells ! tls.certificates.0 "everybody on this machine may read the key"
}
row "certificates: expired, soon, of another key, host, order, not there" bad_certificates

taken_port() {
	model model </dev/null
	checks 1 --offline --listen "127.0.0.1:$PORT" <<<"log: {}"
	tells ✗ listen "127.0.0.1:$PORT: tandem-model (process ${PID[model]}) has that port"
	gateway gateway </dev/null
	checks 0 --offline --listen "127.0.0.1:$PORT" <<<"log: {}"
	tells ✓ listen "where tandem (process ${PID[gateway]}) listens already"
	checks 1 --offline --listen 192.0.2.1:8080 <<<"log: {}"
	tells ✗ listen "192.0.2.1:8080: this machine does not have that address"
}
row "a port that is taken: by whom; by a gateway that runs: good" taken_port

missing_files() {
	checks_here 1 <<-'E'
		failure: {prompt: none.wav}
		model: {ca_file: none.pem}
		audiocodes: {oauth: {issuer: i, jwks: none.json}}
	E
	tells ✗ failure.prompt "none.wav: No such file or directory"
	tells ✗ model.ca_file none.pem
	tells ✗ audiocodes.oauth.jwks "none.json: No such file or directory"
	echo "no audio" >"$ROW/sorry.wav"
	echo "{}" >"$ROW/keys.json"
	checks_here 1 <<-'E'
		failure: {prompt: sorry.wav}
		audiocodes: {oauth: {issuer: i, jwks: keys.json}}
	E
	tells ✗ failure.prompt "sorry.wav is no audio file"
	tells ✗ audiocodes.oauth.jwks keys.json
}
row "files that are missing, or not what they should be: all of them" missing_files

public_urls() {
	checks_here 0 <<<"public_url: http://10.1.2.3/tandem"
	tells ! public_url "is not https"
	tells ! public_url "10.1.2.3 is not reached from outside"
	tells ! public_url "has the path /tandem"
	checks_here 0 <<<"public_url: https://voice.example.com/"
	tells ✓ public_url "https://voice.example.com"
	grep -q "  URL  *https://voice.example.com/twilio/voice$" "$ROW/out" ||
		fail "what to paste at Twilio is not told"
	grep -q "  Bot URL  *wss://voice.example.com/audiocodes/tandem$" "$ROW/out" ||
		fail "what to paste at AudioCodes is not told"
}
row "public_url: what carriers could not reach is a warning" public_urls

outbound_calls() {
	local account=AC00000000000000000000000000000017 other=ACffffffffffffffffffffffffffffffff

	checks_here 0 <<<"{}"
	tells ✓ outbound "off: no calls are placed"
	checks_here 1 <<-E
		public_url: https://127.0.0.1
		outbound: {account: $account, from: "+41445556677"}
		twilio: {account_sids: [$other]}
		admin: {listen: ""}
	E
	tells ✓ outbound.account "signed in with its auth token"
	tells ✗ outbound.account "is not in twilio.account_sids"
	tells ! outbound "admin.listen is empty"
	checks_here 0 <<-E
		public_url: https://127.0.0.1
		outbound: {account: $account, from: "+41445556677"}
		admin: {token: "\${env:TWILIO_AUTH_TOKEN}"}
	E
	tells ✓ outbound "with admin.token"
	(
		unset TWILIO_AUTH_TOKEN
		checks_here 1 <<-E
			public_url: https://127.0.0.1
			outbound: {account: $account, from: "+41445556677"}
		E
		tells ✗ outbound.account "nothing to sign in with"
		tells ✗ outbound.account "has no auth token here"
	)
}
row "outbound calls: credentials, account and who may ask for them" outbound_calls

# --- Beyond it ---

# The model's part of a configuration.
upstream() { # URL
	echo "model: {url: '$1', ca_file: '$PWD/$CERT/ca.pem', connect_timeout_ms: 3000}"
}

reaches_model() {
	model model </dev/null
	checks 0 --listen 127.0.0.1:0 <<<"$(upstream "$MODEL_URL")"
	tells ✓ model.url "$MODEL_URL: a session opens in"
	OPENAI_API_KEY=sk-hush-hush checks 1 --listen 127.0.0.1:0 <<<"$(upstream "$MODEL_URL")"
	tells ✗ model.url "the key is wrong (invalid_api_key)"
	OPENAI_API_KEY= checks 1 --listen 127.0.0.1:0 <<<"$(upstream "$MODEL_URL")"
	tells ✗ model.url "it wants a key, and none is set"
	checks 1 --listen 127.0.0.1:0 <<<"model: {url: '$MODEL_URL'}"
	tells ✗ model.url "certificate is not signed by a trusted authority"
	checks 0 --offline --listen 127.0.0.1:0 <<<"$(upstream "$MODEL_URL")"
	tells - model.url "not tried (--offline)"
}
row "the model server: reached; a wrong key, none, an authority not trusted" reaches_model

unreachable() {
	checks 1 --listen 127.0.0.1:0 <<<"$(upstream wss://127.0.0.1:1/v1/realtime)"
	tells ✗ model.url "cannot be reached: connection refused (127.0.0.1:1)"
	checks 1 --listen 127.0.0.1:0 <<<"$(upstream wss://no-such-host.invalid/v1)"
	tells ✗ model.url "no-such-host.invalid: n"
}
row "a host that is not there, or not reached: said, status 1" unreachable

# A server that reads a request and says the same to everybody; to say nothing is
# to keep them waiting.
answers() { # name, bytes
	# shellcheck disable=SC2016 # Perl's, not the shell's
	start "$1" perl -MIO::Socket::INET -e '
		my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1:0");
		$| = 1;
		$SIG{TERM} = sub { exit 0 };
		print "listening on http://127.0.0.1:", $server->sockport, "\n";
		my @waiting;
		while (my $peer = $server->accept) {
			if ($ARGV[0] eq "") { push @waiting, $peer; next }
			while (<$peer>) { last if /^\r\n/ }
			print $peer $ARGV[0];
		}' "$2"
	port_of "$1"
}

odd_servers() {
	answers mute ""
	checks 1 --listen 127.0.0.1:0 <<<"model: {url: 'ws://127.0.0.1:$PORT/', connect_timeout_ms: 300}"
	tells ✗ model.url "ws://127.0.0.1:$PORT/: cannot be reached: "
	answers lost $'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'
	checks 1 --listen 127.0.0.1:0 <<<"model: {url: 'ws://127.0.0.1:$PORT/'}"
	tells ✗ model.url "the server does not know this path, or model.name (HTTP 404"
	answers echo $'HTTP/1.1 401 Unauthorized\r\nContent-Length: 18\r\n\r\nbad: sk-end-to-end'
	checks 1 --listen 127.0.0.1:0 <<<"model: {url: 'ws://127.0.0.1:$PORT/'}"
	tells ✗ model.url "the key is wrong (HTTP 401"
}
row "servers that say nothing, no, or the key back: said, without the key" odd_servers

key_sets() {
	local keys

	model model </dev/null
	"$BUILD/tools/testing/make_jwt" keys "$ROW/keys"
	keys=$(cat "$ROW/keys/jwks.json")
	answers issuer "HTTP/1.1 200 OK"$'\r\n'"Content-Length: ${#keys}"$'\r\n\r\n'"$keys"
	checks 0 --listen 127.0.0.1:0 <<-E
		$(upstream "$MODEL_URL")
		audiocodes: {oauth: {issuer: i, jwks: "http://127.0.0.1:$PORT/keys"}}
	E
	tells ✓ audiocodes.oauth.jwks "fetched, usable keys: "
	answers none $'HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n'
	checks 1 --listen 127.0.0.1:0 <<-E
		$(upstream "$MODEL_URL")
		audiocodes: {oauth: {issuer: i, jwks: "http://127.0.0.1:$PORT/keys"}}
	E
	tells ✗ audiocodes.oauth.jwks "the server answers with HTTP 500, not with keys"
	checks 1 --listen 127.0.0.1:0 <<-E
		$(upstream "$MODEL_URL")
		audiocodes: {oauth: {issuer: i, jwks: "http://127.0.0.1:1/keys"}}
	E
	tells ✗ audiocodes.oauth.jwks "cannot be fetched: connection refused"
}
row "key sets by URL: fetched, refused, not there" key_sets

# --- For a program ---

json() {
	checks 1 --json <<<'agent: {voise: x, format: y}'
	says "two mistakes" "$ROW/out" \
		'.[0] | .good == false and (.mistakes | length == 2) and .checks == []'
	checks 0 --json --offline --listen 127.0.0.1:0 <<<'public_url: https://v.example'
	says "the checks, and what to paste" "$ROW/out" '.[0] |
		.good and .mistakes == [] and .paste.twilio_voice == "https://v.example/twilio/voice"
		and .paste.audiocodes[0].url == "wss://v.example/audiocodes/tandem"
		and any(.checks[]; .name == "listen" and .verdict == "good")
		and any(.checks[]; .name == "model.url" and .verdict == "skipped")'
}
row "--json: one object" json

on_terminal() {
	command -v script >/dev/null || {
		skip "no script(1)"
		return
	}
	echo "log: {}" >"$ROW/tandem.yaml"
	TERM=xterm script -qec "$BUILD/tandem check --offline --listen 127.0.0.1:0 -c $ROW/tandem.yaml" \
		/dev/null </dev/null >"$ROW/out" || fail "not good"
	grep -qF "$(printf '\033[32m✓')" "$ROW/out" || fail "no colour on a terminal"
	NO_COLOR=1 TERM=xterm script -qec \
		"$BUILD/tandem check --offline --listen 127.0.0.1:0 -c $ROW/tandem.yaml" \
		/dev/null </dev/null >"$ROW/out"
	! grep -qF "$(printf '\033')" "$ROW/out" || fail "colour despite NO_COLOR"
}
row "colours on a terminal only, and not with NO_COLOR" on_terminal

end
