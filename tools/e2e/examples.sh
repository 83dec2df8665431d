#!/bin/bash
# The agents of deploy/agents, each in a call over either carrier: the model's part
# and the caller's are in test-vectors/scenarios, the agent is as it is shipped.
. "${0%/*}/lib/e2e.bash"
begin examples "${1:-}"
ROWS_MAX=4
scenarios=test-vectors/scenarios

play() { # call or call_bot, agent: the call from its greeting to its goodbye
	cp -r "deploy/agents/$2/." "$ROW"
	if [ -e "$scenarios/desk-agent-$2.yaml" ]; then
		desk desk <"$scenarios/desk-agent-$2.yaml"
		sed -i "s|http://127.0.0.1:9080|$DESK_URL|" "$ROW"/*.yaml
	fi
	model model <"$scenarios/model-agent-$2.yaml"
	gateway gateway <"$ROW/tandem.yaml"
	"$1" call <"$scenarios/call-agent-$2.yaml"
	sounds_good call
	log_says gateway "end=goodbye"
	log_lacks gateway "ev=tool_refused"
}

outputs() { # claim, filter of what the functions answered, in order
	model_says "$1" model "map(select(.output).output | fromjson) | $2"
}

asked() { # claim, filter of what the desk was asked
	says "$1" "$ROW/desk.trace" "$2"
}

receptionist() {
	play "$1" receptionist
	outputs "two times are free" '.[0].free | length == 2'
	outputs "one of them is booked" '.[1] == {status: "booked", reference: "H-2210"}'
	outputs "the supervisor has answered" '.[2] | tostring | contains("half of a crown")'
	asked "the calendar once, for a check-up" \
		'map(select(.target | startswith("/appointments"))) | length == 1 and
			(.[0].target | contains("reason=check-up") and contains("from=2030-05-06"))'
	asked "booked once" 'map(select(.target == "/bookings" and .status == 200)) | length == 1'
}
row "Twilio: receptionist: an appointment, and the supervisor asked" receptionist call
row "AudioCodes: receptionist: an appointment, and the supervisor asked" receptionist call_bot

contact_collector() {
	play "$1" contact-collector
	outputs "as it was said, in normal form" \
		'.[0] | tostring | contains("John Smith") and contains("+442079460155")'
	outputs "corrected" '.[1] | tostring | contains("+442079460177")'
	outputs "the address" '.[2] | tostring | contains("john.smith@gmail.com")'
	[ -s "$ROW/contacts.db" ] || fail "nothing was stored"
}
row "Twilio: contact collector: name, number corrected, address" contact_collector call
row "AudioCodes: contact collector: name, number corrected, address" contact_collector call_bot

support_router() {
	play "$1" support-router
	outputs "the invoice of that customer" 'any(.number == "2030-0417")'
	model_says "three agents, one after the other, in one session" model \
		'map(select(.type == "session.update" and .dir == "in")) |
			(map(.session) | unique | length == 1) and
			(map(.instructions) | (.[0] | contains("first voice of Brightline")) and
				(.[1] | contains("colleague for bills")) and
				(.[2] | contains("things that do not work")))'
	asked "by its number" 'any(.target == "/customers/12345678/invoice" and .status == 200)'
}
row "Twilio: support router: bills, then what does not work" support_router call
row "AudioCodes: support router: bills, then what does not work" support_router call_bot

knowledge_desk() {
	play "$1" knowledge-desk
	outputs "the guarantee, and where it stands" \
		'.[0].results[0] | (.text | contains("guarantee of one year")) and
			(.source | contains("Plants that have died"))'
	outputs "what is not written down is not found" '.[1] | .results == []'
}
row "Twilio: knowledge desk: an answer with its source, and none" knowledge_desk call
row "AudioCodes: knowledge desk: an answer with its source, and none" knowledge_desk call_bot

multilingual() {
	play "$1" multilingual
	outputs "noted" '.[0] == {status: "noted"}'
	asked "the reception, once" 'map(select(.target == "/late-arrivals" and .status == 200)) | length == 1'
}
row "Twilio: multilingual: a late arrival" multilingual call
row "AudioCodes: multilingual: a late arrival" multilingual call_bot

# --- As an operator has them ---

are_good() {
	local file

	for file in deploy/agents/*/tandem.yaml; do
		is_good "$BUILD/tandem" "$file" || fail "$file: $(grep -v '^✓' "$ROW/check")"
	done
}
row "tandem check takes every example" are_good
end
