#include "tools/call/vaic_wav.h"

#include <errno.h>
#include <string.h>

#define LENGTH_UNKNOWN 0xffffffffu
#define TAG_PCM        1
#define TAG_MULAW      7

static uint8_t *put(uint8_t *at, uint32_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++, value >>= 8)
		*at++ = (uint8_t)(value & 0xff);
	return at;
}

static uint8_t *put_tag(uint8_t *at, const char *four)
{
	memcpy(at, four, 4);
	return at + 4;
}

static uint32_t get(const uint8_t *at, size_t bytes)
{
	uint32_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | at[bytes];
	return value;
}

size_t vaic_wav_header(uint8_t out[VAIC_WAV_HEADER_MAX], enum vaic_format f)
{
	bool is_mulaw = vaic_format_is_mulaw(f);
	uint32_t width = (uint32_t)vaic_format_sample_bytes(f);
	uint32_t rate = vaic_format_rate(f);
	uint8_t *at = put(put_tag(out, "RIFF"), LENGTH_UNKNOWN, 4);

	at = put_tag(put_tag(at, "WAVE"), "fmt ");
	at = put(at, is_mulaw ? 18 : 16, 4);
	at = put(at, is_mulaw ? TAG_MULAW : TAG_PCM, 2);
	at = put(at, 1, 2); /* mono */
	at = put(at, rate, 4);
	at = put(at, rate * width, 4);
	at = put(at, width, 2);
	at = put(at, width * 8, 2);
	if (is_mulaw)
		at = put(at, 0, 2);
	at = put(put_tag(at, "data"), LENGTH_UNKNOWN, 4);
	return (size_t)(at - out);
}

/* --- Reading --- */

static const char *check_fmt(const uint8_t *fmt, uint32_t len,
			     enum vaic_format f)
{
	size_t width = vaic_format_sample_bytes(f);

	if (len < 16)
		return "its fmt chunk is short";
	if (get(fmt, 2) != (vaic_format_is_mulaw(f) ? TAG_MULAW : TAG_PCM))
		return "its format tag is another";
	if (get(fmt + 2, 2) != 1)
		return "it is not mono";
	if (get(fmt + 4, 4) != vaic_format_rate(f))
		return "its sample rate is another";
	return get(fmt + 14, 2) == width * 8 ? NULL
					     : "its sample width is another";
}

enum progress { MORE, DATA, WRONG };

/* Walk the chunks; *end is where the data begins. */
static enum progress walk(const struct vaic_wav *w, enum vaic_format f,
			  size_t *end, const char **why)
{
	bool has_fmt = false;
	size_t at = 12;

	while (at + 8 <= w->used) {
		uint32_t len = get(w->bytes + at + 4, 4);

		if (memcmp(w->bytes + at, "data", 4) == 0) {
			*end = at + 8;
			*why = "its data comes before its fmt";
			return has_fmt ? DATA : WRONG;
		}
		if (len > VAIC_WAV_READ_MAX) {
			*why = "a chunk before its data is too long";
			return WRONG;
		}
		if (at + 8 + len > w->used)
			return MORE;
		if (memcmp(w->bytes + at, "fmt ", 4) == 0) {
			has_fmt = true;
			*why = check_fmt(w->bytes + at + 8, len, f);
			if (*why)
				return WRONG;
		}
		at += 8 + len + (len & 1);
	}
	return MORE;
}

static enum progress read_header(const struct vaic_wav *w, enum vaic_format f,
				 size_t *end, const char **why)
{
	size_t n = w->used < 4 ? w->used : 4;

	*why = "it does not begin with RIFF";
	if (memcmp(w->bytes, "RIFF", n) != 0)
		return WRONG;
	*why = "it is no WAVE";
	n = w->used < 8 ? 0 : w->used < 12 ? w->used - 8 : 4;
	if (memcmp(w->bytes + 8, "WAVE", n) != 0)
		return WRONG;
	return w->used < 12 ? MORE : walk(w, f, end, why);
}

long vaic_wav_read(struct vaic_wav *w, enum vaic_format f, const uint8_t *in,
		   size_t n, const char **why)
{
	size_t before = w->used;
	size_t room = sizeof(w->bytes) - w->used;
	size_t end = 0;

	*why = NULL;
	if (w->is_done)
		return 0;
	memcpy(w->bytes + w->used, in, n < room ? n : room);
	w->used += n < room ? n : room;
	switch (read_header(w, f, &end, why)) {
	case MORE:
		*why = "its header has no end";
		if (w->used == sizeof(w->bytes))
			break;
		*why = NULL;
		return (long)n;
	case DATA:
		*why = NULL;
		w->is_done = true;
		return (long)(end - before);
	case WRONG:
		break;
	}
	w->is_done = true;
	return -EPROTO;
}
