/* The book of agents: what their files hold, and what is said of those that
 * cannot be read. */
#include "gateway/agents/agent_book.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/agents/agent_keypad.h"
#include "gateway/agents/agent_text.h"
#include "gateway/call/variables.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_shared.h"
#include "tools/testing/check.h"

static char dir[64];
static struct config config;
static struct agent_book *book;
static char why[512];

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_file(const char *name, const char *text, size_t n)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	assert_int_equal(n, fwrite(text, 1, n, f));
	fclose(f);
}

static void write_text(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/tandem-book-XXXXXX");
	assert_non_null(mkdtemp(dir));
	config_default(&config);
	book = NULL;
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	agent_book_drop(book);
	config_wipe(&config);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static int open_book(void)
{
	struct config_shared *shared = config_shared_new(&config, 0);
	int err = agent_book_open(&book, shared, why, sizeof(why));

	config_shared_drop(shared);
	return err;
}

/* With one agent file more. */
static void load_with(const char *agent, const char *more)
{
	char errors[1024], yaml[256];

	snprintf(yaml, sizeof(yaml), "agents: [a.yaml]\n%s", more);
	write_text("a.yaml", agent);
	write_text("t.yaml", yaml);
	config_wipe(&config);
	CHECK_EQ(0, config_load(&config, path_of("t.yaml"), errors, 1024),
		 errors);
}

static void load(const char *agent)
{
	load_with(agent, "");
}

#define RULES                                                             \
	"\n\nThis is a telephone call. When the caller presses keys you " \
	"receive a message such as \"[keypad] 42#\"."

static void tells_all_of_it(void **state)
{
	(void)state;
	write_text("i.md", "# Me\nI am é.\n");
	write_text("opening_hours.md", "8 to 5\n");
	write_text("prices.v2.txt", "Much.");
	load("instructions_file: i.md\n"
	     "context: [opening_hours.md, prices.v2.txt]\n"
	     "language: de\n"
	     "tools: []\n");
	CHECK_EQ(0, open_book(), why);
	CHECK_EQ(2, book->count, "the default one, too");
	CHECK(agent_book_find(book, "a") == &book->agent[1], "by its name");
	CHECK(agent_book_find(book, "default") == &book->agent[0], "likewise");
	CHECK(!agent_book_find(book, "b"), "nobody");
	CHECK_STR("# Me\nI am é.\n"
		  "\n\nSpeak the language whose ISO 639 code is \"de\", unless "
		  "the caller asks for another."
		  "\n\n# Context: opening_hours\n\n8 to 5\n"
		  "\n\n# Context: prices.v2\n\nMuch." RULES,
		  book->agent[1].instructions, "in this order");
	CHECK(strstr(book->agent[0].instructions,
		     "end the call." RULES " To end the call"),
	      "of the section as it says");
}

static void refuses_files(void **state)
{
	static char large[AGENT_TEXT_FILE_MAX + 1];
	static const struct {
		const char *agent, *key, *what;
		int err;
	} row[] = {
		{ "instructions_file: none.md\n", "instructions_file",
		  "none.md: No such file or directory", -ENOENT },
		{ "context: [latin.md]\n", "context",
		  "latin.md: is not text in UTF-8", -EILSEQ },
		{ "context: [nul.md]\n", "context",
		  "nul.md: is not text in UTF-8", -EILSEQ },
		{ "context: [large.md]\n", "context",
		  "large.md: has over 65536 bytes, too many", -EFBIG },
		{ "context: ['.']\n", "context", ".: Is a directory", -EISDIR },
	};

	(void)state;
	memset(large, 'x', sizeof(large));
	write_text("latin.md", "caf\xe9");
	write_file("nul.md", "a\0b", 3);
	write_file("large.md", large, sizeof(large));
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char expected[512];

		load(row[i].agent);
		CHECK_EQ(row[i].err, open_book(), row[i].what);
		snprintf(expected, sizeof(expected), "%s/a.yaml: %s: %s/%s",
			 dir, row[i].key, dir, row[i].what);
		CHECK_STR(expected, why, "with the agent's file");
		CHECK(!book, "nothing is left behind");
	}
}

static void the_whole_is_bounded(void **state)
{
	static char half[AGENT_TEXT_MAX / 2];

	(void)state;
	memset(half, 'x', sizeof(half));
	write_file("half.md", half, sizeof(half));
	load("{instructions_file: half.md, context: [half.md]}\n");
	CHECK_EQ(-EFBIG, open_book(), "two halves and some words");
	CHECK(strstr(why, "instructions: with the context 98"), why);
	write_file("half.md", half, sizeof(half) - 200);
	CHECK_EQ(0, open_book(), "with room for the words");
}

/* A reload with another text is another book. */
static void tells_them_apart(void **state)
{
	(void)state;
	write_text("c.md", "one");
	load("context: [c.md]\n");
	CHECK_EQ(0, open_book(), why);
	struct agent_book *before = book;
	CHECK_EQ(0, open_book(), why);
	CHECK(agent_book_equals(before, book), "the same files");
	agent_book_drop(book);
	write_text("c.md", "two");
	CHECK_EQ(0, open_book(), why);
	CHECK(!agent_book_equals(before, book), "another text");
	agent_book_drop(agent_book_keep(before)); /* as long as it is used */
	CHECK(strstr(before->agent[1].instructions, "one"),
	      "and those that run keep theirs");
	agent_book_drop(before);
}

static void fills_the_words_of_a_call(void **state)
{
	struct call_variables v = { 0 };
	struct agent_words w;

	(void)state;
	write_text("i.md", "For {{caller|somebody}}.");
	load("{instructions_file: i.md, tools: [],\n"
	     " greeting_says: 'Hello {{caller}}, \"dear\".'}\n");
	CHECK_EQ(0, open_book(), why);
	const struct agent *a = &book->agent[1];
	CHECK(a->has_places && agent_greets(a), "places in both");
	CHECK(!book->agent[0].has_places, "none in the default one");
	CHECK_STR("For somebody." RULES, a->words.instructions,
		  "while nothing is known");
	call_variables_set(&v, "caller", "Eve \"x\"");
	CHECK_EQ(0, agent_words(&w, a, &v), "filled");
	CHECK_STR("For \"Eve 'x'\"." RULES, w.instructions, "a quotation");
	CHECK_STR("Say exactly these words to the caller, and nothing else: "
		  "\"Hello Eve 'x', 'dear'.\"",
		  w.greeting, "one of our own");
	agent_words_free(&w);
	call_variables_clear(&v);
}

static void a_file_greets_in_place_of_the_model(void **state)
{
	struct agent_words w;
	struct call_variables v = { 0 };

	(void)state;
	write_text("bad.wav", "no sound");
	load("greeting_file: bad.wav\n");
	CHECK_EQ(-EINVAL, open_book(), "no WAV");
	CHECK(strstr(why, "a.yaml: greeting_file: ") &&
		      strstr(why, "is no audio file that can be read"),
	      why);
	char yaml[256], path[200];
	assert_non_null(getcwd(path, sizeof(path)));
	snprintf(yaml, sizeof(yaml),
		 "greeting_file: %s/test-vectors/speech/digit-1.wav\n", path);
	load(yaml);
	CHECK_EQ(0, open_book(), why);
	CHECK(book->agent[1].sound.len > 1000, "read");
	CHECK(!agent_greets(&book->agent[1]), "the model does not");
	CHECK_EQ(0, agent_words(&w, &book->agent[1], &v), "filled");
	CHECK(!w.greeting, "nor is it told to");
	agent_words_free(&w);
}

static void knows_what_its_keys_do(void **state)
{
	char yaml[512], path[200];

	(void)state;
	assert_non_null(getcwd(path, sizeof(path)));
	snprintf(yaml, sizeof(yaml),
		 "keypad: [{keys: '1', hand_off: default}, {keys: '*2', "
		 "transfer: sales}, {keys: '3', say: Hello.}, {keys: '0', end: "
		 "true}]\n"
		 "keypad_prompt: %s/test-vectors/speech/digit-1.wav\n"
		 "keypad_prompt_text: Press one.\n",
		 path);
	load_with(yaml, "transfer: {targets: [{name: sales, to: 'tel:+1'}]}\n");
	CHECK_EQ(0, open_book(), why);
	const struct keypad *k = &book->agent[1].keypad;
	CHECK_EQ(4, k->count, "all of them");
	CHECK_EQ(KEYPAD_HAND_OFF, k->entry[0].action, "1");
	CHECK_STR("default", k->entry[0].text, "whom");
	CHECK_EQ(KEYPAD_TRANSFER, k->entry[1].action, "*2");
	CHECK_STR("*2", k->entry[1].keys, "as they are");
	CHECK_STR("tel:+1", k->entry[1].text, "where the target is");
	CHECK_EQ(KEYPAD_SAY, k->entry[2].action, "3");
	CHECK_STR("Hello.", k->entry[2].text, "what");
	CHECK_EQ(KEYPAD_END, k->entry[3].action, "0");
	CHECK(k->prompt_len > 1000, "read");
	CHECK_STR("Press one.", k->prompt_text, "its words");
	CHECK_EQ(15000, k->wait_ms, "by default");
	CHECK_EQ(0, book->agent[0].keypad.count, "others have none");
	CHECK(!book->agent[0].keypad.prompt, "nor a prompt");
}

#define FUNCTION                                                             \
	"functions: [{name: book, description: d, url: 'http://127.0.0.1', " \
	"parameters: '{\"type\":\"object\",\"properties\":{\"n\":{\"type\":" \
	"\"integer\"}},\"required\":[\"n\"]}'}]\n"

static void a_route_adds_keys(void **state)
{
	struct keypad k;

	(void)state;
	load_with(FUNCTION
		  "keypad: [{keys: '1', say: One.}, {keys: '2', say: Two.}, "
		  "{keys: '3', function: book, arguments: '{\"n\":3}'}]\n",
		  "routes: [{agent: a, keypad: [{keys: '2', end: true}, {keys: "
		  "'4', function: book, arguments: '{\"n\":4}'}]}]\n");
	CHECK_EQ(0, open_book(), why);
	const struct agent *a = &book->agent[1];
	CHECK_EQ(3, a->keypad.count, "the agent's own");
	CHECK_EQ(KEYPAD_FUNCTION, a->keypad.entry[2].action, "3");
	CHECK_STR("book", a->keypad.entry[2].text, "which");
	CHECK_STR("{\"n\":3}", a->keypad.entry[2].arguments, "with what");
	agent_keypad_make(&k, a, &config.routes[0]);
	CHECK_EQ(4, k.count, "2 is there once");
	CHECK_EQ(KEYPAD_END, keypad_find(&k, "2", 0)->action, "the route's");
	CHECK_STR("One.", keypad_find(&k, "1", 0)->text, "the agent's");
	CHECK_STR("a", keypad_find(&k, "4", 0)->agent, "its agent's");
	/* handed to another */
	agent_keypad_make(&k, &book->agent[0], &config.routes[0]);
	CHECK_EQ(2, k.count, "the route's go with the call");
	CHECK_STR("a", keypad_find(&k, "4", 0)->agent, "whose function it is");
	agent_keypad_make(&k, &book->agent[0], NULL);
	CHECK_EQ(0, k.count, "no others do");
}

static void refuses_functions_of_keys(void **state)
{
	static const struct {
		const char *agent, *more, *why;
	} row[] = {
		{ "keypad: [{keys: '3', function: book}]\n", "",
		  "a.yaml: keypad: \"3\" has function \"book\", and agent a has "
		  "none of that name that a key could call" },
		{ "keypad: [{keys: '3', function: end_call}]\n", "",
		  "a.yaml: keypad: \"3\" has function \"end_call\", and agent a "
		  "has none of that name that a key could call" },
		{ FUNCTION "keypad: [{keys: '3', function: book}]\n", "",
		  "a.yaml: keypad: \"3\" has arguments that book does not "
		  "take: " },
		{ FUNCTION "keypad: [{keys: '3', function: book, arguments: "
			   "'{'}]\n",
		  "",
		  "a.yaml: keypad: \"3\" has arguments that book does not "
		  "take: " },
		{ FUNCTION,
		  "routes: [{agent: default, keypad: [{keys: '4', function: "
		  "book, arguments: '{\"n\":4}'}]}]\n",
		  "routes.0.keypad: \"4\" has function \"book\", and agent "
		  "default has none of that name that a key could call" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		load_with(row[i].agent, row[i].more);
		why[0] = '\0';
		CHECK_EQ(-EINVAL, open_book(), "refused");
		CHECK(strstr(why, row[i].why), why);
	}
}

static void estimates(void **state)
{
	(void)state;
	CHECK_EQ(0, agent_text_tokens(0), "none");
	CHECK_EQ(1, agent_text_tokens(1), "one");
	CHECK_EQ(1, agent_text_tokens(4), "four bytes are one");
	CHECK_EQ(2, agent_text_tokens(5), "and a begun one counts");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(tells_all_of_it),
		TEST(refuses_files),
		TEST(the_whole_is_bounded),
		TEST(tells_them_apart),
		TEST(fills_the_words_of_a_call),
		TEST(a_file_greets_in_place_of_the_model),
		TEST(knows_what_its_keys_do),
		TEST(a_route_adds_keys),
		TEST(refuses_functions_of_keys),
		TEST(estimates),
	};
	return cmocka_run_group_tests_name("agent_book", tests, NULL, NULL);
}
