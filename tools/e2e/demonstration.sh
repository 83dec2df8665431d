#!/bin/bash
# `make demo` passes: one whole call, every step judged. Prints TAP.
#
#   demonstration.sh BUILD
set -u
build=${1:?usage: demonstration.sh BUILD}
cd "$(dirname "$0")/../.." || exit 1
echo 1..1
if report=$(tools/demo.sh "$build" 2>&1); then
	echo "ok 1 - the demonstration passes"
else
	echo "not ok 1 - the demonstration passes"
	printf '%s\n' "$report" | sed 's/^/# /'
	exit 1
fi
