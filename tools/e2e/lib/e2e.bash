# End-to-end tests: real processes, real sockets, real TLS. To be sourced:
#
#   . "${0%/*}/lib/e2e.bash"
#   begin NAME BUILD          build/release or build/check
#   row "the claim" FUNCTION  beside the others, one line of TAP
#   end                       waits for the rows and tells
#
# A row has a directory of its own, build/<variant>/e2e/NAME/<row>, with the
# log of every process it starts. It ends them itself: the gateway must leave
# with 0 on SIGINT, which waits for no call, tandem-model with 0 because no client broke the protocol,
# and no sanitizer may have said a word.
set -u -o pipefail
cd "${BASH_SOURCE[0]%/*}/../../.." || exit 1

export TWILIO_AUTH_TOKEN=0123456789abcdef0123456789abcdef
export OPENAI_API_KEY=sk-end-to-end
# What tandem-call presents, and what the gateway takes: a row with bots of its
# own sets both anew.
export AUDIOCODES_TOKEN=bot-end-to-end
export AUDIOCODES_TOKENS=tandem=$AUDIOCODES_TOKEN
: "${ASAN_OPTIONS:=detect_leaks=1}"
: "${UBSAN_OPTIONS:=print_stacktrace=1}"
: "${TSAN_OPTIONS:=exitcode=66}"
: "${LSAN_OPTIONS:=suppressions=$PWD/tools/testing/lsan.supp:print_suppressions=0}"
export ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS

exec {NAP}<> <(:)
nap() { # seconds, without a process
	read -rt "$1" -u "$NAP"
}

now_ms() {
	local t=${EPOCHREALTIME/./}
	echo $((t / 1000))
}

# --- The script as a whole ---

ROW_NAME=() ROW_DIR=() ROW_PID=()

begin() { # name, build
	BUILD=${2:?usage: ${0##*/} BUILD}
	[ -x "$BUILD/tandem" ] || bail "no $BUILD/tandem: build it first"
	command -v jq >/dev/null || bail "jq is missing"
	E2E=$BUILD/e2e/$1
	# What is measured in real time. Calls that begin all at once are a burst
	# of TLS handshakes, which is no row of ours; sanitized, one handshake
	# already holds up everybody for as long as the audio that is ahead.
	# PATIENCE: seconds for what usually takes none.
	STAGGER=0.05 GAPS=0 CUT_MS=40 ROWS_MAX=8 PATIENCE=3
	case $BUILD in
	*/check) STAGGER=0.2 GAPS=3 CUT_MS=100 ;;
	*/race) ROWS_MAX=2 PATIENCE=15 ;;
	esac
	rm -rf "$E2E"
	mkdir -p "$E2E"
	: >"$E2E/pids"
	trap 'kill_all' EXIT
	trap 'exit 130' INT TERM
	CERT=$E2E/cert
	"$BUILD/tools/testing/make_cert" "$CERT" || bail "no certificates"
	enter "$E2E"
}

bail() {
	echo "not ok - $0"
	echo "# $*"
	exit 1
}

# Only what this script has started, by number.
kill_all() {
	local pid

	while read -r pid; do
		kill -KILL "$pid"
	done <"$E2E/pids" 2>/dev/null
	for pid in "${ROW_PID[@]}"; do
		kill -KILL "$pid" 2>/dev/null
	done
}

# The row's directory becomes the one that start, model, … use.
enter() {
	ROW=$1
	declare -gA PID=()
	GATEWAYS=() MODELS=()
	: >"$ROW/why"
}

# Fewer than ROWS_MAX rows are under way.
has_room() {
	local pid running=0

	for pid in "${ROW_PID[@]}"; do
		kill -0 "$pid" 2>/dev/null && running=$((running + 1))
	done
	[ "$running" -lt "$ROWS_MAX" ]
}

row() { # claim, function, arguments
	local n=${#ROW_NAME[@]} name=$2${3:+-${3//[^a-z0-9_-]/}}

	await 60 has_room
	ROW_NAME+=("$1")
	ROW_DIR+=("$E2E/$n-${name:0:64}")
	mkdir -p "${ROW_DIR[n]}"
	shift
	(
		trap - EXIT
		trap 'exit 143' TERM
		enter "${ROW_DIR[n]}"
		"$@"
		stop_all
		touch "$ROW/finished"
	) </dev/null >"${ROW_DIR[n]}/output" 2>&1 &
	ROW_PID+=($!)
	nap "$STAGGER"
}

end() {
	local n failures=0

	for n in "${!ROW_NAME[@]}"; do
		wait "${ROW_PID[n]}"
		tell "${ROW_NAME[n]}" "${ROW_DIR[n]}" || failures=$((failures + 1))
	done
	exit $((failures > 0))
}

tell() { # claim, directory
	[ -s "$2/output" ] && sed 's/^/said: /' "$2/output" >>"$2/why"
	if [ ! -e "$2/finished" ] || [ -s "$2/why" ]; then
		echo "not ok - $1"
		[ -e "$2/finished" ] || echo "#   the row was not run to its end"
		sed 's/^/#   /' "$2/why" 2>/dev/null
		tail_logs "$2"
		return 1
	fi
	echo "ok - $1$(cat "$2/remark" 2>/dev/null)"
}

tail_logs() {
	local log

	for log in "$1"/*.err; do
		[ -s "$log" ] || continue
		echo "#   --- $log"
		tail -n 12 "$log" | cut -c 1-240 | sed 's/^/#   /'
	done
}

fail() {
	echo "$*" >>"$ROW/why"
}

skip() { # why
	echo " # SKIP $*" >"$ROW/remark"
}

note() { # a figure, say
	echo " # $*" >"$ROW/remark"
}

# --- Processes ---

start() { # name, command…
	local name=$1
	shift
	"$@" </dev/null >"$ROW/$name.out" 2>"$ROW/$name.err" &
	PID[$name]=$!
	echo $! >>"$E2E/pids"
}

contains() { # file, text
	local text

	[ -e "$1" ] && text=$(<"$1") && [[ $text == *"$2"* ]]
}

await() { # seconds, command…: true as soon as the command is
	local until=$(($(now_ms) + $1 * 1000))
	shift
	while ! "$@"; do
		[ "$(now_ms)" -lt "$until" ] || return 1
		nap 0.05
	done
	return 0
}

has_left() { # name
	! kill -0 "${PID[$1]}" 2>/dev/null
}

# Wait for a process that is about to leave; its status must be as told.
leaves() { # name, status, seconds
	local status

	if ! await "$3" has_left "$1"; then
		fail "$1 did not leave within $3 s"
		kill -KILL "${PID[$1]}" 2>/dev/null
	fi
	wait "${PID[$1]}"
	status=$?
	[ "$status" -eq "$2" ] || fail "$1 left with status $status, not $2"
	unset "PID[$1]"
}

stop() { # name, seconds, signal
	[ -n "${PID[$1]:-}" ] || return 0
	kill -"${3:-TERM}" "${PID[$1]}" 2>/dev/null
	leaves "$1" 0 "$2"
}

stop_all() {
	local name log

	for name in "${!PID[@]}"; do
		case " ${GATEWAYS[*]} ${MODELS[*]} " in
		*" $name "*) ;;
		*) stop "$name" 3 ;;
		esac
	done
	for name in "${GATEWAYS[@]}"; do
		stop "$name" "$PATIENCE" INT
	done
	for name in "${MODELS[@]}"; do
		stop "$name" "$PATIENCE"
	done
	for log in "$ROW"/*.err; do
		grep -qE 'Sanitizer|runtime error:' "$log" 2>/dev/null || continue
		fail "a sanitizer objects: $log"
		grep -E -A 12 'Sanitizer|runtime error:' "$log" | head -n 25 >>"$ROW/why"
	done
}

port_of() { # name: sets PORT
	if ! await 10 contains "$ROW/$1.out" "listening on"; then
		fail "$1 does not start: $(tail -n 3 "$ROW/$1.err" 2>/dev/null)"
		PORT=0
		return 1
	fi
	PORT=$(sed -n 's|.*listening on [a-z]*://.*:\([0-9]*\).*|\1|p' "$ROW/$1.out" | head -n 1)
}

# One that must be known before anybody listens there: below what the kernel
# gives away.
future_port() { # which of the row's, 0 or 1: sets PORT
	PORT=$((20000 + (BASHPID * 14 + ${#ROW} * 2 + $1) % 12000))
}

# --- The model server: a scenario on standard input, TLS in front ---

model() { # name, options…
	local name=$1 scenario=()

	shift
	cat >"$ROW/$name.yaml"
	[ ! -s "$ROW/$name.yaml" ] || scenario=(--scenario "$ROW/$name.yaml")
	MODELS+=("$name")
	start "$name" "$BUILD/tandem-model" --listen 127.0.0.1:0 --key "$OPENAI_API_KEY" \
		--tls-cert "$CERT/cert.pem" --tls-key "$CERT/key.pem" \
		--trace "$ROW/$name.trace" "${scenario[@]}" "$@"
	port_of "$name"
	MODEL_URL=wss://localhost:$PORT/v1/realtime
}

# --- The desk: webhooks and a text model, a scenario on standard input; it
# leaves with 0 because every request was as it must be ---

desk() { # name, options…
	local name=$1

	shift
	cat >"$ROW/$name.yaml"
	MODELS+=("$name")
	start "$name" "$BUILD/tandem-desk" --listen 127.0.0.1:0 \
		--scenario "$ROW/$name.yaml" --trace "$ROW/$name.trace" "$@"
	port_of "$name"
	DESK_URL=http://127.0.0.1:$PORT
}

# --- The gateway: what its configuration says beside the model on standard
# input, what is said of the model in MODEL_KEYS. Each call opens its session
# when it begins, so that a row knows which is whose; one that wants sessions
# ready for them says so, with STANDBY=2 before "gateway" ---

gateway_file() { # name: its configuration
	{
		echo "model:"
		echo "  url: $MODEL_URL"
		echo "  ca_file: $PWD/$CERT/ca.pem"
		echo "  standby: ${STANDBY:-0}"
		[ -z "${MODEL_KEYS:-}" ] || echo "  $MODEL_KEYS"
		cat
	} >"$ROW/$1.yaml"
}

gateway() { # name, options…
	local name=$1

	shift
	gateway_file "$name"
	GATEWAYS+=("$name")
	start "$name" "$BUILD/tandem" serve -c "$ROW/$name.yaml" --listen 127.0.0.1:0 \
		--admin 127.0.0.1:0 "$@"
	port_of "$name"
	VOICE_URL=http://127.0.0.1:$PORT/twilio/voice
	BOT_URL=ws://127.0.0.1:$PORT/audiocodes/tandem
	await 5 contains "$ROW/$name.out" "Workers: "
	ADMIN_URL=$(sed -n 's|^  Admin: ||p' "$ROW/$name.out")
}

# The same with a session for the next call: one that opens its own is late under
# sanitizers, and what answers it meanwhile is silence.
gateway_ready() { # name: its configuration on standard input
	STANDBY=${STANDBY:-1} gateway "$1" < <(echo "workers: 1" && cat)
	await 20 contains "$ROW/$1.err" ev=pool_ready || fail "no session stands ready"
}

# Another instance of the gateway, on the same port ($OURS).
successor() {
	start successor "$BUILD/tandem" serve -c "$ROW/gateway.yaml" --listen "$OURS" --admin 127.0.0.1:0
	await 20 contains "$ROW/successor.out" "listening on" || fail "successor does not start"
}

# A gateway and a model with little to say: what most rows need. The model's
# scenario on standard input.
gateway_and_model() {
	model model
	gateway gateway <<<"${GATEWAY_KEYS:-}"
}

# --- Calls: a scenario on standard input; without one, the demonstration ---

place() { # name, URL, options…
	local name=$1 url=$2 scenario=()

	shift 2
	cat >"$ROW/$name.yaml"
	[ ! -s "$ROW/$name.yaml" ] || scenario=(--scenario "$ROW/$name.yaml")
	start "$name" "$BUILD/tandem-call" --json --timeout 90 "${scenario[@]}" \
		"$@" "$url"
}

dial() { # name, options…: a call that goes on beside the row
	place "$1" "$VOICE_URL" "${@:2}"
}

dial_bot() { # name, options…: the same over VoiceAI Connect
	place "$1" "$BOT_URL" --carrier audiocodes "${@:2}"
}

over() { # name, status: wait for the call's end
	leaves "$1" "${2:-0}" 100
	[ "${2:-0}" -eq 0 ] || return 0
	judged "$1"
}

call() { # name, options…: to its end, every judged step passed
	dial "$@"
	over "$1"
}

call_bot() { # name, options…
	dial_bot "$@"
	over "$1"
}

judged() { # name: what tandem-call objects to
	jq -r 'select(.failures) | .failures[], (.breaches[] | "breach \(.code) \(.text)")' \
		"$ROW/$1.out" >>"$ROW/why"
}

# --- Claims ---

says() { # what is claimed, file, jq filter that must be true of all its lines
	jq -es "$3" "$2" >/dev/null 2>&1 && return
	fail "not so: $1 ($3)"
	return 1
}

call_says() { # claim, name, filter of the call's report
	says "$1" "$ROW/$2.out" ".[0] | $3" && return
	jq -c '{outcome, how, figures: (.figures | with_entries(select(.value != null)))},
		(.timeline[] | [.at_ms, .kind, .text])' "$ROW/$2.out" 2>/dev/null |
		cut -c 1-900 >>"$ROW/why"
}

sounds_good() { # name: nothing in the caller's ear that should not be
	call_says "$1 sounds good" "$1" \
		".figures | .gaps <= $GAPS and .clicks == 0 and .late_ms == 0 and .breaches == 0"
}

trace_has() { # model, filter of the list of traced events
	jq -es "$2" "$ROW/$1.trace" >/dev/null 2>&1
}

model_says() { # claim, model, filter: true within a second
	await 1 trace_has "$2" "$3" && return
	fail "not so within 1 s: $1 ($3)"
	jq -c 'select(.type | test("append|delta") | not)' "$ROW/$2.trace" |
		tail -n 30 | cut -c 1-240 >>"$ROW/why"
}

log_says() { # process, words of its log: within a second
	await 1 contains "$ROW/$1.err" "$2" || fail "$1's log never says: $2"
}

log_lacks() { # process, words
	! contains "$ROW/$1.err" "$2" || fail "$1's log says: $(grep -m 1 -F "$2" "$ROW/$1.err")"
}

# Where a gateway and a model serve many rows: their lines about this row's call.
own_logs() { # call
	local sid session

	nap 0.2
	sid=$(jq -r '.call_sid // .conversation_id' "$ROW/$1.out")
	grep -F "$sid" "$E2E/gateway.err" >"$ROW/gateway.err"
	session=$(sed -n 's/.*ev=model_ready session=\([^ ]*\).*/\1/p' "$ROW/gateway.err" |
		tail -n 1)
	grep -F "\"${session:-none}\"" "$E2E/model.trace" >"$ROW/model.trace"
}

http_status() { # curl's arguments: status of the answer
	curl -s -o /dev/null -m 5 -w '%{http_code}' "$@"
}

# A configuration without a mistake, as far as this machine can tell.
is_good() { # program, file
	"$1" check --offline -c "$2" >"$ROW/check" 2>&1
}
