#include "gateway/agents/agent_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_file.h"
#include "protocols/utf8.h"

#define BYTES_PER_TOKEN 4

/* Every agent is told how this line works. */
static const char house_rules[] =
	"\n\nThis is a telephone call. When the caller presses keys you receive "
	"a message such as \"[keypad] 42#\".";
static const char how_to_end[] =
	" To end the call, say goodbye and call the function end_call.";
static const char how_to_ask[] =
	" What is beyond you, ask with the function ask_supervisor; first tell "
	"the caller, in the same answer, that you are going to find out.";
static const char how_to_search[] =
	" What you do not know for certain, look up with the function "
	"search_knowledge before you answer; say nothing that it does not "
	"find.";

struct making {
	const struct config_agent *agent;
	FILE *out;
	char *why;
	size_t cap;
};

static int complain(struct making *m, const char *key, const char *path,
		    const char *what, int err)
{
	snprintf(m->why, m->cap, "%s: %s: %s", key, path, what);
	return err;
}

/* "# Context: opening_hours" for "/srv/opening_hours.md". */
static void put_heading(struct making *m, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');

	fprintf(m->out, "\n\n# Context: %.*s\n\n",
		dot && dot > base ? (int)(dot - base) : (int)strlen(base),
		base);
}

static int put_file(struct making *m, const char *key, const char *path,
		    bool has_heading)
{
	char *text = NULL, what[80];
	ssize_t len = config_file_read(path, AGENT_TEXT_FILE_MAX, &text);
	int err = 0;

	if (len == -EFBIG) {
		snprintf(what, sizeof(what), "has over %d bytes, too many",
			 AGENT_TEXT_FILE_MAX);
		return complain(m, key, path, what, -EFBIG);
	}
	if (len < 0)
		return complain(m, key, path, strerror((int)-len), (int)len);
	if (!utf8_is_valid((const uint8_t *)text, (size_t)len) ||
	    memchr(text, '\0', (size_t)len)) {
		err = complain(m, key, path, "is not text in UTF-8", -EILSEQ);
	} else {
		if (has_heading)
			put_heading(m, path);
		fwrite(text, 1, (size_t)len, m->out);
	}
	free(text);
	return err;
}

static int put_all(struct making *m)
{
	const struct config_agent *a = m->agent;
	const struct config_agent_persona *p = &a->persona;
	int err = 0;

	if (p->instructions_file[0])
		err = put_file(m, "instructions_file", p->instructions_file,
			       false);
	else
		fputs(a->instructions, m->out);
	if (p->language[0])
		fprintf(m->out,
			"\n\nSpeak the language whose ISO 639 code is \"%s\", "
			"unless the caller asks for another.",
			p->language);
	for (unsigned i = 0; i < p->context_count && !err; i++)
		err = put_file(m, "context", p->context[i], true);
	fputs(house_rules, m->out);
	if (a->tools & CONFIG_TOOL_END_CALL)
		fputs(how_to_end, m->out);
	if (a->tools & CONFIG_TOOL_SEARCH_KNOWLEDGE)
		fputs(how_to_search, m->out);
	if (a->tools & CONFIG_TOOL_ASK_SUPERVISOR)
		fputs(how_to_ask, m->out);
	return err;
}

int agent_text_make(char **out, const struct config_agent *a, char *why,
		    size_t cap)
{
	struct making m = { .agent = a, .why = why, .cap = cap };
	size_t len = 0;

	*out = NULL;
	m.out = open_memstream(out, &len);
	if (!m.out) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	int err = put_all(&m);
	if (fclose(m.out) != 0 && !err) {
		snprintf(why, cap, "out of memory");
		err = -ENOMEM;
	}
	if (!err && len > AGENT_TEXT_MAX) {
		snprintf(why, cap,
			 "instructions: with the context %zu bytes, at most %d "
			 "fit",
			 len, AGENT_TEXT_MAX);
		err = -EFBIG;
	}
	if (err) {
		free(*out);
		*out = NULL;
	}
	return err;
}

unsigned agent_text_tokens(size_t n)
{
	return (unsigned)((n + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN);
}
