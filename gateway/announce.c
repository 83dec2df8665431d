#include "gateway/announce.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/audiocodes_desk.h"
#include "gateway/carriers/twilio_desk.h"
#include "gateway/ops/config.h"
#include "gateway/records/budget.h"
#include "gateway/records/price.h"
#include "gateway/ops/log.h"

#define URL_MAX ANNOUNCE_URL_MAX
_Static_assert(URL_MAX > CONFIG_TEXT_MAX + CONFIG_WORD_MAX + 32, "a bot's");

/* The configured address without its port. */
static int host_len(const struct config *c)
{
	return (int)(strrchr(c->listen, ':') - c->listen);
}

static unsigned configured_port(const struct config *c)
{
	return (unsigned)strtoul(strrchr(c->listen, ':') + 1, NULL, 10);
}

/* What makes http and ws of it. */
static const char *tls_letter(const struct config *c)
{
	return c->tls.certificate_count ? "s" : "";
}

/* Without a public address there is still the one on this machine. */
static void bot_url(const struct config *c, unsigned bot, unsigned port,
		    char out[URL_MAX])
{
	if (*c->public_url)
		audiocodes_desk_url(c, bot, out, URL_MAX);
	else
		snprintf(out, URL_MAX, "ws%s://%.*s:%u" AUDIOCODES_PATH "%s",
			 tls_letter(c), host_len(c), c->listen, port,
			 c->audiocodes.bots[bot]);
}

/* -- warnings ------------------------------------------------------------ */

bool announce_is_on_this_machine(const char *listen)
{
	return !*listen || strncmp(listen, "127.", 4) == 0 ||
	       strncmp(listen, "[::1]:", 6) == 0;
}

void announce_each_warning(const struct config *c, announce_warning *tell,
			   void *owner)
{
	const struct config_audiocodes *a = &c->audiocodes;
	if (!config_twilio_has_tokens(c))
		tell(owner, "unsigned", NULL,
		     "TWILIO_AUTH_TOKEN is not set: signatures cannot be "
		     "checked, so only peers on this machine are served");
	for (unsigned i = 0; i < a->bot_count; i++)
		if (!a->tokens[i].count && !*a->oauth.jwks)
			tell(owner, "no_token", a->bots[i],
			     "AUDIOCODES_TOKENS has none for this bot and "
			     "audiocodes.oauth is off, so only peers on this "
			     "machine are served");
	if (!announce_is_on_this_machine(c->admin.listen))
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
	announce_each_warning(c, log_warning, &copy);
}

struct gaps {
	struct log log;
	enum log_level level;
};

static void log_gap(void *owner, const char *model)
{
	const struct gaps *g = owner;

	log_event(&g->log, g->level, "cost_unknown", "model", model, "why",
		  "prices has no entry for it: what it costs is not known, and "
		  "no budget counts it",
		  NULL);
}

/* Who states no price has not asked. */
void announce_costs(const struct log *log, const struct config *c)
{
	bool is_asked = c->price_count || budget_any(&c->budgets);
	struct gaps g = { *log, is_asked ? LOG_WARN : LOG_INFO };

	price_each_gap(c, log_gap, &g);
	if (budget_any(&c->budgets) && !c->store.path[0])
		log_event(log, LOG_INFO, "budgets_forgotten", "why",
			  "store.path is empty: what was spent today is "
			  "forgotten at a restart",
			  NULL);
}

/* -- URLs ---------------------------------------------------------------- */

void announce_listening(FILE *out, const struct config *c, unsigned port,
			unsigned workers)
{
	char url[URL_MAX];
	fprintf(out, "tandem listening on http%s://%.*s:%u\n", tls_letter(c),
		host_len(c), c->listen, port);
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

void announce_voice_url(const struct config *c, char out[ANNOUNCE_URL_MAX])
{
	twilio_desk_voice_url(c, out, ANNOUNCE_URL_MAX);
}

void announce_bot_url(const struct config *c, unsigned bot,
		      char out[ANNOUNCE_URL_MAX])
{
	bot_url(c, bot, configured_port(c), out);
}

/* -- what to paste ------------------------------------------------------- */

static void paste_twilio(FILE *out, const struct config *c)
{
	char url[URL_MAX];
	announce_voice_url(c, url);
	fprintf(out,
		"Twilio console, the number's voice configuration:\n"
		"  Configure with    Webhook\n"
		"  A call comes in   Webhook, HTTP POST\n"
		"  URL               %s\n",
		url);
}

/* The provider and the bot as VoiceAI Connect Enterprise has them; Live Hub
 * asks for the same in a form (AudioCodes reference, 1.1). */
static void paste_bot(FILE *out, const struct config *c, unsigned bot)
{
	const struct config_audiocodes *a = &c->audiocodes;
	const char *name = a->bots[bot];
	char url[URL_MAX];
	announce_bot_url(c, bot, url);
	fprintf(out,
		"AudioCodes, bot %s\n"
		"  Live Hub, a bot connection \"AudioCodes Bot API\":\n"
		"    API type               WebSocket\n"
		"    Enable voice streaming on\n"
		"    Bot URL                %s\n"
		"    Authentication         %s\n"
		"  VoiceAI Connect Enterprise:\n"
		"    provider {\"name\": \"%s\", \"type\": \"ac-api\", "
		"\"botURL\": \"%s\"%s}\n"
		"    bot      {\"name\": \"%s\", \"provider\": \"%s\", "
		"\"acBotApiType\": \"streaming\", \"directSTT\": true, "
		"\"directTTS\": true}\n",
		name, url,
		a->tokens[bot].count ? "permanent token, this bot's"
		: *a->oauth.jwks     ? "OAuth 2.0"
				     : "none (this machine only)",
		name, url,
		a->tokens[bot].count
			? ", \"credentials\": {\"token\": \"<its token>\"}"
			: "",
		name, name);
}

void announce_paste(FILE *out, const struct config *c)
{
	paste_twilio(out, c);
	for (unsigned i = 0; i < c->audiocodes.bot_count; i++)
		paste_bot(out, c, i);
}
