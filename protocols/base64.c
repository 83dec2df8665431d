#include "protocols/base64.h"

#include <errno.h>

#include "protocols/base64_simd.h"

static const char letter[64] = {
	'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M',
	'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z',
	'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm',
	'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '/',
};

/* The value of a letter with bit 6 set; 0 is no letter. So the AND of several
 * entries tells at once whether all of them were letters. */
#define IS_LETTER 0x40u
/* clang-format off */
static const uint8_t value[256] = {
	['A'] =  64,  65,  66,  67,  68,  69,  70,  71,  72,  73,  74,  75,  76,
		 77,  78,  79,  80,  81,  82,  83,  84,  85,  86,  87,  88,  89,
	['a'] =  90,  91,  92,  93,  94,  95,  96,  97,  98,  99, 100, 101, 102,
		103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115,
	['0'] = 116, 117, 118, 119, 120, 121, 122, 123, 124, 125,
	['+'] = 126,
	['/'] = 127,
};
/* clang-format on */

static void encode_triple(char *text, uint32_t bits)
{
	text[0] = letter[bits >> 18];
	text[1] = letter[bits >> 12 & 63];
	text[2] = letter[bits >> 6 & 63];
	text[3] = letter[bits & 63];
}

/* The first that this CPU has. */
static const struct base64_path *best_path(void)
{
	const struct base64_path *path = base64_path;

	while (!path->is_there())
		path++;
	return path;
}

size_t base64_encode_on(const struct base64_path *path, char *text,
			const uint8_t *bytes, size_t n)
{
	size_t in = path->encode(text, bytes, n), out = in / 3 * 4;

	for (; n - in >= 3; in += 3, out += 4)
		encode_triple(text + out, (uint32_t)bytes[in] << 16 |
						  (uint32_t)bytes[in + 1] << 8 |
						  bytes[in + 2]);
	if (in == n)
		return out;
	uint32_t bits = (uint32_t)bytes[in] << 16;
	if (n - in == 2)
		bits |= (uint32_t)bytes[in + 1] << 8;
	encode_triple(text + out, bits);
	if (n - in == 1)
		text[out + 2] = '=';
	text[out + 3] = '=';
	return out + 4;
}

size_t base64_encode(char *text, const uint8_t *bytes, size_t n)
{
	return base64_encode_on(best_path(), text, bytes, n);
}

/* The last four characters, which alone may carry padding. The bits that the
 * padding leaves unused must be zero, or one text would have several forms. */
static ssize_t decode_last(uint8_t *bytes, const uint8_t *text)
{
	unsigned a = value[text[0]], b = value[text[1]];
	unsigned c = value[text[2]], d = value[text[3]];
	unsigned pads = text[3] != '=' ? 0 : text[2] != '=' ? 1 : 2;

	if (pads > 0)
		d = IS_LETTER;
	if (pads > 1)
		c = IS_LETTER;
	if (!(a & b & c & d & IS_LETTER))
		return -EBADMSG;
	uint32_t bits =
		(a & 63) << 18 | (b & 63) << 12 | (c & 63) << 6 | (d & 63);
	if (bits & ((1u << 8 * pads) - 1))
		return -EBADMSG;
	bytes[0] = (uint8_t)(bits >> 16);
	if (pads < 2)
		bytes[1] = (uint8_t)(bits >> 8);
	if (pads < 1)
		bytes[2] = (uint8_t)bits;
	return 3 - (ssize_t)pads;
}

ssize_t base64_decode_on(const struct base64_path *path, uint8_t *bytes,
			 const char *text, size_t n)
{
	if (n % 4)
		return -EBADMSG;
	if (n == 0)
		return 0;
	size_t done = path->decode(bytes, text, n);
	const uint8_t *in = (const uint8_t *)text + done;
	const uint8_t *last = (const uint8_t *)text + n - 4;
	uint8_t *out = bytes + done / 4 * 3;
	for (; in < last; in += 4, out += 3) {
		unsigned a = value[in[0]], b = value[in[1]];
		unsigned c = value[in[2]], d = value[in[3]];
		if (!(a & b & c & d & IS_LETTER))
			return -EBADMSG;
		out[0] = (uint8_t)(a << 2 | (b >> 4 & 3));
		out[1] = (uint8_t)(b << 4 | (c >> 2 & 15));
		out[2] = (uint8_t)(c << 6 | (d & 63));
	}
	ssize_t tail = decode_last(out, in);
	return tail < 0 ? tail : out - bytes + tail;
}

ssize_t base64_decode(uint8_t *bytes, const char *text, size_t n)
{
	return base64_decode_on(best_path(), bytes, text, n);
}

/* --- The alphabet of URLs --- */

size_t base64_url_encode(char *text, const uint8_t *bytes, size_t n)
{
	size_t len = base64_encode(text, bytes, n);

	while (len > 0 && text[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++)
		text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
	return len;
}

/* NUL, which is no letter, for what the other alphabet alone has. */
static char standard_letter(char c)
{
	switch (c) {
	case '-':
		return '+';
	case '_':
		return '/';
	case '+':
	case '/':
	case '=':
		return 0;
	default:
		return c;
	}
}

ssize_t base64_url_decode(uint8_t *bytes, const char *text, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i += 4) {
		char quad[4] = { '=', '=', '=', '=' };
		for (size_t j = 0; j < 4 && i + j < n; j++)
			quad[j] = standard_letter(text[i + j]);
		ssize_t len = base64_decode(bytes + out, quad, 4);
		if (len < 0)
			return len;
		out += (size_t)len;
	}
	return (ssize_t)out;
}
