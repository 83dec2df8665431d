#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/agents/knowledge.h"
#include "gateway/agents/prompt.h"
#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/ops/config.h"
#include "gateway/ops/watched_file.h"
#include "gateway/records/form_store.h"
#include "protocols/jwks.h"
#include "protocols/tls.h"

#define ULAW_RATE 8000

static void check_prompt(struct check_list *l, const char *path)
{
	struct prompt p;
	int err = prompt_load(&p, path);
	if (err == -EINVAL)
		check_list_add(l, CHECK_IS_BAD, "failure.prompt",
			       "%s is no audio file that can be read, or has "
			       "no sound in it",
			       path);
	else if (err)
		check_list_add(l, CHECK_IS_BAD, "failure.prompt", "%s: %s",
			       path, strerror(-err));
	if (err)
		return;
	check_list_add(l, CHECK_IS_GOOD, "failure.prompt", "%s, %.1f s",
		       *path ? path : "the bundled apology",
		       (double)p.len / ULAW_RATE);
	prompt_free(&p);
}

static void check_authorities(struct check_list *l,
			      const struct config_model *m)
{
	const char *error = NULL;
	const char *path = *m->ca_file ? m->ca_file : TLS_SYSTEM_CA_FILE;
	if (strncmp(m->url, "wss://", 6) != 0 && !*m->ca_file)
		return;
	struct tls_context *tls = tls_client_context(path, &error);
	if (!tls)
		check_list_add(l, CHECK_IS_BAD, "model.ca_file", "%s%s", error,
			       *m->ca_file ? "" : "; install ca-certificates");
	else
		check_list_add(l, CHECK_IS_GOOD, "model.ca_file", "%s%s",
			       *m->ca_file ? "" : "the system's, ", path);
	tls_context_free(tls);
}

/* Returns NULL and the set, or what is wrong with the file. */
static const char *read_key_set(struct jwks **set, const char *path)
{
	struct watched_file f = { 0 };
	char *text = NULL;
	size_t len = 0;
	const char *why = NULL;
	int err = watched_file_read(&f, path, JWKS_TEXT_MAX + 1, &text, &len);
	if (err < 0)
		return strerror(-err);
	if (jwks_parse(set, text, len, &why))
		*set = NULL;
	free(text);
	return *set ? NULL : why;
}

static void check_key_set(struct check_list *l, const char *path)
{
	struct jwks *set = NULL;
	const char *why = read_key_set(&set, path);
	if (!set) {
		check_list_add(l, CHECK_IS_BAD, "audiocodes.oauth.jwks",
			       "%s: %s", path, why);
		return;
	}
	check_list_add(l, CHECK_IS_GOOD, "audiocodes.oauth.jwks",
		       "%s, usable keys: %zu", path, jwks_count(set));
	jwks_free(set);
}

static void check_knowledge(struct check_list *l, const struct config_agent *a)
{
	struct knowledge_index *index;
	char name[CONFIG_WORD_MAX + 32], why[CONFIG_TEXT_MAX + 128];
	size_t files;

	if (!a->knowledge.file_count)
		return;
	snprintf(name, sizeof(name), "%s knowledge.files", a->persona.name);
	if (knowledge_build(&index, a, &files, why, sizeof(why))) {
		check_list_add(l, CHECK_IS_BAD, name, "%s", why);
		return;
	}
	check_list_add(l, CHECK_IS_GOOD, name, "files: %zu, passages: %u",
		       files, knowledge_index_chunks(index));
	knowledge_index_drop(index);
}

static void check_store(struct check_list *l, const char *path)
{
	char why[FORM_STORE_WHY_MAX];

	if (!*path)
		return;
	if (form_store_probe(path, why, sizeof(why)))
		check_list_add(l, CHECK_IS_BAD, "store.path", "%s: %s", path,
			       why);
	else
		check_list_add(l, CHECK_IS_GOOD, "store.path", "%s%s", path,
			       access(path, F_OK) ? ", not there yet" : "");
}

void check_files(struct check_list *l, const struct config *c)
{
	const char *jwks = c->audiocodes.oauth.jwks;
	check_prompt(l, c->failure.prompt);
	check_authorities(l, &c->model);
	for (unsigned i = 0; i < config_agent_count(c); i++)
		check_knowledge(l, config_agent_at(c, i));
	check_store(l, c->store.path);
	if (*jwks && !strstr(jwks, "://"))
		check_key_set(l, jwks);
}
