#!/bin/bash
# What testssl.sh (Debian's testssl.sh) finds at the listener: protocols, ciphers,
# forward secrecy, the server's preference, and vulnerabilities.
#
#   testssl.sh BUILD [JSON]
#
# A gateway of its own serves an EC and an RSA certificate of throw-away
# authorities, on this machine. What testssl.sh says of the certificates themselves
# is no finding here, for they are made up: that nobody trusts them, names no
# revocation list for them, and that they live for decades. Prints every finding of
# LOW and worse and their number, and exits 1 when there is one. Takes some minutes.
set -u
build=${1:?usage: testssl.sh BUILD [JSON]}
dir=$(mktemp -d)
json=${2:-$dir/findings.json}
pid=
trap '[ -z "$pid" ] || kill "$pid"; wait; rm -rf "$dir"' EXIT
if ! command -v testssl >/dev/null; then
	echo "SKIPPED: testssl.sh is not installed (tools/setup.sh dev)"
	exit 0
fi

make_cert=$build/tools/testing/make_cert
"$make_cert" "$dir/ec" localhost 127.0.0.1 &&
	"$make_cert" --rsa "$dir/rsa" localhost 127.0.0.1 || exit 2
cat >"$dir/tandem.yaml" <<-END
	model: {url: "ws://127.0.0.1:9/", standby: 0}
	tls:
	  certificates:
	  - {certificate: ec/cert.pem, key: ec/key.pem}
	  - {certificate: rsa/cert.pem, key: rsa/key.pem}
END
"$build/tandem" serve -c "$dir/tandem.yaml" --listen 127.0.0.1:0 \
	>"$dir/out" 2>"$dir/err" &
pid=$!
for _ in {1..100}; do
	port=$(sed -n 's|.*listening on https://.*:\([0-9]*\)$|\1|p' "$dir/out")
	[ -z "$port" ] || break
	sleep 0.1
done
[ -n "$port" ] || { cat "$dir/err" && exit 2; }

rm -f "$json"
testssl --quiet --warnings off --color 0 --ip one --nodns min \
	--protocols --std --fs --server-preference --vulnerable \
	--jsonfile "$json" "127.0.0.1:$port" >"$dir/report" 2>&1
# Its last line; a run that was cut has none.
jq -e 'any(.[]; .id == "scanTime") and any(.[]; .id == "RC4")' "$json" >/dev/null || {
	echo "testssl.sh did not come to its end:"
	tail -n 20 "$dir/report"
	exit 2
}

# What is about the certificate; and what testssl.sh says of itself.
caveats='^cert_|^DNS_CAArecord|^scanTime|^engine_problem'
bad='.[] | select(.severity | IN("LOW", "MEDIUM", "HIGH", "CRITICAL", "WARN", "FATAL"))
	| select(.id | test($caveats) | not)'
jq -r --arg caveats "$caveats" "$bad"' | "\(.severity) \(.id): \(.finding)"' "$json"
n=$(jq --arg caveats "$caveats" "[$bad] | length" "$json")
echo "$(jq length "$json") lines, $n findings of LOW and worse"
[ "$n" -eq 0 ]
