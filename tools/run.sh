#!/bin/bash
# Start the gateway, and without a key for the real model also a local one.
# Ctrl-C ends both.
#
#   run.sh BUILD
#
#   CONFIG=FILE            use this configuration file
#   LISTEN=HOST:PORT       listen there instead
#   OPENAI_API_KEY=…       bridge to the real model
#   TWILIO_AUTH_TOKEN=…    check signatures; needed for calls from outside
#   AUDIOCODES_TOKENS=…    the bots' tokens; needed likewise
set -u
build=${1:?usage: run.sh BUILD}
cd "$(dirname "$0")/.." || exit 1
. tools/background.sh
logs=build/run
mkdir -p "$logs"

gateway=
model=
is_stopping=
trap 'is_stopping=1' INT TERM HUP

finish() { # exit status
	trap '' INT TERM HUP
	[ -z "$gateway" ] || background_stop "$gateway"
	[ -z "$model" ] || background_stop "$model" ||
		echo "The local model server has objections: $logs/model.log" >&2
	[ -z "$is_stopping" ] || exit 0
	exit "$1"
}

arguments=(serve)
[ -z "${CONFIG:-}" ] || arguments+=(--config "$CONFIG")
[ -n "${CONFIG:-}" ] || arguments+=(--admin "${ADMIN-127.0.0.1:0}")
[ -z "${LISTEN:-}" ] || arguments+=(--listen "$LISTEN")

if [ -z "${OPENAI_API_KEY:-}" ]; then
	background_start "$logs/model.out" "$build/tandem-model" \
		--listen 127.0.0.1:0 2>"$logs/model.log"
	model=$background_pid
	url=$(background_url "$model" "$logs/model.out") || {
		cat "$logs/model.log" >&2
		echo "The local model server did not start." >&2
		finish 1
	}
	echo "No OPENAI_API_KEY: using the local model server at $url"
	arguments+=(--model-url "$url")
	export OPENAI_API_KEY=local-model-server
fi

background_start "$logs/gateway.out" "$build/tandem" "${arguments[@]}"
gateway=$background_pid
url=$(background_url "$gateway" "$logs/gateway.out") || {
	if [ -z "$is_stopping" ]; then
		wait "$gateway" 2>/dev/null
		gateway=
		echo "The gateway did not start. If its port is taken, choose another: make run LISTEN=127.0.0.1:8081" >&2
	fi
	finish 1
}
cat "$logs/gateway.out"
local_url=${url/0.0.0.0/127.0.0.1}
echo "  Test calls from this machine:"
echo "    $build/tandem-call $local_url/twilio/voice"
echo "    $build/tandem-call --carrier audiocodes $local_url/audiocodes/tandem"
echo "  Ctrl-C ends it."

# Until a signal comes or one of the two ends.
while [ -z "$is_stopping" ]; do
	wait -n -p ended "$gateway" $model
	status=$?
	[ -z "$is_stopping" ] || break
	[ -n "${ended:-}" ] || continue
	if [ "$ended" = "$gateway" ]; then
		gateway=
		echo "The gateway has ended with status $status." >&2
	else
		model=
		echo "The local model server has ended with status $status: $logs/model.log" >&2
	fi
	finish $((status ? status : 1))
done
finish 0
