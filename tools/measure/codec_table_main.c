/* Prints what the codecs measure, against what is promised:
 *
 *     codec_table [--json]
 *
 * Recorded speech is read from TANDEM_SPEECH (or ../shared/audio), the bundled
 * from test-vectors/speech. Exits 1 when a bound is broken. */
#include <stdio.h>
#include <string.h>

#include "tools/measure/dtmf_measure.h"
#include "tools/measure/figure_table.h"
#include "tools/measure/g711_measure.h"
#include "tools/measure/resample_measure.h"
#include "tools/measure/resample_textbook.h"
#include "tools/measure/speech_files.h"
#include "tools/measure/tandem_measure.h"

#define SPLITS 60

static double delay_samples(enum resample_ratio r)
{
	return (double)resample_measure_delay(r);
}

static double delay_ms(enum resample_ratio r)
{
	double per_ms = resample_measure_band[r].out_hz / 1000.0;
	return (double)resample_measure_delay(r) / per_ms;
}

/* How far the measured delay is from the stated one. */
static double delay_error(enum resample_ratio r)
{
	double off =
		(double)resample_measure_delay(r) - (double)resampler_delay(r);
	return off < 0 ? -off : off;
}

static double round_trip_db(enum resample_ratio r)
{
	if (r == RESAMPLE_8_TO_24)
		return resample_measure_round_trip_db(r, RESAMPLE_24_TO_8);
	if (r == RESAMPLE_16_TO_24)
		return resample_measure_round_trip_db(r, RESAMPLE_24_TO_16);
	return FIGURE_NONE;
}

static double split_failures(enum resample_ratio r)
{
	return (double)resample_measure_split_failures(r, SPLITS);
}

static double overload_failures(enum resample_ratio r)
{
	return (double)resample_textbook_overload_failures(r);
}

static double pass_hz(enum resample_ratio r)
{
	return resample_measure_band[r].pass_hz;
}

static const struct {
	struct figure_row row;
	double (*measure)(enum resample_ratio r);
} resample_rows[] = {
	{ { "pass band from 200 Hz to, Hz", 0, FIGURE_FREE, 0, { 0 } },
	  pass_hz },
	{ { "its ripple, dB",
	    3,
	    FIGURE_AT_MOST,
	    RESAMPLE_RIPPLE_MAX_DB,
	    { 0 } },
	  resample_measure_ripple_db },
	{ { "worst image or alias, dB",
	    1,
	    FIGURE_AT_MOST,
	    RESAMPLE_SPUR_MAX_DB,
	    { 0 } },
	  resample_measure_spur_db },
	{ { "delay, output samples", 0, FIGURE_FREE, 0, { 0 } },
	  delay_samples },
	{ { "delay, ms", 3, FIGURE_AT_MOST, RESAMPLE_DELAY_MAX_MS, { 0 } },
	  delay_ms },
	{ { "delay unlike the stated", 0, FIGURE_AT_MOST, 0, { 0 } },
	  delay_error },
	{ { "1 kHz up and down again, dB",
	    1,
	    FIGURE_AT_LEAST,
	    RESAMPLE_SNR_MIN_DB,
	    { 0 } },
	  round_trip_db },
	{ { "of 60 splits, unlike whole", 0, FIGURE_AT_MOST, 0, { 0 } },
	  split_failures },
	{ { "of 12 overloads, wrong", 0, FIGURE_AT_MOST, 0, { 0 } },
	  overload_failures },
	{ { "ns per 20 ms frame", 0, FIGURE_FREE, 0, { 0 } },
	  resample_measure_frame_ns },
};

static void print_resamplers(struct figure_table *t)
{
	const char *name[RESAMPLE_RATIOS];
	for (size_t r = 0; r < RESAMPLE_RATIOS; r++)
		name[r] = resample_measure_band[r].name;
	figure_table_begin(t, "resamplers, kHz", name, RESAMPLE_RATIOS);
	size_t rows = sizeof(resample_rows) / sizeof(resample_rows[0]);
	for (size_t i = 0; i < rows; i++) {
		struct figure_row row = resample_rows[i].row;
		for (size_t r = 0; r < RESAMPLE_RATIOS; r++)
			row.cell[r] = resample_rows[i].measure(r);
		figure_table_row(t, &row);
	}
	figure_table_note(t, "tones at -6 dBFS in PCM16; 120 dB: not a bit "
			     "changed");
}

static void print_g711(struct figure_table *t)
{
	static const char *const name[] = { "mu-law", "A-law" };
	struct figure_row changed = {
		"words changed in tandem", 0, FIGURE_AT_MOST, 1, { 0 }
	};
	figure_table_begin(t, "G.711", name, G711_MEASURE_LAWS);
	for (size_t law = 0; law < G711_MEASURE_LAWS; law++)
		changed.cell[law] = (double)g711_measure_changed(law);
	figure_table_row(t, &changed);
	for (size_t i = 0; i < G711_MEASURE_LEVELS; i++) {
		const struct g711_mask *mask = &g711_measure_mask[i];
		char what[32];
		struct figure_row r = {
			what, 1, FIGURE_AT_LEAST, mask->least_db, { 0 }
		};
		snprintf(what, sizeof(what), "S/D at %.0f dBm0, dB",
			 mask->level_dbm0);
		for (size_t law = 0; law < G711_MEASURE_LAWS; law++)
			r.cell[law] =
				g711_measure_sine_db(law, mask->level_dbm0);
		figure_table_row(t, &r);
	}
	figure_table_note(t,
			  "a sine of 1020 Hz; mu-law's negative zero becomes "
			  "positive zero");
}

static void print_dtmf(struct figure_table *t)
{
	static const char *const twist[] = { "-6 dB", "-3 dB", "0 dB", "3 dB",
					     "6 dB" };
	size_t wrong = 0;
	figure_table_begin(t, "DTMF found of 128, by twist", twist,
			   DTMF_TWISTS);
	for (size_t l = 0; l < DTMF_LEVELS; l++) {
		char name[32];
		struct figure_row r = {
			name, 0, FIGURE_AT_LEAST, 16 * DTMF_REPEATS, { 0 }
		};
		snprintf(name, sizeof(name), "%d dBm0 per tone",
			 dtmf_measure_level[l] / 10);
		for (size_t w = 0; w < DTMF_TWISTS; w++) {
			struct dtmf_score s = dtmf_measure(
				dtmf_measure_level[l], dtmf_measure_twist[w]);
			r.cell[w] = (double)s.detected;
			wrong += s.wrong;
		}
		figure_table_row(t, &r);
	}
	struct figure_row r = { "wrong or doubled",
				0,
				FIGURE_AT_MOST,
				0,
				{ (double)wrong, FIGURE_NONE, FIGURE_NONE,
				  FIGURE_NONE, FIGURE_NONE } };
	figure_table_row(t, &r);
	figure_table_note(t, "16 digits, 8 times each, 40 ms on and 40 ms off, "
			     "through mu-law");
}

static void print_talk_off(struct figure_table *t)
{
	static const char *const name[] = { "recorded", "bundled" };
	const char *folder[] = { speech_files_human(), speech_files_bundled() };
	struct figure_row files = { "files", 0, FIGURE_FREE, 0, { 0 } };
	struct figure_row seconds = { "seconds", 0, FIGURE_FREE, 0, { 0 } };
	struct figure_row digits = {
		"digits heard", 0, FIGURE_AT_MOST, 0, { 0 }
	};
	for (size_t i = 0; i < 2; i++) {
		struct dtmf_talk_off heard = { 0 };
		dtmf_measure_talk_off(&heard, folder[i]);
		files.cell[i] = (double)heard.files;
		seconds.cell[i] = heard.seconds;
		digits.cell[i] = (double)heard.digits;
		if (heard.files == 0)
			fprintf(stderr, "SKIPPED: no speech in %s\n",
				folder[i]);
	}
	figure_table_begin(t, "DTMF heard in speech", name, 2);
	figure_table_row(t, &files);
	figure_table_row(t, &seconds);
	figure_table_row(t, &digits);
	figure_table_note(t, "each file at its own level and at +-10 dB");
}

static void on_speech(void *user, const char *path, struct audio *a)
{
	struct figure_table *t = user;
	struct tandem_quality q;
	const char *slash = strrchr(path, '/');
	if (tandem_measure(&q, a) != 0) {
		t->broken++;
		return;
	}
	struct figure_row r = { slash ? slash + 1 : path,
				1,
				FIGURE_AT_LEAST,
				TANDEM_MEASURE_MIN_DB,
				{ q.ulaw_db, q.there_db } };
	figure_table_row(t, &r);
}

static void print_tandem(struct figure_table *t)
{
	static const char *const name[] = { "mu-law", "and 24 kHz" };
	figure_table_begin(t, "speech, segmental SNR, dB", name, 2);
	speech_files_each(speech_files_human(), 8000, on_speech, t);
	speech_files_each(speech_files_bundled(), 8000, on_speech, t);
	figure_table_note(t, "mu-law once; mu-law, 8->24->8, mu-law, after "
			     "alignment");
}

int main(int argc, char **argv)
{
	struct figure_table t;
	bool is_json = argc == 2 && strcmp(argv[1], "--json") == 0;
	if (argc > 1 && !is_json) {
		fprintf(stderr, "usage: %s [--json]\n", argv[0]);
		return 2;
	}
	figure_table_init(&t, stdout, is_json);
	print_resamplers(&t);
	print_g711(&t);
	print_dtmf(&t);
	print_talk_off(&t);
	print_tandem(&t);
	return figure_table_end(&t);
}
