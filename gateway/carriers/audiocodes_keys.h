/* The keys that sign AudioCodes' access tokens: audiocodes.oauth.jwks, read
 * and kept fresh.
 *
 * A file is read at once, and again when it has changed; a URL is fetched on
 * the worker's loop, again and again. The old set serves until a good new one
 * is there. What goes wrong is logged once, until something else happens.
 *
 * Source: AudioCodes reference, 1.2 (OAuth 2.0); RFC 7517; RFC 9111, 5.2.2.1
 * (max-age). */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_KEYS_H
#define GATEWAY_CARRIERS_AUDIOCODES_KEYS_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct audiocodes_keys;
struct jwks;
struct log;
struct tls_context;

/* All in milliseconds. */
struct audiocodes_keys_times {
	unsigned look_ms;        /* 10 s: between two looks at a file */
	unsigned refresh_ms;     /* 1 h: from one good answer to the next
				    request, if it has no max-age */
	unsigned refresh_min_ms; /* 1 min: a max-age is taken within */
	unsigned refresh_max_ms; /* 24 h: these two */
	unsigned retry_ms;       /* 1 s: after a failure; doubled after each */
	unsigned retry_max_ms;   /* 1 min: up to this */
	unsigned unknown_ms;     /* 1 min: between two requests, when a token
				    names a key nobody has */
	unsigned timeout_ms;     /* 10 s: for one request */
};
extern const struct audiocodes_keys_times audiocodes_keys_usual_times;

/* audiocodes_keys_open: begin to have keys.
 *
 * where  an https:// URL, an http:// URL of this machine, or a file
 * tls    for https; stays until the loop has nothing left
 * times  NULL for the usual ones, named above
 * why    on failure what was wrong, in words
 * Returns 0; -EINVAL a URL that cannot be used; -ENOMEM; for a file that has no
 * keys now why it has none (-ENOENT, -EBADMSG, …). A URL that does not answer
 * is no failure here: it is tried again. */
int audiocodes_keys_open(struct audiocodes_keys **out, uv_loop_t *loop,
			 const char *where, struct tls_context *tls,
			 const struct log *log,
			 const struct audiocodes_keys_times *times, char *why,
			 size_t cap);

/* audiocodes_keys_close: cancels what it started; its memory goes when the loop
 * turns. NULL is fine. */
void audiocodes_keys_close(struct audiocodes_keys *k);

/* audiocodes_keys_now: the set, valid until the loop turns; NULL while there
 * has been none. Looks at the file when that is due: a small read. */
struct jwks *audiocodes_keys_now(struct audiocodes_keys *k);

/* audiocodes_keys_missed: a token named a key that is not in the set, which may
 * mean that the issuer has a new one: ask soon, but not too often. */
void audiocodes_keys_missed(struct audiocodes_keys *k);

/* audiocodes_keys_due_ms: until the next request; 0 while one is under way, and
 * for a file. */
uint64_t audiocodes_keys_due_ms(const struct audiocodes_keys *k);

#endif
