/* What a client must not do, and what the server says to it. */
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

static void judges_early_events(void **state)
{
	(void)state;
	model_bench_run(&bench, 10);
	model_bench_send(&bench, "{\"type\":\"input_audio_buffer.append\","
				 "\"audio\":\"AAAA\"}");
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_EARLY],
		 "audio before session.updated");
	model_bench_send(&bench, "{\"type\":\"session.update\",\"session\":{"
				 "\"type\":\"realtime\"}}");
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	CHECK_EQ(0, model_bench_count(&bench, "response.created"),
		 "what follows an update waits for its answer");
	model_bench_run(&bench, 100);
	CHECK_EQ(1, model_bench_count(&bench, "response.created"),
		 "then it is done");
	CHECK_EQ(2, bench.world.report.breach[MODEL_BREACH_EARLY],
		 "and was too early");
	model_bench_send(&bench, "{\"type\":\"session.update\",\"session\":{"
				 "\"type\":\"realtime\"}}");
	model_bench_send(&bench, "{\"type\":\"session.update\",\"session\":{"
				 "\"type\":\"realtime\"}}");
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_UPDATES],
		 "one update at a time");
}

static void judges_events_in_order(void **state)
{
	static const struct {
		const char *text, *code, *param, *why;
	} row[] = {
		{ "nonsense", "invalid_json", "", "not JSON" },
		{ "[]", "invalid_event", "", "not an object" },
		{ "{}", "invalid_event", "type", "no type" },
		{ "{\"type\":\"x\",\"y\":1}", "invalid_value", "type",
		  "the type comes before the members" },
		{ "{\"type\":\"response.cancel\",\"y\":1}", "unknown_parameter",
		  "y", "a member nobody knows" },
		{ "{\"type\":\"input_audio_buffer.append\"}",
		  "missing_required_parameter", "audio", "no audio" },
		{ "{\"type\":\"input_audio_buffer.append\",\"audio\":\"A\"}",
		  "invalid_value", "audio", "broken base64" },
		{ "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AA==\"}",
		  "invalid_value", "audio", "half a sample" },
		{ "{\"type\":\"input_audio_buffer.commit\"}",
		  "input_audio_buffer_commit_empty", "", "nothing there" },
		{ "{\"type\":\"conversation.item.truncate\",\"item_id\":\"a\"}",
		  "missing_required_parameter", "content_index",
		  "all three members are wanted" },
		{ "{\"type\":\"conversation.item.truncate\",\"item_id\":\"a\","
		  "\"content_index\":0,\"audio_end_ms\":1}",
		  "item_truncate_invalid_item_id", "item_id", "no such item" },
		{ "{\"type\":\"conversation.item.delete\",\"item_id\":\"a\"}",
		  "item_delete_invalid_item_id", "item_id", "no such item" },
		{ "{\"type\":\"conversation.item.retrieve\",\"item_id\":\"a\"}",
		  "item_retrieve_invalid_item_id", "item_id", "no such item" },
		{ "{\"type\":\"conversation.item.create\",\"item\":{\"type\":"
		  "\"message\",\"role\":\"assistant\",\"content\":[{\"type\":"
		  "\"output_audio\",\"audio\":\"AAAA\"}]}}",
		  "invalid_value", "item.content[0].type",
		  "assistant audio cannot be created" },
		{ "{\"type\":\"conversation.item.create\",\"item\":{\"type\":"
		  "\"message\",\"role\":\"user\",\"content\":[{\"type\":"
		  "\"text\",\"text\":\"x\"}]}}",
		  "invalid_value", "item.content[0].type", "a beta name" },
		{ "{\"type\":\"conversation.item.create\",\"previous_item_id\":"
		  "\"nobody\",\"item\":{\"type\":\"message\",\"role\":\"user\","
		  "\"content\":[]}}",
		  "invalid_value", "previous_item_id", "no such item" },
		{ "{\"type\":\"conversation.item.create\",\"item\":{\"type\":"
		  "\"function_call_output\",\"call_id\":\"c\",\"output\":\"\"}"
		  "}",
		  "invalid_value", "item.call_id", "no such call" },
	};

	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		model_bench_mark(&bench);
		model_bench_send(&bench, "%s", row[i].text);
		json_t *error = model_bench_find(&bench, "error", 0);
		CHECK_STR(row[i].code, model_bench_text(error, "error.code"),
			  row[i].why);
		CHECK_STR(row[i].param, model_bench_text(error, "error.param"),
			  row[i].why);
		CHECK_STR("invalid_request_error",
			  model_bench_text(error, "error.type"), row[i].why);
	}
}

static void locks_the_voice(void **state)
{
	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	model_bench_wait(&bench, "response.done", 8000);
	model_bench_mark(&bench);
	model_bench_send(&bench,
			 "{\"type\":\"session.update\",\"event_id\":\"v\","
			 "\"session\":{\"type\":\"realtime\",\"instructions\":"
			 "\"new\",\"audio\":{\"output\":{\"voice\":\"ash\"}}}"
			 "}");
	model_bench_run(&bench, 100);
	json_t *error = model_bench_find(&bench, "error", 0);
	CHECK_STR("cannot_update_voice", model_bench_text(error, "error.code"),
		  "audio exists");
	CHECK_STR("", model_bench_text(error, "error.event_id"), "null");
	CHECK_EQ(0, model_bench_count(&bench, "session.updated"),
		 "the whole update is lost");
	model_bench_send(&bench,
			 "{\"type\":\"session.update\",\"session\":{\"type\":"
			 "\"realtime\",\"audio\":{\"output\":{\"voice\":"
			 "\"cedar\"}}}}");
	model_bench_run(&bench, 100);
	json_t *updated = model_bench_find(&bench, "session.updated", 0);
	CHECK(updated, "the same voice is fine");
	CHECK_STR("", model_bench_text(updated, "session.instructions"),
		  "of the rejected update nothing was applied");
}

static void closes_on_a_beta_update(void **state)
{
	(void)state;
	model_bench_run(&bench, 10);
	model_bench_send(&bench,
			 "{\"type\":\"session.update\",\"session\":{"
			 "\"modalities\":[\"audio\",\"text\"],\"voice\":"
			 "\"alloy\"}}");
	CHECK_STR("beta_api_shape_disabled",
		  model_bench_text(model_bench_find(&bench, "error", 0),
				   "error.code"),
		  "row 4");
	CHECK_EQ(4000, bench.close_code, "row 4");
	CHECK_STR("invalid_request_error.beta_api_shape_disabled",
		  bench.close_reason, "row 5: type.code");
}

static void watches_the_uplink(void **state)
{
	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	model_bench_silence(&bench, MODEL_PCM, 14000);
	CHECK_EQ(0, model_report_breaches(&bench.world.report),
		 "real time is fine");
	model_bench_run(&bench, 1100);
	model_bench_silence(&bench, MODEL_PCM, 100);
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_GAP],
		 "a pause of 1.1 s");
	for (int i = 0; i < 13; i++) {
		model_bench_silence(&bench, MODEL_PCM, 900);
		model_bench_run(&bench, 100);
	}
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_RATE],
		 "90 % of real time");
}

static void knows_items_of_earlier_sessions(void **state)
{
	char id[64];

	(void)state;
	model_bench_configure(&bench, "audio/pcm");
	model_bench_send(&bench, "{\"type\":\"response.create\"}");
	json_t *done = model_bench_wait(&bench, "response.done", 8000);
	snprintf(id, sizeof(id), "%s",
		 model_bench_text(done, "response.output.0.id"));
	model_bench_next(&bench);
	model_bench_configure(&bench, "audio/pcm");
	model_bench_send(&bench,
			 "{\"type\":\"conversation.item.truncate\",\"item_id\":"
			 "\"%s\",\"content_index\":0,\"audio_end_ms\":1}",
			 id);
	CHECK_EQ(1, bench.world.report.breach[MODEL_BREACH_FOREIGN_ITEM],
		 "the new session knows nothing of it");
}

#define PLAIN(f) cmocka_unit_test_setup_teardown(f, open_plain, close_bench)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLAIN(judges_early_events),
		PLAIN(judges_events_in_order),
		PLAIN(locks_the_voice),
		PLAIN(closes_on_a_beta_update),
		PLAIN(watches_the_uplink),
		PLAIN(knows_items_of_earlier_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
