/* Who a peer from AudioCodes has proved to be. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_PRINCIPAL_H
#define GATEWAY_CARRIERS_AUDIOCODES_PRINCIPAL_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/jwt.h"

/* How a peer proved who it is. */
enum audiocodes_proof {
	AUDIOCODES_BY_NEARNESS, /* on this machine; nothing is configured */
	AUDIOCODES_BY_TOKEN,    /* the bot's; one token may replace another */
	AUDIOCODES_BY_JWT,
};

/* Who a peer is, as far as it proved: a call is resumed by the same only (5.1,
 * rule 3). */
struct audiocodes_principal {
	enum audiocodes_proof proof;
	uint8_t id[JWT_ID_BYTES]; /* of a JWT's bearer; else 0 */
};

bool audiocodes_principal_equal(const struct audiocodes_principal *a,
				const struct audiocodes_principal *b);

#endif
