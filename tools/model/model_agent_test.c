/* What the demonstration agent makes of keys, texts and notes. */
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

static void send_keys(const char *keys)
{
	model_bench_send(&bench,
			 "{\"type\":\"conversation.item.create\",\"item\":{"
			 "\"type\":\"message\",\"role\":\"user\",\"content\":["
			 "{\"type\":\"input_text\",\"text\":\"%s\"}]}}",
			 keys);
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
}

static void reads_keys_back(void **state)
{
	static const struct {
		const char *text, *words, *why;
	} row[] = {
		{ "[keypad] 5", "You pressed five", "our convention" },
		{ "[The caller pressed 4 2 #]", "You pressed four two pound",
		  "the reference's example" },
		{ "[keypad] 40*", "You pressed four zero star",
		  "a zero among others is a number" },
	};

	(void)state;
	model_bench_configure(&bench, "audio/pcmu");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		model_bench_mark(&bench);
		send_keys(row[i].text);
		json_t *done = model_bench_wait(&bench, "response.done", 5000);
		CHECK_STR(row[i].words,
			  model_bench_text(done, "response.output.0.content.0."
						 "transcript"),
			  row[i].why);
	}
	CHECK_EQ(0, model_report_breaches(&bench.world.report), "no breach");
}

static void write_text(const char *text)
{
	model_bench_send(&bench,
			 "{\"type\":\"conversation.item.create\",\"item\":{"
			 "\"type\":\"message\",\"role\":\"user\",\"content\":["
			 "{\"type\":\"input_text\",\"text\":\"%s\"}]}}",
			 text);
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
}

/* What it was told before the call begins can be read. */
static void tells_what_it_was_told(void **state)
{
	(void)state;
	model_bench_run(&bench, 10);
	model_bench_send(&bench,
			 "{\"type\":\"session.update\",\"session\":{\"type\":"
			 "\"realtime\",\"output_modalities\":[\"text\"]}}");
	model_bench_wait(&bench, "session.updated", 100);
	model_bench_send(
		&bench,
		"{\"type\":\"conversation.item.create\",\"item\":{"
		"\"type\":\"message\",\"role\":\"system\",\"content\":["
		"{\"type\":\"input_text\",\"text\":\"[call] vip: yes\"}]}}");
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	json_t *done =
		model_bench_wait(&bench, "response.output_text.done", 4000);
	CHECK_STR("I was told: [call] vip: yes", model_bench_text(done, "text"),
		  "word by word");
	CHECK_EQ(0, model_report_breaches(&bench.world.report), "no breach");
}

/* A session in text writes what one in audio would say. */
static void writes_in_a_text_session(void **state)
{
	static const struct {
		const char *text, *answer, *why;
	} row[] = {
		{ "[keypad] 42#", "You pressed four two pound", "keys" },
		{ "My order is late.", "You wrote: My order is late.",
		  "the demo agent repeats, in letters" },
	};

	(void)state;
	model_bench_run(&bench, 10);
	model_bench_send(&bench,
			 "{\"type\":\"session.update\",\"session\":{\"type\":"
			 "\"realtime\",\"output_modalities\":[\"text\"]}}");
	json_t *updated = model_bench_wait(&bench, "session.updated", 100);
	CHECK_STR("text",
		  model_bench_text(updated, "session.output_modalities.0"),
		  "confirmed");
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	json_t *done =
		model_bench_wait(&bench, "response.output_text.done", 4000);
	CHECK_STR("Hello, this is Tandem. Please say something, and I will "
		  "repeat it.",
		  model_bench_text(done, "text"), "the greeting");
	model_bench_wait(&bench, "response.done", 4000);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		model_bench_mark(&bench);
		write_text(row[i].text);
		done = model_bench_wait(&bench, "response.done", 4000);
		CHECK_STR(row[i].answer,
			  model_bench_text(done, "response.output.0.content.0."
						 "text"),
			  row[i].why);
		CHECK(!model_bench_find(&bench, "response.output_audio.delta",
					0),
		      "not a sound");
	}
	CHECK_EQ(0, model_report_breaches(&bench.world.report), "no breach");
}

/* What the client lets the model know is nobody's turn. */
static void tells_notes_from_turns(void **state)
{
	static const char note[] =
		"{\"type\":\"conversation.item.create\",\"item\":{\"type\":"
		"\"message\",\"role\":\"system\",\"content\":[{\"type\":"
		"\"input_text\",\"text\":\"[silence]\"}]}}";
	static const struct {
		const char *before, *words, *why;
	} row[] = {
		{ note,
		  "Hello, this is Tandem. Please say something, and I will "
		  "repeat it.",
		  "before the first word: still the first word" },
		{ note, "(chime)", "later: an answer of its own" },
		{ NULL,
		  "Hello, this is Tandem. Please say something, and I "
		  "will repeat it.",
		  "a note is answered once" },
	};

	(void)state;
	model_bench_configure(&bench, "audio/pcmu");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		model_bench_mark(&bench);
		if (row[i].before)
			model_bench_send(&bench, "%s", row[i].before);
		model_bench_send(&bench, "{\"type\":\"response.create\"}");
		json_t *done = model_bench_wait(&bench, "response.done", 9000);
		CHECK_STR(row[i].words,
			  model_bench_text(done, "response.output.0.content.0."
						 "transcript"),
			  row[i].why);
	}
}

static void hangs_up_on_zero(void **state)
{
	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	model_bench_mark(&bench);
	send_keys("[keypad] 0");
	json_t *done = model_bench_wait(&bench, "response.done", 6000);
	CHECK_STR("message", model_bench_text(done, "response.output.0.type"),
		  "goodbye first");
	CHECK_STR("end_call", model_bench_text(done, "response.output.1.name"),
		  "then the call, in the same response");
	json_t *call = model_bench_find(
		&bench, "response.function_call_arguments.done", 0);
	CHECK_STR("end_call", model_bench_text(call, "name"), "");
	CHECK_EQ(1, model_bench_number(call, "output_index"), "");
	json_t *arguments =
		json_loads(model_bench_text(call, "arguments"), 0, NULL);
	CHECK(json_is_object(arguments), "arguments are JSON in a string");
	json_decref(arguments);
	const char *id = model_bench_text(call, "call_id");
	for (int i = 0; i < 2; i++)
		model_bench_send(&bench,
				 "{\"type\":\"conversation.item.create\","
				 "\"item\":{\"type\":\"function_call_output\","
				 "\"call_id\":\"%s\",\"output\":\"{}\"}}",
				 id);
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_TWICE],
		 "a second output is a breach");
}

#define PLAIN(f) cmocka_unit_test_setup_teardown(f, open_plain, close_bench)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAIN(reads_keys_back),        PLAIN(writes_in_a_text_session),
		PLAIN(tells_what_it_was_told), PLAIN(tells_notes_from_turns),
		PLAIN(hangs_up_on_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
