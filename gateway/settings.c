#include "gateway/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/bridge.h"
#include "gateway/certificates.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_shared.h"
#include "protocols/tls.h"

static int load_model_tls(struct settings *s, char *why, size_t cap)
{
	const struct config_model *m = &s->config->model;
	const char *error = NULL;

	if (strncmp(m->url, "wss://", 6) != 0)
		return 0;
	s->model_tls =
		tls_client_context(m->ca_file[0] ? m->ca_file : NULL, &error);
	if (s->model_tls)
		return 0;
	snprintf(why, cap, "model.ca_file: %s", error);
	return -EINVAL;
}

static int load_keys_tls(struct settings *s, char *why, size_t cap)
{
	const char *error = NULL;

	if (strncmp(s->config->audiocodes.oauth.jwks, "https://", 8) != 0)
		return 0;
	s->keys_tls = tls_client_context(NULL, &error);
	if (s->keys_tls)
		return 0;
	snprintf(why, cap, "audiocodes.oauth.jwks: %s", error);
	return -EINVAL;
}

static int load_serving_tls(struct settings *s, const struct certificates *c,
			    char *why, size_t cap)
{
	if (!c)
		return 0;
	s->serving_tls = certificates_context(c, why, cap);
	return s->serving_tls ? 0 : -EINVAL;
}

typedef int load_prompt_fn(struct prompt *p, const char *path);

static int load_prompt(struct prompt *p, load_prompt_fn *load, const char *key,
		       const char *path, char *why, size_t cap)
{
	int err = load(p, path);

	if (err)
		snprintf(why, cap, "%s: %s: %s", key, path, strerror(-err));
	return err;
}

static int load_route_prompts(struct settings *s, char *why, size_t cap)
{
	const struct config_failure *f = &s->config->failure;
	int err = 0;

	if (!f->by_number_count)
		return 0;
	s->route_apology = calloc(f->by_number_count, sizeof(struct prompt));
	if (!s->route_apology) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	for (unsigned i = 0; i < f->by_number_count && !err; i++)
		if (f->by_number[i].prompt[0])
			err = load_prompt(&s->route_apology[i], prompt_load,
					  "failure.by_number.prompt",
					  f->by_number[i].prompt, why, cap);
	return err;
}

static int load_prompts(struct settings *s, char *why, size_t cap)
{
	const struct config *c = s->config;
	int err = load_prompt(&s->apology, prompt_load, "failure.prompt",
			      c->failure.prompt, why, cap);

	if (!err)
		err = load_prompt(&s->farewell, prompt_load_farewell,
				  "drain.prompt", c->drain.prompt, why, cap);
	return err ? err : load_route_prompts(s, why, cap);
}

static void free_prompts(struct settings *s)
{
	prompt_free(&s->apology);
	prompt_free(&s->farewell);
	for (unsigned i = 0;
	     s->route_apology && i < s->config->failure.by_number_count; i++)
		prompt_free(&s->route_apology[i]);
	free(s->route_apology);
}

/* What may be missing or wrong. */
static int load(struct settings *s, const struct certificates *c, char *why,
		size_t cap)
{
	int err = load_model_tls(s, why, cap);

	if (!err)
		err = load_keys_tls(s, why, cap);
	if (!err)
		err = load_serving_tls(s, c, why, cap);
	if (!err)
		err = load_prompts(s, why, cap);
	if (!err &&
	    !(s->profile = calloc(s->book->count, sizeof(s->profile[0])))) {
		snprintf(why, cap, "out of memory");
		err = -ENOMEM;
	}
	return err;
}

static void make_profile(struct settings *s, const struct agent *a)
{
	struct openai_profile *p = &s->profile[a->index];

	openai_profile_init(p, s->config, a->wanted, a->words.instructions,
			    a->words.greeting, s->model_tls);
	for (size_t i = 0; i < a->tools.count; i++) {
		const struct tool *t = &a->tools.offered[i];
		openai_profile_offer(p, t->name, t->description, t->parameters);
	}
}

void settings_count(struct settings *s, struct openai_figures *figures)
{
	for (unsigned i = 0; i < s->book->count; i++)
		s->profile[i].figures = figures;
}

int settings_open(struct settings **out, struct agent_book *book,
		  const struct certificates *certificates, char *why,
		  size_t cap)
{
	struct settings *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (!s) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	s->book = agent_book_keep(book);
	s->shared = config_shared_keep(book->shared);
	s->config = &s->shared->config;
	int err = load(s, certificates, why, cap);
	if (err) {
		settings_free(s);
		return err;
	}
	for (unsigned i = 0; i < book->count; i++)
		make_profile(s, &book->agent[i]);
	bridge_audiocodes_settings(s->config, &s->audiocodes);
	*out = s;
	return 0;
}

void settings_free(struct settings *s)
{
	if (!s)
		return;
	free_prompts(s);
	for (unsigned i = 0; s->profile && i < s->book->count; i++)
		openai_profile_wipe(&s->profile[i]);
	free(s->profile);
	agent_book_drop(s->book);
	tls_context_free(s->model_tls);
	tls_context_free(s->keys_tls);
	tls_context_free(s->serving_tls);
	config_shared_drop(s->shared);
	free(s);
}
