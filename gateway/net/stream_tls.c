/* TLS between a stream's socket and its owner; the handshake on the loop, or on
 * the thread beside it. */
#include <errno.h>
#include <stdlib.h>

#include "gateway/net/handshaker.h"
#include "gateway/net/net_loop.h"
#include "gateway/net/stream_inner.h"
#include "protocols/tls.h"

#define RECORD_ROOM (17u << 10) /* for the record that began before a read */
#define PLAIN_MAX   (STREAM_READ_BYTES + RECORD_ROOM)
#define SHAKE_BYTES_MAX \
	(128u << 10) /* a peer's, before the handshake is done */

/* A handshake that is made elsewhere. */
struct stream_shake {
	struct handshake_job job; /* first: a job is its shake */
	struct stream *stream;
	struct buffer early; /* came while the job was under way */
};

void stream_shake_free(struct stream_shake *k)
{
	if (!k)
		return;
	buffer_free(&k->job.bytes);
	buffer_free(&k->job.plain);
	buffer_free(&k->early);
	free(k);
}

/* What the engine has made of some bytes. */
static void taken(struct stream *s, int err, const struct buffer *plain)
{
	if (!s->is_open && tls_is_open(s->tls))
		stream_opened(s);
	stream_deliver(s, buffer_head(plain), plain->used);
	stream_pump(s); /* an alert tells the peer why */
	if (err && !(err == -ECONNRESET && s->is_open))
		stream_fail_tls(s, err);
	else if (err && !s->is_closing && !s->is_peer_ended)
		stream_peer_ended(s, 0, "peer closed the connection");
}

/* The plain text of a read is delivered before the next one: a thread needs
 * room for one. */
static void take_here(struct stream *s, const uint8_t *bytes, size_t n)
{
	static _Thread_local uint8_t room[PLAIN_MAX + 1];
	struct buffer plain = {
		.bytes = room,
		.capacity = PLAIN_MAX,
		.limit = PLAIN_MAX,
	};
	int err = tls_receive(s->tls, bytes, n, &plain);

	taken(s, err, &plain);
}

void stream_shake_cancel(struct stream *s)
{
	if (s->is_shaking)
		handshaker_cancel(net_loop_of(s->loop)->handshaker,
				  &s->shake->job);
}

static void submit(struct stream *s)
{
	s->is_shaking = true;
	s->open_handles++;
	handshaker_submit(net_loop_of(s->loop)->handshaker, &s->shake->job);
}

/* The handshake is done: what came early belongs to the owner. */
static void go_on_here(struct stream *s)
{
	struct stream_shake *k = s->shake;

	s->shake = NULL;
	if (s->wire.used == 0)
		buffer_free(&s->wire);
	if (k->early.used > 0 && !s->is_closing && !s->is_finishing)
		take_here(s, buffer_head(&k->early), k->early.used);
	stream_shake_free(k);
}

static void go_on_there(struct stream *s)
{
	struct stream_shake *k = s->shake;
	struct buffer spare = k->job.bytes;

	if (k->early.used == 0)
		return;
	k->job.bytes = k->early;
	k->early = spare;
	submit(s);
}

static void on_shaken(struct handshake_job *job)
{
	struct stream_shake *k = (struct stream_shake *)job;
	struct stream *s = k->stream;

	s->is_shaking = false;
	if (!s->is_closing) {
		taken(s, job->status, &job->plain);
		buffer_consume(&job->plain, job->plain.used);
		if (tls_is_open(s->tls))
			go_on_here(s);
		else if (!s->is_closing)
			go_on_there(s);
	}
	if (s->ended_early && !s->is_shaking && !s->is_closing)
		stream_take_end(s);
	stream_put(s);
}

static struct stream_shake *begin_shake(struct stream *s)
{
	struct stream_shake *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->stream = s;
	k->job.tls = s->tls;
	k->job.is_ours = s->is_dialled;
	k->job.on_done = on_shaken;
	buffer_init(&k->job.bytes, SHAKE_BYTES_MAX);
	buffer_init(&k->job.plain, 2 * SHAKE_BYTES_MAX);
	buffer_init(&k->early, SHAKE_BYTES_MAX);
	return k;
}

static void take_there(struct stream *s, const uint8_t *bytes, size_t n)
{
	if (!s->shake)
		s->shake = begin_shake(s);
	struct stream_shake *k = s->shake;
	if (!k || buffer_append(s->is_shaking ? &k->early : &k->job.bytes,
				bytes, n)) {
		stream_note(s, -ENOBUFS,
			    "too much comes before the end of "
			    "the TLS handshake");
		stream_end(s);
		return;
	}
	if (!s->is_shaking)
		submit(s);
}

bool stream_meet(struct stream *s, uint8_t first)
{
	struct tls_context *context = s->offered;
	enum stream_first what = STREAM_USE_TLS;

	if (s->events->on_first)
		what = s->events->on_first(s->owner, first);
	s->offered = NULL;
	if (what == STREAM_GO_AWAY)
		stream_close(s);
	else if (what == STREAM_USE_PLAIN)
		stream_opened(s);
	else if (!(s->tls = tls_new(context, NULL, &s->wire)))
		stream_fail(s, -ENOMEM);
	tls_context_free(context);
	return !s->is_closing;
}

void stream_take_tls(struct stream *s, const uint8_t *bytes, size_t n)
{
	if (s->shake || (!s->is_open && net_loop_of(s->loop)))
		take_there(s, bytes, n);
	else
		take_here(s, bytes, n);
}
