/* The bot parameters VAIC heeds (AudioCodes reference, 4.5): as the
 * administrator set them, and as a bot changes them. */
#ifndef TOOLS_CALL_VAIC_SETTINGS_H
#define TOOLS_CALL_VAIC_SETTINGS_H

#include <stdbool.h>

/* Events that are sent only when listed in sendEventsToBot: bits. */
enum vaic_gate {
	VAIC_GATE_NO_USER_INPUT = 1 << 0,
	VAIC_GATE_PLAY_FINISHED = 1 << 1
};

#define VAIC_RESUME_RECOGNITION_MS 10000 /* resumeRecognitionTimeoutMS */

struct vaic_settings {
	bool barge_in;
	bool barge_in_on_dtmf;
	unsigned barge_in_min_words;
	bool send_dtmf;
	unsigned events; /* enum vaic_gate */
	bool transfer_notifications;
	unsigned resume_recognition_ms;
};

/* Everything off, as VAIC is out of the box; 10 s of resume_recognition_ms. */
#define VAIC_SETTINGS_DEFAULT                             \
	((struct vaic_settings){ .resume_recognition_ms = \
					 VAIC_RESUME_RECOGNITION_MS })

/* Members of struct vaic_settings that a change sets: bits. */
enum vaic_setting {
	VAIC_SET_BARGE_IN = 1 << 0,
	VAIC_SET_BARGE_IN_ON_DTMF = 1 << 1,
	VAIC_SET_BARGE_IN_MIN_WORDS = 1 << 2,
	VAIC_SET_SEND_DTMF = 1 << 3,
	VAIC_SET_EVENTS = 1 << 4,
	VAIC_SET_TRANSFER_NOTIFICATIONS = 1 << 5,
	VAIC_SET_RESUME_RECOGNITION_MS = 1 << 6
};

/* sessionParams or activityParams. */
struct vaic_change {
	unsigned set; /* enum vaic_setting */
	struct vaic_settings to;
};

void vaic_settings_apply(struct vaic_settings *s, const struct vaic_change *c);

#endif
