#include "gateway/carriers/audiocodes_waiting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The address without its port and brackets. */
static void address_of(const char *peer, char out[AUDIOCODES_ADDRESS_LEN])
{
	const char *colon = strrchr(peer, ':');
	size_t len = colon ? (size_t)(colon - peer) : strlen(peer);

	if (len > 1 && peer[0] == '[') {
		peer++;
		len -= 2;
	}
	snprintf(out, AUDIOCODES_ADDRESS_LEN, "%.*s", (int)len, peer);
}

/* The place of an address, a free one when it has none, or -EAGAIN. */
static int find_place(const struct audiocodes_waiting *w, const char *address)
{
	int vacant = -EAGAIN;

	for (int i = 0; i < AUDIOCODES_ADDRESSES_MAX; i++) {
		if (!w->place[i].sockets)
			vacant = vacant < 0 ? i : vacant;
		else if (strcmp(w->place[i].address, address) == 0)
			return w->place[i].sockets < AUDIOCODES_WAITING_MAX
				       ? i
				       : -EAGAIN;
	}
	return vacant;
}

int audiocodes_waiting_init(struct audiocodes_waiting *w)
{
	memset(w, 0, sizeof(*w));
	return uv_mutex_init(&w->lock);
}

void audiocodes_waiting_free(struct audiocodes_waiting *w)
{
	uv_mutex_destroy(&w->lock);
}

int audiocodes_waiting_enter(struct audiocodes_waiting *w, const char *peer)
{
	char address[AUDIOCODES_ADDRESS_LEN];

	address_of(peer, address);
	uv_mutex_lock(&w->lock);
	int place = find_place(w, address);
	if (place >= 0) {
		memcpy(w->place[place].address, address, sizeof(address));
		w->place[place].sockets++;
	}
	uv_mutex_unlock(&w->lock);
	return place;
}

void audiocodes_waiting_leave(struct audiocodes_waiting *w, int place)
{
	if (place < 0)
		return;
	uv_mutex_lock(&w->lock);
	if (w->place[place].sockets > 0)
		w->place[place].sockets--;
	uv_mutex_unlock(&w->lock);
}
