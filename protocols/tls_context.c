#include "protocols/tls_context.h"

#include <mbedtls/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/tls.h"

static const int suites[] = {
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	0,
};

static const mbedtls_ecp_group_id curves[] = {
	MBEDTLS_ECP_DP_SECP256R1, /* first: the library is quickest there */
	MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP384R1,
	MBEDTLS_ECP_DP_SECP521R1,  MBEDTLS_ECP_DP_NONE,
};

/* What signs the server's half of a handshake: no SHA-1, no SHA-224. */
static const int hashes[] = { MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384,
			      MBEDTLS_MD_SHA512, MBEDTLS_MD_NONE };

static _Thread_local char error_text[400];

const char *tls_context_say(const char *what, const char *file, int code)
{
	char why[120];

	mbedtls_strerror(code, why, sizeof why);
	snprintf(error_text, sizeof error_text, "%s %s: %s", what, file, why);
	return error_text;
}

/* Nothing of it needs to be given back before it is seeded. */
static struct tls_context *allocate(void)
{
	struct tls_context *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	atomic_init(&c->holders, 1);
	mbedtls_ssl_config_init(&c->config);
	mbedtls_entropy_init(&c->entropy);
	mbedtls_ctr_drbg_init(&c->drbg);
	mbedtls_x509_crt_init(&c->trusted);
	mbedtls_ssl_ticket_init(&c->tickets);
	mbedtls_ssl_session_init(&c->session);
	return c;
}

static const char *seed(struct tls_context *c)
{
	static const char personal[] = "tandem tls context";
	int err = mbedtls_ctr_drbg_seed(&c->drbg, mbedtls_entropy_func,
					&c->entropy,
					(const unsigned char *)personal,
					sizeof personal - 1);

	return err ? tls_context_say("cannot seed", "the random generator", err)
		   : NULL;
}

/* The key block of RFC 5246, 6.3, of a cipher without a MAC of its own. */
static int on_keys(void *owner, const unsigned char *master,
		   const unsigned char *block, size_t mac_len, size_t key_len,
		   size_t iv_len, const unsigned char client_random[32],
		   const unsigned char server_random[32],
		   mbedtls_tls_prf_types prf)
{
	struct tls_context *c = owner;
	struct tls_secrets *s = c->derived;

	(void)master;
	(void)client_random;
	(void)server_random;
	(void)prf;
	if (mac_len || key_len > sizeof s->write.key ||
	    iv_len > sizeof s->write.iv)
		return -1; /* no suite we offer */
	memcpy(s->write.key, block, key_len);
	memcpy(s->read.key, block + key_len, key_len);
	memcpy(s->write.iv, block + 2 * key_len, iv_len);
	memcpy(s->read.iv, block + 2 * key_len + iv_len, iv_len);
	return 0;
}

static const char *configure(struct tls_context *c, int endpoint)
{
	mbedtls_ssl_config *config = &c->config;

	c->protocols[0] = "http/1.1";
	if (mbedtls_ssl_config_defaults(config, endpoint,
					MBEDTLS_SSL_TRANSPORT_STREAM,
					MBEDTLS_SSL_PRESET_DEFAULT) ||
	    mbedtls_ssl_conf_alpn_protocols(config, c->protocols))
		return "out of memory";
	mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3,
				     MBEDTLS_SSL_MINOR_VERSION_3);
	mbedtls_ssl_conf_max_version(config, MBEDTLS_SSL_MAJOR_VERSION_3,
				     MBEDTLS_SSL_MINOR_VERSION_3);
	mbedtls_ssl_conf_ciphersuites(config, suites);
	mbedtls_ssl_conf_curves(config, curves);
	mbedtls_ssl_conf_sig_hashes(config, hashes);
	mbedtls_ssl_conf_rng(config, mbedtls_ctr_drbg_random, &c->drbg);
	mbedtls_ssl_conf_export_keys_ext_cb(config, on_keys, c);
	return NULL;
}

struct tls_context *tls_context_new(int endpoint, const char **error)
{
	struct tls_context *c = allocate();

	*error = c ? seed(c) : "out of memory";
	if (!*error)
		*error = configure(c, endpoint);
	if (!*error)
		return c;
	tls_context_free(c);
	return NULL;
}

static const char *trust(struct tls_context *c, const char *ca_file)
{
	int err = mbedtls_x509_crt_parse_file(&c->trusted, ca_file);

	/* A positive count is of certificates the library cannot read: a
	 * system store may hold some; the others are still good. */
	if (err < 0)
		return tls_context_say("cannot read trusted certificates from",
				       ca_file, err);
	if (c->trusted.version == 0)
		return tls_context_say("no usable certificate in", ca_file,
				       MBEDTLS_ERR_X509_INVALID_FORMAT);
	mbedtls_ssl_conf_ca_chain(&c->config, &c->trusted, NULL);
	mbedtls_ssl_conf_authmode(&c->config, MBEDTLS_SSL_VERIFY_REQUIRED);
	return NULL;
}

struct tls_context *tls_client_context(const char *ca_file, const char **error)
{
	struct tls_context *c = tls_context_new(MBEDTLS_SSL_IS_CLIENT, error);

	if (!c)
		return NULL;
	*error = trust(c, ca_file ? ca_file : TLS_SYSTEM_CA_FILE);
	if (!*error)
		return c;
	tls_context_free(c);
	return NULL;
}

void tls_context_trust_anybody(struct tls_context *c)
{
	mbedtls_ssl_conf_authmode(&c->config, MBEDTLS_SSL_VERIFY_NONE);
}

/* --- The end --- */

void tls_context_hold(struct tls_context *c)
{
	atomic_fetch_add(&c->holders, 1);
}

static void free_own(struct tls_context *c)
{
	for (unsigned i = 0; i < c->owns; i++) {
		mbedtls_pk_free(&c->own[i].key);
		mbedtls_x509_crt_free(&c->own[i].chain);
	}
	free(c->own);
}

void tls_context_free(struct tls_context *c)
{
	if (!c || atomic_fetch_sub(&c->holders, 1) > 1)
		return;
	mbedtls_ssl_config_free(&c->config);
	mbedtls_ssl_ticket_free(&c->tickets);
	mbedtls_ssl_session_free(&c->session);
	free_own(c);
	mbedtls_x509_crt_free(&c->trusted);
	mbedtls_ctr_drbg_free(&c->drbg);
	mbedtls_entropy_free(&c->entropy);
	explicit_bzero(c, sizeof *c);
	free(c);
}
