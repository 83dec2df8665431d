#include "tools/testing/check.h"

#include <errno.h>
#include <string.h>

#include "gateway/ops/log.h"
#include "gateway/ops/log_levels.h"

static void changes_by_words(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int result;
		const char *says; /* afterwards, or why not */
		const char *why;
	} row[] = {
		{ "model=debug", 0, "model=debug\nadmin=info", "one" },
		{ "all=warn,call=error\nmodel=debug", 0,
		  "main=warn\nworker=warn\nhttp=warn\ntls=warn\ntwilio=warn\n"
		  "audiocodes=warn\ncall=error\nmodel=debug\nadmin=warn\n",
		  "the later one counts" },
		{ " \r\n&call=warn&&", 0, "call=warn", "as a form, with care" },
		{ "call=warn model=loud", -EINVAL,
		  "\"loud\" is no level; there are debug info warn error",
		  "no such level" },
		{ "calls=warn", -EINVAL,
		  "\"calls\" is no module (nor \"all\"); there are main worker",
		  "no such module" },
		{ "call", -EINVAL, "\"\" is no level", "half of it" },
		{ "=", -EINVAL, "\"\" is no module", "nothing of it" },
		{ "", -EINVAL, "there is no MODULE=LEVEL", "nothing" },
		{ "call=\033[2J\xff", -EINVAL, "\"?[2J?\" is no level",
		  "no control character comes back" },
		{ "call=WARN", -EINVAL, "is no level", "as it is written" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct log_levels l, before;
		char text[LOG_LEVELS_TEXT_MAX], why[256] = "";
		log_levels_init(&l, LOG_INFO);
		log_levels_init(&before, LOG_INFO);
		CHECK_EQ(row[i].result,
			 log_levels_change(&l, row[i].text, strlen(row[i].text),
					   why, sizeof(why)),
			 row[i].why);
		log_levels_write(&l, text);
		CHECK(strstr(row[i].result ? why : text, row[i].says),
		      row[i].why);
		if (row[i].result)
			CHECK(memcmp(&l, &before, sizeof(l)) == 0,
			      "all of it or nothing");
	}
}

static void writes_what_it_reads(void **state)
{
	(void)state;
	struct log_levels l, copy;
	char text[LOG_LEVELS_TEXT_MAX], why[256];
	log_levels_init(&copy, LOG_ERROR);
	for (unsigned i = 0; i < LOG_MODULES; i++)
		log_levels_set(&l, (enum log_module)i,
			       (enum log_level)(i % LOG_LEVELS));
	size_t n = log_levels_write(&l, text);
	CHECK_EQ(strlen(text), n, "its length");
	CHECK_EQ(0, log_levels_change(&copy, text, n, why, sizeof(why)),
		 "takes its own words");
	CHECK(memcmp(&l, &copy, sizeof(l)) == 0, "and is the same then");
}

/* A log that looks at them, and its children, heed a change at once. */
static void rules_logs(void **state)
{
	(void)state;
	struct log_levels l;
	struct log log, model;
	log_levels_init(&l, LOG_INFO);
	log_open(&log, -1, LOG_ERROR);
	log.levels = &l;
	log_child_of(&model, &log, LOG_MODEL, "leg", "model");
	CHECK(log_wants(&model, LOG_INFO), "the levels rule, not the log's");
	CHECK(!log_wants(&model, LOG_DEBUG), "not yet");
	log_levels_set(&l, LOG_MODEL, LOG_DEBUG);
	CHECK(log_wants(&model, LOG_DEBUG), "its module");
	CHECK(!log_wants(&log, LOG_DEBUG), "not another");
	struct log_line line;
	log_begin_in(&line, &log, LOG_MODEL, LOG_DEBUG, "x");
	CHECK(line.log != NULL, "a line of that module in another's log");
	log_begin_in(&line, &model, LOG_MAIN, LOG_DEBUG, "x");
	CHECK(line.log == NULL, "and the other way round");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_by_words),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(rules_logs),
	};
	return cmocka_run_group_tests_name("log_levels", tests, NULL, NULL);
}
