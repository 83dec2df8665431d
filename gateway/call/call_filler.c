/* The call core, what the caller hears while a function runs. */
#include "gateway/call/call_parts.h"
#include "gateway/call/call_tools_parts.h"

#define SLICE_MS    20
#define SLICE_BYTES (SLICE_MS * 8) /* mu-law */

const char *call_filler_words(const struct call *c)
{
	return c->tools ? c->tools->words : NULL;
}

/* --- The sound --- */

void call_filler_hush(struct call *c)
{
	if (!c->tools || !c->tools->sound.ulaw)
		return;
	c->tools->sound.ulaw = NULL;
	playout_complete(&c->playout);
}

static void push(void *owner, const uint8_t *bytes, size_t n)
{
	struct call *c = owner;

	/* No room, or something else came behind it: that was it. */
	if (playout_push_local(&c->playout, bytes, n) != 0)
		c->tools->sound.ulaw = NULL;
}

static void begin_sound(struct call *c, const struct call_filler *filler,
			uint64_t now_ns)
{
	struct call_sound *s = &c->tools->sound;

	if (playout_begin_local(&c->playout) != 0)
		return;
	s->ulaw = filler->sound;
	s->len = filler->sound_len;
	s->at = 0;
	s->until_ns = now_ns;
	transcoder_init(&s->to_playout, AUDIO_ULAW, c->settings.playout_format);
}

/* So little ahead that it is over when the answer comes. */
static void go_on(struct call *c, uint64_t now_ns)
{
	struct call_sound *s = &c->tools->sound;
	uint64_t ahead_ns = now_ns + CALL_FILLER_AHEAD_MS * CALL_NS_PER_MS;

	if (s->until_ns < now_ns)
		s->until_ns = now_ns;
	while (s->ulaw && s->until_ns < ahead_ns) {
		size_t left = s->len - s->at;
		size_t n = left < SLICE_BYTES ? left : SLICE_BYTES;
		transcoder_run(&s->to_playout, s->ulaw + s->at, n, push, c);
		s->until_ns += n * CALL_NS_PER_MS / 8;
		s->at = n == left ? 0 : s->at + n;
	}
	call_pump(c, now_ns);
}

/* --- When --- */

/* Nobody speaks, is about to, or is owed an answer. */
static bool is_quiet(const struct call *c, uint64_t now_ns)
{
	return !c->sequencer.caller_speaking && !c->answer_due_ns &&
	       sequencer_is_quiet(&c->sequencer) && now_ns >= c->text_ns &&
	       !playout_has_sound(&c->playout, now_ns);
}

/* One for all that run now: nobody wants to hear each of them out. */
static void begin(struct call *c, const struct call_filler *filler,
		  uint64_t now_ns)
{
	for (unsigned i = 0; i < c->tools->count; i++)
		c->tools->pending[i].filler_ns = 0;
	if (filler->say) {
		c->tools->words = filler->say;
		call_want(c, SPEAK_FILLER, now_ns);
	} else {
		begin_sound(c, filler, now_ns);
	}
}

static void look_for_one(struct call *c, uint64_t now_ns)
{
	for (unsigned i = 0; i < c->tools->count; i++) {
		const struct call_pending *p = &c->tools->pending[i];
		if (!p->filler_ns || now_ns < p->filler_ns ||
		    !is_quiet(c, now_ns))
			continue;
		const struct call_filler filler = p->filler;
		begin(c, &filler, now_ns);
		return;
	}
}

/* The answer is here, and the model is about to give it: until then. */
static bool is_waited_for(const struct call *c)
{
	return c->state == CALL_UP &&
	       (call_tools_run(c) || !sequencer_is_quiet(&c->sequencer));
}

void call_filler_tick(struct call *c, uint64_t now_ns)
{
	if (!c->tools || c->is_detached)
		return;
	if (!is_waited_for(c)) {
		call_filler_hush(c);
		return;
	}
	if (!c->tools->sound.ulaw)
		look_for_one(c, now_ns);
	if (c->tools->sound.ulaw)
		go_on(c, now_ns);
}
