/* The call core, the caller's side: audio into the ring and on to the model,
 * keys, and the carrier's marks. */
#include <string.h>

#include "gateway/call/call_parts.h"

#define SILENCE_SLICE 480

/* The ring is bounded: when it is full the oldest audio makes room. */
static void keep(struct call *c, const uint8_t *bytes, size_t n)
{
	if (n > c->ring.limit) {
		bytes += n - c->ring.limit;
		n = c->ring.limit;
	}
	if (audio_queue_push(&c->ring, bytes, n) == 0)
		return;
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
		   audio_format_bytes_per_ms(c->settings.carrier_format);

	if (!ms)
		return;
	c->gap_ms += ms;
	call_note(c, CALL_NOTE_GAP_FILLED, NULL, ms);
	memset(silence, audio_format_silence(c->settings.carrier_format),
	       sizeof(silence));
	while (n) {
		size_t part = n < sizeof(silence) ? n : sizeof(silence);
		keep(c, silence, part);
		n -= part;
	}
}

static void append(void *owner, const uint8_t *bytes, size_t n)
{
	struct call *c = owner;

	c->model->append(c->session, bytes, n);
}

void call_uplink(struct call *c)
{
	uint8_t piece[CALL_APPEND_MS_MAX * 48];
	unsigned bytes_per_ms =
		audio_format_bytes_per_ms(c->settings.carrier_format);
	size_t whole = (size_t)c->settings.append_ms * bytes_per_ms;

	while (c->has_model && c->ring.used >= whole) {
		size_t n = audio_queue_pop(&c->ring, piece, whole);
		transcoder_run(&c->up, piece, n, append, c);
	}
}

void call_caller_audio(struct call *c, uint64_t timestamp_ms,
		       const uint8_t *bytes, size_t n, uint64_t now_ns)
{
	unsigned bytes_per_ms =
		audio_format_bytes_per_ms(c->settings.carrier_format);

	if (c->state != CALL_CONNECTING && !call_is_live(c))
		return;
	c->caller_bytes += n;
	keep_silence(c, caller_timeline_frame(&c->timeline, timestamp_ms,
					      (unsigned)(n / bytes_per_ms),
					      now_ns));
	keep(c, bytes, n);
	if (call_is_live(c))
		call_uplink(c);
}

static void send_digits(struct call *c, uint64_t now_ns)
{
	call_note(c, CALL_NOTE_DIGITS, NULL, c->digits.count);
	c->model->add_digits(c->session, c->digits.entry);
	digits_clear(&c->digits);
	call_want(c, SPEAK_DIGITS, now_ns);
}

void call_caller_tick(struct call *c, uint64_t now_ns)
{
	keep_silence(c, caller_timeline_stall(&c->timeline,
					      c->sequencer.caller_speaking,
					      now_ns));
	call_uplink(c);
	if (digits_due(&c->digits, now_ns))
		send_digits(c, now_ns);
}

void call_caller_digit(struct call *c, char key, uint64_t now_ns)
{
	if (c->state != CALL_CONNECTING && !call_is_live(c))
		return;
	bool is_whole = digits_press(&c->digits, key, now_ns);
	if (!call_is_live(c))
		return; /* it waits, like the caller's voice */
	call_interrupt(c, true, now_ns);
	if (is_whole)
		send_digits(c, now_ns);
}

void call_carrier_mark(struct call *c, unsigned generation, unsigned number,
		       uint64_t now_ns)
{
	playout_marked(&c->playout, generation, number, now_ns);
}
