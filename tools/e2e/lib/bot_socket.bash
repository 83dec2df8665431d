# A WebSocket to a bot, message by message: for what VoiceAI Connect would never
# do, and to read what the gateway writes as it stands on the wire. Beside
# e2e.bash; nothing here is judged but what a row says.
#
#   open_socket NAME [HEADER…]   upgrade at BOT_URL, with AUDIOCODES_TOKEN
#   sends NAME JSON              one text message
#   hears CLAIM NAME FILTER      jq filter of the list of all messages so far,
#                                true within PATIENCE seconds or as many as are told
#   closed NAME CODE SECONDS     the gateway closes with that code
#   drop NAME                    the connection ends without a close frame
#
# Masked with zeros, which is masked (RFC 6455, 5.3).
# shellcheck disable=SC2034,SC2119 # filters for rows; optional arguments
declare -A SOCKET=() READER=()

open_socket() { # name, more header lines
	local name=$1 fd host=${BOT_URL#ws://} path
	shift
	path=/${host#*/}
	host=${host%%/*}
	exec {fd}<>"/dev/tcp/${host%:*}/${host#*:}" || fail "nobody at $host"
	SOCKET[$name]=$fd
	printf '%s\r\n' "GET $path HTTP/1.1" "Host: $host" "Upgrade: websocket" \
		"Connection: Upgrade" "Sec-WebSocket-Version: 13" \
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" \
		"Authorization: Bearer $AUDIOCODES_TOKEN" "$@" "" >&"$fd"
	read_only "$fd" >"$ROW/$name.raw" &
	READER[$name]=$!
	await $((PATIENCE + 2)) contains "$ROW/$name.raw" $'\r\n\r' 2>/dev/null ||
		fail "the upgrade of $name is not answered"
}

# Nobody else may hold a connection that is to end.
read_only() { # descriptor
	local fd

	for fd in "${SOCKET[@]}"; do
		[ "$fd" = "$1" ] || exec {fd}>&-
	done
	exec cat <&"$1"
}

# opcode with FIN: 81 text, 01 and 80 first and last fragment, 89 ping
frame() { # name, opcode in hex, payload
	local LC_ALL=C n=${#3} size

	if [ "$n" -lt 126 ]; then
		printf -v size '\\x%x' $((128 + n))
	else
		printf -v size '\\xfe\\x%x\\x%x' $((n >> 8)) $((n & 255))
	fi
	# shellcheck disable=SC2059 # the format is the header
	printf "\\x$2$size\\0\\0\\0\\0%s" "$3" >&"${SOCKET[$1]}"
}

sends() { # name, message
	frame "$1" 81 "$2"
}

# What came, a message a line; a close frame is {"close":CODE}.
messages() { # name
	# shellcheck disable=SC2016 # Perl's, not the shell's
	perl -0777 -ne '
		s/^.*?\r\n\r\n//s;
		while (/\G(.)(?:~(..)|\x7f(.{8})|(.))/gcs) {
			my ($op, $n) = (ord($1) & 15,
				defined $2 ? unpack("n", $2) : defined $3 ? unpack("Q>", $3) : ord $4);
			last if length() - pos() < $n;
			my $payload = substr($_, pos(), $n);
			pos() += $n;
			print "$payload\n" if $op == 1;
			print "{\"close\":", unpack("n", $payload) || 1005, "}\n" if $op == 8;
		}' "$ROW/$1.raw"
}

# For filters: all activities in order; a list without what repeats the one
# before.
filters='def events: [.[] | select(.type == "activities").activities[]];
def steps: reduce .[] as $x ([]; if last == $x then . else . + [$x] end);'

heard_already() { # name, filter
	messages "$1" | jq -es "$filters $2" >/dev/null 2>&1
}

hears() { # claim, name, filter
	await "${4:-$PATIENCE}" heard_already "$2" "$3" && return
	fail "not so: $1 ($3)"
	messages "$2" | cut -c 1-240 >>"$ROW/why"
	return 1
}

closed() { # name, code, seconds
	hears "closed with $2" "$1" "last == {\"close\": $2}" "$3"
}

drop() { # name
	local fd=${SOCKET[$1]}

	kill "${READER[$1]}" 2>/dev/null
	exec {fd}>&-
	unset "SOCKET[$1]" "READER[$1]"
}

drop_all() {
	local name

	for name in "${!SOCKET[@]}"; do
		drop "$name"
	done
}

# --- What is said, of a conversation CALL ---

initiate() { # more members, with a comma before each
	echo "{\"type\":\"session.initiate\",\"conversationId\":\"$CALL\"," \
		"\"botName\":\"tandem\",\"caller\":\"+33170000001\"," \
		"\"expectAudioMessages\":true," \
		"\"supportedMediaFormats\":[\"raw/lpcm16_24\"]${1:-}}"
}

of_call() { # type, more members
	echo "{\"type\":\"$1\",\"conversationId\":\"$CALL\"${2:-}}"
}

activity() { # one activity
	of_call activities ",\"activities\":[$1]"
}

start_activity() { # more parameters
	activity "{\"type\":\"event\",\"name\":\"start\",\"parameters\":{\"callee\":\"+33180000042\"${1:-}}}"
}

session_end() {
	of_call session.end ',"reasonCode":"client-disconnected","reason":"Client Side"'
}

is_accepted='any(.[]; .type == "session.accepted")'
has_played='any(.[]; .type == "playStream.chunk")'
