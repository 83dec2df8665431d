#include "tools/testing/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_find.h"
#include "gateway/ops/config_schema.h"
#include "gateway/ops/config_text.h"

#define EXAMPLE "deploy/tandem.yaml"

static int parse(struct config *c, const char *yaml, char errors[2048])
{
	return config_parse(c, yaml, strlen(yaml), "t.yaml", errors, 2048);
}

static void check_routes(const struct config_failure *f)
{
	const struct config_failure_route *r = f->by_number;

	CHECK_EQ(2, f->by_number_count, "failure.by_number");
	CHECK_STR("+15551234567", r[0].number, "a number");
	CHECK_STR("Later.", r[0].say, "its words");
	CHECK_EQ(CONFIG_THEN_HANGUP, r[0].then, "its end");
	CHECK_STR("", r[0].dial, "as elsewhere");
	CHECK_STR("support", r[1].number, "a bot");
	CHECK_EQ(CONFIG_THEN_AS_ELSEWHERE, r[1].then, "not said");
	CHECK_STR("/srv/b.wav", r[1].prompt, "its apology");
	CHECK_STR("sip:b@c", r[1].dial, "its person");
}

static void check_limits(const struct config_limits *l)
{
	CHECK_EQ(1, l->calls, "calls");
	CHECK_EQ(2, l->calls_per_worker, "calls_per_worker");
	CHECK_EQ(3, l->calls_per_number, "calls_per_number");
	CHECK_EQ(4, l->calls_per_source, "calls_per_source");
	CHECK_EQ(5, l->calls_anonymous, "calls_anonymous");
	CHECK_EQ(1440, l->call_minutes, "call_minutes");
	CHECK_EQ(600, l->warning_seconds, "warning_seconds");
	CHECK_EQ(3, l->silence_seconds, "silence_seconds");
	CHECK_EQ(0, l->silence_asks, "silence_asks");
	CHECK_EQ(60, l->model_silence_seconds, "model_silence_seconds");
	CHECK_EQ(60, l->ring_seconds, "ring_seconds");
	CHECK_EQ(2, l->connections, "connections");
	CHECK_EQ(0, l->connections_per_address, "per_address: 0 will do");
	CHECK_EQ(3, l->handshakes, "handshakes");
	CHECK_EQ(100, l->head_ms, "head_ms");
}

static void check_audiocodes(const struct config_audiocodes *a)
{
	CHECK_EQ(2, a->bot_count, "bots");
	CHECK_STR("first", a->bots[0], "the first");
	CHECK_STR("second.bot", a->bots[1], "the second");
	CHECK_STR("https://id.example.com/", a->oauth.issuer, "issuer");
	CHECK_STR("tandem", a->oauth.audience, "audience");
	CHECK_STR("call.bot", a->oauth.scope, "scope");
	CHECK_STR("https://id.example.com/keys?v=1", a->oauth.jwks, "jwks");
	CHECK(!a->configure && !a->barge_in && !a->dtmf, "the first switches");
	CHECK_EQ(1, a->event_count, "events: one in place of two");
	CHECK_STR("voiceDetected", a->events[0], "events");
	CHECK_STR("", a->events[1], "nothing is left of the default");
	CHECK_EQ(8000, a->no_input_ms, "no_input_ms");
	CHECK_EQ(20, a->no_input_max, "no_input_max");
	CHECK(!a->abort_prompts, "abort_prompts");
	CHECK_EQ(0, a->lead_ms, "lead_ms: 0 will do");
	CHECK(a->marks, "marks");
	CHECK_EQ(600, a->resume_s, "resume_s");
	CHECK_EQ(0, a->answer_after_ms, "answer_after_ms");
	CHECK(!a->outbound_greeting, "outbound_greeting");
	CHECK_EQ(2, a->caller_format_count, "caller_formats");
	CHECK_STR("raw/mulaw", a->caller_formats[0], "in order");
	CHECK_STR("wav/lpcm16", a->caller_formats[1], "in order");
	CHECK_EQ(1, a->play_format_count, "play_formats");
	CHECK_STR("raw/lpcm16_24", a->play_formats[0], "play_formats");
	CHECK_STR("callee", a->participant, "participant");
	CHECK(!a->transfer_notifications, "transfer_notifications");
	CHECK_EQ(2, a->hangup_header_count, "hangup_headers");
	CHECK_STR("X-Case", a->hangup_headers[0].name, "the first");
	CHECK_STR("A 1; é", a->hangup_headers[0].value, "its value");
	CHECK_STR("X-2", a->hangup_headers[1].name, "keys in any order");
	CHECK_STR("v2", a->hangup_headers[1].value, "keys in any order");
	CHECK(a->record_calls, "record_calls");
}

/* Every key away from its default, and each lands where it belongs. */
static void check_outbound(const struct config_outbound *o)
{
	CHECK_STR("AC0123456789abcdef0123456789abcdef", o->account, "account");
	CHECK_STR("+41445556677", o->from, "from");
	CHECK_EQ(CONFIG_MACHINE_MESSAGE, o->machine, "machine");
	CHECK_STR("Please call back.", o->message, "message");
	CHECK_EQ(100, o->per_second, "per_second");
	CHECK_EQ(0, o->per_number_day, "per_number_day");
	CHECK_STR("mon-fri 09:00-18:00", o->hours, "hours");
	CHECK_STR("Europe/Zurich", o->timezone, "timezone");
}

static void takes_every_key(void **state)
{
	(void)state;
	static const char yaml[] =
		"listen: '[::]:0'\n"
		"public_url: https://voice.example.com/tandem/\n"
		"workers: 64\n"
		"tls:\n"
		"  certificates:\n"
		"  - {certificate: /etc/a.pem, key: /etc/a.key}\n"
		"  - {key: /etc/b.key, certificate: /etc/b.pem}\n"
		"proxies: [192.0.2.1, '2001:db8::/32']\n"
		"log:\n"
		"  level: debug\n"
		"  format: json\n"
		"  numbers: full\n"
		"  levels: {main: debug, worker: info, http: warn, tls: error,\n"
		"    twilio: debug, audiocodes: info, call: warn, model: error, admin: debug}\n"
		"admin: {listen: '', token: '${env:ADMIN_TOKEN}'}\n"
		"outbound:\n"
		"  account: AC0123456789abcdef0123456789abcdef\n"
		"  from: '+41445556677'\n"
		"  machine: message\n"
		"  message: Please call back.\n"
		"  per_second: 100\n"
		"  per_number_day: 0\n"
		"  hours: mon-fri 09:00-18:00\n"
		"  timezone: Europe/Zurich\n"
		"twilio:\n"
		"  account_sids:\n"
		"    - AC0123456789abcdef0123456789abcdef\n"
		"    - ACffffffffffffffffffffffffffffffff\n"
		"audiocodes:\n"
		"  bots: [first, second.bot]\n"
		"  oauth:\n"
		"    issuer: https://id.example.com/\n"
		"    audience: tandem\n"
		"    scope: call.bot\n"
		"    jwks: https://id.example.com/keys?v=1\n"
		"  configure: false\n"
		"  barge_in: false\n"
		"  dtmf: false\n"
		"  events: [voiceDetected]\n"
		"  no_input_ms: 8000\n"
		"  no_input_max: 20\n"
		"  abort_prompts: false\n"
		"  lead_ms: 0\n"
		"  marks: true\n"
		"  resume_s: 600\n"
		"  answer_after_ms: 0\n"
		"  outbound_greeting: false\n"
		"  caller_formats: [raw/mulaw, wav/lpcm16]\n"
		"  play_formats: [raw/lpcm16_24]\n"
		"  participant: callee\n"
		"  transfer_notifications: false\n"
		"  hangup_headers:\n"
		"  - {name: X-Case, value: 'A 1; é'}\n"
		"  - {value: v2, name: X-2}\n"
		"  record_calls: true\n"
		"transfer:\n"
		"  targets:\n"
		"  - {name: sales, to: 'tel:+41791234567'}\n"
		"  - {name: Support é, to: 'sips:help@example.com'}\n"
		"model:\n"
		"  url: ws://127.0.0.1:9000/v1/realtime\n"
		"  name: other\n"
		"  ca_file: /etc/ca.pem\n"
		"  connect_timeout_ms: 1000\n"
		"  configure_timeout_ms: 2000\n"
		"  standby: 64\n"
		"agent:\n"
		"  instructions: |\n"
		"    Line one.\n"
		"    Line two.\n"
		"  greeting: ''\n"
		"  voice: cedar\n"
		"  format: pcmu\n"
		"  turns:\n"
		"    type: semantic_vad\n"
		"    threshold: 0.75\n"
		"    prefix_padding_ms: 0\n"
		"    silence_duration_ms: 600\n"
		"    eagerness: high\n"
		"  noise_reduction: far_field\n"
		"  transcription: {model: gpt-transcribe, language: de}\n"
		"  max_output_tokens: 4096\n"
		"  tools: [transfer_call, record_call]\n"
		"  variables: [crmTicket, caller]\n"
		"audio: {lead_ms: 20, append_ms: 40}\n"
		"digits: {gap_ms: 100, terminator: '*', max: 1}\n"
		"failure:\n"
		"  prompt: /srv/sorry.wav\n"
		"  then: dial\n"
		"  dial: '+41791234567'\n"
		"  say: Sorry.\n"
		"  by_number:\n"
		"  - {number: '+15551234567', say: Later., then: hangup}\n"
		"  - {number: support, prompt: /srv/b.wav, dial: 'sip:b@c'}\n"
		"overload:\n"
		"  {then: redirect, say: Busy., dial: '+15550000000',\n"
		"   url: 'https://example.com/busy?a=b'}\n"
		"limits:\n"
		"  {calls: 1, calls_per_worker: 2, calls_per_number: 3,\n"
		"   calls_per_source: 4, calls_anonymous: 5,\n"
		"   call_minutes: 1440, warning_seconds: 600,\n"
		"   silence_seconds: 3, silence_asks: 0,\n"
		"   model_silence_seconds: 60, ring_seconds: 60,\n"
		"   connections: 2, connections_per_address: 0,\n"
		"   handshakes: 3, head_ms: 100}\n";
	struct config c;
	char errors[2048];
	setenv("ADMIN_TOKEN", "bearer", 1);
	int err = parse(&c, yaml, errors);
	CHECK_STR("", errors, "no mistakes");
	CHECK_EQ(0, err, "no mistakes");
	CHECK_STR("[::]:0", c.listen, "listen");
	CHECK_STR("https://voice.example.com/tandem", c.public_url,
		  "public_url, without its last slash");
	CHECK_EQ(64, c.workers, "workers");
	CHECK_EQ(2, c.tls.certificate_count, "tls.certificates");
	CHECK_STR("/etc/a.pem", c.tls.certificates[0].certificate, "the first");
	CHECK_STR("/etc/a.key", c.tls.certificates[0].key, "its key");
	CHECK_STR("/etc/b.pem", c.tls.certificates[1].certificate,
		  "the second");
	CHECK_STR("/etc/b.key", c.tls.certificates[1].key, "keys in any order");
	CHECK_EQ(2, c.proxy_count, "proxies");
	CHECK_STR("192.0.2.1", c.proxies[0], "an address");
	CHECK_STR("2001:db8::/32", c.proxies[1], "a network");
	CHECK_EQ(LOG_DEBUG, c.log.level, "log.level");
	CHECK_EQ(LOG_JSON, c.log.format, "log.format");
	CHECK_EQ(CONFIG_NUMBERS_FULL, c.log.numbers, "log.numbers");
	for (unsigned i = 0; i < LOG_MODULES; i++)
		CHECK_EQ(i % LOG_LEVELS, c.log.levels.of[i],
			 log_module_name(i));
	CHECK_STR("", c.admin.listen, "admin.listen");
	CHECK_STR("bearer", secret_reveal(&c.admin.token), "admin.token");
	check_outbound(&c.outbound);
	CHECK_EQ(2, c.twilio.account_sid_count, "twilio.account_sids");
	CHECK_STR("AC0123456789abcdef0123456789abcdef",
		  c.twilio.account_sids[0], "the first");
	CHECK_STR("ACffffffffffffffffffffffffffffffff",
		  c.twilio.account_sids[1], "the second");
	check_audiocodes(&c.audiocodes);
	CHECK_EQ(2, c.transfer.target_count, "transfer.targets");
	CHECK_STR("sales", c.transfer.targets[0].name, "the first");
	CHECK_STR("tel:+41791234567", c.transfer.targets[0].to, "its number");
	CHECK_STR("Support é", c.transfer.targets[1].name, "the second");
	CHECK_STR("sips:help@example.com", c.transfer.targets[1].to, "its URI");
	CHECK_EQ(CONFIG_TOOL_TRANSFER_CALL | CONFIG_TOOL_RECORD_CALL,
		 c.agent.tools, "tools: these two, and not the default");
	CHECK_EQ(2, c.agent.variable_count, "variables");
	CHECK_STR("crmTicket", c.agent.variables[0], "in order");
	CHECK_STR("caller", c.agent.variables[1], "in order");
	CHECK_STR("ws://127.0.0.1:9000/v1/realtime", c.model.url, "url");
	CHECK_STR("other", c.model.name, "name");
	CHECK_STR("/etc/ca.pem", c.model.ca_file, "ca_file");
	CHECK_EQ(1000, c.model.connect_timeout_ms, "connect_timeout_ms");
	CHECK_EQ(2000, c.model.configure_timeout_ms, "configure_timeout_ms");
	CHECK_EQ(64, c.model.standby, "standby");
	CHECK_STR("Line one.\nLine two.\n", c.agent.instructions,
		  "instructions");
	CHECK_STR("", c.agent.greeting, "greeting");
	CHECK_STR("cedar", c.agent.voice, "voice");
	CHECK_EQ(CONFIG_FORMAT_PCMU, c.agent.format, "format");
	CHECK_EQ(CONFIG_TURNS_SEMANTIC_VAD, c.agent.turns.type, "type");
	CHECK_NEAR(0.75, c.agent.turns.threshold, 0, "threshold");
	CHECK_EQ(0, c.agent.turns.prefix_padding_ms, "prefix_padding_ms");
	CHECK_EQ(600, c.agent.turns.silence_duration_ms, "silence_duration");
	CHECK_EQ(CONFIG_EAGERNESS_HIGH, c.agent.turns.eagerness, "eagerness");
	CHECK_EQ(CONFIG_NOISE_FAR_FIELD, c.agent.noise_reduction, "noise");
	CHECK_STR("gpt-transcribe", c.agent.transcription.model, "model");
	CHECK_STR("de", c.agent.transcription.language, "language");
	CHECK_EQ(4096, c.agent.max_output_tokens, "max_output_tokens");
	CHECK_EQ(20, c.audio.lead_ms, "lead_ms");
	CHECK_EQ(40, c.audio.append_ms, "append_ms");
	CHECK_EQ(100, c.digits.gap_ms, "gap_ms");
	CHECK_STR("*", c.digits.terminator, "terminator");
	CHECK_EQ(1, c.digits.max, "max");
	CHECK_STR("/srv/sorry.wav", c.failure.prompt, "prompt");
	CHECK_EQ(CONFIG_THEN_DIAL, c.failure.then, "then");
	CHECK_STR("+41791234567", c.failure.dial, "dial");
	CHECK_STR("Sorry.", c.failure.say, "say");
	check_routes(&c.failure);
	CHECK_EQ(CONFIG_OVERLOAD_REDIRECT, c.overload.then, "overload.then");
	CHECK_STR("Busy.", c.overload.say, "overload.say");
	CHECK_STR("+15550000000", c.overload.dial, "overload.dial");
	CHECK_STR("https://example.com/busy?a=b", c.overload.url, "its url");
	check_limits(&c.limits);
}

/* As protocols/ip_address_test.c has it, which the gateway reads them with. */
static void tells_blocks(void **state)
{
	static const char *const good[] = {
		"10.0.0.0/8", "192.0.2.1", "192.0.2.1/32",  "0.0.0.0/0",
		"::/0",       "::1",       "2001:db8::/33",
	};
	static const char *const bad[] = {
		"",          "10.0.0.1/8",  "10.0.0.0/33", "::/129",
		"10.0.0.0/", "/8",          "10.0.0.0/-1", "10.0.0.0/8 ",
		"[::1]",     "10.0.0.0:80", "example.com", "10.0.0.0/0008",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK(config_text_is_block(good[i]), good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!config_text_is_block(bad[i]), bad[i]);
}

/* What the file leaves out stays as it was; so does its neighbour. */
static void keeps_defaults(void **state)
{
	(void)state;
	struct config c, expected;
	char errors[2048];
	config_default(&expected);
	CHECK_EQ(0, parse(&c, "# nothing but a comment\n", errors), "comments");
	CHECK(memcmp(&c, &expected, sizeof(c)) == 0, "comments: all defaults");
	CHECK_EQ(0, parse(&c, "agent: {turns: {threshold: 0.25}}\n", errors),
		 "one key");
	expected.agent.turns.threshold = 0.25;
	CHECK(memcmp(&c, &expected, sizeof(c)) == 0, "one key changed");
	CHECK_EQ(0, config_load(&c, NULL, errors, sizeof(errors)), "no file");
	config_default(&expected);
	CHECK(memcmp(&c, &expected, sizeof(c)) == 0, "no file: all defaults");
	CHECK_STR("127.0.0.1:8080", c.listen, "only this machine can call");
	CHECK_EQ(400, c.audio.lead_ms, "as the design says");
}

/* Keys of a shape that may be left empty, where the shape itself may not. */
static void takes_empty_ones(void **state)
{
	static const char *const row[] = {
		"admin: {listen: ''}\n",
		"outbound: {account: ''}\n",
		"outbound: {from: ''}\n",
		"twilio: {rest: {key_sid: ''}}\n",
		"agent: {form: {name: ''}}\n",
		"agent: {keypad: [{keys: '1', hand_off: '', transfer: '', "
		"function: '', end: true}]}\n",
		"routes: [{agent: default, country: '', keypad: [{keys: '1', "
		"hand_off: '', transfer: '', function: '', say: x}]}]\n",
		/* a prompt of an agent's for keys that a route has */
		"agent: {keypad_prompt: a.wav}\n"
		"routes: [{agent: default, keypad: [{keys: '1', end: true}]}]\n",
	};
	struct config c;
	char errors[2048];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(0, parse(&c, row[i], errors), row[i]);
	CHECK(parse(&c, "audiocodes: {bots: ['']}\n", errors), "a word");
	CHECK(parse(&c, "twilio: {account_sids: ['']}\n", errors),
	      "an account");
}

static void takes_words_in_places_of_a_url(void **state)
{
	static const struct {
		const char *url;
		bool is_good;
	} row[] = {
		{ "https://h/?a={{b|no body # é}}&c={d}", true },
		{ "https://h/?a={{b}}", true },
		{ "https://h/?a={{b|c", true }, /* for http_template_check */
		{ "https://h/?a={{b|c d", false },
		{ "https://h/?a={{b|c}} d", false },
		{ "https://h/?a={b c}", false },
		{ "https://h/?a={{b|c\\nd}}", false },
		{ "https://{{b|h}}/", false },
	};
	struct config c;
	char errors[2048], yaml[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		snprintf(yaml, sizeof(yaml),
			 "agent: {functions: [{name: f, description: d, url: "
			 "\"%s\"}]}\n",
			 row[i].url);
		CHECK_EQ(row[i].is_good, parse(&c, yaml, errors) == 0,
			 row[i].url);
	}
}

/* The root of the checkout: tests are run from there, or from below it. */
static const char *find_example(void)
{
	static const char *const path[] = { EXAMPLE, "../" EXAMPLE,
					    "../../" EXAMPLE };
	for (size_t i = 0; i < ARRAY_LEN(path); i++)
		if (access(path[i], R_OK) == 0)
			return path[i];
	fail_msg("%s: not found", EXAMPLE);
	return NULL;
}

/* Every key of a group, and of the groups in it, is in the document. */
static void has_keys(yaml_document_t *document, const char *path,
		     const struct cyaml_schema_field *field)
{
	for (; field->key; field++) {
		char key[128];
		snprintf(key, sizeof(key), "%s%s%s", path, *path ? "." : "",
			 field->key);
		CHECK(config_find_line(document, key), key);
		if (field->value.type == CYAML_MAPPING)
			has_keys(document, key, field->value.mapping.fields);
	}
}

static void example_is_the_defaults(void **state)
{
	(void)state;
	struct config c, expected;
	char errors[2048];
	static char text[65536];
	const char *path = find_example();
	int err = config_load(&c, path, errors, sizeof(errors));
	CHECK_STR("", errors, "the example loads");
	CHECK_EQ(0, err, "the example loads");
	config_default(&expected);
	CHECK(memcmp(&c, &expected, sizeof(c)) == 0,
	      "and changes nothing: it shows the defaults");
	FILE *f = fopen(path, "r");
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	yaml_parser_t parser;
	yaml_document_t document;
	assert_true(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
	assert_true(yaml_parser_load(&parser, &document));
	has_keys(&document, "", config_schema_root.mapping.fields);
	yaml_document_delete(&document);
	yaml_parser_delete(&parser);
}

static void refuses_files(void **state)
{
	(void)state;
	char dir[] = "/tmp/tandem-config-XXXXXX", path[128], expected[256];
	char errors[2048];
	struct config c;
	assert_non_null(mkdtemp(dir));
	CHECK_EQ(-EISDIR, config_load(&c, dir, errors, sizeof(errors)), "dir");
	snprintf(expected, sizeof(expected),
		 "%s: cannot be read: Is a directory", dir);
	CHECK_STR(expected, errors, "a directory");
	snprintf(path, sizeof(path), "%s/t.yaml", dir);
	CHECK_EQ(-ENOENT, config_load(&c, path, errors, sizeof(errors)), "no");
	snprintf(expected, sizeof(expected),
		 "%s: cannot be read: No such file or directory", path);
	CHECK_STR(expected, errors, "a missing file");
	FILE *f = fopen(path, "w");
	for (unsigned i = 0; i < CONFIG_FILE_MAX / 2; i++)
		fputs("#\n", f);
	fclose(f);
	CHECK_EQ(0, config_load(&c, path, errors, sizeof(errors)), "the limit");
	f = fopen(path, "a");
	fputs("#", f);
	fclose(f);
	CHECK_EQ(-EFBIG, config_load(&c, path, errors, sizeof(errors)), "more");
	snprintf(expected, sizeof(expected),
		 "%s: is over 64 KiB, too large for a configuration", path);
	CHECK_STR(expected, errors, "too large");
	if (geteuid() != 0) { /* root may read everything */
		chmod(path, 0);
		CHECK_EQ(-EACCES, config_load(&c, path, errors, sizeof(errors)),
			 "not ours to read");
	}
	unlink(path);
	mkfifo(path, 0600);
	CHECK_EQ(-EINVAL, config_load(&c, path, errors, sizeof(errors)),
		 "a pipe nobody writes to is empty, and does not hang");
	unlink(path);
	rmdir(dir);
}

static void resolves_paths(void **state)
{
	(void)state;
	char dir[] = "/tmp/tandem-config-XXXXXX", path[128], expected[256];
	char errors[2048];
	struct config c;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/t.yaml", dir);
	FILE *f = fopen(path, "w");
	fputs("model: {ca_file: /etc/ca.pem}\n"
	      "failure: {prompt: prompts/sorry.wav}\n"
	      "audiocodes: {oauth: {issuer: i, jwks: keys.json}}\n",
	      f);
	fclose(f);
	CHECK_EQ(0, config_load(&c, path, errors, sizeof(errors)), "loads");
	snprintf(expected, sizeof(expected), "%s/prompts/sorry.wav", dir);
	CHECK_STR(expected, c.failure.prompt, "from the file's directory");
	CHECK_STR("/etc/ca.pem", c.model.ca_file, "absolute stays");
	snprintf(expected, sizeof(expected), "%s/keys.json", dir);
	CHECK_STR(expected, c.audiocodes.oauth.jwks, "so are the keys");
	f = fopen(path, "w");
	fputs("audiocodes: {oauth: {issuer: i, jwks: 'https://i/k'}}\n", f);
	fclose(f);
	CHECK_EQ(0, config_load(&c, path, errors, sizeof(errors)), "loads");
	CHECK_STR("https://i/k", c.audiocodes.oauth.jwks, "a URL stays");
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_key),
		cmocka_unit_test(keeps_defaults),
		cmocka_unit_test(takes_empty_ones),
		cmocka_unit_test(takes_words_in_places_of_a_url),
		cmocka_unit_test(tells_blocks),
		cmocka_unit_test(example_is_the_defaults),
		cmocka_unit_test(refuses_files),
		cmocka_unit_test(resolves_paths),
	};
	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
