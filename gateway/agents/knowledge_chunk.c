#include "gateway/agents/knowledge_chunk.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "protocols/utf8.h"

#define LEVELS    6
#define TITLE_MAX 96 /* bytes of one heading, with NUL */
#define JOINT     " > "

struct slice {
	const char *at;
	size_t len;
};

struct chunker {
	bool is_markdown;
	char fence; /* what opened the code we are in; 0: none */
	size_t fence_len;
	char title[LEVELS][TITLE_MAX];
	struct slice paragraph; /* of the input */
	unsigned lines;         /* of it */
	size_t used;            /* of the piece being made */
	char piece[KNOWLEDGE_CHUNK_MAX + 1];
	knowledge_chunk_fn *each;
	void *owner;
	int stopped; /* what each returned */
};

/* --- Pieces --- */

static size_t put(char *out, size_t cap, size_t at, const char *text)
{
	size_t n = utf8_cut(text, strlen(text), cap - 1 - at);

	memcpy(out + at, text, n);
	out[at + n] = '\0';
	return at + n;
}

static void heading(const struct chunker *c, char out[KNOWLEDGE_HEADING_MAX])
{
	size_t at = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < LEVELS; i++) {
		if (!c->title[i][0])
			continue;
		if (at)
			at = put(out, KNOWLEDGE_HEADING_MAX, at, JOINT);
		at = put(out, KNOWLEDGE_HEADING_MAX, at, c->title[i]);
	}
}

static void end_piece(struct chunker *c)
{
	char path[KNOWLEDGE_HEADING_MAX];

	if (c->used && !c->stopped) {
		heading(c, path);
		c->piece[c->used] = '\0';
		c->stopped = c->each(
			c->owner, &(struct knowledge_chunk){ path, c->piece });
	}
	c->used = 0;
}

/* Control characters would stand in the model's way. */
static void append(struct chunker *c, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char byte = (unsigned char)s.at[i];
		if (byte == '\t' || byte == 0x7f ||
		    (byte < ' ' && byte != '\n'))
			byte = ' ';
		c->piece[c->used++] = (char)byte;
	}
}

static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static struct slice trimmed(struct slice s)
{
	while (s.len && is_space(s.at[s.len - 1]))
		s.len--;
	while (s.len && is_space(s.at[0])) {
		s.at++;
		s.len--;
	}
	return s;
}

static bool ends_sentence(struct slice s, size_t i)
{
	return is_space(s.at[i]) && i > 0 && strchr(".!?", s.at[i - 1]);
}

static bool ends_line(struct slice s, size_t i)
{
	return s.at[i] == '\n';
}

static bool ends_word(struct slice s, size_t i)
{
	return is_space(s.at[i]);
}

/* How much of a text that is too long goes into one piece. */
static size_t cut(struct slice s)
{
	static bool (*const ends[])(struct slice s, size_t i) = { ends_line,
								  ends_sentence,
								  ends_word };

	for (size_t n = 0; n < sizeof(ends) / sizeof(ends[0]); n++)
		for (size_t i = KNOWLEDGE_CHUNK_MAX;
		     i > KNOWLEDGE_CHUNK_MAX / 2; i--)
			if (ends[n](s, i))
				return i;
	return utf8_cut(s.at, s.len, KNOWLEDGE_CHUNK_MAX);
}

static void add(struct chunker *c, struct slice s)
{
	static const struct slice gap = { "\n\n", 2 };

	s = trimmed(s);
	if (!s.len)
		return;
	if (c->used && c->used + gap.len + s.len > KNOWLEDGE_CHUNK_MAX)
		end_piece(c);
	if (c->used)
		append(c, gap);
	append(c, s);
}

static void end_paragraph(struct chunker *c)
{
	struct slice s = trimmed(c->paragraph);

	while (s.len > KNOWLEDGE_CHUNK_MAX) {
		size_t n = cut(s);
		add(c, (struct slice){ s.at, n });
		s = trimmed((struct slice){ s.at + n, s.len - n });
	}
	add(c, s);
	c->paragraph = (struct slice){ NULL, 0 };
	c->lines = 0;
}

/* --- Lines --- */

/* Emphasis is for the eye. */
static void set_title(struct chunker *c, unsigned level, struct slice s)
{
	char *title = c->title[level - 1];
	size_t at = 0;

	s = trimmed(s);
	s.len = utf8_cut(s.at, s.len, TITLE_MAX - 1);
	end_piece(c);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char byte = (unsigned char)s.at[i];
		if (byte == '*' || byte == '`')
			continue;
		title[at++] = byte < ' ' || byte == 0x7f ? ' ' : (char)byte;
	}
	title[at] = '\0';
	for (unsigned i = level; i < LEVELS; i++)
		c->title[i][0] = '\0';
}

static size_t run_of(struct slice s, char byte)
{
	size_t n = 0;

	while (n < s.len && s.at[n] == byte)
		n++;
	return n;
}

/* Up to three spaces before it are none. Returns false for code. */
static bool unindent(struct slice *line)
{
	size_t n = run_of(*line, ' ');

	line->at += n;
	line->len -= n;
	return n < 4;
}

/* How many marks a fence has; 0: the line is none. */
static size_t fence_of(struct slice line)
{
	char mark = line.len ? line.at[0] : '\0';
	size_t n = run_of(line, mark);

	if ((mark != '`' && mark != '~') || n < 3)
		return 0;
	if (mark == '`' && memchr(line.at + n, '`', line.len - n))
		return 0; /* code within a line */
	return n;
}

static bool take_fence(struct chunker *c, struct slice line)
{
	size_t n = unindent(&line) ? fence_of(line) : 0;

	if (!n)
		return false;
	char mark = line.at[0];
	if (!c->fence) {
		c->fence = mark;
		c->fence_len = n;
	} else if (mark == c->fence && n >= c->fence_len && n == line.len) {
		c->fence = 0;
	}
	return true;
}

static bool take_atx(struct chunker *c, struct slice line)
{
	if (!unindent(&line))
		return false;
	size_t level = run_of(line, '#');
	if (level < 1 || level > LEVELS ||
	    (level < line.len && !is_space(line.at[level])))
		return false;
	struct slice title = { line.at + level, line.len - level };
	size_t end = title.len;
	while (end && title.at[end - 1] == '#')
		end--;
	if (!end || is_space(title.at[end - 1]))
		title.len = end;
	end_paragraph(c);
	set_title(c, (unsigned)level, title);
	return true;
}

/* Under a paragraph of one line it makes that a heading; elsewhere "---" is a
 * line across the page. */
static bool take_underline(struct chunker *c, struct slice line)
{
	if (!unindent(&line) || !line.len ||
	    (line.at[0] != '=' && line.at[0] != '-') ||
	    run_of(line, line.at[0]) != line.len)
		return false;
	if (c->lines == 1) {
		struct slice title = c->paragraph;
		c->paragraph = (struct slice){ NULL, 0 };
		c->lines = 0;
		set_title(c, line.at[0] == '=' ? 1 : 2, title);
		return true;
	}
	if (line.at[0] == '=' || line.len < 3)
		return false;
	end_paragraph(c);
	return true;
}

static bool take_markdown(struct chunker *c, struct slice line)
{
	if (!c->is_markdown)
		return false;
	if (take_fence(c, line))
		return false; /* it is part of the text */
	return !c->fence && (take_atx(c, line) || take_underline(c, line));
}

static void take_line(struct chunker *c, struct slice line)
{
	while (line.len && is_space(line.at[line.len - 1]))
		line.len--;
	if (take_markdown(c, line))
		return;
	if (!line.len) {
		end_paragraph(c);
		return;
	}
	if (!c->lines++)
		c->paragraph.at = line.at;
	c->paragraph.len = (size_t)(line.at + line.len - c->paragraph.at);
}

/* --- The whole --- */

static struct slice next_line(struct slice *rest)
{
	const char *end = memchr(rest->at, '\n', rest->len);
	size_t len = end ? (size_t)(end - rest->at) : rest->len;
	struct slice line = { rest->at, len };

	rest->at += len + (end != NULL);
	rest->len -= len + (end != NULL);
	return line;
}

/* What stands between two "---" at the top is about the file. */
static void skip_front_matter(struct slice *rest)
{
	struct slice at = *rest;
	struct slice line = trimmed(next_line(&at));

	if (line.len != 3 || memcmp(line.at, "---", 3) != 0)
		return;
	while (at.len) {
		line = trimmed(next_line(&at));
		if (line.len == 3 && (memcmp(line.at, "---", 3) == 0 ||
				      memcmp(line.at, "...", 3) == 0)) {
			*rest = at;
			return;
		}
	}
}

static bool is_markdown(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (strcasecmp(dot, ".md") == 0 ||
		       strcasecmp(dot, ".markdown") == 0);
}

int knowledge_chunk_each(const char *name, const char *text, size_t len,
			 knowledge_chunk_fn *each, void *owner)
{
	struct slice rest = { text, len };
	struct chunker c = {
		.is_markdown = is_markdown(name),
		.each = each,
		.owner = owner,
	};

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		rest = (struct slice){ text + 3, len - 3 };
	if (c.is_markdown)
		skip_front_matter(&rest);
	while (rest.len && !c.stopped)
		take_line(&c, next_line(&rest));
	end_paragraph(&c);
	end_piece(&c);
	return c.stopped;
}
