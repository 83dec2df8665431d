#include <stdio.h>
#include <string.h>

#include "gateway/models/openai_session.h"
#include "gateway/ops/config.h"

static const char *const eagerness[] = {
	[CONFIG_EAGERNESS_AUTO] = "auto",
	[CONFIG_EAGERNESS_LOW] = "low",
	[CONFIG_EAGERNESS_MEDIUM] = "medium",
	[CONFIG_EAGERNESS_HIGH] = "high",
};

static const char *const noise[] = {
	[CONFIG_NOISE_NONE] = NULL,
	[CONFIG_NOISE_NEAR_FIELD] = "near_field",
	[CONFIG_NOISE_FAR_FIELD] = "far_field",
};

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static const char *language_of(const struct config_agent *a)
{
	return or_null(a->transcription.language[0] ? a->transcription.language
						    : a->persona.language);
}

static void set_session(struct realtime_session *s,
			const struct config_agent *a, const char *instructions)
{
	*s = (struct realtime_session){
		.instructions = instructions,
		.voice = or_null(a->voice),
		.format = a->format == CONFIG_FORMAT_PCMU ? REALTIME_PCMU
							  : REALTIME_PCM24,
		.turns = a->turns.type == CONFIG_TURNS_SEMANTIC_VAD
				 ? REALTIME_SEMANTIC_VAD
				 : REALTIME_SERVER_VAD,
		.threshold = a->turns.threshold,
		.prefix_padding_ms = (int)a->turns.prefix_padding_ms,
		.silence_duration_ms = (int)a->turns.silence_duration_ms,
		.eagerness = eagerness[a->turns.eagerness],
		.noise_reduction = noise[a->noise_reduction],
		.transcription_model = or_null(a->transcription.model),
		.transcription_language = language_of(a),
		.max_output_tokens = (int)a->max_output_tokens,
	};
}

/* A model name is a query value: everything but the unreserved is escaped. */
static void escape(char *out, size_t cap, const char *text)
{
	size_t at = 0;

	for (; *text && at + 4 < cap; text++) {
		unsigned char c = (unsigned char)*text;
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || strchr("-._~", c))
			out[at++] = (char)c;
		else
			at += (size_t)snprintf(out + at, 4, "%%%02X", c);
	}
	out[at] = '\0';
}

void openai_profile_init(struct openai_profile *p, const struct config *c,
			 const struct config_agent *a, const char *instructions,
			 const char *greeting, struct tls_context *tls)
{
	char model[3 * CONFIG_NAME_MAX];

	memset(p, 0, sizeof(*p));
	escape(model, sizeof(model), config_agent_model(c, a));
	snprintf(p->url, sizeof(p->url), "%s?model=%s", c->model.url, model);
	if (secret_is_set(&c->model.key))
		snprintf(p->headers, sizeof(p->headers),
			 "Authorization: Bearer %s\r\n",
			 secret_reveal(&c->model.key));
	p->tls = tls;
	p->connect_timeout_ms = c->model.connect_timeout_ms;
	p->configure_timeout_ms = c->model.configure_timeout_ms;
	p->instructions = instructions;
	p->greeting = greeting;
	set_session(&p->session, a, instructions);
	p->session.tool = p->tool;
}

void openai_profile_offer(struct openai_profile *p, const char *name,
			  const char *description, const char *parameters)
{
	if (p->session.tools == OPENAI_TOOLS_MAX)
		return;
	p->tool[p->session.tools++] = (struct realtime_tool){
		.name = name,
		.description = description,
		.parameters = parameters,
	};
}

void openai_profile_wipe(struct openai_profile *p)
{
	explicit_bzero(p->headers, sizeof(p->headers));
}
