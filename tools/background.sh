# Sourced by run.sh and demo.sh: programs in the background that surely end.
#
# Each runs in a session of its own, so that Ctrl-C reaches only the script,
# which then ends them in order and waits; and each is told by the kernel when
# the script dies in any other way.

# background_start OUT PROGRAM [ARGUMENT…]: standard output goes to the file
# OUT; the id is in $background_pid.
background_start() {
	local out=$1
	shift
	: >"$out"
	setsid setpriv --pdeathsig TERM "$@" >"$out" </dev/null &
	background_pid=$!
}

# background_url PID OUT: wait for "… listening on URL" and print the URL.
# Fails when the program ends before it, or after 10 seconds.
background_url() {
	local pid=$1 out=$2 url= tries=0
	while [ $((tries += 1)) -le 200 ]; do
		url=$(sed -n 's/^.*listening on //p' "$out" | head -n 1)
		[ -z "$url" ] || { echo "$url"; return 0; }
		kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.05
	done
	return 1
}

# background_stop PID: SIGTERM, and SIGKILL if that takes over 10 seconds.
# Returns the program's exit status.
background_stop() {
	local pid=$1 tries=0
	kill -TERM "$pid" 2>/dev/null
	while kill -0 "$pid" 2>/dev/null; do
		[ $((tries += 1)) -le 200 ] || kill -KILL "$pid" 2>/dev/null
		sleep 0.05
	done
	wait "$pid" 2>/dev/null
}
