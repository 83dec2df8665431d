#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "tools/call/vaic_call_parts.h"
#include "tools/call/vaic_wav.h"

#define CHUNK    "{\"type\":\"userStream.chunk\""
#define INITIATE "{\"type\":\"session.initiate\""
#define RESUME   "{\"type\":\"session.resume\""
#define START    "{\"type\":\"userStream.start\""
#define AUDIO    "\"audioChunk\":\""

/* The messages are our own, compact and with the type first, so a look at their
 * beginning tells what they are. */
static bool begins(const char *text, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && memcmp(text, with, n) == 0;
}

static char *find(const char *text, size_t len, const char *what)
{
	return memmem(text, len, what, strlen(what));
}

bool vaic_wire_is_chunk(const char *text, size_t len)
{
	return begins(text, len, CHUNK);
}

static void pass(struct vaic_call *c, const char *text, size_t len)
{
	if (c->link && !c->is_mute)
		vaic_link_send(c->link, text, len);
}

/* --- Messages changed on their way --- */

static int copy(struct vaic_call *c, const char *text, size_t len)
{
	buffer_consume(&c->text, c->text.used);
	return buffer_append(&c->text, text, len);
}

static void pass_copy(struct vaic_call *c)
{
	pass(c, (const char *)buffer_head(&c->text), c->text.used);
}

static void replace(struct vaic_call *c, const char *from, const char *to)
{
	char *at =
		find((const char *)buffer_head(&c->text), c->text.used, from);

	if (at)
		memcpy(at, to, strlen(to));
}

/* mixed_case_dtmf: names are compared without case (4.1). */
static void pass_respelled(struct vaic_call *c, const char *text, size_t len)
{
	if (copy(c, text, len) < 0)
		return;
	replace(c, "\"name\":\"start\"", "\"name\":\"StArT\"");
	replace(c, "\"name\":\"DTMF\"", "\"name\":\"dTmF\"");
	pass_copy(c);
}

/* resume_unknown: an id that was never given. */
static void pass_another_id(struct vaic_call *c, const char *text, size_t len)
{
	static const char key[] = "\"conversationId\":\"";

	if (copy(c, text, len) < 0)
		return;
	char *id = find((const char *)buffer_head(&c->text), len, key);
	if (id)
		memcpy(id + sizeof(key) - 1, "ffffffff", 8);
	pass_copy(c);
}

/* wav_headers: each chunk of a wav format has one, not only the first. */
static void pass_headed(struct vaic_call *c, const char *text, size_t len)
{
	const char *audio = find(text, len, AUDIO) + sizeof(AUDIO) - 1;
	size_t at = (size_t)(audio - text), n = len - at - 2;
	uint8_t header[VAIC_WAV_HEADER_MAX];
	size_t used = vaic_wav_header(header, vaic_session_format(c->session));
	uint8_t *bytes = buffer_reserve(&c->text, len + used);

	if (!bytes)
		return;
	memcpy(bytes, header, used);
	ssize_t got = base64_decode(bytes + used, audio, n);
	if (got < 0 || (got > 4 && memcmp(bytes + used, "RIFF", 4) == 0)) {
		pass(c, text, len);
		return;
	}
	size_t total = used + (size_t)got;
	char *out = malloc(at + BASE64_ENCODED(total) + 2);
	if (!out)
		return;
	memcpy(out, text, at);
	size_t end = at + base64_encode(out + at, bytes, total);
	memcpy(out + end, "\"}", 2);
	pass(c, out, end + 2);
	free(out);
}

/* --- The caller's audio --- */

/* media_stall_ms: the length of each, then the message. */
static void hold(struct vaic_call *c, const char *text, size_t len)
{
	if (buffer_append(&c->held, &len, sizeof(len)) == 0 &&
	    buffer_append(&c->held, text, len) < 0)
		c->held.used -= sizeof(len);
}

void vaic_wire_release(struct vaic_call *c)
{
	while (c->held.used) {
		size_t len;

		memcpy(&len, buffer_head(&c->held), sizeof(len));
		buffer_consume(&c->held, sizeof(len));
		pass(c, (const char *)buffer_head(&c->held), len);
		buffer_consume(&c->held, len);
	}
	if (c->link)
		vaic_link_flush(c->link);
}

static void send_chunk(struct vaic_call *c, const char *text, size_t len)
{
	uint64_t now = vaic_session_now(c->session);

	c->unsent_ms = 0;
	c->chunk_bytes = len;
	/* The frames of this chunk were no drop. */
	if (c->is_deaf) {
		c->dropped_ms -= c->setup.chunk_ms;
		c->deaf_ms -= c->setup.chunk_ms;
	}
	c->is_deaf = false;
	if (now < c->gap_until)
		c->dropped_ms += c->setup.chunk_ms;
	else if (now < c->stalled_until)
		hold(c, text, len);
	else if (vaic_call_has_fault(c, CALLER_FAULT_WAV_HEADERS) &&
		 vaic_format_is_wav(vaic_session_format(c->session)))
		pass_headed(c, text, len);
	else
		pass(c, text, len);
}

static bool is_start_activity(const char *text, size_t len)
{
	return begins(text, len, "{\"type\":\"activities\"") &&
	       find(text, len, "\"name\":\"start\"");
}

void vaic_wire_send(struct vaic_call *c, const char *text, size_t len)
{
	if (vaic_wire_is_chunk(text, len)) {
		send_chunk(c, text, len);
		return;
	}
	/* What was held back keeps its place in front of what follows. */
	vaic_wire_release(c);
	if (begins(text, len, INITIATE)) {
		buffer_consume(&c->initiate, c->initiate.used);
		(void)buffer_append(&c->initiate, text, len);
	}
	if (vaic_call_has_fault(c, CALLER_FAULT_NO_START_ACTIVITY) &&
	    is_start_activity(text, len))
		return;
	if (c->resumes_another && begins(text, len, RESUME))
		pass_another_id(c, text, len);
	else if (vaic_call_has_fault(c, CALLER_FAULT_MIXED_CASE_DTMF))
		pass_respelled(c, text, len);
	else
		pass(c, text, len);
}
