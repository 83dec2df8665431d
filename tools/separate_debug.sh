#!/bin/sh
# Move debug information out of programs, to .debug/ beside them, where gdb looks.
#
#   separate_debug.sh PROGRAM …
set -eu
for program in "$@"; do
	directory=${program%/*}/.debug
	name=${program##*/}.debug
	mkdir -p "$directory"
	objcopy --only-keep-debug --compress-debug-sections "$program" "$directory/$name"
	chmod 644 "$directory/$name"
	strip --strip-unneeded "$program"
	(cd "$directory" && objcopy --add-gnu-debuglink="$name" "../${program##*/}")
done
