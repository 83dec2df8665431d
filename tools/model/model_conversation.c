#include "tools/model/model_conversation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"

static void item_free(struct model_item *item)
{
	json_decref(item->json);
	model_clip_free(&item->audio);
	free(item);
}

void model_conversation_free(struct model_conversation *c)
{
	for (size_t i = 0; i < c->items; i++)
		item_free(c->item[i]);
	free(c->item);
	*c = (struct model_conversation){ .item = NULL };
}

static size_t index_of(const struct model_conversation *c, const char *id)
{
	size_t i = 0;

	while (i < c->items && strcmp(c->item[i]->id, id) != 0)
		i++;
	return i;
}

struct model_item *model_conversation_find(const struct model_conversation *c,
					   const char *id)
{
	size_t i = index_of(c, id);

	return i < c->items ? c->item[i] : NULL;
}

struct model_item *model_conversation_last(const struct model_conversation *c)
{
	return c->items ? c->item[c->items - 1] : NULL;
}

const char *model_conversation_before(const struct model_conversation *c,
				      const struct model_item *item)
{
	size_t i = index_of(c, item->id);

	return i > 0 && i < c->items ? c->item[i - 1]->id : NULL;
}

static const char *member(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text ? text : "";
}

struct model_item *model_conversation_call(const struct model_conversation *c,
					   const char *call_id)
{
	for (size_t i = 0; i < c->items; i++) {
		const json_t *json = c->item[i]->json;

		if (strcmp(member(json, "type"), "function_call") == 0 &&
		    strcmp(member(json, "call_id"), call_id) == 0)
			return c->item[i];
	}
	return NULL;
}

static void remove_at(struct model_conversation *c, size_t i)
{
	item_free(c->item[i]);
	c->items--;
	for (; i < c->items; i++)
		c->item[i] = c->item[i + 1];
}

static bool make_room(struct model_conversation *c)
{
	if (c->items == MODEL_ITEMS_MAX)
		remove_at(c, 0);
	if (c->items < c->room)
		return true;
	size_t room = c->room ? 2 * c->room : 32;
	struct model_item **item = reallocarray(c->item, room, sizeof(void *));
	if (!item)
		return false;
	c->item = item;
	c->room = room;
	return true;
}

static struct model_item *item_new(const char *id, json_t *json)
{
	struct model_item *item = calloc(1, sizeof(*item));

	if (!item)
		return NULL;
	snprintf(item->id, sizeof(item->id), "%s", id);
	item->json = json;
	item->is_assistant = strcmp(member(json, "role"), "assistant") == 0;
	item->is_user = strcmp(member(json, "role"), "user") == 0;
	return item;
}

/* Where a new item goes, or false. */
static bool find_place(const struct model_conversation *c,
		       const char *previous_id, size_t *at,
		       struct model_error *e)
{
	*at = c->items;
	if (!previous_id)
		return true;
	if (strcmp(previous_id, "root") == 0) {
		*at = 0;
		return true;
	}
	*at = index_of(c, previous_id) + 1;
	if (*at <= c->items)
		return true;
	return model_error_set(e, "invalid_value", "previous_item_id",
			       "Error adding item: the previous item with id "
			       "'%.128s' does not exist.",
			       previous_id);
}

static bool check_duplicate(const struct model_conversation *c, const char *id,
			    struct model_error *e)
{
	if (!model_conversation_find(c, id))
		return true;
	model_error_set(e, "item_create_duplicate_item_id", NULL,
			"Error adding item: an item with id '%.128s' already "
			"exists.",
			id);
	e->hides_event_id = true;
	return false;
}

struct model_item *model_conversation_insert(struct model_conversation *c,
					     const char *id, json_t *json,
					     const char *previous_id,
					     struct model_error *e)
{
	size_t at;

	if (!check_duplicate(c, id, e) || !find_place(c, previous_id, &at, e) ||
	    !make_room(c)) {
		json_decref(json);
		return NULL;
	}
	at = at > c->items ? c->items : at;
	struct model_item *item = item_new(id, json);
	if (!item) {
		json_decref(json);
		return NULL;
	}
	for (size_t i = c->items++; i > at; i--)
		c->item[i] = c->item[i - 1];
	c->item[at] = item;
	return item;
}

uint64_t model_item_ms(const struct model_item *item)
{
	return model_audio_ms(item->encoding, item->generated);
}

static uint64_t heard_ms(const struct model_item *item)
{
	return model_audio_ms(item->encoding, item->heard);
}

static void forget_transcript(struct model_item *item)
{
	json_t *content = json_object_get(item->json, "content");

	for (size_t i = 0; i < json_array_size(content); i++)
		json_object_del(json_array_get(content, i), "transcript");
}

static bool check_truncate(const struct model_item *item,
			   json_int_t content_index, json_int_t audio_end_ms,
			   struct model_error *e)
{
	if (!item->is_assistant || item->generated == 0)
		return model_error_set(e, "unsupported_content_type", NULL,
				       "Only model output audio messages can "
				       "be truncated");
	if (content_index != 0)
		return model_error_set(e, "invalid_value", "content_index",
				       "Invalid 'content_index': the item has "
				       "no content part %lld.",
				       (long long)content_index);
	if (audio_end_ms < 0)
		return model_error_set(e, "invalid_value", "audio_end_ms",
				       "Invalid 'audio_end_ms': integer below "
				       "minimum value. Expected a value >= 0, "
				       "but got %lld instead.",
				       (long long)audio_end_ms);
	if ((uint64_t)audio_end_ms > heard_ms(item))
		return model_error_set(
			e, "invalid_value", "audio_end_ms",
			"Audio content of %llums is already shorter than "
			"%lldms",
			(unsigned long long)heard_ms(item),
			(long long)audio_end_ms);
	return true;
}

bool model_conversation_truncate(struct model_conversation *c, const char *id,
				 json_int_t content_index,
				 json_int_t audio_end_ms, struct model_error *e)
{
	struct model_item *item = model_conversation_find(c, id);

	if (!item)
		return model_error_set(e, "item_truncate_invalid_item_id",
				       "item_id",
				       "Error truncating item: the item with "
				       "id '%.128s' does not exist.",
				       id);
	if (!check_truncate(item, content_index, audio_end_ms, e))
		return false;
	item->heard =
		(size_t)audio_end_ms * model_audio_bytes_per_ms(item->encoding);
	if (item->audio.len > item->heard)
		item->audio.len = item->heard;
	forget_transcript(item);
	return true;
}

bool model_conversation_delete(struct model_conversation *c, const char *id,
			       struct model_error *e)
{
	size_t i = index_of(c, id);

	if (i == c->items)
		return model_error_set(e, "item_delete_invalid_item_id",
				       "item_id",
				       "Error deleting item: the item with id "
				       "'%.128s' does not exist.",
				       id);
	remove_at(c, i);
	return true;
}

int model_item_add_audio(struct model_item *item, const uint8_t *bytes,
			 size_t n)
{
	item->generated += n;
	item->heard += n;
	return item->is_unheld ? 0 : model_clip_append(&item->audio, bytes, n);
}

static json_t *base64_json(const struct model_clip *clip)
{
	size_t len = BASE64_ENCODED(clip->len);
	char *text = malloc(len + 1);

	if (!text)
		return json_null();
	base64_encode(text, clip->bytes, clip->len);
	json_t *json = json_stringn_nocheck(text, len);
	free(text);
	return json;
}

json_t *model_item_show(const struct model_item *item)
{
	json_t *json = json_deep_copy(item->json);
	json_t *part = json_array_get(json_object_get(json, "content"), 0);

	if (part && item->audio.len)
		json_object_set_new(part, "audio", base64_json(&item->audio));
	return json;
}
