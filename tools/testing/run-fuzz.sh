#!/bin/sh
# Run each fuzz target for a while, two at a time; print TAP.
#
#   run-fuzz.sh FUZZBUILD SECONDS
#
# New inputs are kept under build/corpus; a crashing input is named.
set -u
build=$1
seconds=$2
corpus=$(dirname "$build")/corpus
export UBSAN_OPTIONS=print_stacktrace=1

one() {
	name=$(basename "$1")
	mkdir -p "$corpus/$name"
	log="$corpus/$name.log"
	seeds=
	[ -d "test-vectors/fuzz/$name" ] && seeds="test-vectors/fuzz/$name"
	if "$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-artifact_prefix="$corpus/$name-" "$corpus/$name" $seeds >"$log" 2>&1; then
		echo "ok - $name $(grep -o 'stat::number_of_executed_units: [0-9]*' "$log")$(tail -n 1 "$log" | grep -o 'Done [0-9]* runs')"
	else
		echo "not ok - $name"
		tail -n 40 "$log" | sed 's/^/# /'
	fi
}

if [ "${3:-}" ]; then one "$3"; exit 0; fi
list=$(find "$build" -name '*_fuzz' -type f | sort)
[ -n "$list" ] || { echo "not ok - no fuzz targets in $build"; exit 1; }
out=$(printf '%s\n' $list | xargs -P "$(nproc)" -n 1 "$0" "$build" "$seconds")
printf '%s\n' "$out"
! printf '%s\n' "$out" | grep -q '^not ok'
