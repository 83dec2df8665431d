#!/bin/bash
# The figures of a call, measured: sound through the whole chain, added delay,
# interruption, leaks, and how soon the greeting is heard.
#
#   figures.sh BUILD [--quick] [--json]      (SOURCE=FILE.wav: another speaker)
#
# Everything runs on this machine, over real sockets. A whole run takes about six
# minutes (the sound is measured over a call of five); --quick takes one.
# Exits 1 when a bound is broken.
set -u
build=$1
shift
seconds=300 sequential=200 interruptions=60
json=
for option; do
	case $option in
	--quick) seconds=30 sequential=20 interruptions=20 ;;
	--json) json=yes ;;
	*) echo "figures.sh: unknown option $option" >&2 && exit 2 ;;
	esac
done
out=build/figures
source=${SOURCE:-$PWD/test-vectors/speech/caller-question.wav}
mkdir -p "$out"
rm -f "$out"/*
export OPENAI_API_KEY=local-model TWILIO_AUTH_TOKEN=0123456789abcdef0123456789abcdef
# Freed memory counts as free at once: the heap can be compared exactly.
export GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0
pids=
trap 'kill $pids 2>/dev/null; wait 2>/dev/null' EXIT

say() { [ -n "$json" ] || printf '%s\n' "$*"; }
progress() { [ -n "$json" ] || [ ! -t 1 ] || printf '\r\033[K%s' "$*"; }

# wait_for FILE PATTERN: the first match of a line that is still to come.
wait_for() {
	for _ in $(seq 200); do
		if grep -q "$2" "$1" 2>/dev/null; then
			grep -o "$2" "$1" | head -n 1
			return
		fi
		sleep 0.05
	done
	echo "figures.sh: $1 never said $2" >&2
	exit 1
}

# start NAME [MODEL-OPTION]...: a model server and a gateway of their own.
start() {
	local name=$1 url
	shift
	"$build/tandem-model" --listen 127.0.0.1:0 --trace "$out/$name.trace" \
		"$@" >"$out/$name.model" 2>&1 &
	pids="$pids $!"
	url=$(wait_for "$out/$name.model" 'ws://[^ ]*') || exit 1
	"$build/tandem" serve --listen 127.0.0.1:0 --model-url "$url" \
		>"$out/$name.gateway" 2>&1 &
	gateway=$!
	pids="$pids $gateway"
	webhook=$(wait_for "$out/$name.gateway" 'http://127.0.0.1:[0-9]*') || exit 1
	webhook=$webhook/twilio/voice
}

# stop PID NAME: end a gateway and wait for its last word.
stop() {
	kill -TERM "$1"
	wait_for "$out/$2.gateway" 'ev=stopped' >/dev/null
}

# field FILE LINE-PATTERN KEY: key=value in the last such line of a log.
field() { grep "$2" "$1" | tail -n 1 | grep -o "$3=[0-9]*" | cut -d= -f2; }

# resources NAME PID: "calls heap descriptors", once no call is left.
resources() {
	local before
	for _ in $(seq 100); do
		before=$(grep -c ev=resources "$out/$1.gateway")
		kill -USR1 "$2"
		for _ in $(seq 20); do
			[ "$(grep -c ev=resources "$out/$1.gateway")" -gt "$before" ] && break
			sleep 0.05
		done
		if [ "$(field "$out/$1.gateway" ev=resources calls)" = 0 ]; then
			sleep 0.3
			echo "$(field "$out/$1.gateway" ev=resources heap_bytes)" \
				"$(field "$out/$1.gateway" ev=resources descriptors)"
			return
		fi
		sleep 0.1
	done
}

# --- Scenarios ---

loopback() { # seconds of caller speech, and then hang up
	echo "name: loopback"
	echo "steps:"
	for _ in $(seq $((($1 + 4) / 6))); do
		echo "- say: $source"
	done
	echo "- wait: 2500"
	echo "- hangup: true"
}
loopback "$seconds" >"$out/sound.yaml"
loopback 18 >"$out/delay.yaml"
cat >"$out/loopback-model.yaml" <<'S'
loopback:
  delay_ms: 800
S
cat >"$out/quick-model.yaml" <<'S'
timing:
  first_delta_ms: [100, 200]
  update_delay_ms: [5, 5]
S
cat >"$out/interruption.yaml" <<'S'
name: interruption
steps:
- wait: heard_end
  label: greeting
- say: caller-question
- interrupt:
    after_ms: 900
    say: caller-interrupts
    within_ms: 1500
  label: reply
- wait: 300
- hangup: true
S
cat >"$out/greeting.yaml" <<'S'
name: greeting
steps:
- wait: heard_start
  label: greeting
- hangup: true
S

# --- Measuring ---

say "Figures of a call, $(nproc) cores, $(date +%F)"

progress "sound: a call of $seconds s, in the background"
start sound --scenario "$out/loopback-model.yaml"
sound_gateway=$gateway
"$build/tandem-call" "$webhook" --scenario "$out/sound.yaml" --json --quiet \
	--out "$out/sound.wav" --timeout $((seconds + 60)) >"$out/sound.json" 2>&1 &
sound_call=$!

progress "leaks: warming up"
start leaks --scenario "$out/quick-model.yaml"
leak_gateway=$gateway
many() {
	"$build/tandem-call" "$webhook" --scenario "$out/greeting.yaml" --json \
		--calls "$1" --parallel "$2" >"$out/leaks-$1-$2.json" 2>&1
}
many 50 50
base=$(resources leaks "$leak_gateway")
progress "leaks: $sequential calls one after the other"
many "$sequential" 1
progress "leaks: 50 calls at once"
many 50 50
after=$(resources leaks "$leak_gateway")
stop "$leak_gateway" leaks

progress "delay: 20 calls for 20 s"
start delay --scenario "$out/loopback-model.yaml"
"$build/tandem-call" "$webhook" --scenario "$out/delay.yaml" --json \
	--calls 20 --parallel 20 >"$out/delay.json" 2>&1
stop "$gateway" delay

progress "interruption: $interruptions calls, 5 at a time"
start interruption --scenario "$out/quick-model.yaml"
"$build/tandem-call" "$webhook" --scenario "$out/interruption.yaml" --json \
	--calls "$interruptions" --parallel 5 \
	--model-trace "$out/interruption.trace" >"$out/interruption.json" 2>&1
stop "$gateway" interruption

progress "greeting: 20 calls"
start greeting --scenario "$out/quick-model.yaml"
"$build/tandem-call" "$webhook" --scenario "$out/greeting.yaml" --json \
	--calls 20 --parallel 1 >"$out/greeting.json" 2>&1
stop "$gateway" greeting

progress "sound: waiting for the long call"
wait "$sound_call"
stop "$sound_gateway" sound
"$build/tools/measure/call_sound" "$out/sound.wav" "$source" --json >"$out/call_sound.json"
progress

# The model's own time before its first delta: it confirms the session, then it
# thinks. What is left of "start to first media" is the gateway's.
jq -rs '[.[] | select(.figures) | .figures.first_media_ms]
	| .[:20][]' "$out/greeting.json" >"$out/first-media.txt"
jq -rs 'group_by(.session)[] | sort_by(.t_us)
	| (map(select(.type == "session.update"))[0].t_us) as $asked
	| (map(select(.type == "session.updated"))[0].t_us) as $confirmed
	| (map(select(.type == "response.create"))[0].t_us) as $wanted
	| (map(select(.type == "response.output_audio.delta"))[0].t_us) as $spoke
	| select($spoke)
	| "\($asked) \(($confirmed - $asked + $spoke - $wanted) / 1000)"' \
	"$out/greeting.trace" | sort -n | cut -d' ' -f2 >"$out/model-own.txt"
greeting=$(paste "$out/first-media.txt" "$out/model-own.txt" |
	awk 'NF == 2 { print $1 - $2 }' | sort -n |
	awk '{ v[NR] = $1 } END { if (NR) printf "%.1f %.1f", v[int((NR + 1) / 2)], v[NR] }')

# --- The table ---

failed=0
rows=
# row NAME VALUE UNIT RELATION BOUND
row() {
	local ok
	ok=$(awk -v v="$2" -v r="$4" -v b="$5" 'BEGIN {
		if (v == "" || v == "null") print "no"
		else if (r == "<=") print (v <= b ? "yes" : "no")
		else if (r == ">=") print (v >= b ? "yes" : "no")
		else print (v == b ? "yes" : "no") }')
	[ "$ok" = yes ] || failed=$((failed + 1))
	rows="$rows$1|$2|$3|$4 $5|$ok
"
}
micro() { awk -v us="$(field "$out/$1.gateway" "name=$2" "$3")" 'BEGIN { if (us != "") printf "%.3f", us / 1000 }'; }
sound() { jq -r ".$1" "$out/call_sound.json"; }
total() { jq -rs "[.[] | .totals // empty | .$2][0]" "$out/$1.json"; }

row "sound: segmental SNR" "$(sound segmental_snr_db)" dB ">=" 33
row "sound: gaps" "$(sound gaps)" "" "=" 0
row "sound: samples lost or added" "$(sound samples_lost_or_added)" "" "=" 0
row "sound: length of the call" "$(sound seconds)" s ">=" "$((seconds - 10))"
row "caller frame to append, p50" "$(micro delay caller_to_model p50_us)" ms "<=" 0.3
row "caller frame to append, p99" "$(micro delay caller_to_model p99_us)" ms "<=" 3
row "delta to media frame, p50" "$(micro delay model_to_caller p50_us)" ms "<=" 0.3
row "delta to media frame, p99" "$(micro delay model_to_caller p99_us)" ms "<=" 3
row "20 calls: gaps" "$(total delay figures.gaps.sum)" "" "=" 0
row "speech_started to clear, p99" "$(micro interruption interruption p99_us)" ms "<=" 5
row "interruptions measured" "$(total interruption figures.truncation_error_ms.count)" "" ">=" "$((interruptions * 9 / 10))"
row "truncation error, p95" "$(total interruption figures.truncation_error_ms.p95)" ms "<=" 40
row "model audio after the clear" "$(total interruption figures.late_ms.max)" ms "=" 0
row "leaks: heap after - before" "$((${after% *} - ${base% *}))" bytes "=" 0
row "leaks: descriptors after - before" "$((${after#* } - ${base#* }))" "" "=" 0
row "leaks: calls that failed" "$(jq -rs '[.[] | .totals // empty | .failed] | add' "$out"/leaks-*.json)" "" "=" 0
row "start to greeting, beyond the model, p50" "${greeting% *}" ms "<=" 30
row "start to greeting, beyond the model, max" "${greeting#* }" ms "<=" 30

if [ -n "$json" ]; then
	printf '%s' "$rows" | jq -Rn '[inputs | split("|") | {figure: .[0],
		value: (.[1] | tonumber? // null), unit: .[2], bound: .[3],
		holds: (.[4] == "yes")}]'
else
	printf '%s' "$rows" | awk -F'|' '{
		printf "  %-42s %10s %-5s  %-8s %s\n", $1, $2, $3, $4,
			$5 == "yes" ? "" : "BROKEN" }'
	echo "$failed bounds broken"
fi
[ "$failed" -eq 0 ]
