#include "tools/testing/check.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/caller_options.h"
#include "tools/call/vaic_options.h"

#define WORDS_MAX 32

static struct caller_options o;
static struct vaic_call_options v;

/* A command line in one text, cut at the spaces. */
static int read_line(const char *line)
{
	static char text[256];
	static char name[] = "tandem-call";
	char *word[WORDS_MAX + 1] = { name };
	int n = 1;

	strcpy(text, line);
	for (char *w = strtok(text, " "); w; w = strtok(NULL, " "))
		word[n++] = w;
	optind = 0; /* getopt begins anew */
	return caller_options_read(&o, n, word);
}

/* All that is done with it before a call is placed. */
static int take(const char *line, enum caller_carrier carrier)
{
	int err = read_line(line);

	if (!err)
		err = caller_options_settle(&o, carrier);
	if (err || carrier == CALLER_CARRIER_TWILIO)
		return err;
	memset(&v, 0, sizeof(v));
	vaic_options_default(&v.session);
	return caller_options_audiocodes(&o, &v);
}

static int begin(void **state)
{
	(void)state;
	unsetenv("TWILIO_AUTH_TOKEN");
	unsetenv("AUDIOCODES_TOKEN");
	return 0;
}

static void test_defaults(void **state)
{
	(void)state;
	CHECK_EQ(0, take("", CALLER_CARRIER_TWILIO), "nothing is needed");
	CHECK_STR("http://127.0.0.1:8080/twilio/voice", o.url, "Twilio's URL");
	CHECK(!o.auth_token, "nothing is signed");
	CHECK_EQ(0, take("", CALLER_CARRIER_AUDIOCODES), "nor here");
	CHECK_STR("http://127.0.0.1:8080/audiocodes/tandem", v.url,
		  "the bot's URL");
	CHECK_STR("tandem", v.session.bot_name, "its name");
	CHECK(!v.token, "no Authorization header");
	CHECK(v.session.caller && v.session.start.callee,
	      "somebody calls somebody");
	CHECK_EQ(VAIC_FORMATS, v.session.offers, "every format is offered");
	CHECK_EQ(CALLER_CARRIERS, (read_line(""), o.carrier),
		 "the scenario may say who carries");
}

static void test_audiocodes(void **state)
{
	(void)state;
	setenv("AUDIOCODES_TOKEN", "from-the-environment", 1);
	CHECK_EQ(0,
		 take("--carrier audiocodes --bot support --from +331 "
		      "--to +332 --formats raw/mulaw,wav/lpcm16 --barge-in on "
		      "--chunk-ms 60 --header A:1 --header B:2 "
		      "--parameter crm=A-1 --mode validate wss://bot/x?y=1",
		      CALLER_CARRIER_AUDIOCODES),
		 "all of them");
	CHECK_EQ(CALLER_CARRIER_AUDIOCODES, o.carrier, "carrier");
	CHECK_STR("wss://bot/x?y=1", v.url, "the URL as it was given");
	CHECK_STR("from-the-environment", v.token, "token");
	CHECK_STR("support", v.session.bot_name, "bot");
	CHECK_STR("+331", v.session.caller, "from, in session.initiate");
	CHECK_STR("+331", v.session.start.caller, "and in start");
	CHECK_STR("+332", v.session.start.callee, "to");
	CHECK_EQ(2, v.session.offers, "formats");
	CHECK_EQ(VAIC_RAW_MULAW, v.session.offer[0], "in order");
	CHECK_EQ(VAIC_WAV_LPCM16, v.session.offer[1], "in order");
	CHECK(v.session.settings.barge_in, "barge-in");
	CHECK_EQ(60, v.session.chunk_ms, "chunk-ms");
	CHECK_EQ(2, v.headers, "both headers");
	CHECK_STR("B:2", v.header[1], "as they are");
	CHECK_STR("crm", v.session.start.parameter[0].name, "parameter");
	CHECK_STR("A-1", v.session.start.parameter[0].value, "its value");
	CHECK_EQ(VAIC_VALIDATE, v.session.mode, "mode");
	CHECK_EQ(0, take("--mode http-check", CALLER_CARRIER_AUDIOCODES),
		 "the other check");
	CHECK(v.is_http_check, "is no session");
	unsetenv("AUDIOCODES_TOKEN");
}

/* What the scenario says stays, where the command line says nothing. */
static void test_scenario_below(void **state)
{
	(void)state;
	CHECK_EQ(0, read_line("--to +332"), "a callee");
	CHECK_EQ(0, caller_options_settle(&o, CALLER_CARRIER_AUDIOCODES), "ok");
	memset(&v, 0, sizeof(v));
	vaic_options_default(&v.session);
	v.session.caller = "alice";
	v.session.start.callee = "bob";
	v.session.settings.barge_in = true;
	v.session.chunk_ms = 100;
	CHECK_EQ(0, caller_options_audiocodes(&o, &v), "put over it");
	CHECK_STR("alice", v.session.caller, "the scenario's");
	CHECK_STR("+332", v.session.start.callee, "the command line's");
	CHECK(v.session.settings.barge_in, "the scenario's");
	CHECK_EQ(100, v.session.chunk_ms, "the scenario's");
}

static void test_mistakes(void **state)
{
	static const struct {
		enum caller_carrier carrier;
		const char *line, *why;
	} row[] = {
		{ CALLER_CARRIER_TWILIO, "--carrier vonage", "no carrier" },
		{ CALLER_CARRIER_TWILIO, "--token t", "AudioCodes' option" },
		{ CALLER_CARRIER_TWILIO, "--mode call", "even the default" },
		{ CALLER_CARRIER_TWILIO, "ws://a/b", "a webhook is HTTP" },
		{ CALLER_CARRIER_TWILIO, "--stream http://a/b",
		  "and a stream" },
		{ CALLER_CARRIER_TWILIO, "--calls 0", "no calls" },
		{ CALLER_CARRIER_TWILIO, "--calls many", "no number" },
		{ CALLER_CARRIER_TWILIO, "--seed x", "no number" },
		{ CALLER_CARRIER_TWILIO, "--loud", "no option" },
		{ CALLER_CARRIER_TWILIO, "--say a --scenario b",
		  "two scripts" },
		{ CALLER_CARRIER_TWILIO, "--out a --calls 2", "one file" },
		{ CALLER_CARRIER_TWILIO, "http://a http://b", "two URLs" },
		{ CALLER_CARRIER_AUDIOCODES, "--auth-token t", "Twilio's" },
		{ CALLER_CARRIER_AUDIOCODES, "--stream ws://a", "Twilio's" },
		{ CALLER_CARRIER_AUDIOCODES, "ftp://a/b", "no such URL" },
		{ CALLER_CARRIER_AUDIOCODES, "--mode listen", "no mode" },
		{ CALLER_CARRIER_AUDIOCODES, "--mode validate --say a",
		  "a check says nothing" },
		{ CALLER_CARRIER_AUDIOCODES, "--formats raw/opus",
		  "no such format" },
		{ CALLER_CARRIER_AUDIOCODES, "--formats raw/mulaw,",
		  "an empty one" },
		{ CALLER_CARRIER_AUDIOCODES, "--barge-in maybe", "on or off" },
		{ CALLER_CARRIER_AUDIOCODES, "--chunk-ms 30",
		  "no whole frames" },
		{ CALLER_CARRIER_AUDIOCODES, "--chunk-ms 2000", "too long" },
		{ CALLER_CARRIER_AUDIOCODES, "--parameter crm", "no value" },
		{ CALLER_CARRIER_AUDIOCODES, "--parameter =1", "no name" },
		{ CALLER_CARRIER_AUDIOCODES, "--header crm", "no header" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(-EINVAL, take(row[i].line, row[i].carrier),
			 row[i].why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_audiocodes),
		cmocka_unit_test(test_scenario_below),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests_name("caller_options", tests, begin,
					   NULL);
}
