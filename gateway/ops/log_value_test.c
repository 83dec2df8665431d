#include "tools/testing/check.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/ops/log.h"
#include "gateway/ops/log_value.h"

/* What RFC 8259, 7 makes of it; the log stays ASCII. */
static void escapes_json(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t len;
		const char *field;
		const char *why;
	} row[] = {
		{ "timeout", 7, "\"v\":\"timeout\",", "a word" },
		{ "", 0, "\"v\":\"\",", "empty" },
		{ "a\"b\\c", 5, "\"v\":\"a\\\"b\\\\c\",", "quotes" },
		{ "a\nb\r\t", 5, "\"v\":\"a\\nb\\r\\t\",", "line ends" },
		{ "\033[2J", 4, "\"v\":\"\\u001b[2J\",", "a terminal's" },
		{ "a\0b", 3, "\"v\":\"a\\u0000b\",", "a NUL inside" },
		{ "\x7f", 1, "\"v\":\"\\u007f\",", "DEL" },
		{ "\xc3\xa9", 2, "\"v\":\"\\u00e9\",", "two bytes" },
		{ "\xe2\x80\xae", 3, "\"v\":\"\\u202e\",",
		  "what turns text around" },
		{ "\xf0\x9f\x98\x80", 4, "\"v\":\"\\ud83d\\ude00\",",
		  "beyond the first plane: two surrogates" },
		{ "\xff!", 2, "\"v\":\"\\ufffd!\",", "no UTF-8" },
		{ "\xc3", 1, "\"v\":\"\\ufffd\",", "half a character" },
		{ "\xed\xa0\x80", 3, "\"v\":\"\\ufffd\\ufffd\\ufffd\",",
		  "a surrogate is none" },
		{ "\xc0\xaf", 2, "\"v\":\"\\ufffd\\ufffd\",", "overlong" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char out[LOG_VALUE_MAX + 16];
		size_t n = log_field_write(out, sizeof(out), LOG_JSON, "v",
					   row[i].text, row[i].len);
		CHECK_STR(row[i].field, out, row[i].why);
		CHECK_EQ(strlen(out), n, row[i].why);
	}
}

/* A pipe, and what came out of it as one document for each line. */
struct sink {
	int read_fd;
	struct log log;
	char got[4 * LOG_LINE_MAX];
};

static void sink_open(struct sink *s)
{
	int fds[2];
	assert_int_equal(0, pipe(fds));
	s->read_fd = fds[0];
	log_open(&s->log, fds[1], LOG_DEBUG);
	s->log.format = LOG_JSON;
}

static json_t *sink_close(struct sink *s)
{
	close(s->log.fd);
	ssize_t n = read(s->read_fd, s->got, sizeof(s->got) - 1);
	close(s->read_fd);
	assert_true(n > 0);
	s->got[n] = '\0';
	const char *open = strchr(s->got, '{');
	json_t *line = open ? json_loads(open, 0, NULL) : NULL;
	CHECK(line != NULL, s->got);
	CHECK(s->got[n - 1] == '\n' && strchr(s->got, '\n') == s->got + n - 1,
	      "one line");
	return line;
}

static const char *text_of(json_t *line, const char *key)
{
	return json_string_value(json_object_get(line, key));
}

static void writes_objects(void **state)
{
	(void)state;
	struct sink s;
	struct log call, model;
	struct log_line l;
	sink_open(&s);
	log_child_of(&call, &s.log, LOG_CALL, "call", "CA\"12");
	log_child_of(&model, &call, LOG_MODEL, "leg", "model");
	log_begin(&l, &model, LOG_WARN, "lost");
	log_text(&l, "why", "he said: \"no\"");
	log_number(&l, "up_ms", -5);
	log_phone(&l, "from", "+41791234567");
	log_words(&l, "words", "call 0791234567");
	log_end(&l);
	json_t *line = sink_close(&s);
	CHECK_EQ(24, strlen(text_of(line, "time")), "RFC 3339");
	CHECK_STR("warn", text_of(line, "level"), "level");
	CHECK_STR("model", text_of(line, "module"), "module");
	CHECK_STR("CA\"12", text_of(line, "call"), "context");
	CHECK_STR("model", text_of(line, "leg"), "and more of it");
	CHECK_STR("lost", text_of(line, "ev"), "event");
	CHECK_STR("he said: \"no\"", text_of(line, "why"), "as it was");
	CHECK_EQ(-5, json_integer_value(json_object_get(line, "up_ms")),
		 "a number is a number");
	CHECK_STR("+41*******67", text_of(line, "from"), "masked");
	CHECK_STR("call ********67", text_of(line, "words"), "masked");
	json_decref(line);
}

static void shows_numbers_when_told_to(void **state)
{
	(void)state;
	struct sink s;
	struct log_line l;
	sink_open(&s);
	s.log.shows_numbers = true;
	log_begin(&l, &s.log, LOG_INFO, "x");
	log_phone(&l, "from", "+41791234567");
	log_phone(&l, "to", NULL);
	log_words(&l, "words", "call 0791234567");
	log_end(&l);
	json_t *line = sink_close(&s);
	CHECK_STR("+41791234567", text_of(line, "from"), "whole");
	CHECK_STR("-", text_of(line, "to"), "none");
	CHECK_STR("call 0791234567", text_of(line, "words"), "whole");
	json_decref(line);
}

/* Whatever does not fit: still an object, which says so. */
static void cuts_objects(void **state)
{
	(void)state;
	char text[LOG_VALUE_MAX + 1];
	memset(text, 'a', LOG_VALUE_MAX);
	for (size_t rest = 0; rest < LOG_VALUE_MAX; rest++) {
		struct sink s;
		struct log_line l;
		sink_open(&s);
		s.log.style = LOG_JOURNAL;
		log_begin(&l, &s.log, LOG_INFO, "x");
		text[LOG_VALUE_MAX] = '\0';
		for (int i = 0; i < 5; i++)
			log_text(&l, "v", text);
		log_bytes(&l, "rest", text, rest);
		for (int i = 0; i < 3; i++)
			log_text(&l, "v", text);
		log_number(&l, "n", 1);
		log_end(&l);
		json_t *line = sink_close(&s);
		CHECK(strncmp(s.got, "<6>{\"level\":\"info\",", 19) == 0,
		      "a priority, and no time");
		CHECK(json_is_true(json_object_get(line, "cut")), "it is cut");
		CHECK(!json_object_get(line, "n"), "nothing after the cut");
		CHECK(strlen(s.got) < LOG_LINE_MAX, "bounded");
		json_decref(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_json),
		cmocka_unit_test(writes_objects),
		cmocka_unit_test(shows_numbers_when_told_to),
		cmocka_unit_test(cuts_objects),
	};
	return cmocka_run_group_tests_name("log_value", tests, NULL, NULL);
}
