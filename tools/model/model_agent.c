/* Who answers: the scenario's next fitting answer, or the default agent, who
 * greets, repeats what the caller said, and reads pressed keys back. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/model_state.h"

#define DIGITS_MAX  32
#define GOODBYE_KEY "0"
#define HANG_UP     "end_call"

static const char *type_of(const struct model_item *item)
{
	const char *type =
		json_string_value(json_object_get(item->json, "type"));

	return type ? type : "";
}

static const char *text_of(const struct model_item *item)
{
	json_t *part =
		json_array_get(json_object_get(item->json, "content"), 0);

	return json_string_value(json_object_get(part, "text"));
}

static bool is_note(const struct model_item *item)
{
	const char *role =
		json_string_value(json_object_get(item->json, "role"));

	return role && strcmp(role, "system") == 0;
}

/* What the response answers: a note, when something was said before it and
 * nothing since; else the last thing that is not the agent's own. */
static enum model_trigger find_trigger(const struct model_session *s,
				       const struct model_item **subject)
{
	const struct model_conversation *c = &s->conversation;

	size_t said = c->items; /* without the notes that came last */

	*subject = NULL;
	while (said && is_note(c->item[said - 1]))
		said--;
	if (said && said < c->items)
		return MODEL_ON_NOTE;
	for (size_t i = said; i-- > 0;) {
		const struct model_item *item = c->item[i];

		*subject = item;
		if (strcmp(type_of(item), "function_call_output") == 0)
			return MODEL_ON_TOOL;
		if (item->is_user)
			return text_of(item) ? MODEL_ON_TEXT : MODEL_ON_TURN;
	}
	*subject = NULL;
	return MODEL_ON_GREETING;
}

/* --- sounds --- */

static const struct model_item *last_utterance(const struct model_session *s)
{
	const struct model_conversation *c = &s->conversation;

	for (size_t i = c->items; i-- > 0;)
		if (c->item[i]->is_user && c->item[i]->audio.len)
			return c->item[i];
	return NULL;
}

/* The caller's own samples, with speech whole and the silence around it cut. */
static int add_echo(struct model_session *s, struct model_response *r,
		    struct model_clip *clip, double *seconds)
{
	const struct model_item *item = last_utterance(s);
	struct model_converter converter;
	size_t from = 0, to = 0;

	*seconds = 0;
	if (!item)
		return model_voice_say(s->world->voice, clip, r->encoding,
				       "chime", "");
	size_t width = model_audio_width(item->encoding);
	int16_t *pcm = malloc(item->audio.len * sizeof(*pcm) + 1);
	if (!pcm)
		return -ENOMEM;
	size_t n = model_audio_decode(item->encoding, pcm, item->audio.bytes,
				      item->audio.len);
	model_vad_trim(pcm, n, model_audio_rate(item->encoding),
		       model_vad_level(s->scenario->vad_dbm0,
				       s->settings.threshold),
		       &from, &to);
	free(pcm);
	*seconds = (double)(to - from) / model_audio_rate(item->encoding);
	model_converter_init(&converter, item->encoding, r->encoding);
	return model_converter_run(&converter, clip,
				   item->audio.bytes + from * width,
				   (to - from) * width);
}

static int say_echo(struct model_session *s, struct model_response *r,
		    struct model_output *o)
{
	char words[80];
	double seconds;
	int err = add_echo(s, r, &o->clip, &seconds);

	snprintf(words, sizeof(words),
		 "(repeats the caller\u2019s words, %.1f s)", seconds);
	return err ? err : model_plan_words(o, words);
}

static int say_digits(struct model_session *s, struct model_response *r,
		      struct model_output *o, const char *digits)
{
	int err = 0;

	for (; *digits && !err; digits++) {
		char sound[16];

		snprintf(sound, sizeof(sound), "digits:%c", *digits);
		err = model_voice_say(s->world->voice, &o->clip, r->encoding,
				      sound, "");
		if (!err)
			err = model_plan_words(
				o,
				model_voice_words(model_voice_digit(*digits)));
	}
	return err;
}

static int say(struct model_session *s, struct model_response *r,
	       struct model_output *o, const char *sound)
{
	const char *words = model_voice_words(sound);
	int err;

	if (strcmp(sound, "echo") == 0)
		return say_echo(s, r, o);
	if (strncmp(sound, "digits:", 7) == 0)
		return say_digits(s, r, o, sound + 7);
	err = model_voice_say(s->world->voice, &o->clip, r->encoding, sound,
			      s->scenario->directory);
	if (err) {
		model_emit_log(s, "cannot say \"%s\": %s", sound,
			       strerror(-err));
		return err;
	}
	/* A path is nobody's business; its kind is enough. */
	if (!words && strcmp(sound, "chime") == 0)
		words = "(chime)";
	else if (!words)
		words = strchr(sound, ':') ? "(tone)" : "(recording)";
	return model_plan_words(o, words);
}

static int add_message(struct model_session *s, struct model_response *r,
		       const char *const *sounds, size_t n, bool is_commentary)
{
	struct model_output *o = model_plan_add(&r->plan, MODEL_SPEECH, "");

	if (!o)
		return -ENOMEM;
	o->is_commentary = is_commentary;
	for (size_t i = 0; i < n; i++) {
		int err = say(s, r, o, sounds[i]);
		if (err)
			return err;
	}
	return 0;
}

static int add_sound(struct model_session *s, struct model_response *r,
		     const char *sound)
{
	return add_message(s, r, &sound, 1, false);
}

static int add_call(struct model_response *r, const char *name,
		    const char *arguments)
{
	struct model_output *o = model_plan_add(&r->plan, MODEL_FUNCTION,
						arguments ? arguments : "{}");

	if (!o)
		return -ENOMEM;
	o->name = strdup(name);
	return o->name ? 0 : -ENOMEM;
}

/* --- the default agent --- */

static bool has_tool(struct model_session *s, struct model_response *r,
		     const char *name)
{
	json_t *own = json_object_get(r->request, "tools");

	return model_config_has_tool(
		own ? own : json_object_get(s->config, "tools"), name);
}

static int say_goodbye(struct model_session *s, struct model_response *r)
{
	int err = add_sound(s, r, "goodbye");

	if (!err && has_tool(s, r, HANG_UP))
		err = add_call(r, HANG_UP, "{\"reason\":\"caller pressed 0\"}");
	return err;
}

/* The keys in "[keypad] 42#" or "the caller pressed 4 2 #". */
static size_t find_digits(const char *text, char digits[DIGITS_MAX + 1])
{
	static const char *const before[] = { "keypad", "pressed" };
	const char *from = NULL;
	size_t n = 0;

	for (size_t i = 0; i < 2 && !from; i++)
		from = strcasestr(text, before[i]);
	for (; from && *from && n < DIGITS_MAX; from++)
		if (model_voice_digit(*from))
			digits[n++] = *from;
	digits[n] = 0;
	return n;
}

static int replace_words(struct model_plan *p, const char *words)
{
	struct model_output *o = p->outputs ? &p->output[p->outputs - 1] : NULL;

	if (!words || !o)
		return 0;
	free(o->words);
	o->words = strdup(words);
	return o->words ? 0 : -ENOMEM;
}

static bool wants_text(struct model_session *s, struct model_response *r)
{
	json_t *own = json_object_get(r->request, "output_modalities");
	const char *modality = json_string_value(json_array_get(own, 0));

	return own ? modality && strcmp(modality, "text") == 0
		   : s->settings.is_text;
}

/* Who may write can repeat any words; the voice knows only a few. */
static int answer_words(struct model_session *s, struct model_response *r,
			const char *sound, const char *before, const char *text)
{
	int err = add_sound(s, r, sound);

	if (!err && wants_text(s, r))
		err = replace_words(&r->plan, before);
	if (!err && wants_text(s, r))
		err = model_plan_words(&r->plan.output[0], text);
	return err;
}

static int answer_text(struct model_session *s, struct model_response *r,
		       const struct model_item *item)
{
	char digits[DIGITS_MAX + 1], sound[DIGITS_MAX + 16];
	const char *sounds[] = { "you-pressed", sound };

	if (find_digits(text_of(item), digits) == 0)
		return answer_words(s, r, "chime", "You wrote:", text_of(item));
	if (strcmp(digits, GOODBYE_KEY) == 0)
		return say_goodbye(s, r);
	snprintf(sound, sizeof(sound), "digits:%s", digits);
	return add_message(s, r, sounds, 2, false);
}

static int answer_tool(struct model_session *s, struct model_response *r,
		       const struct model_item *item)
{
	const char *call_id =
		json_string_value(json_object_get(item->json, "call_id"));
	const struct model_item *call =
		model_conversation_call(&s->conversation, call_id);
	const char *name =
		call ? json_string_value(json_object_get(call->json, "name"))
		     : "";

	if (strcmp(name, HANG_UP) != 0)
		return add_sound(s, r, "chime");
	/* Goodbye is said once: before the call or after it. */
	return call->had_farewell ? 0 : add_sound(s, r, "goodbye");
}

/* In letters, who was told something about the caller says so. */
static int greet(struct model_session *s, struct model_response *r)
{
	const struct model_conversation *c = &s->conversation;
	const char *told =
		c->items && is_note(c->item[0]) ? text_of(c->item[0]) : NULL;

	return told ? answer_words(s, r, "greeting", "I was told:", told)
		    : add_sound(s, r, "greeting");
}

static int answer_default(struct model_session *s, struct model_response *r,
			  enum model_trigger trigger,
			  const struct model_item *subject)
{
	switch (trigger) {
	case MODEL_ON_TURN:
		return add_sound(s, r, "echo");
	case MODEL_ON_TEXT:
		return answer_text(s, r, subject);
	case MODEL_ON_TOOL:
		return answer_tool(s, r, subject);
	case MODEL_ON_NOTE:
		return add_sound(s, r, "chime");
	case MODEL_ON_GREETING:
	case MODEL_ON_ANY:
		break;
	}
	return greet(s, r);
}

/* --- the scenario --- */

static const struct model_answer *find_answer(struct model_session *s,
					      enum model_trigger trigger)
{
	const struct model_script *script = s->scenario->script;

	for (unsigned i = 0; i < script->responses_count; i++) {
		const struct model_answer *a = &script->responses[i];

		if (s->answer_used[i] && !a->repeat)
			continue;
		if (a->on != MODEL_ON_ANY && a->on != trigger)
			continue;
		s->answer_used[i] = true;
		return a;
	}
	return NULL;
}

static void copy_text(char *to, size_t cap, const char *from, const char *other)
{
	snprintf(to, cap, "%s", from ? from : other);
}

static void take_ending(struct model_plan *p, const struct model_answer *a)
{
	p->status = a->status;
	copy_text(p->reason, sizeof(p->reason), a->reason,
		  a->status == MODEL_CANCELLED    ? "client_cancelled"
		  : a->status == MODEL_INCOMPLETE ? "max_output_tokens"
						  : "");
	copy_text(p->error_code, sizeof(p->error_code), a->error_code,
		  "server_error");
	copy_text(p->error_message, sizeof(p->error_message), a->error_message,
		  "The server had an error while processing your request. "
		  "Sorry about that!");
	p->late_done = a->late_done;
	p->split_samples = a->split_samples;
	p->null_usage = a->null_usage;
	p->no_created = a->no_created;
	model_scenario_pace(&p->pace, a->timing);
}

static const char *const *list(char **texts)
{
	return (const char *const *)texts;
}

static int answer_scripted(struct model_session *s, struct model_response *r,
			   const struct model_answer *a)
{
	int err = 0;

	take_ending(&r->plan, a);
	if (a->preamble_count)
		err = add_message(s, r, list(a->preamble), a->preamble_count,
				  true);
	if (!err && a->say_count)
		err = add_message(s, r, list(a->say), a->say_count, false);
	if (!err)
		err = replace_words(&r->plan, a->transcript);
	for (unsigned i = 0; !err && i < a->call_count; i++)
		err = add_call(r, a->call[i].name, a->call[i].arguments);
	return err;
}

/* A text response says in letters what would have been spoken. */
static void make_text(struct model_plan *p)
{
	for (size_t i = 0; i < p->outputs; i++) {
		if (p->output[i].kind != MODEL_SPEECH)
			continue;
		p->output[i].kind = MODEL_TEXT;
		model_clip_free(&p->output[i].clip);
	}
}

int model_agent_plan(struct model_session *s, struct model_response *r)
{
	const struct model_item *subject;
	enum model_trigger trigger = find_trigger(s, &subject);
	const struct model_answer *scripted =
		r->is_out_of_band ? NULL : find_answer(s, trigger);
	int err;

	r->plan.pace = s->scenario->pace;
	if (scripted)
		err = answer_scripted(s, r, scripted);
	else
		err = answer_default(s, r, trigger, subject);
	if (wants_text(s, r))
		make_text(&r->plan);
	return err;
}
