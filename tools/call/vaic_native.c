#include <stdlib.h>
#include <string.h>

#include "tools/call/vaic_call_parts.h"

/* A place on the track may be this far off what the clock says before it is
 * filled up: what the filters hold back is no hole. */
#define SLACK_MS  10
#define SAMPLE_8K 8

void vaic_native_begin(struct vaic_call *c, enum vaic_format line)
{
	struct caller_native *n = &c->call.native;

	if (line == VAIC_FORMATS || n->rate)
		return;
	n->is_linear = !vaic_format_is_mulaw(line);
	n->rate = n->is_linear ? vaic_format_rate(line) : 0;
}

static void fill(struct buffer *track, size_t until)
{
	static const uint8_t silence[960];

	while (track->used < until) {
		size_t n = until - track->used;

		if (n > sizeof(silence))
			n = sizeof(silence);
		if (buffer_append(track, silence, n) < 0)
			return;
	}
}

/* Bytes in front of a sample of the caller's clock. */
static size_t bytes_at(const struct caller_native *n, uint64_t sample)
{
	return (size_t)(sample * (n->rate / 8000)) * 2;
}

/* One piece, whose first sample belongs to begin; silence where there was
 * nothing. */
static void place(const struct caller_native *n, struct buffer *track,
		  uint64_t begin, const uint8_t *bytes, size_t len)
{
	size_t at = bytes_at(n, begin);

	if (at > track->used + bytes_at(n, SLACK_MS * SAMPLE_8K))
		fill(track, at);
	(void)buffer_append(track, bytes, len);
}

void vaic_native_say(struct vaic_call *c, uint64_t begin, const uint8_t *bytes,
		     size_t len)
{
	struct caller_native *n = &c->call.native;

	if (n->rate && c->call.options->keeps_tracks)
		place(n, &n->said, begin, bytes, len);
}

void vaic_native_hear(struct vaic_call *c, enum vaic_format f, uint64_t begin,
		      const uint8_t *bytes, size_t len)
{
	struct caller_native *n = &c->call.native;
	bool is_same = !vaic_format_is_mulaw(f) == n->is_linear &&
		       (!n->is_linear || vaic_format_rate(f) == n->rate);

	if (!is_same)
		n->is_mixed = true;
	if (n->rate && c->call.options->keeps_tracks && is_same)
		place(n, &n->heard, begin, bytes, len);
}
