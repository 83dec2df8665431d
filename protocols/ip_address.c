#include "protocols/ip_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAPPED_BITS 96

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool is_mapped(const uint8_t bytes[16])
{
	return memcmp(bytes, mapped, sizeof(mapped)) == 0;
}

/* An address alone, of either kind. */
static int parse_bare(uint8_t bytes[16], const char *text, size_t len)
{
	char copy[INET6_ADDRSTRLEN];

	if (len == 0 || len >= sizeof(copy) || memchr(text, '\0', len))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET6, copy, bytes) == 1)
		return 0;
	memcpy(bytes, mapped, sizeof(mapped));
	return inet_pton(AF_INET, copy, bytes + sizeof(mapped)) == 1 ? 0
								     : -EINVAL;
}

/* Digits only, and at most max. */
static int parse_number(unsigned *out, const char *text, size_t len,
			unsigned max)
{
	*out = 0;
	if (len == 0 || len > 5)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		*out = *out * 10 + (unsigned)(text[i] - '0');
	}
	return *out <= max ? 0 : -EINVAL;
}

static int parse_port(struct ip_address *a, const char *at, const char *end)
{
	if (at == end)
		return 0;
	return *at == ':' ? parse_number(&a->port, at + 1,
					 (size_t)(end - at - 1), 65535)
			  : -EINVAL;
}

int ip_address_parse(struct ip_address *a, const char *text, size_t len)
{
	const char *end = text + len, *close = NULL;

	memset(a, 0, sizeof(*a));
	if (len == 0)
		return -EINVAL;
	if (text[0] == '[') {
		close = memchr(text, ']', len);
		if (!close)
			return -EINVAL;
		int err = parse_bare(a->bytes, text + 1,
				     (size_t)(close - text - 1));
		return err ? err : parse_port(a, close + 1, end);
	}
	if (parse_bare(a->bytes, text, len) == 0)
		return 0;
	const char *colon = memchr(text, ':', len);
	if (!colon || parse_bare(a->bytes, text, (size_t)(colon - text)) ||
	    !is_mapped(a->bytes))
		return -EINVAL;
	return parse_port(a, colon, end);
}

char *ip_address_print(const struct ip_address *a,
		       char out[IP_ADDRESS_TEXT_LEN])
{
	char bare[INET6_ADDRSTRLEN] = "";
	bool is_four = is_mapped(a->bytes);

	if (is_four)
		inet_ntop(AF_INET, a->bytes + sizeof(mapped), bare,
			  sizeof(bare));
	else
		inet_ntop(AF_INET6, a->bytes, bare, sizeof(bare));
	snprintf(out, IP_ADDRESS_TEXT_LEN, is_four ? "%s:%u" : "[%s]:%u", bare,
		 a->port);
	return out;
}

/* Whether the first bits agree. */
static bool agree(const uint8_t a[16], const uint8_t b[16], unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static bool is_zero_behind(const struct ip_block *b)
{
	for (unsigned i = b->bits; i < 128; i++)
		if (b->bytes[i / 8] >> (7 - i % 8) & 1)
			return false;
	return true;
}

int ip_block_parse(struct ip_block *b, const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	size_t bare = slash ? (size_t)(slash - text) : len;
	bool is_four = !memchr(text, ':', bare);
	unsigned bits = is_four ? 32 : 128;

	if (parse_bare(b->bytes, text, bare) ||
	    (slash && parse_number(&bits, slash + 1, len - bare - 1, bits)))
		return -EINVAL;
	b->bits = is_four ? MAPPED_BITS + bits : bits;
	return is_zero_behind(b) ? 0 : -EINVAL;
}

bool ip_block_holds(const struct ip_block *b, const struct ip_address *a)
{
	return agree(b->bytes, a->bytes, b->bits);
}
