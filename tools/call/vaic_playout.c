#include "tools/call/vaic_playout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RATE 8 /* samples per ms of the caller's clock */

void vaic_playout_init(struct vaic_playout *p)
{
	*p = (struct vaic_playout){ .head = 0 };
}

static void drop_audio(struct vaic_play_stream *s)
{
	buffer_consume(&s->ulaw, s->ulaw.used);
	buffer_consume(&s->native, s->native.used);
	for (size_t i = 0; i < s->marks; i++)
		free(s->mark[i].name);
	s->marks = 0;
}

static void stream_free(struct vaic_play_stream *s)
{
	drop_audio(s);
	buffer_free(&s->ulaw);
	buffer_free(&s->native);
	free(s->wav);
	free(s);
}

void vaic_playout_free(struct vaic_playout *p)
{
	for (size_t i = 0; i < p->streams; i++)
		stream_free(p->stream[i]);
	vaic_playout_init(p);
}

static void remove_stream(struct vaic_playout *p, size_t i)
{
	stream_free(p->stream[i]);
	p->streams--;
	memmove(&p->stream[i], &p->stream[i + 1],
		(p->streams - i) * sizeof(*p->stream));
}

/* --- What waits --- */

static size_t current_index(const struct vaic_playout *p)
{
	size_t i = 0;

	while (i < p->streams && p->stream[i]->is_interrupted)
		i++;
	return i;
}

const struct vaic_play_stream *vaic_playout_current(
	const struct vaic_playout *p)
{
	size_t i = current_index(p);

	return i < p->streams ? p->stream[i] : NULL;
}

bool vaic_playout_is_busy(const struct vaic_playout *p)
{
	return vaic_playout_current(p);
}

uint64_t vaic_playout_samples(const struct vaic_playout *p)
{
	uint64_t samples = 0;

	for (size_t i = 0; i < p->streams; i++)
		samples += p->stream[i]->ulaw.used;
	return samples;
}

uint64_t vaic_playout_due(const struct vaic_playout *p)
{
	const struct vaic_play_stream *s = vaic_playout_current(p);

	if (!s || s->ulaw.used == 0)
		return VAIC_PLAYOUT_NEVER;
	if (s->marks && s->mark[0].position < s->queued)
		return p->head + (s->mark[0].position - s->played);
	return p->head + s->ulaw.used;
}

unsigned vaic_playout_ms(const struct vaic_playout *p)
{
	return (unsigned)((vaic_playout_samples(p) + RATE - 1) / RATE);
}

struct vaic_play_stream *vaic_playout_find(const struct vaic_playout *p,
					   const char *id)
{
	for (size_t i = 0; i < p->streams; i++)
		if (strcmp(p->stream[i]->id, id) == 0)
			return p->stream[i];
	return NULL;
}

/* --- Playing --- */

/* The bot's own bytes of what was played; of the last of a stream, all. */
static void give_native(struct vaic_play_stream *s, uint64_t sample,
			bool is_all, const struct vaic_playout_events *events,
			void *owner)
{
	size_t width = vaic_format_sample_bytes(s->format);
	uint64_t until = s->played * vaic_format_rate(s->format) / 8000;
	size_t n = (size_t)(until - s->native_gone) * width;

	if (is_all || n > s->native.used)
		n = s->native.used / width * width;
	if (n == 0)
		return;
	if (events->on_native)
		events->on_native(owner, s, sample, buffer_head(&s->native), n);
	buffer_consume(&s->native, n);
	s->native_gone += n / width;
}

static void play(struct vaic_playout *p, struct vaic_play_stream *s, size_t n,
		 const struct vaic_playout_events *events, void *owner)
{
	uint64_t sample = p->head;

	s->is_begun = true;
	events->on_played(owner, sample, buffer_head(&s->ulaw), n);
	buffer_consume(&s->ulaw, n);
	s->played += n;
	p->head += n;
	give_native(s, sample, false, events, owner);
}

static void reach_marks(struct vaic_play_stream *s,
			const struct vaic_playout_events *events, void *owner)
{
	size_t n = 0;

	while (n < s->marks && s->mark[n].position <= s->played) {
		events->on_mark(owner, s, s->mark[n].name);
		free(s->mark[n++].name);
	}
	s->marks -= n;
	memmove(s->mark, s->mark + n, s->marks * sizeof(*s->mark));
}

/* Play the current stream up to now, stopping at each mark. */
static void play_stream(struct vaic_playout *p, struct vaic_play_stream *s,
			uint64_t now, const struct vaic_playout_events *events,
			void *owner)
{
	reach_marks(s, events, owner);
	while (s->ulaw.used > 0 && p->head < now) {
		uint64_t n = now - p->head;

		if (n > s->ulaw.used)
			n = s->ulaw.used;
		if (s->marks && s->mark[0].position - s->played < n)
			n = s->mark[0].position - s->played;
		play(p, s, (size_t)n, events, owner);
		reach_marks(s, events, owner);
	}
}

static void sweep_interrupted(struct vaic_playout *p)
{
	for (size_t i = p->streams; i-- > 0;)
		if (p->stream[i]->is_interrupted && p->stream[i]->is_stopped)
			remove_stream(p, i);
}

void vaic_playout_advance(struct vaic_playout *p, uint64_t now,
			  const struct vaic_playout_events *events, void *owner)
{
	size_t i;

	sweep_interrupted(p);
	while ((i = current_index(p)) < p->streams) {
		struct vaic_play_stream *s = p->stream[i];

		play_stream(p, s, now, events, owner);
		if (s->ulaw.used > 0 || !s->is_stopped)
			break;
		give_native(s, p->head, true, events, owner);
		events->on_finished(
			owner, s, p->head > s->stopped ? p->head : s->stopped);
		remove_stream(p, i);
	}
}

/* --- What arrives --- */

struct vaic_play_stream *vaic_playout_open(struct vaic_playout *p,
					   const char *id, enum vaic_format f,
					   const struct vaic_change *once)
{
	struct vaic_play_stream *s;

	if (p->streams == VAIC_PLAYOUT_STREAMS_MAX || strlen(id) > VAIC_ID_MAX)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (s && vaic_format_is_wav(f))
		s->wav = calloc(1, sizeof(*s->wav));
	if (!s || (vaic_format_is_wav(f) && !s->wav)) {
		free(s);
		return NULL;
	}
	strcpy(s->id, id);
	s->format = f;
	s->once = *once;
	vaic_convert_init(&s->convert, f, true);
	buffer_init(&s->ulaw, (size_t)VAIC_PLAYOUT_MAX_MS * RATE);
	buffer_init(&s->native, vaic_format_bytes(f, VAIC_PLAYOUT_MAX_MS));
	p->stream[p->streams++] = s;
	return s;
}

/* n converted samples, the first of which is the stream's sample `at`: those
 * that were played in the meantime are dropped. */
static int append(struct vaic_play_stream *s, uint64_t at, const uint8_t *ulaw,
		  size_t n)
{
	size_t gone = 0;

	if (at < s->played)
		gone = s->played - at < n ? (size_t)(s->played - at) : n;
	return buffer_append(&s->ulaw, ulaw + gone, n - gone);
}

/* The filters hold a chunk's last 2 or 4 ms back until the next chunk comes,
 * which may be too late. So a copy of them is run to its end for these, and
 * what it gave is replaced when the next chunk has come. */
static void drop_provisional(struct vaic_play_stream *s)
{
	uint64_t sure = s->convert.given;

	s->ulaw.used = sure > s->played ? (size_t)(sure - s->played) : 0;
}

static int append_provisional(struct vaic_play_stream *s)
{
	uint8_t out[VAIC_CONVERT_BYTES_MAX];
	struct vaic_convert copy = s->convert;
	size_t n = vaic_convert_end(&copy, out);
	int err = append(s, s->convert.given, out, n);

	s->queued = copy.given;
	return err;
}

static int append_chunk(struct vaic_play_stream *s, const uint8_t *bytes,
			size_t n)
{
	size_t most = VAIC_CONVERT_RUN * vaic_format_sample_bytes(s->format);
	uint8_t out[VAIC_CONVERT_BYTES_MAX];
	int err = buffer_append(&s->native, bytes, n);

	if (err)
		return err;
	drop_provisional(s);
	while (n > 0 && !err) {
		size_t run = n < most ? n : most;
		uint64_t at = s->convert.given;
		size_t made = vaic_convert_run(&s->convert, out, bytes, run);

		err = append(s, at, out, made);
		bytes += run;
		n -= run;
	}
	return err ? err : append_provisional(s);
}

static size_t skip_header(struct vaic_play_stream *s, const uint8_t *bytes,
			  size_t n, struct vaic_arrival *arrival)
{
	if (!s->wav)
		return 0;
	long header = vaic_wav_read(s->wav, s->format, bytes, n, &arrival->why);
	return header > 0 ? (size_t)header : 0;
}

int vaic_playout_add(struct vaic_playout *p, struct vaic_play_stream *s,
		     uint64_t now, const uint8_t *bytes, size_t n,
		     struct vaic_arrival *arrival)
{
	uint64_t waiting = vaic_playout_samples(p);
	uint64_t before = s->queued;

	*arrival = (struct vaic_arrival){ .begin = now };
	if (s->is_interrupted) {
		s->late_chunks++;
		p->late_chunks++;
		return -EALREADY;
	}
	size_t header = skip_header(s, bytes, n, arrival);
	s->chunks++;
	p->chunks++;
	s->bytes += n - header;
	if (waiting == 0 && s->is_begun && p->head < now && n > header) {
		s->underruns++;
		p->underruns++;
	}
	if (waiting == 0)
		p->head = now;
	arrival->begin = p->head + waiting;
	int err = append_chunk(s, bytes + header, n - header);
	arrival->samples = (size_t)(s->queued - before);
	if (vaic_playout_ms(p) > p->buffer_ms_max)
		p->buffer_ms_max = vaic_playout_ms(p);
	return err;
}

int vaic_playout_mark(struct vaic_play_stream *s, const char *name)
{
	char *copy = strdup(name);

	if (!copy || s->marks == VAIC_PLAYOUT_MARKS_MAX) {
		free(copy);
		return -ENOBUFS;
	}
	s->mark[s->marks++] = (struct vaic_play_mark){ s->queued, copy };
	return 0;
}

void vaic_playout_stop(struct vaic_play_stream *s, uint64_t now)
{
	if (!s->is_stopped)
		s->stopped = now;
	s->is_stopped = true;
}

static void interrupt(struct vaic_play_stream *s, uint64_t now,
		      const struct vaic_playout_events *events, void *owner)
{
	if (s->is_interrupted)
		return;
	s->is_interrupted = true;
	drop_audio(s);
	events->on_finished(owner, s, now);
}

uint64_t vaic_playout_abandon(struct vaic_playout *p,
			      struct vaic_play_stream *s, uint64_t now,
			      const struct vaic_playout_events *events,
			      void *owner)
{
	uint64_t dropped = s->ulaw.used;

	vaic_playout_stop(s, now);
	interrupt(s, now, events, owner);
	sweep_interrupted(p);
	return dropped;
}

uint64_t vaic_playout_flush(struct vaic_playout *p, uint64_t now,
			    const struct vaic_playout_events *events,
			    void *owner)
{
	uint64_t dropped = vaic_playout_samples(p);

	for (size_t i = 0; i < p->streams; i++)
		interrupt(p->stream[i], now, events, owner);
	sweep_interrupted(p);
	return dropped;
}
