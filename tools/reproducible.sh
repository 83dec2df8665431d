#!/bin/bash
# Build the programs, manual pages and package twice, in directories and at times
# that differ, and compare every byte.
#
#   reproducible.sh VERSION   (make reproducible)
set -eu -o pipefail
version=${1:?usage: reproducible.sh VERSION}
: "${SOURCE_DATE_EPOCH:?the time of the sources, in seconds (make reproducible)}"
cd "${0%/*}/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# The same sources for both, whatever is done to the tree meanwhile.
git ls-files -z --cached --others --exclude-standard |
	tar -c --null -T - >"$work/sources.tar"

# Somebody else's machine: another place, other times, mask, language and zone.
build() { # directory, umask, zone, language
	mkdir -p "$1"
	(
		umask "$2"
		cd "$1"
		tar -x -m --no-same-permissions -f "$work/sources.tar"
		export TZ=$3 LC_ALL=$4 CCACHE_DISABLE=1
		unset MAKEFLAGS MAKELEVEL MFLAGS
		make --no-print-directory VERSION="$version" programs manuals
		tools/package.sh "$version"
	) >"$work/log" 2>&1 || {
		tail -n 40 "$work/log" >&2
		exit 1
	}
}

results() { # directory
	(cd "$1/build" && sha256sum release/tandem release/tandem-* \
		release/man/*.[158] release/libtandem.a tandem*.deb)
}

build "$work/one" 022 UTC C
sleep 1.1
build "$work/another/place-further-away" 027 Asia/Kathmandu C.UTF-8
results "$work/one" >"$work/first"
results "$work/another/place-further-away" >"$work/second"
if ! diff "$work/first" "$work/second" >"$work/differ"; then
	sed -n 's/^< [0-9a-f]*/differs:/p' "$work/differ"
	exit 1
fi
cat "$work/first"
echo "$(wc -l <"$work/first") files are equal, byte for byte"
