#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_environment.h"

#define SID_A "AC0123456789abcdef0123456789abcdef"
#define SID_B "ACffffffffffffffffffffffffffffffff"

/* A directory of its own for each test, with what a load tells. */
static char dir[64], errors[4096], warnings[2048];
static struct config_environment environment;

static const char *in_dir(const char *name)
{
	static char path[4][128];
	static unsigned next;
	char *out = path[next++ % 4];
	snprintf(out, 128, "%s/%s", dir, name);
	return out;
}

static void put(const char *name, const char *text, mode_t mode)
{
	const char *path = in_dir(name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

static void forget_variables(void)
{
	static const char *const name[] = {
		"OPENAI_API_KEY",        "OPENAI_API_KEY_FILE",
		"TWILIO_AUTH_TOKEN",     "TWILIO_AUTH_TOKEN_FILE",
		"AUDIOCODES_TOKENS",     "AUDIOCODES_TOKENS_FILE",
		"CREDENTIALS_DIRECTORY", "TANDEM_TEST",
	};
	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		unsetenv(name[i]);
	config_environment_close(&environment);
}

static int begin(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/tandem-secrets-XXXXXX");
	forget_variables();
	return mkdtemp(dir) ? 0 : -1;
}

static int finish(void **state)
{
	static const char *const name[] = { "t.yaml",
					    "key",
					    "open",
					    "tokens",
					    "openai_api_key",
					    "twilio_auth_token",
					    "audiocodes_tokens",
					    "prompt",
					    "big" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		unlink(in_dir(name[i]));
	forget_variables();
	return rmdir(dir);
}

/* With the configuration given, or the defaults alone. */
static int load(struct config *c, const char *yaml)
{
	const struct config_loading loading = {
		&environment, errors,           sizeof(errors),
		warnings,     sizeof(warnings),
	};
	if (yaml)
		put("t.yaml", yaml, 0600);
	return config_load_all(c, yaml ? in_dir("t.yaml") : NULL, &loading);
}

/* Mistakes without the directory's name. */
static const char *told(void)
{
	static char out[4096];
	size_t n = 0, len = strlen(dir) + 1;
	char prefix[72];
	snprintf(prefix, sizeof(prefix), "%s/", dir);
	for (const char *at = errors; *at && n < sizeof(out) - 1;) {
		if (strncmp(at, prefix, len) == 0)
			at += len;
		else
			out[n++] = *at++;
	}
	out[n] = '\0';
	return out;
}

static void takes_secrets(void **state)
{
	(void)state;
	static const struct {
		const char *key, *tokens;
		int result;
		unsigned count;
		const char *errors;
		const char *why;
	} row[] = {
		{ NULL, NULL, 0, 0, "", "none" },
		{ "", "", 0, 0, "", "set but empty is not set" },
		{ "sk-1", "t1", 0, 1, "", "one each" },
		{ "sk-1\n", "t1, t2,,t3 ,t4,", 0, 4, "", "four, untidily" },
		{ NULL, "t1\nt2\n", 0, 2, "", "a line each" },
		{ NULL, "1,2,3,4,5", -EINVAL, 0,
		  "TWILIO_AUTH_TOKEN holds over 4 tokens", "five" },
		{ "sk 1", NULL, -EINVAL, 0,
		  "OPENAI_API_KEY is set, but has a space or another character "
		  "in it that no key has",
		  "a space" },
		{ NULL, "a b", -EINVAL, 0,
		  "TWILIO_AUTH_TOKEN is set, but has a space or another "
		  "character in it that no key has",
		  "a space in a token" },
		{ "sk 1", "a b", -EINVAL, 0,
		  "OPENAI_API_KEY is set, but has a space or another character "
		  "in it that no key has\n"
		  "TWILIO_AUTH_TOKEN is set, but has a space or another "
		  "character in it that no key has",
		  "both are said" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		static struct config c;
		forget_variables();
		config_default(&c);
		if (row[i].key)
			setenv("OPENAI_API_KEY", row[i].key, 1);
		if (row[i].tokens)
			setenv("TWILIO_AUTH_TOKEN", row[i].tokens, 1);
		int got = load(&c, NULL);
		CHECK_STR(row[i].errors, errors, row[i].why);
		CHECK_EQ(row[i].result, got, row[i].why);
		CHECK_EQ(row[i].count, c.twilio.auth_token_count, row[i].why);
		CHECK(!getenv("OPENAI_API_KEY") && !getenv("TWILIO_AUTH_TOKEN"),
		      "nothing is left in the environment");
		if (row[i].count == 4)
			CHECK_STR("t3", secret_reveal(&c.twilio.auth_tokens[2]),
				  "in order, trimmed");
		config_wipe(&c);
		CHECK(!secret_is_set(&c.model.key), "wiped");
		CHECK(!secret_is_set(&c.twilio.auth_tokens[0]), "wiped");
	}
}

/* The bots are "a" and "b". */
static void takes_bot_tokens(void **state)
{
	(void)state;
	static const struct {
		const char *tokens;
		int result;
		unsigned a, b;
		const char *errors;
		const char *why;
	} row[] = {
		{ "", 0, 0, 0, "", "none" },
		{ "a=t1", 0, 1, 0, "", "one bot has one" },
		{ "b=t1,a=t2,b=t3", 0, 1, 2, "", "rotation" },
		{ "b=t1\na=t2\nb=t3\n", 0, 1, 2, "", "a line each" },
		{ " a=t1 ,, b= t2\n,", 0, 1, 1, "", "untidily" },
		{ "a=t1==", 0, 1, 0, "", "a token may have = in it" },
		{ "a=1,a=2,a=3,a=4,a=5", -EINVAL, 0, 0,
		  "AUDIOCODES_TOKENS for the bot \"a\" holds over 4 tokens",
		  "five" },
		{ "a=t1,hush", -EINVAL, 0, 0,
		  "entry 2 of AUDIOCODES_TOKENS is not bot=token",
		  "a token alone is not repeated" },
		{ "hush==", -EINVAL, 0, 0,
		  "entry 1 of AUDIOCODES_TOKENS is for a bot that "
		  "audiocodes.bots does not have",
		  "nor is one that ends as base64 may" },
		{ "a=t1,A=t2", -EINVAL, 0, 0,
		  "entry 2 of AUDIOCODES_TOKENS is for a bot that "
		  "audiocodes.bots does not have",
		  "names are compared with their case" },
		{ "a=", -EINVAL, 0, 0,
		  "entry 1 of AUDIOCODES_TOKENS has no token after the =",
		  "an empty one would open the door" },
		{ "a=hush hush", -EINVAL, 0, 0,
		  "AUDIOCODES_TOKENS for the bot \"a\" is set, but has a "
		  "space or another character in it that no key has",
		  "a space" },
		{ "a=,hush", -EINVAL, 0, 0,
		  "entry 1 of AUDIOCODES_TOKENS has no token after the =\n"
		  "entry 2 of AUDIOCODES_TOKENS is not bot=token",
		  "every one" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		static struct config c;
		forget_variables();
		config_default(&c);
		setenv("AUDIOCODES_TOKENS", row[i].tokens, 1);
		int got = load(&c, "audiocodes: {bots: [a, b]}");
		CHECK_STR(row[i].errors, errors, row[i].why);
		CHECK_EQ(row[i].result, got, row[i].why);
		CHECK_EQ(row[i].a, c.audiocodes.tokens[0].count, row[i].why);
		CHECK_EQ(row[i].b, c.audiocodes.tokens[1].count, row[i].why);
		CHECK(!getenv("AUDIOCODES_TOKENS"), "gone from there");
		if (row[i].b == 2)
			CHECK_STR(
				"t3",
				secret_reveal(&c.audiocodes.tokens[1].token[1]),
				"in order");
		config_wipe(&c);
		CHECK_EQ(0, c.audiocodes.tokens[0].count, "wiped");
		CHECK(!secret_is_set(&c.audiocodes.tokens[0].token[0]),
		      "wiped");
	}
}

/* Each place alone, then what counts where two have one. */
static void knows_whose_turn_it_is(void **state)
{
	(void)state;
	enum { VARIABLE = 1, FILE_VARIABLE = 2, CREDENTIAL = 4, YAML = 8 };
	static const struct {
		unsigned places;
		const char *key;
		const char *why;
	} row[] = {
		{ 0, "", "nowhere" },
		{ VARIABLE, "sk-variable", "a variable" },
		{ FILE_VARIABLE, "sk-file", "a file that a variable names" },
		{ CREDENTIAL, "sk-credential", "a credential" },
		{ YAML, "sk-yaml", "the configuration" },
		{ VARIABLE | CREDENTIAL | YAML, "sk-variable", "first" },
		{ FILE_VARIABLE | CREDENTIAL | YAML, "sk-file", "as good" },
		{ CREDENTIAL | YAML, "sk-credential", "before the file's" },
		{ VARIABLE | FILE_VARIABLE, NULL, "one of them is a mistake" },
	};
	put("tokens", "sk-file\n", 0600);
	put("key", "sk-yaml\r\n", 0600);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		static struct config c;
		unsigned p = row[i].places;
		forget_variables();
		unlink(in_dir("openai_api_key"));
		setenv("CREDENTIALS_DIRECTORY", dir, 1);
		if (p & VARIABLE)
			setenv("OPENAI_API_KEY", "sk-variable", 1);
		if (p & FILE_VARIABLE)
			setenv("OPENAI_API_KEY_FILE", in_dir("tokens"), 1);
		if (p & CREDENTIAL)
			put("openai_api_key", "sk-credential", 0400);
		int err = load(&c, p & YAML ? "model: {key: '${file:key}'}"
					    : "log: {}");
		CHECK_EQ(row[i].key ? 0 : -EINVAL, err, row[i].why);
		CHECK_STR(row[i].key ? ""
				     : "OPENAI_API_KEY and OPENAI_API_KEY_FILE "
				       "are both set; which one counts cannot "
				       "be known: unset one",
			  errors, row[i].why);
		CHECK_STR("", warnings, row[i].why);
		if (row[i].key)
			CHECK_STR(row[i].key, secret_reveal(&c.model.key),
				  row[i].why);
		config_wipe(&c);
	}
}

static void reads_lists_from_credentials(void **state)
{
	(void)state;
	static struct config c;
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	put("twilio_auth_token", "t1\nt2\n", 0400);
	put("audiocodes_tokens", "tandem=b1\n", 0404);
	CHECK_EQ(0, load(&c, NULL), errors);
	CHECK_EQ(2, c.twilio.auth_token_count, "a line each");
	CHECK_STR("b1", secret_reveal(&c.audiocodes.tokens[0].token[0]),
		  "the bot's");
	CHECK(strstr(warnings, "AUDIOCODES_TOKENS comes from a file that "
			       "everybody on this machine may read"),
	      "a file open to all is said");
	CHECK(!strchr(warnings, '\n'), "and the other is not");
	config_wipe(&c);
}

static void finds_tokens_in_the_file(void **state)
{
	(void)state;
	static const char yaml[] =
		"twilio:\n"
		"  auth_tokens: ['${env:TANDEM_TEST}']\n"
		"  accounts:\n"
		"  - sid: " SID_A "\n"
		"    auth_tokens: ['${file:key}', '${file:tokens}']\n"
		"audiocodes:\n"
		"  bots: [a, b]\n"
		"  tokens:\n"
		"  - {bot: b, tokens: ['${file:key}']}\n"
		"agent:\n"
		"  instructions: |\n"
		"    ${file:prompt}\n"
		"    Say $${name} and ${name}.\n"
		"limits: {calls: '${env:CALLS}'}\n";
	static struct config c;
	const struct secret *tokens[CONFIG_TWILIO_TOKENS];
	put("key", "k1\n", 0600);
	put("tokens", "k2", 0600);
	put("prompt", "Be kind.\nBe \"brief\".\n", 0644);
	setenv("TANDEM_TEST", "common", 1);
	setenv("CALLS", "7", 1);
	CHECK_EQ(0, load(&c, yaml), errors);
	CHECK_STR("", warnings, "a prompt may be read by everybody");
	CHECK_STR("Be kind.\nBe \"brief\".\nSay ${name} and ${name}.\n",
		  c.agent.instructions, "texts, too");
	CHECK_EQ(7, c.limits.calls, "and numbers");
	CHECK(getenv("CALLS"), "no secret: it stays");
	CHECK(!getenv("TANDEM_TEST"), "a secret does not");
	CHECK_EQ(0, c.audiocodes.tokens[0].count, "a has none");
	CHECK_STR("k1", secret_reveal(&c.audiocodes.tokens[1].token[0]),
		  "b has");
	CHECK_EQ(2, config_twilio_tokens(&c, SID_A, 34, tokens), "its own");
	CHECK_STR("k1", secret_reveal(tokens[0]), "the first");
	CHECK_STR("k2", secret_reveal(tokens[1]), "the second");
	CHECK_EQ(1, config_twilio_tokens(&c, SID_B, 34, tokens), "common");
	CHECK_STR("common", secret_reveal(tokens[0]), "that one");
	CHECK_EQ(1, config_twilio_tokens(&c, SID_A, 33, tokens),
		 "not the account whose beginning it is");
	CHECK_EQ(3, config_twilio_tokens(&c, "", 0, tokens), "an upgrade");
	CHECK(config_twilio_has_tokens(&c), "something to check with");

	CHECK_EQ(0, load(&c, yaml), "a second load, for a reload");
	CHECK_STR("common", secret_reveal(&c.twilio.auth_tokens[0]),
		  "finds what the first moved out of the environment");
	config_wipe(&c);
	CHECK(!secret_is_set(&c.twilio.accounts[0].auth_tokens[0]), "wiped");
	CHECK(!config_twilio_has_tokens(&c), "wiped");
	unsetenv("CALLS");
}

/* No row's errors have "hush" in them. */
static void names_mistakes(void **state)
{
	(void)state;
	static const struct {
		const char *yaml, *errors, *why;
	} row[] = {
		{ "model: {key: sk-hush}\n",
		  "t.yaml:1: model.key is a secret in the clear, which a file "
		  "like this does not keep: write ${file:PATH}, ${env:NAME} or "
		  "${credential:NAME}, and nothing beside it",
		  "in the clear" },
		{ "model: {key: 'hush${file:key}'}\n",
		  "t.yaml:1: model.key is a secret in the clear, which a file "
		  "like this does not keep: write ${file:PATH}, ${env:NAME} or "
		  "${credential:NAME}, and nothing beside it",
		  "half in the clear" },
		{ "twilio: {auth_tokens: [hush]}\n",
		  "t.yaml:1: twilio.auth_tokens is a secret in the clear, which "
		  "a file like this does not keep: write ${file:PATH}, "
		  "${env:NAME} or ${credential:NAME}, and nothing beside it",
		  "in a list" },
		{ "model:\n  key: ${file:none}\n",
		  "t.yaml:2: model.key cannot be read from none: No such file "
		  "or directory",
		  "no such file" },
		{ "listen: ${file:open}\n",
		  "t.yaml:1: listen is \"${file:open}\", must be an address and "
		  "port, like 127.0.0.1:8080 or [::1]:8080",
		  "what was fetched is not repeated: it may be a secret" },
		{ "model:\n  key: ${env:NO_SUCH}\n",
		  "t.yaml:2: model.key is to come from the variable NO_SUCH, "
		  "which is not set",
		  "no such variable" },
		{ "model:\n  key: ${credential:k}\n",
		  "t.yaml:2: model.key is to come from the credential k, but "
		  "there are none: $CREDENTIALS_DIRECTORY is not set (in the "
		  "unit: LoadCredential=k:…)",
		  "not started by systemd" },
		{ "model:\n  key: ${credential:../k}\n",
		  "t.yaml:2: model.key has ${credential:../k}; a credential is "
		  "a name, not a path",
		  "out of its directory" },
		{ "agent:\n  voice: ${flie:x}\n",
		  "t.yaml:2: agent.voice has ${flie:…}; there are ${file:PATH}, "
		  "${env:NAME} and ${credential:NAME} (for a plain ${ write "
		  "$${)",
		  "misspelt" },
		{ "agent:\n  voice: ${file:x\n",
		  "t.yaml:2: agent.voice has a ${ without its }",
		  "not closed" },
		{ "agent:\n  voice: ${env:}\n",
		  "t.yaml:2: agent.voice has a ${env:} that names nothing",
		  "nothing" },
		{ "agent:\n  voice: ${env:A B}\n",
		  "t.yaml:2: agent.voice has ${env:A B}, which is no "
		  "variable's name",
		  "no name" },
		{ "model:\n  key: ${file:prompt}\n",
		  "t.yaml:2: model.key is to come from a place that is empty",
		  "an empty file" },
		{ "model:\n  key: ${file:open}\n",
		  "t.yaml:2: model.key has a space or another character in it "
		  "that no key has",
		  "not a key" },
		{ "model:\n  key: ${file:.}\n",
		  "t.yaml:2: model.key cannot be read from .: Is a directory",
		  "a directory" },
		{ "agent:\n  instructions: ${file:big}\n",
		  "t.yaml:2: agent.instructions cannot be read from big: it is "
		  "over 64 KiB",
		  "too large" },
		{ "audiocodes:\n  tokens:\n"
		  "  - {bot: c, tokens: ['${file:key}']}\n"
		  "  - {bot: tandem, tokens: ['${file:key}']}\n"
		  "  - {bot: tandem, tokens: ['${file:key}']}\n",
		  "t.yaml:3: audiocodes.tokens has \"c\", which "
		  "audiocodes.bots does not have\n"
		  "t.yaml:5: audiocodes.tokens has \"tandem\" twice",
		  "whose token" },
		{ "twilio:\n  account_sids: [" SID_A "]\n  accounts:\n"
		  "  - {sid: " SID_B ", auth_tokens: ['${file:key}']}\n",
		  "t.yaml:4: twilio.accounts has \"" SID_B "\", which "
		  "twilio.account_sids does not serve",
		  "an account that is refused" },
		{ "model: {key: '${env:NO_SUCH}'}\nagent: {voise: x}\n",
		  "t.yaml:1: model.key is to come from the variable NO_SUCH, "
		  "which is not set\n"
		  "t.yaml:2: unknown key \"voise\" in agent (did you mean "
		  "\"voice\"?)",
		  "and the others" },
	};
	char big[(64 << 10) + 2];
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	put("key", "hush", 0600);
	put("open", "hush hush", 0644);
	put("prompt", "\n", 0600);
	put("big", big, 0600);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		static struct config c;
		config_default(&c);
		int got = load(&c, row[i].yaml);
		CHECK_STR(row[i].errors, told(), row[i].why);
		CHECK_EQ(-EINVAL, got, row[i].why);
		CHECK(!secret_is_set(&c.model.key), "nothing is filled");
	}
}

/* Mistakes in the file and in the environment are told together. */
static void tells_both(void **state)
{
	(void)state;
	static struct config c;
	setenv("AUDIOCODES_TOKENS", "other=1,hush", 1);
	CHECK_EQ(-EINVAL,
		 load(&c, "audiocodes: {bots: [other]}\nlog: {level: x}\n"),
		 "bad");
	CHECK_STR("t.yaml:2: log.level is \"x\", must be debug, info, warn or "
		  "error\nentry 2 of AUDIOCODES_TOKENS is not bot=token",
		  told(), "but not of bots that a bad file may have");
	setenv("OPENAI_API_KEY_FILE", in_dir("none"), 1);
	CHECK_EQ(-EINVAL, load(&c, "audiocodes: {bots: [other]}\n"), "bad");
	CHECK(strstr(errors, "OPENAI_API_KEY cannot be read ("), "the path");
	CHECK(strstr(errors, "entry 2 of"), "kept for the second load");
}

/* The same variable again is a new one; a full store leaves the rest alone. */
static void keeps_an_environment(void **state)
{
	(void)state;
	char name[32];
	setenv("TANDEM_TEST", "one", 1);
	CHECK_STR("one", config_environment_take(&environment, "TANDEM_TEST"),
		  "taken");
	CHECK(!getenv("TANDEM_TEST"), "gone");
	CHECK_STR("one", config_environment_get(&environment, "TANDEM_TEST"),
		  "kept");
	setenv("TANDEM_TEST", "two", 1);
	CHECK_STR("two", config_environment_take(&environment, "TANDEM_TEST"),
		  "the new one");
	CHECK_EQ(1, environment.count, "in its place");
	for (int i = 0; i < CONFIG_ENVIRONMENT_MAX; i++) {
		snprintf(name, sizeof(name), "TANDEM_T%d", i);
		setenv(name, name, 1);
		CHECK_STR(name, config_environment_take(&environment, name),
			  "the text, with room or without");
	}
	CHECK_STR(name, getenv(name), "without room it stays");
	CHECK_STR("two",
		  config_environment_take(NULL, "NO_SUCH")
			  ? "?"
			  : config_environment_take(&environment,
						    "TANDEM_TEST"),
		  "the others are still there");
	unsetenv(name);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_secrets),
		TEST(takes_bot_tokens),
		TEST(knows_whose_turn_it_is),
		TEST(reads_lists_from_credentials),
		TEST(finds_tokens_in_the_file),
		TEST(names_mistakes),
		TEST(tells_both),
		TEST(keeps_an_environment),
	};
	return cmocka_run_group_tests_name("config_secrets", tests, NULL, NULL);
}
