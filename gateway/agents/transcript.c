#include "gateway/agents/transcript.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/plain_text.h"
#include "protocols/utf8.h"

#define CUTS  8 /* remembered: words may come after the cut */
#define STEP  8 /* turns there is room made for at once */
#define ENDED " \xe2\x80\xa6"

/* Both texts are owned. */
struct turn {
	bool by_caller;
	char *item; /* the model's; NULL: none */
	char *text; /* NULL: to come */
};

struct cut {
	char item[PLAYOUT_ID_MAX];
	unsigned heard_ms, all_ms;
};

/* Most calls are short: it grows with what is said. */
struct transcript {
	unsigned count;
	unsigned room;
	size_t bytes;
	struct turn *turn; /* oldest first */
	unsigned cuts;
	struct cut *cut; /* the last ones, a ring of CUTS; NULL: none yet */
};

struct transcript *transcript_new(void)
{
	return calloc(1, sizeof(struct transcript));
}

void transcript_free(struct transcript *t)
{
	for (unsigned i = 0; t && i < t->count; i++) {
		free(t->turn[i].item);
		free(t->turn[i].text);
	}
	if (t) {
		free(t->turn);
		free(t->cut);
	}
	free(t);
}

/* --- Turns --- */

static void forget(struct transcript *t, unsigned i)
{
	if (t->turn[i].text)
		t->bytes -= strlen(t->turn[i].text);
	free(t->turn[i].item);
	free(t->turn[i].text);
	t->count--;
	memmove(&t->turn[i], &t->turn[i + 1],
		(t->count - i) * sizeof(t->turn[0]));
}

static bool make_room(struct transcript *t)
{
	if (t->count == TRANSCRIPT_TURNS_MAX)
		forget(t, 0);
	if (t->count < t->room)
		return true;
	struct turn *turn =
		realloc(t->turn, (t->room + STEP) * sizeof(t->turn[0]));
	if (!turn)
		return false;
	t->turn = turn;
	t->room += STEP;
	return true;
}

/* NULL without memory. */
static struct turn *add(struct transcript *t, bool by_caller, const char *item)
{
	if (!make_room(t))
		return NULL;
	struct turn *turn = &t->turn[t->count++];
	*turn = (struct turn){ .by_caller = by_caller };
	if (item[0])
		turn->item = strndup(item, PLAYOUT_ID_MAX - 1);
	return turn;
}

/* The words of a turn, on one line. turn NULL: there was no memory for it. */
static void set_text(struct transcript *t, struct turn *turn, const char *text)
{
	char plain[TRANSCRIPT_TURN_MAX];

	if (!turn)
		return;
	plain_text_copy(plain, sizeof(plain), text);
	if (turn->text)
		t->bytes -= strlen(turn->text);
	free(turn->text);
	turn->text = strdup(plain);
	if (turn->text)
		t->bytes += strlen(turn->text);
	while (t->bytes > TRANSCRIPT_BYTES_MAX)
		forget(t, 0);
}

/* Its words come later, by a model of their own. */
static void take_turn(struct transcript *t)
{
	add(t, true, "");
}

static void take_caller(struct transcript *t, const char *text)
{
	struct turn *turn = NULL;

	for (unsigned i = t->count; i-- > 0 && !turn;)
		if (t->turn[i].by_caller && !t->turn[i].text)
			turn = &t->turn[i];
	set_text(t, turn ? turn : add(t, true, ""), text);
}

/* --- What was heard of it --- */

static void shorten(struct transcript *t, unsigned i, const struct cut *cut)
{
	char heard[TRANSCRIPT_TURN_MAX + sizeof(ENDED)];
	const char *text = t->turn[i].text;
	size_t len, n;

	if (!text || cut->heard_ms >= cut->all_ms)
		return;
	len = strlen(text);
	n = utf8_cut(text, len,
		     (size_t)((uint64_t)len * cut->heard_ms / cut->all_ms));
	while (n && text[n] != ' ')
		n--;
	if (!n) {
		forget(t, i);
		return;
	}
	snprintf(heard, sizeof(heard), "%.*s" ENDED, (int)n, text);
	set_text(t, &t->turn[i], heard);
}

static bool is_of(const char *item, const char *other)
{
	return item && strcmp(item, other) == 0;
}

static void take_cut(struct transcript *t, const struct call_words *w)
{
	if (!t->cut)
		t->cut = calloc(CUTS, sizeof(t->cut[0]));
	if (!t->cut)
		return;
	struct cut *cut = &t->cut[t->cuts++ % CUTS];
	snprintf(cut->item, sizeof(cut->item), "%s", w->item_id);
	cut->heard_ms = w->heard_ms;
	cut->all_ms = w->all_ms;
	for (unsigned i = t->count; i-- > 0;)
		if (is_of(t->turn[i].item, cut->item))
			shorten(t, i, cut);
}

static void take_agent(struct transcript *t, const struct call_words *w)
{
	set_text(t, add(t, false, w->item_id), w->text);
	for (unsigned i = 0; t->cut && t->count && i < CUTS; i++)
		if (is_of(t->turn[t->count - 1].item, t->cut[i].item)) {
			shorten(t, t->count - 1, &t->cut[i]);
			return;
		}
}

void transcript_take(struct transcript *t, const struct call_words *w)
{
	switch (w->kind) {
	case CALL_WORDS_TURN:
		take_turn(t);
		break;
	case CALL_WORDS_CALLER:
		take_caller(t, w->text);
		break;
	case CALL_WORDS_AGENT:
		take_agent(t, w);
		break;
	case CALL_WORDS_CUT:
		take_cut(t, w);
		break;
	}
}

/* --- Reading it --- */

#define CALLER "caller: "
#define AGENT  "agent: "

static size_t line_of(const struct turn *turn, char *out, size_t cap)
{
	if (!turn->text)
		return 0;
	return (size_t)snprintf(out, cap, "%s%s\n",
				turn->by_caller ? CALLER : AGENT, turn->text);
}

size_t transcript_write(const struct transcript *t, char *out, size_t cap)
{
	size_t len = 0, at = 0;
	unsigned first = t->count;

	while (first > 0) {
		size_t more = line_of(&t->turn[first - 1], NULL, 0);
		if (len + more >= cap)
			break;
		len += more;
		first--;
	}
	out[0] = '\0';
	for (; first < t->count; first++)
		at += line_of(&t->turn[first], out + at, cap - at);
	return at;
}

/* --- Writing it again --- */

static bool begins_with(const char *line, size_t len, const char *head)
{
	return len > strlen(head) && memcmp(line, head, strlen(head)) == 0;
}

static void take_line(struct transcript *t, const char *line, size_t len)
{
	char text[TRANSCRIPT_TURN_MAX];
	bool by_caller = begins_with(line, len, CALLER);
	size_t head = strlen(by_caller ? CALLER : AGENT);

	if ((!by_caller && !begins_with(line, len, AGENT)) ||
	    !utf8_is_valid((const uint8_t *)line, len))
		return;
	snprintf(text, sizeof(text), "%.*s",
		 (int)utf8_cut(line + head, len - head, sizeof(text) - 1),
		 line + head);
	set_text(t, add(t, by_caller, ""), text);
}

void transcript_read(struct transcript *t, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		take_line(t, text, len);
		text += len + (text[len] == '\n');
	}
}

const char *transcript_turn(const struct transcript *t, unsigned i,
			    bool *by_caller)
{
	if (i >= t->count)
		return NULL;
	*by_caller = t->turn[i].by_caller;
	return t->turn[i].text ? t->turn[i].text : "";
}

unsigned transcript_turns(const struct transcript *t)
{
	return t->count;
}
