#include "gateway/agents/knowledge.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/agents/knowledge_files.h"
#include "gateway/ops/config.h"
#include "tools/testing/check.h"

#define LOOK_MS 20
#define WAIT_MS 10000

static char dir[64];
static struct config_agent agent;
static struct knowledge_library *library;
static struct log quiet;
static char why[512];

static const char *in_dir(const char *name)
{
	static char path[CONFIG_TEXT_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_bytes(const char *name, const void *bytes, size_t n)
{
	FILE *f = fopen(in_dir(name), "w");

	assert_non_null(f);
	assert_int_equal(n, fwrite(bytes, 1, n, f));
	assert_int_equal(0, fclose(f));
}

static void write_text(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static void name_files(const char *a, const char *b)
{
	agent.knowledge.file_count = 0;
	for (const char *const *name = (const char *const[]){ a, b, NULL };
	     *name; name++)
		strcpy(agent.knowledge.files[agent.knowledge.file_count++],
		       in_dir(*name));
}

static int open_all(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/knowledge_test.XXXXXX");
	assert_non_null(mkdtemp(dir));
	memset(&agent, 0, sizeof(agent));
	log_open(&quiet, -1, LOG_ERROR);
	write_text("a.md", "# Hours\nFrom eight to six.\n");
	write_text("b.txt", "Parking is free.");
	assert_int_equal(0, knowledge_library_open(&library, &quiet, LOOK_MS));
	return 0;
}

static int close_all(void **state)
{
	char command[128];

	(void)state;
	knowledge_library_close(library);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static struct knowledge *opened(void)
{
	struct knowledge *k;

	CHECK_EQ(0, knowledge_open(&k, library, &agent, why, sizeof(why)), why);
	return k;
}

/* Whether words are found in what k knows now. */
static bool finds(struct knowledge *k, const char *words)
{
	struct knowledge_index *i = knowledge_current(k);
	json_t *results;

	assert_int_equal(0, knowledge_index_search(i, words, 4, &results));
	bool is_found = json_array_size(results) > 0;
	json_decref(results);
	knowledge_index_drop(i);
	return is_found;
}

static bool comes_to_find(struct knowledge *k, const char *words, bool found)
{
	for (int ms = 0; ms < WAIT_MS; ms += LOOK_MS) {
		if (finds(k, words) == found)
			return true;
		uv_sleep(LOOK_MS);
	}
	return false;
}

/* --- Files --- */

static void bad_files_are_mistakes(void **state)
{
	static const struct {
		const char *name;
		int err;
		const char *says, *why;
	} row[] = {
		{ "none.md", -EINVAL, "none.md: there is no such file",
		  "missing" },
		{ "none*.md", -EINVAL, "none*.md: matches no file",
		  "a pattern for nothing" },
		{ "latin.txt", -EINVAL,
		  "latin.txt: is not text in UTF-8; save it as that",
		  "another encoding" },
		{ "nul.txt", -EINVAL,
		  "nul.txt: is not text in UTF-8; save it as that",
		  "no text at all" },
		{ "large.txt", -EFBIG, "large.txt: is over 4 MiB, too large",
		  "too large" },
		{ "directory", -EINVAL, "directory: is not a file",
		  "a directory" },
		{ "pipe", -EINVAL, "pipe: is not a file",
		  "a pipe nobody writes to" },
		{ "empty.md", -ENODATA, "there is no text in the files",
		  "nothing in it" },
		{ "many/*", -EFBIG, "513 files, more than 512", "too many" },
		{ "heavy/*", -EFBIG, "over 32 MiB together, too large",
		  "too much together" },
	};
	struct knowledge *k;

	(void)state;
	write_text("latin.txt", "caf\xe9");
	write_bytes("nul.txt", "a\0b", 3);
	write_text("large.txt", "");
	assert_int_equal(0,
			 truncate(in_dir("large.txt"), KNOWLEDGE_FILE_MAX + 1));
	assert_int_equal(0, mkdir(in_dir("directory"), 0700));
	assert_int_equal(0, mkfifo(in_dir("pipe"), 0600));
	write_text("empty.md", "\n");
	assert_int_equal(0, mkdir(in_dir("many"), 0700));
	assert_int_equal(0, mkdir(in_dir("heavy"), 0700));
	for (int i = 0; i <= KNOWLEDGE_FILES_MAX; i++) {
		char name[32];
		snprintf(name, sizeof(name), "many/%d", i);
		write_text(name, "x");
		snprintf(name, sizeof(name), "heavy/%d", i);
		if (i < 9) {
			write_text(name, "");
			assert_int_equal(0, truncate(in_dir(name),
						     KNOWLEDGE_FILE_MAX));
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		name_files(row[i].name, NULL);
		CHECK_EQ(row[i].err,
			 knowledge_open(&k, library, &agent, why, sizeof(why)),
			 row[i].why);
		CHECK(!k, row[i].why);
		CHECK(strstr(why, row[i].says), why);
	}
}

static void no_files_are_no_knowledge(void **state)
{
	struct knowledge *k;

	(void)state;
	CHECK_EQ(0, knowledge_open(&k, library, &agent, why, sizeof(why)),
		 "that is fine");
	CHECK(!k, "and nothing");
	knowledge_drop(k);
}

static void every_file_that_matches_counts_once(void **state)
{
	struct knowledge_index *i;
	size_t files;

	(void)state;
	name_files("*.md", "a.md");
	CHECK_EQ(0, knowledge_build(&i, &agent, &files, why, sizeof(why)), why);
	CHECK_EQ(1, files, "named twice");
	CHECK_EQ(1, knowledge_index_chunks(i), "and read once");
	knowledge_index_drop(i);
	name_files("*.md", "*.txt");
	CHECK_EQ(0, knowledge_build(&i, &agent, &files, why, sizeof(why)), why);
	CHECK_EQ(2, files, "two");
	knowledge_index_drop(i);
}

static void the_language_is_the_callers(void **state)
{
	static const struct {
		const char *language, *spoken, *written;
		bool finds;
		const char *why;
	} row[] = {
		{ "", "", "", true, "English: by the stem" },
		{ "en", "de", "de", true, "said to be" },
		{ "", "de", "en", false, "as it speaks: by the beginning" },
		{ "", "", "de", false, "as its caller does" },
		{ "fr", "en", "en", false, "said to be another" },
	};

	(void)state;
	write_text("c.md", "We are running.");
	name_files("c.md", NULL);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		strcpy(agent.knowledge.language, row[i].language);
		strcpy(agent.persona.language, row[i].spoken);
		strcpy(agent.transcription.language, row[i].written);
		struct knowledge *k = opened();
		CHECK_EQ(row[i].finds, finds(k, "runs"), row[i].why);
		knowledge_drop(k);
	}
}

/* --- Following them --- */

static void a_change_is_found(void **state)
{
	(void)state;
	name_files("*.md", NULL);
	struct knowledge *k = opened();
	CHECK(finds(k, "eight"), "as it was");
	write_text("a.md", "# Hours\nFrom nine to five.\n");
	CHECK(comes_to_find(k, "nine", true), "the new text");
	CHECK(!finds(k, "eight"), "and not the old");
	write_text("b.md", "# Holidays\nIn August.\n");
	CHECK(comes_to_find(k, "august", true), "a new file");
	unlink(in_dir("b.md"));
	CHECK(comes_to_find(k, "august", false), "a file that went");
	CHECK(finds(k, "nine"), "and the other");
	knowledge_drop(k);
}

static void a_bad_change_keeps_the_old(void **state)
{
	struct knowledge *other;

	(void)state;
	name_files("a.md", "b.txt");
	struct knowledge *k = opened();
	write_text("b.txt", "caf\xe9");
	write_text("a.md", "# Hours\nFrom nine to five.\n");
	uv_sleep(10 * LOOK_MS);
	CHECK(finds(k, "eight"), "all of it");
	CHECK_EQ(-EINVAL,
		 knowledge_open(&other, library, &agent, why, sizeof(why)),
		 "a reload is told");
	CHECK(strstr(why, "UTF-8"), why);
	CHECK(finds(k, "eight"), "and changes nothing");
	unlink(in_dir("b.txt"));
	uv_sleep(10 * LOOK_MS);
	CHECK(finds(k, "parking"), "a file that went is a mistake, too");
	write_text("b.txt", "Parking costs a fortune.");
	CHECK(comes_to_find(k, "fortune", true), "until it is good again");
	CHECK(finds(k, "nine"), "with what else was changed");
	knowledge_drop(k);
}

static void a_search_keeps_the_index_it_began_with(void **state)
{
	json_t *results;

	(void)state;
	name_files("a.md", NULL);
	struct knowledge *k = opened();
	struct knowledge_index *i = knowledge_current(k);
	write_text("a.md", "# Hours\nFrom nine to five.\n");
	CHECK(comes_to_find(k, "nine", true), "another is there");
	knowledge_drop(k);
	CHECK_EQ(0, knowledge_index_search(i, "eight", 4, &results),
		 "nobody knows it any more");
	CHECK_EQ(1, json_array_size(results), "and it is all there");
	json_decref(results);
	knowledge_index_drop(i);
}

static void the_same_files_are_known_once(void **state)
{
	(void)state;
	name_files("a.md", NULL);
	struct knowledge *k = opened(), *again = opened();
	CHECK(k == again, "by two agents");
	agent.knowledge.results = 7;
	struct knowledge *third = opened();
	CHECK(k == third, "whatever else they want");
	name_files("a.md", "b.txt");
	struct knowledge *more = opened();
	CHECK(k != more, "other files are other knowledge");
	knowledge_drop(third);
	knowledge_drop(again);
	CHECK(finds(k, "eight"), "it lives with its last user");
	knowledge_drop(k);
	knowledge_drop(more);
}

static void a_reload_has_what_is_there_now(void **state)
{
	(void)state;
	knowledge_library_close(library);
	assert_int_equal(0, knowledge_library_open(&library, &quiet, 3600000));
	name_files("a.md", NULL);
	struct knowledge *k = opened();
	write_text("a.md", "# Hours\nFrom nine to five.\n");
	struct knowledge *again = opened();
	CHECK(finds(k, "nine"), "without waiting for a look");
	knowledge_drop(again);
	knowledge_drop(k);
}

/* --- Asking --- */

struct asked {
	unsigned times;
	int error;
	size_t results;
};

static void on_found(void *owner, int error, json_t *results)
{
	struct asked *a = owner;

	a->times++;
	a->error = error;
	a->results = json_array_size(results);
	json_decref(results);
}

static uv_loop_t loop;

static struct knowledge *opened_on_a_loop(void)
{
	assert_int_equal(0, uv_loop_init(&loop));
	name_files("a.md", NULL);
	return opened();
}

static void an_answer_comes_on_the_loop(void **state)
{
	struct knowledge *k = opened_on_a_loop();
	struct asked a = { 0 };

	(void)state;
	CHECK(knowledge_ask(k, &loop, "hours", 4, on_found, &a), "asked");
	knowledge_drop(k);
	CHECK_EQ(0, a.times, "not from inside");
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(1, a.times, "once");
	CHECK_EQ(0, a.error, "no error");
	CHECK_EQ(1, a.results, "and what was found");
	assert_int_equal(0, uv_loop_close(&loop));
}

static void who_has_given_up_is_not_told(void **state)
{
	struct knowledge *k = opened_on_a_loop();
	struct asked a = { 0 };

	(void)state;
	for (int i = 0; i < 50; i++)
		knowledge_ask_cancel(
			knowledge_ask(k, &loop, "hours", 4, on_found, &a));
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(0, a.times, "never");
	knowledge_drop(k);
	assert_int_equal(0, uv_loop_close(&loop));
}

static void so_many_may_ask_at_a_time(void **state)
{
	struct knowledge *k = opened_on_a_loop();
	struct asked a = { 0 };

	(void)state;
	for (int i = 0; i < KNOWLEDGE_SEARCHES_MAX; i++)
		CHECK(knowledge_ask(k, &loop, "hours", 4, on_found, &a),
		      "there is room");
	CHECK(!knowledge_ask(k, &loop, "hours", 4, on_found, &a), "no more");
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(KNOWLEDGE_SEARCHES_MAX, a.times, "each is answered");
	CHECK(knowledge_ask(k, &loop, "hours", 4, on_found, &a), "room again");
	uv_run(&loop, UV_RUN_DEFAULT);
	knowledge_drop(k);
	assert_int_equal(0, uv_loop_close(&loop));
}

/* --- Threads --- */

#define THREADS 3

static atomic_bool is_enough;
static atomic_uint searched, missed;

/* A thread that asks again and again: there is always one of the two. */
static void search(void *owner)
{
	struct knowledge *k = owner;

	while (!atomic_load(&is_enough)) {
		struct knowledge_index *i = knowledge_current(k);
		json_t *results = NULL;
		int err =
			knowledge_index_search(i, "parking hours", 4, &results);
		atomic_fetch_add(&missed,
				 err != 0 || json_array_size(results) == 0);
		json_decref(results);
		knowledge_index_drop(i);
		atomic_fetch_add(&searched, 1);
	}
}

static void many_threads_search_while_files_change(void **state)
{
	uv_thread_t thread[THREADS];
	struct knowledge *k;

	(void)state;
	atomic_store(&is_enough, false);
	name_files("a.md", "b.txt");
	k = opened();
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(0, uv_thread_create(&thread[i], search, k));
	write_text("a.md", "# Hours\nFrom nine to five.\n");
	bool is_found = comes_to_find(k, "nine", true);
	write_text("b.txt", "Parking costs money.");
	is_found &= comes_to_find(k, "money", true);
	atomic_store(&is_enough, true);
	for (unsigned i = 0; i < THREADS; i++)
		uv_thread_join(&thread[i]);
	knowledge_drop(k);
	CHECK(is_found, "both changes");
	CHECK(atomic_load(&searched) > 0, "meanwhile all searched");
	CHECK_EQ(0, atomic_load(&missed), "and found something");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)
	const struct CMUnitTest tests[] = {
		TEST(bad_files_are_mistakes),
		TEST(no_files_are_no_knowledge),
		TEST(every_file_that_matches_counts_once),
		TEST(the_language_is_the_callers),
		TEST(a_change_is_found),
		TEST(a_bad_change_keeps_the_old),
		TEST(a_search_keeps_the_index_it_began_with),
		TEST(the_same_files_are_known_once),
		TEST(a_reload_has_what_is_there_now),
		TEST(an_answer_comes_on_the_loop),
		TEST(who_has_given_up_is_not_told),
		TEST(so_many_may_ask_at_a_time),
		TEST(many_threads_search_while_files_change),
	};
	json_object_seed(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
