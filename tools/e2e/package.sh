#!/bin/bash
# What is installed: the Debian package, its life on a machine, manual pages.
. "${0%/*}/lib/e2e.bash"
begin package "${1:-}"

needs() { # program, package
	command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] && return
	skip "$1 is not installed (make setup: $2)"
	return 1
}

# --- The package, made once for the rows below, of what is built ---

is_release=
case $BUILD in
*/release) is_release=yes ;;
esac

make_package() {
	local version epoch

	[ -n "$is_release" ] && command -v dh >/dev/null || return 0
	version=$(git describe --tags --always --dirty 2>/dev/null || echo unknown)
	epoch=$(git log -1 --format=%ct 2>/dev/null || date -r CHANGELOG.md +%s)
	DEB=$(SOURCE_DATE_EPOCH=$epoch tools/package.sh "$version" 2>"$E2E/package.log") || {
		tail -n 20 "$E2E/package.log" >&2
		bail "make package fails"
	}
}

has_package() {
	if [ -z "$is_release" ]; then
		skip "the release is what is packaged"
		return 1
	fi
	needs dh debhelper
}

contents() {
	has_package || return 0
	local root=$ROW/root program words

	dpkg-deb -x "$DEB" "$root"
	dpkg-deb -e "$DEB" "$ROW/control"
	for program in tandem tandem-call tandem-model tandem-desk tandem-bench; do
		words=$(ldd "$root/usr/bin/$program")
		[[ $words != *"not found"* ]] || fail "$program lacks a library"
		"$root/usr/bin/$program" --help >"$ROW/help" || fail "$program does not run"
		readelf -SW "$root/usr/bin/$program" | grep -q '\.debug_info' &&
			fail "$program has its debug information"
	done
	is_good "$root/usr/bin/tandem" "$root/etc/tandem/tandem.yaml" ||
		fail "the configuration it brings is not good"
	[ "$(<"$ROW/control/conffiles")" = /etc/tandem/tandem.yaml ] ||
		fail "conffiles: $(<"$ROW/control/conffiles")"
	for program in usr/share/man/man{8/tandem.8,5/tandem.yaml.5,1/tandem-call.1,1/tandem-model.1,1/tandem-desk.1,1/tandem-bench.1}.gz \
		lib/systemd/system/tandem.{service,socket} \
		usr/share/doc/tandem/copyright usr/share/doc/tandem/changelog.gz \
		usr/share/doc/tandem/examples/{nginx/tandem.conf,haproxy/tandem.cfg,kubernetes/tandem.yaml}; do
		[ -s "$root/$program" ] || fail "it lacks $program"
	done
	cmp -s deploy/systemd/tandem.service "$root/lib/systemd/system/tandem.service" ||
		fail "its unit is another"
}

# Each library that a program asks for comes from a package it depends on.
depends() {
	has_package || return 0
	local needed file package all

	all=$(dpkg-deb -f "$DEB" Depends)
	for needed in $(readelf -dW "$BUILD"/tandem{,-call,-model,-bench} |
		sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u); do
		file=$(ldd "$BUILD"/tandem{,-call,-model,-bench} |
			awk -v so="$needed" '$1 == so { print $3; exit }')
		# Packages know it below /lib or /usr/lib.
		file=$(realpath "${file%/*}")/${file##*/}
		package=$(dpkg -S "$file" "${file#/usr}" 2>/dev/null | sed -n '1s/:.*//p')
		[[ ", $all" == *", ${package:-nothing} "* || ", $all," == *", $package,"* ]] ||
			fail "$needed is of ${package:-no package}, not in: $all"
	done
	[[ ", $all," == *", ca-certificates,"* ]] || fail "no certificates to trust"
}

lints() {
	has_package && needs lintian lintian || return 0
	lintian --allow-root --fail-on error,warning --no-tag-display-limit "$DEB" \
		>"$ROW/lintian" 2>&1 || {
		fail "lintian objects"
		cat "$ROW/lintian" >>"$ROW/why"
	}
}

# Its life on a machine of its own, without one: scripts run outside, with what
# they do aimed at its root.
on_root() {
	dpkg --root="$root" --log="$ROW/dpkg.log" --force-script-chrootless \
		--force-depends --force-not-root --force-confold "$@" >>"$ROW/dpkg" 2>&1 ||
		fail "dpkg $1: $(tail -n 3 "$ROW/dpkg")"
}

life() {
	has_package || return 0
	[ "$EUID" -eq 0 ] || {
		skip "installing belongs to root"
		return 0
	}
	local root=$PWD/$ROW/root

	mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
	: >"$root/var/lib/dpkg/status"
	: >"$root/var/lib/dpkg/available"
	on_root -i "$DEB"
	is_good "$root/usr/bin/tandem" "$root/etc/tandem/tandem.yaml" ||
		fail "what is installed does not run"
	[ ! -e "$root/etc/systemd/system/multi-user.target.wants/tandem.service" ] ||
		fail "it is enabled before it has a key"

	echo "workers: 1" >>"$root/etc/tandem/tandem.yaml"
	on_root -i "$DEB"
	tail -n 1 "$root/etc/tandem/tandem.yaml" | grep -q '^workers: 1' ||
		fail "an upgrade loses the administrator's lines"

	on_root --remove tandem
	[ ! -e "$root/usr/bin/tandem" ] || fail "removed, it is still there"
	[ -e "$root/etc/tandem/tandem.yaml" ] || fail "a removal takes the configuration along"
	on_root --purge tandem
	find "$root" -name '*tandem*' -not -path "$root/var/lib/dpkg/*" >"$ROW/left"
	[ ! -s "$ROW/left" ] || fail "a purge leaves $(tr '\n' ' ' <"$ROW/left")"
}

make_package
row "the package has what it should, and it runs" contents
row "the package depends on every library" depends
row "lintian has no errors and no warnings" lints
row "install, upgrade, remove, purge" life

# --- Manual pages ---

pages=("$BUILD"/man/*.[158])

lint_pages() {
	needs mandoc mandoc || return 0
	[ "${#pages[@]}" -eq 6 ] || fail "these pages: ${pages[*]}"
	# Of pages elsewhere nothing is known.
	mandoc -Tlint -Wwarning "${pages[@]}" >"$ROW/mandoc" 2>&1 ||
		cat "$ROW/mandoc" >>"$ROW/why"
	local page
	for page in "${pages[@]}"; do
		LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>>"$ROW/why" >"$ROW/set"
		[ -s "$ROW/set" ] || fail "$page is empty"
	done
}
row "manual pages: mandoc and man have no warnings" lint_pages

# Found another way than the page was made.
every_key() {
	local key told=0

	for key in $(sed -n 's/^ *\([a-z_0-9]*\):\( .*\)\{0,1\}$/\1/p' deploy/tandem.yaml); do
		grep -qE "^\.It Ic ([a-z_0-9]+\.)*$key( |\$)" "$BUILD/man/tandem.yaml.5" ||
			fail "tandem.yaml(5) has no $key"
		told=$((told + 1))
	done
	[ "$told" -eq "$(grep -c '^\.It Ic' "$BUILD/man/tandem.yaml.5")" ] ||
		fail "$told keys, but another number in tandem.yaml(5)"
}
row "tandem.yaml(5) has every key" every_key

every_option() {
	local page program option

	for page in "$BUILD"/man/*.[18]; do
		program=${page##*/}
		for option in $("$BUILD/${program%.*}" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' |
			grep -oE -- '--[a-z-]+'); do
			grep -qF -- "${option//-/\\-}" "$page" || fail "$program has no $option"
		done
	done
}
row "manual pages have every option of --help" every_option

# --- Examples that others read ---

cluster() {
	sed -n '/^  tandem.yaml: |/,/^---/{s/^    //p}' deploy/kubernetes/tandem.yaml >"$ROW/tandem.yaml"
	[ -s "$ROW/tandem.yaml" ] || fail "the manifests have no configuration"
	is_good "$BUILD/tandem" "$ROW/tandem.yaml" ||
		fail "the manifests' configuration: $(tail -n 3 "$ROW/check")"
}
row "the configuration in the Kubernetes manifests is good" cluster
end
