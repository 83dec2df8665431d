#!/bin/bash
# Keypad menus over both carriers: a key hands off, transfers, says something and
# ends the call; what works without a model works with the model's port closed.
. "${0%/*}/lib/e2e.bash"
begin keypad "${1:-}"

quick='timing: {first_delta_ms: [10, 30], delta_ms: [200, 400], speed: 20, pause_ms: [5, 10]}'
targets='transfer: {targets: [{name: sales, to: "tel:+41791234567"}]}'
menu='keypad: [{keys: "1", hand_off: sales}, {keys: "2", transfer: sales}, {keys: "3", say: We are open from nine to five.}, {keys: "*0", end: true}]'

rest_port() {
	future_port 0
	REST=127.0.0.1:$PORT
}

prepare() { # model's responses beside the greeting
	rest_port
	mkdir -p "$ROW/agents"
	echo "instructions: You are sales." >"$ROW/agents/sales.yaml"
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: ["digits:1"]}
		$1
	E
	gateway gateway <<-E
		agents: [agents/sales.yaml]
		agent: {$menu}
		$targets
		twilio: {rest: {url: "http://$REST"}}
	E
}

over_carrier() { # call or call_bot
	case $1 in
	call) call call --rest "$REST" ;;
	*) "$1" call ;;
	esac
}

hands_off() { # call or call_bot
	prepare '- {on: note, say: ["digits:42"]}'
	over_carrier "$1" <<-'E'
		steps:
		- {wait: heard_end, label: greeting}
		- {press: "1"}
		- {wait: heard_end, label: sales}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	log_says gateway "ev=keypad action=hand_off keys=1"
	log_says gateway 'ev=hand_off from=default to=sales intent="a key"'
	model_says "the session becomes sales, which is told before it goes on" model '
		map(select(.dir == "in" and (.type | test("session.update|item.create|response.create")))) |
			(map(.type)[-3:] == ["session.update", "conversation.item.create", "response.create"]) and
			(.[-3].instructions | startswith("You are sales.")) and
			(.[-2].text | startswith("[keypad] The caller pressed 1: you are sales now."))'
}

transfers() { # call or call_bot
	prepare ""
	over_carrier "$1" <<-'E'
		steps:
		- {wait: heard_end, label: greeting}
		- {press: "2"}
		- {wait: hangup}
		expect: {breaches: 0}
	E
	log_says gateway "ev=keypad action=transfer keys=1"
	log_says gateway "ev=ended end=transferred"
	log_lacks gateway 41791234567
}

says_words() { # call or call_bot
	prepare '- {on: note, say: ["digits:2"]}'
	over_carrier "$1" <<-'E'
		steps:
		- {wait: heard_end, label: greeting}
		- {press: "3"}
		- {wait: "1500"}
		- {hangup: true}
		expect: {outcome: caller_hung_up, breaches: 0}
	E
	log_says gateway "ev=keypad action=say keys=1"
	model_says "the words, exactly" model \
		'any(.type == "response.create" and (.instructions // "" | contains("\"We are open from nine to five.\"")))'
}

ends_by_key() { # call or call_bot
	prepare ""
	over_carrier "$1" <<-'E'
		steps:
		- {wait: heard_end, label: greeting}
		- {press: "*0"}
		- {wait: hangup}
		expect: {outcome: hung_up, breaches: 0}
	E
	log_says gateway "ev=keypad action=end keys=2"
	log_says gateway "ev=ended end=keypad"
}

# The session is never configured: it would take five seconds to give it up.
before_the_model() { # call or call_bot
	prepare 'faults: [{fault: never_updated}]'
	over_carrier "$1" <<-'E'
		steps:
		- {wait: "500"}
		- {press: "2"}
		- {wait: hangup}
		expect: {breaches: 0}
	E
	log_says gateway "ev=keypad action=transfer keys=1"
	log_says gateway "ev=ended end=transferred"
	log_lacks gateway state=sorry
}

# Nobody listens where the model should be.
without() { # what the agent has beside the menu
	rest_port
	MODEL_URL=ws://127.0.0.1:1/v1/realtime
	mkdir -p "$ROW/agents"
	echo "instructions: You are sales." >"$ROW/agents/sales.yaml"
	cp test-vectors/speech/digit-7.wav "$ROW/menu.wav"
	gateway gateway <<-E
		agents: [agents/sales.yaml]
		agent: {$menu$1}
		$targets
		twilio: {rest: {url: "http://$REST"}}
	E
}

lonely_transfer() { # call or call_bot
	without ""
	over_carrier "$1" <<-'E'
		steps:
		- {wait: heard_start, label: the apology}
		- {wait: "500"}
		- {press: "1"}
		- {press: "2"}
		- {wait: hangup}
		expect: {breaches: 0}
	E
	log_says gateway 'ev=keypad_undone why="hand_off needs the model" keys=1'
	log_says gateway "ev=keypad action=transfer keys=1"
	log_says gateway "ev=ended end=transferred"
}

menu_waits() { # call or call_bot
	without ", keypad_prompt: menu.wav, keypad_seconds: 10"
	over_carrier "$1" <<-'E'
		steps:
		- {wait: heard_end, label: press 2 for …}
		- {wait: "2500"}
		- {press: "2"}
		- {wait: hangup}
		expect: {breaches: 0}
	E
	log_says gateway "ev=ended end=transferred"
}

nobody_presses() { # call or call_bot
	without ", keypad_prompt: menu.wav, keypad_seconds: 2"
	over_carrier "$1" <<-'E'
		steps:
		- {wait: heard_end, label: press 2 for …}
		- {wait: hangup}
		expect: {breaches: 0}
	E
	log_says gateway "ev=ended end=model_lost"
	says_ms=$(sed -n 's/.*ev=ended end=model_lost .* ms=\([0-9]*\) .*/\1/p' "$ROW/gateway.err")
	[ "${says_ms:-0}" -ge 2000 ] || fail "it did not wait: ${says_ms:-no} ms"
}

# A carrier that speaks the words itself.
says_without_model() {
	without ", keypad_prompt: menu.wav, keypad_prompt_text: Press 3., keypad_seconds: 10"
	call_bot call <<-'E'
		audiocodes: {direct_stt: false, direct_tts: false}
		steps:
		- {wait: "5000"}
		- {press: "3"}
		- {wait: "1000"}
		- {press: "2"}
		- {wait: hangup}
		expect: {breaches: 0}
	E
	call_says "the prompt, then the key's words" call '[.timeline[].text |
		select(startswith("the bot: message"))] ==
			["the bot: message Press 3.", "the bot: message We are open from nine to five."]'
	log_says gateway "ev=ended end=transferred"
}

# A route's keys beside the agent's: 2 is the route's own, 1 hands off, and 4 is
# still there afterwards, with the function of the agent that had the call first.
route_menu() {
	rest_port
	mkdir -p "$ROW/agents"
	cat >"$ROW/agents/desk.yaml" <<-E
		instructions: You are the desk.
		greeting: Say hello.
		keypad: [{keys: "1", hand_off: sales}, {keys: "2", end: true}]
		functions:
		- name: book
		  description: Books.
		  url: $DESK_URL/book
		  parameters: '{"type": "object", "properties": {"seats": {"type": "integer"}}, "required": ["seats"]}'
	E
	echo "instructions: You are sales." >"$ROW/agents/sales.yaml"
	gateway gateway <<-E
		agents: [agents/desk.yaml, agents/sales.yaml]
		routes:
		- agent: desk
		  keypad: [{keys: "2", transfer: sales}, {keys: "4", function: book, arguments: '{"seats": 2}'}]
		$targets
		twilio: {rest: {url: "http://$REST"}}
	E
}

books() { # requests
	desk desk <<-E
		webhooks:
		- path: /book
		  wants: '{"seats":2}'
		  answers: [{delay_ms: 100, body: '{"booked":17}'}]
		  requests: $1
	E
}

routes_keys() { # call or call_bot
	books 2
	model model <<-E
		$quick
		responses:
		- {on: greeting, say: ["digits:1"]}
		- {on: note, say: ["digits:4"]}
		- {on: note, say: ["digits:42"]}
		- {on: note, say: ["digits:5"]}
	E
	route_menu
	over_carrier "$1" <<-'E'
		steps:
		- {wait: heard_end, label: greeting}
		- {press: "4"}
		- {wait: heard_end, label: booked}
		- {press: "1"}
		- {wait: heard_end, label: sales}
		- {press: "4"}
		- {wait: heard_end, label: booked again}
		- {press: "2"}
		- {wait: hangup}
		expect: {breaches: 0}
	E
	log_says gateway "ev=keypad action=function keys=1"
	log_says gateway "ev=tool_done name=book how=answered"
	log_says gateway 'ev=hand_off from=desk to=sales intent="a key"'
	log_says gateway "ev=keypad action=transfer keys=1"
	log_says gateway "ev=ended end=transferred"
	model_says "what the function answered, before the hand-off and after it" model '
		[.[] | select(.dir == "in" and .type == "conversation.item.create") | .text // "" |
			select(startswith("[keypad] The caller pressed 4, which called book. It answered: {\"booked\":17}"))] |
			length == 2'
}

lonely_function() { # call or call_bot
	books 1
	MODEL_URL=ws://127.0.0.1:1/v1/realtime
	route_menu
	over_carrier "$1" <<-'E'
		steps:
		- {wait: heard_start, label: the apology}
		- {wait: "300"}
		- {press: "4"}
		- {wait: "700"}
		- {press: "2"}
		- {wait: hangup}
		expect: {breaches: 0}
	E
	log_says gateway "ev=keypad action=function keys=1"
	log_says gateway "ev=tool_done name=book how=answered"
	log_says gateway "ev=ended end=transferred"
}

explains_keys() {
	DESK_URL=http://127.0.0.1:9
	MODEL_URL=ws://127.0.0.1:1/v1/realtime
	route_menu
	"$BUILD/tandem" route +15551234567 -c "$ROW/gateway.yaml" >"$ROW/out" 2>&1 || fail "status $?"
	diff - "$ROW/out" <<-'E' >>"$ROW/why"
		desk answers: route 0 fits
		key 2: transfer sales (of the route)
		key 4: function book (of the route)
		key 1: hand_off sales (of the agent)
	E
	"$BUILD/tandem" route +1 -c "$ROW/gateway.yaml" --json >"$ROW/out" 2>&1 || fail "status $?"
	says "as JSON" "$ROW/out" '.[0].keypad | map(.keys + .action + .what + .of) ==
		["2transfersalesroute", "4functionbookroute", "1hand_offsalesagent"]'
	"$BUILD/tandem" check --offline --listen 127.0.0.1:0 -c "$ROW/gateway.yaml" >"$ROW/out" 2>&1
	grep -q "routes  *0: any call: desk; keys: 2, 4" "$ROW/out" || fail "check: $(cat "$ROW/out")"
	grep -q "agents  *desk: about .*; keys: 1, 2" "$ROW/out" || fail "check: $(cat "$ROW/out")"
}

for carrier in call call_bot; do
	case $carrier in
	call) over="Twilio" ;;
	*) over="AudioCodes" ;;
	esac
	row "$over: a key hands off" hands_off $carrier
	row "$over: a key transfers" transfers $carrier
	row "$over: a key has the model say something" says_words $carrier
	row "$over: keys end the call" ends_by_key $carrier
	row "$over: a key transfers while the model is connected" before_the_model $carrier
	row "$over: a route's keys come before the agent's and survive a hand-off" routes_keys $carrier
	row "$over: no model: a key of the route's calls a function" lonely_function $carrier
	row "$over: no model: a key transfers out of the apology" lonely_transfer $carrier
	row "$over: no model: the menu's prompt waits for a key" menu_waits $carrier
	row "$over: no model, no key: the call ends as ever" nobody_presses $carrier
done
row "tandem route and tandem check show the keys" explains_keys
row "AudioCodes without sound, no model: a key says something, another transfers" says_without_model
end
