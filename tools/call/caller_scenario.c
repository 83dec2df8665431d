#include "tools/call/caller_scenario.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cyaml/cyaml.h>
#include <yaml.h>

#include "tools/call/caller_speech.h"

#define FILE_MAX 65536
#define DIGITS   "0123456789ABCD*#"

/* --- The file's shape --- */

struct yaml_interrupt {
	uint32_t after_ms;
	uint32_t within_ms;
	char *say;
};

struct yaml_step {
	char *say;
	char *press;
	char *wait;
	struct yaml_interrupt *interrupt;
	bool hangup;
	char *inject;
	char *label;
	uint32_t timeout_ms;
	uint32_t *value;
};

struct yaml_expect {
	char *outcome;
#define MEMBER(name, what) char *name;
	CALLER_FIGURES(MEMBER)
#undef MEMBER
};

struct yaml_scenario {
	char *name;
	char *dial_status;
	struct yaml_step *steps;
	unsigned steps_count;
	struct yaml_expect *expect;
};

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define TEXT(type, key)                                                        \
	CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | OPTIONAL, type, key, \
			       0, 512)

static const cyaml_schema_field_t interrupt_keys[] = {
	CYAML_FIELD_UINT("after_ms", OPTIONAL, struct yaml_interrupt, after_ms),
	CYAML_FIELD_UINT("within_ms", OPTIONAL, struct yaml_interrupt,
			 within_ms),
	CYAML_FIELD_STRING_PTR("say", CYAML_FLAG_POINTER, struct yaml_interrupt,
			       say, 1, 512),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t step_keys[] = {
	TEXT(struct yaml_step, say),
	TEXT(struct yaml_step, press),
	TEXT(struct yaml_step, wait),
	CYAML_FIELD_MAPPING_PTR("interrupt", CYAML_FLAG_POINTER | OPTIONAL,
				struct yaml_step, interrupt, interrupt_keys),
	CYAML_FIELD_BOOL("hangup", OPTIONAL, struct yaml_step, hangup),
	TEXT(struct yaml_step, inject),
	TEXT(struct yaml_step, label),
	CYAML_FIELD_UINT("timeout_ms", OPTIONAL, struct yaml_step, timeout_ms),
	CYAML_FIELD_UINT_PTR("value", CYAML_FLAG_POINTER | OPTIONAL,
			     struct yaml_step, value),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t expect_keys[] = { TEXT(struct yaml_expect,
							 outcome),
#define KEY(name, what) TEXT(struct yaml_expect, name),
						    CALLER_FIGURES(KEY)
#undef KEY
							    CYAML_FIELD_END };

static const cyaml_schema_value_t step_value = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct yaml_step, step_keys) };

static const cyaml_schema_field_t scenario_keys[] = {
	TEXT(struct yaml_scenario, name),
	TEXT(struct yaml_scenario, dial_status),
	CYAML_FIELD_SEQUENCE("steps", CYAML_FLAG_POINTER, struct yaml_scenario,
			     steps, &step_value, 1, CALLER_SCRIPT_STEPS_MAX),
	CYAML_FIELD_MAPPING_PTR("expect", CYAML_FLAG_POINTER | OPTIONAL,
				struct yaml_scenario, expect, expect_keys),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t scenario_value = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_POINTER, struct yaml_scenario, scenario_keys) };

/* --- Saying what is wrong --- */

struct reader {
	struct caller_scenario *scenario;
	const char *file;
	const char *folder;
	const char *text;
	size_t len;
	char *error;
	char first[CALLER_SCENARIO_ERROR_MAX]; /* libcyaml's own words */
	unsigned line;
};

static __attribute__((format(printf, 3, 4))) int refuse(struct reader *r,
							unsigned line,
							const char *format, ...)
{
	char text[CALLER_SCENARIO_ERROR_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (line)
		snprintf(r->error, CALLER_SCENARIO_ERROR_MAX,
			 "%.80s:%u: %.160s", r->file, line, text);
	else
		snprintf(r->error, CALLER_SCENARIO_ERROR_MAX, "%.80s: %.160s",
			 r->file, text);
	return -EINVAL;
}

/* libcyaml says what, then where: keep the first line of each. */
static __attribute__((format(printf, 3, 0))) void on_cyaml_log(
	cyaml_log_t level, void *context, const char *format, va_list args)
{
	struct reader *r = context;
	char text[CALLER_SCENARIO_ERROR_MAX];

	if (level < CYAML_LOG_ERROR)
		return;
	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = 0;
	const char *at = strstr(text, "(line: ");
	if (at && !r->line)
		r->line = (unsigned)strtoul(at + 7, NULL, 10);
	if (!at && !r->first[0])
		memcpy(r->first, text, sizeof(text));
}

/* The line on which the step of that index begins; 0 when it is not found. */
static unsigned step_line(const struct reader *r, size_t index)
{
	yaml_parser_t parser;
	yaml_document_t document;
	yaml_node_t *root, *steps = NULL;
	unsigned line = 0;

	if (!yaml_parser_initialize(&parser))
		return 0;
	yaml_parser_set_input_string(&parser, (const unsigned char *)r->text,
				     r->len);
	if (yaml_parser_load(&parser, &document)) {
		root = yaml_document_get_root_node(&document);
		yaml_node_pair_t *p = root->data.mapping.pairs.start;

		for (; p < root->data.mapping.pairs.top; p++) {
			yaml_node_t *key =
				yaml_document_get_node(&document, p->key);

			if (strcmp((const char *)key->data.scalar.value,
				   "steps") == 0)
				steps = yaml_document_get_node(&document,
							       p->value);
		}
		if (steps) {
			int item = steps->data.sequence.items.start[index];

			line = (unsigned)yaml_document_get_node(&document, item)
				       ->start_mark.line +
			       1;
		}
		yaml_document_delete(&document);
	}
	yaml_parser_delete(&parser);
	return line;
}

/* --- Steps --- */

struct step_reader {
	struct reader *r;
	const struct yaml_step *from;
	struct caller_step *to;
	size_t index;
};

#define REFUSE(s, ...) \
	refuse((s)->r, step_line((s)->r, (s)->index), __VA_ARGS__)

static int load_clip(struct step_reader *s, const char *name)
{
	struct caller_scenario *scenario = s->r->scenario;
	struct caller_clip *clip = &scenario->clip[scenario->clips];
	int err = caller_speech_load(clip, name, s->r->folder);

	if (err)
		return REFUSE(s,
			      "say: %.80s: %s (bundled: caller-question, "
			      "caller-interrupts, caller-thanks)",
			      name, strerror(-err));
	scenario->clips++;
	s->to->clip = clip;
	return 0;
}

static int read_say(struct step_reader *s)
{
	s->to->kind = CALLER_SAY;
	return load_clip(s, s->from->say);
}

static int read_press(struct step_reader *s)
{
	const char *digits = s->from->press;

	s->to->kind = CALLER_PRESS;
	if (!*digits || digits[strspn(digits, DIGITS)])
		return REFUSE(s, "press: \"%.40s\": only %s", digits, DIGITS);
	if (strlen(digits) >= sizeof(s->to->digits))
		return REFUSE(s, "press: more than %d digits",
			      CALLER_SCRIPT_DIGITS_MAX - 1);
	strcpy(s->to->digits, digits);
	return 0;
}

static int read_wait(struct step_reader *s)
{
	static const struct {
		const char *name;
		enum caller_step_kind kind;
	} what[] = {
		{ "heard_start", CALLER_WAIT_START },
		{ "heard_end", CALLER_WAIT_END },
		{ "silence", CALLER_WAIT_SILENCE },
		{ "hangup", CALLER_WAIT_HANGUP },
	};
	const char *text = s->from->wait;

	s->to->kind = CALLER_WAIT_MS;
	s->to->ms = (unsigned)strtoul(text, NULL, 10);
	if (*text && !text[strspn(text, "0123456789")])
		return 0;
	s->to->ms = s->from->value ? *s->from->value : CALLER_SCRIPT_QUIET_MS;
	for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
		s->to->kind = what[i].kind;
		if (strcmp(what[i].name, text) == 0)
			return 0;
	}
	return REFUSE(s,
		      "wait: \"%.40s\" is not heard_start, heard_end, "
		      "silence, hangup or milliseconds",
		      text);
}

static int read_interrupt(struct step_reader *s)
{
	s->to->kind = CALLER_INTERRUPT;
	s->to->ms = s->from->interrupt->after_ms;
	s->to->within_ms = s->from->interrupt->within_ms;
	return load_clip(s, s->from->interrupt->say);
}

static int read_inject(struct step_reader *s)
{
	enum phone_fault fault = phone_fault_find(s->from->inject);

	if (fault == PHONE_FAULT_NONE)
		return REFUSE(s, "inject: no fault \"%.40s\"", s->from->inject);
	s->to->kind = CALLER_INJECT;
	s->to->fault = fault;
	s->to->value = s->from->value ? *s->from->value
				      : phone_fault_kind(fault)->value;
	if (phone_fault_kind(fault)->is_setup)
		phone_faults_add(&s->r->scenario->faults, fault, s->to->value);
	return 0;
}

static int read_kind(struct step_reader *s)
{
	const struct yaml_step *from = s->from;
	int kinds = !!from->say + !!from->press + !!from->wait +
		    !!from->interrupt + !!from->inject + from->hangup;

	if (kinds != 1)
		return REFUSE(s, "a step is one of say, press, wait, "
				 "interrupt, hangup, inject");
	if (from->say)
		return read_say(s);
	if (from->press)
		return read_press(s);
	if (from->wait)
		return read_wait(s);
	if (from->interrupt)
		return read_interrupt(s);
	if (from->inject)
		return read_inject(s);
	s->to->kind = CALLER_HANG_UP;
	return 0;
}

static int read_step(struct reader *r, const struct yaml_step *from,
		     size_t index)
{
	struct caller_step *to = &r->scenario->script.step[index];
	struct step_reader s = { r, from, to, index };

	to->timeout_ms =
		from->timeout_ms ? from->timeout_ms : CALLER_SCRIPT_TIMEOUT_MS;
	if (from->label && snprintf(to->label, sizeof(to->label), "%s",
				    from->label) >= (int)sizeof(to->label))
		return REFUSE(&s, "label: longer than %d characters",
			      CALLER_SCRIPT_LABEL_MAX - 1);
	return read_kind(&s);
}

/* --- The whole --- */

static int read_expect(struct reader *r, const struct yaml_expect *e)
{
	struct caller_scenario *s = r->scenario;
	const char *const text[] = {
#define VALUE(name, what) e->name,
		CALLER_FIGURES(VALUE)
#undef VALUE
	};

	if (e->outcome)
		snprintf(s->outcome, sizeof(s->outcome), "%s", e->outcome);
	for (size_t i = 0; i < CALLER_FIGURE_COUNT; i++) {
		if (!text[i])
			continue;
		s->is_expected[i] = true;
		if (caller_figures_range(&s->range[i], text[i]) < 0)
			return refuse(
				r, 0,
				"expect: %s: \"%.40s\" is not a number "
				"or a range like 3..9, 3.. or ..9",
				caller_figures_name((enum caller_figure)i),
				text[i]);
	}
	return 0;
}

static int read_scenario(struct reader *r, const struct yaml_scenario *y)
{
	struct caller_scenario *s = r->scenario;
	int err = 0;

	snprintf(s->name, sizeof(s->name), "%s", y->name ? y->name : r->file);
	snprintf(s->dial_status, sizeof(s->dial_status), "%s",
		 y->dial_status ? y->dial_status : "completed");
	s->script.steps = y->steps_count;
	for (size_t i = 0; i < y->steps_count && !err; i++)
		err = read_step(r, &y->steps[i], i);
	if (!err && y->expect)
		err = read_expect(r, y->expect);
	return err;
}

int caller_scenario_parse(struct caller_scenario *s, const char *text,
			  size_t len, const char *file, const char *folder,
			  char error[CALLER_SCENARIO_ERROR_MAX])
{
	struct reader r = {
		.scenario = s,
		.file = file,
		.folder = folder,
		.text = text,
		.len = len,
		.error = error,
	};
	const cyaml_config_t config = {
		.log_fn = on_cyaml_log,
		.log_ctx = &r,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
	};
	struct yaml_scenario *y = NULL;

	memset(s, 0, sizeof(*s));
	error[0] = 0;
	cyaml_err_t bad =
		cyaml_load_data((const uint8_t *)text, len, &config,
				&scenario_value, (cyaml_data_t **)&y, NULL);
	if (bad != CYAML_OK)
		return refuse(&r, r.line, "%s",
			      r.first[0] ? r.first : cyaml_strerror(bad));
	int err = y ? read_scenario(&r, y) : refuse(&r, 0, "the file is empty");
	cyaml_free(&config, &scenario_value, y, 0);
	if (err)
		caller_scenario_free(s);
	return err;
}

static int read_file(const char *path, char *text, size_t *len)
{
	FILE *f = fopen(path, "re");

	if (!f)
		return -errno;
	*len = fread(text, 1, FILE_MAX, f);
	int err = ferror(f) ? -EIO : *len == FILE_MAX ? -EFBIG : 0;
	fclose(f);
	return err;
}

int caller_scenario_load(struct caller_scenario *s, const char *path,
			 char error[CALLER_SCENARIO_ERROR_MAX])
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash - path)) : NULL;
	char *text = malloc(FILE_MAX);
	size_t len = 0;
	int err = text ? read_file(path, text, &len) : -ENOMEM;

	if (err)
		snprintf(error, CALLER_SCENARIO_ERROR_MAX, "%.120s: %s", path,
			 strerror(-err));
	else
		err = caller_scenario_parse(s, text, len, path, folder, error);
	free(text);
	free(folder);
	return err;
}

void caller_scenario_free(struct caller_scenario *s)
{
	for (size_t i = 0; i < s->clips; i++)
		caller_speech_free(&s->clip[i]);
	s->clips = 0;
}

/* --- Scenarios of the program's own --- */

__asm__(".section .rodata\n"
	".global caller_scenario_yaml\n"
	".global caller_scenario_yaml_end\n"
	"caller_scenario_yaml:\n"
	".incbin \"test-vectors/scenarios/call-demonstration.yaml\"\n"
	"caller_scenario_yaml_end:\n"
	".previous\n");
extern const char caller_scenario_yaml[];
extern const char caller_scenario_yaml_end[];

int caller_scenario_demonstration(struct caller_scenario *s,
				  char error[CALLER_SCENARIO_ERROR_MAX])
{
	return caller_scenario_parse(
		s, caller_scenario_yaml,
		(size_t)(caller_scenario_yaml_end - caller_scenario_yaml),
		"demonstration", NULL, error);
}

int caller_scenario_say(struct caller_scenario *s, const char *file,
			char error[CALLER_SCENARIO_ERROR_MAX])
{
	static const char yaml[] = "name: say\n"
				   "steps:\n"
				   "- {wait: heard_end, label: greeting}\n"
				   "- {say: caller-thanks}\n"
				   "- {wait: heard_end, label: reply}\n"
				   "- {hangup: true}\n";
	int err = caller_scenario_parse(s, yaml, sizeof(yaml) - 1, "--say",
					NULL, error);

	if (err)
		return err;
	caller_speech_free(&s->clip[0]);
	err = caller_speech_load(&s->clip[0], file, NULL);
	if (err)
		snprintf(error, CALLER_SCENARIO_ERROR_MAX, "%.120s: %s", file,
			 strerror(-err));
	return err;
}
