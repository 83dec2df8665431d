#!/bin/bash
# Start the gateway, and without a key for the real model also a local one.
# Ctrl-C ends all of it.
#
#   run.sh BUILD
#
#   AGENT=NAME             one of deploy/agents, with what its webhooks need; the
#                          local model plays its part in the call that is printed
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
desk=
is_stopping=
trap 'is_stopping=1' INT TERM HUP

finish() { # exit status
	trap '' INT TERM HUP
	[ -z "$gateway" ] || background_stop "$gateway"
	[ -z "$model" ] || background_stop "$model" ||
		echo "The local model server has objections: $logs/model.log" >&2
	[ -z "$desk" ] || background_stop "$desk" ||
		echo "The desk behind the webhooks has objections: $logs/desk.log" >&2
	[ -z "$is_stopping" ] || exit 0
	exit "$1"
}

scenarios=test-vectors/scenarios
plays=() says=
if [ -n "${AGENT:-}" ]; then
	CONFIG=deploy/agents/$AGENT/tandem.yaml
	if [ ! -e "$CONFIG" ]; then
		echo "There is no agent \"$AGENT\". There are: $(cd deploy/agents && echo *)" >&2
		exit 1
	fi
	plays=(--scenario "$scenarios/model-agent-$AGENT.yaml")
	says=" --scenario $scenarios/call-agent-$AGENT.yaml"
fi

# What answers the example's webhooks, where it says so.
if [ -e "$scenarios/desk-agent-${AGENT:-}.yaml" ]; then
	background_start "$logs/desk.out" "$build/tandem-desk" --listen 127.0.0.1:9080 \
		--scenario "$scenarios/desk-agent-$AGENT.yaml" \
		--trace "$logs/desk-trace.jsonl" 2>"$logs/desk.log"
	desk=$background_pid
	background_url "$desk" "$logs/desk.out" >"$logs/desk.url" || {
		cat "$logs/desk.log" >&2
		echo "The desk behind the webhooks did not start; is 127.0.0.1:9080 taken?" >&2
		finish 1
	}
	echo "The agent's webhooks are answered at $(<"$logs/desk.url"): $logs/desk-trace.jsonl"
fi

arguments=(serve)
[ -z "${CONFIG:-}" ] || arguments+=(--config "$CONFIG")
[ -n "${CONFIG:-}" ] && [ -z "${AGENT:-}" ] || arguments+=(--admin "${ADMIN-127.0.0.1:0}")
[ -z "${LISTEN:-}" ] || arguments+=(--listen "$LISTEN")

if [ -z "${OPENAI_API_KEY:-}" ]; then
	background_start "$logs/model.out" "$build/tandem-model" \
		--listen 127.0.0.1:0 "${plays[@]}" 2>"$logs/model.log"
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
echo "    $build/tandem-call$says $local_url/twilio/voice"
echo "    $build/tandem-call$says --carrier audiocodes $local_url/audiocodes/tandem"
echo "  Ctrl-C ends it."

# Until a signal comes or one of the two ends.
while [ -z "$is_stopping" ]; do
	wait -n -p ended "$gateway" $model $desk
	status=$?
	[ -z "$is_stopping" ] || break
	[ -n "${ended:-}" ] || continue
	if [ "$ended" = "$gateway" ]; then
		gateway=
		echo "The gateway has ended with status $status." >&2
	elif [ "$ended" = "$desk" ]; then
		desk=
		echo "The desk behind the webhooks has ended with status $status: $logs/desk.log" >&2
	else
		model=
		echo "The local model server has ended with status $status: $logs/model.log" >&2
	fi
	finish $((status ? status : 1))
done
finish 0
