/* What a run tells all its calls over VoiceAI Connect: where the bot is, and
 * how VAIC is set up. Behind the carrier pointer of struct
 * caller_call_options. */
#ifndef TOOLS_CALL_VAIC_OPTIONS_H
#define TOOLS_CALL_VAIC_OPTIONS_H

#include <stddef.h>

#include "tools/call/vaic_session.h"

#define VAIC_HEADERS_MAX    8
#define VAIC_PARAMETERS_MAX 64

enum vaic_mode {
	VAIC_CALL,       /* a call */
	VAIC_HTTP_CHECK, /* GET on the bot's URL (AudioCodes reference, 1.5) */
	VAIC_VALIDATE    /* connection.validate (2.1) */
};

/* Texts are borrowed and outlive the calls. */
struct vaic_options {
	enum vaic_mode mode;
	const char *url;   /* http, https, ws or wss, each mapped as needed */
	const char *token; /* NULL: none (1.2) */
	const char *header[VAIC_HEADERS_MAX]; /* "Name: value" */
	size_t headers;
	/* Of every call; conversation_id, unix_ms, seed and the faults are the
	 * call's own. start.parameter points to parameter. */
	struct vaic_session_options session;
	struct phone_parameter parameter[VAIC_PARAMETERS_MAX];
};

#endif
