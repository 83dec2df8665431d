/* What the client did wrong, as far as a server can tell (reference, 6.8). */
#include <string.h>

#include "tools/model/model_state.h"

/* A create that crosses on the wire with a response of turn detection this
 * young is nobody's mistake. */
#define CROSSING_US 300000
#define ANSWER_US   5000000 /* a call this young may stay unanswered */

static const char *text_of(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool is_past_item(const struct model_session *s, const char *id)
{
	const struct model_world *w = s->world;

	for (unsigned i = 0; i < w->past_items && i < MODEL_PAST_ITEMS; i++)
		if (strcmp(w->past_item[i], id) == 0)
			return true;
	return false;
}

/* Races (cancel after the end, an item already gone) are no breach; an event
 * that could never be right is. */
static void judge(struct model_session *s, const char *type, json_t *event,
		  const struct model_error *e)
{
	static const struct {
		const char *code, *type, *param;
		enum model_breach kind;
	} row[] = {
		{ "missing_required_parameter", "session.update",
		  "session.type", MODEL_BREACH_NO_SESSION_TYPE },
		{ "beta_api_shape_disabled", NULL, NULL, MODEL_BREACH_BETA },
		{ "invalid_type", "conversation.item.truncate", "audio_end_ms",
		  MODEL_BREACH_TRUNCATE_FLOAT },
		{ "invalid_value", "conversation.item.truncate", "audio_end_ms",
		  MODEL_BREACH_TRUNCATE_BEYOND },
		{ "unknown_parameter", NULL, NULL, MODEL_BREACH_INVALID },
		{ "missing_required_parameter", NULL, NULL,
		  MODEL_BREACH_INVALID },
		{ "invalid_type", NULL, NULL, MODEL_BREACH_INVALID },
		{ "invalid_value", NULL, NULL, MODEL_BREACH_INVALID },
		{ "invalid_json", NULL, NULL, MODEL_BREACH_INVALID },
		{ "invalid_event", NULL, NULL, MODEL_BREACH_INVALID },
		{ "cannot_update_voice", NULL, NULL, MODEL_BREACH_INVALID },
	};
	const char *item = event ? text_of(event, "item_id") : NULL;

	if (item && is_past_item(s, item))
		model_emit_breach(s, MODEL_BREACH_FOREIGN_ITEM, "%s of %s",
				  type, item);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (strcmp(e->code, row[i].code) != 0 ||
		    (row[i].type && strcmp(type, row[i].type) != 0) ||
		    (row[i].param && strcmp(e->param, row[i].param) != 0))
			continue;
		model_emit_breach(s, row[i].kind, "%s: %s", type, e->message);
		return;
	}
}

static void judge_conflict(struct model_session *s)
{
	const struct model_response *r = s->active;

	if (!r || (!r->by_client && s->now_us - r->created_us < CROSSING_US))
		return;
	model_emit_breach(s, MODEL_BREACH_CREATE_ACTIVE,
			  "response.create while %s is active", r->id);
}

static bool rejected_by_fault(struct model_session *s, const char *type)
{
	return strcmp(type, "session.update") == 0 &&
	       model_faults_find(s, MODEL_REJECT_UPDATE, 0);
}

void model_judge_refusal(struct model_session *s, json_t *event,
			 const struct model_error *e)
{
	const char *type = event ? text_of(event, "type") : NULL;

	type = type ? type : "?";
	if (strcmp(e->code, "conversation_already_has_active_response") == 0)
		judge_conflict(s);
	else if (!rejected_by_fault(s, type))
		judge(s, type, event, e);
}

/* A client that hangs up answers end_call by doing so; and a caller may hang
 * up while a function is at work. */
static bool needs_answer(const struct model_session *s,
			 const struct model_item *item)
{
	const char *name =
		json_string_value(json_object_get(item->json, "name"));

	return item->is_call && !item->is_answered &&
	       s->now_us - item->called_us > ANSWER_US && name &&
	       strcmp(name, "end_call") != 0;
}

unsigned model_judge_open_calls(struct model_session *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->conversation.items; i++)
		n += needs_answer(s, s->conversation.item[i]);
	return n;
}

/* A client may refuse what a fault sent it. */
static bool is_excused(const struct model_session *s, unsigned code)
{
	static const struct {
		unsigned code;
		enum model_fault_kind fault;
	} row[] = {
		{ 1003, MODEL_BINARY_FRAME },
		{ 1007, MODEL_GARBAGE_JSON },
		{ 1009, MODEL_OVERSIZE },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].code == code &&
		    model_faults_find(s, row[i].fault, 0))
			return true;
	return false;
}

void model_judge_end(struct model_session *s, unsigned code)
{
	unsigned open = model_judge_open_calls(s);

	if (code != 1000 && !is_excused(s, code))
		model_emit_breach(s, MODEL_BREACH_CLOSE, "closed with %u",
				  code);
	if (open && !s->scenario->expect.allow_unanswered)
		model_emit_breach(s, MODEL_BREACH_UNANSWERED,
				  "%u function calls without output", open);
}
