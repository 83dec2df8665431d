/* One OpenAI Realtime session for one call: connects, configures, confirms,
 * then turns the server's events into call events and the call's wishes into
 * client events.
 *
 * Opening is tried again after passing failures (a busy or restarting server)
 * as long as the call waits; a refusal is final at once. Once live, a lost
 * session is reported to the call and not replaced.
 *
 * A session may be opened before there is a call (openai_pool.h): it then
 * stands, says nothing but pings, and is given to one call, once. What is lost
 * between that and the call's being told is opened anew.
 *
 * Source: OpenAI Realtime reference: 1 (connecting), 2 (configuration), 3.6
 * (errors), 4.2-4.8 (behaviour). */
#ifndef GATEWAY_MODELS_OPENAI_SESSION_H
#define GATEWAY_MODELS_OPENAI_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/call/call.h"
#include "gateway/ops/log.h"
#include "protocols/buffer.h"
#include "protocols/realtime_command.h"

struct config;
struct config_agent;
struct openai_figures;
struct tls_context;
struct ws;

/* Limits. */
#define OPENAI_PING_MS     20000 /* between our pings */
#define OPENAI_PONG_MS     10000 /* without an answer: lost */
#define OPENAI_ATTEMPTS    4     /* to open one session */
#define OPENAI_RETRY_MS    250   /* before the second attempt, doubling */
#define OPENAI_COMMAND_MAX (256 * 1024) /* bytes of one control message */
#define OPENAI_TOOLS_MAX   32           /* functions offered; more are not */

/* What every session of an agent has in common. Made once, never changed. */
struct openai_profile {
	char url[1024];    /* ws[s]://…?model=… */
	char headers[640]; /* Authorization line; holds a secret */
	struct tls_context *tls;
	unsigned connect_timeout_ms;
	unsigned configure_timeout_ms;
	struct realtime_session session;
	struct realtime_tool tool[OPENAI_TOOLS_MAX];
	const char *instructions;       /* all of them */
	struct openai_figures *figures; /* where it is counted, or NULL */
	const char *greeting;           /* what the first response is told, or
					   NULL: the caller begins */
};

/* What one call's model is told in place of that; from malloc, or NULL: as the
 * profile says. */
struct openai_words {
	char *instructions;
	char *greeting;
};

/* openai_profile_init: for one agent of the configuration; both must outlive
 * it, like the instructions and the greeting (NULL: none). tls may be NULL when
 * the URL is ws://. openai_profile_offer: a function the model may call; its
 * texts must outlive the profile. openai_profile_wipe forgets the key. */
void openai_profile_init(struct openai_profile *p, const struct config *c,
			 const struct config_agent *a, const char *instructions,
			 const char *greeting, struct tls_context *tls);
void openai_profile_offer(struct openai_profile *p, const char *name,
			  const char *description, const char *parameters);
void openai_profile_wipe(struct openai_profile *p);

enum openai_state {
	OPENAI_CONNECTING,  /* until the 101 */
	OPENAI_OPEN,        /* until session.created */
	OPENAI_CONFIGURING, /* until session.updated */
	OPENAI_STANDING,    /* live, but there is no call */
	OPENAI_GIVEN,       /* it has a call, which was not told yet */
	OPENAI_LIVE,
	OPENAI_WAITING, /* before the next attempt; a socket that was of no use
			   may still be closing */
	OPENAI_CLOSED   /* the socket is gone, the memory may go too */
};

struct openai_session;

/* What the owner of a session without a call is told: that it stands, and, at
 * most once, that it is lost; it then closes by itself. */
struct openai_standby {
	void (*on_standing)(struct openai_session *s, uint64_t now_ns);
	void (*on_lost)(struct openai_session *s, const char *why,
			uint64_t now_ns);
};

/* Opaque to everyone but its owner. */
struct openai_session {
	const struct openai_profile *profile;
	struct call *call; /* NULL as long as it stands by; then it is for ever
			      this one */
	const struct openai_standby *standby; /* told while it does */
	/* A message has been handled.
	 * read_ns: when it came. */
	void (*on_handled)(void *owner, uint64_t read_ns);
	/* The call is about to talk: all is known of it that is told at its
	 * beginning. May say openai_session_become. NULL: nothing to say. */
	void (*on_begin)(void *owner);
	void *owner;

	struct ws *ws;
	enum openai_state state;
	bool is_closing; /* by us */
	bool is_text;    /* answers are written; set before it is opened */
	bool pong_missing;
	uint64_t ping_ns;  /* when the last ping left */
	uint64_t since_ns; /* of this state */
	uint64_t appends;  /* sent in all */
	unsigned attempts;
	uv_loop_t *loop;
	struct log log;
	struct buffer out; /* one control message being made */
	unsigned commands; /* numbers of our event ids */
	char configure_id[32];
	struct openai_words words;
	bool is_updating;   /* a session.update is not confirmed yet … */
	bool wants_another; /* … and another is to follow it */
	bool has_spoken;    /* the voice is settled */
	char speak_id[32];  /* the last request to speak */
	char session_id[128];
	long long expires_at; /* Unix seconds; 0: not told */

	/* Of the pool it stands in, or was given by. */
	struct openai_session *next;
	struct openai_session **link; /* what points here; NULL: in no list */
	uint64_t renew_ns;            /* by then it has stood long enough */

	/* What the caller is saying: the words so far, and of which item. */
	char heard_item[128];
	char heard[CALL_TEXT_MAX];

	/* Totals. */
	uint64_t unreadable; /* messages that could not be read */
	uint64_t ignored;    /* events of no use */
	uint64_t errors;
};

extern const struct call_model_port openai_session_port;

/* openai_session_new: zeroed, or NULL without memory. openai_session_free: of
 * one that was never opened or is OPENAI_CLOSED. */
struct openai_session *openai_session_new(void);
void openai_session_free(struct openai_session *s);

/* openai_session_open: begin to connect for a call. call_model_ready or
 * call_model_lost follows, never from inside. owner, on_handled and what the
 * port needs must be set before.
 *
 * call  NULL: it is to stand by. One attempt is made; standby, set before, is
 *       told how it went, never from inside. */
void openai_session_open(struct openai_session *s,
			 const struct openai_profile *profile, uv_loop_t *loop,
			 struct call *call, const struct log *log,
			 uint64_t now_ns);

/* openai_session_become: another profile, with the same server, model and
 * format, and the words of one call, which are the session's from here on.
 * Before it is configured that is all; afterwards the server is told, unless it
 * knows; one update at a time is under way. */
void openai_session_become(struct openai_session *s,
			   const struct openai_profile *profile,
			   const struct openai_words *words);

/* openai_session_tick: timeouts, pings, the next attempt. Once per 20 ms. */
void openai_session_tick(struct openai_session *s, uint64_t now_ns);

/* openai_session_flush: send what was written. */
void openai_session_flush(struct openai_session *s);

/* openai_session_close: close 1000; valid in every state, twice. The session
 * comes to OPENAI_CLOSED at a later tick. */
void openai_session_close(struct openai_session *s);

#endif
