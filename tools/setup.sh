#!/bin/sh
# Install the Debian packages that are missing. Without root or sudo: print the
# exact line to run and stop.
set -eu

packages="
build-essential clang libclang-rt-14-dev clang-format clang-tidy cppcheck
pmccabe gcovr jq pkg-config
libuv1-dev libwslay-dev libmbedtls-dev libjansson-dev libspandsp-dev
libsndfile1-dev libhttp-parser-dev libcyaml-dev libcmocka-dev
ca-certificates openssl valgrind curl
"

missing=
for p in $packages; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' ||
		missing="$missing $p"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" -eq 0 ]; then
	sudo=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	sudo=sudo
else
	echo "Missing Debian packages. Install them with:" >&2
	echo "  sudo $install" >&2
	exit 1
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q >/dev/null
$sudo $install >/dev/null
