#!/bin/bash
# `make run` ends cleanly, however it ends: both programs stop and nothing is
# left behind. Prints TAP.
#
#   run_ends.sh BUILD
set -u
build=${1:?usage: run_ends.sh BUILD}
cd "$(dirname "$0")/../.." || exit 1
unset OPENAI_API_KEY TWILIO_AUTH_TOKEN CONFIG
export LISTEN=127.0.0.1:0
log=$(mktemp)
config=$(mktemp)
run=
children=
count=0
bad=0

tell() { # passed?, claim
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# /' "$log"
		bad=1
	fi
}

# A background job of a script ignores SIGINT from birth; env gives it back.
start() { # programs expected
	local tries=0
	: >"$log"
	env --default-signal=INT setsid tools/run.sh "$build" >"$log" 2>&1 &
	run=$!
	until grep -q 'Ctrl-C ends it' "$log"; do
		[ $((tries += 1)) -le 200 ] || return 1
		sleep 0.05
	done
	read -r -a children <"/proc/$run/task/$run/children"
	[ "${#children[@]}" -eq "$1" ]
}

# Every program that was started is gone, within 5 seconds.
is_all_gone() {
	local pid tries=0
	for pid in "${children[@]}"; do
		while kill -0 "$pid" 2>/dev/null; do
			[ $((tries += 1)) -le 100 ] || return 1
			sleep 0.05
		done
	done
}

clean_up() {
	kill -KILL "$run" 2>/dev/null
	rm -f "$log" "$config"
}
trap clean_up EXIT

ends_with() { # signal, exit status, claim
	local status=1
	if start 2; then
		kill -s "$1" "$run"
		wait "$run" 2>/dev/null
		[ $? -eq "$2" ] && is_all_gone && status=0
	fi
	tell $status "$3"
}

ends_when_dies() { # program, claim
	local status=1 pid
	if start 2; then
		for pid in "${children[@]}"; do
			[ "$(readlink "/proc/$pid/exe")" != "$(realpath "$build/$1")" ] ||
				kill -KILL "$pid"
		done
		wait "$run" 2>/dev/null
		[ $? -ne 0 ] && is_all_gone && status=0
	fi
	tell $status "$2"
}

ends_with INT 0 "Ctrl-C ends both, with status 0"
ends_with TERM 0 "SIGTERM ends both, with status 0"
ends_with HUP 0 "a closed terminal ends both, with status 0"
ends_with KILL 137 "even kill -9 of the script leaves nothing behind"
ends_when_dies tandem "when the gateway dies, the model server ends and it is said"
ends_when_dies tandem-model "when the model server dies, the gateway ends and it is said"

status=1
if start 2; then
	taken=$(sed -n 's|^.*listening on http://||p' "$log")
	first=$run
	kept=("${children[@]}")
	said=$(LISTEN=$taken tools/run.sh "$build" 2>&1) ||
		case $said in *"cannot listen on $taken"*) status=0 ;; esac
	kill -TERM "$first"
	wait "$first" 2>/dev/null
	children=("${kept[@]}")
	is_all_gone || status=1
fi
tell $status "a port that is taken is said, and nothing stays"

# No session is to stand ready: the real server is none of a test's business.
printf '%s\n' 'model: {standby: 0}' 'admin: {listen: ""}' >"$config"
status=1
if CONFIG=$config OPENAI_API_KEY=sk-none start 1; then
	grep -q 'local model server' "$log" || status=0
	kill -TERM "$run"
	wait "$run" 2>/dev/null || status=1
	is_all_gone || status=1
fi
tell $status "with a key no local model server is started"

echo "1..$count"
exit $bad
