/* What a server shows of itself: certificates, by the host that is asked for,
 * and tickets. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocols/tls.h"
#include "protocols/tls_context.h"
#include "protocols/tls_name.h"

#define SAN_DNS_NAME 2 /* RFC 5280, 4.2.1.6 */

/* --- Whom a certificate is for --- */

static bool is_dns_name(const mbedtls_x509_buf *name)
{
	return (name->tag & MBEDTLS_ASN1_TAG_VALUE_MASK) == SAN_DNS_NAME;
}

static bool is_for(const mbedtls_x509_crt *crt, const char *host, size_t len)
{
	const mbedtls_x509_sequence *san = &crt->subject_alt_names;

	for (; san && san->buf.p; san = san->next)
		if (is_dns_name(&san->buf) &&
		    tls_name_covers((const char *)san->buf.p, san->buf.len,
				    host, len))
			return true;
	return false;
}

static int on_server_name(void *owner, mbedtls_ssl_context *ssl,
			  const unsigned char *name, size_t len)
{
	struct tls_context *c = owner;
	int err = 0;

	for (unsigned i = 0; i < c->owns && !err; i++)
		if (is_for(&c->own[i].chain, (const char *)name, len))
			err = mbedtls_ssl_set_hs_own_cert(ssl, &c->own[i].chain,
							  &c->own[i].key);
	return err; /* the default where none is */
}

/* --- Taking them --- */

static const char *check_own(struct tls_own *own, const struct tls_identity *id)
{
	int err = mbedtls_pk_check_pair(&own->chain.pk, &own->key);

	return err ? tls_context_say("the private key does not belong to "
				     "certificate",
				     id->chain_name, err)
		   : NULL;
}

static const char *take_texts(struct tls_own *own,
			      const struct tls_identity *id)
{
	int err = mbedtls_x509_crt_parse(&own->chain,
					 (const unsigned char *)id->chain,
					 strlen(id->chain) + 1);

	if (err != 0)
		return tls_context_say(
			"cannot read certificate", id->chain_name,
			err < 0 ? err : MBEDTLS_ERR_X509_INVALID_FORMAT);
	err = mbedtls_pk_parse_key(&own->key, (const unsigned char *)id->key,
				   strlen(id->key) + 1, NULL, 0);
	return err ? tls_context_say("cannot read private key", id->key_name,
				     err)
		   : check_own(own, id);
}

static const char *take_files(struct tls_own *own, const char *cert_file,
			      const char *key_file)
{
	const struct tls_identity id = { .chain_name = cert_file };
	int err = mbedtls_x509_crt_parse_file(&own->chain, cert_file);

	if (err != 0)
		return tls_context_say(
			"cannot read certificate", cert_file,
			err < 0 ? err : MBEDTLS_ERR_X509_INVALID_FORMAT);
	err = mbedtls_pk_parse_keyfile(&own->key, key_file, NULL);
	return err ? tls_context_say("cannot read private key", key_file, err)
		   : check_own(own, &id);
}

/* --- When they end --- */

static int64_t unix_time(const mbedtls_x509_time *t)
{
	struct tm tm = { .tm_year = t->year - 1900,
			 .tm_mon = t->mon - 1,
			 .tm_mday = t->day,
			 .tm_hour = t->hour,
			 .tm_min = t->min,
			 .tm_sec = t->sec };

	return timegm(&tm);
}

int64_t tls_server_expires(const struct tls_context *context)
{
	int64_t first = INT64_MAX;

	for (unsigned i = 0; i < context->owns; i++)
		for (const mbedtls_x509_crt *c = &context->own[i].chain; c;
		     c = c->next)
			if (unix_time(&c->valid_to) < first)
				first = unix_time(&c->valid_to);
	return first;
}

/* --- The context --- */

static bool make_room(struct tls_context *c, unsigned count)
{
	c->own = calloc(count, sizeof *c->own);
	if (!c->own)
		return false;
	c->owns = count;
	for (unsigned i = 0; i < count; i++) {
		mbedtls_x509_crt_init(&c->own[i].chain);
		mbedtls_pk_init(&c->own[i].key);
	}
	return true;
}

/* The first, and what is for the same host with another kind of key. */
static bool is_default(const struct tls_context *c, unsigned i)
{
	const mbedtls_x509_buf *first = &c->own[0].chain.subject_alt_names.buf;

	return i == 0 ||
	       (first->p && is_dns_name(first) &&
		is_for(&c->own[i].chain, (const char *)first->p, first->len));
}

static const char *show(struct tls_context *c)
{
	int err = 0;

	for (unsigned i = 0; i < c->owns && !err; i++)
		if (is_default(c, i))
			err = mbedtls_ssl_conf_own_cert(
				&c->config, &c->own[i].chain, &c->own[i].key);
	mbedtls_ssl_conf_sni(&c->config, on_server_name, c);
	return err ? "out of memory" : NULL;
}

/* The library changes the key by itself, once it has lived for as long as a
 * ticket does, and keeps the one before for as long again. */
static const char *resume(struct tls_context *c)
{
	if (mbedtls_ssl_ticket_setup(&c->tickets, mbedtls_ctr_drbg_random,
				     &c->drbg, MBEDTLS_CIPHER_AES_256_GCM,
				     TLS_TICKET_LIFE_S))
		return "out of memory";
	mbedtls_ssl_conf_session_tickets_cb(&c->config,
					    mbedtls_ssl_ticket_write,
					    mbedtls_ssl_ticket_parse,
					    &c->tickets);
	return NULL;
}

static struct tls_context *begin(unsigned count, const char **error)
{
	struct tls_context *c = tls_context_new(MBEDTLS_SSL_IS_SERVER, error);

	if (!c || make_room(c, count))
		return c;
	*error = "out of memory";
	tls_context_free(c);
	return NULL;
}

static struct tls_context *finish(struct tls_context *c, const char **error)
{
	if (!*error)
		*error = show(c);
	if (!*error)
		*error = resume(c);
	if (!*error)
		return c;
	tls_context_free(c);
	return NULL;
}

struct tls_context *tls_server_context(const struct tls_identity *identities,
				       unsigned count, const char **error)
{
	struct tls_context *c = begin(count, error);

	for (unsigned i = 0; c && i < count && !*error; i++)
		*error = take_texts(&c->own[i], &identities[i]);
	return c ? finish(c, error) : NULL;
}

struct tls_context *tls_server_context_files(const char *cert_file,
					     const char *key_file,
					     const char **error)
{
	struct tls_context *c = begin(1, error);

	if (!c)
		return NULL;
	*error = take_files(&c->own[0], cert_file, key_file);
	return finish(c, error);
}
