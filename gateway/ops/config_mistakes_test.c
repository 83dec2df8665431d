/* What is wrong with a configuration, in words. */
#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/ops/config.h"

static int parse(struct config *c, const char *yaml, char errors[2048])
{
	return config_parse(c, yaml, strlen(yaml), "t.yaml", errors, 2048);
}

/* One mistake a row, and the exact words for it. */
static void names_each_mistake(void **state)
{
	(void)state;
	static const struct {
		const char *yaml;
		const char *errors;
		const char *why;
	} row[] = {
		{ "agent:\n  voise: ash\n",
		  "t.yaml:2: unknown key \"voise\" in agent (did you mean "
		  "\"voice\"?)",
		  "a letter wrong" },
		{ "agentz:\n  voice: ash\n",
		  "t.yaml:1: unknown key \"agentz\" (did you mean \"agent\"?)",
		  "at the top level" },
		{ "Listen: 1.2.3.4:5\n",
		  "t.yaml:1: unknown key \"Listen\" (did you mean \"listen\"?)",
		  "wrong case" },
		{ "voice: ash\n",
		  "t.yaml:1: unknown key \"voice\" (it belongs in agent)",
		  "right key, wrong place" },
		{ "agent:\n  listen: 1.2.3.4:5\n",
		  "t.yaml:2: unknown key \"listen\" in agent (it belongs at "
		  "the top level)",
		  "indented by mistake" },
		{ "agent:\n  eagerness: low\n",
		  "t.yaml:2: unknown key \"eagerness\" in agent (it belongs in "
		  "agent.turns)",
		  "one level deeper" },
		{ "audio:\n  zzz: 1\n",
		  "t.yaml:2: unknown key \"zzz\" in audio (known here: "
		  "lead_ms, append_ms)",
		  "nothing near" },
		{ "model:\n  api_key: sk-1\n",
		  "t.yaml:2: unknown key \"api_key\" in model (secrets are not "
		  "kept in files: set OPENAI_API_KEY in the environment)",
		  "a key in the file, and not repeated" },
		{ "twilio: {auth_token: 1}\n",
		  "t.yaml:1: unknown key \"auth_token\" in twilio (secrets are "
		  "not kept in files: set TWILIO_AUTH_TOKEN in the "
		  "environment)",
		  "a token in the file" },
		{ "# c\n\naudio:\n  lead_ms: 5\n",
		  "t.yaml:4: audio.lead_ms is 5, must be 20 to 2000",
		  "too small" },
		{ "audio: {lead_ms: 2001}\n",
		  "t.yaml:1: audio.lead_ms is 2001, must be 20 to 2000",
		  "too large" },
		{ "audio: {lead_ms: -20}\n",
		  "t.yaml:1: audio.lead_ms is -20, must be 20 to 2000",
		  "negative" },
		{ "audio: {lead_ms: 200ms}\n",
		  "t.yaml:1: audio.lead_ms is \"200ms\", must be a whole "
		  "number, 20 to 2000",
		  "with a unit" },
		{ "audio: {lead_ms: 99999999999999999999}\n",
		  "t.yaml:1: audio.lead_ms is \"99999999999999999999\", must be "
		  "a whole number, 20 to 2000",
		  "more than 64 bits" },
		{ "audio: {lead_ms: 0200}\n",
		  "t.yaml:1: audio.lead_ms is \"0200\", must be a whole number, "
		  "20 to 2000",
		  "octal to some readers" },
		{ "audio: {append_ms: 30}\n",
		  "t.yaml:1: audio.append_ms is 30, must be 20 to 100 and a "
		  "multiple of 20",
		  "not whole frames" },
		{ "agent: {turns: {threshold: 1.5}}\n",
		  "t.yaml:1: agent.turns.threshold is 1.5, must be 0 to 1",
		  "a number out of range" },
		{ "agent: {turns: {threshold: high}}\n",
		  "t.yaml:1: agent.turns.threshold is \"high\", must be a "
		  "number, 0 to 1",
		  "not a number" },
		{ "agent: {turns: {threshold: nan}}\n",
		  "t.yaml:1: agent.turns.threshold is \"nan\", must be a "
		  "number, 0 to 1",
		  "literally not a number" },
		{ "agent: {format: pcm}\n",
		  "t.yaml:1: agent.format is \"pcm\", must be pcm24 or pcmu",
		  "no such word" },
		{ "agent: {format: 1}\n",
		  "t.yaml:1: agent.format is \"1\", must be pcm24 or pcmu",
		  "the number behind a word" },
		{ "log: {level: trace}\n",
		  "t.yaml:1: log.level is \"trace\", must be debug, info, warn "
		  "or error",
		  "no such level" },
		{ "agent: hello\n",
		  "t.yaml:1: agent is a single value, must be a group of keys",
		  "text for keys" },
		{ "agent: [1]\n",
		  "t.yaml:1: agent is a list, must be a group of keys",
		  "a list for keys" },
		{ "agent: {voice: [ash]}\n",
		  "t.yaml:1: agent.voice is a list, must be a single value",
		  "a list for text" },
		{ "agent: {voice: {a: b}}\n",
		  "t.yaml:1: agent.voice is a group of keys, must be a single "
		  "value",
		  "keys for text" },
		{ "twilio: {account_sids: AC1}\n",
		  "t.yaml:1: twilio.account_sids is a single value, must be a "
		  "list",
		  "text for a list" },
		{ "twilio:\n  account_sids:\n    - AC1\n",
		  "t.yaml:3: twilio.account_sids is \"AC1\", must be AC and 32 "
		  "hexadecimal digits",
		  "an entry of a list" },
		{ "twilio: {account_sids: [[x]]}\n",
		  "t.yaml:1: an entry of twilio.account_sids must be text",
		  "a list in a list" },
		{ "agent:\nlisten: 127.0.0.1:1\n",
		  "t.yaml:1: agent has no value; remove it, or indent its keys "
		  "below it",
		  "keys not indented" },
		{ "agent:\n  voice:\n",
		  "t.yaml:2: agent.voice has no value; remove the key for its "
		  "default",
		  "nothing after the colon" },
		{ "agent: {greeting: null}\n",
		  "t.yaml:1: agent.greeting has no value; write \"\" for none, "
		  "or remove the key for its default",
		  "null for none" },
		{ "agent: {voice: \"\"}\n",
		  "t.yaml:1: agent.voice must not be empty",
		  "empty where something is needed" },
		{ "digits:\n  terminator: #\n",
		  "t.yaml:2: digits.terminator has no value; # begins a comment "
		  "unless quoted: \"#\"",
		  "the comment trap" },
		{ "digits: {terminator: x}\n",
		  "t.yaml:1: digits.terminator is \"x\", must be one key of "
		  "0-9 A-D * #, or empty",
		  "not a key of a telephone" },
		{ "digits: {terminator: '##'}\n",
		  "t.yaml:1: digits.terminator has 2 bytes, at most 1 fit",
		  "two keys" },
		{ "listen: 8080\n",
		  "t.yaml:1: listen is \"8080\", must be an address and port, "
		  "like 127.0.0.1:8080 or [::1]:8080",
		  "a port alone" },
		{ "model: {url: https://api.openai.com/v1/realtime}\n",
		  "t.yaml:1: model.url is \"https://api.openai.com/v1/realtime\""
		  ", must be like wss://host/path or ws://host:port/path, "
		  "without ?",
		  "the wrong scheme" },
		{ "public_url: voice.example.com\n",
		  "t.yaml:1: public_url is \"voice.example.com\", must be empty "
		  "or like https://voice.example.com",
		  "no scheme" },
		{ "agent: {transcription: {language: english}}\n",
		  "t.yaml:1: agent.transcription.language is \"english\", must "
		  "be empty or an ISO 639-1 code, like en",
		  "a word for a code" },
		{ "failure: {dial: call me}\n",
		  "t.yaml:1: failure.dial is \"call me\", must be empty, a "
		  "number like +41791234567, or sip:…",
		  "not a number" },
		{ "failure:\n  say: x\n  then: dial\n",
		  "t.yaml:3: failure.then is dial, but failure.dial names no "
		  "number",
		  "two keys that do not agree" },
		{ "failure:\n  by_number:\n  - {number: a}\n  - number: b\n"
		  "    then: dial\n",
		  "t.yaml:5: failure.by_number: then is dial, but neither it "
		  "nor failure.dial names a number",
		  "a route that dials nobody" },
		{ "failure:\n  by_number:\n  - number: a\n  - number: a\n",
		  "t.yaml:4: failure.by_number has \"a\" twice",
		  "two routes for one number" },
		{ "routes:\n- {agent: x, number: a}\n- {agent: default}\n"
		  "- {agent: default, number: b}\n",
		  "t.yaml:2: routes has \"x\", and there is no agent of that "
		  "name\n"
		  "t.yaml:3: routes: this one fits every call, so that those "
		  "behind it are never looked at",
		  "routes that lead nowhere, or everywhere" },
		{ "routes:\n- {number: a}\n",
		  "t.yaml:2: an entry of routes has no \"agent\"",
		  "a route to nobody" },
		{ "routes:\n- {agent: default, hours: 8-18}\n",
		  "t.yaml:2: routes.hours is \"8-18\", must be empty, or like "
		  "mon-fri 08:00-18:00, sat 09:00-12:00",
		  "no hours" },
		{ "routes:\n- {agent: default, hours: '08:00-18:00', timezone: "
		  "Mars/Base}\n",
		  "t.yaml:2: routes.timezone is \"Mars/Base\", must be UTC, or "
		  "a time zone that this system knows, like Europe/Zurich",
		  "nobody's time" },
		{ "routes:\n- {agent: default, number: a, timezone: UTC}\n",
		  "t.yaml:2: routes: timezone is set, but hours is not",
		  "a zone for no hours" },
		{ "routes:\n- {agent: default, number: a, fallback: {then: "
		  "dial}}\n",
		  "t.yaml:2: routes: fallback.then is dial, but neither it nor "
		  "failure.dial names a number",
		  "a fallback to nobody" },
		{ "agent:\n  fallback: {then: dial}\n",
		  "t.yaml:2: agent default: fallback.then is dial, but neither "
		  "it nor failure.dial names a number",
		  "an agent's likewise" },
		{ "agent:\n  keypad:\n  - {keys: '12345', end: true}\n"
		  "  - {keys: 1a, end: true}\n",
		  "t.yaml:3: agent.keypad.keys has 5 bytes, at most 4 fit\n"
		  "t.yaml:4: agent.keypad.keys is \"1a\", must be 1 to 4 keys "
		  "of 0-9 * #, in quotation marks",
		  "keys that are none" },
		{ "agent:\n  keypad:\n  - {keys: '1'}\n"
		  "  - {keys: '2', end: true, say: Bye.}\n",
		  "t.yaml:3: agent.keypad: \"1\" has none of hand_off, "
		  "transfer, say, function and end: it must have one\n"
		  "t.yaml:4: agent.keypad: \"2\" has more than one of "
		  "hand_off, transfer, say, function and end: it must have one",
		  "keys that do nothing, or two things" },
		{ "agent:\n  keypad:\n"
		  "  - {keys: '1', end: true, arguments: '{}'}\n"
		  "  - {keys: '2', function: a b}\n",
		  "t.yaml:4: agent.keypad.function is \"a b\", must be empty, "
		  "or letters, digits and . _ - only",
		  "a function that is none" },
		{ "agent:\n  keypad:\n"
		  "  - {keys: '1', end: true, arguments: '{}'}\n",
		  "t.yaml:3: agent.keypad: \"1\" has arguments, but no "
		  "function",
		  "arguments of nothing" },
		{ "routes:\n"
		  "- agent: default\n"
		  "  keypad:\n"
		  "  - {keys: '1'}\n"
		  "  - {keys: '2', transfer: nobody}\n"
		  "  - {keys: '2', function: f, end: true}\n",
		  "t.yaml:4: routes.0.keypad: \"1\" has none of hand_off, "
		  "transfer, say, function and end: it must have one\n"
		  "t.yaml:5: routes.0.keypad has \"nobody\", and "
		  "transfer.targets has nobody of that name\n"
		  "t.yaml:6: routes.0.keypad: \"2\" has more than one of "
		  "hand_off, transfer, say, function and end: it must have one\n"
		  "t.yaml:6: routes.0.keypad has \"2\" twice",
		  "a route's keys" },
		{ "routes: [{agent: default, keypad: [{keys: 'x', end: true}]}, "
		  "{agent: default, country: ch}]\n",
		  "t.yaml:1: routes.keypad.keys is \"x\", must be 1 to 4 keys "
		  "of 0-9 * #, in quotation marks\n"
		  "t.yaml:1: routes.country is \"ch\", must be empty or an ISO "
		  "3166 code in capitals, like CH",
		  "shapes of a route" },
		{ "agent:\n  keypad_prompt: a.wav\n",
		  "t.yaml:2: agent.keypad_prompt is set, but agent.keypad is "
		  "empty: there is no key to press",
		  "a prompt for nothing" },
		{ "agent:\n  keypad: [{keys: '1', end: true}]\n"
		  "  keypad_prompt_text: Press 1.\n",
		  "t.yaml:3: agent.keypad_prompt_text is set, but "
		  "agent.keypad_prompt is not",
		  "words of no prompt" },
		{ "overload: {then: say}\n",
		  "t.yaml:1: overload.then is say, but overload.say is empty",
		  "nothing to say" },
		{ "overload: {then: dial}\n",
		  "t.yaml:1: overload.then is dial, but overload.dial names no "
		  "number",
		  "nobody to dial" },
		{ "overload: {then: redirect}\n",
		  "t.yaml:1: overload.then is redirect, but overload.url is "
		  "empty",
		  "nowhere to go" },
		{ "overload: {url: 'ftp://a/b'}\n",
		  "t.yaml:1: overload.url is \"ftp://a/b\", must be empty, or "
		  "like https://host/path",
		  "no place for TwiML" },
		{ "limits: {call_minutes: 1, warning_seconds: 60}\n",
		  "t.yaml:1: limits.warning_seconds is no less than "
		  "limits.call_minutes: every call would begin with the "
		  "warning",
		  "a warning at once" },
		{ "limits: {warning_seconds: 60}\n"
		  "agent: {limits: {call_minutes: 1}}\n",
		  "t.yaml:2: agent default: limits.warning_seconds is no less "
		  "than its limits.call_minutes: every call would begin with "
		  "the warning",
		  "an agent's likewise" },
		{ "limits:\n  calls: 1\n  calls: 2\n",
		  "t.yaml:3: limits.calls is already set on line 2", "twice" },
		{ "agent: {}\nlog: {}\nagent: {}\n",
		  "t.yaml:3: agent is already set on line 1",
		  "a whole group twice" },
		{ "agent:\n\tvoice: ash\n",
		  "t.yaml:2: a tab; YAML is indented with spaces", "a tab" },
		{ "agent:\n  voice: ash\n  \tformat: pcmu\n",
		  "t.yaml:3: a tab; YAML is indented with spaces",
		  "a tab after spaces" },
		{ "? [a]\n: b\n", "t.yaml:1: a key must be a word",
		  "a list as a key" },
		{ "- a\n",
		  "t.yaml:1: must be keys with values, like \"listen: "
		  "127.0.0.1:8080\"",
		  "a list at the top" },
		{ "hello\n",
		  "t.yaml:1: must be keys with values, like \"listen: "
		  "127.0.0.1:8080\"",
		  "a word at the top" },
		{ "audio: &a {lead_ms: 100}\nlimits: *a\n",
		  "t.yaml:2: limits has an alias (*name) in it; write the value "
		  "out",
		  "an alias" },
		{ "log: {level: info}\n---\nlog: {level: warn}\n",
		  "t.yaml:3: a second document (after ---); only one is read",
		  "a second document" },
		{ "audiocodes:\n  bots: [a, 'b c']\n",
		  "t.yaml:2: audiocodes.bots is \"b c\", must be letters, "
		  "digits and . _ - only",
		  "a bot that would not fit into a path" },
		{ "audiocodes: {bots: ['']}\n",
		  "t.yaml:1: audiocodes.bots is \"\", must be letters, digits "
		  "and . _ - only",
		  "a bot without a name" },
		{ "audiocodes:\n  bots:\n  - a\n  - b\n  - a\n  - a\n",
		  "t.yaml:5: audiocodes.bots has \"a\" twice\n"
		  "t.yaml:6: audiocodes.bots has \"a\" twice",
		  "a bot twice, and once more" },
		{ "audiocodes: {token: t}\n",
		  "t.yaml:1: unknown key \"token\" in audiocodes (secrets are "
		  "not kept in files: set AUDIOCODES_TOKENS in the "
		  "environment)",
		  "a token in the file: the variable of this carrier" },
		{ "audiocodes: {barge_in: yes}\n",
		  "t.yaml:1: audiocodes.barge_in is \"yes\", must be true or "
		  "false",
		  "one way to write it" },
		{ "audiocodes: {dtmf: flase}\n",
		  "t.yaml:1: audiocodes.dtmf is \"flase\", must be true or "
		  "false",
		  "would be true to a lenient reader" },
		{ "audiocodes: {lead_ms: 50}\n",
		  "t.yaml:1: audiocodes.lead_ms is 50, must be 0 or 100 to "
		  "10000",
		  "between 0 and the least" },
		{ "audiocodes: {lead_ms: 10001}\n",
		  "t.yaml:1: audiocodes.lead_ms is 10001, must be 0 or 100 to "
		  "10000",
		  "over the most" },
		{ "audiocodes: {resume_s: 601}\n",
		  "t.yaml:1: audiocodes.resume_s is 601, must be 0 to 600",
		  "waits too long" },
		{ "audiocodes: {answer_after_ms: 10001}\n",
		  "t.yaml:1: audiocodes.answer_after_ms is 10001, must be 0 to "
		  "10000",
		  "rings too long" },
		{ "audiocodes: {no_input_ms: 60001, no_input_max: 21}\n",
		  "t.yaml:1: audiocodes.no_input_ms is 60001, must be 0 to "
		  "60000\n"
		  "t.yaml:1: audiocodes.no_input_max is 21, must be 0 to 20",
		  "both too large" },
		{ "audiocodes: {caller_formats: [raw/lpcm16_16]}\n",
		  "t.yaml:1: audiocodes.caller_formats is \"raw/lpcm16_16\", "
		  "must be raw/ or wav/, then mulaw, lpcm16_8, lpcm16 or "
		  "lpcm16_24",
		  "16 kHz has no number in its name" },
		{ "audiocodes: {play_formats: [audio/wav]}\n",
		  "t.yaml:1: audiocodes.play_formats is \"audio/wav\", must be "
		  "raw/ or wav/, then mulaw, lpcm16_8, lpcm16 or lpcm16_24",
		  "no such format" },
		{ "audiocodes: {hangup_headers: [X-A]}\n",
		  "t.yaml:1: an entry of audiocodes.hangup_headers must be a "
		  "group of keys",
		  "text for an entry" },
		{ "audiocodes:\n  hangup_headers:\n  - name: X A\n"
		  "    value: \"a\\r\\nb\"\n",
		  "t.yaml:3: audiocodes.hangup_headers.name is \"X A\", must "
		  "be the name of a SIP header, like X-Reason\n"
		  "t.yaml:4: audiocodes.hangup_headers.value is \"a??b\", must "
		  "be one line of text",
		  "a header that would be another" },
		{ "audiocodes:\n  oauth:\n    issuer: https://i\n",
		  "t.yaml:3: audiocodes.oauth.issuer is set, but "
		  "audiocodes.oauth.jwks is not: there are no keys to check a "
		  "token with",
		  "a lock without a key" },
		{ "audiocodes:\n  oauth:\n    jwks: keys.json\n",
		  "t.yaml:3: audiocodes.oauth.jwks is set, but "
		  "audiocodes.oauth.issuer is not: whose tokens are taken must "
		  "be said",
		  "keys of anybody" },
		{ "audiocodes: {oauth: {jwks: 'http://keys.example.com/'}}\n",
		  "t.yaml:1: audiocodes.oauth.jwks is "
		  "\"http://keys.example.com/\", must be empty, a file, or "
		  "like https://host/path",
		  "keys anybody on the way can change" },
		{ "audiocodes: {oauth: {jwks: 'http://127.0.0.1.evil/'}}\n",
		  "t.yaml:1: audiocodes.oauth.jwks is "
		  "\"http://127.0.0.1.evil/\", must be empty, a file, or like "
		  "https://host/path",
		  "not this machine" },
		{ "transfer:\n  targets:\n  - nmae: sales\n"
		  "    to: tel:+41791234567\n",
		  "t.yaml:3: unknown key \"nmae\" in transfer.targets (did you "
		  "mean \"name\"?)\n"
		  "t.yaml:3: an entry of transfer.targets has no \"name\"",
		  "a letter wrong inside an entry" },
		{ "transfer:\n  targets:\n  - name: a\n    to: sip:a@b\n"
		  "  - name: b\n",
		  "t.yaml:5: an entry of transfer.targets has no \"to\"",
		  "a key missing in the second entry" },
		{ "transfer:\n  targets:\n  - {name: a, to: sip:a@b}\n"
		  "  - {name: a, to: sip:c@d}\n",
		  "t.yaml:4: transfer.targets has \"a\" twice",
		  "the model could not tell them apart" },
		{ "transfer: {targets: [{name: a, to: +41791234567}]}\n",
		  "t.yaml:1: transfer.targets.to is \"+41791234567\", must be "
		  "like tel:+41791234567, sip:sales@example.com or "
		  "client:sales",
		  "a bare number" },
		{ "transfer: {targets: [{name: a, to: 'tel:'}]}\n",
		  "t.yaml:1: transfer.targets.to is \"tel:\", must be like "
		  "tel:+41791234567, sip:sales@example.com or client:sales",
		  "nobody" },
		{ "transfer: {targets: [{name: a, to: 'client:'}]}\n",
		  "t.yaml:1: transfer.targets.to is \"client:\", must be like "
		  "tel:+41791234567, sip:sales@example.com or client:sales",
		  "nobody's name" },
		{ "transfer: {whisper: Hello}\n",
		  "t.yaml:1: transfer.whisper is \"Hello\", must be one line of "
		  "text with {{summary}} in it, once",
		  "nobody would know what it is about" },
		{ "transfer: {whisper: '{{summary}} {{summary}}'}\n",
		  "t.yaml:1: transfer.whisper is \"{{summary}} {{summary}}\", "
		  "must be one line of text with {{summary}} in it, once",
		  "it is said twice by itself" },
		{ "transfer: {targets: [{name: '', to: [x]}]}\n",
		  "t.yaml:1: transfer.targets.name must not be empty\n"
		  "t.yaml:1: transfer.targets.to is a list, must be a single "
		  "value",
		  "wrong types inside an entry" },
		{ "transfer:\n  targets:\n  - name: a\n    name: b\n"
		  "    to:\n",
		  "t.yaml:4: transfer.targets.name is already set on line 3\n"
		  "t.yaml:5: transfer.targets.to has no value",
		  "twice inside an entry; and no default to go back to" },
		{ "transfer:\n  targets:\n  -\n",
		  "t.yaml:3: an entry of transfer.targets must be a group of "
		  "keys",
		  "a dash alone" },
		{ "transfer:\n  targets:\n  - &a {name: a, to: sip:a@b}\n"
		  "  - *a\n",
		  "t.yaml:3: transfer.targets has an alias (*name) in it; write "
		  "the value out",
		  "an alias as an entry" },
		{ "transfer:\n  targets:\n  - {&n name: a, to: sip:a@b}\n"
		  "  - {*n : b, to: sip:a@b}\n",
		  "t.yaml:4: transfer.targets has an alias (*name) in it; write "
		  "the value out",
		  "an alias as a key" },
		{ "agent: {tools: [end_call, transfer]}\n",
		  "t.yaml:1: agent.tools is \"transfer\", must be end_call, "
		  "transfer_call, send_dtmf, send_metadata, record_call, "
		  "hand_off, search_knowledge, save_form, collect_digits or "
		  "ask_supervisor",
		  "no such tool" },
		{ "agent: {tools: [save_form]}\n",
		  "t.yaml:1: agent.tools has save_form, but agent.form has no "
		  "name or no fields: there is nothing to save",
		  "a tool without its form" },
		{ "agent: {tools: [save_form], form: {name: a, fields: "
		  "[{name: b, type: text}]}}\n",
		  "t.yaml:1: agent.tools has save_form, but store.path and "
		  "agent.form.webhook.url are empty: there is nowhere to save "
		  "to",
		  "a form nobody keeps" },
		{ "agent: {form: {webhook: {url: \"https://a.b/\"}}}\n",
		  "t.yaml:1: agent.form.webhook.url is set, but "
		  "agent.form.webhook.secret is not: nobody could tell whose "
		  "requests they are",
		  "a webhook nobody can trust" },
		{ "agent: {form: {fields: [{name: b, type: choice}]}}\n",
		  "t.yaml:1: agent.form.fields: b is a choice, but has no "
		  "choices",
		  "a choice without any" },
		{ "agent: {tools: end_call}\n",
		  "t.yaml:1: agent.tools is a single value, must be a list",
		  "one tool is a list, too" },
		{ "agent: {tools: [{end_call: true}]}\n",
		  "t.yaml:1: an entry of agent.tools must be text",
		  "a group for a word" },
		{ "proxies: [10.0.0.0/8, 10.0.0.1/8]\n",
		  "t.yaml:1: proxies is \"10.0.0.1/8\", must be an address or "
		  "a network, like 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32",
		  "bits behind the prefix" },
		{ "tls: {certificates: [{certificate: a.pem}]}\n",
		  "t.yaml:1: an entry of tls.certificates has no \"key\"",
		  "half a pair" },
		{ "limits: {head_ms: 50}\n",
		  "t.yaml:1: limits.head_ms is 50, must be 100 to 60000",
		  "no time at all" },
		{ "twilio: {rest: {key_sid: SK1}}\n",
		  "t.yaml:1: twilio.rest.key_sid is set, but "
		  "twilio.rest.key_secret is not",
		  "half a key" },
		{ "twilio: {rest: {url: api.twilio.com}}\n",
		  "t.yaml:1: twilio.rest.url is \"api.twilio.com\", must be "
		  "empty, or like https://api.twilio.com",
		  "no URL" },
		{ "twilio: {rest: {timeout_ms: 10}}\n",
		  "t.yaml:1: twilio.rest.timeout_ms is 10, must be 500 to "
		  "30000",
		  "no time" },
		{ "transfer: {ring_seconds: 1}\n",
		  "t.yaml:1: transfer.ring_seconds is 1, must be 5 to 600",
		  "it would not ring" },
		{ "digits: {tone_ms: 20}\n",
		  "t.yaml:1: digits.tone_ms is 20, must be 40 to 500",
		  "shorter than any receiver must take" },
		{ "agent:\n  tools: [transfer_call]\n",
		  "t.yaml:2: agent.tools has transfer_call, but "
		  "transfer.targets is empty: there is nobody to transfer to",
		  "a tool with nothing to choose from" },
		{ "agent: {variables: [caller, 'a b']}\n",
		  "t.yaml:1: agent.variables is \"a b\", must be letters, "
		  "digits and . _ - only",
		  "not the name of a variable" },
		{ "", "t.yaml: is empty; for the defaults start without a file",
		  "an empty file" },
		{ " \n\t\n\n",
		  "t.yaml: is empty; for the defaults start without a file",
		  "white space only" },
		{ "agent: {voice: \"a\\0b\"}\n",
		  "t.yaml:1: agent.voice has a NUL character in it", "a NUL" },
		{ "log: {levels: {models: debug, call: loud}}\n",
		  "t.yaml:1: unknown key \"models\" in log.levels (did you "
		  "mean \"model\"?)\n"
		  "t.yaml:1: log.levels.call is \"loud\", must be default, "
		  "debug, info, warn or error",
		  "neither a module nor a level" },
		{ "admin: {listen: 8081}\n",
		  "t.yaml:1: admin.listen is \"8081\", must be empty, or an "
		  "address and port, like 127.0.0.1:8081",
		  "a port alone" },
		{ "outbound: {account: AC1, from: 0791234567, per_second: 0,\n"
		  "  hours: always, machine: say}\n",
		  "t.yaml:1: outbound.account is \"AC1\", must be empty, or "
		  "AC and 32 hexadecimal digits\n"
		  "t.yaml:1: outbound.from is \"0791234567\", must be empty, "
		  "or a number like +41791234567\n"
		  "t.yaml:1: outbound.per_second is 0, must be 1 to 100\n"
		  "t.yaml:2: outbound.hours is \"always\", must be empty, or "
		  "like mon-fri 09:00-18:00\n"
		  "t.yaml:2: outbound.machine is \"say\", must be ignore, "
		  "continue, hangup or message",
		  "nothing of it" },
		{ "outbound: {account: AC0123456789abcdef0123456789abcdef, "
		  "from: '+41445556677'}\ntwilio: {rest: {url: ''}}\n",
		  "t.yaml:1: outbound.from is set, but public_url is not: "
		  "Twilio must be told where to ask\n"
		  "t.yaml:1: outbound.from is set, but twilio.rest.url is "
		  "empty",
		  "calls nobody can place" },
		{ "outbound: {from: '+41445556677', machine: message}\n",
		  "t.yaml:1: outbound.from is set, but outbound.account is "
		  "not\n"
		  "t.yaml:1: outbound.machine is message, but "
		  "outbound.message is empty",
		  "half of it" },
		{ "log: {level: \"\\e[31m\"}\n",
		  "t.yaml:1: log.level is \"?[31m\", must be debug, info, warn "
		  "or error",
		  "a terminal sequence is not repeated" },
		{ "log: {level: 0123456789012345678901234567890123456789xyz}\n",
		  "t.yaml:1: log.level is "
		  "\"0123456789012345678901234567890123456789...\", must be "
		  "debug, info, warn or error",
		  "a long value is cut" },
		{ "agent:\n  voise: a\naudio:\n  lead_ms: 1\n  append_ms: x\n",
		  "t.yaml:2: unknown key \"voise\" in agent (did you mean "
		  "\"voice\"?)\n"
		  "t.yaml:4: audio.lead_ms is 1, must be 20 to 2000\n"
		  "t.yaml:5: audio.append_ms is \"x\", must be a whole number, "
		  "20 to 100 and a multiple of 20",
		  "all of them, not only the first" },
		{ "failure: {then: dial}\nlog: {level: loud}\nagent:\n"
		  "  tools: [transfer_call]\n",
		  "t.yaml:2: log.level is \"loud\", must be debug, info, warn "
		  "or error\n"
		  "t.yaml:1: failure.then is dial, but failure.dial names no "
		  "number\n"
		  "t.yaml:4: agent.tools has transfer_call, but "
		  "transfer.targets is empty: there is nobody to transfer to",
		  "what must fit together is looked at beside other mistakes" },
		{ "failure: {then: dial, dial: me}\ntransfer: {targets: [a]}\n"
		  "agent: {tools: [transfer_call]}\n",
		  "t.yaml:1: failure.dial is \"me\", must be empty, a number "
		  "like +41791234567, or sip:…\n"
		  "t.yaml:2: an entry of transfer.targets must be a group of "
		  "keys",
		  "but what only follows from another mistake is not said" },
		{ "agent: &x {turns: *x}\n",
		  "t.yaml:1: agent.turns has an alias (*name) in it; write the "
		  "value out",
		  "a group in itself" },
		{ "log: [&k agent]\n*k : &x {turns: *x}\n",
		  "t.yaml:1: log is a list, must be a group of keys\n"
		  "t.yaml:2: agent.turns has an alias (*name) in it; write the "
		  "value out",
		  "the same, behind a key that is an alias" },
		{ "tls: &x {certificates: [*x]}\n",
		  "t.yaml:1: tls.certificates has an alias (*name) in it; write "
		  "the value out",
		  "the same by way of a list" },
		{ "tls:\n  certificates:\n  - {certificate: a.pem}\n",
		  "t.yaml:3: an entry of tls.certificates has no \"key\"",
		  "half a certificate" },
		{ "twilio:\n"
		  "  account_sids: [AC0123456789abcdef0123456789abcdef]\n"
		  "  accounts:\n"
		  "  - sid: ACffffffffffffffffffffffffffffffff\n"
		  "    auth_tokens: []\n",
		  "t.yaml:5: twilio.accounts.auth_tokens must not be empty",
		  "an account without a token would be open" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct config c;
		char errors[2048];
		memset(&c, 0x5a, sizeof(c));
		int got = parse(&c, row[i].yaml, errors);
		CHECK_STR(row[i].errors, errors, row[i].why);
		CHECK_EQ(-EINVAL, got, row[i].why);
		CHECK_EQ(0x5a, c.listen[0], "nothing is filled on a mistake");
	}
}

/* Words of libyaml's own: only the line is ours to promise. */
static void places_syntax_errors(void **state)
{
	(void)state;
	static const struct {
		const char *yaml;
		size_t len;
		const char *starts;
		const char *why;
	} row[] = {
		{ "log: {level: info\n", 0,
		  "t.yaml:2: not YAML: ", "a brace not closed" },
		{ "a: b: c\n", 0, "t.yaml:1: not YAML: ", "two colons" },
		{ "log:\n  level: \"info\n", 0,
		  "t.yaml:3: not YAML: ", "a quote not closed" },
		{ "log: *nowhere\n", 0,
		  "t.yaml:1: not YAML: ", "an alias of nothing" },
		{ "log: {level: \xff}\n", 0,
		  "t.yaml: not text in UTF-8: ", "not UTF-8" },
		{ "log: {\0}\n", 9, "t.yaml", "a NUL byte" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct config c;
		char errors[2048];
		size_t len = row[i].len ? row[i].len : strlen(row[i].yaml);
		int got = config_parse(&c, row[i].yaml, len, "t.yaml", errors,
				       sizeof(errors));
		CHECK_EQ(-EINVAL, got, row[i].why);
		if (strncmp(errors, row[i].starts, strlen(row[i].starts)) != 0)
			fail_msg("%s: %s", row[i].why, errors);
	}
}

/* What is no YAML hides only what it stands in. */
static void goes_on_behind_syntax_errors(void **state)
{
	(void)state;
	static const char yaml[] = "listen: nowhere\n"
				   "log: {level: info\n"
				   "agent:\n"
				   "  voise: a\n"
				   "model: 'x\n"
				   "audio: {lead_ms: 1}\n"
				   "digits:\n"
				   "\tmax: 1\n"
				   "limits: {calls: 0}\n";
	static const char *const said[] = {
		"t.yaml:1: listen is \"nowhere\"",
		":8: a tab",
		"t.yaml:4: unknown key \"voise\"",
		"t.yaml:6: audio.lead_ms is 1",
		"t.yaml:9: limits.calls is 0",
	};
	struct config c;
	char errors[4096];
	CHECK_EQ(-EINVAL,
		 config_parse(&c, yaml, strlen(yaml), "t.yaml", errors,
			      sizeof(errors)),
		 "bad");
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		if (!strstr(errors, said[i]))
			fail_msg("%s is not in: %s", said[i], errors);
}

static void counts_what_does_not_fit(void **state)
{
	(void)state;
	char yaml[8192], errors[400];
	size_t n = 0;
	struct config c;
	for (int i = 0; i < 100; i++)
		n += (size_t)snprintf(yaml + n, sizeof(yaml) - n, "zz%d: 1\n",
				      i);
	CHECK_EQ(-EINVAL,
		 config_parse(&c, yaml, n, "t.yaml", errors, sizeof(errors)),
		 "a hundred mistakes");
	const char *last = strrchr(errors, '\n');
	CHECK_STR("\nand 99 more mistakes", last ? last : errors,
		  "one fits, the rest is counted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_each_mistake),
		cmocka_unit_test(places_syntax_errors),
		cmocka_unit_test(goes_on_behind_syntax_errors),
		cmocka_unit_test(counts_what_does_not_fit),
	};
	return cmocka_run_group_tests_name("config_mistakes", tests, NULL,
					   NULL);
}
