#include "protocols/json_scan.h"

#include <errno.h>
#include <string.h>

#include "protocols/byte_run.h"
#include "protocols/utf8.h"

static long read_hex(const char *at, const char *end)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	long value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		const char *digit = memchr(digits, at[i], sizeof(digits) - 1);

		if (!digit)
			return -1;
		value = value << 4 | ((digit - digits) & 15);
	}
	return value;
}

/* From behind "\u"; a pair of surrogates is one character. Returns the length
 * in the text, 0 when damaged. */
static size_t read_unicode(const char *at, const char *end, uint32_t *code)
{
	long high = read_hex(at, end), low;

	if (high < 0 || (high >= 0xdc00 && high <= 0xdfff))
		return 0;
	*code = (uint32_t)high;
	if (high < 0xd800 || high > 0xdbff)
		return 4;
	if (end - at < 10 || at[4] != '\\' || at[5] != 'u')
		return 0;
	low = read_hex(at + 6, end);
	if (low < 0xdc00 || low > 0xdfff)
		return 0;
	*code = (uint32_t)(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
	return 10;
}

/* From the backslash. Returns the escape's length in the text, 0 when it is
 * none. */
static size_t read_escape(const char *at, const char *end, uint32_t *code)
{
	static const char meaning[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	size_t n;

	if (end - at < 2)
		return 0;
	if (at[1] == 'u') {
		n = read_unicode(at + 2, end, code);
		return n ? n + 2 : 0;
	}
	for (const char *m = meaning; *m; m += 2)
		if (*m == at[1]) {
			*code = (uint32_t)m[1];
			return 2;
		}
	return 0;
}

/* The pass_ functions go over one thing and return where it ends, or NULL when
 * it is not there or damaged. They take NULL and give it back, so that they
 * chain. */
static char *pass_space(char *at, const char *end)
{
	while (at && at < end &&
	       (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

static char *pass_character(char *at, const char *end, char wanted)
{
	return at && at < end && *at == wanted ? at + 1 : NULL;
}

static size_t plain_run(const char *at, const char *end)
{
	return byte_run_plain((const uint8_t *)at, (size_t)(end - at));
}

/* The length of what is no plain character, and allowed; else 0. */
static size_t special_length(const char *at, const char *end)
{
	uint32_t code;

	if (*at == '\\')
		return read_escape(at, end, &code);
	if ((unsigned char)*at < 0x20)
		return 0;
	return utf8_character((const uint8_t *)at, (size_t)(end - at));
}

static char *pass_string(char *at, const char *end)
{
	at = pass_character(at, end, '"');
	if (!at)
		return NULL;
	at += plain_run(at, end);
	while (at < end && *at != '"') {
		size_t n = special_length(at, end);
		if (n == 0)
			return NULL;
		at += n;
		at += plain_run(at, end);
	}
	return pass_character(at, end, '"');
}

static char *pass_digits(char *at, const char *end)
{
	char *from = at;

	while (at && at < end && *at >= '0' && *at <= '9')
		at++;
	return at == from ? NULL : at;
}

static char *pass_number(char *at, const char *end)
{
	if (at < end && *at == '-')
		at++;
	if (at < end && *at == '0')
		at++;
	else
		at = pass_digits(at, end);
	if (at && at < end && *at == '.')
		at = pass_digits(at + 1, end);
	if (at && at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		at = pass_digits(at, end);
	}
	return at;
}

static char *pass_word(char *at, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - at) >= n && !memcmp(at, word, n) ? at + n : NULL;
}

static char *pass_container(char *at, const char *end, unsigned depth);

static enum json_kind kind_of(char first)
{
	switch (first) {
	case '"':
		return JSON_KIND_STRING;
	case '{':
		return JSON_KIND_OBJECT;
	case '[':
		return JSON_KIND_ARRAY;
	case 't':
		return JSON_KIND_TRUE;
	case 'f':
		return JSON_KIND_FALSE;
	case 'n':
		return JSON_KIND_NULL;
	default:
		return JSON_KIND_NUMBER;
	}
}

static char *pass_value(char *at, const char *end, unsigned depth,
			enum json_kind *kind)
{
	if (!at || at == end)
		return NULL;
	*kind = kind_of(*at);
	switch (*kind) {
	case JSON_KIND_STRING:
		return pass_string(at, end);
	case JSON_KIND_NUMBER:
		return pass_number(at, end);
	case JSON_KIND_TRUE:
		return pass_word(at, end, "true");
	case JSON_KIND_FALSE:
		return pass_word(at, end, "false");
	case JSON_KIND_NULL:
		return pass_word(at, end, "null");
	default:
		return pass_container(at, end, depth);
	}
}

/* From behind a member's name to its value. */
static char *pass_colon(char *at, const char *end)
{
	at = pass_space(at, end);
	return pass_space(pass_character(at, end, ':'), end);
}

static char *pass_container(char *at, const char *end, unsigned depth)
{
	char close = *at == '{' ? '}' : ']';
	enum json_kind kind;

	if (depth > JSON_SCAN_DEPTH_MAX)
		return NULL;
	at = pass_space(at + 1, end);
	if (at < end && *at == close)
		return at + 1;
	for (;;) {
		if (close == '}')
			at = pass_colon(pass_string(at, end), end);
		at = pass_space(pass_value(at, end, depth + 1, &kind), end);
		if (!at || at == end)
			return NULL;
		if (*at == close)
			return at + 1;
		at = pass_space(pass_character(at, end, ','), end);
	}
}

int json_scan_object(struct json_scan *s, char *text, size_t len)
{
	s->end = text + len;
	s->at = pass_space(text, s->end);
	s->at = pass_space(pass_character(s->at, s->end, '{'), s->end);
	s->is_first = true;
	s->is_done = false;
	return s->at ? 0 : -EBADMSG;
}

static int finish(struct json_scan *s)
{
	char *after = pass_space(s->at + 1, s->end);

	if (after != s->end)
		return -EBADMSG;
	s->is_done = true;
	return 0;
}

int json_scan_next(struct json_scan *s, struct json_member *m)
{
	char *name, *behind, *value, *after;

	if (s->is_done)
		return 0;
	if (!s->at || s->at == s->end)
		return -EBADMSG;
	if (*s->at == '}')
		return finish(s);
	name = s->at;
	if (!s->is_first)
		name = pass_space(pass_character(name, s->end, ','), s->end);
	behind = pass_string(name, s->end);
	value = pass_colon(behind, s->end);
	after = pass_value(value, s->end, 2, &m->kind);
	if (!after)
		return -EBADMSG;
	m->key.at = name + 1;
	m->key.len = (size_t)(behind - name) - 2;
	m->value.at = value;
	m->value.len = (size_t)(after - value);
	if (m->kind == JSON_KIND_STRING) {
		m->value.at++;
		m->value.len -= 2;
	}
	s->at = pass_space(after, s->end);
	s->is_first = false;
	return 1;
}

/* Nearly every name stands as it is, and is told by its first letter. */
static void keep_if_named(const struct json_member *m, const char *const name[],
			  struct json_member picked[], size_t n)
{
	bool is_plain = m->key.len > 0 && !memchr(m->key.at, '\\', m->key.len);

	for (size_t i = 0; i < n; i++)
		if ((!is_plain || *name[i] == *m->key.at) &&
		    json_slice_is(m->key, name[i]))
			picked[i] = *m;
}

int json_scan_pick(char *text, size_t len, const char *const name[],
		   struct json_member picked[], size_t n)
{
	struct json_scan s;
	struct json_member m;
	int more = json_scan_object(&s, text, len);

	for (size_t i = 0; i < n; i++)
		picked[i] = (struct json_member){ { text, 0 },
						  JSON_KIND_NULL,
						  { text, 0 } };
	if (more < 0)
		return more;
	while ((more = json_scan_next(&s, &m)) > 0)
		keep_if_named(&m, name, picked, n);
	return more;
}

bool json_member_unsigned(const struct json_member *m, uint64_t *value)
{
	const char *at = m->value.at, *end = at + m->value.len;
	uint64_t sum = 0;

	if (m->value.len == 0 ||
	    (m->kind != JSON_KIND_NUMBER && m->kind != JSON_KIND_STRING))
		return false;
	for (; at < end && *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(*at - '0'), &sum))
			return false;
	if (at < end && *at == '.' && m->kind == JSON_KIND_NUMBER)
		while (++at < end && *at >= '0' && *at <= '9')
			;
	*value = sum;
	return at == end;
}

static bool means(struct json_slice s, const char *literal)
{
	const char *at = s.at, *end = at + s.len;
	char utf8[4];
	uint32_t code;
	size_t taken, n;

	for (; at < end; at += taken, literal += n) {
		taken = n = 1;
		utf8[0] = *at;
		if (*at == '\\') {
			taken = read_escape(at, end, &code);
			if (taken == 0)
				return false;
			n = utf8_write(utf8, code);
		}
		if (utf8[0] == '\0' || strncmp(literal, utf8, n) != 0)
			return false;
	}
	return *literal == '\0';
}

bool json_slice_is(struct json_slice s, const char *literal)
{
	if (s.len > 0 && memchr(s.at, '\\', s.len))
		return means(s, literal);
	return strlen(literal) == s.len &&
	       (s.len == 0 || !memcmp(s.at, literal, s.len));
}

long json_slice_unescape(struct json_slice *s)
{
	char *end = s->at + s->len;
	char *from = s->len > 0 ? memchr(s->at, '\\', s->len) : NULL;
	char *to = from;
	uint32_t code;
	size_t n;

	if (!from)
		return (long)s->len;
	while (from < end) {
		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		n = read_escape(from, end, &code);
		if (n == 0)
			return -EBADMSG;
		to += utf8_write(to, code); /* never longer than its escape */
		from += n;
	}
	s->len = (size_t)(to - s->at);
	return (long)s->len;
}
