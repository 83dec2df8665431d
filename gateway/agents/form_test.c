#include "gateway/agents/form.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/agents/webhook.h"
#include "gateway/records/form_store.h"
#include "tools/testing/agent_rig.h"

static uv_loop_t loop;
static struct form_store *store;
static int log_fd;
static char events[8192], folder[64], path[80];

static void on_event(void *owner, const char *event, const char *json)
{
	(void)owner;
	size_t at = strlen(events);

	snprintf(events + at, sizeof(events) - at, "%s %s\n", event, json);
}

static void field(const char *name, enum config_field_type type, bool required,
		  bool read_back)
{
	struct config_agent_form *f = &config.agent.form;
	struct config_form_field *one = &f->fields[f->field_count++];

	snprintf(one->name, sizeof(one->name), "%s", name);
	one->type = type;
	one->required = required;
	one->read_back = read_back;
}

static void configure(void)
{
	struct config_agent_form *f = &config.agent.form;

	memset(&config, 0, sizeof(config));
	config.agent.tools = CONFIG_TOOL_SAVE_FORM;
	strcpy(config.agent.persona.name, "default");
	strcpy(f->name, "contact");
	strcpy(f->country, "CH");
	field("name", CONFIG_FIELD_NAME, true, false);
	field("mail", CONFIG_FIELD_EMAIL, true, true);
	field("phone", CONFIG_FIELD_PHONE, false, true);
	field("size", CONFIG_FIELD_CHOICE, false, false);
	f->fields[3].choice_count = 2;
	strcpy(f->fields[3].choices[0], "small");
	strcpy(f->fields[3].choices[1], "large");
}

static void open_call(const char *name)
{
	rig_begin(name, &world.log);
	call_carrier_variable(&call, "caller", "+41791234567");
	call_model_ready(&call, uv_hrtime());
}

static int setup(void **state)
{
	char why[256] = "";

	(void)state;
	strcpy(folder, "/tmp/form_test.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/forms.db", folder);
	assert_int_equal(0, form_store_open(&store, path, why, sizeof(why)));
	uv_loop_init(&loop);
	world = (struct agent_world){ .loop = &loop,
				      .forms = store,
				      .on_event = on_event };
	snprintf(why, sizeof(why), "%s/log", folder);
	log_fd = open(why, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	log_open(&world.log, log_fd, LOG_DEBUG);
	configure();
	assert_int_equal(0, agent_init(&agent, &config, 0, why, sizeof(why)));
	events[0] = told[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	char command[96];

	(void)state;
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(0, uv_loop_close(&loop));
	agent_free(&agent);
	form_store_close(store);
	close(log_fd);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* What the model is told once all is written. */
static const char *save(const char *arguments)
{
	static unsigned n;
	char id[16];

	snprintf(id, sizeof(id), "t%u", ++n);
	told[0] = '\0';
	call_model_tool(&call, id, "save_form", arguments, uv_hrtime());
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK(strncmp(told, id, strlen(id)) == 0, "it is answered");
	return told + strlen(id) + 1;
}

static const char *ask(const char *sql)
{
	static char out[512];
	sqlite3 *db;
	sqlite3_stmt *q;

	assert_int_equal(SQLITE_OK, sqlite3_open(path, &db));
	assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &q, NULL));
	snprintf(out, sizeof(out), "%s",
		 sqlite3_step(q) == SQLITE_ROW
			 ? (const char *)sqlite3_column_text(q, 0)
			 : "nothing");
	sqlite3_finalize(q);
	sqlite3_close(db);
	return out;
}

/* --- Claims --- */

static void is_filled_in_step_by_step(void **state)
{
	(void)state;
	open_call("CA1");
	CHECK_STR("{\"status\":\"saved\",\"stored\":{\"name\":\"John Smith\"},"
		  "\"missing\":[\"mail\"],\"read_back\":[],"
		  "\"not_understood\":{}}",
		  save("{\"name\":\"john smith\"}"), "a part of it");
	CHECK_STR("0", ask("SELECT is_complete FROM form"), "not all");
	CHECK_STR("{\"status\":\"updated\",\"stored\":{\"mail\":"
		  "\"john.smith@gmail.com\"},\"missing\":[],"
		  "\"read_back\":[\"mail\"],\"not_understood\":{\"phone\":"
		  "\"it has 8 digits after the prefix, numbers there (+41) "
		  "have 9; ask for it again, digit by digit\"}}",
		  save("{\"mail\":\"john dot smith at gmail dot com\","
		       "\"phone\":\"079 123 45 6\"}"),
		  "another, and one that is wrong");
	CHECK_STR("1", ask("SELECT is_complete FROM form"), "what is required");
	CHECK_STR("{\"status\":\"updated\",\"stored\":{\"name\":\"Jon Smith\"},"
		  "\"missing\":[],\"read_back\":[],\"not_understood\":{}}",
		  save("{\"name\":\"Jon Smith\"}"), "a correction");
	CHECK_STR("{\"status\":\"nothing new\",\"stored\":{\"name\":"
		  "\"Jon Smith\"},\"missing\":[],\"read_back\":[],"
		  "\"not_understood\":{}}",
		  save("{\"name\":\"JON SMITH\"}"), "the same again");
	CHECK_STR("1 3 CA1 +41791234567",
		  ask("SELECT count(*)||' '||max(version)||' '||max(call)||' '"
		      "||max(caller) FROM form"),
		  "one row, three versions");
	CHECK_STR("1:John Smith,3:Jon Smith",
		  ask("SELECT group_concat(version||':'||value) FROM"
		      " form_version WHERE field='name'"),
		  "what it was");
	rig_end();
}

static void tells_who_is_to_know(void **state)
{
	(void)state;
	open_call("CA1");
	save("{\"name\":\"John Smith\"}");
	save("{\"mail\":\"js@example.com\"}");
	CHECK_STR("form.saved {\"event\":\"form.saved\",\"id\":1,\"call\":"
		  "\"CA1\",\"form\":\"contact\",\"agent\":\"default\","
		  "\"caller\":\"+41791234567\",\"version\":1,\"complete\":"
		  "false,\"changed\":[\"name\"],\"fields\":{\"name\":"
		  "\"John Smith\"}}\n"
		  "form.updated {\"event\":\"form.updated\",\"id\":1,\"call\":"
		  "\"CA1\",\"form\":\"contact\",\"agent\":\"default\","
		  "\"caller\":\"+41791234567\",\"version\":2,\"complete\":true,"
		  "\"changed\":[\"mail\"],\"fields\":{\"name\":\"John Smith\","
		  "\"mail\":\"js@example.com\"}}\n",
		  events, "each time");
	rig_end();
}

/* Two at once, and a caller who does not wait. */
static void outlives_the_call(void **state)
{
	(void)state;
	open_call("CA2");
	call_model_tool(&call, "x", "save_form", "{\"name\":\"Jane\"}",
			uv_hrtime());
	call_model_tool(&call, "y", "save_form", "{\"name\":\"Jane Doe\"}",
			uv_hrtime());
	rig_end();
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_STR("Jane Doe 2",
		  ask("SELECT value||' '||version FROM form JOIN"
		      " form_field ON form_id=id"),
		  "both are stored, in their order");
	CHECK(strstr(events, "form.updated"), "and told");
	CHECK_STR("", told, "to the model nothing");
}

static void keeps_what_could_not_be_stored(void **state)
{
	sqlite3 *other;

	(void)state;
	open_call("CA3");
	sqlite3_open(path, &other);
	sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	CHECK_STR("{\"error\":\"it could not be stored: another program has "
		  "locked it. What was said is kept; call this function again "
		  "in a while, or tell the caller\"}",
		  save("{\"name\":\"Jane\"}"), "in words");
	CHECK(strstr(save("{\"name\":\"Joan\"}"), "error"), "a correction");
	CHECK_STR("", events, "nobody is told of it");
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	CHECK(strstr(save("{\"mail\":\"j@example.com\"}"), "\"status\""),
	      "the next part");
	CHECK_STR("mail=j@example.com,name=Joan",
		  ask("SELECT group_concat(field||'='||value) FROM"
		      " form_field"),
		  "brings it along, as it was said last");
	rig_end();
}

/* The model was told of a failure, and of nothing else. */
static void what_was_not_stored_is_new_again(void **state)
{
	sqlite3 *other;

	(void)state;
	open_call("CA7");
	sqlite3_open(path, &other);
	sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	CHECK(strstr(save("{\"mail\":\"j@example.com\"}"), "error"), "locked");
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	CHECK_STR("{\"status\":\"saved\",\"stored\":{\"mail\":"
		  "\"j@example.com\"},\"missing\":[\"name\"],"
		  "\"read_back\":[\"mail\"],\"not_understood\":{}}",
		  save("{\"mail\":\"j@example.com\"}"),
		  "it is read to the caller");
	rig_end();
}

static void a_route_has_another_country(void **state)
{
	static struct config_route route;

	(void)state;
	open_call("CA8");
	a.route = &route;
	CHECK(strstr(save("{\"phone\":\"079 123 45 67\"}"), "\"+41791234567\""),
	      "it says none: the form's");
	strcpy(route.country, "FR");
	CHECK(strstr(save("{\"phone\":\"01 70 00 00 01\"}"),
		     "\"+33170000001\""),
	      "the route's");
	rig_end();
}

static void needs_no_store(void **state)
{
	(void)state;
	world.forms = NULL;
	open_call("CA4");
	CHECK(strstr(save("{\"name\":\"Jane\"}"), "\"saved\""), "first");
	CHECK(strstr(save("{\"name\":\"Joan\"}"), "\"updated\""), "then");
	CHECK(strstr(events, "\"version\":2"), "versions are counted");
	CHECK_STR("0", ask("SELECT count(*) FROM form"), "none is written");
	rig_end();
}

static void refuses_other_shapes(void **state)
{
	(void)state;
	open_call("CA5");
	CHECK(strstr(save("{\"nmae\":\"Jane\"}"), "error"), "no such field");
	CHECK(strstr(save("{\"name\":7}"), "error"), "a number is no text");
	CHECK(strstr(save("[]"), "error"), "no object");
	CHECK_STR("{\"status\":\"nothing new\",\"stored\":{},\"missing\":["
		  "\"name\",\"mail\"],\"read_back\":[],\"not_understood\":{}}",
		  save("{}"), "nothing is no mistake");
	CHECK(strstr(save("{\"size\":\"medium\"}"), "small, large"),
	      "a choice that there is not");
	CHECK_STR("0", ask("SELECT count(*) FROM form"), "none is stored");
	rig_end();
}

/* What was said is nobody's business who reads logs. */
static void logs_no_value(void **state)
{
	static char logged[8192];

	(void)state;
	open_call("CA6");
	save("{\"name\":\"Rumpelstilz\",\"mail\":\"rumpel@example.com\"}");
	rig_end();
	ssize_t n = pread(log_fd, logged, sizeof(logged) - 1, 0);
	CHECK(n > 0, "there is a log");
	logged[n] = '\0';
	CHECK(strstr(logged, "form_saved"), "it is logged");
	CHECK(!strcasestr(logged, "rumpel"), logged);
}

static const char *key_in(const char *logged, char out[WEBHOOK_KEY_MAX])
{
	const char *key = strstr(logged, " key=");

	assert_non_null(key);
	snprintf(out, WEBHOOK_KEY_MAX, "%.*s", (int)strcspn(key + 5, " \n"),
		 key + 5);
	return key + 5;
}

/* Without anybody who sends them, both are lost, and said to be. */
static void no_two_webhooks_have_one_key(void **state)
{
	static char logged[8192];
	char first[WEBHOOK_KEY_MAX], second[WEBHOOK_KEY_MAX];
	struct config_agent_form *f = &config.agent.form;

	(void)state;
	strcpy(f->webhook.url, "https://example.com/");
	open_call("CA8");
	strcpy(f->name, "customer_complaint_1");
	save("{\"name\":\"Jane\"}");
	strcpy(f->name, "customer_complaint_2");
	save("{\"name\":\"Jane\"}");
	rig_end();
	ssize_t n = pread(log_fd, logged, sizeof(logged) - 1, 0);
	CHECK(n > 0, "there is a log");
	logged[n] = '\0';
	key_in(key_in(logged, first), second);
	CHECK(strcmp(first, second) != 0, first);
	CHECK(strncmp(first, "form-", 5) == 0, first);
}

static void tells_the_model_what_it_takes(void **state)
{
	const struct tool *t = tools_find(&agent.tools, "save_form");
	json_t *schema;

	(void)state;
	assert_non_null(t);
	schema = json_loads(t->parameters, 0, NULL);
	const json_t *p = json_object_get(schema, "properties");
	CHECK_EQ(4, json_object_size(p), "every field");
	CHECK(strstr(json_string_value(json_object_get(
			     json_object_get(p, "size"), "description")),
		     "small, large"),
	      "its choices");
	CHECK(strstr(json_string_value(json_object_get(
			     json_object_get(p, "mail"), "description")),
		     "Required"),
	      "whether it is required");
	json_decref(schema);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(is_filled_in_step_by_step),
		ROW(tells_who_is_to_know),
		ROW(outlives_the_call),
		ROW(keeps_what_could_not_be_stored),
		ROW(what_was_not_stored_is_new_again),
		ROW(a_route_has_another_country),
		ROW(needs_no_store),
		ROW(refuses_other_shapes),
		ROW(logs_no_value),
		ROW(no_two_webhooks_have_one_key),
		ROW(tells_the_model_what_it_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
