/* The ordered items of a conversation, and what may be done to them.
 *
 * Source: OpenAI Realtime, "Conversation items", error catalogue. */
#ifndef TOOLS_MODEL_MODEL_CONVERSATION_H
#define TOOLS_MODEL_MODEL_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "tools/model/model_audio.h"
#include "tools/model/model_error.h"
#include "tools/model/model_random.h"

#define MODEL_ITEM_ID_LEN 129
#define MODEL_ITEMS_MAX   4096 /* then the oldest goes, as truncation does */

struct model_item {
	char id[MODEL_ITEM_ID_LEN];
	json_t *json; /* as events show it; without audio */
	enum model_encoding encoding;
	struct model_clip audio; /* kept for retrieve and for repeating */
	size_t generated;        /* bytes of audio there were */
	size_t heard;            /* bytes left after truncation */
	bool is_assistant;
	bool is_user;
	bool is_unheld;     /* audio is counted, not kept */
	bool is_call;       /* a completed function call … */
	bool is_answered;   /* … with its output */
	bool had_farewell;  /* … spoken in the same response */
	uint64_t called_us; /* … made at this time */
};

struct model_conversation {
	struct model_item **item;
	size_t items, room;
};

void model_conversation_free(struct model_conversation *c);

/* model_conversation_insert: take over json (also on error) as a new item.
 *
 * previous_id  insert behind it; "root": at the front; NULL: at the end
 * Returns the item; or NULL with *e set: previous_id or a duplicate id. */
struct model_item *model_conversation_insert(struct model_conversation *c,
					     const char *id, json_t *json,
					     const char *previous_id,
					     struct model_error *e);
struct model_item *model_conversation_find(const struct model_conversation *c,
					   const char *id);
struct model_item *model_conversation_last(const struct model_conversation *c);
/* model_conversation_before: the id of the item in front of it, or NULL. */
const char *model_conversation_before(const struct model_conversation *c,
				      const struct model_item *item);
struct model_item *model_conversation_call(const struct model_conversation *c,
					   const char *call_id);

/* model_conversation_truncate: the model forgets what was not heard, and the
 * whole transcript. Returns false with *e set. */
bool model_conversation_truncate(struct model_conversation *c, const char *id,
				 json_int_t content_index,
				 json_int_t audio_end_ms,
				 struct model_error *e);

/* model_conversation_delete: returns false with *e set. */
bool model_conversation_delete(struct model_conversation *c, const char *id,
			       struct model_error *e);

/* model_item_add_audio: count, and unless is_unheld keep, generated audio. */
int model_item_add_audio(struct model_item *item, const uint8_t *bytes,
			 size_t n);
/* model_item_ms: milliseconds generated for the item so far. */
uint64_t model_item_ms(const struct model_item *item);

/* model_item_show: the item with its audio as base64. New reference. */
json_t *model_item_show(const struct model_item *item);

#endif
