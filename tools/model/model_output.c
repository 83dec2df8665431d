/* The outputs of a response: items opened, filled with deltas and closed, in
 * the documented order of events. */
#include <string.h>

#include "tools/model/model_state.h"

static struct model_item *item_of(struct model_session *s,
				  struct model_response *r, unsigned output)
{
	return model_conversation_find(&s->conversation,
				       r->run[output].item_id);
}

static void show_conversation_item(struct model_session *s, const char *type,
				   const struct model_item *item)
{
	model_emit_event(
		s, type,
		json_pack("{s:s?, s:O}", "previous_item_id",
			  model_conversation_before(&s->conversation, item),
			  "item", item->json));
}

/* Takes over json. */
static void join_conversation(struct model_session *s, struct model_response *r,
			      unsigned output, json_t *json)
{
	struct model_error e;
	struct model_item *item = model_conversation_insert(
		&s->conversation, r->run[output].item_id, json, NULL, &e);

	if (!item)
		return;
	item->encoding = r->encoding;
	item->is_unheld = r->is_endless;
	show_conversation_item(s, "conversation.item.added", item);
}

void model_output_open(struct model_session *s, struct model_response *r,
		       unsigned output)
{
	struct model_run *run = &r->run[output];

	run->is_open = true;
	model_random_id(&s->random, "item_", run->item_id);
	model_random_id(&s->random, "call_", run->call_id);
	json_t *item = model_response_item(s, r, output, "in_progress");
	model_emit_event(s, "response.output_item.added",
			 json_pack("{s:s, s:i, s:O}", "response_id", r->id,
				   "output_index", (int)output, "item", item));
	if (!r->is_out_of_band)
		join_conversation(s, r, output, json_deep_copy(item));
	json_decref(item);
	if (r->plan.output[output].kind == MODEL_FUNCTION)
		return;
	json_t *at = model_response_at(r, output, true);
	json_object_set_new(at, "part", model_response_part(r, output));
	model_emit_event(s, "response.content_part.added", at);
}

void model_output_words(struct model_session *s, struct model_response *r,
			const struct model_step *step)
{
	static const char *const type[] = {
		[MODEL_SPEECH] = "response.output_audio_transcript.delta",
		[MODEL_TEXT] = "response.output_text.delta",
		[MODEL_FUNCTION] = "response.function_call_arguments.delta",
	};
	const struct model_output *o = &r->plan.output[step->output];
	struct model_run *run = &r->run[step->output];
	json_t *at =
		model_response_at(r, step->output, o->kind != MODEL_FUNCTION);

	if (o->kind == MODEL_FUNCTION)
		json_object_set_new(at, "call_id", json_string(run->call_id));
	json_object_set_new(at, "delta",
			    json_stringn(o->words + step->offset, step->len));
	json_object_set_new(at, "obfuscation", model_emit_obfuscation(s));
	run->words_sent = step->offset + step->len;
	model_emit_event(s, type[o->kind], at);
}

void model_output_audio(struct model_session *s, struct model_response *r,
			unsigned output, const uint8_t *bytes, size_t n)
{
	bool is_first = !r->has_sounded;
	struct model_item *item = item_of(s, r, output);

	if (is_first && r->plan.has_empty_delta)
		model_emit_audio(s, r, output, bytes, 0, false);
	model_emit_audio(s, r, output, bytes, n,
			 r->plan.has_damaged_delta && is_first);
	r->run[output].bytes_sent += n;
	r->has_sounded = true;
	s->has_assistant_audio = true;
	if (item)
		model_item_add_audio(item, bytes, n);
	if (is_first && !r->is_out_of_band)
		model_faults_fire(s, MODEL_AT_AUDIO, r->number);
}

static void close_content(struct model_session *s, struct model_response *r,
			  unsigned output)
{
	bool is_text = r->plan.output[output].kind == MODEL_TEXT;
	json_t *part = model_response_part(r, output);
	json_t *at = model_response_at(r, output, true);

	if (is_text) {
		json_object_set(at, "text", json_object_get(part, "text"));
		model_emit_event(s, "response.output_text.done", at);
	} else {
		model_emit_event(s, "response.output_audio.done", at);
		at = model_response_at(r, output, true);
		json_object_set(at, "transcript",
				json_object_get(part, "transcript"));
		model_emit_event(s, "response.output_audio_transcript.done",
				 at);
	}
	at = model_response_at(r, output, true);
	json_object_set_new(at, "part", part);
	model_emit_event(s, "response.content_part.done", at);
}

static void close_call(struct model_session *s, struct model_response *r,
		       unsigned output)
{
	json_t *at = model_response_at(r, output, false);

	json_object_set_new(at, "call_id", json_string(r->run[output].call_id));
	json_object_set_new(at, "name",
			    json_string(r->plan.output[output].name));
	json_object_set_new(at, "arguments",
			    json_stringn(r->plan.output[output].words,
					 r->run[output].words_sent));
	model_emit_event(s, "response.function_call_arguments.done", at);
}

static bool has_spoken(const struct model_response *r)
{
	return r->run[0].bytes_sent > 0;
}

/* The item of the conversation becomes what the response made of it, except
 * for the transcript of an item that was truncated meanwhile. */
static void settle_item(struct model_session *s, struct model_response *r,
			unsigned output, json_t *json, bool is_complete)
{
	struct model_item *item = item_of(s, r, output);

	if (!item)
		return;
	json_object_update(item->json, json);
	if (item->heard < item->generated)
		json_object_del(
			json_array_get(json_object_get(item->json, "content"),
				       0),
			"transcript");
	if (r->plan.output[output].kind == MODEL_FUNCTION && is_complete) {
		item->is_call = true;
		item->called_us = s->now_us;
		item->had_farewell = has_spoken(r);
	}
	show_conversation_item(s, "conversation.item.done", item);
}

void model_output_close(struct model_session *s, struct model_response *r,
			unsigned output, const char *status)
{
	struct model_run *run = &r->run[output];

	if (!run->is_open || run->is_closed)
		return;
	run->is_closed = true;
	if (r->plan.output[output].kind == MODEL_FUNCTION)
		close_call(s, r, output);
	else
		close_content(s, r, output);
	json_t *item = model_response_item(s, r, output, status);
	if (!r->is_out_of_band) {
		json_t *copy = json_deep_copy(item);
		settle_item(s, r, output, copy,
			    strcmp(status, "completed") == 0);
		json_decref(copy);
	}
	json_array_append(r->finished, item);
	model_emit_event(s, "response.output_item.done",
			 json_pack("{s:s, s:i, s:o}", "response_id", r->id,
				   "output_index", (int)output, "item", item));
}
