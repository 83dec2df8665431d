#!/bin/bash
# What the linker was asked for against what it made: reads the ELF of each
# program and asserts one property a line (TAP).
#
#   hardening.sh BUILD
#
# Only the release is hardened: sanitizers bring their own.
set -u -o pipefail
build=${1:?usage: hardening.sh BUILD}
cd "${0%/*}/../.." || exit 1
case $build in
*/release) ;;
*)
	echo "ok - hardening # SKIP ${build##*/} is not what is installed"
	exit 0
	;;
esac
command -v readelf >/dev/null || {
	echo "not ok - readelf is missing (binutils)"
	exit 1
}
export LC_ALL=C
failed=0

claim() { # what, status
	if [ "$2" -eq 0 ]; then
		echo "ok - $program: $1"
	else
		echo "not ok - $program: $1"
		failed=1
	fi
}

# Of what readelf says; "has" and "lacks" take an extended regular expression.
has() { # what, regex, text
	grep -qE -- "$2" <<<"$3"
	claim "$1" $?
}

lacks() { # what, regex, text
	! grep -qE -- "$2" <<<"$3"
	claim "$1" $?
}

# Each compilation unit records how it was compiled.
compiled() { # what, option
	local without

	without=$(grep -vcF -- "$2" <<<"$units")
	[ -n "$units" ] && [ "$without" -eq 0 ]
	claim "$1" $?
}

judge() {
	local header dynamic segments notes imports units
	header=$(readelf -hW "$1")
	dynamic=$(readelf -dW "$1")
	segments=$(readelf -lW "$1")
	notes=$(readelf -nW "$1")
	imports=$(readelf --dyn-syms -W "$1")
	units=$(readelf --debug-dump=info --dwarf-depth=1 "$1" 2>/dev/null |
		sed -n 's/.*DW_AT_producer.*: GNU C/GNU C/p' | sort -u)

	has "position independent" 'Type: +DYN .*Position-Independent' "$header"
	has "relocations are read-only (RELRO)" 'GNU_RELRO' "$segments"
	has "and all made at the start (full RELRO)" 'FLAGS_1.*\bNOW\b' "$dynamic"
	has "no executable stack" 'GNU_STACK.* RW +0x' "$segments"
	lacks "nothing both writable and executable" '(LOAD|GNU_STACK).* (RWE|WE) ' "$segments"
	lacks "no relocation of code" 'TEXTREL' "$dynamic"
	lacks "no library path of its own" 'RPATH|RUNPATH' "$dynamic"
	if [ -n "$start_is_guarded" ]; then
		has "jumps and returns are guarded (CET)" 'x86 feature: IBT, SHSTK' "$notes"
	fi
	has "a build id" 'Build ID: [0-9a-f]{40}' "$notes"
	has "stack protector" '__stack_chk_fail' "$imports"
	has "checked copies (FORTIFY)" '__(memcpy|snprintf|vsnprintf|memset)_chk' "$imports"
	compiled "every unit: stack protector strong" -fstack-protector-strong
	compiled "every unit: stack clash protection" -fstack-clash-protection
	compiled "every unit: control flow protection" -fcf-protection=full
	! grep -qF -- "$PWD" "$1"
	claim "does not say where it was built" $?
}

# The linker claims CET for a program when every part has it. The C library's own
# start files may lack it (Debian 12): then only our parts can be held to it.
start_is_guarded=$(readelf -nW "$("${CC:-gcc}" -print-file-name=Scrt1.o)" |
	grep -o 'IBT, SHSTK')
program="every object"
archive=$(readelf -nW "$build/libtandem.a" 2>/dev/null)
[ "$(grep -c '^File:' <<<"$archive")" -gt 100 ] &&
	[ "$(grep -c '^File:' <<<"$archive")" -eq "$(grep -c 'IBT, SHSTK' <<<"$archive")" ]
claim "jumps and returns are guarded (CET)" $?
[ -n "$start_is_guarded" ] ||
	echo "# no program can claim CET: the start files of this C library lack it"

for program in tandem tandem-call tandem-model tandem-desk tandem-bench; do
	judge "$build/$program"
done

# The level leaves no trace of its own.
program=release
has "FORTIFY level 3" '-D_FORTIFY_SOURCE=3' "$(cat "$build/flags")"
exit "$failed"
