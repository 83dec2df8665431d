#include <string.h>

#include "tools/model/model_config.h"
#include "tools/model/model_schema.h"
#include "tools/testing/check.h"

static const struct model_config_context reasoning = { .is_reasoning = true };

/* An update in the words of a row: ' stands for ". */
static json_t *parse(const char *text)
{
	char copy[2048];

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	json_t *json = json_loads(copy, 0, NULL);
	CHECK(json, text);
	return json;
}

static void refuses_with_code_and_path(void **state)
{
	static const struct {
		const char *update, *code, *param;
	} row[] = {
		{ "{}", "missing_required_parameter", "session.type" },
		{ "{'type':'transcription'}", "invalid_value", "session.type" },
		{ "{'type':1}", "invalid_type", "session.type" },
		{ "{'type':'realtime','temperature':0.6}", "unknown_parameter",
		  "session.temperature" },
		{ "{'type':'realtime','voice':'ash'}", "unknown_parameter",
		  "session.voice" },
		{ "{'type':'realtime','audio':{'input':{'foo':1}}}",
		  "unknown_parameter", "session.audio.input.foo" },
		{ "{'type':'realtime','audio':{'input':{'format':null}}}",
		  "invalid_type", "session.audio.input.format" },
		{ "{'type':'realtime','audio':{'output':{'format':{'type':"
		  "'pcm16'}}}}",
		  "invalid_value", "session.audio.output.format.type" },
		{ "{'type':'realtime','audio':{'output':{'format':{'type':"
		  "'audio/pcm'}}}}",
		  "missing_required_parameter",
		  "session.audio.output.format.rate" },
		{ "{'type':'realtime','audio':{'input':{'format':{'type':"
		  "'audio/pcm','rate':16000}}}}",
		  "invalid_value", "session.audio.input.format.rate" },
		{ "{'type':'realtime','audio':{'input':{'format':{'type':"
		  "'audio/pcmu','rate':8000}}}}",
		  "unknown_parameter", "session.audio.input.format.rate" },
		{ "{'type':'realtime','audio':{'output':{'voice':'nova'}}}",
		  "invalid_value", "session.audio.output.voice" },
		{ "{'type':'realtime','audio':{'output':{'speed':1.6}}}",
		  "invalid_value", "session.audio.output.speed" },
		{ "{'type':'realtime','audio':{'output':{'speed':0.2}}}",
		  "invalid_value", "session.audio.output.speed" },
		{ "{'type':'realtime','audio':{'input':{'turn_detection':{"
		  "'threshold':0.5}}}}",
		  "missing_required_parameter",
		  "session.audio.input.turn_detection.type" },
		{ "{'type':'realtime','audio':{'input':{'turn_detection':{"
		  "'type':'server_vad','threshold':1.1}}}}",
		  "invalid_value",
		  "session.audio.input.turn_detection.threshold" },
		{ "{'type':'realtime','audio':{'input':{'turn_detection':{"
		  "'type':'server_vad','idle_timeout_ms':4999}}}}",
		  "invalid_value",
		  "session.audio.input.turn_detection.idle_timeout_ms" },
		{ "{'type':'realtime','audio':{'input':{'turn_detection':{"
		  "'type':'server_vad','eagerness':'low'}}}}",
		  "unknown_parameter",
		  "session.audio.input.turn_detection.eagerness" },
		{ "{'type':'realtime','audio':{'input':{'turn_detection':{"
		  "'type':'semantic_vad','eagerness':'fast'}}}}",
		  "invalid_value",
		  "session.audio.input.turn_detection.eagerness" },
		{ "{'type':'realtime','audio':{'input':{'noise_reduction':{"
		  "'type':'far'}}}}",
		  "invalid_value", "session.audio.input.noise_reduction.type" },
		{ "{'type':'realtime','audio':{'input':{'transcription':{"
		  "'model':'tape'}}}}",
		  "invalid_value", "session.audio.input.transcription.model" },
		{ "{'type':'realtime','output_modalities':['audio','text']}",
		  "invalid_value", "session.output_modalities" },
		{ "{'type':'realtime','max_output_tokens':0}", "invalid_value",
		  "session.max_output_tokens" },
		{ "{'type':'realtime','max_output_tokens':4097}",
		  "invalid_value", "session.max_output_tokens" },
		{ "{'type':'realtime','max_output_tokens':'all'}",
		  "invalid_value", "session.max_output_tokens" },
		{ "{'type':'realtime','max_output_tokens':10.5}",
		  "invalid_type", "session.max_output_tokens" },
		{ "{'type':'realtime','tools':[{'type':'function'}]}",
		  "missing_required_parameter", "session.tools[0].name" },
		{ "{'type':'realtime','tools':[{'type':'function','name':'a'},"
		  "{'type':'function','name':'b','meta':1}]}",
		  "unknown_parameter", "session.tools[1].meta" },
		{ "{'type':'realtime','tools':[{'type':'function','function':{"
		  "'name':'a'}}]}",
		  "missing_required_parameter", "session.tools[0].name" },
		{ "{'type':'realtime','tools':['a']}", "invalid_type",
		  "session.tools[0]" },
		{ "{'type':'realtime','tool_choice':'maybe'}", "invalid_value",
		  "session.tool_choice" },
		{ "{'type':'realtime','tool_choice':{'type':'function'}}",
		  "missing_required_parameter", "session.tool_choice.name" },
		{ "{'type':'realtime','truncation':{'type':'retention_ratio',"
		  "'retention_ratio':1.5}}",
		  "invalid_value", "session.truncation.retention_ratio" },
		{ "{'type':'realtime','reasoning':{'effort':'much'}}",
		  "invalid_value", "session.reasoning.effort" },
		{ "{'type':'realtime','include':['all']}", "invalid_value",
		  "session.include" },
	};
	struct model_error e;

	(void)state;
	json_t *config = model_config_new("sess_x", "gpt-realtime-2.1", 0);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		json_t *update = parse(row[i].update);
		json_t *before = json_deep_copy(config);

		CHECK(!model_config_check(config, update, &reasoning, &e),
		      row[i].update);
		CHECK_STR(row[i].code, e.code, row[i].update);
		CHECK_STR(row[i].param, e.param, row[i].update);
		CHECK(json_equal(before, config), "a check changes nothing");
		json_decref(before);
		json_decref(update);
	}
	json_decref(config);
}

static void says_the_documented_words(void **state)
{
	static const struct {
		const char *update, *message;
	} row[] = {
		{ "{}", "Missing required parameter: 'session.type'." },
		{ "{'type':'realtime','temperature':1}",
		  "Unknown parameter: 'session.temperature'." },
		{ "{'type':'realtime','audio':{'input':{'turn_detection':{"
		  "'type':'semantic_vad','eagerness':'x'}}}}",
		  "Invalid value: 'x'. Supported values are: 'low', 'medium', "
		  "'high', and 'auto'." },
		{ "{'type':'realtime','audio':{'input':{'noise_reduction':{"
		  "'type':'x'}}}}",
		  "Invalid value: 'x'. Supported values are: 'near_field' and "
		  "'far_field'." },
	};
	struct model_error e;

	(void)state;
	json_t *config = model_config_new("sess_x", "gpt-realtime-2.1", 0);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		json_t *update = parse(row[i].update);

		model_config_check(config, update, &reasoning, &e);
		CHECK_STR(row[i].message, e.message, row[i].update);
		json_decref(update);
	}
	json_decref(config);
}

/* The complete update of the reference, 2.8. */
static const char phone[] =
	"{'type':'realtime','instructions':'You are the telephone assistant of "
	"Hartwell Dental.','output_modalities':['audio'],'audio':{'input':{"
	"'format':{'type':'audio/pcm','rate':24000},'noise_reduction':{'type':"
	"'near_field'},'transcription':{'model':'gpt-live-transcribe',"
	"'language':'en'},'turn_detection':{'type':'server_vad','threshold':"
	"0.55,'prefix_padding_ms':300,'silence_duration_ms':550,"
	"'create_response':true,'interrupt_response':true,'idle_timeout_ms':"
	"null}},'output':{'format':{'type':'audio/pcm','rate':24000},'voice':"
	"'cedar','speed':1.0}},'tools':[{'type':'function','name':"
	"'transfer_call','description':'Connect the caller to a person.',"
	"'parameters':{'type':'object','properties':{'department':{'type':"
	"'string','enum':['billing','reception']}},'required':['department']}}"
	"],'tool_choice':'auto','max_output_tokens':2048,'truncation':{'type':"
	"'retention_ratio','retention_ratio':0.8}}";

static void accepts_and_merges(void **state)
{
	struct model_settings settings;
	struct model_error e;

	(void)state;
	json_t *config = model_config_new("sess_x", "gpt-realtime-2.1", 0);
	json_t *update = parse(phone);
	CHECK(model_config_check(config, update, &reasoning, &e),
	      "the reference's own example");
	model_config_merge(config, update);
	json_decref(update);
	model_config_read(config, &settings);
	CHECK_EQ(MODEL_TURNS_ENERGY, settings.turns, "server_vad");
	CHECK_EQ(550, settings.silence_ms, "as sent");
	CHECK_NEAR(0.55, settings.threshold, 1e-9, "as sent");
	CHECK(settings.transcribes, "as sent");
	CHECK(model_config_has_tool(json_object_get(config, "tools"),
				    "transfer_call"),
	      "as sent");

	update = parse("{'type':'realtime','model':'other','audio':{'input':{"
		       "'turn_detection':{'type':'server_vad',"
		       "'silence_duration_ms':900},'transcription':null}},"
		       "'tools':[]}");
	model_config_merge(config, update);
	json_decref(update);
	model_config_read(config, &settings);
	CHECK_EQ(900, settings.silence_ms, "changed");
	CHECK_NEAR(0.55, settings.threshold, 1e-9, "not mentioned: kept");
	CHECK(!settings.transcribes, "null clears");
	CHECK_EQ(0, json_array_size(json_object_get(config, "tools")),
		 "a list is replaced");
	CHECK_STR("gpt-realtime-2.1",
		  json_string_value(json_object_get(config, "model")),
		  "the model is the URL's");

	update = parse("{'type':'realtime','audio':{'input':{"
		       "'turn_detection':{'type':'semantic_vad',"
		       "'interrupt_response':false}}}}");
	model_config_merge(config, update);
	json_decref(update);
	model_config_read(config, &settings);
	CHECK_EQ(MODEL_TURNS_SEMANTIC, settings.turns, "another type");
	CHECK(settings.create_response && !settings.interrupt_response,
	      "starts from that type's defaults");

	update = parse("{'type':'realtime','audio':{'input':{"
		       "'turn_detection':null}}}");
	model_config_merge(config, update);
	json_decref(update);
	model_config_read(config, &settings);
	CHECK_EQ(MODEL_TURNS_NONE, settings.turns, "manual turns");
	json_decref(config);
}

static void knows_what_depends(void **state)
{
	static const struct {
		const char *update;
		struct model_config_context context;
		const char *code, *why;
	} row[] = {
		{ "{'type':'realtime','reasoning':{'effort':'low'}}",
		  { .is_reasoning = true },
		  NULL,
		  "a reasoning model" },
		{ "{'type':'realtime','reasoning':{'effort':'low'}}",
		  { .is_reasoning = false },
		  "invalid_value",
		  "row 19" },
		{ "{'type':'realtime','parallel_tool_calls':true}",
		  { .is_reasoning = false },
		  "invalid_value",
		  "row 19" },
		{ "{'type':'realtime','audio':{'output':{'voice':'ash'}}}",
		  { .has_assistant_audio = true },
		  "cannot_update_voice",
		  "row 18" },
		{ "{'type':'realtime','audio':{'output':{'voice':'marin'}}}",
		  { .has_assistant_audio = true },
		  NULL,
		  "the same voice" },
		{ "{'type':'realtime','audio':{'output':{'format':{'type':"
		  "'audio/pcm'}}}}",
		  { .takes_missing_rate = true },
		  NULL,
		  "row 17, the knob" },
	};
	struct model_error e;

	(void)state;
	json_t *config = model_config_new("sess_x", "gpt-realtime-2.1", 0);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		json_t *update = parse(row[i].update);
		bool is_fine =
			model_config_check(config, update, &row[i].context, &e);

		CHECK_EQ(row[i].code == NULL, is_fine, row[i].why);
		if (row[i].code)
			CHECK_STR(row[i].code, e.code, row[i].why);
		json_decref(update);
	}
	json_decref(config);
}

static void tells_beta_updates(void **state)
{
	static const struct {
		const char *update;
		bool is_beta;
	} row[] = {
		{ "{'modalities':['audio']}", true },
		{ "{'input_audio_format':'g711_ulaw'}", true },
		{ "{'instructions':'x'}", false },
		{ "{'type':'realtime','temperature':0.8}", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		json_t *update = parse(row[i].update);

		CHECK_EQ(row[i].is_beta, model_config_is_beta(update),
			 row[i].update);
		json_decref(update);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_with_code_and_path),
		cmocka_unit_test(says_the_documented_words),
		cmocka_unit_test(accepts_and_merges),
		cmocka_unit_test(knows_what_depends),
		cmocka_unit_test(tells_beta_updates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
