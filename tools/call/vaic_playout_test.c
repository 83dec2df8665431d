#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/call/vaic_playout.h"

/* What came out, in order: "play 0+160 p1", "mark m1", "end p1 @160". */
struct heard {
	char log[4096];
	uint8_t ulaw[65536];
	size_t samples;
	uint8_t native[65536];
	size_t bytes;
	uint64_t from; /* of the run being joined */
	uint64_t until;
};

static void note(struct heard *h, const char *text)
{
	size_t used = strlen(h->log);

	snprintf(h->log + used, sizeof(h->log) - used, "%s%s", used ? ", " : "",
		 text);
}

static void close_run(struct heard *h)
{
	char text[64];

	if (h->until > h->from) {
		snprintf(text, sizeof(text), "%u-%u", (unsigned)h->from,
			 (unsigned)h->until);
		note(h, text);
	}
	h->from = h->until;
}

static void on_played(void *owner, uint64_t sample, const uint8_t *ulaw,
		      size_t n)
{
	struct heard *h = owner;

	memcpy(h->ulaw + h->samples, ulaw, n);
	h->samples += n;
	if (sample != h->until) {
		close_run(h);
		h->from = sample;
	}
	h->until = sample + n;
}

static void on_native(void *owner, const struct vaic_play_stream *p,
		      uint64_t sample, const uint8_t *bytes, size_t n)
{
	struct heard *h = owner;
	uint64_t ms_bytes = vaic_format_bytes(p->format, 1);

	CHECK_EQ(h->until, sample + n * 8 / ms_bytes, "where it was heard");

	CHECK_EQ(0, n % vaic_format_sample_bytes(p->format), "whole samples");
	memcpy(h->native + h->bytes, bytes, n);
	h->bytes += n;
}

static void on_mark(void *owner, const struct vaic_play_stream *p,
		    const char *name)
{
	struct heard *h = owner;

	(void)p;
	close_run(h);
	note(h, name);
}

static void on_finished(void *owner, const struct vaic_play_stream *p,
			uint64_t sample)
{
	struct heard *h = owner;
	char text[VAIC_ID_MAX + 32];

	close_run(h);
	snprintf(text, sizeof(text), "%s%s@%u", p->id,
		 p->is_interrupted ? "!" : "", (unsigned)sample);
	note(h, text);
}

static const struct vaic_playout_events events = {
	.on_played = on_played,
	.on_native = on_native,
	.on_mark = on_mark,
	.on_finished = on_finished,
};

/* --- Scripts: one letter per thing done, at a sample --- */

enum what { OPEN, ADD, MARK, END, FLUSH, ABANDON };

struct act {
	uint64_t at;
	enum what what;
	const char *id; /* or the mark's name */
	size_t samples;
};

#define ACTS_MAX 10

static const struct vaic_change nothing;

static void perform(struct vaic_playout *p, const struct act *a,
		    struct heard *h)
{
	static const uint8_t sound[4096];
	struct vaic_play_stream *s = vaic_playout_find(p, a->id);
	struct vaic_arrival arrival;

	switch (a->what) {
	case OPEN:
		assert_non_null(
			vaic_playout_open(p, a->id, VAIC_RAW_MULAW, &nothing));
		break;
	case ADD:
		assert_non_null(s);
		vaic_playout_add(p, s, a->at, sound, a->samples, &arrival);
		break;
	case MARK:
		s = p->stream[p->streams - 1];
		CHECK_EQ(0, vaic_playout_mark(s, a->id), "mark");
		break;
	case END:
		assert_non_null(s);
		vaic_playout_stop(s, a->at);
		break;
	case FLUSH:
		vaic_playout_flush(p, a->at, &events, h);
		break;
	case ABANDON:
		assert_non_null(s);
		vaic_playout_abandon(p, s, a->at, &events, h);
		break;
	}
}

static void test_scripts(void **state)
{
	static const struct {
		const char *why;
		struct act act[ACTS_MAX];
		size_t acts;
		const char *heard;
		unsigned underruns, late, ms_max;
	} row[] = {
		{ "consumed in real time from its arrival",
		  { { 100, OPEN, "a", 0 },
		    { 200, ADD, "a", 160 },
		    { 210, END, "a", 0 } },
		  3,
		  "200-360, a@360",
		  0,
		  0,
		  20 },
		{ "a stop that comes when all is played ends it then",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 160 },
		    { 500, END, "a", 0 } },
		  3,
		  "0-160, a@500",
		  0,
		  0,
		  20 },
		{ "send-ahead is queued, not dropped",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 160 },
		    { 1, ADD, "a", 800 },
		    { 2, END, "a", 0 } },
		  4,
		  "0-960, a@960",
		  0,
		  0,
		  120 },
		{ "streams are sequential",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 160 },
		    { 0, END, "a", 0 },
		    { 10, OPEN, "b", 0 },
		    { 10, ADD, "b", 80 },
		    { 10, END, "b", 0 } },
		  6,
		  "0-160, a@160, 160-240, b@240",
		  0,
		  0,
		  29 },
		{ "a hole inside a stream is an underrun",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 80 },
		    { 100, ADD, "a", 80 },
		    { 100, END, "a", 0 } },
		  4,
		  "0-80, 100-180, a@180",
		  1,
		  0,
		  10 },
		{ "just in time is none",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 80 },
		    { 80, ADD, "a", 80 },
		    { 80, END, "a", 0 } },
		  4,
		  "0-160, a@160",
		  0,
		  0,
		  10 },
		{ "nor is a hole between two streams",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 80 },
		    { 10, END, "a", 0 },
		    { 200, OPEN, "b", 0 },
		    { 200, ADD, "b", 80 } },
		  5,
		  "0-80, a@80, 200-280",
		  0,
		  0,
		  10 },
		{ "flush: dropped, marked, later chunks ignored",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 800 },
		    { 100, FLUSH, "", 0 },
		    { 120, ADD, "a", 80 },
		    { 130, ADD, "a", 80 },
		    { 140, END, "a", 0 },
		    { 150, OPEN, "b", 0 },
		    { 150, ADD, "b", 80 } },
		  8,
		  "0-100, a!@100, 150-230",
		  0,
		  2,
		  100 },
		{ "flush takes every stream that waits",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 800 },
		    { 0, END, "a", 0 },
		    { 0, OPEN, "b", 0 },
		    { 0, ADD, "b", 800 },
		    { 100, FLUSH, "", 0 } },
		  6,
		  "0-100, a!@100, b!@100",
		  0,
		  0,
		  200 },
		{ "an abandoned stream lets the one before it play",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 160 },
		    { 0, END, "a", 0 },
		    { 0, OPEN, "b", 0 },
		    { 0, ADD, "b", 800 },
		    { 100, ABANDON, "b", 0 } },
		  6,
		  "0-100, b!@100, 100-160, a@160",
		  0,
		  0,
		  120 },
		{ "marks where they stand",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 80 },
		    { 0, MARK, "m1", 0 },
		    { 0, MARK, "m2", 0 },
		    { 0, ADD, "a", 80 },
		    { 0, MARK, "m3", 0 },
		    { 0, END, "a", 0 } },
		  7,
		  "0-80, m1, m2, 80-160, m3, a@160",
		  0,
		  0,
		  20 },
		{ "a mark behind what was played is reached at once",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 80 },
		    { 200, MARK, "m1", 0 },
		    { 300, ADD, "a", 80 } },
		  4,
		  "0-80, m1, 300-380",
		  1,
		  0,
		  10 },
		{ "marks of what is flushed are never reached",
		  { { 0, OPEN, "a", 0 },
		    { 0, ADD, "a", 80 },
		    { 0, MARK, "m1", 0 },
		    { 40, FLUSH, "", 0 } },
		  4,
		  "0-40, a!@40",
		  0,
		  0,
		  10 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		/* In steps of every size: the clock may come rarely. */
		for (uint64_t step = 1; step <= 1000; step *= 10) {
			struct heard h = { .samples = 0 };
			struct vaic_playout p;
			size_t k = 0;

			vaic_playout_init(&p);
			for (uint64_t now = 0; now <= 2000; now++) {
				for (;
				     k < row[i].acts && row[i].act[k].at == now;
				     k++) {
					vaic_playout_advance(&p, now, &events,
							     &h);
					perform(&p, &row[i].act[k], &h);
				}
				if (now % step == 0)
					vaic_playout_advance(&p, now, &events,
							     &h);
			}
			close_run(&h);
			CHECK_STR(row[i].heard, h.log, row[i].why);
			CHECK_EQ(row[i].underruns, p.underruns, row[i].why);
			CHECK_EQ(row[i].late, p.late_chunks, row[i].why);
			CHECK_EQ(row[i].ms_max, p.buffer_ms_max, row[i].why);
			vaic_playout_free(&p);
		}
	}
}

/* --- Formats --- */

static const enum vaic_format formats[] = {
	VAIC_RAW_MULAW,     VAIC_RAW_LPCM16_8, VAIC_RAW_LPCM16,
	VAIC_RAW_LPCM16_24, VAIC_WAV_MULAW,    VAIC_WAV_LPCM16_24,
};

/* Chunks in time, of 20 ms and of odd sizes: the bot's bytes come out as they
 * were, the caller hears 8 samples for every ms, and no filter leaves a hole.
 */
static void test_native_bytes(void **state)
{
	static const size_t size[] = { 20, 50, 7 }; /* ms */
	static uint8_t sent[65536];

	(void)state;
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(i * 31 ^ i >> 7);
	for (size_t f = 0; f < ARRAY_LEN(formats) * ARRAY_LEN(size); f++) {
		enum vaic_format format = formats[f / ARRAY_LEN(size)];
		size_t chunk = vaic_format_bytes(
			format, (unsigned)size[f % ARRAY_LEN(size)]);
		size_t ms = size[f % ARRAY_LEN(size)];
		uint8_t header[VAIC_WAV_HEADER_MAX];
		struct heard h = { .samples = 0 };
		struct vaic_arrival a;
		struct vaic_playout p;

		vaic_playout_init(&p);
		struct vaic_play_stream *s =
			vaic_playout_open(&p, "a", format, &nothing);
		assert_non_null(s);
		if (vaic_format_is_wav(format)) {
			size_t n = vaic_wav_header(header, format);

			CHECK_EQ(0, vaic_playout_add(&p, s, 0, header, n, &a),
				 "a header");
			CHECK_EQ(0, a.samples, "is no sound");
		}
		for (size_t k = 0; k < 10; k++) {
			uint64_t now = k * ms * 8;

			vaic_playout_advance(&p, now, &events, &h);
			CHECK_EQ(0,
				 vaic_playout_add(&p, s, now, sent + k * chunk,
						  chunk, &a),
				 "in time");
			CHECK_EQ(now, a.begin, "plays at once");
			CHECK_EQ(ms * 8, a.samples, "8 a ms");
		}
		vaic_playout_stop(s, 10 * ms * 8);
		vaic_playout_advance(&p, 10 * ms * 8, &events, &h);
		CHECK_EQ(10 * ms * 8, h.samples, vaic_format_name(format));
		CHECK_EQ(10 * chunk, h.bytes, vaic_format_name(format));
		CHECK(memcmp(sent, h.native, h.bytes) == 0,
		      vaic_format_name(format));
		CHECK_EQ(0, p.underruns, vaic_format_name(format));
		CHECK_EQ(0, p.streams, "over");
		vaic_playout_free(&p);
	}
}

/* Chunks that come just in time sound as if all had come at once, but for the
 * few samples that were due before the next chunk could be known. */
static void test_provisional_samples(void **state)
{
	uint8_t sent[9600];
	struct heard early = { .samples = 0 }, timely = { .samples = 0 };
	struct heard *heard[] = { &early, &timely };

	(void)state;
	for (size_t i = 0; i < sizeof(sent); i += 2) { /* a steady level */
		sent[i] = 0x00;
		sent[i + 1] = 0x10;
	}
	for (size_t run = 0; run < 2; run++) {
		struct vaic_arrival a;
		struct vaic_playout p;

		vaic_playout_init(&p);
		struct vaic_play_stream *s = vaic_playout_open(
			&p, "a", VAIC_RAW_LPCM16_24, &nothing);
		assert_non_null(s);
		for (size_t k = 0; k < 10; k++) {
			/* With 5 ms in hand: more than the filter's 2. */
			uint64_t now = run && k ? k * 160 - 40 : 0;

			vaic_playout_advance(&p, now, &events, heard[run]);
			vaic_playout_add(&p, s, now, sent + k * 960, 960, &a);
		}
		vaic_playout_advance(&p, 1600, &events, heard[run]);
		vaic_playout_free(&p);
	}
	CHECK_EQ(1600, early.samples, "200 ms");
	CHECK_EQ(1600, timely.samples, "200 ms");
	CHECK(memcmp(early.ulaw, timely.ulaw, 1600) == 0, "the same samples");
}

static void test_half_samples(void **state)
{
	uint8_t sent[320];
	struct heard h = { .samples = 0 };
	struct vaic_arrival a;
	struct vaic_playout p;

	(void)state;
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)i;
	vaic_playout_init(&p);
	struct vaic_play_stream *s =
		vaic_playout_open(&p, "a", VAIC_RAW_LPCM16_8, &nothing);
	assert_non_null(s);
	vaic_playout_add(&p, s, 0, sent, 101, &a);
	CHECK_EQ(50, a.samples, "half a sample waits");
	vaic_playout_add(&p, s, 0, sent + 101, 219, &a);
	CHECK_EQ(110, a.samples, "for its other half");
	vaic_playout_stop(s, 0);
	vaic_playout_advance(&p, 500, &events, &h);
	CHECK_EQ(320, h.bytes, "all");
	CHECK(memcmp(sent, h.native, 320) == 0, "3.3: carried over");
	vaic_playout_free(&p);
}

static void test_bounds(void **state)
{
	static uint8_t second[8000];
	struct vaic_play_stream *s = NULL;
	struct vaic_arrival a;
	struct vaic_playout p;
	char id[VAIC_ID_MAX + 2];

	(void)state;
	vaic_playout_init(&p);
	memset(id, 'x', sizeof(id) - 1);
	id[sizeof(id) - 1] = 0;
	CHECK(!vaic_playout_open(&p, id, VAIC_RAW_MULAW, &nothing), "129");
	for (unsigned i = 0; i < VAIC_PLAYOUT_STREAMS_MAX; i++) {
		snprintf(id, sizeof(id), "p%u", i);
		s = vaic_playout_open(&p, id, VAIC_RAW_MULAW, &nothing);
		assert_non_null(s);
	}
	CHECK(!vaic_playout_open(&p, "one more", VAIC_RAW_MULAW, &nothing),
	      "streams");
	for (unsigned i = 0; i < VAIC_PLAYOUT_MAX_MS / 1000; i++)
		CHECK_EQ(0, vaic_playout_add(&p, s, 0, second, 8000, &a),
			 "600 s");
	CHECK_EQ(-ENOBUFS, vaic_playout_add(&p, s, 0, second, 8000, &a),
		 "one more");
	for (unsigned i = 0; i < VAIC_PLAYOUT_MARKS_MAX; i++)
		CHECK_EQ(0, vaic_playout_mark(s, "m"), "marks");
	CHECK_EQ(-ENOBUFS, vaic_playout_mark(s, "m"), "one more");
	CHECK_EQ(600000, vaic_playout_ms(&p), "what waits is kept");
	vaic_playout_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_native_bytes),
		cmocka_unit_test(test_provisional_samples),
		cmocka_unit_test(test_half_samples),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
