#include <string.h>

#include "tools/model/model_schedule.h"
#include "tools/testing/check.h"

#define SPEECH_MS 5000

static void plan_speech(struct model_plan *p, unsigned outputs)
{
	struct model_scenario s;

	memset(p, 0, sizeof(*p));
	model_scenario_default(&s);
	p->pace = s.pace;
	model_scenario_free(&s);
	for (unsigned i = 0; i < outputs; i++) {
		struct model_output *o = model_plan_add(
			p, MODEL_SPEECH, "one two three four five six");
		static uint8_t silence[SPEECH_MS * 48 + 7];

		model_clip_append(&o->clip, silence, sizeof(silence));
	}
}

static void make(struct model_schedule *s, const struct model_plan *p,
		 uint64_t seed)
{
	struct model_random random;

	*s = (struct model_schedule){ .step = NULL };
	model_random_seed(&random, seed);
	CHECK_EQ(0, model_schedule_make(s, p, MODEL_PCM, &random), "made");
}

/* Every byte once, in order; every letter once, in order; time never back. */
static void check_cover(const struct model_schedule *s,
			const struct model_plan *p)
{
	size_t audio[2] = { 0 }, words[2] = { 0 };
	uint64_t now = 0;

	for (size_t i = 0; i < s->steps; i++) {
		const struct model_step *step = &s->step[i];

		CHECK(step->after_us >= now, "time never runs back");
		now = step->after_us;
		if (step->kind == MODEL_STEP_AUDIO) {
			CHECK_EQ(audio[step->output], step->offset, "no gap");
			audio[step->output] += step->len;
		}
		if (step->kind == MODEL_STEP_WORDS) {
			CHECK_EQ(words[step->output], step->offset, "no gap");
			words[step->output] += step->len;
		}
	}
	for (size_t i = 0; i < p->outputs; i++) {
		CHECK_EQ(p->output[i].clip.len, audio[i], "all audio");
		CHECK_EQ(strlen(p->output[i].words), words[i], "all words");
	}
	CHECK_EQ(MODEL_STEP_DONE, s->step[s->steps - 1].kind, "then done");
}

static void covers_everything(void **state)
{
	struct model_schedule s;
	struct model_plan p;

	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		plan_speech(&p, 2);
		p.late_done = seed % 2;
		make(&s, &p, seed);
		check_cover(&s, &p);
		model_schedule_free(&s);
		model_plan_free(&p);
	}
}

static void keeps_the_pace(void **state)
{
	struct model_schedule s;
	struct model_plan p;
	double sum = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		uint64_t first = 0, last = 0;
		bool is_first = true;

		plan_speech(&p, 1);
		make(&s, &p, seed);
		for (size_t i = 0; i < s.steps; i++) {
			const struct model_step *step = &s.step[i];
			unsigned ms = (unsigned)(step->len / 48);

			if (step->kind != MODEL_STEP_AUDIO)
				continue;
			if (is_first) {
				first = step->after_us;
				CHECK(ms >= 100 && ms <= 200,
				      "the first delta is short");
			}
			if (step->offset + step->len < p.output[0].clip.len)
				CHECK(ms >= 100 && ms <= 600,
				      "100 to 600 ms each");
			is_first = false;
			last = step->after_us;
		}
		CHECK(first >= 300000 && first <= 900000, "300 to 900 ms");
		sum += SPEECH_MS * 1000.0 / (double)(last - first);
		model_schedule_free(&s);
		model_plan_free(&p);
	}
	CHECK_NEAR(5, sum / 100, 1, "five times real time on average");
}

/* However small the deltas: a player that starts with the first one never runs
 * dry, although there are pauses. */
static void pauses_between_bursts(void **state)
{
	struct model_schedule s;
	struct model_plan p;
	unsigned pauses = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		uint64_t first = 0, last = 0;

		plan_speech(&p, 1);
		p.pace.delta_ms[0] = p.pace.delta_ms[1] = 20;
		make(&s, &p, seed);
		for (size_t i = 0; i < s.steps; i++) {
			const struct model_step *step = &s.step[i];

			if (step->kind != MODEL_STEP_AUDIO)
				continue;
			first = first ? first : step->after_us;
			pauses += last && step->after_us - last >= 100000;
			last = step->after_us;
			CHECK(step->offset / 48 * 1000 + 1000 >= last - first,
			      "sent before it is to be played");
		}
		model_schedule_free(&s);
		model_plan_free(&p);
	}
	CHECK(pauses >= 20, "one in 5 s of speech at least");
}

static void obeys_the_knobs(void **state)
{
	struct model_schedule s;
	struct model_plan p;
	size_t audio = 0;

	(void)state;
	plan_speech(&p, 1);
	p.is_burst_of_one = true;
	make(&s, &p, 1);
	check_cover(&s, &p);
	for (size_t i = 0; i < s.steps; i++)
		audio += s.step[i].kind == MODEL_STEP_AUDIO;
	CHECK_EQ(1, audio, "one giant delta");
	model_schedule_free(&s);

	p.is_burst_of_one = false;
	p.pace.speed = 0.8;
	p.pace.delta_ms[0] = p.pace.delta_ms[1] = 20;
	make(&s, &p, 1);
	check_cover(&s, &p);
	uint64_t first = 0;
	audio = 0;
	for (size_t i = 0; i < s.steps; i++)
		if (s.step[i].kind == MODEL_STEP_AUDIO && audio++ == 0)
			first = s.step[i].after_us;
	CHECK_EQ(SPEECH_MS / 20 + 1, audio, "20 ms each and the odd rest");
	CHECK_NEAR(SPEECH_MS / 0.8 * 1000, s.step[s.steps - 1].after_us - first,
		   30000, "exactly 0.8 of real time");
	model_schedule_free(&s);
	model_plan_free(&p);
}

static void delays_the_first_close(void **state)
{
	struct model_schedule s;
	struct model_plan p;
	size_t close = 0, audio = 0;

	(void)state;
	plan_speech(&p, 2);
	p.late_done = true;
	make(&s, &p, 3);
	while (s.step[close].kind != MODEL_STEP_CLOSE)
		close++;
	CHECK_EQ(0, s.step[close].output, "the first item's");
	for (size_t i = 0; i < close; i++)
		audio += s.step[i].kind == MODEL_STEP_AUDIO &&
			 s.step[i].output == 1;
	CHECK_EQ(2, audio, "after two deltas of the second item");
	model_schedule_free(&s);
	model_plan_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(covers_everything),
		cmocka_unit_test(keeps_the_pace),
		cmocka_unit_test(pauses_between_bursts),
		cmocka_unit_test(obeys_the_knobs),
		cmocka_unit_test(delays_the_first_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
