#!/bin/bash
# Calls over AudioCodes VoiceAI Connect whose connection is lost: they are
# resumed where they were heard, by whoever began them, or end.
. "${0%/*}/lib/e2e.bash"
. tools/e2e/lib/bot_socket.bash
# shellcheck disable=SC2119 # optional arguments
begin audiocodes_resume "${1:-}"

quick='timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}'
greets_briefly='responses:
- {on: greeting, say: ["digits:1"]}'
agent='agent: {turns: {silence_duration_ms: 300}}
digits: {gap_ms: 500}'
greeted='- {wait: heard_end, label: greeting}'
speaks='- {say: test-vectors/speech/digit-7.wav}
- {wait: heard_end, label: reply}'
clean="gaps: ..$GAPS, clicks: 0, breaches: 0"

one_session() {
	model_says "one session all along" model \
		'map(select(.type == "session_start")) | length == 1'
}

# --- While somebody speaks ---

# A reply of 3 s. What was lost of it is said again, what was heard is not: the
# caller hears 3 s of it, at most a few frames more or less.
while_model_speaks() { # fault, ms away
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: ["tone:440:500"]}
		- {on: turn, say: ["tone:440:3000"]}
		expect: {sessions: 1, allow_gaps: true}
	E
	gateway gateway <<<"$agent"
	call_bot call <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_start, label: reply}
		- {wait: "700"}
		- {inject: $1, value: $2}
		- {wait: "$(($2 + 3000))"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, gaps: 0, breaches: 0, resumes: 1, resume_audio_ms: ..500, heard_ms: 3400..3600}
	E
	one_session
	log_says gateway ev=resumed
}
row "reset while the model speaks: it goes on where it was heard" while_model_speaks drop_and_resume 300
row "FIN while the model speaks: it goes on where it was heard" while_model_speaks finish_and_resume 300
row "away for 1.5 s while the model speaks" while_model_speaks drop_and_resume 1500
row "second socket while the model speaks: the newest wins" while_model_speaks second_socket 0

while_caller_speaks() { # fault
	model model <<-E
		$quick
		$greets_briefly
		expect: {sessions: 1, allow_gaps: true}
	E
	gateway gateway <<<"$agent"
	call_bot call <<-E
		steps:
		$greeted
		- {inject: $1, value: 200}
		- {say: caller-thanks}
		- {wait: heard_end, label: reply}
		$speaks
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0, resumes: 1, utterances: 3}
	E
	one_session
}
row "reset while the caller speaks: the turn is answered" while_caller_speaks drop_and_resume
row "FIN while the caller speaks: the turn is answered" while_caller_speaks finish_and_resume
row "second socket while the caller speaks: nothing is lost" while_caller_speaks second_socket

again_and_again() {
	model model <<-E
		$quick
		$greets_briefly
		- {on: turn, say: [greeting, greeting]}
		expect: {sessions: 1, allow_gaps: true}
	E
	gateway gateway <<<"$agent"
	call_bot call <<-E
		steps:
		$greeted
		- {say: test-vectors/speech/digit-7.wav}
		- {wait: heard_start, label: reply}
		- {inject: drop_and_resume, value: 100}
		- {wait: "900"}
		- {inject: finish_and_resume, value: 100}
		- {wait: "900"}
		- {inject: second_socket}
		- {wait: heard_end, label: the rest of it}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0, gaps: ..$GAPS, resumes: 3}
	E
	one_session
}
row "lost three times in a reply" again_and_again

# --- While the call ends ---

# The connection is lost in the goodbye, and comes back in it: heard out.
in_the_goodbye() {
	model model <<-E
		$quick
		$greets_briefly
		expect: {allow_gaps: true}
	E
	gateway gateway <<<"$agent"
	call_bot call <<-E
		steps:
		$greeted
		- {press: "0"}
		- {wait: heard_start, label: goodbye}
		- {wait: "600"}
		- {inject: drop_and_resume, value: 200}
		- {wait: hangup}
		expect: {outcome: hung_up, $clean, resumes: 1, cut_ms: 0}
	E
	log_says gateway "ev=ended end=goodbye"
}
row "reset in the goodbye: heard out, then hung up" in_the_goodbye

new_call() {
	CALL=conversation-${ROW##*/}
	open_socket a
	sends a "$(initiate)"
	hears "accepted" a "$is_accepted"
	sends a "$(start_activity)"
	hears "a greeting" a "$has_played"
}
resumed() { # name
	open_socket "$1"
	sends "$1" "$(of_call session.resume)"
	hears "resumed, in the format of before" "$1" \
		'.[0] == {"type": "session.accepted", "mediaFormat": "raw/lpcm16_24"}'
}
hangs_up='any(.[]; .type == "activities" and any(.activities[]; .name == "hangup"))'

# The hangup was sent, but nobody has heard it: it is sent again.
pending_hangup() {
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: ["digits:1"], call: [{name: end_call}]}
	E
	gateway gateway <<<"$agent"
	new_call
	hears "hangup" a "$hangs_up" 5
	drop a
	resumed b
	hears "hangup again" b "$hangs_up"
	hears "nothing is played behind it" b "$has_played | not"
	sends b "$(of_call session.end ',"reasonCode":"bot-disconnected"')"
	closed b 1000 2
}
row "lost behind the hangup: it is sent again" pending_hangup

due_while_away() {
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: ["digits:1", "silence:300", "digits:2"], call: [{name: end_call}]}
	E
	gateway gateway <<<"$agent"
	new_call
	drop a
	nap 2.5
	resumed b
	hears "hangup" b "$hangs_up" 5
	sends b "$(session_end)"
	closed b 1000 2
}
row "the model ends the call while it is away: hung up when it is back" due_while_away

# --- Who may resume, and when ---

plain_gateway() { # audiocodes keys, more
	model model <<<"$quick
expect: {allow_gaps: true}"
	gateway gateway <<<"$agent
audiocodes: {$1}${2:-}"
}
refused() { # name
	hears "conversation not found" "$1" '.[0].type == "session.error" and
		(.[0].reason | contains("not found"))'
	closed "$1" 1000 4
}

resumes_unknown() {
	plain_gateway "resume_s: 1"
	call_bot call <<-E
		steps:
		$greeted
		- {inject: resume_unknown}
		- {wait: hangup}
		expect: {breaches: 0}
	E
	call_says "told why" call '.how | contains("conversation not found")'
	await 3 contains "$ROW/gateway.err" "ev=ended" || fail "the call outlives resume_s"
}
row "an unknown conversation: session.error; the other ends by itself" resumes_unknown

other_principal() {
	export AUDIOCODES_TOKENS=tandem=$AUDIOCODES_TOKEN,tandem=rotated,other=of-the-other
	plain_gateway "bots: [tandem, other]"
	new_call
	drop a
	BOT_URL=${BOT_URL%tandem}other AUDIOCODES_TOKEN=of-the-other open_socket b
	sends b "$(of_call session.resume)"
	refused b
	AUDIOCODES_TOKEN=rotated open_socket c
	sends c "$(of_call session.resume)"
	hears "the bot's next token resumes" c "$is_accepted"
	sends c "$(session_end)"
	closed c 1000 2
}
row "resumed at another bot: refused; with the bot's next token: resumed" other_principal

other_bearer() {
	local keys=$ROW/keys make_jwt=$BUILD/tools/testing/make_jwt

	"$make_jwt" keys "$keys"
	plain_gateway "oauth: {issuer: i, jwks: \"$PWD/$keys/jwks.json\"}"
	AUDIOCODES_TOKEN=$("$make_jwt" sign "$keys" iss=i sub=one)
	new_call
	drop a
	AUDIOCODES_TOKEN=$("$make_jwt" sign "$keys" iss=i sub=two) open_socket b
	sends b "$(of_call session.resume)"
	refused b
	AUDIOCODES_TOKEN=$("$make_jwt" sign "$keys" iss=i sub=one --lifetime 60) open_socket c
	sends c "$(of_call session.resume)"
	hears "a fresh token of the same bearer resumes" c "$is_accepted"
	sends c "$(session_end)"
	closed c 1000 2
}
row "resumed by the bearer of another JWT: refused; with a fresh one: resumed" other_bearer

is_over() {
	trace_has model 'any(.[]; .type == "session_end" and .code == 1000 and .by_client)'
}
never_resumes() { # audiocodes keys, seconds
	plain_gateway "$1"
	call_bot call <<-E
		steps:
		$greeted
		- {inject: no_resume}
		- {wait: hangup}
		expect: {outcome: broken, breaches: 0}
	E
	await "$2" is_over || fail "the model session outlives resume_s"
	log_says gateway "end=carrier_lost"
}
row "never resumed: over after resume_s" never_resumes "resume_s: 1" 3
row "resume_s 0: over at once" never_resumes "resume_s: 0" 1

too_late() {
	plain_gateway "resume_s: 1"
	new_call
	drop a
	await 3 is_over || fail "the call outlives resume_s"
	open_socket b
	sends b "$(of_call session.resume)"
	refused b
}
row "resumed too late: session.error" too_late

# --- What goes on over the new socket ---

oldest_loses() {
	plain_gateway ""
	new_call
	resumed b
	closed a 1000 2
	sends b "$(of_call userStream.start)"
	hears "and answers there" b 'any(.[]; .type == "userStream.started")'
	hears "and plays there, under another id" b "$has_played"
	messages b >"$ROW/b.json"
	says "no stream id is used again" <(messages a | cat - "$ROW/b.json") '
		map(select(.type == "playStream.start").streamId) | length > 1 and unique == .' ||
		messages a | cut -c 1-100 >>"$ROW/why"
	sends b "$(session_end)"
	closed b 1000 2
}
row "the older socket is closed with 1000, streams get new ids" oldest_loses

room_for_them() { # drop: it is known to be away
	plain_gateway "resume_s: 5" "
limits: {calls: 1}"
	new_call
	if [ -n "${1:-}" ]; then
		drop a
		await 2 contains "$ROW/gateway.err" ev=detached
	else
		nap 1.2 # without a word
	fi
	open_socket b
	sends b "$(initiate | jq -c '.conversationId = "another"')"
	hears "no room for another call" b '.[0].type == "session.error"'
	resumed c
	sends c "$(session_end)"
	closed c 1000 2
}
row "limits.calls reached: a call that is away finds room, no new one does" room_for_them drop
row "limits.calls reached: so does one whose socket is silent" room_for_them

end
