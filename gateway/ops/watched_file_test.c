#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ops/watched_file.h"

static char path[64];
static struct watched_file file;

static int setup(void **state)
{
	(void)state;
	memset(&file, 0, sizeof(file));
	strcpy(path, "/tmp/watched_file_test.XXXXXX");
	int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void write_text(const char *text)
{
	FILE *f = fopen(path, "w");

	CHECK(f, path);
	fputs(text, f);
	fclose(f);
}

/* What a reading of at most 8 bytes gives, "" when there is nothing new. */
static const char *reading(void)
{
	static char out[16];
	char *text;
	size_t len;

	out[0] = 0;
	int result = watched_file_read(&file, path, 8, &text, &len);
	CHECK(result >= 0, "read");
	if (result) {
		snprintf(out, sizeof(out), "%.*s", (int)len, text);
		free(text);
	}
	return out;
}

static void read_when_changed(void **state)
{
	struct timespec same[2] = { { 1000, 5 }, { 1000, 5 } };

	(void)state;
	write_text("one");
	CHECK_STR("one", reading(), "at first");
	CHECK_STR("", reading(), "not again");
	write_text("three");
	CHECK_STR("three", reading(), "another size");
	write_text("seven");
	CHECK_EQ(0, utimensat(0, path, same, 0), "a time");
	CHECK_STR("seven", reading(), "another time");
	CHECK_STR("", reading(), "not again");
	unlink(path);
	write_text("eight");
	CHECK_EQ(0, utimensat(0, path, same, 0), "the same time");
	CHECK_STR("eight", reading(), "another file of that name");
	write_text("123456789");
	CHECK_STR("12345678", reading(), "up to the limit");
}

static void not_to_be_read(void **state)
{
	char *text;
	size_t len;

	(void)state;
	write_text("one");
	CHECK_STR("one", reading(), "at first");
	CHECK_EQ(-EINVAL, watched_file_read(&file, "/tmp", 8, &text, &len),
		 "a directory");
	CHECK_STR("one", reading(), "after a failure it is read anew");
	unlink(path);
	CHECK_EQ(-ENOENT, watched_file_read(&file, path, 8, &text, &len),
		 "gone");
	CHECK_EQ(0, mkfifo(path, 0600), "a pipe");
	CHECK_EQ(-EINVAL, watched_file_read(&file, path, 8, &text, &len),
		 "nobody waits for a pipe");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(read_when_changed),
		TEST(not_to_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
