/* Where AudioCodes VoiceAI Connect knocks: GET /audiocodes/<bot>, to open a
 * call's WebSocket or to see whether the bot is there.
 *
 * A bearer token says who it is: one of the bot's own, or a JWT of the issuer
 * in audiocodes.oauth. A bot without either serves peers on this machine only.
 * Bytes in, a verdict out: no socket here.
 *
 * Source: AudioCodes reference, 1.2 (handshake), 1.5 (connectivity check), 8.3
 * (limits); RFC 6750 (bearer tokens). */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_DESK_H
#define GATEWAY_CARRIERS_AUDIOCODES_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/carriers/audiocodes_principal.h"
#include "gateway/carriers/audiocodes_waiting.h"
#include "gateway/ops/lines.h"
#include "gateway/ops/log.h"
#include "protocols/websocket.h"

struct audiocodes_keys;
struct config;
struct http_message;

#define AUDIOCODES_PATH "/audiocodes/"

struct audiocodes_desk {
	const struct config *config;
	struct audiocodes_keys *keys; /* NULL: no JWT is taken */
	struct log log;
	/* Room for the call that a socket may begin, with this bot and, where
	 * the upgrade tells, from this caller (or NULL). Free without a seat:
	 * while a call waits to be resumed, for only its first message tells
	 * who comes back (5.1). leave: what was taken, back. */
	enum lines_refusal (*admit)(void *owner, const char *bot,
				    const char *caller,
				    struct lines_seat *seat);
	void (*leave)(void *owner, struct lines_seat *seat);
	void *owner;
	struct audiocodes_waiting *waiting; /* of all desks */
};

/* One request, and what is known of its connection. */
struct audiocodes_request {
	const struct http_message *message; /* below AUDIOCODES_PATH */
	const char *peer; /* "192.0.2.1:4321", "[2001:db8::1]:4321" */
	bool is_loopback;
	int64_t now_s; /* seconds since 1970, UTC */
};

struct audiocodes_verdict {
	/* 101 open the socket; 200 the bot is there; else refused: 400 and 426
	 * no good upgrade, 405, 404 no such bot, 401 no or a wrong token, 403
	 * a good one that does not admit here, 503 try again later */
	unsigned status;
	const char *headers; /* lines for the answer, or NULL; static */
	const char *type;    /* of the body */
	const char *body;
	unsigned bot; /* 101, 200: which of audiocodes.bots */
	struct audiocodes_principal principal; /* 101 */
	int place;              /* 101: in waiting, to be left; else -1 */
	struct lines_seat seat; /* 101: taken, or none */
	char accept[WEBSOCKET_ACCEPT_LEN]; /* 101: for http_upgrade */
};

/* audiocodes_desk_init: owner, admit and leave are set by the caller
 * afterwards. */
void audiocodes_desk_init(struct audiocodes_desk *d,
			  const struct config *config,
			  struct audiocodes_keys *keys, const struct log *log);

/* audiocodes_desk_judge: what to answer; a refusal is logged. The first check
 * that fails decides, in the order of the reference, 1.2. */
void audiocodes_desk_judge(struct audiocodes_desk *d,
			   const struct audiocodes_request *r,
			   struct audiocodes_verdict *v);

/* audiocodes_desk_url: the URL to paste into VoiceAI Connect for a bot, as far
 * as it is known ("wss://<your host>/audiocodes/…" without public_url). */
void audiocodes_desk_url(const struct config *c, unsigned bot, char *out,
			 size_t cap);

#endif
