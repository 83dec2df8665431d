/* The AudioCodes leg of a call: one conversation with VoiceAI Connect <-> call
 * events and actions. It speaks over a socket (audiocodes_socket.h), may lose
 * it and get another; the newest one wins.
 *
 * What a peer may do wrong in a conversation, and what then happens:
 *
 *   no media format that we and it know ........ session.error
 *   a second session.initiate on its socket .... session.error
 *   session.initiate of this conversation on
 *   another socket ............................. ends; another begins
 *   no start within AUDIOCODES_START_MS ........ the call begins without it
 *   start again, an activity's id again ........ ignored, counted
 *   an activity of a name not known, malformed . ignored, said, counted
 *   audio outside a stream, of another
 *   participant, that is no base64 ............. dropped, counted
 *   a WAV header nothing can be made of ........ no audio until the next start
 *   the socket is lost ......................... resume_ms for another
 *   no session.end within AUDIOCODES_END_MS
 *   of our hangup .............................. closed with 1000
 *
 * What breaks a socket, in or out of a conversation: audiocodes_socket.h.
 * In agent assist the settings' participant is bridged; streams of others are
 * answered, their audio is dropped.
 *
 * The call acts on it through audiocodes_port (audiocodes_port.h).
 *
 * The owner fills call_settings from caller_format and play_format (by way of
 * audiocodes_settings_audio), and sets awaits_ready, must_answer, and
 * can_detach when resume_ms is not 0. ending_ms must be longer than resume_ms +
 * AUDIOCODES_END_MS: the leg keeps the time, and says when it is over.
 *
 * Source: AudioCodes reference, 2 to 5, 8, 10, 11. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_LEG_H
#define GATEWAY_CARRIERS_AUDIOCODES_LEG_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/call/call.h"
#include "gateway/carriers/audiocodes_player.h"
#include "gateway/carriers/audiocodes_seen.h"
#include "gateway/carriers/audiocodes_settings.h"
#include "gateway/carriers/audiocodes_state.h"
#include "gateway/carriers/audiocodes_user.h"
#include "gateway/carriers/leg.h"
#include "gateway/ops/log.h"
#include "protocols/audiocodes_message.h"

struct audiocodes_socket;
struct audiocodes_wire;

#define AUDIOCODES_START_MS 2000  /* for the start activity, once accepted */
#define AUDIOCODES_END_MS   10000 /* for session.end after our hangup */

/* How the conversation ended, for the log. */
enum audiocodes_leg_end {
	AUDIOCODES_LEG_BY_CARRIER, /* session.end */
	AUDIOCODES_LEG_BY_US,      /* our hangup, or transfer */
	AUDIOCODES_LEG_REFUSED,    /* session.error */
	AUDIOCODES_LEG_REPLACED,   /* the carrier began it anew */
	AUDIOCODES_LEG_LOST        /* the socket did not come back */
};

struct audiocodes_leg_owner {
	/* The start has come, or was waited for in vain: the call is about to
	 * be told that it may speak. NULL: nothing to do. */
	void (*on_begin)(void *owner);
	/* A message has been handled. read_ns: when it came. */
	void (*on_handled)(void *owner, uint64_t read_ns);
	/* The conversation has ended and the call was told; once, and last. The
	 * leg may be freed, not from inside. */
	void (*on_ended)(void *owner, enum audiocodes_leg_end how);
};

/* What waits for its turn to be sent, or sent again. */
enum audiocodes_pending {
	AUDIOCODES_STAYS,
	AUDIOCODES_TRANSFERS,
	AUDIOCODES_HANGS_UP
};

/* Embedded in its owner; opaque to everyone else but where it says so. */
struct audiocodes_leg {
	struct leg leg;
	struct audiocodes_socket *socket; /* NULL: none */
	struct call *call;
	const struct audiocodes_settings *settings;
	struct log log;
	const struct audiocodes_leg_owner *events;
	void *owner;

	enum audiocodes_state state; /* anybody may read */
	enum audiocodes_leg_end end; /* likewise, when OVER */
	enum call_end call_end;      /* what the call is told */
	uint64_t now_ns;             /* of what is being handled */
	uint64_t accepted_ns;
	uint64_t lost_ns;     /* when the line is thought to have broken */
	uint64_t detached_ns; /* when we saw it */

	/* Settled at the beginning; anybody may read. */
	char conversation[AUDIOCODES_ID_MAX];
	enum audiocodes_format_id caller_format;
	enum audiocodes_format_id play_format;
	bool expects_audio; /* false: the carrier wants text (11) */

	bool has_begun;   /* the call may speak */
	bool is_stopping; /* who loses its socket now gets no other */
	bool is_outbound;
	bool is_assist;                    /* several participants */
	char bridged[AUDIOCODES_NAME_MAX]; /* as the stream names it, or "" */
	char caller[CALL_VARIABLE_VALUE_MAX]; /* of session.initiate */
	struct audiocodes_user user;
	struct audiocodes_player player;
	struct audiocodes_seen seen; /* activities */
	struct audiocodes_seen said; /* of what is ignored */

	enum audiocodes_pending pending;
	uint64_t pending_ns; /* when it was sent */
	char reason[CALL_REASON_MAX];
	char target[CALL_TARGET_MAX];
};

/* audiocodes_leg_open: a session.initiate has come: agree on formats. The call
 * is initialised after it, from what it has settled; the socket then attaches
 * itself, which accepts.
 *
 * settings  kept
 * why       on failure: for session.error, static
 * Returns 0 or -ENOTSUP. */
int audiocodes_leg_open(struct audiocodes_leg *leg,
			const struct audiocodes_settings *settings,
			struct call *call, const struct log *log,
			const struct audiocodes_leg_owner *events, void *owner,
			const struct audiocodes_event *initiate,
			const char **why);

/* audiocodes_leg_replace: the carrier begins this conversation anew.
 * audiocodes_leg_fail: it cannot go on; why is for session.error.
 * Both end it now; valid in every state, twice. */
void audiocodes_leg_replace(struct audiocodes_leg *leg, uint64_t now_ns);
void audiocodes_leg_fail(struct audiocodes_leg *leg, const char *why,
			 uint64_t now_ns);

/* --- For the socket --- */

/* audiocodes_leg_attach: s speaks for this conversation from now on. */
void audiocodes_leg_attach(struct audiocodes_leg *leg,
			   struct audiocodes_socket *s, uint64_t now_ns);
/* audiocodes_leg_lost: the socket is gone, and was since lost_ns. */
void audiocodes_leg_lost(struct audiocodes_leg *leg, uint64_t lost_ns,
			 uint64_t now_ns, const char *why);
void audiocodes_leg_bad(struct audiocodes_leg *leg, const char *why);
void audiocodes_leg_rtt(struct audiocodes_leg *leg, uint64_t rtt_ns);
void audiocodes_leg_handled(struct audiocodes_leg *leg, uint64_t read_ns);

/* --- For the leg's other files --- */

/* audiocodes_leg_wire: where to send, or NULL when nothing may be sent. */
struct audiocodes_wire *audiocodes_leg_wire(struct audiocodes_leg *leg);
/* audiocodes_leg_talks: likewise, when anything but the end may be sent. */
struct audiocodes_wire *audiocodes_leg_talks(struct audiocodes_leg *leg);
/* audiocodes_leg_leave: hang up, or transfer to target; as soon as it can be
 * said, and again when it may have been lost. */
void audiocodes_leg_leave(struct audiocodes_leg *leg,
			  enum audiocodes_pending how, const char *target,
			  const char *reason);
/* audiocodes_leg_end: session.end has come. */
void audiocodes_leg_end(struct audiocodes_leg *leg, enum call_end why);
/* audiocodes_leg_begin: start has come, or was waited for in vain. */
void audiocodes_leg_begin(struct audiocodes_leg *leg);
/* audiocodes_leg_transfer_failed: the call stays with us. */
void audiocodes_leg_transfer_failed(struct audiocodes_leg *leg,
				    const char *why);
/* audiocodes_leg_ignore: count it always, say it once for each name (each why,
 * where that is ""). */
void audiocodes_leg_ignore(struct audiocodes_leg *leg, const char *why,
			   const char *name);

#endif
