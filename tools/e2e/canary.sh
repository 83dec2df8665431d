#!/bin/bash
# Keys and tokens that cannot be mistaken for anything else, the noisiest log, a
# call over each carrier: then nobody finds one anywhere.
. "${0%/*}/lib/e2e.bash"

# Made anew for each run, so that no file of an earlier one holds them.
secret() {
	od -An -N12 -tx1 /dev/urandom | tr -d ' \n'
}
OPENAI_API_KEY=sk-canary-$(secret)
TWILIO_AUTH_TOKEN=ca9a12$(secret)
AUDIOCODES_TOKEN=canary-bot-$(secret)
AUDIOCODES_TOKENS=tandem=$AUDIOCODES_TOKEN
export OPENAI_API_KEY TWILIO_AUTH_TOKEN AUDIOCODES_TOKEN AUDIOCODES_TOKENS
begin canary "${1:-}"

canaries=("$OPENAI_API_KEY" "$TWILIO_AUTH_TOKEN" "$AUDIOCODES_TOKEN")
names=("the model's key" "Twilio's token" "the bot's token")

silent() { # where, file
	local i

	[ -s "$2" ] || fail "nothing to search: $1"
	for i in "${!canaries[@]}"; do
		! grep -qaF -- "${canaries[i]}" "$2" || fail "${names[i]} is in $1"
	done
}

briefly='steps:
- {wait: heard_end, label: greeting}
- {say: caller-thanks}
- {wait: heard_end, label: reply}
- {hangup: true}'

# The token that callers present is not for the gateway's environment.
with_calls() { # lines of the configuration
	unset AUDIOCODES_TOKEN
	model model </dev/null
	STANDBY=1 gateway gateway --log-level debug <<<"${1:-}"
	dial one <<<"$briefly"
	dial_bot two --token "${canaries[2]}" <<<"$briefly"
	over one
	over two
	# And those that are turned away.
	[ "$(http_status -X POST -H "X-Twilio-Signature: $TWILIO_AUTH_TOKEN" \
		-d CallSid=CA1 "$VOICE_URL")" = 403 ] || fail "an unsigned request is taken"
	[ "$(http_status -H "Authorization: Bearer x${canaries[2]}" \
		"http://${BOT_URL#ws://}")" = 401 ] || fail "a wrong token is taken"
}

in_what_is_told() {
	with_calls
	kill -USR1 "${PID[gateway]}"
	nap 0.3
	stop gateway "$PATIENCE"
	silent "the log" "$ROW/gateway.err"
	silent "standard output" "$ROW/gateway.out"
	silent "the model's trace" "$ROW/model.trace"
	silent "the model's log" "$ROW/model.err"
	silent "a caller's report" "$ROW/one.out"
	silent "a caller's report" "$ROW/two.out"
}
row "no key in logs at the noisiest level, nor in reports" in_what_is_told

in_proc() {
	local process=/proc/

	with_calls
	process+=${PID[gateway]}
	tr '\0' '\n' <"$process/cmdline" >"$ROW/cmdline"
	silent "its command line" "$ROW/cmdline"
	tr '\0' '\n' <"$process/environ" >"$ROW/environ"
	silent "its environment" "$ROW/environ"
	grep -q '^PATH=' "$ROW/environ" || fail "that was not its environment"
}
row "no key in /proc/PID/cmdline and environ" in_proc

in_metrics() {
	with_calls
	curl -s -m 5 "$ADMIN_URL/metrics" >"$ROW/metrics"
	silent "the metrics" "$ROW/metrics"
}
row "no key in the metrics" in_metrics

dump() { # name
	gcore -o "$ROW/core" "${PID[gateway]}" >"$ROW/gcore" 2>&1 ||
		fail "no core: $(tail -n 1 "$ROW/gcore")"
	mv "$ROW/core.${PID[gateway]}" "$ROW/$1"
}

in_core() {
	command -v gcore >/dev/null || {
		skip "gcore is not installed (gdb)"
		return 0
	}
	case $BUILD in
	*/release) ;;
	*)
		skip "of the release only: a sanitizer maps too much"
		return 0
		;;
	esac
	# A process that has just been written out whole takes its time to leave.
	PATIENCE=30
	with_calls
	dump empty
	silent "a core dump" "$ROW/empty"
	gdb -batch -ex 'thread apply all print $pc' "$BUILD/tandem" "$ROW/empty" \
		>"$ROW/threads" 2>/dev/null
	grep -q 'Thread 2 ' "$ROW/threads" || fail "the core does not tell where its threads were"
	# Who asks for memory gets it; and this search finds what there is.
	echo 0x33 >"/proc/${PID[gateway]}/coredump_filter"
	dump full
	grep -qaF -- "${canaries[0]}" "$ROW/full" || fail "a full core has no key: searched in vain"
	rm -f "$ROW/full"
}
row "no key in a core dump, nor anything else of memory" in_core
end
