/* A session from outside: what a client sends, what it gets, in which order. */
#include <math.h>
#include <string.h>

#include "tools/model/model_bench.h"
#include "tools/testing/check.h"

static struct model_bench bench;

static int open_plain(void **state)
{
	model_bench_open(&bench, NULL);
	*state = &bench;
	return 0;
}

static int close_bench(void **state)
{
	(void)state;
	model_bench_close(&bench);
	return 0;
}

/* The types since the mark, rate limits and sprinkled events left out, runs of
 * deltas written once. */
static void list_types(const struct model_bench *b, char *out, size_t cap)
{
	const char *last = "";
	size_t used = 0;

	out[0] = 0;
	for (size_t i = b->mark; i < b->events; i++) {
		const char *type = model_bench_text(b->event[i], "type");
		const char *tail = strrchr(type, '.');

		if (strstr(type, "unannounced") ||
		    (strcmp(type, last) == 0 && tail &&
		     strcmp(tail, ".delta") == 0))
			continue;
		last = type;
		used += (size_t)snprintf(out + used, cap - used, "%s%s",
					 used ? " " : "", type);
	}
}

static void starts_with_the_documented_defaults(void **state)
{
	(void)state;
	model_bench_run(&bench, 10);
	json_t *e = bench.event[0];
	CHECK_STR("session.created", model_bench_text(e, "type"),
		  "session.created is the first event");
	CHECK_EQ(200,
		 model_bench_number(e, "session.audio.input.turn_detection."
				       "silence_duration_ms"),
		 "2.1: the published default");
	CHECK_STR("audio/pcm",
		  model_bench_text(e, "session.audio.output.format.type"),
		  "2.1: PCM by default");
	CHECK_STR("auto", model_bench_text(e, "session.tool_choice"), "2.1");
	CHECK_STR("inf", model_bench_text(e, "session.max_output_tokens"),
		  "2.1");
	CHECK_EQ(26, strlen(model_bench_text(e, "session.id")),
		 "sess_ and 21 characters");
	CHECK_EQ(27, strlen(model_bench_text(e, "event_id")),
		 "event_ and 21 characters");
}

static void answers_an_update_with_the_whole_session(void **state)
{
	(void)state;
	model_bench_configure(&bench, "audio/pcmu");
	json_t *e = model_bench_find(&bench, "session.updated", 0);
	CHECK(e, "accepted");
	CHECK_STR("audio/pcmu",
		  model_bench_text(e, "session.audio.input.format.type"),
		  "what was asked");
	CHECK_STR("cedar", model_bench_text(e, "session.audio.output.voice"),
		  "what was asked");
	CHECK_EQ(1, model_bench_number(e, "session.audio.output.speed"),
		 "what was not asked keeps its default");
	CHECK_EQ(500,
		 model_bench_number(e, "session.audio.input.turn_detection."
				       "silence_duration_ms"),
		 "merged below");
}

static void greets_in_the_documented_order(void **state)
{
	char got[2000];

	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	model_bench_mark(&bench);
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	CHECK(model_bench_wait(&bench, "rate_limits.updated", 8000),
	      "the response ends");
	list_types(&bench, got, sizeof(got));
	/* Row 43 of the fidelity list; transcript and audio deltas interleave
	 * so their runs are counted apart. */
	CHECK(strstr(got, "response.created response.output_item.added "
			  "conversation.item.added "
			  "response.content_part.added "
			  "response.output_audio_transcript.delta "
			  "response.output_audio.delta") == got,
	      "the beginning, the transcript ahead of the audio");
	const char *end = "response.output_audio.done "
			  "response.output_audio_transcript.done "
			  "response.content_part.done conversation.item.done "
			  "response.output_item.done response.done "
			  "rate_limits.updated";
	CHECK_STR(end, got + strlen(got) - strlen(end), "the end");
	json_t *done = model_bench_find(&bench, "response.done", 0);
	CHECK_STR("completed", model_bench_text(done, "response.status"), "");
	CHECK_STR("Hello, this is Tandem. Please say something, and I will "
		  "repeat it.",
		  model_bench_text(done,
				   "response.output.0.content.0.transcript"),
		  "the transcript is whole");
	CHECK_NEAR(4362,
		   model_bench_number(done, "response.usage."
					    "output_token_details."
					    "audio_tokens") *
			   50,
		   60, "a token per 50 ms of the 4.36 s greeting");
}

static void paces_faster_than_real_time(void **state)
{
	struct model_clip clip;

	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	model_bench_mark(&bench);
	uint64_t asked = bench.now_us;
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	model_bench_wait(&bench, "response.output_audio.delta", 2000);
	uint64_t first = bench.now_us - asked;
	model_bench_wait(&bench, "response.output_audio.done", 8000);
	uint64_t span = bench.now_us - asked - first;
	CHECK(first >= 300000 && first <= 905000, "first audio 300-900 ms");
	model_bench_audio(&bench, NULL, &clip);
	CHECK_NEAR(4361.458 * 48, clip.len, 48,
		   "the greeting is 4.361458 s long");
	double speed = (double)clip.len / 48 * 1000 / (double)span;
	CHECK(speed > 3 && speed < 8, "five times real time, 40 % either way");
	model_clip_free(&clip);
}

static void repeats_the_callers_samples(enum model_encoding e)
{
	struct model_clip clip;

	model_bench_configure(&bench, model_audio_name(e));
	model_bench_silence(&bench, e, 1000);
	model_bench_mark(&bench);
	model_bench_tone(&bench, e, 900);
	model_bench_silence(&bench, e, 700);
	json_t *started = model_bench_find(
		&bench, "input_audio_buffer.speech_started", 0);
	json_t *stopped = model_bench_find(
		&bench, "input_audio_buffer.speech_stopped", 0);
	CHECK(started && stopped, "one utterance");
	CHECK_NEAR(700, model_bench_number(started, "audio_start_ms"), 10,
		   "speech at 1000 ms less 300 ms of padding");
	CHECK_NEAR(2400, model_bench_number(stopped, "audio_end_ms"), 10,
		   "speech to 1900 ms and 500 ms of silence");
	json_t *committed =
		model_bench_find(&bench, "input_audio_buffer.committed", 0);
	CHECK_STR(model_bench_text(started, "item_id"),
		  model_bench_text(committed, "item_id"),
		  "the item was named ahead");
	CHECK(model_bench_wait(&bench, "response.done", 8000), "answered");
	model_bench_audio(&bench, NULL, &clip);
	CHECK_NEAR((120 + 900 + 200) * model_audio_bytes_per_ms(e), clip.len,
		   20 * model_audio_bytes_per_ms(e),
		   "the tone and its guards, nothing else");
	model_clip_free(&clip);
}

static void repeats_pcm(void **state)
{
	(void)state;
	repeats_the_callers_samples(MODEL_PCM);
}

static void repeats_ulaw(void **state)
{
	(void)state;
	repeats_the_callers_samples(MODEL_ULAW);
}

static void stands_still_without_audio(void **state)
{
	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	model_bench_tone(&bench, MODEL_PCM, 600);
	model_bench_mark(&bench);
	model_bench_run(&bench, 10000);
	CHECK_EQ(0,
		 model_bench_count(&bench, "input_audio_buffer.speech_stopped"),
		 "row 28: a stalled uplink leaves speech open");
}

/* Greeting until it sounds, then the caller speaks. */
static void interrupt(void)
{
	model_bench_configure(&bench, "audio/pcm");
	model_bench_silence(&bench, MODEL_PCM, 400);
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	model_bench_wait(&bench, "response.output_audio.delta", 2000);
	model_bench_mark(&bench);
	model_bench_tone(&bench, MODEL_PCM, 100);
}

static void speech_interrupts_the_response(void **state)
{
	(void)state;
	interrupt();
	json_t *done = model_bench_find(&bench, "response.done", 0);
	CHECK(model_bench_find(&bench, "input_audio_buffer.speech_started", 0),
	      "heard");
	CHECK(done, "the response ends at once");
	CHECK_STR("cancelled", model_bench_text(done, "response.status"), "");
	CHECK_STR("turn_detected",
		  model_bench_text(done, "response.status_details.reason"), "");
	CHECK_STR("incomplete",
		  model_bench_text(done, "response.output.0.status"), "");
	CHECK(model_bench_find(&bench, "response.output_audio.done", 0) &&
		      model_bench_find(&bench, "response.content_part.done", 0),
	      "every done event comes all the same");
}

static void truncates_what_was_not_heard(void **state)
{
	(void)state;
	interrupt();
	json_t *done = model_bench_find(&bench, "response.done", 0);
	const char *id = model_bench_text(done, "response.output.0.id");
	struct model_clip clip;
	bench.mark = 0;
	model_bench_audio(&bench, id, &clip);
	unsigned had = (unsigned)(clip.len / 48);
	model_clip_free(&clip);
	model_bench_mark(&bench);
	const struct {
		const char *end, *code, *why;
	} row[] = {
		{ "99999", "invalid_value", "more than there is" },
		{ "-1", "invalid_value", "less than nothing" },
		{ "10.5", "invalid_type", "not an integer" },
		{ "20", NULL, "a part" },
		{ "20", NULL, "the same again" },
		{ "21", "invalid_value", "what is gone stays gone" },
		{ "0", NULL, "all of it" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		model_bench_mark(&bench);
		model_bench_send(&bench,
				 "{\"type\":\"conversation.item.truncate\","
				 "\"event_id\":\"t\",\"item_id\":\"%s\","
				 "\"content_index\":0,\"audio_end_ms\":%s}",
				 id, row[i].end);
		json_t *error = model_bench_find(&bench, "error", 0);
		if (row[i].code) {
			CHECK_STR(row[i].code,
				  model_bench_text(error, "error.code"),
				  row[i].why);
			CHECK_STR("t",
				  model_bench_text(error, "error.event_id"),
				  row[i].why);
		} else {
			CHECK(!error &&
				      model_bench_find(
					      &bench,
					      "conversation.item.truncated", 0),
			      row[i].why);
		}
	}
	CHECK(had > 20, "there was something to truncate");
	CHECK_EQ(2, bench.world.report.breach[MODEL_BREACH_TRUNCATE_BEYOND] - 1,
		 "beyond, below zero, beyond what is left");
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_TRUNCATE_FLOAT],
		 "one float");
}

static void says_exactly_how_a_truncate_is_too_long(void **state)
{
	char want[100];

	(void)state;
	interrupt();
	json_t *done = model_bench_find(&bench, "response.done", 0);
	const char *id = model_bench_text(done, "response.output.0.id");
	struct model_clip clip;
	bench.mark = 0;
	model_bench_audio(&bench, id, &clip);
	snprintf(want, sizeof(want),
		 "Audio content of %zums is already shorter than 57340ms",
		 clip.len / 48);
	model_clip_free(&clip);
	model_bench_mark(&bench);
	model_bench_send(&bench,
			 "{\"type\":\"conversation.item.truncate\",\"item_id\":"
			 "\"%s\",\"content_index\":0,\"audio_end_ms\":57340}",
			 id);
	CHECK_STR(want,
		  model_bench_text(model_bench_find(&bench, "error", 0),
				   "error.message"),
		  "the documented words");
}

static void one_response_at_a_time(void **state)
{
	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	model_bench_run(&bench, 100);
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	json_t *error = model_bench_find(&bench, "error", 0);
	CHECK_STR("conversation_already_has_active_response",
		  model_bench_text(error, "error.code"), "row 46");
	json_t *created = model_bench_find(&bench, "response.created", 0);
	CHECK(strstr(model_bench_text(error, "error.message"),
		     model_bench_text(created, "response.id")),
	      "the message names the active one");
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_CREATE_ACTIVE],
		 "and it is a breach");
	model_bench_send(&bench, "{\"type\":\"response.create\",\"response\":"
				 "{\"conversation\":\"none\","
				 "\"output_modalities\":[\"text\"]}}");
	CHECK_EQ(2, model_bench_count(&bench, "response.created"),
		 "beside the conversation it is allowed");
	model_bench_wait(&bench, "response.output_text.done", 4000);
	CHECK(model_bench_find(&bench, "response.output_text.delta", 0),
	      "a text response has text deltas");
}

static void cancels(void **state)
{
	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	model_bench_send(&bench, "{\"type\":\"response.cancel\"}");
	CHECK_STR("response_cancel_not_active",
		  model_bench_text(model_bench_find(&bench, "error", 0),
				   "error.code"),
		  "nothing to cancel");
	CHECK_STR("Cancellation failed: no active response found",
		  model_bench_text(model_bench_find(&bench, "error", 0),
				   "error.message"),
		  "the documented words");
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	model_bench_wait(&bench, "response.output_audio.delta", 2000);
	model_bench_mark(&bench);
	model_bench_send(&bench, "{\"type\":\"response.cancel\"}");
	json_t *done = model_bench_find(&bench, "response.done", 0);
	CHECK_STR("client_cancelled",
		  model_bench_text(done, "response.status_details.reason"), "");
	model_bench_run(&bench, 3000);
	CHECK_EQ(0, model_bench_count(&bench, "response.output_audio.delta"),
		 "no delta after the cancel");
}

static void keeps_the_item_list(void **state)
{
	static const char create[] =
		"{\"type\":\"conversation.item.create\",%s\"item\":{\"id\":"
		"\"%s\",\"type\":\"message\",\"role\":\"user\",\"content\":[{"
		"\"type\":\"input_text\",\"text\":\"x\"}]}}";
	static const struct {
		const char *where, *id, *before, *why;
	} row[] = {
		{ "", "one", "", "the first has none before it" },
		{ "", "two", "one", "at the end" },
		{ "\"previous_item_id\":\"root\",", "zero", "", "in front" },
		{ "\"previous_item_id\":\"one\",", "half", "one", "between" },
	};

	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		model_bench_mark(&bench);
		model_bench_send(&bench, create, row[i].where, row[i].id);
		json_t *added =
			model_bench_find(&bench, "conversation.item.added", 0);
		CHECK_STR(row[i].before,
			  model_bench_text(added, "previous_item_id"),
			  row[i].why);
		CHECK(model_bench_find(&bench, "conversation.item.done", 0),
		      row[i].why);
	}
	model_bench_mark(&bench);
	model_bench_send(&bench, create, "", "two");
	json_t *error = model_bench_find(&bench, "error", 0);
	CHECK_STR("item_create_duplicate_item_id",
		  model_bench_text(error, "error.code"), "an id twice");
	CHECK_STR("Error adding item: an item with id 'two' already exists.",
		  model_bench_text(error, "error.message"), "in these words");
}

static void pings_and_waits_for_the_pong(void **state)
{
	(void)state;
	model_bench_run(&bench, 20290);
	CHECK_EQ(0, bench.pings, "not yet");
	model_bench_run(&bench, 20);
	CHECK_EQ(1, bench.pings, "every 20.3 s");
	bench.answers_pings = false;
	model_bench_run(&bench, 20300);
	CHECK_EQ(2, bench.pings, "again");
	model_bench_run(&bench, 19900);
	CHECK(!bench.is_reset, "20 s are allowed");
	model_bench_run(&bench, 200);
	CHECK(bench.is_reset, "then the connection is dropped");
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_PING], "a breach");
}

static void manual_turns(void **state)
{
	(void)state;
	model_bench_run(&bench, 10);
	model_bench_send(&bench,
			 "{\"type\":\"session.update\",\"session\":{\"type\":"
			 "\"realtime\",\"audio\":{\"input\":{"
			 "\"turn_detection\":null}}}}");
	model_bench_wait(&bench, "session.updated", 100);
	model_bench_tone(&bench, MODEL_PCM, 60);
	model_bench_send(&bench, "{\"type\":\"input_audio_buffer.commit\"}");
	CHECK_STR("Error committing input audio buffer: buffer too small. "
		  "Expected at least 100ms of audio, but buffer only has "
		  "60.00ms of audio.",
		  model_bench_text(model_bench_find(&bench, "error", 0),
				   "error.message"),
		  "row 29");
	model_bench_tone(&bench, MODEL_PCM, 60);
	model_bench_silence(&bench, MODEL_PCM, 2000);
	CHECK_EQ(0,
		 model_bench_count(&bench, "input_audio_buffer.speech_started"),
		 "no detection");
	model_bench_send(&bench, "{\"type\":\"input_audio_buffer.commit\"}");
	CHECK_EQ(1, model_bench_count(&bench, "input_audio_buffer.committed"),
		 "committed by hand");
	model_bench_run(&bench, 1000);
	CHECK_EQ(0, model_bench_count(&bench, "response.created"),
		 "a commit starts no response");
	model_bench_send(&bench, "{\"type\":\"input_audio_buffer.clear\"}");
	CHECK_EQ(1, model_bench_count(&bench, "input_audio_buffer.cleared"),
		 "row 30");
}

#define PLAIN(f) cmocka_unit_test_setup_teardown(f, open_plain, close_bench)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAIN(starts_with_the_documented_defaults),
		PLAIN(answers_an_update_with_the_whole_session),
		PLAIN(greets_in_the_documented_order),
		PLAIN(paces_faster_than_real_time),
		PLAIN(repeats_pcm),
		PLAIN(repeats_ulaw),
		PLAIN(stands_still_without_audio),
		PLAIN(speech_interrupts_the_response),
		PLAIN(truncates_what_was_not_heard),
		PLAIN(says_exactly_how_a_truncate_is_too_long),
		PLAIN(one_response_at_a_time),
		PLAIN(cancels),
		PLAIN(keeps_the_item_list),
		PLAIN(pings_and_waits_for_the_pong),
		PLAIN(manual_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
