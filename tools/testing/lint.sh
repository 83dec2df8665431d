#!/bin/sh
# What a careful reader would object to. Quiet when clean, but for the table at
# the end; exits 1 when anything must change.
#
#   lint.sh [format|tidy|cppcheck|walls|functions|scripts] …   (default: all)
#
# clang-tidy uses the flags of the clang build (make lint makes it first).
set -u
cd "$(dirname "$0")/../.." || exit 2
dirs=
for d in codecs protocols gateway tools; do [ -d "$d" ] && dirs="$dirs $d"; done
sources=$(find $dirs -name '*.c' | sort)
headers=$(find $dirs -name '*.h' | sort)
jobs=$(nproc)
out=$(mktemp)
trap 'rm -f "$out"' EXIT
trap 'exit 130' INT TERM
failed=0
table=

# Each check writes its objections to stdout and a note for the table to fd 3.

check_format() {
	printf '%s\n' $sources $headers |
		xargs -P "$jobs" -n 16 clang-format --dry-run -Werror 2>&1 |
		sed -n 's/^\([^:]*\):\([0-9]*\):.*clang-format.*/\1:\2: not laid out as .clang-format says (make format)/p' |
		sort -u -t: -k1,1 | grep . && return 1
	echo "$(printf '%s\n' $sources $headers | wc -l) files" >&3
}

check_tidy() {
	flags=build/clang/flags
	[ -f "$flags" ] || { echo "$flags is missing: run make lint"; return 1; }
	printf '%s\n' $sources | FLAGS=$(cut -d' ' -f2- "$flags") \
		xargs -P "$jobs" -n 4 sh -c \
		'clang-tidy --quiet "$@" -- $FLAGS 2>/dev/null' tidy |
		sed "s|$PWD/||" | grep . && return 1
	echo "$(printf '%s\n' $sources | wc -l) files" >&3
}

# jansson's loops are macros cppcheck cannot see; a NULL that ends a list of
# arguments is a pointer here (varFuncNullUB); taking an address is no reading
# (uninitvar is gcc's and clang's to find).
check_cppcheck() {
	cppcheck --quiet -j "$jobs" --std=c11 --inline-suppr \
		--enable=warning,performance,portability \
		--suppress=missingIncludeSystem --suppress=varFuncNullUB \
		--suppress=uninitvar -I. -D_GNU_SOURCE \
		'-Djson_array_foreach(a,i,v)=for(i=0;(v=json_array_get(a,i));i++)' \
		'-Djson_object_foreach(o,k,v)=for(k=0;(v=json_object_get(o,k));)' \
		$dirs 2>&1 | grep . && return 1
	return 0
}

# Which rooms, or single headers, a room may include, itself apart; "!" excepts
# files. Nobody in a lower row reaches up. Tests, fuzz targets and tools/testing may see all.
walls='
codecs
protocols          codecs
gateway/ops        protocols/utf8.h
gateway/net        protocols gateway/ops/histogram.h
gateway/call       codecs protocols/utf8.h
gateway/agents     codecs protocols/utf8.h protocols/webhook_signature.h gateway/ops gateway/net gateway/call
gateway/records    codecs gateway/ops gateway/call
gateway/carriers   codecs protocols gateway/ops gateway/net gateway/call
gateway/models     codecs protocols gateway/ops gateway/net gateway/call
gateway/check      codecs protocols gateway/*
gateway            codecs protocols gateway/*
tools/model        codecs protocols gateway/ops gateway/net !messages
tools/desk         codecs protocols gateway/ops gateway/net !messages
tools/call         codecs protocols gateway/ops gateway/net !messages
tools/bench        codecs protocols gateway/ops gateway/net tools/testing/test_cert.h !messages
tools/measure      codecs protocols gateway/* tools/*
tools/testing      codecs protocols gateway/* tools/*
tools              codecs protocols gateway/* tools/*
'

check_walls() {
	printf '%s\n' $sources $headers | grep -v '_test\.c$\|_fuzz\.c$' |
		xargs grep -nE '^#include|\<(clock_gettime|gettimeofday|uv_hrtime|f?printf|syslog)\(' |
		awk -v walls="$walls" -f tools/testing/walls.awk && return 0
	return 1
}

# pmccabe: complexity, …, statements, first line, lines, file(line), name.
check_functions() {
	pmccabe $sources 2>/dev/null | grep -v '_test\.c(\|_fuzz\.c(' |
		awk -F '\t' '
		{
			n++
			lines[n] = $5
			if ($5 < 50) short++
			much = ""
			if ($1 > 40 || $5 > 120) { bad = 1; much = ": too much" }
			sub(/\(/, ":", $6); sub(/\)/, "", $6)
			if ($1 > 10 || $5 > 50)
				printf "%s: complexity %d, %d lines%s\n", $6, $1, $5, much
		}
		END {
			if (!n) exit 0
			printf "%d functions, %.1f %% under 50 lines\n", n, 100 * short / n > "/dev/fd/3"
			exit bad
		}'
}

check_scripts() {
	find .ci tools deploy -type f 2>/dev/null | while read -r f; do
		case $(head -c 32 "$f" | head -n 1) in
		'#!/bin/sh'*) sh -n "$f" 2>&1 ;;
		'#!'*bash*) bash -n "$f" 2>&1 ;;
		*) continue ;;
		esac
		[ -x "$f" ] || echo "$f: a script, but not executable"
	done | grep . && return 1
	return 0
}

for check in ${*:-format walls scripts functions cppcheck tidy}; do
	[ ! -t 1 ] || printf '\r\033[K%s …' "$check"
	note=$("check_$check" 3>&1 >"$out" 2>&1)
	status=$?
	[ ! -t 1 ] || printf '\r\033[K'
	if [ -s "$out" ]; then
		echo "$check:"
		sed 's/^/  /' "$out"
		echo
	fi
	verdict=ok
	[ "$status" -eq 0 ] || { verdict=FAIL; failed=1; }
	table="$table$(printf '  %-10s %-5s %s' "$check" "$verdict" "$note")
"
done
printf 'lint\n%s' "$table"
exit $failed
