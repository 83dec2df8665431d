#!/bin/bash
# Limits of calls and of time: who is admitted when too many ring, what the others
# get and how soon, what a call hears when its time is up, or nobody talks in it.
. "${0%/*}/lib/e2e.bash"
begin limits "${1:-}"
ROWS_MAX=4

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
vad: {scripted: [{start_ms: 3600000, stop_ms: 3600100}]}'
greets='responses:
- {on: greeting, say: ["digits:1"]}'
clean="gaps: ..$GAPS, clicks: 0, breaches: 0"
greeted='- {wait: heard_end, label: greeting}'
stays="steps:
$greeted
- {wait: \"2500\"}
- {hangup: true}
expect: {outcome: caller_hung_up, $clean, lost_ms: 0}"

# --- Figures of many calls ---

count() { # name, filter of one call's report
	jq -s "[.[] | select(has(\"outcome\") and ($2))] | length" "$ROW/$1.out"
}

is_count() { # number, name, filter, claim
	local n

	n=$(count "$2" "$3")
	[ "$n" -eq "$1" ] || fail "$4: $n, not $1"
}

# The slowest refusal is told, not judged: machines differ, and so does their load.
tells_slowest() { # what, name, figure, filter
	jq -rs "[.[] | select(has(\"outcome\") and ($4)) | .figures.$3] | max |
		\"$1, refused within \(.) ms\"" "$ROW/$2.out" >>"$E2E/figures"
}

# What the caller's side has sent, frame by frame, is what the gateway took.
loses_nothing() { # name, filter of the admitted
	local id frames took

	while read -r id frames; do
		took=$(grep -F "$id" "$ROW/gateway.err" | sed -n 's/.*ev=ended.* caller_ms=\([0-9]*\).*/\1/p')
		# What the simulated carrier converts comes a few samples late.
		[ $((frames * 20 - ${took:-0})) -lt 20 ] ||
			fail "$id sent $frames frames, ${took:-0} ms of them were taken"
	done < <(jq -r "select(has(\"outcome\") and ($2)) |
		\"\(.call_sid // .conversation_id) \(.figures.frames)\"" "$ROW/$1.out")
	for lost in ring_dropped dropped; do
		grep -qE "ev=ended.* $lost=[1-9]" "$ROW/gateway.err" && fail "$lost is not 0"
	done
	is_count 0 "$1" "($2) and .passed == false" "admitted calls that were judged bad"
}

is_up='.outcome == "caller_hung_up"'
many() { # more of the configuration; sessions stand ready where STANDBY says so
	model model --lenient <<<"$quick
$greets
expect: {allow_gaps: true}"
	gateway gateway <<<"workers: 4
$1"
}

# --- 150 % of the cap ---

burst() { # of Twilio's calls
	STANDBY=2 many "limits: {calls: 8}"
	dial call --calls 12 --parallel 12 --rate 1000 --model-trace "$ROW/model.trace" <<<"$stays"
	over call 1
	is_count 8 call "$is_up" "admitted"
	is_count 4 call '.outcome == "busy" and .breaches == []' "refused, busy"
	loses_nothing call "$is_up"
	tells_slowest "12 Twilio calls" call webhook_ms '.outcome == "busy"'
}
row "12 Twilio calls at once, room for 8: exactly 8, which lose nothing" burst

burst_of_bots() {
	STANDBY=2 many "limits: {calls: 8}"
	dial_bot call --calls 12 --parallel 12 --rate 1000 --model-trace "$ROW/model.trace" <<<"$stays"
	over call 1
	is_count 8 call "$is_up" "admitted"
	is_count 4 call '.outcome == "refused" and .figures.upgrade_status == 503' "refused, 503"
	loses_nothing call "$is_up"
	tells_slowest "12 AudioCodes calls" call upgrade_ms '.outcome == "refused"'
}
row "12 AudioCodes calls at once, room for 8: exactly 8, which lose nothing" burst_of_bots

both() {
	STANDBY=2 many "limits: {calls: 8}"
	dial call --calls 6 --parallel 6 --rate 1000 --model-trace "$ROW/model.trace" <<<"$stays"
	dial_bot bots --calls 6 --parallel 6 --rate 1000 --model-trace "$ROW/model.trace" <<<"$stays"
	await 100 has_left call
	await 100 has_left bots
	unset "PID[call]" "PID[bots]"
	[ $(($(count call "$is_up") + $(count bots "$is_up"))) -eq 8 ] ||
		fail "$(count call "$is_up") and $(count bots "$is_up") of 6 and 6, with room for 8"
	loses_nothing call "$is_up"
	loses_nothing bots "$is_up"
}
row "6 calls over each carrier at once, room for 8: exactly 8" both

# However the kernel spreads them: nobody has more, and no room is left unused.
per_worker() {
	many "limits: {calls_per_worker: 2}"
	dial call --calls 12 --parallel 12 --rate 1000 <<<"$stays"
	over call 1
	is_count 8 call "$is_up" "admitted, 2 on each of 4 workers"
}
row "2 calls on each of 4 workers: 8 of 12" per_worker

# --- Whose they are ---

per_number() {
	many "limits: {calls_per_number: 2}"
	dial call --calls 3 --parallel 3 --rate 1000 --to +15550000001 <<<"$stays"
	dial other --calls 2 --parallel 2 --rate 1000 --to +15550000002 <<<"$stays"
	over other
	over call 1
	is_count 2 call "$is_up" "admitted"
	is_count 1 call '.outcome == "busy"' "refused"
	log_says gateway "limits.calls_per_number is reached"
	log_lacks gateway 15550000001
}
row "3 calls to a number with room for 2; 2 to another" per_number

per_bot() {
	AUDIOCODES_TOKENS=tandem=$AUDIOCODES_TOKEN,other=$AUDIOCODES_TOKEN
	many "audiocodes: {bots: [tandem, other]}
limits: {calls_per_number: 2}"
	dial_bot call --calls 3 --parallel 3 --rate 1000 <<<"$stays"
	over call 1
	is_count 2 call "$is_up" "admitted"
	is_count 1 call '.figures.upgrade_status == 503' "refused, 503"
}
row "3 calls to a bot with room for 2" per_bot

per_source() {
	many "limits: {calls_per_source: 1, calls_anonymous: 2}"
	dial call --calls 2 --parallel 2 --rate 1000 --from +15551111111 <<<"$stays"
	dial other --from +15552222222 <<<"$stays"
	dial nobody --calls 3 --parallel 3 --rate 1000 --from +266696687 <<<"$stays"
	over other
	over call 1
	over nobody 1
	is_count 1 call "$is_up" "of one caller"
	is_count 2 nobody "$is_up" "of all who withhold their number"
	log_says gateway "limits.calls_per_source is reached"
	log_says gateway "limits.calls_anonymous is reached"
}
row "one caller with room for 1, those without a number with room for 2" per_source

per_source_bot() {
	many "limits: {calls_per_source: 1}"
	dial_bot call --calls 2 --parallel 2 --rate 1000 <<<"audiocodes: {caller: \"+33170000001\"}
$stays"
	over call 1
	is_count 1 call "$is_up" "of one caller"
	is_count 1 call '.outcome == "refused" or (.how | contains("no room"))' "refused"
}
row "one caller over AudioCodes with room for 1" per_source_bot

# --- What the others get from Twilio ---

overload() { # outcome, what overload says
	many "limits: {calls: 1}
overload: {$2}"
	dial first <<<"$stays"
	await 5 contains "$ROW/gateway.err" state=up
	call second <<-X
		steps: [{wait: hangup}]
		expect: {outcome: $1, breaches: 0}
	X
	over first
	call third <<<"$stays"
}
row "full: a busy tone, and room again" overload busy "then: reject"
row "full: words" overload hung_up "then: say, say: 'All lines are busy & so.'"
row "full: a person" overload dialled "then: dial, say: Hold on., dial: '+15554445555'"

elsewhere() {
	# shellcheck disable=SC2016 # Perl's, not the shell's
	start twiml perl -MIO::Socket::INET -e '
		my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1:0");
		my $text = "<Response><Say>Busy.</Say><Hangup/></Response>";
		$| = 1;
		$SIG{TERM} = sub { exit 0 };
		print "listening on http://127.0.0.1:", $server->sockport, "\n";
		while (my $peer = $server->accept) {
			while (<$peer>) { last if /^\r\n/ }
			print $peer "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n",
				"Content-Length: ", length $text, "\r\nConnection: close\r\n\r\n", $text;
		}'
	port_of twiml
	overload hung_up "then: redirect, url: 'http://127.0.0.1:$PORT/busy?a=1&b=2'"
}
row "full: the TwiML of another address" elsewhere

# --- Time ---

# A minute, of which the caller is told after 15 s.
time_is_up() { # call or call_bot
	model model <<-X
		$quick
		responses:
		- {on: greeting, say: ["digits:1"]}
		- {on: note, say: ["digits:45"]}
		- {on: note, say: [goodbye]}
		expect: {half_duplex: true}
	X
	gateway gateway <<<"limits: {call_minutes: 1, warning_seconds: 45, silence_seconds: 0}"
	"$1" call <<-X
		steps:
		$greeted
		- {wait: heard_end, label: warning, timeout_ms: 25000}
		- {wait: heard_end, label: goodbye, timeout_ms: 60000}
		- {wait: hangup}
		expect: {outcome: hung_up, cut_ms: 0, $clean, duration_ms: 60000..70000}
	X
	log_says gateway "ev=time_warning"
	log_says gateway "state=last_words"
	log_says gateway "end=too_long"
}
row "Twilio: warned, and ended with a goodbye" time_is_up call
row "AudioCodes: warned, and ended with a goodbye" time_is_up call_bot

nobody_talks() { # call or call_bot, who says how long
	model model <<-X
		$quick
		responses:
		- {on: greeting, say: ["digits:1"]}
		- {on: note, say: ["digits:2"]}
		- {on: note, say: ["digits:3"]}
		- {on: any, say: [goodbye]}
		expect: {half_duplex: true}
	X
	gateway gateway <<<"$2"
	"$1" call <<-X
		steps:
		$greeted
		- {wait: heard_end, label: asked}
		- {wait: heard_end, label: asked again}
		- {wait: heard_end, label: goodbye}
		- {wait: hangup}
		expect: {outcome: hung_up, utterances: 4, cut_ms: 0, $clean}
	X
	log_says gateway "end=no_input"
}
short='limits: {silence_seconds: 3}'
row "Twilio: a silent caller is asked twice, then it ends" nobody_talks call "$short"
row "AudioCodes: a silent caller is asked twice, then it ends" nobody_talks call_bot "$short"
row "Twilio: the same where only the agent says so" nobody_talks call "agent: {$short}"

# Nothing comes after the second response.created; a person takes the call.
model_is_silent() { # call or call_bot, number, outcome, fallback of the agent
	model model --lenient <<-X
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
		$greets
		faults:
		- {fault: stall, at: response, number: 2}
	X
	gateway gateway <<-X
		agent: {turns: {silence_duration_ms: 300}, fallback: $4}
		limits: {model_silence_seconds: 2}
		failure:
		  by_number:
		  - {number: "$2", then: $([ "$4" = "{}" ] && echo 'dial, dial: "+15554445555"' || echo hangup)}
	X
	"$1" call --to "$2" <<-X
		steps:
		$greeted
		- {say: caller-question}
		- {wait: heard_end, label: apology, timeout_ms: 30000}
		- {wait: hangup}
		expect: {outcome: $3, breaches: 0}
	X
	log_says gateway "ev=model_lost"
}
row "Twilio: a silent model: the apology, then a person" model_is_silent call +15550001111 dialled "{}"
row "Twilio: the person whom the agent names" model_is_silent call +15550001111 dialled '{dial: "+15554445555"}'

bot_is_silent() {
	call_bot_to() { # the bot's name stands for the number
		call_bot "$1" <<<"$(cat)"
	}
	model_is_silent call_bot_to tandem transferred "$1"
}
row "AudioCodes: a silent model: the apology, then a person" bot_is_silent "{}"
row "AudioCodes: the person whom the agent names" bot_is_silent '{dial: "+15554445555"}'

# --- Who may call ---

guesses() {
	many ""
	call call <<-X
		steps:
		- {inject: replay_token}
		$greeted
		- {hangup: true}
		expect: {outcome: caller_hung_up, replay_status: 403, $clean}
	X
	start guessed "$BUILD/tandem-call" --json --stream \
		"ws://127.0.0.1:${PORT}/twilio/media/00112233445566778899aabbccddeeff"
	leaves guessed 1 10
	call_says "a guessed path is refused before the 101" guessed '.figures.upgrade_status == 403'
	log_says gateway "the stream's ticket is unknown, used or expired"
}
row "a media path, replayed or guessed: 403 before the 101" guesses

# The operator is told what is wrong, and the request is refused all the same.
explains() { # words of the log, public_url, curl's arguments
	many "public_url: $2"
	local url=$VOICE_URL sid=CA0123456789abcdef0123456789abcdef signature
	signature=$(printf '%sCallSid%s' "$3" "$sid" |
		openssl dgst -sha1 -hmac "$TWILIO_AUTH_TOKEN" -binary | base64)
	[ "$(http_status -H "X-Twilio-Signature: $signature" -d "CallSid=$sid" "${@:4}" "$url")" = 403 ] ||
		fail "not refused"
	log_says gateway "$1"
	log_lacks gateway "$signature"
}
row "signed for another scheme: refused, and told" explains "set public_url" \
	http://gw.example.net https://gw.example.net/twilio/voice
row "signed for what a proxy tells: refused, and told" explains "add it to proxies" \
	'""' https://gw.example.net/twilio/voice -H "X-Forwarded-Host: gw.example.net"

# Behind the rows, whose figures these are.
tell_figures() {
	sort -u "$E2E/figures" 2>/dev/null | sed 's/^/# /'
}
trap 'tell_figures; kill_all' EXIT
end
