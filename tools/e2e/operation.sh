#!/bin/bash
# What an operator does to the gateway: configures it, starts, watches, ends it.
. "${0%/*}/lib/e2e.bash"
begin operation "${1:-}"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
responses:
- {on: greeting, say: ["digits:1"]}'
agent='agent: {turns: {silence_duration_ms: 300}}'
greeted='- {wait: heard_end, label: greeting}'

# --- Configuration ---

objects() { # words, without the file's name; the file on standard input
	local words

	cat >"$ROW/tandem.yaml"
	for command in check serve; do
		words=$("$BUILD/tandem" "$command" -c "$ROW/tandem.yaml" 2>&1)
		[ $? -eq 1 ] || fail "tandem $command leaves with another status than 1"
		[ "$words" = "$ROW/tandem.yaml:$1" ] || fail "tandem $command says: $words"
	done
}

mistakes() {
	objects '3: unknown key "voise" in agent (did you mean "voice"?)' <<-E
		# the voice
		agent:
		  voise: marin
	E
	objects '2: audio.lead_ms is 5, must be 20 to 2000' <<-E
		audio:
		  lead_ms: 5
	E
	objects '1: agent.format is "pcm8", must be pcm24 or pcmu' <<-E
		agent: {format: pcm8}
	E
}
row "configuration mistakes: file, line, key, nearest key, status 1" mistakes

missing_file() {
	local words

	words=$("$BUILD/tandem" check -c "$ROW/none.yaml" 2>&1)
	[ $? -eq 1 ] || fail "another status than 1"
	[ "$words" = "$ROW/none.yaml: cannot be read: No such file or directory" ] ||
		fail "it says: $words"
}
row "configuration that is not there: said so, status 1" missing_file

examples() {
	"$BUILD/tandem" check --offline --listen 127.0.0.1:0 >"$ROW/out" ||
		fail "the defaults are not good"
	"$BUILD/tandem" check --offline --listen 127.0.0.1:0 -c deploy/tandem.yaml >"$ROW/out" ||
		fail "deploy/tandem.yaml is not good"
	grep -q "  URL  *https://.*/twilio/voice$" "$ROW/out" ||
		fail "the URL to paste at Twilio is not told"
	grep -q "  Bot URL  *ws://.*/audiocodes/tandem$" "$ROW/out" ||
		fail "the URL to paste at AudioCodes is not told"
}
row "the defaults and the example are good" examples

taken_port() {
	model model </dev/null
	gateway gateway </dev/null
	start other "$BUILD/tandem" serve --listen "127.0.0.1:$PORT" --admin ""
	leaves other 1 5
	log_says other "cannot listen on 127.0.0.1:$PORT: another program has that port"
}
row "a port that is taken: said in words, status 1" taken_port

# --- The end ---

ends_with_calls() {
	model model <<<"$quick"
	gateway gateway <<<"$agent"
	dial call --calls 4 --parallel 4 <<-E
		steps:
		$greeted
		- {say: caller-question}
		- {wait: hangup}
	E
	await 5 trace_has model 'map(select(.type == "session.updated")) | length == 4' ||
		fail "four calls are not up"
	nap 0.5
	stop gateway 3 INT
	leaves call 1 5 # nobody answers what Twilio asks next
	says "all four streams closed by the gateway" "$ROW/call.out" \
		'map(select(.figures.close_code == 1001)) | length == 4'
	model_says "all four sessions closed with 1000" model '
		map(select(.type == "session_end" and .by_client and .code == 1000))
			| length == 4'
	log_says gateway "ev=ended end=shutdown"
}
row "SIGINT with calls running: both sides closed, status 0 within 3 s" ends_with_calls

# A model that reads nothing cannot answer a close either.
ends_twice() {
	local begun

	model model --lenient <<<"faults:
- {fault: freeze, at: updated}"
	gateway gateway <<<"$agent"
	dial call <<<"steps: [{wait: hangup}]"
	await 5 trace_has model 'any(.[]; .type == "fault")' || fail "the model is not frozen"
	kill -INT "${PID[gateway]}"
	nap 0.2
	kill -0 "${PID[gateway]}" || fail "the first signal did not wait for the close"
	begun=$(now_ms)
	stop gateway 3 INT
	[ $(($(now_ms) - begun)) -le 300 ] || fail "the second took $(($(now_ms) - begun)) ms"
	leaves call 1 5
}
row "SIGINT twice: at once" ends_twice

ends_idle() {
	model model </dev/null
	gateway gateway </dev/null
	kill -INT "${PID[gateway]}"
	leaves gateway 0 1
}
row "SIGINT without a call: status 0 at once" ends_idle

# --- What a process holds ---

holds() { # sets HELD to "calls=0 standing=… heap_bytes=… descriptors=…"
	local before

	before=$(grep -c ev=resources "$ROW/gateway.err")
	kill -USR1 "${PID[gateway]}"
	await 2 has_told "$before" || fail "SIGUSR1 tells nothing"
	HELD=$(grep ev=resources "$ROW/gateway.err" | tail -n 1 | sed 's/.*ev=resources //')
}

has_told() { # more often than so
	[ "$(grep -c ev=resources "$ROW/gateway.err")" -gt "$1" ]
}

is_empty() {
	holds
	[[ $HELD == "calls=0 "* ]]
}

is_as_before() { # what it held
	local bytes_before=${1#*heap_bytes=} bytes

	holds
	bytes=${HELD#*heap_bytes=}
	[ "${HELD%heap_bytes=*}${bytes#* }" = "${1%heap_bytes=*}${bytes_before#* }" ] &&
		[ $((${bytes%% *} - ${bytes_before%% *})) -lt "$LEAK_BYTES" ]
}

batch() { # name; the scenario on standard input
	dial "$1" --calls 10 --parallel 10
	over "$1"
	await 3 is_empty || fail "calls are left after $1: $HELD"
}

# malloc gives a block 16 bytes more where a gap would be too small for another
# block, so the same blocks can differ by that. Its smallest block has 32:
# thirty calls that left one each would hold 960.
LEAK_BYTES=480

leaks_nothing() {
	local base

	# Blocks cached by malloc itself would count as used.
	export GLIBC_TUNABLES=glibc.malloc.tcache_count=0
	# So would what a resolver's thread keeps from its first name.
	export UV_THREADPOOL_SIZE=1
	model model <<<"$quick"
	gateway gateway <<<"$agent"
	batch warm <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_end}
		- {hangup: true}
	E
	nap 1 # sockets of requests answered last are still being closed
	holds
	base=$HELD
	batch spoken <"$ROW/warm.yaml"
	batch hung_up <<-E
		steps:
		- {wait: heard_start}
		- {hangup: true}
	E
	batch reset <<-E
		steps:
		$greeted
		- {inject: tcp_reset}
		$greeted
		- {hangup: true}
	E
	await 3 is_as_before "$base" || fail "after ten calls: $base; after forty: $HELD"
}
case $BUILD in */release) row "SIGUSR1: after 30 more calls heap and descriptors are the same" leaks_nothing ;; esac

end
