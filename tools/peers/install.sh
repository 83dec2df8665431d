#!/bin/sh
# Install the server to measure against: the OpenAI agents SDK and server.mjs.
#
#   install.sh [DIR]     (default: build/peers)
#
# Needs node and npm, and npm's registry the first time. When all is as it was,
# npm is not asked and nothing is said. Exits 1, with npm's own words, when it
# failed.
set -eu
cd "$(dirname "$0")/../.."
from=tools/peers
out=${1:-build/peers}
node_oldest=20 # what this has been run with

fail() {
	echo "install.sh: $*" >&2
	exit 1
}

for program in node npm; do
	command -v "$program" >/dev/null || fail "$program is needed (https://nodejs.org)"
done
node=$(node --version)
node_major=${node#v}
[ "${node_major%%.*}" -ge "$node_oldest" ] ||
	fail "node $node_oldest or later is needed, this is $node"

mkdir -p "$out"
cp "$from/server.mjs" "$out/"
# Of what it was made is written down last: what was interrupted begins anew.
wanted=$(cat "$from/package.json" "$from/package-lock.json" | cksum)
[ "$(cat "$out/installed" 2>/dev/null)" != "$wanted" ] || exit 0

rm -f "$out/installed"
cp "$from/package.json" "$from/package-lock.json" "$out/"
count=$(grep -c '"node_modules/' "$out/package-lock.json")
echo "Installing the OpenAI agents SDK, $count packages from npm ..."
if ! (cd "$out" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund) \
	>"$out/npm.log" 2>&1; then
	cat "$out/npm.log" >&2
	fail "npm ci failed"
fi
echo "$wanted" >"$out/installed"
echo "Installed into $out, $(du -sm "$out" | cut -f1) MB."
