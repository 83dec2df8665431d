#include <string.h>

#include "tools/model/model_options.h"
#include "tools/testing/check.h"

static int parse(struct model_options *o, const char *line, char why[256])
{
	static char copy[256];
	char *argv[16] = { copy };
	int argc = 0;

	snprintf(copy, sizeof(copy), "tandem-model %s", line);
	for (char *p = strtok(copy, " "); p && argc < 15; p = strtok(NULL, " "))
		argv[argc++] = p;
	argv[argc] = NULL;
	return model_options_parse(o, argc, argv, why, 256);
}

static void reads_options(void **state)
{
	struct model_options o;
	char why[256] = "";

	(void)state;
	CHECK_EQ(0, parse(&o, "", why), why);
	CHECK_STR("127.0.0.1", o.host, "default");
	CHECK_EQ(9090, o.port, "default");
	CHECK(o.is_reasoning && !o.key && !o.scenario, "default");
	CHECK_EQ(0,
		 parse(&o,
		       "--listen [::1]:0 --key k --seed 42 --lenient "
		       "--profile openai-ga-1.5 --trace t",
		       why),
		 why);
	CHECK_STR("::1", o.host, "without brackets");
	CHECK_EQ(0, o.port, "a free one");
	CHECK_EQ(42, o.seed, "");
	CHECK(o.is_lenient && !o.is_reasoning && !o.is_quiet, "");
	CHECK_STR("t", o.trace, "");
}

static void says_what_is_wrong(void **state)
{
	static const struct {
		const char *line, *part;
	} row[] = {
		{ "--listen 9090", "--listen wants HOST:PORT" },
		{ "--listen a:99999", "--listen wants HOST:PORT" },
		{ "--listen a:-1", "--listen wants HOST:PORT" },
		{ "--tls-cert a.pem", "both or none" },
		{ "--seed x", "--seed wants a number" },
		{ "--profile azure", "openai-ga" },
		{ "--nonsense", "--nonsense" },
		{ "stray", "stray" },
	};
	struct model_options o;
	char why[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(parse(&o, row[i].line, why) != 0, row[i].line);
		CHECK(strstr(why, row[i].part), row[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_options),
		cmocka_unit_test(says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
