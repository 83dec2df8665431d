/* What the caller said, in letters: some time after the turn, word by word,
 * then whole. */
#include <stdio.h>
#include <string.h>

#include "tools/model/model_state.h"

#define WORD_US 30000 /* between one and the next */

void model_transcript_arm(struct model_session *s, const char *item_id)
{
	const unsigned *delay = s->scenario->transcript_delay_ms;
	struct model_task task = {
		.what = MODEL_DUE_TRANSCRIPT,
		.at_us = s->now_us + 1000ull * model_random_between(&s->random,
								    delay[0],
								    delay[1]),
	};

	if (!s->settings.transcribes)
		return;
	snprintf(task.id, sizeof(task.id), "%s", item_id);
	model_agenda_add(&s->agenda, &task);
}

static void find_text(struct model_session *s, const char *item_id, char *text,
		      size_t cap)
{
	const struct model_transcriber *t = s->scenario->script->transcription;
	const struct model_item *item =
		model_conversation_find(&s->conversation, item_id);

	if (t && t->text)
		snprintf(text, cap, "%s", t->text);
	else
		snprintf(text, cap, "(the caller\u2019s words, %.1f s)",
			 item ? (double)model_item_ms(item) / 1000 : 0.0);
}

static void say_failed(struct model_session *s, const char *item_id)
{
	model_emit_event(
		s, "conversation.item.input_audio_transcription.failed",
		json_pack("{s:s, s:i, s:{s:s, s:s, s:s, s:n}}", "item_id",
			  item_id, "content_index", 0, "error", "type",
			  "transcription_error", "code", "audio_unintelligible",
			  "message", "The audio could not be transcribed.",
			  "param"));
}

static void say_piece(struct model_session *s, const char *item_id,
		      const char *word, size_t len)
{
	model_emit_event(s, "conversation.item.input_audio_transcription.delta",
			 json_pack("{s:s, s:i, s:s%, s:o}", "item_id", item_id,
				   "content_index", 0, "delta", word, len,
				   "obfuscation", model_emit_obfuscation(s)));
}

static void say_whole(struct model_session *s, const char *item_id,
		      const char *text)
{
	model_emit_event(
		s, "conversation.item.input_audio_transcription.completed",
		json_pack("{s:s, s:i, s:s, s:{s:s, s:i}}", "item_id", item_id,
			  "content_index", 0, "transcript", text, "usage",
			  "type", "duration", "seconds", 1));
}

void model_transcript_run(struct model_session *s,
			  const struct model_task *task)
{
	const struct model_transcriber *t = s->scenario->script->transcription;
	struct model_task next = *task;
	char text[600];

	if (t && t->fails) {
		say_failed(s, task->id);
		return;
	}
	find_text(s, task->id, text, sizeof(text));
	size_t from = strnlen(text, task->number);
	size_t len = strcspn(text + from + strspn(text + from, " "), " ") +
		     strspn(text + from, " ");
	if (len)
		say_piece(s, task->id, text + from, len);
	next.number = (unsigned)(from + len);
	next.at_us += WORD_US;
	if (!text[next.number] || model_agenda_add(&s->agenda, &next))
		say_whole(s, task->id, text);
}
