#!/bin/sh
# Install the Debian packages that are missing.
#
#   setup.sh build   to build and run: make run, make demo
#   setup.sh package also to package: make package
#   setup.sh test    also to test: make test
#   setup.sh dev     also to develop: make check, lint, cover, fuzz (default)
#
# Without root or sudo: print the exact line to run and stop. When nothing is
# missing it says nothing and takes no time.
set -eu

build="gcc make libc6-dev pkg-config ca-certificates tzdata
libuv1-dev libwslay-dev libmbedtls-dev libjansson-dev libspandsp-dev
libsndfile1-dev libhttp-parser-dev libcyaml-dev libyaml-dev libexpat1-dev
nettle-dev libsystemd-dev libcurl4-openssl-dev libsqlite3-dev"
package="debhelper"
test="libcmocka-dev sqlite3 jq curl openssl perl nginx haproxy lintian mandoc man-db systemd gdb"
# prometheus: for promtool, which reads what /metrics says.
dev="clang libclang-rt-14-dev clang-format clang-tidy cppcheck pmccabe gcovr
valgrind testssl.sh prometheus"

case ${1:-dev} in
build) wanted="$build" ;;
package) wanted="$build $package" ;;
test) wanted="$build $package $test" ;;
dev) wanted="$build $package $test $dev" ;;
*)
	echo "setup.sh: \"$1\" is not build, package, test or dev" >&2
	exit 2
	;;
esac

command -v dpkg-query >/dev/null || {
	echo "This is not Debian. The packages, by their Debian names:" $wanted >&2
	exit 1
}

# One question for all: dpkg-query is slow to start, not to answer.
installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
	sed -n 's/^installed //p' || true)
missing=
for p in $wanted; do
	printf '%s\n' "$installed" | grep -qxF "$p" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" -eq 0 ]; then
	sudo=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	sudo=sudo
elif command -v sudo >/dev/null && [ -t 0 ]; then
	sudo=sudo # it will ask for the password
else
	echo "Debian packages are missing. Install them with:" >&2
	echo "  sudo $install" >&2
	exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
say() {
	if [ -t 1 ]; then printf '\r\033[K%s' "$1"; else echo "$1"; fi
}
quietly() {
	if ! $sudo env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1; then
		echo
		cat "$log" >&2
		echo "This failed: $*" >&2
		exit 1
	fi
}
count=$(printf '%s\n' $missing | wc -l)
say "Installing $count Debian packages: reading the lists ..."
quietly apt-get update -q
say "Installing $count Debian packages:$missing ..."
quietly $install
say "Installed $count Debian packages."
[ ! -t 1 ] || echo
