#include "protocols/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <mbedtls/error.h>
#include <mbedtls/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/tls_context.h"

#define RECORD_MAX      16384 /* plaintext bytes (RFC 5246, 6.2.1) */
#define RECORD_OVERHEAD 64    /* header, nonce and tag, with room to spare */

struct tls {
	mbedtls_ssl_context ssl;
	struct buffer *wire, *plain;
	const uint8_t *input;
	size_t input_len;
	bool has_heard; /* the peer's first byte has come */
	bool is_open;
	bool said_goodbye;
	bool is_wire_full;
	int status;          /* negative after an end or a failure */
	uint8_t address[16]; /* the host when it is an IP address */
	size_t address_len;  /* 0 when it is a name */
	char host[256];
	char error[400];
};

/* --- Memory as the library's network --- */

static int put_wire(void *owner, const unsigned char *bytes, size_t n)
{
	struct tls *t = owner;

	if (!buffer_append(t->wire, bytes, n))
		return (int)n;
	t->is_wire_full = true;
	return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static int take_wire(void *owner, unsigned char *bytes, size_t n)
{
	struct tls *t = owner;

	if (t->input_len == 0)
		return MBEDTLS_ERR_SSL_WANT_READ;
	if (n > t->input_len)
		n = t->input_len;
	memcpy(bytes, t->input, n);
	t->input += n;
	t->input_len -= n;
	return (int)n;
}

/* --- Whose certificate --- */

/* The library compares host names only; an address is compared with the
 * certificate's iPAddress entries here (RFC 2818, 3.1). */
#define SAN_IP_ADDRESS 7

static bool names_address(const mbedtls_x509_crt *crt, const struct tls *t)
{
	for (const mbedtls_x509_sequence *san = &crt->subject_alt_names; san;
	     san = san->next) {
		const mbedtls_x509_buf *name = &san->buf;
		if ((name->tag & MBEDTLS_ASN1_TAG_VALUE_MASK) ==
			    SAN_IP_ADDRESS &&
		    name->len == t->address_len &&
		    !memcmp(name->p, t->address, t->address_len))
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
static int set_host(struct tls *t, const char *host)
{
	if (strlen(host) >= sizeof t->host)
		return -1;
	snprintf(t->host, sizeof t->host, "%s", host);
	if (inet_pton(AF_INET, host, t->address) == 1)
		t->address_len = 4;
	else if (inet_pton(AF_INET6, host, t->address) == 1)
		t->address_len = 16;
	else
		return mbedtls_ssl_set_hostname(&t->ssl, host);
	mbedtls_ssl_set_verify(&t->ssl, check_address, t);
	return 0;
}

struct tls *tls_new(struct tls_context *context, const char *host,
		    struct buffer *wire, struct buffer *plain)
{
	struct tls *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->wire = wire;
	t->plain = plain;
	mbedtls_ssl_init(&t->ssl);
	if (mbedtls_ssl_setup(&t->ssl, &context->config) ||
	    (host && set_host(t, host))) {
		tls_free(t);
		return NULL;
	}
	mbedtls_ssl_set_bio(&t->ssl, t, put_wire, take_wire, NULL);
	return t;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	mbedtls_ssl_free(&t->ssl);
	free(t);
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

static void explain_verdict(struct tls *t)
{
	uint32_t flags = mbedtls_ssl_get_verify_result(&t->ssl);

	for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
		if (flags & verdicts[i].flag) {
			snprintf(t->error, sizeof t->error, "%s",
				 verdicts[i].words);
			return;
		}
	if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
		snprintf(t->error, sizeof t->error,
			 "certificate is not valid for host %s", t->host);
	else
		snprintf(t->error, sizeof t->error,
			 "certificate was not accepted (flags 0x%x)", flags);
}

/* RFC 5246, 7.2 */
static const struct {
	uint8_t alert;
	const char *words;
} alerts[] = {
	{ 20, "it could not decrypt a record" },
	{ 40, "no common cipher suite or parameter" },
	{ 42, "it found our certificate bad" },
	{ 43, "it does not support our certificate" },
	{ 44, "it found our certificate revoked" },
	{ 45, "it found our certificate expired" },
	{ 46, "it does not accept our certificate" },
	{ 48, "it does not trust our certificate's authority" },
	{ 49, "access denied" },
	{ 51, "it could not verify a signature" },
	{ 70, "it does not speak TLS 1.2" },
	{ 71, "it wants stronger cipher suites" },
	{ 80, "internal error" },
	{ 112, "it does not know this host name" },
	{ 120, "it does not speak http/1.1" },
};

static void explain_alert(struct tls *t)
{
	unsigned alert = t->ssl.in_msg[1];
	const char *words = "no further word";

	for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
		if (alerts[i].alert == alert)
			words = alerts[i].words;
	snprintf(t->error, sizeof t->error, "peer ended TLS by alert %u: %s",
		 alert, words);
}

static int explain(struct tls *t, int code)
{
	char why[160];

	if (t->is_wire_full) {
		snprintf(t->error, sizeof t->error, "peer reads too slowly");
		return -ENOBUFS;
	}
	switch (code) {
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
		return -ECONNRESET;
	case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED:
		explain_verdict(t);
		return -EACCES;
	case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
		explain_alert(t);
		return -EPROTO;
	case MBEDTLS_ERR_SSL_INVALID_MAC:
		snprintf(t->error, sizeof t->error,
			 "a TLS record was changed on its way");
		return -EPROTO;
	default:
		mbedtls_strerror(code, why, sizeof why);
		snprintf(t->error, sizeof t->error, "TLS failed: %s", why);
		return -EPROTO;
	}
}

/* --- Bytes in --- */

/* Plain HTTP on a TLS port is common enough to be told apart at once. */
#define RECORD_ALERT     21
#define RECORD_HANDSHAKE 22

static int hear_first_byte(struct tls *t)
{
	if (t->has_heard || t->input_len == 0)
		return 0;
	t->has_heard = true;
	if (t->input[0] == RECORD_HANDSHAKE || t->input[0] == RECORD_ALERT)
		return 0;
	snprintf(t->error, sizeof t->error, "peer does not speak TLS here");
	return -EPROTO;
}

static int shake_hands(struct tls *t)
{
	int code = mbedtls_ssl_handshake(&t->ssl);

	if (code == MBEDTLS_ERR_SSL_WANT_READ)
		return 0;
	if (code)
		return explain(t, code);
	t->is_open = true;
	return 0;
}

/* One read into plain. Returns 1 after bytes, 0 when more must come, or a
 * negative errno. A full plain still asks, for there may be nothing to come. */
static int read_some(struct tls *t)
{
	size_t room = t->plain->limit - t->plain->used;
	size_t n = room < RECORD_MAX ? room : RECORD_MAX;
	uint8_t spare;
	uint8_t *bytes = n ? buffer_reserve(t->plain, n) : &spare;

	if (!bytes)
		return -ENOBUFS;
	int got = mbedtls_ssl_read(&t->ssl, bytes, n ? n : 1);
	if (got == MBEDTLS_ERR_SSL_WANT_READ)
		return 0;
	if (got < 0)
		return explain(t, got);
	if (n == 0 && got > 0) {
		snprintf(t->error, sizeof t->error, "nobody reads the plain");
		return -ENOBUFS;
	}
	buffer_commit(t->plain, (size_t)got);
	return 1;
}

int tls_receive(struct tls *t, const uint8_t *bytes, size_t n)
{
	if (t->status)
		return t->status;
	t->input = bytes;
	t->input_len = n;
	int result = hear_first_byte(t);
	if (!result && !t->is_open)
		result = shake_hands(t);
	if (!result && t->is_open)
		do
			result = read_some(t);
		while (result > 0);
	t->input_len = 0;
	t->status = result;
	return result;
}

/* --- Bytes out --- */

int tls_send(struct tls *t, const void *bytes, size_t n)
{
	const unsigned char *at = bytes;

	if (!t->is_open || t->said_goodbye)
		return -ENOTCONN;
	if (t->status && t->status != -ECONNRESET)
		return -EPROTO;
	int record = mbedtls_ssl_get_max_out_record_payload(&t->ssl);
	size_t records = record > 0 ? n / (size_t)record + 1 : 1;
	if (!buffer_reserve(t->wire, n + records * RECORD_OVERHEAD))
		return -ENOBUFS;
	while (n > 0) {
		int sent = mbedtls_ssl_write(&t->ssl, at, n);
		if (sent < 0)
			return t->status = explain(t, sent);
		at += sent;
		n -= (size_t)sent;
	}
	return 0;
}

void tls_close(struct tls *t)
{
	if (t->is_open && !t->said_goodbye)
		mbedtls_ssl_close_notify(&t->ssl);
	t->said_goodbye = true;
}

bool tls_is_open(const struct tls *t)
{
	return t->is_open;
}

const char *tls_error(const struct tls *t)
{
	return t->error;
}
