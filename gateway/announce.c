#include "gateway/announce.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/audiocodes_desk.h"
#include "gateway/carriers/twilio_desk.h"
#include "gateway/ops/config.h"
#include "gateway/ops/log.h"

#define URL_MAX (CONFIG_TEXT_MAX + CONFIG_WORD_MAX + 32)

/* The configured address without its port. */
static int host_len(const struct config *c)
{
	return (int)(strrchr(c->listen, ':') - c->listen);
}

static unsigned configured_port(const struct config *c)
{
	return (unsigned)strtoul(strrchr(c->listen, ':') + 1, NULL, 10);
}

/* Without a public address there is still the one on this machine. */
static void bot_url(const struct config *c, unsigned bot, unsigned port,
		    char out[URL_MAX])
{
	if (*c->public_url)
		audiocodes_desk_url(c, bot, out, URL_MAX);
	else
		snprintf(out, URL_MAX, "ws://%.*s:%u" AUDIOCODES_PATH "%s",
			 host_len(c), c->listen, port, c->audiocodes.bots[bot]);
}

/* -- warnings ------------------------------------------------------------ */

/* bot: whom it is about, or NULL. */
typedef void on_warning(void *owner, const char *event, const char *bot,
			const char *why);

static bool is_on_this_machine(const char *listen)
{
	return !*listen || strncmp(listen, "127.", 4) == 0 ||
	       strncmp(listen, "[::1]:", 6) == 0;
}

static void warn(const struct config *c, on_warning *tell, void *owner)
{
	const struct config_audiocodes *a = &c->audiocodes;
	if (!c->twilio.auth_token_count)
		tell(owner, "unsigned", NULL,
		     "TWILIO_AUTH_TOKEN is not set: signatures cannot be "
		     "checked, so only peers on this machine are served");
	for (unsigned i = 0; i < a->bot_count; i++)
		if (!a->tokens[i].count && !*a->oauth.jwks)
			tell(owner, "no_token", a->bots[i],
			     "AUDIOCODES_TOKENS has none for this bot and "
			     "audiocodes.oauth is off, so only peers on this "
			     "machine are served");
	if (!is_on_this_machine(c->admin.listen))
		tell(owner, "admin_open", NULL,
		     "admin.listen is not on this machine alone, and has no "
		     "password: figures and log levels are for whoever reaches "
		     "it");
	if (!secret_is_set(&c->model.key))
		tell(owner, "no_model_key", NULL, "OPENAI_API_KEY is not set");
}

static void log_warning(void *owner, const char *event, const char *bot,
			const char *why)
{
	if (bot)
		log_event(owner, LOG_WARN, event, "bot", bot, "why", why, NULL);
	else
		log_event(owner, LOG_WARN, event, "why", why, NULL);
}

void announce_warnings(const struct log *log, const struct config *c)
{
	struct log copy = *log;
	warn(c, log_warning, &copy);
}

static void print_warning(void *owner, const char *event, const char *bot,
			  const char *why)
{
	(void)event;
	if (bot)
		fprintf(owner, "Warning: bot %s: %s\n", bot, why);
	else
		fprintf(owner, "Warning: %s\n", why);
}

/* -- URLs ---------------------------------------------------------------- */

void announce_listening(FILE *out, const struct config *c, unsigned port,
			unsigned workers)
{
	char url[URL_MAX];
	fprintf(out, "tandem listening on http://%.*s:%u\n", host_len(c),
		c->listen, port);
	twilio_desk_voice_url(c, url, sizeof(url));
	fprintf(out,
		"  Twilio, voice configuration, \"A call comes in\" "
		"(webhook, HTTP POST):\n    %s\n",
		url);
	for (unsigned i = 0; i < c->audiocodes.bot_count; i++) {
		bot_url(c, i, port, url);
		fprintf(out,
			"  AudioCodes, bot connection \"AudioCodes Bot API\" "
			"(WebSocket, voice streaming):\n    %s\n",
			url);
	}
	fprintf(out, "  Model server: %s\n", c->model.url);
	fprintf(out, "  Workers: %u\n", workers);
	fflush(out);
}

void announce_admin(FILE *out, const struct config *c, unsigned port)
{
	const char *listen = c->admin.listen;
	if (port)
		fprintf(out, "  Admin: http://%.*s:%u\n",
			(int)(strrchr(listen, ':') - listen), listen, port);
	fflush(out);
}

void announce_checked(FILE *out, const struct config *c, const char *name)
{
	char url[URL_MAX];
	fprintf(out, "%s: good\n", name);
	twilio_desk_voice_url(c, url, sizeof(url));
	fprintf(out, "Twilio voice webhook (POST): %s\n", url);
	for (unsigned i = 0; i < c->audiocodes.bot_count; i++) {
		bot_url(c, i, configured_port(c), url);
		fprintf(out, "AudioCodes bot URL (WebSocket): %s\n", url);
	}
	warn(c, print_warning, out);
}
