#!/bin/sh
# Run every test program of a build and end on one line: N passed, M failed.
#
#   run-tests.sh BUILD [--fuzz FUZZBUILD SECONDS]
#
# A test program is a cmocka group (*_test) or an end-to-end script
# (tools/e2e/*.sh) that prints TAP. A program that dies counts as one failure.
set -u
build=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root" || exit 1
export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
passed=0
failed=0
skipped=0
red= green= plain=
if [ -t 1 ]; then red=$(printf '\033[31m') green=$(printf '\033[32m') plain=$(printf '\033[0m'); fi

tally() { # name, log, exit status
	skip=$(grep -c '^[a-z ]*ok .*# SKIP' "$2")
	ok=$(grep '^ok ' "$2" | grep -vc '# SKIP')
	bad=$(grep '^not ok ' "$2" | grep -vc '# SKIP')
	if [ "$3" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
	if [ "$3" -eq 0 ] && [ $((ok + bad + skip)) -eq 0 ]; then bad=1; fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	skipped=$((skipped + skip))
	if [ "$bad" -gt 0 ]; then
		printf '%s  FAIL%s  %-44s %4d ok %4d not ok\n' "$red" "$plain" "$1" "$ok" "$bad"
		sed 's/^/        /' "$2" | grep -v '^        ok ' | tail -n 60
	else
		printf '%s  ok  %s  %-44s %4d\n' "$green" "$plain" "$1" "$ok"
	fi
	[ "$skip" -eq 0 ] || grep '# SKIP' "$2" | sed 's/^.*# SKIP/        SKIPPED/'
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
for t in $(find "$build" -name '*_test' -type f | sort); do
	timeout 120 "$t" >"$log" 2>&1
	tally "${t#"$build"/}" "$log" $?
done
# Calls in real time on a machine that others may be using: a script with a
# failure is run once more, which is said, and the second run counts.
for t in tools/testing/hardening.sh tools/e2e/*.sh; do
	[ -x "$t" ] || continue
	timeout 400 "$t" "$build" >"$log" 2>&1
	status=$?
	if [ "$status" -ne 0 ] || grep -q '^not ok ' "$log"; then
		printf '%s  again%s %s\n' "$red" "$plain" "$t"
		grep -A 3 '^not ok ' "$log" | sed 's/^/        /' | head -n 20
		timeout 400 "$t" "$build" >"$log" 2>&1
		status=$?
	fi
	tally "$t" "$log" "$status"
done
if [ "${1:-}" = --fuzz ]; then
	"$here/run-fuzz.sh" "$2" "$3" >"$log" 2>&1
	tally "fuzz, $3 s each" "$log" $?
fi
[ "$skipped" -eq 0 ] || echo "$skipped skipped (the reasons are above)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
