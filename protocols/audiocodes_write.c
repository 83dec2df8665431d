#include "protocols/audiocodes_write.h"

#include <errno.h>

#include "protocols/json_write.h"

static struct json_write begin(struct buffer *out, const char *type)
{
	struct json_write w;

	json_write_begin(&w, out);
	json_write_text(&w, "type", type);
	return w;
}

static void put_participant(struct json_write *w, const char *name,
			    const char *participant)
{
	if (participant && participant[0])
		json_write_text(w, name, participant);
}

int audiocodes_write_validated(struct buffer *out, bool success)
{
	struct json_write w = begin(out, "connection.validated");

	json_write_bool(&w, "success", success);
	return json_write_end(&w);
}

int audiocodes_write_accepted(struct buffer *out,
			      enum audiocodes_format_id format)
{
	struct json_write w = begin(out, "session.accepted");

	json_write_text(&w, "mediaFormat", audiocodes_format[format].name);
	return json_write_end(&w);
}

int audiocodes_write_error(struct buffer *out, const char *reason)
{
	struct json_write w = begin(out, "session.error");

	json_write_text(&w, "reason", reason);
	return json_write_end(&w);
}

static int user_stream(struct buffer *out, const char *type,
		       const char *participant)
{
	struct json_write w = begin(out, type);

	put_participant(&w, "participant", participant);
	return json_write_end(&w);
}

int audiocodes_write_user_started(struct buffer *out, const char *participant)
{
	return user_stream(out, "userStream.started", participant);
}

int audiocodes_write_user_stopped(struct buffer *out, const char *participant)
{
	return user_stream(out, "userStream.stopped", participant);
}

static int speech(struct buffer *out, const char *type, const char *participant)
{
	struct json_write w = begin(out, type);

	put_participant(&w, "participant", participant);
	put_participant(&w, "participantId", participant);
	return json_write_end(&w);
}

int audiocodes_write_speech_started(struct buffer *out, const char *participant)
{
	return speech(out, "userStream.speech.started", participant);
}

int audiocodes_write_speech_stopped(struct buffer *out, const char *participant)
{
	return speech(out, "userStream.speech.stopped", participant);
}

int audiocodes_write_speech_committed(struct buffer *out,
				      const char *participant)
{
	return speech(out, "userStream.speech.committed", participant);
}

static int transcript(struct buffer *out, const char *type, const char *text,
		      const double *confidence, const char *participant)
{
	struct json_write w = begin(out, type);

	json_write_open(&w, "alternatives", '[');
	json_write_open(&w, NULL, '{');
	json_write_text(&w, "text", text);
	if (confidence)
		json_write_fraction(&w, "confidence", *confidence);
	json_write_close(&w, '}');
	json_write_close(&w, ']');
	put_participant(&w, "participant", participant);
	return json_write_end(&w);
}

int audiocodes_write_hypothesis(struct buffer *out, const char *text,
				const char *participant)
{
	return transcript(out, "userStream.speech.hypothesis", text, NULL,
			  participant);
}

int audiocodes_write_recognition(struct buffer *out, const char *text,
				 double confidence, const char *participant)
{
	return transcript(out, "userStream.speech.recognition", text,
			  &confidence, participant);
}

int audiocodes_write_play_start(struct buffer *out, const char *stream_id,
				enum audiocodes_format_id format)
{
	struct json_write w = begin(out, "playStream.start");

	json_write_text(&w, "streamId", stream_id);
	json_write_text(&w, "mediaFormat", audiocodes_format[format].name);
	return json_write_end(&w);
}

int audiocodes_write_play_chunk(struct buffer *out, const char *stream_id,
				const uint8_t *audio, size_t n)
{
	struct json_write w;

	if (n == 0)
		return -EINVAL;
	w = begin(out, "playStream.chunk");
	json_write_text(&w, "streamId", stream_id);
	json_write_base64(&w, "audioChunk", audio, n);
	return json_write_end(&w);
}

int audiocodes_write_play_stop(struct buffer *out, const char *stream_id)
{
	struct json_write w = begin(out, "playStream.stop");

	json_write_text(&w, "streamId", stream_id);
	return json_write_end(&w);
}

int audiocodes_write_mark_set(struct buffer *out, const char *stream_id,
			      const char *mark)
{
	struct json_write w = begin(out, "playStream.mark.set");

	json_write_text(&w, "streamId", stream_id);
	json_write_text(&w, "mark", mark);
	return json_write_end(&w);
}
