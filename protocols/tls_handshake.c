#include "protocols/tls_handshake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <mbedtls/error.h>
#include <mbedtls/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/tls.h"
#include "protocols/tls_alert.h"
#include "protocols/tls_context.h"

struct tls_handshake {
	struct tls_context *context;
	mbedtls_ssl_context ssl;
	struct buffer *wire;
	const uint8_t *input;
	size_t input_len;
	struct tls_secrets derived; /* steps before the end */
	bool has_begun;
	bool is_wire_full;
	uint8_t address[16];     /* the host when it is an IP address */
	size_t address_len;      /* 0 when it is a name */
	char host[TLS_HOST_MAX]; /* "" for a server */
	char error[400];
};

/* --- Memory as the library's network --- */

static int put_wire(void *owner, const unsigned char *bytes, size_t n)
{
	struct tls_handshake *h = owner;

	if (!buffer_append(h->wire, bytes, n))
		return (int)n;
	h->is_wire_full = true;
	return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

/* Never asked for more than the record that is being read. */
static int take_wire(void *owner, unsigned char *bytes, size_t n)
{
	struct tls_handshake *h = owner;

	if (h->input_len == 0)
		return MBEDTLS_ERR_SSL_WANT_READ;
	if (n > h->input_len)
		n = h->input_len;
	memcpy(bytes, h->input, n);
	h->input += n;
	h->input_len -= n;
	return (int)n;
}

/* --- Whose certificate --- */

/* The library compares host names only; an address is compared with the
 * certificate's iPAddress entries here (RFC 2818, 3.1). */
#define SAN_IP_ADDRESS 7

static bool names_address(const mbedtls_x509_crt *crt,
			  const struct tls_handshake *h)
{
	for (const mbedtls_x509_sequence *san = &crt->subject_alt_names; san;
	     san = san->next) {
		const mbedtls_x509_buf *name = &san->buf;
		if ((name->tag & MBEDTLS_ASN1_TAG_VALUE_MASK) ==
			    SAN_IP_ADDRESS &&
		    name->len == h->address_len &&
		    !memcmp(name->p, h->address, h->address_len))
			return true;
	}
	return false;
}

static int check_address(void *owner, mbedtls_x509_crt *crt, int depth,
			 uint32_t *flags)
{
	if (depth == 0 && !names_address(crt, owner))
		*flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
	return 0;
}

/* An address is not sent as a server name either (RFC 6066, 3). */
static int set_host(struct tls_handshake *h)
{
	if (inet_pton(AF_INET, h->host, h->address) == 1)
		h->address_len = 4;
	else if (inet_pton(AF_INET6, h->host, h->address) == 1)
		h->address_len = 16;
	else
		return mbedtls_ssl_set_hostname(&h->ssl, h->host);
	mbedtls_ssl_set_verify(&h->ssl, check_address, h);
	return 0;
}

struct tls_handshake *tls_handshake_new(struct tls_context *context,
					const char *host, struct buffer *wire)
{
	struct tls_handshake *h;

	if (host && strlen(host) >= TLS_HOST_MAX)
		return NULL;
	h = calloc(1, sizeof *h);
	if (!h)
		return NULL;
	tls_context_hold(context);
	h->context = context;
	h->wire = wire;
	snprintf(h->host, sizeof h->host, "%s", host ? host : "");
	mbedtls_ssl_init(&h->ssl);
	return h;
}

void tls_handshake_free(struct tls_handshake *h)
{
	if (!h)
		return;
	mbedtls_ssl_free(&h->ssl);
	tls_context_free(h->context);
	explicit_bzero(&h->derived, sizeof h->derived);
	free(h);
}

/* --- Saying what went wrong --- */

static const struct {
	uint32_t flag;
	const char *words;
} verdicts[] = {
	{ MBEDTLS_X509_BADCERT_EXPIRED, "certificate has expired" },
	{ MBEDTLS_X509_BADCERT_FUTURE,
	  "certificate is not valid yet (is this machine's clock right?)" },
	{ MBEDTLS_X509_BADCERT_REVOKED, "certificate has been revoked" },
	{ MBEDTLS_X509_BADCERT_NOT_TRUSTED,
	  "certificate is not signed by a trusted authority" },
	{ MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK |
		  MBEDTLS_X509_BADCERT_BAD_KEY,
	  "certificate is signed too weakly" },
	{ MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE |
		  MBEDTLS_X509_BADCERT_NS_CERT_TYPE,
	  "certificate is not meant for a server" },
};

static void explain_verdict(struct tls_handshake *h)
{
	uint32_t flags = mbedtls_ssl_get_verify_result(&h->ssl);

	for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
		if (flags & verdicts[i].flag) {
			snprintf(h->error, sizeof h->error, "%s",
				 verdicts[i].words);
			return;
		}
	if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
		snprintf(h->error, sizeof h->error,
			 "certificate is not valid for host %s", h->host);
	else
		snprintf(h->error, sizeof h->error,
			 "certificate was not accepted (flags 0x%x)", flags);
}

static int explain(struct tls_handshake *h, int code)
{
	char why[160];

	if (h->is_wire_full) {
		snprintf(h->error, sizeof h->error, "peer reads too slowly");
		return -ENOBUFS;
	}
	switch (code) {
	case MBEDTLS_ERR_SSL_ALLOC_FAILED:
		snprintf(h->error, sizeof h->error, "out of memory");
		return -ENOMEM;
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
		return -ECONNRESET;
	case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED:
		explain_verdict(h);
		return -EACCES;
	case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
		tls_alert_tell(h->error, sizeof h->error, h->ssl.in_msg[1]);
		return -EPROTO;
	case MBEDTLS_ERR_SSL_INVALID_MAC:
		snprintf(h->error, sizeof h->error,
			 "a TLS record was changed on its way");
		return -EPROTO;
	default:
		mbedtls_strerror(code, why, sizeof why);
		snprintf(h->error, sizeof h->error, "TLS failed: %s", why);
		return -EPROTO;
	}
}

const char *tls_handshake_error(const struct tls_handshake *h)
{
	return h->error;
}

/* --- Sessions that were had before --- */

static bool is_known(const struct tls_handshake *h)
{
	const struct tls_context *c = h->context;

	return c->has_session && h->host[0] &&
	       strcmp(c->session_host, h->host) == 0;
}

static void forget(struct tls_context *c)
{
	mbedtls_ssl_session_free(&c->session);
	c->has_session = false;
}

static void keep_session(struct tls_handshake *h)
{
	struct tls_context *c = h->context;

	if (!h->host[0])
		return;
	forget(c);
	if (mbedtls_ssl_get_session(&h->ssl, &c->session))
		return;
	c->has_session = true;
	snprintf(c->session_host, sizeof c->session_host, "%s", h->host);
}

/* --- Going on --- */

static int begin(struct tls_handshake *h)
{
	int code = mbedtls_ssl_setup(&h->ssl, &h->context->config);

	if (!code && h->host[0])
		code = set_host(h);
	if (!code && is_known(h))
		code = mbedtls_ssl_set_session(&h->ssl, &h->context->session);
	mbedtls_ssl_set_bio(&h->ssl, h, put_wire, take_wire, NULL);
	h->has_begun = !code;
	return code;
}

static enum tls_cipher cipher_of(const mbedtls_ssl_context *ssl)
{
	const mbedtls_ssl_ciphersuite_t *suite =
		mbedtls_ssl_ciphersuite_from_string(
			mbedtls_ssl_get_ciphersuite(ssl));

	switch (suite->cipher) {
	case MBEDTLS_CIPHER_AES_128_GCM:
		return TLS_AES_128_GCM;
	case MBEDTLS_CIPHER_AES_256_GCM:
		return TLS_AES_256_GCM;
	default:
		return TLS_CHACHA20_POLY1305; /* no other was offered */
	}
}

static void take_secrets(struct tls_handshake *h, struct tls_secrets *out)
{
	struct tls_secrets *derived = &h->derived;

	*out = *derived;
	out->cipher = cipher_of(&h->ssl);
	if (!h->host[0]) {
		out->read = derived->write;
		out->write = derived->read;
	}
}

static int fail(struct tls_handshake *h, int code)
{
	if (is_known(h))
		forget(h->context); /* it may be what is wrong */
	return explain(h, code);
}

int tls_handshake_step(struct tls_handshake *h, const uint8_t *bytes, size_t n,
		       size_t *used, struct tls_secrets *secrets)
{
	int code = h->has_begun ? 0 : begin(h);

	h->context->derived = &h->derived;
	h->input = bytes;
	h->input_len = n;
	if (!code)
		code = mbedtls_ssl_handshake(&h->ssl);
	*used = n - h->input_len;
	h->input_len = 0;
	if (code == MBEDTLS_ERR_SSL_WANT_READ)
		return 0;
	if (code)
		return fail(h, code);
	keep_session(h);
	take_secrets(h, secrets);
	return 1;
}
