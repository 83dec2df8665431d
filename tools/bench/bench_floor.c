#include "tools/bench/bench_floor.h"

#include <errno.h>
#include <nettle/gcm.h>
#include <nettle/memops.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "protocols/base64.h"
#include "tools/bench/bench_frame.h"
#include "tools/bench/bench_loop.h"
#include "tools/bench/bench_message.h"

#define EVENTS_MAX   1024
#define HEADER_LEN   13 /* record header and explicit nonce */
#define AAD_LEN      13
#define APPLICATION  23
#define PENDING_MAX  (64u << 10)
#define DELTA_MS     100
#define APPEND_HEAD  "{\"type\":\"input_audio_buffer.append\",\"audio\":\""
#define MEDIA_AROUND 90             /* of a media message to Twilio, about */
#define MARK_NAME    "g1.5.i3.1200" /* like one of the gateway's */
#define MARK_AROUND  76             /* of a mark message to Twilio, about */

static const uint8_t key[16] = "floor of a call";

/* --- Sizes --- */

void bench_floor_shape_of(struct bench_floor_shape *s, bool is_pcmu,
			  unsigned append_ms)
{
	static char text[BENCH_FLOOR_MESSAGE_MAX], audio[8192];
	size_t per_ms = is_pcmu ? 8 : 48;
	struct bench_ids ids = { .session = 100, .response = 1, .event = 1000 };
	struct bench_payload frame = { audio, BASE64_ENCODED(160), 20 };
	struct bench_payload delta = { audio, BASE64_ENCODED(DELTA_MS * per_ms),
				       DELTA_MS };

	memset(audio, 'A', sizeof(audio));
	s->frame_chars = frame.len;
	s->frame =
		bench_twilio_media(text, "MZ00000000000000000000000000000000",
				   1000, 1000, 20000, &frame);
	s->frame_at =
		8 + (size_t)((char *)memmem(text, s->frame, "AAAA", 4) - text);
	s->frame += 8;
	s->append_audio = append_ms * per_ms;
	s->append_at = 8 + sizeof(APPEND_HEAD) - 1;
	s->append = s->append_at + BASE64_ENCODED(s->append_audio) + 2;
	s->frames = append_ms / 20;
	s->delta_chars = delta.len;
	s->delta = bench_realtime_delta(text, &ids, &delta);
	s->delta_at =
		4 + (size_t)((char *)memmem(text, s->delta, "AAAA", 4) - text);
	s->delta += 4;
	s->media_audio = (size_t)DELTA_MS * 8;
	s->media = MEDIA_AROUND + BASE64_ENCODED(s->media_audio);
	s->mark = MARK_AROUND + sizeof(MARK_NAME) - 1;
	s->echo = 8 + bench_twilio_mark(text,
					"MZ00000000000000000000000000000000",
					1000, MARK_NAME);
}

/* --- Records --- */

static void put_header(uint8_t *record, uint64_t sequence, size_t n)
{
	size_t len = n + 8 + 16;

	record[0] = APPLICATION;
	record[1] = record[2] = 3;
	record[3] = (uint8_t)(len >> 8);
	record[4] = (uint8_t)len;
	memcpy(record + 5, &sequence, 8);
}

static void start(struct gcm_aes128_ctx *gcm, const uint8_t *record, size_t n)
{
	uint8_t iv[GCM_IV_SIZE] = { 1, 2, 3, 4 }, aad[AAD_LEN];

	memcpy(iv + 4, record + 5, 8);
	memcpy(aad, record + 5, 8);
	memcpy(aad + 8, record, 3);
	aad[11] = (uint8_t)(n >> 8);
	aad[12] = (uint8_t)n;
	gcm_aes128_set_iv(gcm, GCM_IV_SIZE, iv);
	gcm_aes128_update(gcm, AAD_LEN, aad);
}

static void seal(struct gcm_aes128_ctx *gcm, uint64_t sequence, uint8_t *record,
		 const uint8_t *text, size_t n)
{
	put_header(record, sequence, n);
	start(gcm, record, n);
	gcm_aes128_encrypt(gcm, n, record + HEADER_LEN, text);
	gcm_aes128_digest(gcm, GCM_DIGEST_SIZE, record + HEADER_LEN + n);
}

size_t bench_floor_seal(uint8_t *record, const uint8_t *text, size_t n)
{
	struct gcm_aes128_ctx gcm;

	gcm_aes128_set_key(&gcm, key);
	seal(&gcm, 0, record, text, n);
	return BENCH_RECORD(n);
}

static bool unseal(struct gcm_aes128_ctx *gcm, uint8_t *text,
		   const uint8_t *record, size_t n)
{
	uint8_t tag[GCM_DIGEST_SIZE];

	start(gcm, record, n);
	gcm_aes128_decrypt(gcm, n, text, record + HEADER_LEN);
	gcm_aes128_digest(gcm, sizeof(tag), tag);
	return memeql_sec(tag, record + HEADER_LEN + n, sizeof(tag));
}

/* --- One connection --- */

struct side {
	struct side *next;
	struct call *call;
	int fd;
	bool is_model;
	bool is_known;
	size_t used;
	uint8_t pending[PENDING_MAX];
};

struct call {
	struct side *carrier, *model;
	struct gcm_aes128_ctx in, out;
	uint64_t sequence;
	unsigned frames;
	unsigned medias;
};

struct floor {
	const struct bench_floor *is;
	int epoll;
	struct call *call;
	struct side *sides; /* all there ever were */
};

static void send_all(const struct side *to, const void *bytes, size_t n)
{
	if (to && send(to->fd, bytes, n, MSG_NOSIGNAL) != (ssize_t)n)
		_exit(3); /* its peer is the generator, on this machine */
}

static void take_frame(struct floor *f, struct call *c, const uint8_t *frame)
{
	static uint8_t audio[BENCH_FLOOR_MESSAGE_MAX];
	static uint8_t text[BENCH_FLOOR_MESSAGE_MAX];
	static uint8_t record[BENCH_RECORD(BENCH_FLOOR_MESSAGE_MAX)];
	const struct bench_floor_shape *s = &f->is->shape;

	if (base64_decode(audio, (const char *)frame + s->frame_at,
			  s->frame_chars) < 0)
		_exit(4);
	if (++c->frames % s->frames)
		return;
	base64_encode((char *)text + s->append_at, audio, s->append_audio);
	seal(&c->out, ++c->sequence, record, text, s->append);
	send_all(c->model, record, BENCH_RECORD(s->append));
}

static void take_record(struct floor *f, struct call *c, const uint8_t *record)
{
	static uint8_t text[BENCH_FLOOR_MESSAGE_MAX];
	static uint8_t media[BENCH_FLOOR_MESSAGE_MAX];
	const struct bench_floor_shape *s = &f->is->shape;

	if (!unseal(&c->in, text, record, s->delta) ||
	    base64_decode(text, (const char *)text + s->delta_at,
			  s->delta_chars) < 0)
		_exit(4);
	base64_encode((char *)media, text, s->media_audio);
	send_all(c->carrier, media,
		 ++c->medias % BENCH_FLOOR_MEDIAS ? s->media
						  : s->media + s->mark);
}

static void know(struct floor *f, struct side *s, const uint8_t *bytes)
{
	struct bench_floor_hello hello;

	memcpy(&hello, bytes, sizeof(hello));
	if (hello.call >= f->is->calls)
		_exit(5);
	s->is_known = true;
	s->is_model = hello.is_model;
	s->call = &f->call[hello.call];
	*(s->is_model ? &s->call->model : &s->call->carrier) = s;
	gcm_aes128_set_key(s->is_model ? &s->call->in : &s->call->out, key);
}

static bool is_echo(const struct side *s, const uint8_t *bytes)
{
	return s->is_known && !s->is_model && bytes[0] == BENCH_FLOOR_ECHO;
}

static size_t wanted(const struct floor *f, const struct side *s,
		     const uint8_t *bytes)
{
	if (!s->is_known)
		return sizeof(struct bench_floor_hello);
	if (is_echo(s, bytes))
		return f->is->shape.echo;
	return s->is_model ? BENCH_RECORD(f->is->shape.delta)
			   : f->is->shape.frame;
}

static void take(struct floor *f, struct side *s, const uint8_t *bytes)
{
	if (!s->is_known)
		know(f, s, bytes);
	else if (s->is_model)
		take_record(f, s->call, bytes);
	else if (!is_echo(s, bytes))
		take_frame(f, s->call, bytes);
}

static void serve(struct floor *f, struct side *s)
{
	size_t at = 0;
	ssize_t n = recv(s->fd, s->pending + s->used, PENDING_MAX - s->used, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN)) {
		close(s->fd);
		s->fd = -1;
		return;
	}
	s->used += n > 0 ? (size_t)n : 0;
	for (size_t w; at < s->used &&
		       (w = wanted(f, s, s->pending + at)) <= s->used - at;
	     at += w)
		take(f, s, s->pending + at);
	s->used -= at;
	memmove(s->pending, s->pending + at, s->used);
}

static void accept_side(struct floor *f)
{
	int one = 1;
	int fd = accept4(f->is->listen_fd, NULL, NULL,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct side *s = fd < 0 ? NULL : calloc(1, sizeof(*s));

	if (!s)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	s->fd = fd;
	s->next = f->sides;
	f->sides = s;
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = s };
	epoll_ctl(f->epoll, EPOLL_CTL_ADD, fd, &e);
}

/* --- The loop --- */

static void sleep_to_grid(uint64_t tick_ns)
{
	uint64_t due = (bench_now_ns() / tick_ns + 1) * tick_ns;
	struct timespec t = { .tv_sec = (time_t)(due / BENCH_NS_PER_S),
			      .tv_nsec = (long)(due % BENCH_NS_PER_S) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* Nothing is ready for a while: no reason to tick. */
static int wait_events(struct floor *f, struct epoll_event *event)
{
	uint64_t tick_ns = f->is->tick_us * UINT64_C(1000);
	int n;

	if (!tick_ns)
		return epoll_wait(f->epoll, event, EVENTS_MAX, -1);
	sleep_to_grid(tick_ns);
	n = epoll_wait(f->epoll, event, EVENTS_MAX, 0);
	return n ? n : epoll_wait(f->epoll, event, EVENTS_MAX, -1);
}

int bench_floor_serve(void *floor)
{
	static struct epoll_event event[EVENTS_MAX];
	static struct floor f;
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = NULL };

	f.is = floor;
	f.epoll = epoll_create1(EPOLL_CLOEXEC);
	f.call = calloc(f.is->calls, sizeof(*f.call));
	if (!f.call || epoll_ctl(f.epoll, EPOLL_CTL_ADD, f.is->listen_fd, &e))
		return 1;
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	for (;;) {
		int n = wait_events(&f, event);
		for (int i = 0; i < n; i++) {
			if (event[i].data.ptr)
				serve(&f, event[i].data.ptr);
			else
				accept_side(&f);
		}
	}
}
