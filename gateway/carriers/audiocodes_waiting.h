/* AudioCodes sockets that have no session yet, counted by address, so that
 * nobody holds them all.
 *
 * Source: AudioCodes reference, 8.3. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_WAITING_H
#define GATEWAY_CARRIERS_AUDIOCODES_WAITING_H

#include <stdbool.h>

#define AUDIOCODES_WAITING_MAX   20  /* sockets from one address; more: 503 */
#define AUDIOCODES_ADDRESSES_MAX 256 /* addresses at a time; more: 503 */
#define AUDIOCODES_ADDRESS_LEN   64  /* "2001:db8::1" with NUL, and to spare */

/* Embedded by value; all zero is empty. */
struct audiocodes_waiting {
	struct {
		char address[AUDIOCODES_ADDRESS_LEN];
		unsigned sockets; /* 0: the place is free */
	} place[AUDIOCODES_ADDRESSES_MAX];
};

/* audiocodes_waiting_room: may this peer ("192.0.2.1:4321",
 * "[2001:db8::1]:4321") open another socket? */
bool audiocodes_waiting_room(const struct audiocodes_waiting *w,
			     const char *peer);

/* audiocodes_waiting_enter: a socket of this peer is open.
 * audiocodes_waiting_leave: it has its session, or is gone; once for each.
 *
 * Returns its place, for leave; or -EAGAIN without room. leave takes that, too,
 * and does nothing. */
int audiocodes_waiting_enter(struct audiocodes_waiting *w, const char *peer);
void audiocodes_waiting_leave(struct audiocodes_waiting *w, int place);

#endif
