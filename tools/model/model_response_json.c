/* The objects that events about a response carry. */
#include <string.h>

#include "tools/model/model_state.h"

#define USER_MS_PER_TOKEN      100
#define ASSISTANT_MS_PER_TOKEN 50
#define LETTERS_PER_TOKEN      4
#define CACHE_BLOCK            64

json_t *model_response_at(struct model_response *r, unsigned output,
			  bool has_content)
{
	json_t *at =
		json_pack("{s:s, s:s, s:i}", "response_id", r->id, "item_id",
			  r->run[output].item_id, "output_index", (int)output);

	if (has_content)
		json_object_set_new(at, "content_index", json_integer(0));
	return at;
}

/* The words sent so far. */
static json_t *words_so_far(struct model_response *r, unsigned output)
{
	return json_stringn(r->plan.output[output].words,
			    r->run[output].words_sent);
}

json_t *model_response_part(struct model_response *r, unsigned output)
{
	/* Parts have short names, items long ones. */
	if (r->plan.output[output].kind == MODEL_TEXT)
		return json_pack("{s:s, s:o}", "type", "text", "text",
				 words_so_far(r, output));
	return json_pack("{s:s, s:o}", "type", "audio", "transcript",
			 words_so_far(r, output));
}

static json_t *content(struct model_response *r, unsigned output)
{
	if (!r->run[output].words_sent && !r->run[output].bytes_sent)
		return json_array();
	if (r->plan.output[output].kind == MODEL_TEXT)
		return json_pack("[{s:s, s:o}]", "type", "output_text", "text",
				 words_so_far(r, output));
	return json_pack("[{s:s, s:o}]", "type", "output_audio", "transcript",
			 words_so_far(r, output));
}

json_t *model_response_item(struct model_session *s, struct model_response *r,
			    unsigned output, const char *status)
{
	const struct model_output *o = &r->plan.output[output];
	const struct model_run *run = &r->run[output];
	json_t *item = json_pack("{s:s, s:s, s:s}", "id", run->item_id,
				 "object", "realtime.item", "status", status);

	if (o->kind == MODEL_FUNCTION) {
		json_object_set_new(item, "type", json_string("function_call"));
		json_object_set_new(item, "name", json_string(o->name));
		json_object_set_new(item, "call_id", json_string(run->call_id));
		json_object_set_new(item, "arguments", words_so_far(r, output));
		return item;
	}
	json_object_set_new(item, "type", json_string("message"));
	json_object_set_new(item, "role", json_string("assistant"));
	json_object_set_new(item, "content", content(r, output));
	if (s->world->is_reasoning)
		json_object_set_new(item, "phase",
				    json_string(o->is_commentary
							? "commentary"
							: "final_answer"));
	return item;
}

/* What the whole conversation costs as input, in tokens. */
static void count_input(struct model_session *s, unsigned *text,
			unsigned *audio)
{
	const struct model_conversation *c = &s->conversation;

	*text = 12 + (unsigned)(json_string_length(json_object_get(
					s->config, "instructions")) /
				LETTERS_PER_TOKEN);
	*text += 30 *
		 (unsigned)json_array_size(json_object_get(s->config, "tools"));
	*audio = 0;
	for (size_t i = 0; i < c->items; i++) {
		uint64_t ms =
			model_audio_ms(c->item[i]->encoding, c->item[i]->heard);
		if (c->item[i]->is_assistant)
			*audio += (unsigned)(ms / ASSISTANT_MS_PER_TOKEN);
		else
			*audio += (unsigned)(ms / USER_MS_PER_TOKEN);
		*text += 6;
	}
}

static void count_output(const struct model_response *r, unsigned *text,
			 unsigned *audio)
{
	*text = *audio = 0;
	for (size_t i = 0; i < r->plan.outputs; i++) {
		*text += (unsigned)(r->run[i].words_sent / LETTERS_PER_TOKEN);
		*audio += (unsigned)(model_audio_ms(r->encoding,
						    r->run[i].bytes_sent) /
				     ASSISTANT_MS_PER_TOKEN);
	}
}

json_t *model_response_usage(struct model_session *s, struct model_response *r)
{
	unsigned in_text, in_audio, out_text, out_audio;

	count_input(s, &in_text, &in_audio);
	count_output(r, &out_text, &out_audio);
	unsigned in = in_text + in_audio;
	unsigned cached = s->tokens_before / CACHE_BLOCK * CACHE_BLOCK;
	cached =
		cached > in_text ? in_text / CACHE_BLOCK * CACHE_BLOCK : cached;
	s->tokens_before = in;
	return json_pack(
		"{s:i, s:i, s:i, s:{s:i, s:i, s:i, s:i, s:{s:i, s:i, s:i}}, "
		"s:{s:i, s:i}}",
		"total_tokens", (int)(in + out_text + out_audio),
		"input_tokens", (int)in, "output_tokens",
		(int)(out_text + out_audio), "input_token_details",
		"text_tokens", (int)in_text, "audio_tokens", (int)in_audio,
		"image_tokens", 0, "cached_tokens", (int)cached,
		"cached_tokens_details", "text_tokens", (int)cached,
		"audio_tokens", 0, "image_tokens", 0, "output_token_details",
		"text_tokens", (int)out_text, "audio_tokens", (int)out_audio);
}

static json_t *status_details(struct model_response *r,
			      enum model_status status, const char *reason)
{
	const struct model_plan *p = &r->plan;

	switch (status) {
	case MODEL_CANCELLED:
		return json_pack("{s:s, s:s}", "type", "cancelled", "reason",
				 reason);
	case MODEL_INCOMPLETE:
		return json_pack("{s:s, s:s}", "type", "incomplete", "reason",
				 reason);
	case MODEL_FAILED:
		return json_pack("{s:s, s:{s:s, s:s, s:s}}", "type", "failed",
				 "error", "type", "server_error", "code",
				 p->error_code, "message", p->error_message);
	case MODEL_COMPLETED:
		break;
	}
	return json_null();
}

static json_t *used(struct model_session *s, struct model_response *r,
		    const char *name)
{
	json_t *own = json_object_get(r->request, name);

	return json_incref(own ? own : json_object_get(s->config, name));
}

static json_t *used_audio(struct model_session *s, struct model_response *r)
{
	json_t *output =
		json_object_get(json_object_get(s->config, "audio"), "output");
	json_t *own = json_object_get(
		json_object_get(json_object_get(r->request, "audio"), "output"),
		"voice");
	json_t *voice = own ? own : json_object_get(output, "voice");

	return json_pack("{s:{s:o, s:O}}", "output", "format",
			 model_audio_format(r->encoding), "voice", voice);
}

json_t *model_response_json(struct model_session *s, struct model_response *r,
			    enum model_status status, const char *reason)
{
	static const char *const name[] = { "completed", "failed", "incomplete",
					    "cancelled" };
	bool is_done = reason != NULL;
	json_t *metadata = json_object_get(r->request, "metadata");
	json_t *json = json_pack(
		"{s:s, s:s, s:s, s:o, s:O, s:o, s:o, s:o, s:o, s:o, s:O}",
		"object", "realtime.response", "id", r->id, "status",
		is_done ? name[status] : "in_progress", "status_details",
		is_done ? status_details(r, status, reason) : json_null(),
		"output", r->finished, "conversation_id",
		r->is_out_of_band ? json_null()
				  : json_string(s->conversation_id),
		"output_modalities", used(s, r, "output_modalities"),
		"max_output_tokens", used(s, r, "max_output_tokens"), "audio",
		used_audio(s, r), "usage",
		is_done && !r->plan.null_usage ? model_response_usage(s, r)
					       : json_null(),
		"metadata", metadata ? metadata : json_null());

	/* Members may be added at any time; clients must not mind. */
	json_object_set_new(json, "unannounced_member", json_true());
	return json;
}
