#!/bin/bash
# The figures of a call, measured over each carrier: sound through the whole
# chain, added delay, interruption, leaks, how soon the greeting is heard; formats
# that pass straight through; and lines that break and come back.
#
#   figures.sh BUILD [--quick] [--json]      (SOURCE=FILE.wav: another speaker)
#
# Everything runs on this machine, over real sockets. A whole run takes about
# twelve minutes (the sound is measured over calls of five); --quick takes two.
# Exits 1 when a bound is broken.
set -u
build=$1
shift
seconds=300 sequential=200 interruptions=60 resumes=100
json=
for option; do
	case $option in
	--quick) seconds=30 sequential=20 interruptions=20 resumes=20 ;;
	--json) json=yes ;;
	*) echo "figures.sh: unknown option $option" >&2 && exit 2 ;;
	esac
done
out=build/figures
source=${SOURCE:-$PWD/test-vectors/speech/caller-question.wav}
mkdir -p "$out"
rm -f "$out"/*
export OPENAI_API_KEY=local-model TWILIO_AUTH_TOKEN=0123456789abcdef0123456789abcdef
export AUDIOCODES_TOKEN=figures AUDIOCODES_TOKENS=tandem=figures
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

# start NAME MODEL-SCENARIO [CONFIG]: a model server and a gateway of their own.
start() {
	local name=$1 url config=
	[ -z "${3:-}" ] || config=--config=$3
	"$build/tandem-model" --listen 127.0.0.1:0 --trace "$out/$name.trace" \
		--scenario "$out/$2-model.yaml" >"$out/$name.model" 2>&1 &
	pids="$pids $!"
	url=$(wait_for "$out/$name.model" 'ws://[^ ]*') || exit 1
	"$build/tandem" serve --listen 127.0.0.1:0 --admin "" --model-url "$url" $config \
		>"$out/$name.gateway" 2>&1 &
	gateway=$!
	pids="$pids $gateway"
	address=$(wait_for "$out/$name.gateway" 'http://127.0.0.1:[0-9]*') || exit 1
}

# place CARRIER OPTION…: calls through the gateway that was started last.
place() {
	case $1 in
	twilio) "$build/tandem-call" "$address/twilio/voice" "${@:2}" ;;
	*) "$build/tandem-call" --carrier audiocodes "$address/audiocodes/tandem" "${@:2}" ;;
	esac
}

# stop PID NAME: end a gateway and wait for its last word.
stop() {
	kill -TERM "$1"
	wait_for "$out/$2.gateway" 'ev=stopped' >/dev/null
}

# field FILE LINE-PATTERN KEY: key=value in the last such line of a log.
field() { grep "$2" "$1" | tail -n 1 | grep -o "$3=[0-9]*" | cut -d= -f2; }

# resources NAME PID: "heap descriptors", once no call is left.
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
	for _ in $(seq $((($1 + 4) / 5))); do
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
cat >"$out/echo.yaml" <<'S'
name: echo
steps:
- wait: heard_end
  label: greeting
- say: caller-question
- wait: heard_end
  label: reply
- hangup: true
S
cat >"$out/greeting.yaml" <<'S'
name: greeting
steps:
- wait: heard_start
  label: greeting
- hangup: true
S

# A line that breaks for 300 ms at a random moment: while the far end speaks, while
# the caller does, or while both are silent.
resume() { # seed
	local at=$((1 + $1 * 7919 % 4000))
	echo "name: resume"
	echo "steps:"
	case $(($1 % 3)) in
	0) echo "- wait: $at" ;;
	1) echo "- {wait: heard_end, label: greeting}
- {say: caller-thanks}" ;;
	2) echo "- {wait: heard_end, label: greeting}
- {say: caller-thanks}
- {wait: $((at / 2))}" ;;
	esac
	echo "- {inject: $([ $(($1 / 3 % 2)) = 0 ] && echo drop || echo finish)_and_resume, value: 300}"
	echo "- {wait: silence, value: 2500}"
	echo "- {hangup: true}"
}
echo 'agent: {format: pcmu}' >"$out/pcmu.config"
echo 'model: {standby: 2}' >"$out/warm.config"
echo 'model: {standby: 0}' >"$out/cold.config"

# --- Measuring ---

say "Figures of a call, $(nproc) cores, $(date +%F)"

for carrier in twilio audiocodes; do
	progress "sound: calls of $seconds s, in the background"
	start "sound-$carrier" loopback
	place "$carrier" --scenario "$out/sound.yaml" --json --quiet \
		--out "$out/sound-$carrier.wav" --timeout $((2 * seconds + 60)) \
		>"$out/sound-$carrier.json" 2>&1 &
	sound_calls="${sound_calls:-} $!"
	sound_gateways="${sound_gateways:-} $gateway:sound-$carrier"
done

many() { # carrier, calls, at once
	place "$1" --scenario "$out/greeting.yaml" --json --calls "$2" \
		--parallel "$3" >"$out/leaks-$1-$2-$3.json" 2>&1
}
for carrier in twilio audiocodes; do
	progress "leaks, $carrier: warming up"
	start "leaks-$carrier" quick "$out/cold.config"
	leak_gateway=$gateway
	many "$carrier" 50 50
	base=$(resources "leaks-$carrier" "$leak_gateway")
	progress "leaks, $carrier: $sequential calls one after the other"
	many "$carrier" "$sequential" 1
	progress "leaks, $carrier: 50 calls at once"
	many "$carrier" 50 50
	after=$(resources "leaks-$carrier" "$leak_gateway")
	stop "$leak_gateway" "leaks-$carrier"
	eval "heap_$carrier=$((${after% *} - ${base% *}))"
	eval "descriptors_$carrier=$((${after#* } - ${base#* }))"
done

for carrier in twilio audiocodes; do
	progress "delay, $carrier: 20 calls for 20 s"
	start "delay-$carrier" loopback
	place "$carrier" --scenario "$out/delay.yaml" --json --calls 20 \
		--parallel 20 >"$out/delay-$carrier.json" 2>&1
	stop "$gateway" "delay-$carrier"

	progress "interruption, $carrier: $interruptions calls, 5 at a time"
	start "interruption-$carrier" quick
	place "$carrier" --scenario "$out/interruption.yaml" --json \
		--calls "$interruptions" --parallel 5 \
		--model-trace "$out/interruption-$carrier.trace" \
		>"$out/interruption-$carrier.json" 2>&1
	stop "$gateway" "interruption-$carrier"

	for session in cold warm; do
		progress "greeting, $carrier, session $session: 20 calls"
		start "$session-$carrier" quick "$out/$session.config"
		[ $session = cold ] ||
			wait_for "$out/$session-$carrier.gateway" ev=pool_ready >/dev/null
		place "$carrier" --scenario "$out/greeting.yaml" --json --calls 20 \
			--parallel 1 >"$out/$session-$carrier.json" 2>&1
		stop "$gateway" "$session-$carrier"
	done

	progress "pass-through, $carrier: mu-law all the way"
	start "mulaw-$carrier" quick "$out/pcmu.config"
	place "$carrier" --scenario "$out/echo.yaml" --json \
		--out "$out/mulaw-$carrier.wav" >"$out/mulaw-$carrier.json" 2>&1
	stop "$gateway" "mulaw-$carrier"
done

progress "pass-through, audiocodes: 24 kHz all the way"
start linear quick
place audiocodes --formats raw/lpcm16_24 --scenario "$out/echo.yaml" --json \
	--out "$out/linear.wav" >"$out/linear.json" 2>&1
stop "$gateway" linear

progress "resume: $resumes calls whose line breaks at a random moment, 10 at a time"
start resume quick "$out/cold.config"
one_after_the_other() { # first, step
	local seed
	for ((seed = $1; seed < resumes; seed += $2)); do
		resume "$seed" >"$out/resume-$seed.yaml"
		place audiocodes --formats raw/mulaw --json \
			--scenario "$out/resume-$seed.yaml" \
			--model-trace "$out/resume.trace" >"$out/resume-$seed.json" 2>&1
	done
}
lanes=
for lane in 0 1 2 3 4 5 6 7 8 9; do
	one_after_the_other "$lane" 10 &
	lanes="$lanes $!"
done
wait $lanes
stop "$gateway" resume
cat "$out"/resume-*.json >"$out/resume.json"

progress "sound: waiting for the long calls"
wait $sound_calls
for one in $sound_gateways; do
	stop "${one%%:*}" "${one#*:}"
done
for carrier in twilio audiocodes; do
	"$build/tools/measure/call_sound" "$out/sound-$carrier.wav" "$source" \
		--json >"$out/call_sound-$carrier.json"
done
progress

# The model's own time before its first delta: it confirms the session, unless
# that stood ready, then it thinks. What is left of "start to first media" is the
# gateway's.
greeting() { # cold or warm, carrier: p50 and max
	jq -rs '[.[] | select(.figures) | .figures.first_media_ms]
		| .[:20][]' "$out/$1-$2.json" >"$out/first-media.txt"
	jq -rs --arg session "$1" 'group_by(.session)[] | sort_by(.t_us)
		| (map(select(.type == "session.update"))[0].t_us) as $asked
		| (map(select(.type == "session.updated"))[0].t_us) as $confirmed
		| (map(select(.type == "response.create"))[0].t_us) as $wanted
		| (map(select(.type == "response.output_audio.delta"))[0].t_us) as $spoke
		| select($spoke)
		| (if $session == "cold" then $confirmed - $asked else 0 end) as $own
		| "\($wanted) \(($own + $spoke - $wanted) / 1000)"' \
		"$out/$1-$2.trace" | sort -n | cut -d' ' -f2 >"$out/model-own.txt"
	paste "$out/first-media.txt" "$out/model-own.txt" |
		awk 'NF == 2 { print $1 - $2 }' | sort -n |
		awk '{ v[NR] = $1 } END { if (NR) printf "%.1f %.1f", v[int((NR + 1) / 2)], v[NR] }'
}

# What the callers sent on sockets that lived, less what the gateway had of it.
caller_audio_lost() {
	jq -r 'select(.figures) | "\(.conversation_id) \(.figures.frames * 20)"' \
		"$out/resume.json" | sort >"$out/resume-sent.txt"
	sed -n 's/.*call=\([^ ]*\) ev=ended.* caller_ms=\([0-9]*\).*/\1 \2/p' \
		"$out/resume.gateway" | sort >"$out/resume-had.txt"
	join "$out/resume-sent.txt" "$out/resume-had.txt" |
		awk '{ lost += $2 > $3 ? $2 - $3 : 0; n++ } END { if (n) print lost }'
}

# --- The table ---

failed=0
rows=
holds() { # value, relation, bound
	[ "$1" = - ] || awk -v v="$1" -v r="$2" -v b="$3" 'BEGIN {
		if (v == "" || v == "null") exit 1
		exit r == "<=" ? v > b : r == ">=" ? v < b : v != b }'
}
# row NAME UNIT RELATION BOUND TWILIO AUDIOCODES
row() {
	local ok=yes
	holds "$5" "$3" "$4" && holds "$6" "$3" "$4" || ok=no
	[ "$ok" = yes ] || failed=$((failed + 1))
	rows="$rows$1|$2|$3|$4|$5|$6|$ok
"
}
# both NAME UNIT RELATION BOUND COMMAND…: what the command prints for each.
both() {
	row "$1" "$2" "$3" "$4" "$("${@:5}" twilio)" "$("${@:5}" audiocodes)"
}
micro() { # measurement, name, field, carrier
	awk -v us="$(field "$out/$1-$4.gateway" "name=$2" "$3")" 'BEGIN { if (us != "") printf "%.3f", us / 1000 }'
}
sound() { jq -r ".$1" "$out/call_sound-$2.json"; }
total() { jq -rs "[.[] | .totals // empty | .$2][0]" "$out/$1-$3.json"; }
before_after() {
	local name=$1_$2
	echo "${!name}"
}
failures() { jq -rs '[.[] | .totals // empty | .failed] | add' "$out"/leaks-"$1"-*.json; }
inexact() { jq -rs '.[0].figures.inexact_samples' "$out/$1.json"; }
mulaw() { inexact "mulaw-$1"; }
resumed() { jq -rs "map(select(.figures)) | $1" "$out/resume.json"; }
warm_twilio=$(greeting warm twilio)
warm_audiocodes=$(greeting warm audiocodes)
cold_twilio=$(greeting cold twilio)
cold_audiocodes=$(greeting cold audiocodes)

both "sound: segmental SNR" dB ">=" 33 sound segmental_snr_db
both "sound: gaps" "" "=" 0 sound gaps
both "sound: samples lost or added" "" "=" 0 sound samples_lost_or_added
both "sound: length of the call" s ">=" "$((seconds - 10))" sound seconds
both "mu-law all the way: samples changed" "" "=" 0 mulaw
row "24 kHz all the way: samples changed" "" "=" 0 - "$(inexact linear)"
both "caller frame to append, p50" ms "<=" 0.3 micro delay caller_to_model p50_us
both "caller frame to append, p99" ms "<=" 3 micro delay caller_to_model p99_us
both "delta to media frame, p50" ms "<=" 0.3 micro delay model_to_caller p50_us
both "delta to media frame, p99" ms "<=" 3 micro delay model_to_caller p99_us
both "20 calls: gaps" "" "=" 0 total delay figures.gaps.sum
both "speech_started to clear, p99" ms "<=" 5 micro interruption interruption p99_us
both "interruptions measured" "" ">=" "$((interruptions * 9 / 10))" total interruption figures.truncation_error_ms.count
both "truncation error, p95" ms "<=" 40 total interruption figures.truncation_error_ms.p95
both "model audio after the clear" ms "=" 0 total interruption figures.late_ms.max
both "leaks: heap after - before" bytes "=" 0 before_after heap
both "leaks: descriptors after - before" "" "=" 0 before_after descriptors
both "leaks: calls that failed" "" "=" 0 failures
row "start to greeting, beyond the model, p50" ms "<=" 3 "${warm_twilio% *}" "${warm_audiocodes% *}"
row "start to greeting, beyond the model, max" ms "<=" 30 "${warm_twilio#* }" "${warm_audiocodes#* }"
row "the same without standby, p50" ms "<=" 30 "${cold_twilio% *}" "${cold_audiocodes% *}"
row "the same without standby, max" ms "<=" 30 "${cold_twilio#* }" "${cold_audiocodes#* }"
row "lost lines: resumed" "" "=" "$resumes" - "$(resumed 'map(select(.passed and .figures.resumes == 1)) | length')"
row "lost lines: model sessions lost" "" "=" 0 - "$(jq -s '(map(select(.type == "session_start")) | length) - (map(select(.type == "session_end" and .code == 1000 and .by_client)) | length) + (map(select(.type == "session_start")) | length) - '"$resumes" "$out/resume.trace")"
row "lost lines: caller audio lost" ms "=" 0 - "$(caller_audio_lost)"
row "lost lines: speech repeated or left out" ms "<=" 20 - "$(resumed 'map(.figures.lost_ms // 0) | max')"
row "lost lines: session.resume to accepted, max" ms "<=" 300 - "$(resumed 'map(.figures.resume_ms // 1000) | max')"

if [ -n "$json" ]; then
	printf '%s' "$rows" | jq -Rn '[inputs | split("|") | {figure: .[0],
		unit: .[1], bound: "\(.[2]) \(.[3])", twilio: (.[4] | tonumber? // null),
		audiocodes: (.[5] | tonumber? // null), holds: (.[6] == "yes")}]'
else
	printf '%s' "$rows" | awk -F'|' 'BEGIN {
		printf "  %-42s %10s %10s %-5s\n", "", "Twilio", "AudioCodes", "" }
	{ printf "  %-42s %10s %10s %-5s  %-8s %s\n", $1, $5, $6, $2, $3 " " $4,
		$7 == "yes" ? "" : "BROKEN" }'
	echo "$failed bounds broken"
fi
[ "$failed" -eq 0 ]
