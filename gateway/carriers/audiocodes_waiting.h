/* AudioCodes sockets that have no session yet, counted by address, so that
 * nobody holds them all. One for all workers: a lock is held for one pass over
 * it.
 *
 * Source: AudioCodes reference, 8.3. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_WAITING_H
#define GATEWAY_CARRIERS_AUDIOCODES_WAITING_H

#include <uv.h>

#define AUDIOCODES_WAITING_MAX   20  /* sockets from one address; more: 503 */
#define AUDIOCODES_ADDRESSES_MAX 256 /* addresses at a time; more: 503 */
#define AUDIOCODES_ADDRESS_LEN   64  /* "2001:db8::1" with NUL, and to spare */

struct audiocodes_waiting {
	uv_mutex_t lock;
	struct {
		char address[AUDIOCODES_ADDRESS_LEN];
		unsigned sockets; /* 0: the place is free */
	} place[AUDIOCODES_ADDRESSES_MAX];
};

/* audiocodes_waiting_init: empty. Returns 0, or why there is no lock. */
int audiocodes_waiting_init(struct audiocodes_waiting *w);
void audiocodes_waiting_free(struct audiocodes_waiting *w);

/* audiocodes_waiting_enter: this peer ("192.0.2.1:4321", "[2001:db8::1]:4321")
 * opens a socket.
 * audiocodes_waiting_leave: it has its session, or is gone; once for each.
 *
 * Returns its place, for leave; or -EAGAIN without room. leave takes that, too,
 * and does nothing. */
int audiocodes_waiting_enter(struct audiocodes_waiting *w, const char *peer);
void audiocodes_waiting_leave(struct audiocodes_waiting *w, int place);

#endif
