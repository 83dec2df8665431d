#!/bin/bash
# The media path takes no memory and no lock: counted in the program as it ships,
# on its workers' threads, while calls over TLS speak both ways. Prints TAP.
#
#   media_path.sh BUILD
. "${0%/*}/lib/e2e.bash"

begin media_path "$1"
unset TWILIO_AUTH_TOKEN AUDIOCODES_TOKENS
ROWS_MAX=1
SHIM=$BUILD/tools/testing/count_shim.so
CALLS=10 SECONDS_LONG=6

# What the gateway is started by: itself, with the counter in it.
counted() {
	printf '#!/bin/sh\nCOUNT_FILE=%s LD_PRELOAD=%s exec %s "$@"\n' \
		"$PWD/$ROW/counts" "$PWD/$SHIM" "$PWD/$BUILD/tandem" >"$ROW/tandem"
	chmod +x "$ROW/tandem"
}

# Of the worker, of all the threads of that name the busiest: those that look up
# names for it inherit its own. Lines of "ms allocations locks".
of_worker() {
	awk '$2 ~ /^worker_0-/ && $3 >= most { most = $3; thread = $2 }
		{ line[NR] = $0 }
		END {
			for (i = 1; i <= NR; i++) {
				split(line[i], f)
				if (f[2] == thread) print f[1], f[3], f[4]
			}
		}' "$ROW/counts"
}

# "allocations locks" in all.
totals() {
	of_worker | tail -n 1 | cut -d' ' -f2-
}

# The longest stretch without a lock, and with memory for no more than a buffer
# that grows once more in every other call, in ms.
still() {
	of_worker | awk -v few=$((CALLS / 2)) '{
		if ($2 - a > few || $3 != l) { a = $2; l = $3; since = $1 }
		if ($1 - since > longest) longest = $1 - since
	} END { print longest + 0 }'
}

# Setting up and ending calls takes both, which shows that they are counted.
takes_nothing() { # carrier, model's format, milliseconds of an append
	case $BUILD in */check) skip "the sanitizers allocate in their own way"; return ;; esac
	counted
	start hold "$BUILD/tandem-bench" hold --json - --gateway "$ROW/tandem" \
		--calls $CALLS --seconds $SECONDS_LONG --carrier "$1" \
		--format "$2" --append-ms "$3"
	leaves hold 0 90
	says "the calls ran, both ways" "$ROW/hold.out" \
		".[0].rows[0] | .verdict == \"good\" or (.verdict == \"invalid\" and (.why | test(\"generator\")))"
	read -r allocations locks <<<"$(totals)"
	[ "$allocations" -gt $((100 * CALLS)) ] && [ "$locks" -gt 10 ] ||
		fail "$allocations allocations, $locks locks: is anything counted?"
	[ "$(still)" -ge $((SECONDS_LONG * 1000 - 1500)) ] ||
		fail "the longest time without either was $(still) ms"
}
row "Twilio, 24 kHz to the model: no allocation, no lock" takes_nothing twilio pcm24 40
row "Twilio, mu-law passed through: no allocation, no lock" takes_nothing twilio pcmu 100
row "AudioCodes, 24 kHz: no allocation, no lock" takes_nothing audiocodes pcm24 20

end
