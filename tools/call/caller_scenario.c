#include "tools/call/caller_scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/caller_scenario_parts.h"
#include "tools/call/caller_speech.h"

#define FILE_MAX 65536

static int read_expect(struct scenario_reader *r, const struct yaml_expect *e)
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
			return caller_scenario_error(
				r, 0,
				"expect: %s: \"%.40s\" is not a number "
				"or a range like 3..9, 3.. or ..9",
				caller_figures_name((enum caller_figure)i),
				text[i]);
	}
	return 0;
}

static int read_carrier(struct scenario_reader *r, const char *name)
{
	enum caller_carrier carrier;

	if (!caller_carrier_find(&carrier, name))
		return caller_scenario_error(
			r, 0, "carrier: \"%.40s\" is not twilio or audiocodes",
			name);
	return caller_scenario_settle(r->scenario, carrier, r->error);
}

static void read_name(struct caller_scenario *s, const char *file,
		      const struct yaml_scenario *y)
{
	snprintf(s->name, sizeof(s->name), "%s", y->name ? y->name : file);
	snprintf(s->file, sizeof(s->file), "%s", file);
	snprintf(s->dial_status, sizeof(s->dial_status), "%s",
		 y->dial_status ? y->dial_status : "completed");
	s->has_dial_status = y->dial_status != NULL;
}

/* Whoever answers takes the call, unless the file says otherwise. */
static int read_key(struct scenario_reader *r, const char *key)
{
	struct caller_scenario *s = r->scenario;

	s->has_dial_key = key != NULL;
	if (!key)
		key = "1";
	if (strlen(key) > 1 || strspn(key, "0123456789*#") != strlen(key))
		return caller_scenario_error(
			r, 0, "dial_key: \"%.40s\" is no key of 0-9 * #", key);
	snprintf(s->dial_key, sizeof(s->dial_key), "%s", key);
	return 0;
}

static int read_scenario(struct scenario_reader *r,
			 const struct yaml_scenario *y)
{
	int err = read_key(r, y->dial_key);

	read_name(r->scenario, r->file, y);
	r->scenario->script.steps = y->steps_count;
	for (size_t i = 0; i < y->steps_count && !err; i++)
		err = caller_scenario_step(r, &y->steps[i], i);
	if (!err && y->expect)
		err = read_expect(r, y->expect);
	if (!err && y->audiocodes)
		err = caller_scenario_audiocodes(r, y->audiocodes);
	if (!err && y->carrier)
		err = read_carrier(r, y->carrier);
	return err;
}

static void init(struct caller_scenario *s)
{
	memset(s, 0, sizeof(*s));
	s->carrier = CALLER_CARRIERS;
	vaic_options_default(&s->audiocodes.session);
}

int caller_scenario_parse(struct caller_scenario *s, const char *text,
			  size_t len, const char *file, const char *folder,
			  char error[CALLER_SCENARIO_ERROR_MAX])
{
	struct scenario_reader r = {
		.scenario = s,
		.file = file,
		.folder = folder,
		.text = text,
		.len = len,
		.error = error,
	};
	const cyaml_config_t config = {
		.log_fn = caller_scenario_error_log,
		.log_ctx = &r,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
	};
	struct yaml_scenario *y = NULL;

	init(s);
	error[0] = 0;
	cyaml_err_t bad = cyaml_load_data((const uint8_t *)text, len, &config,
					  &caller_scenario_yaml_schema,
					  (cyaml_data_t **)&y, NULL);
	if (bad != CYAML_OK)
		return caller_scenario_error(&r, r.line, "%s",
					     r.first[0] ? r.first
							: cyaml_strerror(bad));
	s->yaml = y;
	int err = y ? read_scenario(&r, y)
		    : caller_scenario_error(&r, 0, "the file is empty");
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
	caller_scenario_yaml_free(s->yaml);
	s->yaml = NULL;
}

/* --- Whose it is --- */

static int settle_error(const struct caller_scenario *s, unsigned line,
			char error[CALLER_SCENARIO_ERROR_MAX], const char *what,
			const char *detail, enum caller_carrier carrier)
{
	char where[16] = "";

	if (line)
		snprintf(where, sizeof(where), ":%u", line);
	snprintf(error, CALLER_SCENARIO_ERROR_MAX,
		 "%s%s: %s%.40s is not for a call by %s", s->file, where, what,
		 detail, caller_carrier_name(carrier));
	return -EINVAL;
}

int caller_scenario_settle(struct caller_scenario *s,
			   enum caller_carrier carrier,
			   char error[CALLER_SCENARIO_ERROR_MAX])
{
	if (s->carrier != CALLER_CARRIERS && s->carrier != carrier)
		return settle_error(s, 0, error, "carrier: ",
				    caller_carrier_name(s->carrier), carrier);
	if (s->has_audiocodes && carrier != CALLER_CARRIER_AUDIOCODES)
		return settle_error(s, 0, error, "audiocodes", "", carrier);
	if (s->has_dial_status && carrier != CALLER_CARRIER_TWILIO)
		return settle_error(s, 0, error, "dial_status", "", carrier);
	if (s->has_dial_key && carrier != CALLER_CARRIER_TWILIO)
		return settle_error(s, 0, error, "dial_key", "", carrier);
	for (size_t i = 0; i < s->script.steps; i++) {
		const struct caller_step *step = &s->script.step[i];

		if (step->kind == CALLER_INJECT &&
		    !caller_fault_is_known(step->fault, carrier))
			return settle_error(
				s, s->line[i], error, "inject: ",
				caller_fault_kind(step->fault)->name, carrier);
	}
	s->carrier = carrier;
	return 0;
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

void caller_scenario_check(struct caller_scenario *s)
{
	init(s);
	snprintf(s->name, sizeof(s->name), "connectivity check");
	snprintf(s->outcome, sizeof(s->outcome), "checked");
}
