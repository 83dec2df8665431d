/* The command line's part of what is told to VoiceAI Connect. */
#include <errno.h>
#include <string.h>

#include "tools/call/caller_options.h"
#include "tools/call/vaic_options.h"

bool caller_options_is_check(const struct caller_options *o)
{
	return o->mode && strcmp(o->mode, "call") != 0;
}

static int take_mode(struct vaic_call_options *v, const char *mode)
{
	v->is_http_check = strcmp(mode, "http-check") == 0;
	v->session.mode =
		strcmp(mode, "validate") == 0 ? VAIC_VALIDATE : VAIC_CALL;
	if (v->is_http_check || v->session.mode == VAIC_VALIDATE ||
	    strcmp(mode, "call") == 0)
		return 0;
	return caller_options_mistake(
		"--mode %s: must be call, http-check or validate", mode);
}

static int take_formats(struct vaic_options *s, const char *list)
{
	s->offers = 0;
	for (;;) {
		size_t len = strcspn(list, ",");
		enum vaic_format f = VAIC_FORMATS;
		char name[24] = "";

		if (len < sizeof(name)) {
			memcpy(name, list, len);
			f = vaic_format_find(name);
		}
		if (f == VAIC_FORMATS)
			return caller_options_mistake(
				"--formats: \"%.*s\" is no format", (int)len,
				list);
		if (s->offers == VAIC_FORMATS)
			return caller_options_mistake(
				"--formats: more than %d of them",
				VAIC_FORMATS);
		s->offer[s->offers++] = f;
		if (!list[len])
			return 0;
		list += len + 1;
	}
}

static int take_parameters(struct vaic_call_options *v,
			   const struct caller_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++) {
		const char *name = texts->text[i];
		char *equals = strchr(name, '=');

		if (!equals || equals == name)
			return caller_options_mistake(
				"--parameter %s: must be name=value", name);
		if (v->session.start.parameters == VAIC_CALL_PARAMETERS_MAX)
			return caller_options_mistake(
				"--parameter: more than %d of them",
				VAIC_CALL_PARAMETERS_MAX);
		*equals = 0;
		v->parameter[v->session.start.parameters++] =
			(struct phone_parameter){ name, equals + 1 };
	}
	v->session.start.parameter = v->parameter;
	return 0;
}

static int take_headers(struct vaic_call_options *v,
			const struct caller_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (!strchr(texts->text[i], ':'))
			return caller_options_mistake(
				"--header %s: must be 'Name: value'",
				texts->text[i]);
		v->header[v->headers++] = texts->text[i];
	}
	return 0;
}

static int take_barge_in(struct vaic_options *s, const char *text)
{
	s->settings.barge_in = strcmp(text, "on") == 0;
	if (s->settings.barge_in || strcmp(text, "off") == 0)
		return 0;
	return caller_options_mistake("--barge-in %s: must be on or off", text);
}

/* Every call has a caller and somebody who is called. */
static void take_numbers(struct vaic_options *s, const struct caller_options *o)
{
	if (o->from || !s->caller)
		s->caller = s->start.caller =
			o->from ? o->from : "+33170000001";
	if (o->to || !s->start.callee)
		s->start.callee = o->to ? o->to : "+33180000042";
}

int caller_options_audiocodes(const struct caller_options *o,
			      struct vaic_call_options *v)
{
	v->url = o->url;
	v->token = o->token;
	v->session.bot_name = o->bot;
	take_numbers(&v->session, o);
	if (o->chunk_ms % 20)
		return caller_options_mistake(
			"--chunk-ms %u: must be a multiple of 20", o->chunk_ms);
	if (o->chunk_ms)
		v->session.chunk_ms = o->chunk_ms;
	if ((o->mode && take_mode(v, o->mode) < 0) ||
	    (o->formats && take_formats(&v->session, o->formats) < 0) ||
	    (o->barge_in && take_barge_in(&v->session, o->barge_in) < 0) ||
	    take_parameters(v, &o->parameter) < 0)
		return -EINVAL;
	return take_headers(v, &o->header);
}
