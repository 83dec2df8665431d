#include "protocols/audiocodes_command.h"

#include <errno.h>
#include <string.h>

#include "protocols/json_write.h"

static struct json_write begin(struct buffer *out, const char *type,
			       const char *name,
			       const struct audiocodes_stamp *stamp)
{
	struct json_write w;

	json_write_begin(&w, out);
	json_write_text(&w, "type", "activities");
	json_write_open(&w, "activities", '[');
	json_write_open(&w, NULL, '{');
	json_write_text(&w, "type", type);
	json_write_text(&w, "name", name);
	json_write_text(&w, "id", stamp->id);
	json_write_text(&w, "timestamp", stamp->timestamp);
	return w;
}

static int finish(struct json_write *w)
{
	json_write_close(w, '}');
	json_write_close(w, ']');
	return json_write_end(w);
}

static void put_headers(struct json_write *w,
			const struct audiocodes_header *header, size_t n)
{
	if (n == 0)
		return;
	json_write_open(w, "hangupSipHeaders", '[');
	for (size_t i = 0; i < n; i++) {
		json_write_open(w, NULL, '{');
		json_write_text(w, "name", header[i].name);
		json_write_text(w, "value", header[i].value);
		json_write_close(w, '}');
	}
	json_write_close(w, ']');
}

int audiocodes_command_hangup(struct buffer *out,
			      const struct audiocodes_stamp *stamp,
			      const struct audiocodes_hangup *hangup)
{
	struct json_write w = begin(out, "event", "hangup", stamp);

	if (hangup->reason || hangup->headers) {
		json_write_open(&w, "activityParams", '{');
		json_write_text(&w, "hangupReason", hangup->reason);
		put_headers(&w, hangup->header, hangup->headers);
		json_write_close(&w, '}');
	}
	return finish(&w);
}

int audiocodes_command_transfer(struct buffer *out,
				const struct audiocodes_stamp *stamp,
				const struct audiocodes_transfer_to *to)
{
	struct json_write w = begin(out, "event", "transfer", stamp);

	json_write_open(&w, "activityParams", '{');
	json_write_text(&w, "transferTarget", to->target);
	json_write_text(&w, "handoverReason", to->reason);
	if (to->notifies)
		json_write_bool(&w, "transferNotifications", true);
	json_write_close(&w, '}');
	return finish(&w);
}

int audiocodes_command_config(struct buffer *out,
			      const struct audiocodes_stamp *stamp,
			      const json_t *session_params)
{
	struct json_write w = begin(out, "event", "config", stamp);

	json_write_value(&w, "sessionParams", session_params);
	return finish(&w);
}

int audiocodes_command_abort_prompts(struct buffer *out,
				     const struct audiocodes_stamp *stamp)
{
	struct json_write w = begin(out, "event", "abortPrompts", stamp);

	return finish(&w);
}

int audiocodes_command_send_dtmf(struct buffer *out,
				 const struct audiocodes_stamp *stamp,
				 const char *digits)
{
	size_t n = strlen(digits);
	struct json_write w;

	if (n == 0 || n > AUDIOCODES_DTMF_MAX ||
	    strspn(digits, "0123456789*#") != n)
		return -EINVAL;
	w = begin(out, "event", "sendDtmf", stamp);
	json_write_open(&w, "activityParams", '{');
	json_write_text(&w, "dtmfDigits", digits);
	json_write_close(&w, '}');
	return finish(&w);
}

int audiocodes_command_send_meta_data(struct buffer *out,
				      const struct audiocodes_stamp *stamp,
				      const json_t *value)
{
	struct json_write w;

	if (!json_is_object(value))
		return -EINVAL;
	w = begin(out, "event", "sendMetaData", stamp);
	json_write_value(&w, "value", value);
	return finish(&w);
}

int audiocodes_command_recording(struct buffer *out,
				 const struct audiocodes_stamp *stamp,
				 enum audiocodes_recording what)
{
	static const char *const name[] = {
		[AUDIOCODES_RECORDING_START] = "startCallRecording",
		[AUDIOCODES_RECORDING_STOP] = "stopCallRecording",
		[AUDIOCODES_RECORDING_PAUSE] = "pauseCallRecording",
		[AUDIOCODES_RECORDING_RESUME] = "resumeCallRecording",
	};
	struct json_write w = begin(out, "event", name[what], stamp);

	return finish(&w);
}

int audiocodes_command_start_recognition(struct buffer *out,
					 const struct audiocodes_stamp *stamp,
					 const char *participant)
{
	struct json_write w = begin(out, "event", "startRecognition", stamp);

	json_write_open(&w, "activityParams", '{');
	json_write_text(&w, "targetParticipant", participant);
	json_write_close(&w, '}');
	return finish(&w);
}

int audiocodes_command_message(struct buffer *out,
			       const struct audiocodes_stamp *stamp,
			       const char *text)
{
	struct json_write w = begin(out, "message", NULL, stamp);

	json_write_text(&w, "text", text);
	return finish(&w);
}
