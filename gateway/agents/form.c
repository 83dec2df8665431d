#include "gateway/agents/form.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/agents/agent.h"
#include "gateway/agents/spoken.h"
#include "gateway/agents/tool_run.h"
#include "gateway/agents/webhook.h"
#include "gateway/ops/config.h"
#include "gateway/records/form_store.h"

_Static_assert(CONFIG_FORM_FIELDS_MAX <= FORM_STORE_FIELDS_MAX,
	       "a form fits the store");
_Static_assert((int)CONFIG_FIELD_TEXT == (int)SPOKEN_TEXT &&
		       (int)CONFIG_FIELD_CHOICE == (int)SPOKEN_CHOICE,
	       "types have the same numbers");
_Static_assert(CONFIG_FORM_CHOICES_MAX <= SPOKEN_CHOICES_MAX,
	       "choices fit what reads them");

/* A part that is to be saved: it waits until the one before it is. */
struct form_part {
	struct form_part *next;
	struct tool_run *run;
	json_t *changed; /* field to value, in the order of the form */
	json_t *answer;  /* what the model is told when it is stored */
	bool is_complete;
};

/* A form of one call, for as long as that lasts and something is saved. */
struct form_state {
	struct form_state *next; /* of the call */
	struct agent_world *world;
	bool is_left; /* the call is over */
	bool is_saving;
	struct form_part *first, *last;
	json_t *values;  /* of all fields so far */
	json_t *unsaved; /* those of parts that could not be stored */
	unsigned version;
	int64_t id;
	char name[CONFIG_WORD_MAX];
	char agent[CONFIG_WORD_MAX];
	char call[AGENT_CALL_ID_MAX];
	char caller[CONFIG_NAME_MAX];
	char url[CONFIG_TEXT_MAX];
	struct secret secret;
	struct log log;
};

/* --- The function --- */

static const char *describe(const struct config_form_field *f)
{
	static const char *const text[] = {
		[CONFIG_FIELD_NAME] = "A name, as it was said or spelled.",
		[CONFIG_FIELD_EMAIL] = "An e-mail address, as it was said: "
				       "\"john dot smith at gmail dot com\".",
		[CONFIG_FIELD_PHONE] = "A telephone number, as it was said: "
				       "\"oh seven nine double five\".",
		[CONFIG_FIELD_DATE] = "A date, as it was said: \"the third of "
				      "May\", \"in two weeks\".",
		[CONFIG_FIELD_NUMBER] = "A number, as it was said: \"two and a "
					"half\".",
		[CONFIG_FIELD_CHOICE] = "One of the choices, as it was said.",
		[CONFIG_FIELD_TEXT] = "Text, as it was said.",
	};

	return text[f->type];
}

static json_t *property(const struct config_form_field *f)
{
	char text[CONFIG_FORM_CHOICES_MAX * (CONFIG_FORM_CHOICE_MAX + 2) + 256];
	size_t at = (size_t)snprintf(text, sizeof(text), "%s%s", describe(f),
				     f->choice_count ? " Choices: " : "");

	for (unsigned i = 0; i < f->choice_count; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s",
				       i ? ", " : "", f->choices[i]);
	snprintf(text + at, sizeof(text) - at, "%s",
		 f->required ? " Required." : "");
	return json_pack("{s:s, s:s}", "type", "string", "description", text);
}

char *form_parameters(const struct config_agent_form *form)
{
	json_t *properties = json_object();
	int err = 0;

	for (unsigned i = 0; i < form->field_count; i++)
		err |= json_object_set_new(properties, form->fields[i].name,
					   property(&form->fields[i]));
	json_t *schema =
		json_pack("{s:s, s:o, s:b}", "type", "object", "properties",
			  properties, "additionalProperties", 0);
	char *text = err || !schema ? NULL : json_dumps(schema, JSON_COMPACT);
	json_decref(schema);
	return text;
}

/* --- The form of a call --- */

static struct form_state *find(const struct agent_call *a, const char *name)
{
	struct form_state *s = a->forms;

	while (s && strcmp(s->name, name) != 0)
		s = s->next;
	return s;
}

static void copy(char *out, size_t cap, const char *text)
{
	snprintf(out, cap, "%s", text ? text : "");
}

static struct form_state *begin_form(struct agent_call *a,
				     const struct config_agent *wanted)
{
	const struct config_agent_form *f = &wanted->form;
	struct form_state *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->world = a->world;
	s->log = a->log;
	s->values = json_object();
	s->unsaved = json_object();
	s->secret = f->webhook.secret;
	copy(s->name, sizeof(s->name), f->name);
	copy(s->agent, sizeof(s->agent), wanted->persona.name);
	copy(s->call, sizeof(s->call), a->id);
	copy(s->caller, sizeof(s->caller),
	     call_variables_get(&a->call->variables, "caller"));
	copy(s->url, sizeof(s->url), f->webhook.url);
	s->next = a->forms;
	a->forms = s;
	return s;
}

static void free_state(struct form_state *s)
{
	secret_wipe(&s->secret);
	json_decref(s->values);
	json_decref(s->unsaved);
	free(s);
}

void form_leave(struct form_state *first)
{
	for (struct form_state *next; first; first = next) {
		next = first->next;
		first->is_left = true;
		if (!first->is_saving)
			free_state(first);
	}
}

/* --- What was said --- */

static struct spoken_day today(void)
{
	time_t now = time(NULL);
	struct tm t = { .tm_mday = 1 };

	localtime_r(&now, &t);
	return (struct spoken_day){ t.tm_year + 1900, t.tm_mon + 1, t.tm_mday };
}

/* The route's, if it says one. */
static const char *country_of(const struct agent_call *a,
			      const struct config_agent_form *f)
{
	return a->route && a->route->country[0] ? a->route->country
						: f->country;
}

static struct spoken_context context_of(const struct config_agent_form *f,
					const char *country,
					const struct config_form_field *field)
{
	struct spoken_context c = {
		.languages = spoken_language_of(f->language),
		.today = today(),
		.keeps_extension = f->extensions,
		.choices = field->choice_count,
	};

	memcpy(c.country, country, sizeof(c.country));
	for (unsigned i = 0; i < c.choices; i++)
		c.choice[i] = field->choices[i];
	return c;
}

/* What a run makes of its arguments. */
struct reading {
	const struct config_agent_form *form;
	const char *country; /* of telephone numbers */
	struct form_state *state;
	json_t *changed, *stored, *read_back, *wrong;
};

/* What could not be stored is new again: the model was told so. */
static bool is_new(const struct reading *r, const char *name, const char *value)
{
	const char *before =
		json_string_value(json_object_get(r->state->values, name));

	return !before || strcmp(before, value) != 0 ||
	       json_object_get(r->state->unsaved, name);
}

static void read_field(struct reading *r, const struct config_form_field *f,
		       const char *said)
{
	struct spoken_context c = context_of(r->form, r->country, f);
	struct spoken s;

	if (spoken_read(&s, (enum spoken_type)f->type, &c, said) != 0) {
		json_object_set_new(r->wrong, f->name, json_string(s.error));
		return;
	}
	json_object_set_new(r->stored, f->name, json_string(s.normal));
	if (!is_new(r, f->name, s.normal))
		return;
	json_object_set_new(r->changed, f->name, json_string(s.normal));
	json_object_set_new(r->state->values, f->name, json_string(s.normal));
	if (f->read_back)
		json_array_append_new(r->read_back, json_string(f->name));
}

static json_t *missing(const struct config_agent_form *f, const json_t *values)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < f->field_count; i++)
		if (f->fields[i].required &&
		    !json_object_get(values, f->fields[i].name))
			json_array_append_new(list,
					      json_string(f->fields[i].name));
	return list;
}

/* In the order of the form. */
static void read_fields(struct reading *r, const json_t *arguments)
{
	for (unsigned i = 0; i < r->form->field_count; i++) {
		const struct config_form_field *f = &r->form->fields[i];
		const char *said =
			json_string_value(json_object_get(arguments, f->name));
		if (said && *said)
			read_field(r, f, said);
	}
}

/* --- Telling whoever is to know --- */

static json_t *event_of(const struct form_state *s, const struct form_part *p,
			const char *event)
{
	json_t *names = json_array();
	const char *name;
	json_t *value;

	json_object_foreach(p->changed, name, value)
		json_array_append_new(names, json_string(name));
	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:i, s:b, s:o, s:O}",
			 "event", event, "id", (json_int_t)s->id, "call",
			 s->call, "form", s->name, "agent", s->agent, "caller",
			 s->caller, "version", (int)s->version, "complete",
			 (int)p->is_complete, "changed", names, "fields",
			 s->values);
}

/* FNV-1a, with the NUL. */
static uint64_t hash(uint64_t h, const char *text)
{
	do
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	while (*text++);
	return h;
}

static void send_webhook(struct form_state *s, const char *event,
			 const char *body)
{
	char key[WEBHOOK_KEY_MAX];
	/* Of call and form: neither fits as a whole. */
	uint64_t which = hash(hash(0xcbf29ce484222325u, s->call), s->name);

	snprintf(key, sizeof(key), "form-%.16s-%016" PRIx64 "-%u", s->name,
		 which, s->version);
	const struct webhook hook = {
		.event = event,
		.url = s->url,
		.secret = &s->secret,
		.key = key,
		.body = body,
		.log = &s->log,
	};
	webhooks_send(s->world->webhooks, &hook);
}

static void tell(struct form_state *s, const struct form_part *p)
{
	const char *event = s->version == 1 ? "form.saved" : "form.updated";
	json_t *json = event_of(s, p, event);
	char *body = json ? json_dumps(json, JSON_COMPACT) : NULL;
	struct log_line l;

	log_begin(&l, &s->log, LOG_INFO,
		  s->version == 1 ? "form_saved" : "form_updated");
	log_text(&l, "form", s->name);
	log_number(&l, "version", s->version);
	log_number(&l, "changed", (int64_t)json_object_size(p->changed));
	log_number(&l, "complete", p->is_complete);
	log_end(&l);
	if (body && *s->url)
		send_webhook(s, event, body);
	if (body && s->world->on_event)
		s->world->on_event(s->world->event_owner, event, body);
	free(body);
	json_decref(json);
}

/* --- Saving --- */

static void free_part(struct form_part *p)
{
	json_decref(p->changed);
	json_decref(p->answer);
	free(p);
}

static void save_next(struct form_state *s);

/* The oldest part is stored, or is not. */
static void end_part(struct form_state *s, const struct form_stored *stored)
{
	struct form_part *p = s->first;

	s->first = p->next;
	s->is_saving = false;
	if (stored->error) {
		json_object_update(s->unsaved, p->changed);
		log_event(&s->log, LOG_ERROR, "form_not_saved", "form", s->name,
			  "why", stored->why, NULL);
		tool_run_fail(p->run,
			      "it could not be stored: %s. What was said is "
			      "kept; call this function again in a while, or "
			      "tell the caller",
			      stored->why);
	} else {
		char *text = json_dumps(p->answer, JSON_COMPACT);
		s->id = stored->id;
		s->version = stored->version;
		json_object_clear(s->unsaved);
		tell(s, p);
		tool_run_answer(p->run, text ? text : "{\"status\":\"saved\"}");
		free(text);
	}
	free_part(p);
	save_next(s);
}

static void on_stored(void *owner, const struct form_stored *stored)
{
	end_part(owner, stored);
}

static struct form_put put_of(const struct form_state *s,
			      const struct form_part *p)
{
	struct timespec now;
	const char *name;
	json_t *value;
	struct form_put put = {
		.call = s->call,
		.form = s->name,
		.agent = s->agent,
		.caller = s->caller,
		.is_complete = p->is_complete,
	};

	clock_gettime(CLOCK_REALTIME, &now);
	put.at_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	/* More could only come of two agents whose forms have one name. */
	json_object_foreach(p->changed, name,
			    value) if (put.count < FORM_STORE_FIELDS_MAX)
		put.value[put.count++] =
		(struct form_value){ name, json_string_value(value) };
	return put;
}

/* Without a store who is told by webhook keeps it. */
static void save_part(struct form_state *s, struct form_part *p)
{
	struct form_stored stored = { .version = s->version + 1 };

	json_object_update_missing(p->changed, s->unsaved);
	if (s->world->forms) {
		const struct form_put put = put_of(s, p);
		stored.error = form_store_save(s->world->forms, s->world->loop,
					       &put, on_stored, s);
		if (!stored.error)
			return;
		copy(stored.why, sizeof(stored.why),
		     "too much is being written");
	}
	end_part(s, &stored);
}

static void save_next(struct form_state *s)
{
	if (s->is_saving)
		return;
	if (s->first) {
		s->is_saving = true;
		save_part(s, s->first);
	} else if (s->is_left) {
		free_state(s);
	}
}

static void add_part(struct form_state *s, struct form_part *p)
{
	if (s->first)
		s->last->next = p;
	else
		s->first = p;
	s->last = p;
	save_next(s);
}

/* --- A call of the function --- */

static json_t *answer_of(struct reading *r)
{
	bool is_first = !r->state->version && !r->state->first;
	const char *status = json_object_size(r->changed)
				     ? is_first ? "saved" : "updated"
				     : "nothing new";

	return json_pack("{s:s, s:O, s:o, s:O, s:O}", "status", status,
			 "stored", r->stored, "missing",
			 missing(r->form, r->state->values), "read_back",
			 r->read_back, "not_understood", r->wrong);
}

static void save(struct tool_run *run, struct reading *r, json_t *answer)
{
	struct form_part *p = calloc(1, sizeof(*p));

	if (!p) {
		json_object_update(r->state->unsaved, r->changed);
		json_decref(answer);
		tool_run_fail(run, "out of memory; try again");
		return;
	}
	p->run = run;
	p->changed = json_incref(r->changed);
	p->answer = answer;
	p->is_complete =
		json_array_size(json_object_get(answer, "missing")) == 0;
	add_part(r->state, p);
}

static void begin(struct tool_run *run)
{
	struct agent_call *a = run->agent_call;
	const struct config_agent *wanted = run->agent->wanted;
	struct form_state *s = find(a, wanted->form.name);
	struct reading r = { .form = &wanted->form,
			     .country = country_of(a, &wanted->form) };

	r.state = s ? s : begin_form(a, wanted);
	if (!r.state) {
		tool_run_fail(run, "out of memory; try again");
		return;
	}
	r.changed = json_object();
	r.stored = json_object();
	r.read_back = json_array();
	r.wrong = json_object();
	read_fields(&r, run->arguments);
	json_t *answer = answer_of(&r);
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	if (!text) {
		tool_run_fail(run, "out of memory; try again");
	} else if (json_object_size(r.changed) ||
		   json_object_size(r.state->unsaved)) {
		save(run, &r, json_incref(answer));
	} else {
		tool_run_answer(run, text);
	}
	free(text);
	json_decref(answer);
	json_decref(r.changed);
	json_decref(r.stored);
	json_decref(r.read_back);
	json_decref(r.wrong);
}

/* What a caller has told is saved, though he has hung up. */
const struct tool_kind form_kind = { .begin = begin };
