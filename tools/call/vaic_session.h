/* VAIC in one conversation: the strict opposite side of a bot (AudioCodes
 * reference, section 9), with resume over any number of sockets.
 *
 * Pure. The owner has the socket and the clock: it tells what came and when
 * (now_ns, monotonic, never going back), sends what on_send hands it, in order,
 * and calls vaic_session_tick when vaic_session_due says. Samples are those of
 * the caller's clock: 8 per ms, 0 when `start` was sent.
 *
 * The life of a call:
 *
 *   vaic_session_open    a socket is up: session.initiate goes out; after
 *                        vaic_session_lost: session.resume
 *   session.accepted     start and userStream.start go out; sample 0
 *   userStream.started   caller audio flows, a chunk each chunk_ms
 *   session.end          goes out; the bot has 2 s to close
 *   on_over              all is said; before it on_close where the bot did
 *                        not close the socket itself
 */
#ifndef TOOLS_CALL_VAIC_SESSION_H
#define TOOLS_CALL_VAIC_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/call/vaic_message.h"
#include "tools/call/vaic_playout.h"

/* Waits, ms, and what happens when they are over. */
#define VAIC_ACCEPT_MS  10000 /* session.accepted, validated: breach, close */
#define VAIC_STARTED_MS 5000  /* userStream.started: breach, session.end */
#define VAIC_STOPPED_MS 5000  /* userStream.stopped: breach, goes on */
#define VAIC_REPLY_MS   500   /* a started/stopped later than this: breach */
#define VAIC_DRY_MS     1500  /* a play stream open without data: breach */
#define VAIC_PROMPT_MS  5000  /* start to the first sound: breach (default) */
#define VAIC_GRACE_MS   200   /* what is under way when session.end goes out */
#define VAIC_CLOSE_MS   2000  /* session.end to the bot's close: breach */

#define VAIC_FRAME        160 /* caller's samples in 20 ms */
#define VAIC_CHUNK_MS_MAX 1000

/* What becomes of a transfer. */
enum vaic_transfer {
	VAIC_TRANSFER_ANSWERED,
	VAIC_TRANSFER_NO_ANSWER,
	VAIC_TRANSFER_BUSY,
	VAIC_TRANSFER_DECLINED,
	VAIC_TRANSFER_ERROR
};

enum vaic_mode {
	VAIC_CALL,
	VAIC_VALIDATE /* connection.validate and nothing else (1.5) */
};

/* Strings outlive the session. */
struct vaic_options {
	enum vaic_mode mode;
	const char *conversation_id;
	const char *bot_name;
	const char *caller;      /* NULL: left out */
	const char *language;    /* of activities; NULL: left out */
	const char *participant; /* of user streams; NULL: none */
	enum vaic_format offer[VAIC_FORMATS];
	size_t offers;
	bool direct_stt;        /* caller audio goes to the bot */
	bool direct_tts;        /* the bot sends audio */
	bool user_stream_first; /* userStream.start before start */
	unsigned chunk_ms;      /* multiple of 20 */
	struct vaic_start start;
	struct vaic_settings settings; /* the administrator's */
	enum vaic_transfer transfer;
	unsigned transfer_ms; /* from the request to its outcome */
	unsigned prompt_ms;   /* 0: nothing has to be played */
	unsigned ahead_ms;    /* send-ahead told as excess; 0: any */
	bool marks;           /* playStream.mark.set is known (2.6) */
	uint64_t unix_ms;     /* wall clock at now_ns 0 */
	uint64_t seed;        /* of activity ids */
	/* Faults. */
	bool adds_unknown_fields;  /* to every message */
	bool odd_chunks;           /* each chunk splits a sample */
	bool opens_with_resume;    /* of an id the bot has never heard */
	bool duplicate_activities; /* each is sent twice, with one id */
};

/* vaic_options_default: a call in Live Hub's formats, both directions audio,
 * 20 ms chunks, settings off. conversation_id and bot_name are still missing.
 */
void vaic_options_default(struct vaic_options *o);

enum vaic_outcome {
	VAIC_OUTCOME_NONE,          /* it is still going on */
	VAIC_OUTCOME_VALIDATED,     /* connection.validated, success true */
	VAIC_OUTCOME_NOT_VALIDATED, /* success false, or no answer */
	VAIC_OUTCOME_HUNG_UP,       /* by the bot */
	VAIC_OUTCOME_CALLER_HUNG_UP,
	VAIC_OUTCOME_TRANSFERRED,
	VAIC_OUTCOME_REFUSED, /* session.error instead of accepted */
	VAIC_OUTCOME_ERROR,   /* session.error later on */
	VAIC_OUTCOME_BROKEN,  /* the bot broke the protocol beyond use */
	VAIC_OUTCOME_LOST     /* the owner gave the socket up */
};

const char *vaic_outcome_name(enum vaic_outcome o);

struct vaic_end {
	enum vaic_outcome outcome;
	const char *reason_code; /* of session.end; "" when none was sent */
	char why[160];           /* in words: hangupReason, session.error's */
	unsigned close_code;     /* the bot's; 0: it did not close */
	uint64_t sample;         /* when session.end went out */
	uint64_t unplayed;       /* samples still waiting */
};

/* Called from inside the functions below; they may not call back, except
 * vaic_session_press, _say and _hang_up from on_frame. */
struct vaic_session_events {
	/* One text message to the bot. */
	void (*on_send)(void *owner, const char *text, size_t len);
	/* Close the socket; on_over follows. */
	void (*on_close)(void *owner, unsigned code);
	/* `start` went out: sample 0. */
	void (*on_started)(void *owner);
	/* The heard track without holes; is_sound: from play-out. */
	void (*on_heard)(void *owner, const uint8_t *ulaw, size_t n,
			 bool is_sound);
	/* What of it was played from this sample on, in the bot's own bytes.
	 * May be NULL. */
	void (*on_native)(void *owner, const struct vaic_play_stream *p,
			  uint64_t sample, const uint8_t *bytes, size_t n);
	/* What was said from this sample on, in the bytes that went out, header
	 * excepted. May be NULL. */
	void (*on_said)(void *owner, uint64_t sample, const uint8_t *bytes,
			size_t n);
	/* Before each 20 ms: all up to now was heard; act on it, then fill the
	 * frame of the samples from begin on. */
	void (*on_frame)(void *owner, uint64_t now, uint64_t begin,
			 uint8_t frame[VAIC_FRAME]);
	/* A chunk of n samples came; the first plays at sample begin. */
	void (*on_arrival)(void *owner, uint64_t begin, size_t n,
			   uint64_t now_us);
	/* Play-out was flushed at sample now. */
	void (*on_clear)(void *owner, uint64_t now, size_t dropped,
			 uint64_t now_us);
	/* The socket is lost, and with it samples of an open stream that had
	 * not been played. May be NULL. */
	void (*on_lost)(void *owner, uint64_t dropped);
	/* Anything the bot asked for, before VAIC does its part of it. */
	void (*on_activity)(void *owner, const struct vaic_activity *a);
	/* A transcript of the caller; is_final: recognition. May be NULL. */
	void (*on_transcript)(void *owner, const char *text, bool is_final);
	/* For the timeline: what happened, in words. May be NULL. */
	void (*on_note)(void *owner, const char *text);
	void (*on_breach)(void *owner, const struct phone_breach *breach);
	/* Once. */
	void (*on_over)(void *owner, const struct vaic_end *end);
};

/* Times are 0 when they did not happen. */
struct vaic_figures {
	uint64_t initiate_ns; /* sent */
	uint64_t accepted_ns;
	uint64_t start_ns;  /* sample 0 */
	unsigned accept_ms; /* initiate to accepted */
	bool is_answered;   /* a sample was played */
	uint64_t answered;  /* the first one's number */
	unsigned replies;   /* started and stopped */
	unsigned reply_ms_max;
	uint64_t frames;      /* user chunks sent */
	uint64_t withheld_ms; /* caller audio nobody was sent */
	uint64_t late_ns_max; /* of a frame behind the schedule */
	unsigned user_starts;
	unsigned play_streams;
	uint64_t play_chunks;  /* received, late ones included */
	uint64_t play_samples; /* of the caller's clock, late ones excluded */
	uint64_t late_chunks;  /* of interrupted streams: ignored */
	unsigned late_ms_max;  /* from the interruption to the last of them */
	unsigned ahead_ms_max; /* most audio waiting to be played */
	uint64_t ahead_excess; /* chunks that made it more than ahead_ms */
	unsigned underruns;
	unsigned clears; /* by speech.started, hypothesis, abortPrompts */
	unsigned aborts; /* abortPrompts among the activities */
	unsigned marks;  /* set; and reached */
	unsigned marks_reached;
	unsigned activities;    /* received */
	unsigned keys_withheld; /* sendDTMF was off */
	unsigned resumes;       /* accepted */
	unsigned resume_ms_max; /* session.resume to session.accepted */
};

struct vaic_session;

/* vaic_session_new: NULL for no memory, or options that make no sense.
 * events and what o points at outlive it. */
struct vaic_session *vaic_session_new(const struct vaic_options *o,
				      const struct vaic_session_events *events,
				      void *owner);
void vaic_session_free(struct vaic_session *s);

/* vaic_session_open: a socket is up. The first one says session.initiate (or
 * connection.validate), each later one session.resume; whatever is still held
 * for an older socket is forgotten. */
void vaic_session_open(struct vaic_session *s, uint64_t now_ns);

/* vaic_session_read: a message from the current socket. */
void vaic_session_read(struct vaic_session *s, const char *text, size_t len,
		       bool is_binary, uint64_t now_ns);

/* vaic_session_deafen: the owner reads nothing from now on, or reads again (a
 * slow reader): meanwhile the bot's clocks stand still, for what it says is not
 * heard. */
void vaic_session_deafen(struct vaic_session *s, bool is_deaf, uint64_t now_ns);

/* vaic_session_lost: the socket is gone and it was us (an injected fault, or
 * the network): the call waits for the next vaic_session_open. */
void vaic_session_lost(struct vaic_session *s, uint64_t now_ns);

/* vaic_session_closed: the bot closed the socket, with so much of a code (1005,
 * 1006 as in RFC 6455). A breach unless the session was over. The call waits
 * for the next vaic_session_open, or for vaic_session_give_up. */
void vaic_session_closed(struct vaic_session *s, unsigned code,
			 uint64_t now_ns);

/* vaic_session_give_up: there will be no other socket. */
void vaic_session_give_up(struct vaic_session *s, const char *why,
			  uint64_t now_ns);

/* vaic_session_tick: time has passed. vaic_session_due: when the next tick is
 * wanted, now_ns; UINT64_MAX: never. */
void vaic_session_tick(struct vaic_session *s, uint64_t now_ns);
uint64_t vaic_session_due(const struct vaic_session *s);

/* --- The caller, and the administrator --- */

/* A key. Delivered as DTMF when sendDTMF is on. */
void vaic_session_press(struct vaic_session *s, char digit);
/* What VAIC recognised, with direct_stt off: a message activity. */
void vaic_session_say(struct vaic_session *s, const char *text);
/* noUserInput fires. Returns 0; -EACCES when it is not listed. */
int vaic_session_no_user_input(struct vaic_session *s, unsigned times);
void vaic_session_hang_up(struct vaic_session *s, uint64_t now_ns);
/* session.end with another reason: error, machine-detected … */
void vaic_session_end(struct vaic_session *s, const char *reason_code,
		      uint64_t now_ns);

/* --- What it is like --- */

bool vaic_session_is_over(const struct vaic_session *s);
/* vaic_session_is_up: accepted, not over, its socket not lost. */
bool vaic_session_is_up(const struct vaic_session *s);
/* vaic_session_now: the sample being played now; 0 before `start`. */
uint64_t vaic_session_now(const struct vaic_session *s);
/* vaic_session_format: of the caller's audio; VAIC_FORMATS before accepted. */
enum vaic_format vaic_session_format(const struct vaic_session *s);
const struct vaic_settings *vaic_session_settings(const struct vaic_session *s);
const struct vaic_figures *vaic_session_figures(const struct vaic_session *s);

#endif
