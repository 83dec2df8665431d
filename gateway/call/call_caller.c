/* The call core, the caller's side: audio into the ring and on to the model,
 * keys, and the carrier's marks. */
#include <stdlib.h>
#include <string.h>

#include "gateway/call/call_parts.h"
#include "protocols/utf8.h"

#define SILENCE_SLICE 480

/* The ring is bounded: when it is full the oldest audio makes room. */
static void keep(struct call *c, const uint8_t *bytes, size_t n)
{
	if (n > c->ring.limit) {
		bytes += n - c->ring.limit;
		n = c->ring.limit;
	}
	if (audio_queue_push(&c->ring, bytes, n) == 0) {
		if (c->ring.used > c->ring_most)
			c->ring_most = c->ring.used;
		return;
	}
	size_t dropped = audio_queue_pop(&c->ring, NULL, n);
	if (audio_queue_push(&c->ring, bytes, n) != 0)
		dropped += n; /* the worker's pool is used up */
	if (!c->ring_dropped)
		call_note(c, CALL_NOTE_RING_OVERFLOW, NULL, dropped);
	c->ring_dropped += dropped;
}

static void keep_silence(struct call *c, unsigned ms)
{
	uint8_t silence[SILENCE_SLICE];
	size_t n = (size_t)ms *
		   audio_format_bytes_per_ms(c->settings.caller_format);

	if (!ms)
		return;
	c->gap_ms += ms;
	call_note(c, CALL_NOTE_GAP_FILLED, NULL, ms);
	memset(silence, audio_format_silence(c->settings.caller_format),
	       sizeof(silence));
	while (n) {
		size_t part = n < sizeof(silence) ? n : sizeof(silence);
		keep(c, silence, part);
		n -= part;
	}
}

/* As long as what came, and nothing of it. */
static void keep_nothing_of(struct call *c, size_t n)
{
	uint8_t silence[SILENCE_SLICE];

	memset(silence, audio_format_silence(c->settings.caller_format),
	       sizeof(silence));
	for (size_t part; n; n -= part) {
		part = n < sizeof(silence) ? n : sizeof(silence);
		keep(c, silence, part);
	}
}

static void append(void *owner, const uint8_t *bytes, size_t n)
{
	struct call *c = owner;

	c->ports.model->append(c->ports.session, bytes, n);
}

void call_uplink(struct call *c)
{
	uint8_t piece[CALL_APPEND_MS_MAX * AUDIO_BYTES_PER_MS_MAX];
	unsigned bytes_per_ms =
		audio_format_bytes_per_ms(c->settings.caller_format);
	size_t whole = (size_t)c->settings.append_ms * bytes_per_ms;

	while (c->has_model && c->ring.used >= whole) {
		size_t n = audio_queue_pop(&c->ring, piece, whole);
		transcoder_run(&c->up, piece, n, append, c);
	}
}

/* Whether what comes from the caller is for the model, now or once it is there.
 */
static bool is_listening(const struct call *c)
{
	return c->state == CALL_CONNECTING ||
	       (call_is_live(c) && c->state != CALL_TRANSFERRING);
}

void call_caller_audio(struct call *c, uint64_t timestamp_ms,
		       const uint8_t *bytes, size_t n, uint64_t now_ns)
{
	unsigned bytes_per_ms =
		audio_format_bytes_per_ms(c->settings.caller_format);

	if (!is_listening(c))
		return;
	c->caller_bytes += n;
	keep_silence(c, caller_timeline_frame(&c->timeline, timestamp_ms,
					      (unsigned)(n / bytes_per_ms),
					      now_ns));
	if (call_is_muted(c, now_ns))
		keep_nothing_of(c, n);
	else
		keep(c, bytes, n);
	if (call_is_live(c))
		call_uplink(c);
}

void call_caller_format(struct call *c, enum audio_format format)
{
	if (format == c->settings.caller_format)
		return;
	audio_queue_clear(&c->ring);
	c->ring.limit =
		(size_t)c->settings.ring_ms * audio_format_bytes_per_ms(format);
	c->settings.caller_format = format;
	transcoder_init(&c->up, format, c->settings.model_format);
}

void call_caller_paused(struct call *c, uint64_t now_ns)
{
	if (!is_listening(c))
		return;
	keep_silence(c, caller_timeline_pause(&c->timeline, now_ns));
	if (call_is_live(c))
		call_uplink(c);
}

static void send_digits(struct call *c, uint64_t now_ns)
{
	call_note(c, CALL_NOTE_DIGITS, NULL, c->digits.count);
	c->ports.model->add_digits(c->ports.session, c->digits.entry);
	digits_clear(&c->digits);
	call_want(c, SPEAK_DIGITS, now_ns);
}

void call_caller_tick(struct call *c, uint64_t now_ns)
{
	keep_silence(c, caller_timeline_stall(&c->timeline,
					      c->sequencer.caller_speaking,
					      now_ns));
	call_uplink(c);
	call_collect_tick(c, now_ns);
	if (digits_due(&c->digits, now_ns))
		send_digits(c, now_ns);
}

void call_caller_digit(struct call *c, char key, uint64_t now_ns)
{
	if (!is_listening(c) && !call_keypad_is_alone(c))
		return;
	c->no_inputs = 0;
	if (call_is_live(c) && call_collects(c)) {
		call_interrupt(c, true, now_ns);
		call_collect_key(c, key, now_ns);
		return;
	}
	call_keypad_split(c, now_ns);
	bool is_whole = digits_press(&c->digits, key, now_ns);
	if (call_is_live(c))
		call_interrupt(c, true, now_ns);
	if (call_keypad_key(c, is_whole, now_ns))
		return;
	if (is_whole && call_is_live(c)) /* else it waits, like the voice */
		send_digits(c, now_ns);
}

/* --- Words, and none --- */

/* What has no room is lost, and so is all of it without memory. */
static void add_to_text(struct call *c, const char *text)
{
	if (!c->text)
		c->text = calloc(1, CALL_TEXT_MAX);
	if (!c->text)
		return;
	size_t at = strlen(c->text);
	if (at && at + 1 < CALL_TEXT_MAX)
		c->text[at++] = '\n';
	utf8_copy(c->text + at, CALL_TEXT_MAX - at, text);
}

bool call_pass_text(struct call *c)
{
	if (!c->text)
		return false;
	c->ports.model->add_text(c->ports.session, c->text);
	free(c->text);
	c->text = NULL;
	return true;
}

void call_caller_text(struct call *c, const char *text, uint64_t now_ns)
{
	if (!is_listening(c) || !text[0])
		return;
	const struct call_words words = { .kind = CALL_WORDS_CALLER,
					  .item_id = "",
					  .text = text };

	c->no_inputs = 0;
	add_to_text(c, text);
	call_tell_words(c, &words);
	if (!call_is_live(c) || !c->is_open)
		return; /* it waits, like the caller's voice */
	call_interrupt(c, true, now_ns);
	call_pass_text(c);
	call_want(c, SPEAK_NOTE, now_ns);
}

/* --- What the carrier tells of its playing --- */

void call_carrier_played(struct call *c, uint64_t now_ns)
{
	playout_finished(&c->playout, now_ns);
	if (c->text_ns > now_ns)
		c->text_ns = now_ns;
}

void call_carrier_rtt(struct call *c, uint64_t rtt_ns)
{
	playout_set_rtt(&c->playout, (int64_t)rtt_ns);
}

void call_carrier_mark(struct call *c, unsigned generation, unsigned number,
		       uint64_t now_ns)
{
	playout_marked(&c->playout, generation, number, now_ns);
}
