#include "gateway/carriers/audiocodes_player.h"

#include <stdio.h>
#include <string.h>

#include "gateway/call/transcoder.h"
#include "gateway/carriers/audiocodes_wire.h"
#include "protocols/audiocodes_write.h"
#include "protocols/wav_stream.h"

#define NS_PER_MS 1000000ull

struct stream_id {
	char text[AUDIOCODES_STREAM_ID_MAX];
};

static struct stream_id id_of(const struct audiocodes_player *p)
{
	struct stream_id id;

	snprintf(id.text, sizeof(id.text), "p%u", p->number);
	return id;
}

void audiocodes_player_init(struct audiocodes_player *p,
			    enum audiocodes_format_id format)
{
	const struct audiocodes_format *f = &audiocodes_format[format];
	size_t sample = f->coding == AUDIOCODES_MULAW ? 1 : 2;

	*p = (struct audiocodes_player){
		.format = format,
		.chunk_max = f->rate / 1000 * sample * AUDIOCODES_CHUNK_MS,
	};
}

static int open_stream(struct audiocodes_player *p, struct audiocodes_wire *w)
{
	p->number++;
	p->is_open = true;
	struct stream_id id = id_of(p);

	return audiocodes_wire_send(
		w, audiocodes_write_play_start(&w->out, id.text, p->format));
}

static int send_chunk(struct audiocodes_player *p, struct audiocodes_wire *w,
		      const uint8_t *bytes, size_t n)
{
	struct stream_id id = id_of(p);
	struct buffer out;
	int err = audiocodes_wire_begin(w, AUDIOCODES_CHUNK_ROOM(n), &out);

	if (err)
		return err;
	err = audiocodes_write_play_chunk(&out, id.text, bytes, n);
	return audiocodes_wire_end(w, &out, err);
}

/* The header is one with the first audio, so that no chunk is without any. */
static int send_first(struct audiocodes_player *p, struct audiocodes_wire *w,
		      const uint8_t *bytes, size_t n)
{
	const struct audiocodes_format *f = &audiocodes_format[p->format];
	uint8_t chunk[WAV_STREAM_WRITTEN +
		      AUDIOCODES_CHUNK_MS * AUDIO_BYTES_PER_MS_MAX];
	size_t head;

	if (!f->is_wav)
		return send_chunk(p, w, bytes, n);
	head = wav_stream_header(chunk,
				 f->coding == AUDIOCODES_MULAW
					 ? WAV_STREAM_MULAW
					 : WAV_STREAM_PCM,
				 f->rate);
	memcpy(chunk + head, bytes, n);
	return send_chunk(p, w, chunk, head + n);
}

int audiocodes_player_play(struct audiocodes_player *p,
			   struct audiocodes_wire *w, const uint8_t *bytes,
			   size_t n, uint64_t now_ns)
{
	int err = 0;

	for (size_t part; n > 0 && !err; bytes += part, n -= part) {
		bool is_first = !p->is_open;
		part = n < p->chunk_max ? n : p->chunk_max;
		if (is_first)
			err = open_stream(p, w);
		if (!err)
			err = is_first ? send_first(p, w, bytes, part)
				       : send_chunk(p, w, bytes, part);
	}
	p->fed_ns = now_ns;
	return err;
}

void audiocodes_player_stop(struct audiocodes_player *p,
			    struct audiocodes_wire *w)
{
	struct stream_id id = id_of(p);

	if (!p->is_open)
		return;
	p->is_open = false;
	audiocodes_wire_send(w, audiocodes_write_play_stop(&w->out, id.text));
}

void audiocodes_player_cut(struct audiocodes_player *p,
			   struct audiocodes_wire *w)
{
	audiocodes_player_stop(p, w);
	p->cut++;
}

void audiocodes_player_lost(struct audiocodes_player *p)
{
	p->is_open = false;
	p->cut = 0;
}

void audiocodes_player_tick(struct audiocodes_player *p,
			    struct audiocodes_wire *w, uint64_t now_ns)
{
	if (p->is_open && now_ns >= p->fed_ns + AUDIOCODES_OPEN_MS * NS_PER_MS)
		audiocodes_player_stop(p, w);
}

void audiocodes_player_mark(struct audiocodes_player *p,
			    struct audiocodes_wire *w, const char *mark)
{
	struct stream_id id = id_of(p);

	if (p->is_open)
		audiocodes_wire_send(
			w, audiocodes_write_mark_set(&w->out, id.text, mark));
}

/* One that is not named may be of a stream that was cut. */
bool audiocodes_player_finished(struct audiocodes_player *p,
				const char *stream_id)
{
	if (stream_id[0])
		return !p->is_open && !strcmp(stream_id, id_of(p).text);
	if (p->cut > 0) {
		p->cut--;
		return false;
	}
	return !p->is_open;
}
