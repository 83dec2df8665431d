#include "tools/testing/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ops/log.h"

/* A log that writes into a pipe, and what came out of it. */
struct sink {
	int read_fd;
	struct log log;
	char got[4 * LOG_LINE_MAX];
};

static void sink_open(struct sink *s, enum log_level level)
{
	int fds[2];
	assert_int_equal(0, pipe(fds));
	s->read_fd = fds[0];
	log_open(&s->log, fds[1], level);
	s->log.style = LOG_JOURNAL; /* a prefix that does not tell the time */
}

static const char *sink_close(struct sink *s)
{
	close(s->log.fd);
	ssize_t n = read(s->read_fd, s->got, sizeof(s->got) - 1);
	close(s->read_fd);
	assert_true(n >= 0);
	s->got[n] = '\0';
	return s->got;
}

static void escapes_values(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t len;
		const char *line;
		const char *why;
	} row[] = {
		{ "timeout", 7, "<6>module=main ev=x v=timeout\n",
		  "a word stands bare" },
		{ "a.b/c:d-e_f", 11, "<6>module=main ev=x v=a.b/c:d-e_f\n",
		  "a path too" },
		{ "two words", 9, "<6>module=main ev=x v=\"two words\"\n",
		  "a space" },
		{ "", 0, "<6>module=main ev=x v=\"\"\n", "empty" },
		{ "a=b", 3, "<6>module=main ev=x v=\"a=b\"\n",
		  "looks like a field" },
		{ "say \"hi\"", 8, "<6>module=main ev=x v=\"say \\\"hi\\\"\"\n",
		  "quotes" },
		{ "a\\b", 3, "<6>module=main ev=x v=\"a\\\\b\"\n",
		  "backslash" },
		{ "a\nev=fake", 9, "<6>module=main ev=x v=\"a\\nev=fake\"\n",
		  "no line of its own" },
		{ "a\r\tb", 4, "<6>module=main ev=x v=\"a\\r\\tb\"\n",
		  "CR and tab" },
		{ "\033[2J", 4, "<6>module=main ev=x v=\"\\x1b[2J\"\n",
		  "terminal sequence" },
		{ "a\0b", 3, "<6>module=main ev=x v=\"a\\x00b\"\n",
		  "a NUL inside" },
		{ "\x7f", 1, "<6>module=main ev=x v=\"\\x7f\"\n", "DEL" },
		{ "\xc3\xa9", 2, "<6>module=main ev=x v=\"\\xc3\\xa9\"\n",
		  "not ASCII" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct sink s;
		struct log_line l;
		sink_open(&s, LOG_INFO);
		log_begin(&l, &s.log, LOG_INFO, "x");
		log_bytes(&l, "v", row[i].text, row[i].len);
		log_end(&l);
		CHECK_STR(row[i].line, sink_close(&s), row[i].why);
	}
}

/* A value of any length, of characters that need 1 and 4 bytes: never over
 * LOG_VALUE_MAX, and marked when anything is missing. */
static void cuts_values(void **state)
{
	(void)state;
	for (size_t len = 0; len < 2 * LOG_VALUE_MAX; len++) {
		for (int wide = 0; wide < 2; wide++) {
			struct sink s;
			char text[2 * LOG_VALUE_MAX];
			memset(text, wide ? '\x01' : 'a', len);
			text[len] = '\0';
			sink_open(&s, LOG_INFO);
			log_event(&s.log, LOG_INFO, "x", "v", text, NULL);
			const char *value = strstr(sink_close(&s), " v=") + 3;
			size_t quotes = *value == '"' ? 2 : 0;
			size_t shown = strlen(value) - 1 - quotes;
			bool is_cut = strstr(value, "...") != NULL;
			size_t needed = wide ? 4 * len : len;
			CHECK_EQ(needed > LOG_VALUE_MAX, is_cut, "marked");
			if (is_cut)
				CHECK(shown <= LOG_VALUE_MAX &&
					      shown >= LOG_VALUE_MAX - 6,
				      "cut no more than needed");
			else
				CHECK_EQ(needed, shown, "whole");
		}
	}
}

static void cuts_lines(void **state)
{
	(void)state;
	struct sink s;
	struct log_line l;
	char text[LOG_VALUE_MAX + 1];
	memset(text, 'a', LOG_VALUE_MAX);
	text[LOG_VALUE_MAX] = '\0';
	sink_open(&s, LOG_INFO);
	log_begin(&l, &s.log, LOG_INFO, "x");
	for (int i = 0; i < 20; i++)
		log_text(&l, "v", text);
	log_number(&l, "n", 1);
	log_end(&l);
	log_event(&s.log, LOG_INFO, "next", NULL);
	const char *got = sink_close(&s);
	const char *end = strchr(got, '\n');
	CHECK(end && end - got < LOG_LINE_MAX, "one line, bounded");
	CHECK(strncmp(end - 5, "a ...", 5) == 0, "marked");
	CHECK(!strstr(got, "n=1"), "nothing after the cut");
	CHECK_STR("<6>module=main ev=next\n", end + 1,
		  "the next line is whole");
}

static void carries_context(void **state)
{
	(void)state;
	struct sink s;
	struct log call, leg, deep;
	sink_open(&s, LOG_INFO);
	log_child(&call, &s.log, "call", "CA12");
	log_child(&leg, &call, "leg", "the model");
	log_event(&leg, LOG_WARN, "lost", "why", "timeout", "code", NULL, NULL);
	log_event(&call, LOG_ERROR, "over", NULL);
	deep = leg;
	for (int i = 0; i < 100; i++) {
		struct log parent = deep;
		log_child(&deep, &parent, "k", "abcdefgh");
	}
	CHECK(strlen(deep.context) < LOG_CONTEXT_MAX, "bounded");
	CHECK_STR(
		"<4>module=main call=CA12 leg=\"the model\" ev=lost why=timeout code=-\n"
		"<3>module=main call=CA12 ev=over\n",
		sink_close(&s), "context first, then the event");
}

static void long_context(void **state)
{
	(void)state;
	struct sink s;
	struct log call, leg;
	char id[129];
	sink_open(&s, LOG_INFO);
	memset(id, '\x01', sizeof(id) - 1);
	id[128] = '\0';
	log_child(&call, &s.log, "call", id);
	log_child(&leg, &call, "leg", "audiocodes");
	log_event(&leg, LOG_WARN, "x", NULL);
	const char *got = sink_close(&s);
	CHECK(strncmp(got, "<4>module=main call=\"\\x01", 25) == 0,
	      "its beginning");
	CHECK(strstr(got, "...\" leg=audiocodes ev=x\n"), "and who says it");
}

static void numbers_and_phones(void **state)
{
	(void)state;
	struct sink s;
	struct log_line l;
	sink_open(&s, LOG_DEBUG);
	log_begin(&l, &s.log, LOG_DEBUG, "x");
	log_number(&l, "a", INT64_MIN);
	log_number(&l, "b", 0);
	log_phone(&l, "from", "+41791234567");
	log_words(&l, "why", "0791234567 left");
	log_end(&l);
	CHECK_STR(
		"<7>module=main ev=x a=-9223372036854775808 b=0 from=+41*******67 "
		"why=\"********67 left\"\n",
		sink_close(&s), "numbers whole, phones masked");
}

static void drops_lower_levels(void **state)
{
	(void)state;
	for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
		struct sink s;
		sink_open(&s, (enum log_level)level);
		for (int of = LOG_DEBUG; of <= LOG_ERROR; of++)
			log_event(&s.log, (enum log_level)of, "x", NULL);
		const char *got = sink_close(&s);
		size_t lines = 0;
		for (; *got; got++)
			lines += *got == '\n';
		CHECK_EQ(LOG_ERROR - level + 1, lines, "this level and above");
	}
}

static void never_waits(void **state)
{
	(void)state;
	struct sink s;
	char drained[65536];
	size_t lines = 0, bytes = 0;
	ssize_t n;
	sink_open(&s, LOG_INFO);
	alarm(10); /* a log that waits for its reader would hang here */
	for (int i = 0; i < 20000; i++)
		log_event(&s.log, LOG_INFO, "x", NULL);
	alarm(0);
	close(s.log.fd);
	while ((n = read(s.read_fd, drained, sizeof(drained))) > 0) {
		bytes += (size_t)n;
		for (ssize_t i = 0; i < n; i++)
			lines += drained[i] == '\n';
	}
	close(s.read_fd);
	/* a pipe holds 64 KiB */
	CHECK(lines > 1000 && lines < 20000, "what fits is kept");
	CHECK_EQ(lines * strlen("<6>module=main ev=x\n"), bytes, "and whole");
}

/* 2026-01-31T12:00:00.123Z info  module=main ev=x */
static void tells_the_time(void **state)
{
	(void)state;
	static const char shape[] =
		"0000-00-00T00:00:00.000Z info  module=main ev=x\n";
	struct sink s;
	sink_open(&s, LOG_INFO);
	s.log.style = LOG_PLAIN;
	log_event(&s.log, LOG_INFO, "x", NULL);
	char *got = s.got;
	sink_close(&s);
	for (size_t i = 0; i < 24 && got[i]; i++)
		if (got[i] >= '0' && got[i] <= '9')
			got[i] = '0';
	CHECK_STR(shape, got, "ISO 8601, UTC, milliseconds");
	sink_open(&s, LOG_INFO);
	s.log.style = LOG_COLOUR;
	log_event(&s.log, LOG_ERROR, "x", NULL);
	CHECK(strstr(sink_close(&s),
		     " \033[31merror\033[0m module=main ev=x\n"),
	      "only the level word is coloured");
}

static void knows_the_journal(void **state)
{
	(void)state;
	struct log log;
	struct stat st;
	char stream[64];
	int fds[2];
	assert_int_equal(0, pipe(fds));
	assert_int_equal(0, fstat(fds[1], &st));
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
		 (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_open(&log, fds[1], LOG_INFO);
	CHECK_EQ(LOG_JOURNAL, log.style, "this stream is the journal's");
	setenv("JOURNAL_STREAM", "1:2", 1);
	log_open(&log, fds[1], LOG_INFO);
	CHECK_EQ(LOG_PLAIN, log.style, "another stream is; this is a pipe");
	unsetenv("JOURNAL_STREAM");
	log_open(&log, fds[1], LOG_INFO);
	CHECK_EQ(LOG_PLAIN, log.style, "no journal");
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_values),
		cmocka_unit_test(cuts_values),
		cmocka_unit_test(cuts_lines),
		cmocka_unit_test(carries_context),
		cmocka_unit_test(long_context),
		cmocka_unit_test(numbers_and_phones),
		cmocka_unit_test(drops_lower_levels),
		cmocka_unit_test(never_waits),
		cmocka_unit_test(tells_the_time),
		cmocka_unit_test(knows_the_journal),
	};
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
