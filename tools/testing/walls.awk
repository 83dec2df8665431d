# Do files include only what their room may know? Reads grep -n output of
# #include lines and of calls, prints each breach, exits 1 when there was one.
#
#   walls   rows of "room  room header room …", from lint.sh

function room_of(path, part, n) {
	n = split(path, part, "/")
	if (n > 2 && (part[1] == "gateway" || part[1] == "tools"))
		return part[1] "/" part[2]
	return part[1]
}

function complain(what) {
	print file ":" line ": " what
	bad = 1
}

# The simulators share framing and codecs with the gateway, but write their own
# messages, so that one misreading cannot hide in both.
function is_messages(path) {
	return path ~ /^protocols\/(twilio_|audiocodes_|realtime_|twiml)/
}

function check_own(header, to, allowed, i, n, may) {
	to = room_of(header)
	if (to == room)
		return
	if (!(room in knows)) {
		complain("room " room " is not in the table of tools/testing/lint.sh")
		return
	}
	n = split(knows[room], may, " ")
	for (i = 1; i <= n; i++) {
		if (may[i] == to || may[i] == header || (may[i] ~ /\/\*$/ && index(to "/", substr(may[i], 1, length(may[i]) - 1)) == 1))
			allowed = 1
		if (may[i] == "!messages" && is_messages(header))
			complain(room " must not share message code: " header)
	}
	if (!allowed)
		complain(room " must not know " to ": " header)
}

# Bytes and time come in, bytes and events go out.
function is_pure() {
	return room == "codecs" || room == "protocols" || room == "gateway/call"
}

function check_system(header) {
	if (is_pure() && header ~ /^(uv|sys\/socket|sys\/epoll|sys\/select|netdb|netinet\/.*|poll|pthread|syslog|signal)\.h$/)
		complain(room " must not include <" header ">: no socket, no thread")
	if (room == "gateway/call" && header ~ /^(jansson|time|sys\/time)\.h$/)
		complain(room " must not include <" header ">: no JSON, no clock")
}

BEGIN {
	rows = split(walls, row, "\n")
	for (r = 1; r <= rows; r++) {
		if (split(row[r], word, " ") == 0)
			continue
		rest = row[r]
		sub(/^[^ ]+ */, "", rest)
		knows[word[1]] = rest
	}
}

{
	match($0, /^[^:]+:[0-9]+:/)
	place = substr($0, 1, RLENGTH - 1)
	text = substr($0, RLENGTH + 1)
	file = line = place
	sub(/:.*/, "", file)
	sub(/.*:/, "", line)
	room = room_of(file)
	if (room == "tools/testing")
		next
	if (match(text, /^#include "[^"]+"/))
		check_own(substr(text, 11, RLENGTH - 11))
	else if (match(text, /^#include <[^>]+>/))
		check_system(substr(text, 11, RLENGTH - 11))
	else if (is_pure() && text !~ /^[ \t]*(\/?\*|\/\/)/)
		complain(room " reads no clock and writes no log: " text)
}

END { exit bad }
