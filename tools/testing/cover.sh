#!/bin/sh
# Line and branch coverage per file, worst first, after the tests have run.
#
#   cover.sh BUILD     BUILD was made with V=cover
set -eu
build=${1:?usage: cover.sh BUILD}
cd "$(dirname "$0")/../.."
json=$(mktemp)
trap 'rm -f "$json"' EXIT
gcovr --root . --object-directory "$build" --exclude-unreachable-branches \
	--exclude '.*_test\.c' --exclude '.*_fuzz\.c' --exclude 'tools/testing/.*' \
	--json-summary "$json" "$build" >/dev/null

jq -r '
	def row($name): [$name, .line_percent, .line_covered, .line_total,
		.branch_percent];
	(.files | sort_by(.line_percent)[] | row(.filename)),
	row("all") | @tsv' "$json" |
	awk -F '\t' '
	BEGIN { printf "%-44s %7s %14s %9s\n", "file", "lines", "", "branches" }
	{ printf "%-44s %5.1f %% %6d of %5d %7.1f %%\n", $1, $2, $3, $4, $5 }'
