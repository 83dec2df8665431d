/* Agent files: what a configuration makes of them, and what is said of those
 * that are not as they should be. */
#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ops/config.h"

static char dir[64];
static struct config c;
static char errors[4096];

static void write_file(const char *name, const char *text)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int setup(void **state)
{
	char path[128];
	(void)state;
	strcpy(dir, "/tmp/tandem-agents-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/agents", dir);
	assert_int_equal(0, mkdir(path, 0700));
	memset(&c, 0, sizeof(c));
	return 0;
}

static int teardown(void **state)
{
	char command[128];
	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static int load(const char *yaml)
{
	char path[128];
	write_file("t.yaml", yaml);
	snprintf(path, sizeof(path), "%s/t.yaml", dir);
	return config_load(&c, path, errors, sizeof(errors));
}

/* "DIR/" at the beginning of each line is where the files are. */
static void expect_errors(const char *expected, const char *why)
{
	char text[4096] = "";
	size_t at = 0;
	for (const char *line = expected; *line;) {
		int len = (int)strcspn(line, "\n");
		at += (size_t)snprintf(text + at, sizeof(text) - at,
				       "%s%s/%.*s", at ? "\n" : "", dir, len,
				       line);
		line += len + (line[len] == '\n');
	}
	CHECK_STR(text, errors, why);
}

static void reads_each(void **state)
{
	char path[128];
	(void)state;
	write_file("agents/receptionist.yaml",
		   "voice: cedar\n"
		   "instructions_file: receptionist.md\n"
		   "context: [hours.md, /srv/prices.md]\n"
		   "language: de\n"
		   "model: gpt-realtime-2.1\n"
		   "standby: 3\n"
		   "limits: {call_minutes: 90, silence_seconds: 7}\n"
		   "turns: {threshold: 0.25}\n"
		   "greeting_file: hello.wav\n"
		   "greeting_file_text: Hello.\n"
		   "variable_defaults:\n"
		   "- {name: company, value: Acme}\n"
		   "hand_offs:\n"
		   "- agent: sales\n"
		   "- {agent: default, when: they want to buy}\n");
	write_file("agents/two.yaml", "name: sales\ngreeting_says: Hi!\n");
	int err = load("agents: [agents/receptionist.yaml, agents/two.yaml]\n"
		       "agent: {voice: ash, instructions_file: d.md}\n");
	CHECK_STR("", errors, "no mistakes");
	CHECK_EQ(0, err, "no mistakes");
	CHECK_EQ(3, config_agent_count(&c), "the default one, and two");
	CHECK_EQ(0, config_agent_find(&c, "default"), "the section");
	CHECK_EQ(1, config_agent_find(&c, "receptionist"), "by its file");
	CHECK_EQ(2, config_agent_find(&c, "sales"), "by its name");
	CHECK_EQ(-1, config_agent_find(&c, "two"), "not by its file, too");
	const struct config_agent *a = config_agent_at(&c, 1);
	const struct config_agent_persona *p = &a->persona;
	CHECK_STR("cedar", a->voice, "voice");
	CHECK_STR("ash", c.agent.voice, "that of the section is its own");
	CHECK_STR("marin", config_agent_at(&c, 2)->voice, "the default's");
	CHECK_NEAR(0.25, a->turns.threshold, 0, "a group");
	CHECK_EQ(500, a->turns.silence_duration_ms, "its other keys");
	CHECK_EQ(90, config_agent_minutes(&c, a), "its own");
	CHECK_EQ(60, config_agent_minutes(&c, &c.agent), "that of all");
	CHECK_EQ(90, config_agent_minutes(&c, NULL), "whoever it is");
	CHECK_EQ(7, config_agent_silence(&c, a), "its own");
	CHECK_EQ(c.limits.silence_seconds, config_agent_silence(&c, &c.agent),
		 "that of all");
	snprintf(path, sizeof(path), "%s/agents/receptionist.md", dir);
	CHECK_STR(path, p->instructions_file, "beside the agent's file");
	snprintf(path, sizeof(path), "%s/agents/hello.wav", dir);
	CHECK_STR(path, p->greeting_file, "so is this");
	snprintf(path, sizeof(path), "%s/d.md", dir);
	CHECK_STR(path, c.agent.persona.instructions_file,
		  "that of the section beside the configuration");
	CHECK_EQ(2, p->context_count, "context");
	snprintf(path, sizeof(path), "%s/agents/hours.md", dir);
	CHECK_STR(path, p->context[0], "context");
	CHECK_STR("/srv/prices.md", p->context[1], "absolute stays");
	CHECK_STR("de", p->language, "language");
	CHECK_STR("gpt-realtime-2.1", p->model, "model");
	CHECK_EQ(3, p->standby, "standby");
	CHECK_STR("Hello.", p->greeting_file_text, "greeting_file_text");
	CHECK_EQ(1, p->default_count, "variable_defaults");
	CHECK_STR("company", p->defaults[0].name, "its name");
	CHECK_STR("Acme", p->defaults[0].value, "its value");
	CHECK_EQ(2, p->hand_off_count, "hand_offs");
	CHECK_STR("sales", p->hand_offs[0].agent, "whom");
	CHECK_STR("they want to buy", p->hand_offs[1].when, "when");
	CHECK_STR("Hi!", config_agent_at(&c, 2)->persona.greeting_says, "says");
	config_wipe(&c);
}

/* Each with the name of its file and its line, as it stands there. */
static void tells_every_mistake(void **state)
{
	(void)state;
	write_file("agents/a.yaml", "voise: cedar\n"
				    "turns: {threshold: 7}\n"
				    "tools: [transfer_call]\n"
				    "greeting: Hello.\n"
				    "greeting_says: Hi.\n"
				    "form:\n"
				    "  name: f\n"
				    "  fields:\n"
				    "  - {name: x, type: choice}\n");
	write_file("agents/b.yaml", "name: a b\nlisten: 1\n");
	write_file("agents/c.yaml", "");
	write_file("agents/d.yaml", "- voice\n");
	CHECK_EQ(-EINVAL,
		 load("log: {level: loud}\n"
		      "agents:\n"
		      "- agents/a.yaml\n"
		      "- agents/b.yaml\n"
		      "- agents/none.yaml\n"
		      "- agents/c.yaml\n"
		      "- agents/d.yaml\n"
		      "- agents/a.yaml\n"),
		 "bad");
	char text[512];
	snprintf(text, sizeof(text),
		 "t.yaml:5: agents: %s/agents/none.yaml cannot be read: No "
		 "such file or directory",
		 dir);
	char all[4096];
	snprintf(
		all, sizeof(all),
		"t.yaml:1: log.level is \"loud\", must be debug, info, warn "
		"or error\n"
		"agents/a.yaml:1: unknown key \"voise\" in agent (did you mean "
		"\"voice\"?)\n"
		"agents/a.yaml:2: turns.threshold is 7, must be 0 to 1\n"
		"agents/a.yaml:3: tools has transfer_call, but "
		"transfer.targets is empty: there is nobody to transfer to\n"
		"agents/a.yaml:5: greeting_says is not the only greeting: of "
		"greeting, greeting_says and greeting_file one can be\n"
		"agents/a.yaml:9: form.fields: x is a choice, but has no "
		"choices\n"
		"agents/b.yaml:1: name is \"a b\", must be letters, digits "
		"and . _ - only\n"
		"agents/b.yaml:2: unknown key \"listen\" in agent (it belongs "
		"at the top level)\n"
		"%s\n"
		"agents/c.yaml: is empty; {} is an agent with every default\n"
		"agents/d.yaml:1: must be keys with values, like \"listen: "
		"127.0.0.1:8080\"\n"
		"t.yaml:8: agents: %s/agents/a.yaml is named twice",
		text, dir);
	expect_errors(all, "all of them");
}

static void names_are_unlike(void **state)
{
	(void)state;
	write_file("agents/default.yaml", "{}");
	write_file("agents/one.yaml", "{}");
	write_file("agents/two.yaml", "name: one\n");
	write_file("agents/drei vier.yaml", "{}");
	CHECK_EQ(-EINVAL,
		 load("agents: [agents/default.yaml, agents/one.yaml,\n"
		      "  agents/two.yaml, 'agents/drei vier.yaml']\n"),
		 "bad");
	expect_errors("agents/default.yaml: is another agent \"default\": the "
		      "agent section of the configuration is\n"
		      "agents/two.yaml: is another agent \"one\": a file "
		      "before it is\n"
		      "agents/drei vier.yaml: has no \"name\", and its file's "
		      "name is none: letters, digits and . _ - only, at most "
		      "64",
		      "why");
}

static void hand_offs_lead_somewhere(void **state)
{
	(void)state;
	write_file("agents/a.yaml", "hand_offs:\n"
				    "- agent: b\n"
				    "- agent: nobody\n"
				    "- agent: a\n"
				    "- agent: c\n");
	write_file("agents/b.yaml", "format: pcmu\n");
	write_file("agents/c.yaml", "model: other\n");
	CHECK_EQ(-EINVAL,
		 load("agents: [agents/a.yaml, agents/b.yaml, agents/c.yaml]\n"
		      "agent: {hand_offs: [{agent: x}]}\n"),
		 "bad");
	expect_errors(
		"t.yaml:2: agent.hand_offs has \"x\", and there is no agent of "
		"that name\n"
		"agents/a.yaml:2: hand_offs has \"b\", which has another "
		"format: a session cannot change it\n"
		"agents/a.yaml:3: hand_offs has \"nobody\", and there is no "
		"agent of that name\n"
		"agents/a.yaml:4: hand_offs has \"a\", which it is itself\n"
		"agents/a.yaml:5: hand_offs has \"c\", which has another "
		"model: a session cannot change it",
		"each with its line");
}

static void keys_lead_somewhere(void **state)
{
	(void)state;
	write_file("agents/a.yaml", "keypad:\n"
				    "- {keys: '1', hand_off: default}\n"
				    "- {keys: '2', hand_off: a}\n"
				    "- {keys: '3', transfer: sales}\n"
				    "- {keys: '4', transfer: nobody}\n"
				    "- {keys: '4', say: Hello.}\n");
	write_file("agents/b.yaml", "format: pcmu\n");
	CHECK_EQ(-EINVAL,
		 load("agents: [agents/a.yaml, agents/b.yaml]\n"
		      "transfer: {targets: [{name: sales, to: 'tel:+1'}]}\n"),
		 "bad");
	expect_errors("agents/a.yaml:5: keypad has \"nobody\", and "
		      "transfer.targets has nobody of that name\n"
		      "agents/a.yaml:6: keypad has \"4\" twice",
		      "each with its line");
	write_file("agents/a.yaml", "keypad:\n"
				    "- {keys: '1', hand_off: a}\n"
				    "- {keys: '*2', hand_off: b}\n");
	CHECK_EQ(-EINVAL,
		 load("agents: [agents/a.yaml, agents/b.yaml]\n"
		      "agent: {keypad: [{keys: '#', hand_off: x}]}\n"),
		 "bad");
	expect_errors("t.yaml:2: agent.keypad has \"x\", and there is no agent "
		      "of that name\n"
		      "agents/a.yaml:2: keypad has \"a\", which it is "
		      "itself\n"
		      "agents/a.yaml:3: keypad has \"b\", which has another "
		      "format: a session cannot change it",
		      "as hand_offs");
	CHECK_EQ(-EINVAL,
		 load("agents: [agents/b.yaml]\n"
		      "routes:\n"
		      "- agent: b\n"
		      "  keypad:\n"
		      "  - {keys: '1', hand_off: default}\n"
		      "  - {keys: '2', hand_off: b}\n"),
		 "bad");
	expect_errors("t.yaml:5: routes.0.keypad has \"default\", which has "
		      "another format: a session cannot change it\n"
		      "t.yaml:6: routes.0.keypad has \"b\", which it is "
		      "itself",
		      "of a route, as of its agent");
}

static void standby_is_bounded(void **state)
{
	(void)state;
	write_file("agents/a.yaml", "standby: 40\n");
	CHECK_EQ(-EINVAL,
		 load("agents: [agents/a.yaml]\nmodel: {standby: 25}\n"), "65");
	expect_errors("t.yaml:1: agents: with model.standby 65 sessions are to "
		      "stand ready on each worker, at most 64 can",
		      "of all together");
	CHECK_EQ(0, load("agents: [agents/a.yaml]\nmodel: {standby: 24}\n"),
		 "64");
	config_wipe(&c);
}

/* A copy has the agents as long as it needs them. */
static void copies_share_them(void **state)
{
	struct config *copy = calloc(1, sizeof(*copy));
	struct config *moved = calloc(1, sizeof(*moved));
	(void)state;
	write_file("agents/a.yaml", "voice: ash\n");
	CHECK_EQ(0, load("agents: [agents/a.yaml]\n"), "good");
	config_copy(copy, &c);
	config_wipe(&c);
	CHECK_EQ(1, config_agent_count(&c), "gone");
	config_move(moved, copy);
	CHECK_STR("ash", config_agent_at(moved, 1)->voice, "still there");
	config_wipe(copy);
	config_wipe(moved);
	free(copy);
	free(moved);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(reads_each),          TEST(tells_every_mistake),
		TEST(names_are_unlike),    TEST(hand_offs_lead_somewhere),
		TEST(keys_lead_somewhere), TEST(standby_is_bounded),
		TEST(copies_share_them),
	};
	return cmocka_run_group_tests_name("config_agents", tests, NULL, NULL);
}
