#!/bin/sh
# The Debian package of what is built: build/tandem_VERSION_ARCH.deb, and its
# debug symbols beside it. deploy/debian is staged below build/, as packaging
# tools want it at the top of a tree.
#
#   package.sh VERSION        as "git describe" says it (make package)
#
#   DEBFULLNAME, DEBEMAIL     who stands behind it
set -eu
version=${1:?usage: package.sh VERSION}
: "${SOURCE_DATE_EPOCH:?the time of the sources, in seconds (make package)}"
cd "$(dirname "$0")/.."
top=$PWD
stage=build/package/tandem

# v1.2 is 1.2, three commits later 1.2+3.gHASH; before the first release the time
# tells which is newer.
debian_version() {
	case $1 in
	v[0-9]*)
		echo "${1#v}" |
			sed 's/-dirty$/+dirty/; s/-\([0-9]*\)-g/+\1.g/; s/-/~/g'
		;;
	*)
		date -u -d "@$SOURCE_DATE_EPOCH" "+0~git%Y%m%d.%H%M%S.$1" |
			sed 's/-/+/g'
		;;
	esac
}

command -v dh >/dev/null || {
	echo "package.sh: debhelper is missing (make setup)" >&2
	exit 1
}
version=$(debian_version "$version")
rm -rf build/package
mkdir -p "$stage"
cp -r deploy/debian "$stage/debian"
cat >"$stage/debian/changelog" <<-E
	tandem ($version) unstable; urgency=medium

	  * What is new is in /usr/share/doc/tandem/CHANGELOG.md.gz.

	 -- ${DEBFULLNAME:-Tandem maintainers} <${DEBEMAIL:-maintainers@tandem.example}>  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
	E
cd "$stage"
# Nobody need be root: dpkg-deb is told who owns the files.
TANDEM=$top DEB_RULES_REQUIRES_ROOT=no LC_ALL=C.UTF-8 debian/rules binary \
	>../log 2>&1 || {
	cat ../log >&2
	exit 1
}
cd "$top"
rm -f build/tandem_*.deb build/tandem-dbgsym_*.deb
mv build/package/*.*deb build/
ls build/tandem_"$version"_*.deb
