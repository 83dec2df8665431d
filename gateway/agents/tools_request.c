#include "gateway/agents/tools_request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/plain_text.h"
#include "gateway/call/digits.h"
#include "gateway/ops/config.h"
#include "protocols/utf8.h"

#define SENTENCE_MAX 320 /* bytes of an error */

/* --- What is wrong, as JSON --- */

int tools_complain(const struct complaint *to, const char *format, ...)
{
	char sentence[SENTENCE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(sentence, sizeof(sentence), format, ap);
	va_end(ap);
	json_t *error = json_pack("{s:s}", "error", sentence);
	size_t n =
		error ? json_dumpb(error, to->text, to->cap, JSON_COMPACT) : 0;
	json_decref(error);
	if (n && n < to->cap)
		to->text[n] = '\0';
	else
		snprintf(to->text, to->cap,
			 "{\"error\":\"the arguments do not fit\"}");
	return -EINVAL;
}

/* --- Reading --- */

static const char *text_of(const json_t *arguments, const char *key)
{
	const char *text = json_string_value(json_object_get(arguments, key));

	return text ? text : "";
}

typedef int read_fn(const struct tools *t, const json_t *arguments,
		    struct call_request *r, const struct complaint *to);

static int read_end(const struct tools *t, const json_t *arguments,
		    struct call_request *r, const struct complaint *to)
{
	(void)t;
	(void)to;
	plain_text_copy(r->reason, sizeof(r->reason),
			text_of(arguments, "reason"));
	return 0;
}

/* "sales, support", as many as fit whole. */
static const char *known_targets(const struct config_transfer *transfer,
				 char *list, size_t cap)
{
	size_t at = 0;

	list[0] = '\0';
	for (unsigned i = 0; i < transfer->target_count; i++) {
		const char *name = transfer->targets[i].name;
		if (at + strlen(name) + 3 > cap)
			break;
		at += (size_t)snprintf(list + at, cap - at, "%s%s",
				       at ? ", " : "", name);
	}
	return list;
}

/* What is told to whoever answers at a warm target. */
static int read_summary(const struct config_target *target,
			const json_t *arguments, struct call_request *r,
			const struct complaint *to)
{
	const char *summary = text_of(arguments, "summary");
	char plain[CALL_SUMMARY_MAX];

	if (!summary[strspn(summary, " \t\r\n")])
		return tools_complain(
			to,
			"summary is missing: %s is told who calls and "
			"what for before taking the call",
			target->name);
	if (strlen(summary) >= sizeof(plain))
		return tools_complain(to,
				      "summary is too long to be told on the "
				      "telephone: at most %zu bytes",
				      sizeof(plain) - 1);
	plain_text_copy(plain, sizeof(plain), summary);
	r->is_warm = true;
	r->data = strdup(plain);
	return r->data ? 0
		       : tools_complain(to, "out of memory, try again later");
}

static int read_transfer(const struct tools *t, const json_t *arguments,
			 struct call_request *r, const struct complaint *to)
{
	const char *name = text_of(arguments, "target");
	char list[SENTENCE_MAX / 2];

	_Static_assert(sizeof(t->transfer->targets[0].to) <= sizeof(r->target),
		       "a number cut short is another number");
	for (unsigned i = 0; i < t->transfer->target_count; i++) {
		const struct config_target *target = &t->transfer->targets[i];
		if (strcmp(target->name, name) != 0)
			continue;
		plain_text_copy(r->target, sizeof(r->target), target->to);
		plain_text_copy(r->reason, sizeof(r->reason),
				text_of(arguments, "reason"));
		return target->warm ? read_summary(target, arguments, r, to)
				    : 0;
	}
	return tools_complain(
		to, "there is no target \"%.*s\"; known: %s",
		(int)utf8_cut(name, strlen(name), TOOLS_QUOTE_MAX), name,
		known_targets(t->transfer, list, sizeof(list)));
}

static int read_digits(const struct tools *t, const json_t *arguments,
		       struct call_request *r, const struct complaint *to)
{
	const char *digits = text_of(arguments, "digits");
	size_t n = strlen(digits);

	(void)t;
	if (!n || n > CALL_DIGITS_MAX || digits[strspn(digits, "0123456789*#")])
		return tools_complain(to, "digits must be 1 to %d of 0-9 * #",
				      CALL_DIGITS_MAX);
	memcpy(r->digits, digits, n + 1);
	return 0;
}

static int read_metadata(const struct tools *t, const json_t *arguments,
			 struct call_request *r, const struct complaint *to)
{
	const json_t *data = json_object_get(arguments, "data");

	(void)t;
	if (!json_is_object(data))
		return tools_complain(to, "data must be a JSON object");
	char *text = json_dumps(data, JSON_COMPACT);
	if (text && strlen(text) < CALL_DATA_MAX) {
		r->data = text;
		return 0;
	}
	free(text);
	return tools_complain(to, "data must be at most %d bytes of JSON",
			      CALL_DATA_MAX - 1);
}

static int read_recording(const struct tools *t, const json_t *arguments,
			  struct call_request *r, const struct complaint *to)
{
	static const char *const action[] = {
		[CALL_RECORDING_START] = "start",
		[CALL_RECORDING_STOP] = "stop",
		[CALL_RECORDING_PAUSE] = "pause",
		[CALL_RECORDING_RESUME] = "resume",
	};
	const char *asked = text_of(arguments, "action");

	(void)t;
	for (size_t i = 0; i < sizeof(action) / sizeof(action[0]); i++)
		if (strcmp(action[i], asked) == 0) {
			r->recording = (enum call_recording)i;
			return 0;
		}
	return tools_complain(to,
			      "action must be start, stop, pause or resume");
}

/* A whole number of the arguments; without it, what is usual. */
static bool read_number(const json_t *arguments, const char *key,
			unsigned usual, unsigned min, unsigned max,
			unsigned *value)
{
	const json_t *number = json_object_get(arguments, key);
	json_int_t n = number ? json_integer_value(number) : usual;

	*value = (unsigned)n;
	return (!number || json_is_integer(number)) && n >= min && n <= max;
}

static int read_terminator(const json_t *arguments, char *terminator)
{
	const json_t *key = json_object_get(arguments, "terminator");
	const char *text = key ? json_string_value(key) : "#";

	if (!text || strlen(text) > 1 ||
	    !strspn(text, "0123456789*#") != !*text)
		return -EINVAL;
	*terminator = *text;
	return 0;
}

static int read_collect(const struct tools *t, const json_t *arguments,
			struct call_request *r, const struct complaint *to)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	struct call_collect_request *q = &r->collect;
	const json_t *masked = json_object_get(arguments, "masked");
	const char *purpose = text_of(arguments, "purpose");
	size_t len = strlen(purpose);

	(void)t;
	if (!len || len >= sizeof(q->name) || strspn(purpose, letters) != len)
		return tools_complain(
			to,
			"purpose must be a word of at most %zu small "
			"letters, digits, _ and -",
			sizeof(q->name) - 1);
	if (!read_number(arguments, "max", 20, 1, DIGITS_MAX, &q->max) ||
	    !read_number(arguments, "min", 1, 1, q->max, &q->min))
		return tools_complain(to,
				      "min and max must be 1 to %d, and min no "
				      "more than max",
				      DIGITS_MAX);
	if (!read_number(arguments, "timeout_ms", 10000, 1000, 60000,
			 &q->timeout_ms))
		return tools_complain(to, "timeout_ms must be 1000 to 60000");
	if (read_terminator(arguments, &q->terminator))
		return tools_complain(
			to, "terminator must be one key of 0-9 * #, or "
			    "empty");
	if (masked && !json_is_boolean(masked))
		return tools_complain(to, "masked must be true or false");
	q->is_masked = json_is_true(masked);
	memcpy(q->name, purpose, len + 1);
	return 0;
}

int tools_request_read(const struct tools *t, const json_t *arguments,
		       struct call_request *r, const struct complaint *to)
{
	static read_fn *const read[] = {
		[CALL_REQUEST_END] = read_end,
		[CALL_REQUEST_TRANSFER] = read_transfer,
		[CALL_REQUEST_KEYS] = read_digits,
		[CALL_REQUEST_METADATA] = read_metadata,
		[CALL_REQUEST_RECORDING] = read_recording,
		[CALL_REQUEST_COLLECT] = read_collect,
	};

	return read[r->kind](t, arguments, r, to);
}
