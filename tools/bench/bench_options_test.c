#include "tools/testing/check.h"

#include <errno.h>
#include <string.h>

#include "tools/bench/bench_options.h"

static struct bench_options o;
static char why[256];

static int parse(const char *line)
{
	static char copy[256], name[] = "tandem-bench";
	char *argv[32] = { name };
	int argc = 1;

	strcpy(copy, line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	why[0] = '\0';
	return bench_options_parse(&o, argc, argv, why, sizeof(why));
}

static void test_good(void **state)
{
	(void)state;
	CHECK_EQ(0, parse(""), "nothing");
	CHECK_EQ(BENCH_RUN, o.command, "is run");
	CHECK_EQ(1000, o.tick_us, "a tick of a millisecond");
	CHECK_EQ(0, parse("run --rows a,b --rounds 5 --quick --json -"), "run");
	CHECK_STR("a,b", o.rows, "rows");
	CHECK_EQ(5, o.rounds, "rounds");
	CHECK(o.is_quick, "a flag");
	CHECK_STR("-", o.json, "standard output");
	CHECK_EQ(0, parse("hold --calls 800 --minutes 10"), "hold");
	CHECK_EQ(600, o.seconds, "minutes");
	CHECK_EQ(0, parse("drive http://127.0.0.1:1/x --pid 7"), "drive");
	CHECK_STR("http://127.0.0.1:1/x", o.url, "its URL");
	CHECK_EQ(0, parse("hold --format pcmu --carrier audiocodes"),
		 "choices");
	CHECK(o.is_pcmu && o.carrier == BENCH_AUDIOCODES, "as asked");
	CHECK_EQ(0, parse("floor --tick-us 0"), "no tick");
	CHECK_EQ(0, o.tick_us, "at every socket");
}

static void test_bad(void **state)
{
	static const char *const row[] = {
		"walk",           "--what",          "--calls",
		"--calls x",      "--calls 0",       "--calls 5x",
		"--append-ms 30", "--append-ms 120", "drive",
		"drive a b",      "--format opus",   "--carrier acme",
		"--minutes 0",    "--seconds -1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(-EINVAL, parse(row[i]), row[i]);
		CHECK(why[0] != '\0', row[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests_name("bench_options", tests, NULL, NULL);
}
