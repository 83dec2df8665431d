/* What people are to be told who answer a transfer, before they take it.
 *
 * The leg to such a person is a call of its own, with a CallSid nobody has
 * heard of: so the URL that Twilio asks what to say there carries a fresh
 * token, which brings back the words. A token belongs to one leg, the first
 * that comes with it: a webhook of that leg that is repeated gets the same
 * again, any other's gets nothing. The token also marks the key that is
 * pressed, and what became of it is there for whoever asks how the transfer
 * ended.
 *
 * Bounded: TWILIO_WHISPERS_MAX transfers under way; each is forgotten when it
 * has ended, or after TWILIO_WHISPER_MS. Not on the media path. Time and random
 * bytes are passed in.
 *
 * One table for all workers: a lock is held for one pass over it, and what is
 * handed out are copies. Another instance on the same port has a table of its
 * own that learns what this one knows.
 *
 * Source: Twilio reference 1.2 (ParentCallSid), 1.9, 5.6. */
#ifndef GATEWAY_CARRIERS_TWILIO_WHISPERS_H
#define GATEWAY_CARRIERS_TWILIO_WHISPERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/call/call_request.h"

#define TWILIO_WHISPERS_MAX  1024
#define TWILIO_WHISPER_MS    720000     /* ringing, words, a key */
#define TWILIO_WHISPER_TOKEN 33         /* 128 bits in hex, with NUL */
#define TWILIO_WHISPER_QUERY "whisper=" /* and the token */

enum twilio_whisper_end {
	TWILIO_WHISPER_NONE,     /* there was nothing to be told */
	TWILIO_WHISPER_UNHEARD,  /* nobody answered */
	TWILIO_WHISPER_HEARD,    /* and no key was pressed */
	TWILIO_WHISPER_ACCEPTED, /* by the key for it */
	TWILIO_WHISPER_DECLINED  /* by another */
};

struct twilio_whispers_row {
	char token[TWILIO_WHISPER_TOKEN]; /* "": free */
	char call_sid[35];                /* whose caller is put through */
	char leg_sid[35];                 /* to whom; "": not known yet */
	char *words;                      /* owned */
	enum twilio_whisper_end end;
	uint64_t since_ns;
};

/* What one table tells another (twilio_whisper_text.h). */
struct twilio_whisper_news {
	char call_sid[35];
	bool is_gone; /* its transfer is over; the rest says nothing */
	char token[TWILIO_WHISPER_TOKEN];
	char leg_sid[35];
	enum twilio_whisper_end end;
	uint64_t since_ns;
	char words[CALL_SUMMARY_MAX];
};

struct twilio_whispers {
	uv_mutex_t lock;
	/* A row has become another, here: n is a copy. Any thread, without the
	 * lock; set before there are others, or NULL. */
	void (*on_change)(void *owner, const struct twilio_whisper_news *n);
	void *owner;
	struct twilio_whispers_row *row;
};

/* twilio_whispers_init: Returns 0, -ENOMEM, or why there is no lock.
 * twilio_whispers_free: valid twice, and for one that is all zero. */
int twilio_whispers_init(struct twilio_whispers *t);
void twilio_whispers_free(struct twilio_whispers *t);

/* twilio_whispers_place: the call's caller is about to be put through; entropy
 * becomes the token; words are cut at CALL_SUMMARY_MAX.
 * Returns 0; -ENOBUFS too many; -ENOMEM. */
int twilio_whispers_place(struct twilio_whispers *t, const char *call_sid,
			  const char *words, const uint8_t entropy[16],
			  uint64_t now_ns, char token[TWILIO_WHISPER_TOKEN]);

/* Who asks: a webhook. target: a path with its query. parent_sid: NULL: it does
 * not say. */
struct twilio_whisper_leg {
	const char *target;
	const char *leg_sid;
	const char *parent_sid;
	uint64_t now_ns;
};

/* twilio_whispers_hear: somebody has answered: what they are told.
 * twilio_whispers_answer: they have pressed a key; the first one counts.
 * Return 0; -ENOENT: no such token, another leg's or another call's. */
int twilio_whispers_hear(struct twilio_whispers *t,
			 const struct twilio_whisper_leg *leg,
			 char words[CALL_SUMMARY_MAX]);
int twilio_whispers_answer(struct twilio_whispers *t,
			   const struct twilio_whisper_leg *leg, bool accepts);

/* twilio_whispers_end: the call's transfer is over, or could not begin: what
 * became of it, the furthest if there were several, and it is forgotten. */
enum twilio_whisper_end twilio_whispers_end(struct twilio_whispers *t,
					    const char *call_sid);

/* twilio_whispers_learn: another table has told this: of what is known already
 * the furthest counts. A full table learns nothing. on_change does not follow.
 * twilio_whispers_each: what is known, a copy of each. tell runs without the
 * lock, and returns whether there may be more. */
void twilio_whispers_learn(struct twilio_whispers *t,
			   const struct twilio_whisper_news *n,
			   uint64_t now_ns);
void twilio_whispers_each(struct twilio_whispers *t, uint64_t now_ns,
			  bool (*tell)(void *owner,
				       const struct twilio_whisper_news *n),
			  void *owner);

#endif
