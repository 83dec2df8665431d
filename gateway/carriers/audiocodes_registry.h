/* Which worker holds which conversation with VoiceAI Connect, so that a socket
 * that comes back for it, or begins it anew, finds it wherever the kernel has
 * put the connection.
 *
 * One for all workers. A lock is held for one pass over the entries, when a
 * conversation begins, ends or is looked for; never for its messages. When it
 * was last heard is written without it, by the worker that holds it.
 *
 * Source: AudioCodes reference, 5. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_REGISTRY_H
#define GATEWAY_CARRIERS_AUDIOCODES_REGISTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/carriers/audiocodes_principal.h"
#include "gateway/carriers/audiocodes_socket.h"
#include "protocols/audiocodes_message.h"

/* A socket from a caller says something all the time: one that has not for so
 * long may be gone, and another on its way. */
#define AUDIOCODES_QUIET_MS 1000

struct audiocodes_registered;

struct audiocodes_registry {
	uv_mutex_t lock;
	struct audiocodes_registered *entry;
	unsigned count;
};

/* What one conversation is, and whose. Nothing is kept. */
struct audiocodes_identity {
	const char *conversation;
	const char *bot;
	const struct audiocodes_principal *principal;
};

/* audiocodes_registry_init: for count conversations at once.
 * Returns 0, -ENOMEM, or why there is no lock. */
int audiocodes_registry_init(struct audiocodes_registry *r, unsigned count);
/* audiocodes_registry_free: valid twice, and for one that is all zero. */
void audiocodes_registry_free(struct audiocodes_registry *r);

/* audiocodes_registry_enter: worker begins this conversation, heard now.
 * Returns its entry, 0 or more; -EEXIST when a worker holds it already;
 * -ENOBUFS when there are count. */
int audiocodes_registry_enter(struct audiocodes_registry *r,
			      const struct audiocodes_identity *who,
			      unsigned worker, uint64_t now_ns);
/* audiocodes_registry_leave: it has ended; once. */
void audiocodes_registry_leave(struct audiocodes_registry *r, int entry);

/* audiocodes_registry_find: who holds it, or -ENOENT. */
int audiocodes_registry_find(struct audiocodes_registry *r,
			     const struct audiocodes_identity *who);

/* audiocodes_registry_heard: its socket was heard at heard_ns; 0: it has none.
 * For the worker that holds it; no lock. */
void audiocodes_registry_heard(struct audiocodes_registry *r, int entry,
			       uint64_t heard_ns);
/* audiocodes_registry_awaits: whether some call may be about to get another
 * socket: it has lost its own, or has not heard it for AUDIOCODES_QUIET_MS. */
bool audiocodes_registry_awaits(struct audiocodes_registry *r, uint64_t now_ns);

#endif
