#!/bin/sh
# Under the thread sanitizer: the tests of what threads share, then calls on
# several workers. Ends on one line: N passed, M failed.
#
#   run-races.sh BUILD OTHER TEST…
#
# Of the other build are the two ends a call has besides the gateway, which have
# no threads of their own.
set -u
build=$1
other=$2
shift 2
cd "$(dirname "$0")/../.." || exit 1
export CMOCKA_MESSAGE_OUTPUT=TAP
export TSAN_OPTIONS=exitcode=66:second_deadlock_stack=1:suppressions=$PWD/tools/testing/tsan.supp:print_suppressions=0
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

tell() { # name, exit status
	bad=$(grep -c '^not ok ' "$log")
	if [ "$2" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
	ok=$(grep -c '^ok ' "$log")
	passed=$((passed + ok))
	failed=$((failed + bad))
	if [ "$bad" -gt 0 ]; then
		printf '  FAIL  %s\n' "$1"
		grep -v '^ok ' "$log" | head -n 120 | sed 's/^/        /'
	else
		printf '  ok    %-44s %4d\n' "$1" "$ok"
	fi
}

for t; do
	timeout 120 "$build/$t" >"$log" 2>&1
	tell "$t" $?
done
mixed=$build/race
mkdir -p "$mixed/tools/testing"
ln -sf "$PWD/$build/tandem" "$mixed/"
ln -sf "$PWD/$other/tandem-call" "$PWD/$other/tandem-model" "$mixed/"
ln -sf "$PWD/$other/tools/testing/make_cert" "$mixed/tools/testing/"
timeout 280 tools/e2e/workers.sh "$mixed" >"$log" 2>&1
tell tools/e2e/workers.sh $?
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
