#include "protocols/forwarded.h"

#include <string.h>
#include <strings.h>

#include "protocols/http.h"

struct trust {
	const struct ip_block *proxies;
	unsigned count;
};

struct text {
	const char *at;
	size_t len;
};

static bool is_trusted(const struct trust *t, const struct ip_address *a)
{
	for (unsigned i = 0; i < t->count; i++)
		if (ip_block_holds(&t->proxies[i], a))
			return true;
	return false;
}

bool forwarded_is_trusted(const char *peer, const struct ip_block *proxies,
			  unsigned count)
{
	const struct trust t = { proxies, count };
	struct ip_address a;

	return ip_address_parse(&a, peer, strlen(peer)) == 0 &&
	       is_trusted(&t, &a);
}

bool forwarded_is_claimed(const struct http_message *m)
{
	static const char *const names[] = { "Forwarded", "X-Forwarded-For",
					     "X-Real-IP", "Via" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (http_header_count(m, names[i]) > 0)
			return true;
	return false;
}

static struct text trim(struct text t)
{
	while (t.len > 0 && (t.at[0] == ' ' || t.at[0] == '\t')) {
		t.at++;
		t.len--;
	}
	while (t.len > 0 && (t.at[t.len - 1] == ' ' || t.at[t.len - 1] == '\t'))
		t.len--;
	return t;
}

/* The first value of a list. */
static struct text first_of(const struct http_message *m, const char *name)
{
	const char *value = http_header_value(m, name);

	return trim((struct text){ value ? value : "",
				   value ? strcspn(value, ",") : 0 });
}

static bool is(struct text t, const char *word)
{
	return t.len == strlen(word) && strncasecmp(t.at, word, t.len) == 0;
}

static enum forwarded_scheme read_scheme(const struct http_message *m)
{
	struct text t = first_of(m, "X-Forwarded-Proto");

	if (is(t, "https") || is(t, "wss"))
		return FORWARDED_TLS;
	return is(t, "http") || is(t, "ws") ? FORWARDED_PLAIN
					    : FORWARDED_UNSAID;
}

/* What may stand in a URL as host and port. */
static bool is_host_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr(".-_:[]", c));
}

static void read_host(struct forwarded *f, const struct http_message *m)
{
	struct text t = first_of(m, "X-Forwarded-Host");

	if (t.len >= sizeof(f->host))
		return;
	for (size_t i = 0; i < t.len; i++)
		if (!is_host_character(t.at[i]))
			return;
	memcpy(f->host, t.at, t.len);
}

/* One line of X-Forwarded-For, from the right. Returns whether to go on with
 * the line before it. */
static bool walk(struct ip_address *who, const char *line,
		 const struct trust *t, unsigned *hops)
{
	const char *end = line + strlen(line);

	while (*hops > 0) {
		const char *begin = end;

		while (begin > line && begin[-1] != ',')
			begin--;
		struct text hop =
			trim((struct text){ begin, (size_t)(end - begin) });
		struct ip_address a;
		if (ip_address_parse(&a, hop.at, hop.len))
			return false;
		*who = a;
		--*hops;
		if (!is_trusted(t, &a))
			return false;
		if (begin == line)
			return true;
		end = begin - 1;
	}
	return false;
}

static void read_peer(struct forwarded *f, const struct http_message *m,
		      const struct trust *t)
{
	unsigned hops = FORWARDED_HOPS_MAX;
	struct ip_address who;
	bool goes_on = true;

	for (size_t i = m->headers; i-- > 0 && goes_on;)
		if (strcasecmp(m->header[i].name, "X-Forwarded-For") == 0)
			goes_on = walk(&who, m->header[i].value, t, &hops);
	if (hops < FORWARDED_HOPS_MAX)
		ip_address_print(&who, f->peer);
}

void forwarded_read(struct forwarded *f, const struct http_message *m,
		    const char *peer, const struct ip_block *proxies,
		    unsigned count)
{
	const struct trust t = { proxies, count };

	memset(f, 0, sizeof(*f));
	f->is_believed = forwarded_is_trusted(peer, proxies, count);
	if (!f->is_believed)
		return;
	f->scheme = read_scheme(m);
	read_host(f, m);
	read_peer(f, m, &t);
}
