#!/bin/bash
# The systemd unit: well formed, as closed as it claims, and the gateway works with
# the system calls it leaves. No systemd runs here: what needs one (the dynamic
# user, credentials, the file system) is not tried.
. "${0%/*}/lib/e2e.bash"
begin unit "${1:-}"
# The service manager's scale of 0 to 10.
EXPOSURE_MAX=1.2

has_systemd() {
	command -v systemd-analyze >/dev/null && return
	skip "systemd-analyze is not installed"
	return 1
}

well_formed() {
	has_systemd || return 0
	local unit

	# What is built, as it is.
	make -s -o programs -o manuals "V=${BUILD##*/}" install PREFIX=/usr KEEP_DEBUG=1 \
		DESTDIR="$PWD/$ROW/root" >"$ROW/install" 2>&1 || fail "$(tail -n 3 "$ROW/install")"
	sed -i "s|/usr/bin/tandem|$PWD/$BUILD/tandem|" \
		"$ROW/root/usr/lib/systemd/system/tandem.service"
	for unit in tandem.service tandem.socket; do
		MANPATH=$PWD/$ROW/root/usr/share/man systemd-analyze verify \
			--recursive-errors=no "$ROW/root/usr/lib/systemd/system/$unit" \
			>"$ROW/verify" 2>&1 || fail "$unit does not verify"
		cat "$ROW/verify" >>"$ROW/why"
	done
}
row "systemd-analyze verify has no objections" well_formed

exposure() {
	has_systemd || return 0
	local score

	score=$(systemd-analyze security --no-pager --offline=true \
		deploy/systemd/tandem.service | sed -n 's/.*exposure level.*: \([0-9.]*\).*/\1/p')
	echo " (it is ${score:-unknown})" >"$ROW/skip"
	awk -v score="${score:-10}" -v max="$EXPOSURE_MAX" \
		'BEGIN { exit !(score + 0 <= max + 0) }' ||
		fail "the exposure is ${score:-unknown}"
}
row "systemd-analyze security: exposure at most $EXPOSURE_MAX" exposure

under_filter() {
	has_systemd || return 0
	case $BUILD-$(uname -m) in
	*/release-x86_64) ;;
	*)
		skip "for the release on amd64 only: sanitizers ask for more"
		return 0
		;;
	esac
	local quick='steps:
- {wait: heard_end, label: greeting}
- {say: caller-thanks}
- {wait: heard_end, label: reply}
- {hangup: true}'

	model model </dev/null
	STANDBY=1 gateway_file gateway <<<"audiocodes: {resume_s: 5}"
	GATEWAYS+=(gateway)
	start gateway tools/testing/as_unit.pl deploy/systemd/tandem.service \
		"$BUILD/tandem" serve -c "$ROW/gateway.yaml" --listen 127.0.0.1:0
	port_of gateway
	# shellcheck disable=SC2034 # for the calls
	VOICE_URL=http://127.0.0.1:$PORT/twilio/voice
	# shellcheck disable=SC2034
	BOT_URL=ws://127.0.0.1:$PORT/audiocodes/tandem
	dial one <<<"$quick"
	dial_bot two <<<"$quick"
	over one
	over two
	kill -USR1 "${PID[gateway]}"
	nap 0.3
	stop gateway "$PATIENCE"
}
row "calls over both carriers with the system calls of the unit" under_filter

# That the row above could fail.
is_closed() {
	has_systemd || return 0
	[ "$(uname -m)" = x86_64 ] || return 0
	{ tools/testing/as_unit.pl deploy/systemd/tandem.service unshare -U true; } 2>/dev/null
	[ $? -eq $((128 + 31)) ] || fail "unshare is not stopped with SIGSYS"
	tools/testing/as_unit.pl deploy/systemd/tandem.service true || fail "true is stopped"
}
row "what the unit forbids is stopped" is_closed
end
