/* Scenarios: scripted answers, and everything that can go wrong on purpose. */
#include <string.h>

#include "tools/model/model_bench.h"
#include "tools/testing/check.h"

static struct model_bench bench;

/* Open with a scenario, configure PCM, ask for the greeting. */
static void greet(const char *scenario)
{
	model_bench_open(&bench, scenario);
	model_bench_configure(&bench, "audio/pcm");
	model_bench_mark(&bench);
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
}

static unsigned audio_ms(void)
{
	struct model_clip clip;

	model_bench_audio(&bench, NULL, &clip);
	unsigned ms = (unsigned)(clip.len / 48);
	model_clip_free(&clip);
	return ms;
}

static void ends_the_connection(void **state)
{
	static const struct {
		const char *scenario;
		unsigned code;
		const char *reason, *error, *why;
	} row[] = {
		{ "faults: [{fault: bad_key}]", 3000,
		  "invalid_request_error.invalid_api_key", "invalid_api_key",
		  "1.6: the key is refused after the 101" },
		{ "faults: [{fault: expire, at: response, after_ms: 500}]",
		  1001, "invalid_request_error.session_expired",
		  "session_expired", "1.9" },
		{ "faults: [{fault: expire, quietly: true, at: response}]",
		  1001, "invalid_request_error.session_expired", "",
		  "1.9: sometimes only the close is seen" },
		{ "session: {expires_after_s: 2}", 1001,
		  "invalid_request_error.session_expired", "session_expired",
		  "row 22" },
		{ "faults: [{fault: close, code: 1011, reason: "
		  "server_error.internal, at: audio}]",
		  1011, "server_error.internal", "", "row 10" },
		{ "faults: [{fault: close, code: 1012, at: done, number: 1}]",
		  1012, "", "", "row 10" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		greet(row[i].scenario);
		model_bench_run(&bench, 9000);
		CHECK_EQ(row[i].code, bench.close_code, row[i].why);
		CHECK_STR(row[i].reason, bench.close_reason, row[i].why);
		bench.mark = 0;
		CHECK_STR(row[i].error,
			  model_bench_text(model_bench_find(&bench, "error", 0),
					   "error.code"),
			  row[i].why);
		model_bench_close(&bench);
	}
}

static void stays_silent(void **state)
{
	static const struct {
		const char *scenario, *never, *why;
	} row[] = {
		{ "faults: [{fault: never_created}]", "session.created",
		  "row 12" },
		{ "faults: [{fault: never_updated}]", "session.updated",
		  "no answer to the update" },
		{ "faults: [{fault: stall, at: response}]",
		  "response.output_audio.delta",
		  "row 51: created, then "
		  "nothing" },
		{ "faults: [{fault: failed_response, number: 1}]",
		  "response.output_audio.delta", "row 49" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		greet(row[i].scenario);
		model_bench_run(&bench, 5000);
		bench.mark = 0;
		CHECK_EQ(0, model_bench_count(&bench, row[i].never),
			 row[i].why);
		model_bench_close(&bench);
	}
}

static void resets_and_freezes(void **state)
{
	(void)state;
	greet("faults: [{fault: drop, at: audio, after_ms: 100}]");
	model_bench_run(&bench, 3000);
	CHECK(bench.is_reset, "row 10: RST");
	model_bench_close(&bench);
	greet("faults: [{fault: freeze, at: response}]");
	model_bench_run(&bench, 3000);
	CHECK(!bench.is_reading, "row 10: nothing is read");
	CHECK_EQ(0, audio_ms(), "nothing is sent");
	model_bench_close(&bench);
	greet("faults: [{fault: no_pong, at: response, for_ms: 2000}]");
	model_bench_run(&bench, 1900);
	CHECK(!bench.is_reading, "deaf");
	CHECK(audio_ms() > 0, "but speaking");
	model_bench_run(&bench, 200);
	CHECK(bench.is_reading, "for two seconds");
	model_bench_close(&bench);
}

static void fails_a_response(void **state)
{
	(void)state;
	greet("faults: [{fault: failed_response, error_code: "
	      "insufficient_quota}]");
	json_t *done = model_bench_wait(&bench, "response.done", 3000);
	CHECK_STR("failed", model_bench_text(done, "response.status"), "");
	CHECK_STR("insufficient_quota",
		  model_bench_text(done, "response.status_details.error.code"),
		  "");
	CHECK_EQ(0, model_bench_number(done, "response.usage.output_tokens"),
		 "nothing was said");
	model_bench_close(&bench);
}

static void rejects_and_falsifies(void **state)
{
	(void)state;
	greet("faults: [{fault: reject_update}]");
	bench.mark = 0;
	CHECK_STR("unknown_parameter",
		  model_bench_text(model_bench_find(&bench, "error", 0),
				   "error.code"),
		  "reject_update");
	CHECK_EQ(0, model_bench_count(&bench, "session.updated"),
		 "and nothing is applied");
	model_bench_close(&bench);
	greet("faults: [{fault: wrong_echo}]");
	bench.mark = 0;
	CHECK_STR(
		"audio/pcmu",
		model_bench_text(model_bench_find(&bench, "session.updated", 0),
				 "session.audio.output.format.type"),
		"another format than was asked for");
	model_bench_close(&bench);
}

static void spoils_the_audio(void **state)
{
	(void)state;
	greet("faults: [{fault: giant_delta}]");
	model_bench_wait(&bench, "response.done", 9000);
	CHECK_EQ(1, model_bench_count(&bench, "response.output_audio.delta"),
		 "one delta");
	CHECK_EQ(4361, audio_ms(), "holds the whole greeting");
	model_bench_close(&bench);

	greet("faults: [{fault: micro_deltas}]");
	model_bench_wait(&bench, "response.done", 9000);
	CHECK_EQ(4361 / 20 + 1,
		 model_bench_count(&bench, "response.output_audio.delta"),
		 "20 ms each");
	model_bench_close(&bench);

	greet("faults: [{fault: empty_delta}]");
	json_t *delta =
		model_bench_wait(&bench, "response.output_audio.delta", 2000);
	CHECK_STR("", model_bench_text(delta, "delta"), "empty");
	CHECK(json_is_string(json_object_get(delta, "delta")), "but there");
	model_bench_close(&bench);

	greet("faults: [{fault: damaged_base64}]");
	delta = model_bench_wait(&bench, "response.output_audio.delta", 2000);
	CHECK(strchr(model_bench_text(delta, "delta"), '!'),
	      "not in the alphabet");
	model_bench_close(&bench);

	greet("faults: [{fault: deltas_after_done}]");
	model_bench_wait(&bench, "response.done", 9000);
	const char *type =
		model_bench_text(bench.event[bench.events - 1], "type");
	CHECK_STR("response.output_audio.delta", type, "after the end");
	model_bench_close(&bench);

	greet("faults: [{fault: burst}]");
	model_bench_wait(&bench, "response.output_audio.delta", 2000);
	model_bench_run(&bench, 20);
	CHECK(audio_ms() > 4000, "everything at once");
	model_bench_close(&bench);

	greet("faults: [{fault: slow}]");
	model_bench_wait(&bench, "response.output_audio.delta", 2000);
	model_bench_run(&bench, 4000);
	CHECK(audio_ms() < 4000, "slower than real time");
	model_bench_close(&bench);
}

static void sends_what_it_should_not(void **state)
{
	(void)state;
	greet("faults: [{fault: binary_frame, at: created}]");
	CHECK_EQ(1, bench.binaries, "binary");
	model_bench_close(&bench);
	greet("faults: [{fault: garbage_json, at: created}]");
	CHECK(bench.garbage > 5, "not events");
	model_bench_close(&bench);
	greet("faults: [{fault: unknown_events, at: created}]");
	bench.mark = 0;
	CHECK_EQ(1, model_bench_count(&bench, "session.something_new"),
		 "row 53");
	model_bench_close(&bench);
	greet("faults: [{fault: oversize, at: created, bytes: 100000}]");
	bench.mark = 0;
	CHECK_EQ(100000,
		 json_string_length(json_object_get(
			 model_bench_find(&bench, "session.something_new", 0),
			 "filler")),
		 "as large as asked");
	model_bench_close(&bench);
}

static void hears_phantoms(void **state)
{
	(void)state;
	greet("faults: [{fault: phantom_speech, at: audio, for_ms: 600}]");
	CHECK(model_bench_wait(&bench, "input_audio_buffer.speech_started",
			       3000),
	      "row 34: nobody spoke");
	CHECK_STR("turn_detected",
		  model_bench_text(model_bench_find(&bench, "response.done", 0),
				   "response.status_details.reason"),
		  "the answer is lost");
	CHECK(model_bench_wait(&bench, "input_audio_buffer.speech_stopped",
			       700),
	      "it ends by time");
	model_bench_close(&bench);
}

static void follows_the_script(void **state)
{
	(void)state;
	greet("vad: {scripted: [{start_ms: 1000, stop_ms: 2000}]}");
	model_bench_wait(&bench, "response.done", 9000);
	model_bench_mark(&bench);
	model_bench_tone(&bench, MODEL_PCM, 900);
	CHECK_EQ(0,
		 model_bench_count(&bench, "input_audio_buffer.speech_started"),
		 "row 35: the sound does not count");
	model_bench_silence(&bench, MODEL_PCM, 1200);
	json_t *started = model_bench_find(
		&bench, "input_audio_buffer.speech_started", 0);
	CHECK_EQ(700, model_bench_number(started, "audio_start_ms"),
		 "1000 less the padding");
	json_t *stopped = model_bench_find(
		&bench, "input_audio_buffer.speech_stopped", 0);
	CHECK_EQ(2000, model_bench_number(stopped, "audio_end_ms"),
		 "as scripted");
	model_bench_close(&bench);
}

static void answers_by_script(void **state)
{
	static const char scenario[] =
		"responses:\n"
		"  - on: greeting\n"
		"    preamble: [tone:440:1000]\n"
		"    say: [tone:880:500]\n"
		"    transcript: Two tones\n"
		"    late_done: true\n"
		"  - on: text\n"
		"    call:\n"
		"      - {name: lookup, arguments: '{\"a\":1}'}\n"
		"      - {name: lookup}\n"
		"  - on: text\n"
		"    say: [tone:440:300]\n"
		"    status: incomplete\n"
		"    reason: content_filter\n"
		"    null_usage: true\n";
	static const char text[] =
		"{\"type\":\"conversation.item.create\",\"item\":{\"type\":"
		"\"message\",\"role\":\"user\",\"content\":[{\"type\":"
		"\"input_text\",\"text\":\"hello\"}]}}";

	(void)state;
	greet(scenario);
	json_t *done = model_bench_wait(&bench, "response.done", 5000);
	CHECK_STR("commentary",
		  model_bench_text(done, "response.output.0.phase"), "");
	CHECK_STR("final_answer",
		  model_bench_text(done, "response.output.1.phase"), "");
	CHECK_STR("Two tones",
		  model_bench_text(done,
				   "response.output.1.content.0.transcript"),
		  "");
	CHECK_EQ(1500, audio_ms(), "both items sound");
	model_bench_mark(&bench);
	model_bench_send(&bench, "%s", text);
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	done = model_bench_wait(&bench, "response.done", 5000);
	CHECK_EQ(2,
		 model_bench_count(&bench,
				   "response.function_call_arguments.done"),
		 "two calls in parallel");
	CHECK_STR("{\"a\":1}",
		  model_bench_text(done, "response.output.0.arguments"), "");
	CHECK(strcmp(model_bench_text(done, "response.output.0.call_id"),
		     model_bench_text(done, "response.output.1.call_id")) != 0,
	      "each with its own id");
	model_bench_mark(&bench);
	model_bench_send(&bench, "%s", text);
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	done = model_bench_wait(&bench, "response.done", 5000);
	CHECK_STR("incomplete", model_bench_text(done, "response.status"), "");
	CHECK_STR("content_filter",
		  model_bench_text(done, "response.status_details.reason"), "");
	CHECK(json_is_null(json_object_get(json_object_get(done, "response"),
					   "usage")),
	      "row 50: null usage");
	/* The two calls were never answered, and 5 s have passed. */
	model_bench_run(&bench, 6000);
	model_bench_next(&bench);
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_UNANSWERED],
		 "calls without output");
	model_bench_close(&bench);
}

static void loop_back(const char *format, enum model_encoding e)
{
	size_t per_ms = model_audio_bytes_per_ms(e), part = per_ms * 580;
	struct model_clip sent = { .bytes = NULL }, got;

	model_bench_open(&bench, "loopback: {delay_ms: 600}");
	model_bench_configure(&bench, format);
	model_bench_mark(&bench);
	for (unsigned i = 0; sent.len < 5000 * per_ms; i++) {
		uint8_t sample[2] = { (uint8_t)i, (uint8_t)(i >> 8) };
		model_clip_append(&sent, sample, 2);
	}
	model_bench_append(&bench, e, sent.bytes, part);
	CHECK_EQ(0, model_bench_count(&bench, "response.output_audio.delta"),
		 "the prebuffer fills first");
	model_bench_append(&bench, e, sent.bytes + part, sent.len - part);
	model_bench_audio(&bench, NULL, &got);
	CHECK_EQ(sent.len, got.len, "every byte");
	assert_non_null(sent.bytes);
	CHECK(memcmp(sent.bytes, got.bytes, got.len) == 0, "unchanged");
	CHECK_EQ(1, model_bench_count(&bench, "response.created"),
		 "one long response");
	CHECK_EQ(0, model_report_breaches(&bench.world.report), "no breach");
	model_clip_free(&sent);
	model_clip_free(&got);
	model_bench_close(&bench);
}

/* Every code word of either format comes by: nothing is decoded on the way. */
static void loops_every_sample_back(void **state)
{
	(void)state;
	loop_back("audio/pcm", MODEL_PCM);
	loop_back("audio/pcmu", MODEL_ULAW);
	loop_back("audio/pcma", MODEL_ALAW);
}

static void is_the_same_for_the_same_seed(void **state)
{
	char first[64];

	(void)state;
	greet(NULL);
	snprintf(first, sizeof(first), "%s", model_session_id(bench.session));
	model_bench_wait(&bench, "response.done", 9000);
	size_t events = bench.events;
	model_bench_close(&bench);
	greet(NULL);
	CHECK_STR(first, model_session_id(bench.session), "row 6.7");
	model_bench_wait(&bench, "response.done", 9000);
	CHECK_EQ(events, bench.events, "and the same pacing");
	model_bench_close(&bench);
}

static void prompts_an_idle_caller(void **state)
{
	(void)state;
	greet(NULL);
	model_bench_send(&bench,
			 "{\"type\":\"session.update\",\"session\":{\"type\":"
			 "\"realtime\",\"audio\":{\"input\":{"
			 "\"turn_detection\":{\"type\":\"server_vad\","
			 "\"idle_timeout_ms\":5000}}}}}");
	model_bench_wait(&bench, "response.done", 9000);
	model_bench_mark(&bench);
	model_bench_silence(&bench, MODEL_PCM, 9200);
	CHECK_EQ(0,
		 model_bench_count(&bench,
				   "input_audio_buffer.timeout_triggered"),
		 "4.4 s of greeting and 5 s of silence");
	model_bench_silence(&bench, MODEL_PCM, 400);
	json_t *timeout = model_bench_find(
		&bench, "input_audio_buffer.timeout_triggered", 0);
	CHECK(timeout, "row 32");
	CHECK_NEAR(4361, model_bench_number(timeout, "audio_start_ms"), 50,
		   "silence counts from the end of the greeting");
	CHECK_EQ(1, model_bench_count(&bench, "response.created"),
		 "and a response follows");
	model_bench_close(&bench);
}

static void say_something(const char *scenario)
{
	model_bench_open(&bench, scenario);
	model_bench_run(&bench, 10);
	model_bench_send(&bench,
			 "{\"type\":\"session.update\",\"session\":{\"type\":"
			 "\"realtime\",\"audio\":{\"input\":{\"transcription\":"
			 "{\"model\":\"gpt-live-transcribe\"}}}}}");
	model_bench_wait(&bench, "session.updated", 100);
	model_bench_tone(&bench, MODEL_PCM, 500);
	model_bench_silence(&bench, MODEL_PCM, 300);
}

#define TRANSCRIPTION "conversation.item.input_audio_transcription."

static void transcribes_later(void **state)
{
	(void)state;
	say_something("transcription: {text: 'Grüße, 😀'}");
	json_t *done =
		model_bench_wait(&bench, TRANSCRIPTION "completed", 2000);
	CHECK_STR("Grüße, 😀", model_bench_text(done, "transcript"),
		  "row 54: not ASCII");
	json_t *committed =
		model_bench_find(&bench, "input_audio_buffer.committed", 0);
	CHECK_STR(model_bench_text(committed, "item_id"),
		  model_bench_text(done, "item_id"), "by item id");
	model_bench_close(&bench);
}

/* Row 52: what was said comes in pieces, word by word, before it is whole. */
static void transcribes_in_pieces(void **state)
{
	static const char *const piece[] = { "Could", " I", " come", " on",
					     " Tuesday?" };
	uint64_t last_us = 0;

	(void)state;
	say_something("transcription: {text: 'Could I come on Tuesday?'}");
	json_t *done =
		model_bench_wait(&bench, TRANSCRIPTION "completed", 2000);
	CHECK(done, "whole at last");
	CHECK_EQ(ARRAY_LEN(piece),
		 model_bench_count(&bench, TRANSCRIPTION "delta"), "pieces");
	size_t at = 0;
	for (size_t i = 0; i < bench.events; i++) {
		json_t *e = bench.event[i];
		if (strcmp(model_bench_text(e, "type"),
			   TRANSCRIPTION "delta") != 0)
			continue;
		CHECK_STR(piece[at++], model_bench_text(e, "delta"), "a word");
		CHECK_STR(model_bench_text(done, "item_id"),
			  model_bench_text(e, "item_id"), "of the same item");
		CHECK(bench.event_us[i] > last_us, "one after the other");
		last_us = bench.event_us[i];
	}
	model_bench_close(&bench);

	say_something("transcription: {text: ''}");
	done = model_bench_wait(&bench, TRANSCRIPTION "completed", 2000);
	CHECK(done, "nothing was understood");
	CHECK_EQ(0, model_bench_count(&bench, TRANSCRIPTION "delta"),
		 "of nothing there are no pieces");
	model_bench_close(&bench);
}

/* 10 ms of silence at once. */
static void append_at_once(void)
{
	char audio[641];

	memset(audio, 'A', sizeof(audio) - 1);
	audio[sizeof(audio) - 1] = '\0';
	model_bench_send(&bench,
			 "{\"type\":\"input_audio_buffer.append\","
			 "\"audio\":\"%s\"}",
			 audio);
}

/* A carrier that withholds the caller while the agent speaks. */
static void knows_half_duplex(void **state)
{
	(void)state;
	model_bench_open(&bench, "expect: {half_duplex: true}");
	model_bench_configure(&bench, "audio/pcm");
	for (int i = 0; i < 6; i++) {
		model_bench_tone(&bench, MODEL_PCM, 1500);
		model_bench_silence(&bench, MODEL_PCM, 700);
		model_bench_run(&bench, i % 2 ? 800 : 4000);
	}
	CHECK_EQ(0, model_report_breaches(&bench.world.report),
		 "pauses between turns, long and short");
	model_bench_tone(&bench, MODEL_PCM, 1500);
	model_bench_run(&bench, 1100);
	model_bench_tone(&bench, MODEL_PCM, 20);
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_GAP],
		 "a turn that was left open never ends");
	for (int i = 0; i < 300; i++)
		append_at_once();
	for (int i = 0; i < 120; i++)
		model_bench_silence(&bench, MODEL_PCM, 100);
	CHECK_EQ(0, bench.world.report.breach[MODEL_BREACH_RATE],
		 "what a broken line held back may come at once");
	for (int i = 0; i < 110; i++) {
		model_bench_silence(&bench, MODEL_PCM, 100);
		append_at_once();
	}
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_RATE],
		 "and nobody speaks faster than time");
	model_bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_the_connection),
		cmocka_unit_test(stays_silent),
		cmocka_unit_test(resets_and_freezes),
		cmocka_unit_test(fails_a_response),
		cmocka_unit_test(rejects_and_falsifies),
		cmocka_unit_test(spoils_the_audio),
		cmocka_unit_test(sends_what_it_should_not),
		cmocka_unit_test(hears_phantoms),
		cmocka_unit_test(follows_the_script),
		cmocka_unit_test(answers_by_script),
		cmocka_unit_test(loops_every_sample_back),
		cmocka_unit_test(is_the_same_for_the_same_seed),
		cmocka_unit_test(prompts_an_idle_caller),
		cmocka_unit_test(transcribes_later),
		cmocka_unit_test(transcribes_in_pieces),
		cmocka_unit_test(knows_half_duplex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
