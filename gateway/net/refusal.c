#include "gateway/net/refusal.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "protocols/http.h"

#define RETRY_AFTER_MAX_S 3600
#define TEXT_MAX          200 /* characters of a plain text worth repeating */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *refusal_copy_text(char *out, size_t cap, const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 1 < cap; i++) {
		bool is_run = n == 0 || out[n - 1] == ' ';

		if (is_blank(text[i])) {
			if (!is_run)
				out[n++] = ' ';
		} else {
			bool is_ascii = text[i] > 0x20 && text[i] < 0x7f;

			out[n++] = is_ascii ? text[i] : '?';
		}
	}
	if (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return out;
}

/* NULL unless the body is such JSON; lives as long as root. */
static const char *json_words(const json_t *root)
{
	const json_t *error = json_object_get(root, "error");
	const char *words;

	if (json_is_string(error))
		return json_string_value(error);
	words = json_string_value(json_object_get(error, "message"));
	if (words)
		return words;
	return json_string_value(json_object_get(root, "message"));
}

static void describe_body(const struct http_message *m, char *out, size_t cap)
{
	json_t *root = json_loadb(m->body, m->body_len, 0, NULL);
	const char *words = json_words(root);

	out[0] = '\0';
	if (words)
		refusal_copy_text(out, cap, words, strlen(words));
	else if (!root && m->body_len <= TEXT_MAX && m->body[0] != '<')
		refusal_copy_text(out, cap, m->body, m->body_len);
	json_decref(root);
}

char *refusal_describe(const struct http_message *answer, char *out, size_t cap)
{
	const char *reason = http_reason(answer->status);
	char words[TEXT_MAX + 1] = "";

	if (answer->body_len > 0)
		describe_body(answer, words, sizeof(words));
	snprintf(out, cap, "HTTP %u%s%s%s%s", answer->status,
		 reason[0] ? " " : "", reason, words[0] ? ": " : "", words);
	return out;
}

unsigned refusal_retry_after_s(const struct http_message *answer)
{
	const char *value = http_header_value(answer, "Retry-After");
	unsigned s = 0;

	for (; value && *value; value++) {
		if (*value < '0' || *value > '9')
			return 0;
		s = s * 10 + (unsigned)(*value - '0');
		if (s > RETRY_AFTER_MAX_S)
			return RETRY_AFTER_MAX_S;
	}
	return s;
}
