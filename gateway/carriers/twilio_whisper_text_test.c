#include "gateway/carriers/twilio_whisper_text.h"

#include <errno.h>
#include <string.h>

#include "gateway/carriers/twilio_whispers.h"
#include "tools/testing/check.h"

#define TOKEN "00112233445566778899aabbccddeeff"
#define SID   "CA0123456789abcdef0123456789abcdef"
#define LEG   "CAfedcba9876543210fedcba9876543210"
#define START "w1 {\"call\":\"" SID "\",\"token\":\"" TOKEN "\",\"leg\":"

static struct twilio_whisper_news n;
static char text[TWILIO_WHISPER_LINE_MAX];

static void as_the_header_says(void **state)
{
	(void)state;
	n = (struct twilio_whisper_news){ .call_sid = SID,
					  .token = TOKEN,
					  .leg_sid = LEG,
					  .end = TWILIO_WHISPER_ACCEPTED,
					  .since_ns = INT64_MAX,
					  .words = "Ada, \"the\" invoice\n" };
	const char *wanted =
		START "\"" LEG
		      "\",\"end\":\"accepted\",\"since\":9223372036854775807,"
		      "\"words\":\"Ada, \\\"the\\\" invoice\\n\"}";
	CHECK_EQ(strlen(wanted), twilio_whisper_write(text, &n), "its length");
	CHECK_STR(wanted, text, "known");
	n.is_gone = true;
	twilio_whisper_write(text, &n);
	CHECK_STR("w1 {\"call\":\"" SID "\",\"gone\":true}", text, "over");
	n.is_gone = false;
	strcpy(n.words, "\xff");
	CHECK_EQ(0, twilio_whisper_write(text, &n), "not UTF-8");
}

static void good_ones(void **state)
{
	static const struct {
		const char *text, *leg, *words;
		enum twilio_whisper_end end;
	} row[] = {
		{ START "\"\",\"end\":\"unheard\",\"since\":5,\"words\":\"\"}",
		  "", "", TWILIO_WHISPER_UNHEARD },
		{ START "\"" LEG "\",\"end\":\"heard\",\"since\":5,"
			"\"words\":\"a\"}",
		  LEG, "a", TWILIO_WHISPER_HEARD },
		{ START "\"" LEG "\",\"end\":\"declined\",\"since\":5,"
			"\"words\":\"\\u00e9\",\"gone\":false,\"more\":[1]}",
		  LEG, "\xc3\xa9", TWILIO_WHISPER_DECLINED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *line = row[i].text;
		CHECK_EQ(0, twilio_whisper_read(&n, line, strlen(line)), line);
		CHECK(!n.is_gone, line);
		CHECK_STR(SID, n.call_sid, line);
		CHECK_STR(TOKEN, n.token, line);
		CHECK_STR(row[i].leg, n.leg_sid, line);
		CHECK_STR(row[i].words, n.words, line);
		CHECK_EQ(row[i].end, n.end, line);
		CHECK_EQ(5, n.since_ns, line);
	}
	const char *gone = "w1 {\"call\":\"" SID "\",\"gone\":true,\"leg\":1}";
	CHECK_EQ(0, twilio_whisper_read(&n, gone, strlen(gone)), gone);
	CHECK(n.is_gone, gone);
	CHECK_STR(SID, n.call_sid, gone);
}

static void bad_ones(void **state)
{
	static const char *const row[] = {
		"",
		"w1",
		"w1 ",
		"w2 {\"call\":\"" SID "\",\"gone\":true}",
		"w1 {\"call\":\"" SID "\",\"gone\":true",
		"w1 {\"call\":\"" SID "\",\"gone\":1}",
		"w1 {\"call\":\"" SID "\",\"call\":\"" SID "\",\"gone\":true}",
		"w1 {\"call\":\"CA1\",\"gone\":true}",
		"w1 [\"" SID "\"]",
		"w1 {\"call\":\"" SID "\"}",
		START "\"\",\"end\":\"lost\",\"since\":5,\"words\":\"\"}",
		START "\"\",\"end\":\"\",\"since\":5,\"words\":\"\"}",
		START "\"\",\"end\":\"heard\",\"since\":-5,\"words\":\"\"}",
		START "\"\",\"end\":\"heard\",\"since\":\"5\",\"words\":\"\"}",
		START "\"\",\"end\":\"heard\",\"since\":9223372036854775808,"
		      "\"words\":\"\"}",
		START "\"CA1\",\"end\":\"heard\",\"since\":5,\"words\":\"\"}",
		START "\"\",\"end\":\"heard\",\"since\":5}",
		START "\"\",\"end\":\"heard\",\"since\":5,\"words\":null}",
		START "\"\",\"end\":\"heard\",\"since\":5,\"words\":\"\xff\"}",
		"w1 {\"call\":\"" SID "\",\"token\":\"00\",\"leg\":\"\","
		"\"end\":\"heard\",\"since\":5,\"words\":\"\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(-EBADMSG,
			 twilio_whisper_read(&n, row[i], strlen(row[i])),
			 row[i]);
}

/* Every character escaped; and one more than there may be. */
static void the_longest_words(void **state)
{
	static struct twilio_whisper_news same;

	(void)state;
	n = (struct twilio_whisper_news){ .call_sid = SID,
					  .token = TOKEN,
					  .end = TWILIO_WHISPER_HEARD };
	memset(n.words, '\x01', sizeof(n.words) - 1);
	size_t len = twilio_whisper_write(text, &n);
	CHECK(len > 6 * (CALL_SUMMARY_MAX - 1), "it is told");
	CHECK_EQ(0, twilio_whisper_read(&same, text, len), "and understood");
	CHECK_STR(n.words, same.words, "as it was");
	strcpy(text + len - 2, "x\"}");
	CHECK_EQ(-EBADMSG, twilio_whisper_read(&same, text, len + 1),
		 "too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_header_says),
		cmocka_unit_test(good_ones),
		cmocka_unit_test(bad_ones),
		cmocka_unit_test(the_longest_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
