#include "tools/model/model_scenario.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/model_scenario_schema.h"
#include "tools/model/model_vad.h"

#define SCENARIO_MAX_BYTES (1u << 20)
#define NOTE_MAX           512

/* What libcyaml says while it fails: first what is wrong, then a backtrace
 * from the innermost key outwards, with lines. */
struct parse_note {
	char what[NOTE_MAX];
	char where[NOTE_MAX];
};

static void on_parse_log(cyaml_log_t level, void *context, const char *format,
			 va_list args) __attribute__((format(printf, 3, 0)));

static void on_parse_log(cyaml_log_t level, void *context, const char *format,
			 va_list args)
{
	struct parse_note *note = context;
	char line[NOTE_MAX];

	(void)level;
	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = 0;
	const char *text = strncmp(line, "Load: ", 6) == 0 ? line + 6 : line;
	if (strncmp(line, "  in ", 5) == 0) {
		size_t used = strlen(note->where);
		snprintf(note->where + used, sizeof(note->where) - used, "%s%s",
			 used ? ", " : "", line + 2);
	} else if (strncmp(text, "Backtrace", 9) != 0 && !note->what[0]) {
		memcpy(note->what, text, strlen(text) + 1);
	}
}

/* A line number for mistakes the schema cannot see: the first line that has
 * the key. */
static unsigned line_of(const char *text, size_t len, const char *key)
{
	const char *at = memmem(text, len, key, strlen(key));
	unsigned line = 1;

	for (const char *p = text; at && p < at; p++)
		line += *p == '\n';
	return line;
}

static const struct model_script empty_script;

static struct model_script *new_script(void)
{
	struct model_script *script = malloc(sizeof(*script));

	if (script)
		*script = empty_script;
	return script;
}

void model_scenario_default(struct model_scenario *s)
{
	*s = (struct model_scenario){
		.directory = ".",
		.pace = { .first_delta_ms = { 300, 900 },
			  .delta_ms = { 100, 600 },
			  .speed = 5.0,
			  .pause_ms = { 100, 400 } },
		.update_delay_ms = { 10, 40 },
		.late_deltas = { 0, 2 },
		.vad_dbm0 = MODEL_VAD_DEFAULT_DBM0,
		.transcript_delay_ms = { 150, 1200 },
		.life = { .expires_after_s = 3600,
			  .ping_interval_ms = 20300,
			  .pong_timeout_ms = 20000 },
	};
	s->script = new_script();
}

static void take_range(unsigned to[2], const unsigned *from)
{
	if (!from)
		return;
	to[0] = from[0];
	to[1] = from[1];
}

void model_scenario_pace(struct model_pace *pace,
			 const struct model_timing *timing)
{
	if (!timing)
		return;
	take_range(pace->first_delta_ms, timing->first_delta_ms);
	take_range(pace->delta_ms, timing->delta_ms);
	take_range(pace->pause_ms, timing->pause_ms);
	if (timing->speed)
		pace->speed = *timing->speed;
	if (timing->stall_ms)
		pace->stall_ms = *timing->stall_ms;
}

static void take_unsigned(unsigned *to, unsigned from)
{
	if (from)
		*to = from;
}

static void lay_over(struct model_scenario *s)
{
	const struct model_script *file = s->script;
	const struct model_timing *timing = file->timing;

	model_scenario_pace(&s->pace, timing);
	if (timing) {
		take_range(s->update_delay_ms, timing->update_delay_ms);
		take_range(s->late_deltas, timing->late_deltas);
		if (timing->session_created_delay_ms)
			s->created_delay_ms = *timing->session_created_delay_ms;
	}
	if (file->vad && file->vad->threshold_dbm0)
		s->vad_dbm0 = *file->vad->threshold_dbm0;
	if (file->transcription)
		take_range(s->transcript_delay_ms,
			   file->transcription->delay_ms);
	if (file->session) {
		take_unsigned(&s->life.expires_after_s,
			      file->session->expires_after_s);
		take_unsigned(&s->life.ping_interval_ms,
			      file->session->ping_interval_ms);
		take_unsigned(&s->life.pong_timeout_ms,
			      file->session->pong_timeout_ms);
	}
	if (file->expect)
		s->expect = *file->expect;
}

/* Returns the key that is wrong, or NULL; says why in *what. */
static const char *wrong_range(const struct model_timing *t, const char **what)
{
	const struct {
		const char *key;
		const unsigned *range;
	} row[] = {
		{ "first_delta_ms", t->first_delta_ms },
		{ "delta_ms", t->delta_ms },
		{ "pause_ms", t->pause_ms },
		{ "update_delay_ms", t->update_delay_ms },
		{ "late_deltas", t->late_deltas },
	};

	*what = "the least comes first, then the most";
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].range && row[i].range[0] > row[i].range[1])
			return row[i].key;
	return NULL;
}

static const char *wrong_timing(const struct model_timing *t, const char **what)
{
	const char *key = t ? wrong_range(t, what) : NULL;

	if (key || !t)
		return key;
	*what = "a delta holds at least 1 ms of audio";
	if (t->delta_ms && t->delta_ms[0] == 0)
		return "delta_ms";
	*what = "the speed is from 0.05 to 1000 times real time";
	if (t->speed && !(*t->speed >= 0.05 && *t->speed <= 1000))
		return "speed";
	return NULL;
}

static const char *wrong_fault(const struct model_fault *f, const char **what)
{
	*what = "refuse_http needs a status from 400 to 599";
	if (f->fault == MODEL_REFUSE_HTTP &&
	    (f->status < 400 || f->status > 599))
		return "refuse_http";
	*what = "close needs a code from 1000 to 4999";
	if (f->fault == MODEL_CLOSE && (f->code < 1000 || f->code > 4999))
		return "close";
	return NULL;
}

static const char *wrong_hearing(const struct model_hearing *h,
				 const char **what)
{
	unsigned past = 0;

	*what = "an utterance stops after it starts, and before the next one";
	for (unsigned i = 0; h && i < h->scripted_count; i++) {
		const struct model_utterance *u = &h->scripted[i];

		if (u->start_ms < past || u->stop_ms <= u->start_ms)
			return "scripted";
		past = u->stop_ms;
	}
	return NULL;
}

static const char *wrong_script(const struct model_script *script,
				const char **what)
{
	const char *key = wrong_timing(script->timing, what);

	for (unsigned i = 0; !key && i < script->responses_count; i++)
		key = wrong_timing(script->responses[i].timing, what);
	for (unsigned i = 0; !key && i < script->faults_count; i++)
		key = wrong_fault(&script->faults[i], what);
	return key ? key : wrong_hearing(script->vad, what);
}

static const cyaml_config_t *parser(struct parse_note *note,
				    cyaml_config_t *config)
{
	*config = (cyaml_config_t){
		.log_level = CYAML_LOG_ERROR,
		.log_fn = on_parse_log,
		.log_ctx = note,
		.mem_fn = cyaml_mem,
	};
	return config;
}

int model_scenario_parse(struct model_scenario *s, const char *name,
			 const char *text, size_t len, char *why, size_t cap)
{
	struct parse_note note = { .what = "", .where = "" };
	struct model_script *script = NULL;
	cyaml_config_t config;
	const char *what = "";

	cyaml_err_t err =
		cyaml_load_data((const uint8_t *)text, len,
				parser(&note, &config), &model_scenario_schema,
				(cyaml_data_t **)&script, NULL);
	if (err != CYAML_OK) {
		snprintf(why, cap, "%s: %s: %s", name,
			 note.what[0] ? note.what : cyaml_strerror(err),
			 note.where);
		return -EINVAL;
	}
	model_scenario_default(s);
	if (script) {
		free(s->script);
		s->script = script;
	}
	const char *key = wrong_script(s->script, &what);
	if (key) {
		snprintf(why, cap, "%s: line %u, %s: %s", name,
			 line_of(text, len, key), key, what);
		model_scenario_free(s);
		return -EINVAL;
	}
	lay_over(s);
	return 0;
}

static char *read_file(const char *path, size_t *len, char *why, size_t cap)
{
	FILE *f = fopen(path, "rb");

	if (!f) {
		snprintf(why, cap, "%s: %s", path, strerror(errno));
		return NULL;
	}
	char *text = malloc(SCENARIO_MAX_BYTES + 1);
	if (text)
		*len = fread(text, 1, SCENARIO_MAX_BYTES + 1, f);
	fclose(f);
	if (!text || *len > SCENARIO_MAX_BYTES) {
		snprintf(why, cap, "%s: larger than %u bytes", path,
			 SCENARIO_MAX_BYTES);
		free(text);
		return NULL;
	}
	return text;
}

int model_scenario_load(struct model_scenario *s, const char *path, char *why,
			size_t cap)
{
	size_t len = 0;
	char *text = read_file(path, &len, why, cap);

	if (!text)
		return -EINVAL;
	int err = model_scenario_parse(s, path, text, len, why, cap);
	free(text);
	const char *slash = strrchr(path, '/');
	if (!err && slash)
		snprintf(s->directory, sizeof(s->directory), "%.*s",
			 (int)(slash - path), path);
	return err;
}

void model_scenario_free(struct model_scenario *s)
{
	struct parse_note note = { .what = "", .where = "" };
	cyaml_config_t config;

	if (s->script)
		cyaml_free(parser(&note, &config), &model_scenario_schema,
			   s->script, 0);
	s->script = NULL;
}

const struct model_fault *model_scenario_fault(const struct model_scenario *s,
					       enum model_fault_kind kind,
					       unsigned session,
					       unsigned number)
{
	for (unsigned i = 0; i < s->script->faults_count; i++) {
		const struct model_fault *f = &s->script->faults[i];

		if (f->fault == kind &&
		    (f->session == 0 || f->session == session) &&
		    (number == 0 || f->number == 0 || f->number == number))
			return f;
	}
	return NULL;
}

const char *model_scenario_fault_name(enum model_fault_kind kind)
{
	for (size_t i = 0; i < model_scenario_schema_fault_count; i++)
		if (model_scenario_schema_faults[i].val == (int64_t)kind)
			return model_scenario_schema_faults[i].str;
	return "?";
}
