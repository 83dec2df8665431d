/* Sessions that stand ready, connected and configured, before there is a call
 * for them: one pool per worker, for the agent's profile.
 *
 * A session leaves the pool by openai_pool_take and never comes back; it is one
 * call's from then on. What was taken, was lost or has become old is replaced,
 * one dial at a time, so that calls that come all at once do not compete with
 * their own successors; an old one only goes when the next stands. While the
 * server refuses, dials become rare. What is lost while it stands is nobody's
 * loss: said once in the log, and once that all is well again.
 *
 * Source: OpenAI Realtime reference, 1.9 (how long a session lives). */
#ifndef GATEWAY_MODELS_OPENAI_POOL_H
#define GATEWAY_MODELS_OPENAI_POOL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/ops/log.h"

struct call;
struct openai_profile;
struct openai_session;

/* Limits. */
#define OPENAI_POOL_DIALS    1   /* under way at a time */
#define OPENAI_POOL_TICK_MS  250 /* for pings, ages and the next dial */
#define OPENAI_POOL_RETRY_MS 250 /* after a failure, doubling … */
#define OPENAI_POOL_PAUSE_MS                            \
	30000 /* … up to this. Who stood so long is a \
		 success */
#define OPENAI_POOL_AGE_MS                                                     \
	300000                      /* a session stands no longer: the hour it \
				       lives is the call's. Nor longer than    \
				       half of what it is told to live … */
#define OPENAI_POOL_AGE_MIN_MS 1000 /* … but at least this long */

/* Embedded in its owner, who may change the settings between opening and the
 * next turn of the loop; opaque otherwise. */
struct openai_pool {
	unsigned wanted; /* how many stand ready */
	uint64_t age_ms; /* OPENAI_POOL_AGE_MS */

	const struct openai_profile *profile;
	struct log log;
	uv_timer_t timer;             /* the clock, and: at the next turn */
	struct openai_session *own;   /* oldest first */
	struct openai_session *given; /* their calls are to be told */
	atomic_uint stood;            /* lately, for other threads */
	uint64_t pause_ms;            /* after the last failure; 0: none */
	uint64_t due_ns;              /* no dial before */
	bool is_well;                 /* the log has said: all of them stand */
	bool is_ill;                  /* the log has said: some do not */
	bool is_stopping;
	bool is_gone;
	void (*on_gone)(void *owner);
	/* Sessions are gone: openai_pool_uses may say otherwise now. Set by the
	 * owner after opening, or NULL. */
	void (*on_freed)(void *owner);
	void *owner;
};

/* openai_pool_open: dialling begins at the loop's next turn.
 *
 * profile  outlives the pool and every session taken from it
 * wanted   sessions that stand ready; 0: none, ever
 * on_gone  nothing of the pool is left on the loop; comes once, after
 *          openai_pool_stop, never from inside */
void openai_pool_open(struct openai_pool *p, uv_loop_t *loop,
		      const struct openai_profile *profile, unsigned wanted,
		      const struct log *log, void (*on_gone)(void *owner),
		      void *owner);

/* openai_pool_take: a session that stands ready, out of the pool and now the
 * caller's, who sets owner and on_handled and gives it its call; or NULL: open
 * one. */
struct openai_session *openai_pool_take(struct openai_pool *p);

/* openai_pool_give: its call. call_model_ready follows at the loop's next turn,
 * when all that had already come for the session has been looked at: one that
 * turns out to be lost is opened anew first, and only if that fails
 * call_model_lost follows. Ends the program when the session has a call, or
 * does not stand. */
void openai_pool_give(struct openai_pool *p, struct openai_session *s,
		      struct call *call, const struct log *log);

/* openai_pool_renew: sessions are to be of this profile from now on, and so
 * many: all that stand or are coming are closed, others are dialled.
 * openai_pool_uses: whether one of its sessions still has that profile, which
 * must outlive it. */
void openai_pool_renew(struct openai_pool *p,
		       const struct openai_profile *profile, unsigned wanted);
bool openai_pool_uses(const struct openai_pool *p,
		      const struct openai_profile *profile);

/* openai_pool_standing: how many stand ready. openai_pool_stood: how many did
 * at the clock's last tick; for other threads. */
unsigned openai_pool_standing(const struct openai_pool *p);
unsigned openai_pool_stood(const struct openai_pool *p);

/* openai_pool_stop: close them all (1000). A second call cuts them. */
void openai_pool_stop(struct openai_pool *p);

#endif
