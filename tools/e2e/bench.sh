#!/bin/bash
# tandem-bench: that its rows do what they say, in small. How well is not asked
# here: other programs may be using the machine, so a row that says it could not
# measure is as good as one that did. Prints TAP.
#
#   bench.sh BUILD
. "${0%/*}/lib/e2e.bash"
ROWS=floor-pcm24,twilio-pcm24,audiocodes-mulaw

begin bench "$1"
unset TWILIO_AUTH_TOKEN AUDIOCODES_TOKENS

bench() { # name, options…: its figures in name.out
	start "$1" "$BUILD/tandem-bench" --json - --calls 10 --seconds 1 "${@:2}"
}

# Each row did its work, or says that the generator was the limit; and a figure
# that is there is one that can be.
is_sane='all(.rows[];
	.verdict == "good" or
	(.verdict == "invalid" and (.why | test("generator")) and (has("cpu_ms") | not))) and
	all(.rows[] | select(.verdict == "good");
		.calls == 10 and .cpu_ms > 0 and .cpu_ms < 1000 and
		.up_p50_ms <= .up_p99_ms and .up_p99_ms <= .up_max_ms * 1.05 and
		.generator_cpu_percent > 0)'

rows_are_sane() {
	bench all run --rounds 1 --rows "$ROWS"
	leaves all 0 120
	says "three rows, each once" "$ROW/all.out" \
		"[.[0].rows[].name] | sort == (\"$ROWS\" | split(\",\") | sort)"
	says "every row is sane" "$ROW/all.out" ".[0] | $is_sane"
	says "the machine is named" "$ROW/all.out" \
		'.[0].machine | .cores > 0 and (.cpu | length) > 0'
}

truncates() {
	bench cut run --rounds 1 --rows truncation --seconds 4
	leaves cut 0 60
	says "it is measured, or said why not" "$ROW/cut.out" \
		'.[0].rows[0] | .verdict == "invalid" or .truncation_p95_ms >= 0'
}

drives() {
	start drive "$BUILD/tandem-bench" drive --json - --calls 3 --seconds 1 \
		--model-listen "$DRIVE_PORT" --cert-dir "$ROW/cert" \
		"http://127.0.0.1:$((DRIVE_PORT + 1))/twilio/voice"
	await 10 test -s "$ROW/cert/key.pem" || fail "no certificate"
	MODEL_URL=wss://127.0.0.1:$DRIVE_PORT/v1/realtime
	cat >"$ROW/gateway.yaml" <<-END
		listen: 127.0.0.1:$((DRIVE_PORT + 1))
		admin: {listen: ""}
		model: {url: $MODEL_URL, ca_file: $PWD/$ROW/cert/ca.pem}
	END
	GATEWAYS+=(gateway)
	start gateway "$BUILD/tandem" serve -c "$ROW/gateway.yaml"
	leaves drive 0 60
	says "the server was driven" "$ROW/drive.out" \
		'.[0].rows[0] | .verdict == "invalid" or (.setup_p50_ms > 0 and .late >= 0)'
}

starts_peers() {
	cat >"$ROW/peer.sh" <<-END
		#!/bin/bash
		printf 'model: {url: "%s", ca_file: "%s"}\n' \
			"\$MODEL_URL" "\$NODE_EXTRA_CA_CERTS" >"$PWD/$ROW/peer.yaml"
		exec "$PWD/$BUILD/tandem" serve -c "$PWD/$ROW/peer.yaml" --listen 127.0.0.1:\$PORT \
			--admin "" \
			> >(sed -u 's|listening on http.*|&/twilio/voice|')
	END
	chmod +x "$ROW/peer.sh"
	bench peer run --rounds 1 --rows none --peer "copy=$PWD/$ROW/peer.sh"
	leaves peer 0 60
	says "it has a row" "$ROW/peer.out" \
		'.[0].rows[0] | .name == "copy" and (.verdict == "invalid" or .setup_p50_ms > 0)'
}

says_what_is_wrong() {
	bench dead run --rounds 1 --rows twilio-pcm24 --gateway /bin/false
	leaves dead 1 30
	says "the row failed, without figures" "$ROW/dead.out" \
		'.[0].rows[0] | .verdict == "failed" and (has("cpu_ms") | not) and (.why | test("start"))'
}

DRIVE_PORT=$((20000 + $$ % 10000 * 2))
row "rows of both carriers and floors are measured or say why not" rows_are_sane
row "truncations are compared with what was heard" truncates
row "a server that is already there is driven" drives
row "another server gets a row of its own" starts_peers
row "a gateway that does not start fails its row" says_what_is_wrong
end
