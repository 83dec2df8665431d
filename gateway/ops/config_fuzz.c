/* Any bytes as a configuration file: refused in words that name the file, or
 * taken; and what is taken is terminated and in range. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"

#define CLAIM(claim)             \
	do {                     \
		if (!(claim))    \
			abort(); \
	} while (0)

static void check_taken(const struct config *c)
{
	CLAIM(memchr(c->listen, 0, sizeof(c->listen)) && c->listen[0]);
	CLAIM(memchr(c->agent.instructions, 0, sizeof(c->agent.instructions)));
	CLAIM(memchr(c->agent.voice, 0, sizeof(c->agent.voice)));
	CLAIM(c->twilio.account_sid_count <= CONFIG_SIDS_MAX);
	for (unsigned i = 0; i < c->twilio.account_sid_count; i++)
		CLAIM(strlen(c->twilio.account_sids[i]) == CONFIG_SID_LEN - 1);
	CLAIM(c->agent.turns.threshold >= 0 && c->agent.turns.threshold <= 1);
	CLAIM(c->audio.lead_ms >= 20 && c->audio.lead_ms <= 2000);
	CLAIM(c->audio.append_ms >= 20 && c->audio.append_ms % 20 == 0);
	CLAIM(c->limits.ring_seconds >= 1 && c->limits.ring_seconds <= 60);
	CLAIM(c->agent.format <= CONFIG_FORMAT_PCMU);
	CLAIM(c->log.level <= LOG_ERROR);
	CLAIM(c->failure.then == CONFIG_THEN_HANGUP || c->failure.dial[0]);
}

static void check_refused(const char *errors, size_t cap)
{
	CLAIM(memchr(errors, 0, cap));
	CLAIM(strncmp(errors, "f.yaml:", 7) == 0);
	/* what our check passes, libcyaml loads */
	CLAIM(strncmp(errors, "f.yaml: cannot be loaded", 24) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config c;
	char errors[512];
	if (size > 4096)
		return 0;
	char *yaml = malloc(size ? size : 1);
	memcpy(yaml, data, size);
	if (config_parse(&c, yaml, size, "f.yaml", errors, sizeof(errors)) == 0)
		check_taken(&c);
	else
		check_refused(errors, sizeof(errors));
	free(yaml);
	return 0;
}
