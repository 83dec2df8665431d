/* Whatever a proxy passes on: who is said to speak is an address, and trusted
 * only where everybody to the right of it is; a host cannot forge a line or the
 * rest of a URL; a stranger is never believed. The first byte's bits choose the
 * header of each line. */
#include "tools/testing/fuzz.h"

#include "protocols/forwarded.h"
#include "protocols/http.h"

#define LINES_MAX 4

static const char *const names[] = { "X-Forwarded-For", "X-Forwarded-Proto",
				     "X-Forwarded-Host", "Forwarded" };

static void split(struct http_message *m, uint8_t choice, char *text)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest);
	     line && m->headers < LINES_MAX;
	     line = strtok_r(NULL, "\n", &rest), choice >>= 2)
		m->header[m->headers++] =
			(struct http_header){ names[choice & 3], line };
}

static void check_address(const char *text)
{
	char again[IP_ADDRESS_TEXT_LEN];
	struct ip_address a;

	FUZZ_CHECK(ip_address_parse(&a, text, strlen(text)) == 0);
	FUZZ_CHECK(strcmp(ip_address_print(&a, again), text) == 0);
}

static void check_block(const char *text)
{
	struct ip_block b;
	struct ip_address a;

	if (ip_block_parse(&b, text, strlen(text)))
		return;
	memcpy(a.bytes, b.bytes, sizeof(a.bytes));
	FUZZ_CHECK(b.bits <= 128 && ip_block_holds(&b, &a));
	a.bytes[15] ^= 1;
	FUZZ_CHECK(ip_block_holds(&b, &a) == (b.bits < 128));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct http_message m = { .headers = 0 };
	struct forwarded f;
	struct ip_block proxy;

	if (n == 0)
		return 0;
	FUZZ_CHECK(ip_block_parse(&proxy, "10.0.0.0/8", 10) == 0);
	char *text = fuzz_text(data + 1, n - 1);
	check_block(text);
	split(&m, data[0], text);
	forwarded_read(&f, &m, "10.0.0.1:9", &proxy, 1);
	FUZZ_CHECK(f.is_believed);
	if (f.peer[0])
		check_address(f.peer);
	FUZZ_CHECK(!strpbrk(f.host, "/?#@ \r\n\t\"\\"));
	forwarded_read(&f, &m, "192.0.2.1:9", &proxy, 1);
	FUZZ_CHECK(!f.is_believed && !f.peer[0] && !f.host[0] &&
		   f.scheme == FORWARDED_UNSAID);
	free(text);
	return 0;
}
