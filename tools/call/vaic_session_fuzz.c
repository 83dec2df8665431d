/* A bot that says anything at any time. One line of the input is one thing that
 * happens: a message; "+250", so many ms pass; "-", the socket is lost; "^",
 * another one is there; "x1000", the bot closes it; "k5", a key; "h", the
 * caller hangs up. Whatever it is, the caller hears and speaks without a hole,
 * the call ends at most once, and nothing is said behind that. */
#include "tools/testing/fuzz.h"

#include <jansson.h>

#include "tools/call/vaic_session.h"

#define MS        1000000u
#define WAIT_MAX  3000 /* ms at once */
#define LINES_MAX 64

struct rig {
	struct vaic_session *s;
	uint64_t now_ns;
	uint64_t heard;
	uint64_t frames;
	unsigned overs;
};

static void on_send(void *owner, const char *text, size_t len)
{
	const struct rig *r = owner;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

	FUZZ_CHECK(r->overs == 0);
	FUZZ_CHECK(json_is_string(json_object_get(root, "type")));
	FUZZ_CHECK(json_is_string(json_object_get(root, "conversationId")));
	json_decref(root);
}

static void on_close(void *owner, unsigned code)
{
	const struct rig *r = owner;

	FUZZ_CHECK(code == 1000 && r->overs == 0);
}

static void on_started(void *owner)
{
	const struct rig *r = owner;

	FUZZ_CHECK(r->heard == 0);
}

static void on_heard(void *owner, const uint8_t *ulaw, size_t n, bool is_sound)
{
	struct rig *r = owner;

	(void)ulaw, (void)is_sound;
	r->heard += n;
}

static void on_native(void *owner, const struct vaic_play_stream *p,
		      uint64_t sample, const uint8_t *bytes, size_t n)
{
	(void)owner, (void)sample, (void)bytes;
	FUZZ_CHECK(n > 0 && n % vaic_format_sample_bytes(p->format) == 0);
	FUZZ_CHECK(p->played <= p->queued);
}

static void on_frame(void *owner, uint64_t now, uint64_t begin,
		     uint8_t frame[VAIC_FRAME])
{
	struct rig *r = owner;

	FUZZ_CHECK(now == r->heard);
	FUZZ_CHECK(begin == r->frames++ * VAIC_FRAME);
	memset(frame, 0x80, VAIC_FRAME);
}

static void on_arrival(void *owner, uint64_t begin, size_t n, uint64_t now_us)
{
	const struct rig *r = owner;

	(void)now_us;
	FUZZ_CHECK(begin >= r->heard && n > 0);
}

static void on_clear(void *owner, uint64_t now, size_t dropped, uint64_t now_us)
{
	const struct rig *r = owner;

	(void)dropped, (void)now_us;
	FUZZ_CHECK(now == r->heard);
}

static void on_activity(void *owner, const struct vaic_activity *a)
{
	(void)owner;
	FUZZ_CHECK(a->kind != VAIC_IGNORED && a->name);
}

static void on_breach(void *owner, const struct phone_breach *breach)
{
	const struct rig *r = owner;

	FUZZ_CHECK(breach->text[0] && r->overs == 0);
}

static void on_over(void *owner, const struct vaic_end *end)
{
	struct rig *r = owner;

	FUZZ_CHECK(end->outcome != VAIC_OUTCOME_NONE);
	r->overs++;
	FUZZ_CHECK(r->overs == 1);
}

static const struct vaic_session_events events = {
	.on_send = on_send,
	.on_close = on_close,
	.on_started = on_started,
	.on_heard = on_heard,
	.on_native = on_native,
	.on_frame = on_frame,
	.on_arrival = on_arrival,
	.on_clear = on_clear,
	.on_activity = on_activity,
	.on_breach = on_breach,
	.on_over = on_over,
};

static void pass(struct rig *r, unsigned ms)
{
	uint64_t until = r->now_ns + (uint64_t)ms * MS;

	while (vaic_session_due(r->s) <= until) {
		uint64_t due = vaic_session_due(r->s);

		if (due > r->now_ns)
			r->now_ns = due;
		vaic_session_tick(r->s, r->now_ns);
		FUZZ_CHECK(vaic_session_due(r->s) > r->now_ns);
	}
	r->now_ns = until;
	vaic_session_tick(r->s, r->now_ns);
}

static unsigned number(const char *line, size_t n)
{
	unsigned value = 0;

	for (size_t i = 1; i < n && line[i] >= '0' && line[i] <= '9'; i++)
		value = (value * 10 + (unsigned)(line[i] - '0')) % 65536;
	return value;
}

static void happen(struct rig *r, const char *line, size_t n)
{
	unsigned value = number(line, n);

	switch (n ? line[0] : ' ') {
	case '+':
		pass(r, value % (WAIT_MAX + 1));
		break;
	case '-':
		vaic_session_lost(r->s, r->now_ns);
		break;
	case '^':
		vaic_session_open(r->s, r->now_ns);
		break;
	case 'x':
		vaic_session_closed(r->s, value, r->now_ns);
		break;
	case 'k':
		vaic_session_press(r->s, '5');
		break;
	case 'h':
		vaic_session_hang_up(r->s, r->now_ns);
		break;
	default: {
		char *text = fuzz_copy(line, n);

		vaic_session_read(r->s, text, n, false, r->now_ns);
		free(text);
	}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data;
	struct rig r = { .now_ns = MS };
	struct vaic_options o;

	vaic_options_default(&o);
	o.conversation_id = "c";
	o.bot_name = "b";
	o.marks = true;
	o.transfer = VAIC_TRANSFER_BUSY;
	r.s = vaic_session_new(&o, &events, &r);
	FUZZ_CHECK(r.s != NULL);
	vaic_session_open(r.s, r.now_ns);
	for (unsigned i = 0; i < LINES_MAX && n > 0; i++) {
		const char *end = memchr(text, '\n', n);
		size_t len = end ? (size_t)(end - text) : n;

		happen(&r, text, len);
		len += end ? 1 : 0;
		text += len;
		n -= len;
	}
	vaic_session_give_up(r.s, "the input is over", r.now_ns);
	FUZZ_CHECK(r.overs == 1 && vaic_session_is_over(r.s));
	vaic_session_free(r.s);
	return 0;
}
