/* Between the files of vaic_session. */
#ifndef TOOLS_CALL_VAIC_SESSION_PARTS_H
#define TOOLS_CALL_VAIC_SESSION_PARTS_H

#include "protocols/buffer.h"
#include "tools/call/vaic_session.h"

#define VAIC_NS_PER_MS        1000000u
#define VAIC_SAMPLES_PER_MS   8
#define VAIC_PLAY_IDS_MAX     4096 /* remembered to tell a reused one */
#define VAIC_SESSION_TEXT_MAX (1024 * 1024)

enum vaic_state {
	VAIC_STATE_NEW, /* no socket yet */
	VAIC_STATE_VALIDATING,
	VAIC_STATE_INITIATING,
	VAIC_STATE_UP,
	VAIC_STATE_DETACHED, /* the socket is gone, the call is not */
	VAIC_STATE_RESUMING,
	VAIC_STATE_ENDED, /* session.end sent, the bot is to close */
	VAIC_STATE_OVER,
	VAIC_STATES
};

enum vaic_user_state {
	VAIC_USER_IDLE,
	VAIC_USER_STARTING, /* start sent */
	VAIC_USER_STREAMING,
	VAIC_USER_STOPPING /* stop sent */
};

/* The caller's audio to the bot. */
struct vaic_user {
	enum vaic_user_state state;
	uint64_t since_ns;
	bool is_turn_over; /* half duplex: the bot has the floor */
	bool was_busy;     /* something played at the last look */
	uint64_t turn_ns;  /* when the turn ended */
	struct vaic_convert convert;
	struct buffer audio; /* of the chunk being filled */
	unsigned filled_ms;
	uint64_t begin; /* sample of the stream's first frame */
	uint64_t sent;  /* bytes of the stream, its header excepted */
	size_t header;  /* bytes of it still in audio */
};

/* The play stream the bot has open. */
struct vaic_open_stream {
	bool is_open;
	char id[VAIC_ID_MAX + 1];
	struct vaic_play_stream *play; /* NULL: unusable, its breach was told */
	uint64_t data_ns;              /* when its start or last chunk came */
	bool is_dry;                   /* told */
};

struct vaic_session {
	struct vaic_options o;
	const struct vaic_session_events *events;
	void *owner;
	struct vaic_sender sender;
	struct vaic_breaches breaches;
	enum vaic_state state;
	uint64_t state_ns; /* entered */
	uint64_t now_ns;
	uint64_t deaf_ns; /* since when nothing is read; 0: it is */
	uint64_t now;     /* sample */
	uint64_t track;   /* heard up to */
	uint64_t frame;   /* the next one's number */
	struct vaic_settings settings;
	struct vaic_change once; /* of the last play stream or message */
	enum vaic_format format;
	struct vaic_playout playout;
	struct vaic_open_stream open;
	char **id; /* of every play stream so far */
	size_t ids;
	size_t id_room;
	uint64_t flushed_ns; /* the last flush */
	bool has_prompt;     /* audio, text or a URL was sent to be played */
	bool is_prompt_told;
	uint64_t transfer_ns; /* its outcome is due; 0: none is under way */
	struct vaic_user user;
	struct buffer text; /* of the message being sent */
	uint64_t random;
	struct vaic_figures figures;
	struct vaic_end end;
};

/* --- vaic_session.c --- */

void vaic_session_state(struct vaic_session *s, enum vaic_state state);
/* vaic_session_sent: the text was written with this result: send it. */
void vaic_session_sent(struct vaic_session *s, int err);
void vaic_session_note(struct vaic_session *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
unsigned vaic_session_ms_since(const struct vaic_session *s, uint64_t then_ns);
/* vaic_session_stamp: a new id, and now. Sent once, or twice as a fault. */
struct vaic_stamp vaic_session_stamp(struct vaic_session *s, char id[37]);
void vaic_session_sent_activity(struct vaic_session *s, int err);
/* vaic_session_finish: session.end, and wait for the bot to close. */
void vaic_session_finish(struct vaic_session *s, enum vaic_outcome outcome,
			 const char *reason_code, const char *why);
/* vaic_session_drop: close the socket without session.end, and be over. */
void vaic_session_drop(struct vaic_session *s, enum vaic_outcome outcome,
		       const char *why);
/* vaic_session_set_end: how it ended. vaic_session_be_over: say so. */
void vaic_session_set_end(struct vaic_session *s, enum vaic_outcome outcome,
			  const char *why);
void vaic_session_be_over(struct vaic_session *s);
bool vaic_session_offers(const struct vaic_session *s, enum vaic_format f);

/* --- vaic_session_socket.c --- */

/* vaic_session_detach: the socket is gone. */
void vaic_session_detach(struct vaic_session *s);

/* --- vaic_session_bot.c: what the bot says --- */

void vaic_session_take(struct vaic_session *s, const struct vaic_event *e);

/* --- vaic_session_play.c --- */

extern const struct vaic_playout_events vaic_session_playout_events;
void vaic_session_play_start(struct vaic_session *s,
			     const struct vaic_event *e);
void vaic_session_play_chunk(struct vaic_session *s,
			     const struct vaic_event *e);
void vaic_session_play_stop(struct vaic_session *s, const struct vaic_event *e);
void vaic_session_mark_set(struct vaic_session *s, const struct vaic_event *e);
/* vaic_session_flush: drop what plays, if anything does. */
void vaic_session_flush(struct vaic_session *s, const char *why);
/* vaic_session_hear: everything up to sample now. */
void vaic_session_hear(struct vaic_session *s);

/* --- vaic_session_user.c --- */

/* vaic_session_effective: the settings under which the current stream plays. */
struct vaic_settings vaic_session_effective(const struct vaic_session *s);
/* vaic_session_user_update: start or stop the user stream as the rest wants. */
void vaic_session_user_update(struct vaic_session *s);
void vaic_session_turn_over(struct vaic_session *s);
void vaic_session_user_started(struct vaic_session *s,
			       const struct vaic_event *e);
void vaic_session_user_stopped(struct vaic_session *s,
			       const struct vaic_event *e);
/* vaic_session_frames: every frame due by now. */
void vaic_session_frames(struct vaic_session *s);

/* --- vaic_session_activity.c --- */

void vaic_session_activities(struct vaic_session *s,
			     const struct vaic_event *e);
/* vaic_session_transfer_due: its outcome. */
void vaic_session_transfer_due(struct vaic_session *s);

/* --- vaic_session_clock.c --- */

/* vaic_session_advance: it is now_ns: play and hear up to it. */
void vaic_session_advance(struct vaic_session *s, uint64_t now_ns);
uint64_t vaic_session_sample_ns(const struct vaic_session *s, uint64_t sample);

#endif
