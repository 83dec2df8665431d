/* Any bytes as a configuration file: refused in words that name the file, or
 * taken; and what is taken is terminated and in range. */
#include "tools/testing/fuzz.h"

#include "gateway/ops/config.h"

static void check_audiocodes(const struct config_audiocodes *a)
{
	FUZZ_CHECK(a->bot_count <= CONFIG_BOTS_MAX);
	for (unsigned i = 0; i < a->bot_count; i++)
		FUZZ_CHECK(a->bots[i][0] &&
			   memchr(a->bots[i], 0, sizeof(a->bots[i])) &&
			   !strpbrk(a->bots[i], "/?# %"));
	FUZZ_CHECK(a->event_count <= CONFIG_EVENTS_MAX);
	FUZZ_CHECK(a->caller_format_count <= CONFIG_FORMATS_MAX);
	for (unsigned i = 0; i < a->caller_format_count; i++)
		FUZZ_CHECK(a->caller_formats[i][3] == '/');
	FUZZ_CHECK(!a->lead_ms || (a->lead_ms >= 100 && a->lead_ms <= 10000));
	FUZZ_CHECK(a->hangup_header_count <= CONFIG_HEADERS_MAX);
	for (unsigned i = 0; i < a->hangup_header_count; i++)
		FUZZ_CHECK(a->hangup_headers[i].name[0] &&
			   !strpbrk(a->hangup_headers[i].value, "\r\n"));
	FUZZ_CHECK(!a->oauth.jwks[0] == !a->oauth.issuer[0]);
}

static void check_targets(const struct config_transfer *t, unsigned tools)
{
	FUZZ_CHECK(t->target_count <= CONFIG_TARGETS_MAX);
	for (unsigned i = 0; i < t->target_count; i++)
		FUZZ_CHECK(t->targets[i].name[0] &&
			   strchr(t->targets[i].to, ':'));
	FUZZ_CHECK(!(tools & CONFIG_TOOL_TRANSFER_CALL) || t->target_count);
	FUZZ_CHECK(strstr(t->whisper, CONFIG_SUMMARY));
	FUZZ_CHECK(t->accept_seconds >= 1 && t->accept_seconds <= 60);
}

/* A secret is one that was fetched: neither written in the clear, nor the word
 * that stood for it. */
static void check_secret(void *owner, struct secret *s)
{
	(void)owner;
	FUZZ_CHECK(!strchr(secret_reveal(s), '@') ||
		   !strstr(secret_reveal(s), "@secret:"));
	FUZZ_CHECK(!strstr(secret_reveal(s), "${"));
}

static void check_secrets(struct config *c)
{
	const struct secret *tokens[CONFIG_TWILIO_TOKENS];
	FUZZ_CHECK(c->twilio.auth_token_count <= CONFIG_TOKENS_MAX);
	FUZZ_CHECK(c->twilio.account_count <= CONFIG_ACCOUNTS_MAX);
	FUZZ_CHECK(c->tls.certificate_count <= CONFIG_CERTIFICATES_MAX);
	size_t n = config_twilio_tokens(c, "", 0, tokens);
	FUZZ_CHECK(!n == !config_twilio_has_tokens(c));
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(secret_is_set(tokens[i]));
	config_each_secret(c, check_secret, NULL);
}

static void check_taken(const struct config *c)
{
	FUZZ_CHECK(memchr(c->listen, 0, sizeof(c->listen)) && c->listen[0]);
	FUZZ_CHECK(memchr(c->agent.instructions, 0,
			  sizeof(c->agent.instructions)));
	FUZZ_CHECK(memchr(c->agent.voice, 0, sizeof(c->agent.voice)));
	FUZZ_CHECK(c->twilio.account_sid_count <= CONFIG_SIDS_MAX);
	for (unsigned i = 0; i < c->twilio.account_sid_count; i++)
		FUZZ_CHECK(strlen(c->twilio.account_sids[i]) ==
			   CONFIG_SID_LEN - 1);
	FUZZ_CHECK(c->agent.turns.threshold >= 0 &&
		   c->agent.turns.threshold <= 1);
	FUZZ_CHECK(c->audio.lead_ms >= 20 && c->audio.lead_ms <= 2000);
	FUZZ_CHECK(c->audio.append_ms >= 20 && c->audio.append_ms % 20 == 0);
	FUZZ_CHECK(c->limits.ring_seconds >= 1 && c->limits.ring_seconds <= 60);
	FUZZ_CHECK(c->agent.format <= CONFIG_FORMAT_PCMU);
	FUZZ_CHECK(c->log.level <= LOG_ERROR);
	check_audiocodes(&c->audiocodes);
	check_targets(&c->transfer, c->agent.tools);
	FUZZ_CHECK(c->failure.then == CONFIG_THEN_HANGUP || c->failure.dial[0]);
}

static void check_refused(const char *errors, size_t cap)
{
	FUZZ_CHECK(memchr(errors, 0, cap));
	FUZZ_CHECK(strncmp(errors, "f.yaml:", 7) == 0);
	/* what our check passes, libcyaml loads */
	FUZZ_CHECK(strncmp(errors, "f.yaml: cannot be loaded", 24) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config c;
	char errors[512];
	if (size > 4096)
		return 0;
	setenv("FUZZ", "fetched", 1); /* for ${env:FUZZ} */
	char *yaml = fuzz_copy(data, size);
	if (config_parse(&c, yaml, size, "f.yaml", errors, sizeof(errors))) {
		check_refused(errors, sizeof(errors));
	} else {
		check_taken(&c);
		check_secrets(&c);
		config_wipe(&c);
	}
	free(yaml);
	return 0;
}
