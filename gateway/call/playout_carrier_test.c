/* The ledger against a carrier that plays a FIFO in real time, with everything
 * happening at random: what is heard is what was said, byte for byte. */
#include "gateway/call/playout.h"

#include <stdio.h>
#include <string.h>

#include "tools/testing/check.h"

#define US          1000ull
#define MS          1000000ull
#define STEP_NS     (125 * US) /* whole bytes in every format */
#define SILENCE     0xff
#define FIFO_BYTES  (1 << 25)
#define STEPS       3000
#define PUSH_MS_MAX 400

static struct audio_pool pool;
static struct playout p;
static struct playout_settings settings;
static uint64_t now; /* ns */

/* A small generator of our own: the same run everywhere. */
static uint32_t seed;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* --- What was said: every byte that was pushed and not interrupted --- */

static uint8_t said[FIFO_BYTES];
static size_t said_len;
static size_t heard_len; /* of it, by the carrier's truth */

static struct item {
	char id[16];
	size_t start; /* in said */
	size_t len;
	bool is_complete;
	bool is_local;
} item[PLAYOUT_ITEMS];
static unsigned items;
static unsigned ids;

static size_t heard_of(const struct item *i)
{
	if (heard_len <= i->start)
		return 0;
	return heard_len - i->start < i->len ? heard_len - i->start : i->len;
}

static void forget_heard(void)
{
	unsigned n = 0;

	while (n < items && item[n].is_complete &&
	       heard_of(&item[n]) >= item[n].len)
		n++;
	items -= n;
	memmove(item, item + n, items * sizeof(item[0]));
}

static void complete(void)
{
	for (unsigned i = 0; i < items; i++)
		item[i].is_complete = true;
	playout_complete(&p);
}

static struct item *begin_item(void)
{
	struct item *i = &item[items++];

	*i = (struct item){ .start = said_len, .is_local = any(5) == 0 };
	snprintf(i->id, sizeof(i->id), "i%u", ++ids);
	if (i->is_local)
		CHECK_EQ(0, playout_begin_local(&p), "a prompt");
	return i;
}

static void push(struct item *i, const uint8_t *bytes, size_t n)
{
	i->len += n;
	uint32_t source_ms = (uint32_t)(i->len / settings.bytes_per_ms);
	int err = i->is_local ? playout_push_local(&p, bytes, n)
			      : playout_push(&p, i->id, 0, bytes, n, source_ms);
	CHECK_EQ(0, err, "there is room");
	CHECK(said_len + n <= sizeof(said), "the test has room");
	memcpy(said + said_len, bytes, n);
	said_len += n;
}

static void say(bool begins)
{
	uint8_t bytes[PUSH_MS_MAX * 48];
	unsigned width = settings.bytes_per_sample;
	size_t n =
		(1 + any(PUSH_MS_MAX * settings.bytes_per_ms / width)) * width;

	forget_heard();
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)any(SILENCE);
	if (begins || !items || item[items - 1].is_complete) {
		if (items > PLAYOUT_ITEMS / 2)
			return;
		complete();
		push(begin_item(), bytes, n);
	} else {
		push(&item[items - 1], bytes, n);
	}
}

/* --- The carrier --- */

static uint8_t fifo[FIFO_BYTES];
static size_t in, out;    /* bytes ever put in, and played */
static size_t begin;      /* byte at which it last began to play */
static uint64_t begin_ns; /* and when */
static size_t sealed;     /* byte to which it plays even without a line */
static bool plays_on;     /* a line was lost, and it did so */
static bool is_up = true;
static struct {
	struct playout_mark mark;
	size_t at;
} mark[4096];
static unsigned first_mark, last_mark;

static void play_byte(uint8_t byte)
{
	if (byte == SILENCE)
		return; /* padding; nobody says that */
	CHECK(heard_len < said_len, "nothing is heard that was not said");
	CHECK_EQ(said[heard_len], byte, "the byte that was said");
	heard_len++;
}

static void play_to(size_t end)
{
	while (out < end)
		play_byte(fifo[out++]);
	while (first_mark < last_mark && mark[first_mark].at <= out) {
		const struct playout_mark *m = &mark[first_mark++].mark;
		playout_marked(&p, m->generation, m->number, now);
	}
}

/* Time passes in small steps, so a mark comes back when it is reached. */
static void pass(uint64_t ns)
{
	for (uint64_t end = now + ns; now < end;) {
		now += STEP_NS;
		uint64_t due =
			begin + (now - begin_ns) * settings.bytes_per_ms / MS;
		due -= due % settings.bytes_per_sample;
		play_to(due < in ? due : in);
	}
}

static void put(const struct playout_chunk *chunk)
{
	CHECK(is_up, "nothing is sent into a lost line");
	CHECK(!chunk->has_mark || settings.has_marks, "no mark is asked for");
	if (chunk->len && in == out) {
		begin = out;
		begin_ns = now;
	}
	memcpy(fifo + in, chunk->bytes, chunk->len);
	in += chunk->len;
	CHECK(in < sizeof(fifo) - sizeof(chunk->bytes), "the test has room");
	if (!chunk->has_mark)
		return;
	if (first_mark == last_mark)
		first_mark = last_mark = 0;
	mark[last_mark].mark = chunk->mark;
	mark[last_mark++].at = in;
	CHECK(last_mark < ARRAY_LEN(mark), "the test has room");
}

static void pump(void)
{
	struct playout_chunk chunk;

	while (playout_pump(&p, now, &chunk))
		put(&chunk);
	play_to(out); /* a probe comes straight back */
}

/* Marks come back from a clear, too: nobody must believe them. */
static void flush(void)
{
	in = out;
	sealed = 0;
	for (; first_mark < last_mark; first_mark++)
		CHECK(!playout_marked(&p, mark[first_mark].mark.generation,
				      mark[first_mark].mark.number, now),
		      "of an older generation");
}

/* --- What happens --- */

static void check_cuts(const struct playout_cut *cut, size_t cuts,
		       size_t heard_to)
{
	size_t n = 0;
	size_t before = heard_len;

	heard_len = heard_to;
	for (unsigned i = 0; i < items; i++) {
		if (item[i].is_local ||
		    (item[i].is_complete && heard_of(&item[i]) >= item[i].len))
			continue;
		CHECK(n < cuts, "an item is cut that was not heard whole");
		CHECK_STR(item[i].id, cut[n].id, "in the order of speech");
		CHECK_EQ(heard_of(&item[i]) / settings.bytes_per_ms,
			 cut[n].heard_ms, "what the FIFO played of it");
		n++;
	}
	CHECK_EQ(n, cuts, "and no other");
	heard_len = before;
}

static void interrupt_flushing(void)
{
	struct playout_cut cut[PLAYOUT_ITEMS];
	size_t cuts = playout_interrupt(&p, now, true, cut);

	check_cuts(cut, cuts, heard_len);
	said_len = heard_len;
	items = 0;
	flush();
}

static void interrupt_unsent(void)
{
	struct playout_cut cut[PLAYOUT_ITEMS];
	size_t cuts = playout_interrupt(&p, now, false, cut);
	size_t end = heard_len;

	for (size_t i = out; i < in; i++)
		end += fifo[i] != SILENCE;
	check_cuts(cut, cuts, end);
	said_len = end;
	sealed = in;
	for (unsigned i = 0; i < items; i++) {
		size_t left = end > item[i].start ? end - item[i].start : 0;
		item[i].len = left < item[i].len ? left : item[i].len;
		item[i].is_complete = true;
	}
	forget_heard();
}

static void lose_line(void)
{
	playout_detach(&p, now);
	is_up = false;
	plays_on = sealed > out;
	in = plays_on ? sealed : out;
	first_mark = last_mark;
}

static void find_line(void)
{
	playout_attach(&p);
	is_up = true;
}

/* Without marks, some carriers say when they are done: the instant it is so. */
static void end_of_all(void)
{
	if (!is_up || in == out)
		return;
	while (out < in) {
		pass(STEP_NS);
		pump();
	}
	if (!p.queue.used && p.is_unplayed && !p.marks_work)
		CHECK(playout_finished(&p, now), "at the expected end");
}

static void something(void)
{
	uint32_t what = any(100);

	if (what < 30)
		say(false);
	else if (what < 38)
		say(true);
	else if (what < 44)
		complete();
	else if (what < 46 && !(plays_on && out < sealed))
		interrupt_flushing();
	else if (what < 48)
		interrupt_unsent();
	else if (what < 52 && is_up)
		lose_line();
	else if (what < 64 && !is_up)
		find_line();
	else if (what < 66 && settings.lead_ms < 1000)
		end_of_all();
}

static void check_silence(void)
{
	if (settings.has_marks)
		return; /* then it waits for them */
	CHECK_EQ(in == out && !p.queue.used, playout_is_idle(&p, now),
		 "idle when nothing is to be heard");
}

static void run(const struct playout_settings *s, uint32_t run_seed)
{
	settings = *s;
	seed = run_seed;
	said_len = heard_len = in = out = begin = sealed = 0;
	items = first_mark = last_mark = 0;
	is_up = true;
	plays_on = false;
	now = begin_ns = 1000 * MS;
	audio_pool_init(&pool, 64u << 20);
	playout_init(&p, &pool, s);
	for (int step = 0; step < STEPS; step++) {
		something();
		pump();
		check_silence();
		if (any(3))
			pass(any(400) * STEP_NS);
	}
	if (!is_up)
		find_line();
	complete();
	for (int i = 0; i < 100000 && (p.queue.used || in > out); i++) {
		pump();
		pass(20 * MS);
	}
	pump();
	CHECK_EQ(said_len, heard_len, "all that was said was heard");
	CHECK_EQ(0, p.queue.kept, "and nothing of it is kept");
	CHECK_EQ(0, pool.in_use, "every block went back");
	playout_free(&p);
	audio_pool_free(&pool);
}

static void test_every_byte_is_heard_once(void **state)
{
	(void)state;
	static const struct playout_settings row[] = {
		{ 8, 1, SILENCE, 200, false, true },
		{ 16, 2, SILENCE, 400, false, true },
		{ 32, 2, SILENCE, 400, false, true },
		{ 48, 2, SILENCE, 400, false, true },
		{ 48, 2, SILENCE, 20, false, true },
		{ 8, 1, SILENCE, 300000, false, true },
		{ 8, 1, SILENCE, 200, true, true },
		{ 48, 2, SILENCE, 400, true, true },
		{ 8, 1, SILENCE, 300000, true, true },
	};

	for (uint32_t i = 0; i < ARRAY_LEN(row); i++)
		for (uint32_t again = 1; again <= 4; again++)
			run(&row[i], i * 100 + again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte_is_heard_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
