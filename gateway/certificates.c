#include "gateway/certificates.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/ops/watched_file.h"
#include "protocols/tls.h"

_Static_assert(CONFIG_CERTIFICATES_MAX <= TLS_IDENTITIES_MAX,
	       "as many as can be configured can be served");

struct certificates {
	unsigned count;
	struct {
		char *chain, *key; /* PEM, NUL-terminated */
		char chain_name[CONFIG_TEXT_MAX], key_name[CONFIG_TEXT_MAX];
	} pair[CONFIG_CERTIFICATES_MAX];
};

static int read_text(char **out, const char *path, char *why, size_t cap)
{
	struct watched_file unseen = { 0 };
	size_t len;
	int result = watched_file_read(&unseen, path, CERTIFICATES_FILE_MAX,
				       out, &len);

	if (result == 1 && len == CERTIFICATES_FILE_MAX) {
		snprintf(why, cap, "tls.certificates: %s is over %u KiB", path,
			 CERTIFICATES_FILE_MAX >> 10);
		return -EFBIG;
	}
	if (result != 1) {
		snprintf(why, cap, "tls.certificates: cannot read %s: %s", path,
			 result == -EINVAL ? "not a file" : strerror(-result));
		return result;
	}
	(*out)[len] = '\0';
	return 0;
}

int certificates_read(struct certificates **out, const struct config_tls *tls,
		      char *why, size_t cap)
{
	struct certificates *c = NULL;
	int err = 0;

	*out = NULL;
	if (tls->certificate_count == 0)
		return 0;
	c = calloc(1, sizeof(*c));
	if (!c) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	for (; c->count < tls->certificate_count && !err; c->count++) {
		const struct config_certificate *from =
			&tls->certificates[c->count];
		strcpy(c->pair[c->count].chain_name, from->certificate);
		strcpy(c->pair[c->count].key_name, from->key);
		err = read_text(&c->pair[c->count].chain, from->certificate,
				why, cap);
		if (!err)
			err = read_text(&c->pair[c->count].key, from->key, why,
					cap);
	}
	if (err)
		certificates_free(c);
	else
		*out = c;
	return err;
}

struct tls_context *certificates_context(const struct certificates *c,
					 char *why, size_t cap)
{
	struct tls_identity list[CONFIG_CERTIFICATES_MAX];
	const char *error = NULL;

	for (unsigned i = 0; i < c->count; i++)
		list[i] = (struct tls_identity){
			.chain = c->pair[i].chain,
			.key = c->pair[i].key,
			.chain_name = c->pair[i].chain_name,
			.key_name = c->pair[i].key_name,
		};
	struct tls_context *made = tls_server_context(list, c->count, &error);
	if (!made)
		snprintf(why, cap, "tls.certificates: %s", error);
	return made;
}

void certificates_free(struct certificates *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < c->count; i++) {
		if (c->pair[i].key)
			explicit_bzero(c->pair[i].key, CERTIFICATES_FILE_MAX);
		free(c->pair[i].key);
		free(c->pair[i].chain);
	}
	free(c);
}
