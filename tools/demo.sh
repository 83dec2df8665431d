#!/bin/bash
# Two calls at a time, one over each carrier, unattended: the gateway, a local
# model server, and two callers with recorded speech who hear the greeting, ask,
# interrupt, press a key and are told goodbye. Everything judged must pass.
#
#   demo.sh BUILD      leaves the sound and the logs in build/demo
set -u
build=${1:?usage: demo.sh BUILD}
cd "$(dirname "$0")/.." || exit 1
. tools/background.sh
out=build/demo
rm -rf "$out"
mkdir -p "$out"

gateway=
model=
audiocodes=
stop_all() {
	trap '' INT TERM HUP
	[ -z "$audiocodes" ] || background_stop "$audiocodes"
	[ -z "$gateway" ] || background_stop "$gateway"
	[ -z "$model" ] || background_stop "$model"
}
trap stop_all EXIT
trap 'exit 130' INT TERM HUP

give_up() { # what, log
	echo "$1 did not start:" >&2
	tail -n 20 "$2" >&2
	exit 1
}

background_start "$out/model.out" "$build/tandem-model" --listen 127.0.0.1:0 \
	--trace "$out/model-trace.jsonl" 2>"$out/model.log"
model=$background_pid
model_url=$(background_url "$model" "$out/model.out") ||
	give_up "The model server" "$out/model.log"

# Tokens of their own, so that every request of the calls is checked.
random_token() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
TWILIO_AUTH_TOKEN=$(random_token)
AUDIOCODES_TOKEN=$(random_token)
export TWILIO_AUTH_TOKEN AUDIOCODES_TOKEN
AUDIOCODES_TOKENS=tandem=$AUDIOCODES_TOKEN \
	OPENAI_API_KEY=local-model-server background_start "$out/gateway.out" \
	"$build/tandem" serve --listen 127.0.0.1:0 --admin 127.0.0.1:0 \
	--model-url "$model_url" \
	2>"$out/gateway.log"
gateway=$background_pid
url=$(background_url "$gateway" "$out/gateway.out") ||
	give_up "The gateway" "$out/gateway.log"

# call CARRIER URL: waits no longer than a minute for its end.
call() {
	exec timeout --foreground 60 "$build/tandem-call" --carrier "$1" \
		--out "$out/$1.wav" --model-trace "$out/model-trace.jsonl" "$2"
}

echo "model server   $model_url"
echo "gateway        $url"
echo
echo "--- A call over Twilio (the one over AudioCodes takes place meanwhile) ---"
echo
call audiocodes "$url/audiocodes/tandem" >"$out/audiocodes.txt" 2>&1 &
audiocodes=$!
(call twilio "$url/twilio/voice")
twilio_status=$?
wait "$audiocodes"
audiocodes_status=$?
audiocodes=
echo
echo "--- The call over AudioCodes ---"
echo
cat "$out/audiocodes.txt"

background_stop "$gateway"
gateway_status=$?
gateway=
background_stop "$model"
model_status=$?
model=

failed=0
judge() { # what, exit status, words for 0, words for the rest
	if [ "$2" -eq 0 ]; then
		printf '%-14s %s\n' "$1" "$3"
	else
		printf '%-14s %s (status %s)\n' "$1" "$4" "$2"
		failed=1
	fi
}
echo
judge twilio "$twilio_status" "every judged step passed" "FAILED, see above"
judge audiocodes "$audiocodes_status" "every judged step passed" \
	"FAILED, see above"
judge gateway "$gateway_status" "ended cleanly" \
	"DID NOT END CLEANLY, see $out/gateway.log"
judge "model server" "$model_status" "no breach of its protocol" \
	"COMPLAINS, see the end of $out/model.log"
[ "$model_status" -eq 0 ] || tail -n 5 "$out/model.log" | sed 's/^/               /'
echo
echo "sound          $out/twilio.wav, $out/audiocodes.wav"
echo "               (left: the caller, right: what they heard)"
echo "logs           $out/gateway.log, $out/model.log, $out/model-trace.jsonl"
exit $failed
