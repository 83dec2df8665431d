#include "protocols/tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/tls_alert.h"
#include "protocols/tls_handshake.h"
#include "protocols/tls_record.h"

struct tls {
	struct tls_handshake *handshake; /* until it is done */
	struct tls_records *records;     /* from then on */
	struct buffer *wire;
	struct buffer partial; /* the beginning of a record */
	bool is_client;
	bool has_heard; /* the peer's first byte has come */
	bool said_goodbye;
	int status; /* negative after an end or a failure */
	char error[400];
};

struct tls *tls_new(struct tls_context *context, const char *host,
		    struct buffer *wire)
{
	struct tls *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->wire = wire;
	t->is_client = host != NULL;
	buffer_init(&t->partial, TLS_RECORD_MAX);
	t->handshake = tls_handshake_new(context, host, wire);
	if (!t->handshake) {
		free(t);
		return NULL;
	}
	return t;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	tls_handshake_free(t->handshake);
	tls_records_free(t->records);
	buffer_free(&t->partial);
	free(t);
}

bool tls_is_open(const struct tls *t)
{
	return t->records != NULL;
}

const char *tls_error(const struct tls *t)
{
	return t->error;
}

/* --- The handshake --- */

/* Plain HTTP on a TLS port is common enough to be told apart at once. */
static int hear_first_byte(struct tls *t, const uint8_t *bytes, size_t n)
{
	if (t->has_heard || n == 0)
		return 0;
	t->has_heard = true;
	if (bytes[0] == TLS_HANDSHAKE || bytes[0] == TLS_ALERT)
		return 0;
	snprintf(t->error, sizeof t->error, "peer does not speak TLS here");
	return -EPROTO;
}

static int open_records(struct tls *t, struct tls_secrets *secrets)
{
	t->records = tls_records_new(secrets);
	explicit_bzero(secrets, sizeof *secrets);
	tls_handshake_free(t->handshake);
	t->handshake = NULL;
	return t->records ? 0 : -ENOMEM;
}

static int shake_hands(struct tls *t, const uint8_t *bytes, size_t n,
		       size_t *used)
{
	struct tls_secrets secrets;
	int result = hear_first_byte(t, bytes, n);

	*used = 0;
	if (!result)
		result = tls_handshake_step(t->handshake, bytes, n, used,
					    &secrets);
	else
		return result;
	if (result > 0)
		return open_records(t, &secrets);
	if (result < 0)
		snprintf(t->error, sizeof t->error, "%s",
			 tls_handshake_error(t->handshake));
	return result;
}

/* --- Records in --- */

/* The peer is told why; what it makes of that is its business. */
static int refuse(struct tls *t, int status, enum tls_alert alert,
		  const char *words)
{
	const uint8_t text[2] = { TLS_ALERT_FATAL, (uint8_t)alert };
	uint8_t *room =
		buffer_reserve(t->wire, sizeof text + TLS_RECORD_OVERHEAD_MAX);
	ssize_t n = room ? tls_records_seal(t->records, TLS_ALERT, room, text,
					    sizeof text)
			 : 0;

	if (n > 0)
		buffer_commit(t->wire, (size_t)n);
	snprintf(t->error, sizeof t->error, "%s", words);
	return status;
}

static int take_alert(struct tls *t, const uint8_t *text, size_t n)
{
	if (n != 2)
		return refuse(t, -EPROTO, TLS_UNEXPECTED_MESSAGE,
			      "peer sent an alert of impossible shape");
	if (text[1] == TLS_CLOSE_NOTIFY)
		return -ECONNRESET;
	if (text[0] == TLS_ALERT_WARNING)
		return 0;
	tls_alert_tell(t->error, sizeof t->error, text[1]);
	return -EPROTO;
}

/* A server may ask a client to negotiate anew, and may be ignored (RFC 5246,
 * 7.4.1.1). Nothing else of a handshake may come any more. */
static int take_handshake(struct tls *t, const uint8_t *text, size_t n)
{
	static const uint8_t hello_request[4];

	if (t->is_client && n == sizeof hello_request &&
	    !memcmp(text, hello_request, n))
		return 0;
	return refuse(t, -EPROTO, TLS_UNEXPECTED_MESSAGE,
		      "peer began another handshake");
}

/* A whole record. Its text is opened behind what plain holds, which is where
 * application data stays. */
static int take_record(struct tls *t, const uint8_t *record, size_t len,
		       struct buffer *plain)
{
	ssize_t n = tls_records_room(t->records, len);
	uint8_t *room = n < 0 ? NULL : buffer_reserve(plain, (size_t)n);

	if (n >= 0 && !room) {
		snprintf(t->error, sizeof t->error, "nobody reads the plain");
		return -ENOBUFS;
	}
	if (n < 0 || tls_records_open(t->records, room, record, len) < 0)
		return refuse(t, -EPROTO, TLS_BAD_RECORD_MAC,
			      "a TLS record was changed on its way");
	if (record[0] == TLS_ALERT)
		return take_alert(t, room, (size_t)n);
	if (record[0] == TLS_HANDSHAKE)
		return take_handshake(t, room, (size_t)n);
	buffer_commit(plain, (size_t)n);
	return 0;
}

static int measure(struct tls *t, const uint8_t *bytes, size_t n, size_t *len)
{
	ssize_t measured = tls_record_length(bytes, n);

	*len = measured > 0 ? (size_t)measured : 0;
	if (measured == -EMSGSIZE)
		return refuse(t, -EPROTO, TLS_RECORD_OVERFLOW,
			      "peer sent too long a TLS record");
	if (measured < 0)
		return refuse(t, -EPROTO, TLS_UNEXPECTED_MESSAGE,
			      "peer broke the TLS record protocol");
	return 0;
}

/* Bytes that complete the record that has begun, or a part of it. */
static int complete(struct tls *t, const uint8_t **bytes, size_t *n,
		    struct buffer *plain)
{
	struct buffer *partial = &t->partial;
	size_t whole;

	while (partial->used > 0 && *n > 0) {
		int err =
			measure(t, buffer_head(partial), partial->used, &whole);
		if (err)
			return err;
		size_t want = whole ? whole - partial->used
				    : TLS_RECORD_HEADER - partial->used;
		size_t part = want < *n ? want : *n;
		if (buffer_append(partial, *bytes, part))
			return -ENOMEM; /* its bound is a record's */
		*bytes += part;
		*n -= part;
		if (!whole || part < want)
			continue;
		err = take_record(t, buffer_head(partial), whole, plain);
		buffer_consume(partial, partial->used);
		if (err)
			return err;
	}
	return 0;
}

static int take_records(struct tls *t, const uint8_t *bytes, size_t n,
			struct buffer *plain)
{
	int err = complete(t, &bytes, &n, plain);
	size_t whole;

	while (!err && n > 0) {
		err = measure(t, bytes, n, &whole);
		if (err)
			break;
		if (whole == 0 || whole > n)
			return buffer_append(&t->partial, bytes, n) ? -ENOMEM
								    : 0;
		err = take_record(t, bytes, whole, plain);
		bytes += whole;
		n -= whole;
	}
	return err;
}

int tls_receive(struct tls *t, const uint8_t *bytes, size_t n,
		struct buffer *plain)
{
	size_t used = 0;
	int result = 0;

	if (t->status)
		return t->status;
	if (!t->records)
		result = shake_hands(t, bytes, n, &used);
	if (!result && t->records && n > used)
		result = take_records(t, bytes + used, n - used, plain);
	t->status = result;
	return result;
}

/* --- Records out --- */

static int seal(struct tls *t, enum tls_content type, const uint8_t *bytes,
		size_t n, struct buffer *wire)
{
	size_t records = n / TLS_RECORD_PLAIN_MAX + 1;
	uint8_t *room =
		buffer_reserve(wire, n + records * TLS_RECORD_OVERHEAD_MAX);
	size_t made = 0;

	if (!room)
		return -ENOBUFS;
	while (n > 0) {
		size_t part =
			n < TLS_RECORD_PLAIN_MAX ? n : TLS_RECORD_PLAIN_MAX;
		ssize_t len = tls_records_seal(t->records, type, room + made,
					       bytes, part);
		if (len < 0)
			return t->status = -EPROTO;
		made += (size_t)len;
		bytes += part;
		n -= part;
	}
	buffer_commit(wire, made);
	return 0;
}

int tls_send(struct tls *t, const void *bytes, size_t n, struct buffer *wire)
{
	if (!t->records || t->said_goodbye)
		return -ENOTCONN;
	if (t->status && t->status != -ECONNRESET)
		return -EPROTO;
	return seal(t, TLS_APPLICATION_DATA, bytes, n, wire);
}

void tls_close(struct tls *t)
{
	const uint8_t text[2] = { TLS_ALERT_WARNING, TLS_CLOSE_NOTIFY };

	if (t->records && !t->said_goodbye)
		(void)seal(t, TLS_ALERT, text, sizeof text, t->wire);
	t->said_goodbye = true;
}
