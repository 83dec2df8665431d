/* WebSocket (RFC 6455) over wslay, both roles: handshake and frames.
 *
 * The engine is fed bytes and writes bytes into the owner's buffer; it knows
 * no socket and no clock. Texts are written where they leave from, and those
 * that come in one frame are delivered from where they were read. Pings are
 * answered by the engine. */
#ifndef PROTOCOLS_WEBSOCKET_H
#define PROTOCOLS_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;
struct http_message;

#define WEBSOCKET_KEY_LEN    25  /* base64 of 16 bytes, with NUL */
#define WEBSOCKET_ACCEPT_LEN 29  /* base64 of 20 bytes, with NUL */
#define WEBSOCKET_REASON_MAX 123 /* bytes of a close reason */

/* Close codes (RFC 6455, 7.4.1). */
enum websocket_code {
	WEBSOCKET_NORMAL = 1000,
	WEBSOCKET_GOING_AWAY = 1001,
	WEBSOCKET_PROTOCOL_ERROR = 1002,
	WEBSOCKET_UNSUPPORTED = 1003,
	WEBSOCKET_NO_STATUS = 1005, /* close without a code */
	WEBSOCKET_ABNORMAL = 1006,  /* lost without a close frame */
	WEBSOCKET_BAD_DATA = 1007,
	WEBSOCKET_POLICY = 1008,
	WEBSOCKET_TOO_BIG = 1009,
	WEBSOCKET_INTERNAL = 1011,
	WEBSOCKET_TRY_LATER = 1013
};

enum websocket_role { WEBSOCKET_SERVER, WEBSOCKET_CLIENT };

/* Fills out with n unpredictable bytes. */
typedef void websocket_random_fn(void *owner, uint8_t *out, size_t n);

/* Callbacks run inside websocket_receive and must not free the engine. Any of
 * them may be NULL. */
struct websocket_events {
	/* A whole text message, valid UTF-8, NUL-terminated beyond len; may be
	 * changed in place, gone after the call. */
	void (*on_text)(void *owner, char *text, size_t len);
	void (*on_binary)(void *owner, const uint8_t *bytes, size_t len);
	void (*on_ping)(void *owner, const uint8_t *payload, size_t len);
	void (*on_pong)(void *owner, const uint8_t *payload, size_t len);
	/* The peer's close frame; code is WEBSOCKET_NO_STATUS without one. The
	 * answer is already in the buffer. */
	void (*on_close)(void *owner, unsigned code, const char *reason,
			 size_t len);
};

struct websocket;

/* websocket_new: an open connection after its handshake.
 *
 * out          frames to the peer are appended here; not owned
 * message_max  largest message taken, in bytes; a larger one closes with 1009
 * random       used for masks by a client; may be NULL for a server
 * Returns NULL when out of memory. */
struct websocket *websocket_new(enum websocket_role role, size_t message_max,
				const struct websocket_events *events,
				websocket_random_fn *random, void *owner,
				struct buffer *out);
void websocket_free(struct websocket *ws);

/* websocket_receive: take the next n bytes from the peer, any split.
 *
 * bytes  changed in place; not kept
 * Returns 0. On a peer's breach the close frame with the right code is in the
 * buffer, nothing more is taken, and it returns -EPROTO (1002), -EILSEQ (1007),
 * -E2BIG (1009), -ENOMEM (1011) or -ENOBUFS (the owner's buffer is full). Bytes
 * after a close frame are ignored. */
int websocket_receive(struct websocket *ws, uint8_t *bytes, size_t n);

/* websocket_send_text: one unfragmented text message.
 * Returns 0; -ENOBUFS; -EPIPE after a close was sent. */
int websocket_send_text(struct websocket *ws, const char *text, size_t len);

/* websocket_begin_text: room for one text message of at most cap bytes, right
 * where it will leave from.
 *
 * text  on 0 where the owner writes it; NULL otherwise
 * Returns as websocket_send_text. Without websocket_end_text nothing is sent.
 * Nothing else may be sent in between.
 *
 * websocket_end_text: len <= cap bytes were written there; send them. Cannot
 * fail. */
int websocket_begin_text(struct websocket *ws, size_t cap, char **text);
void websocket_end_text(struct websocket *ws, size_t len);

/* websocket_send_frame: one frame of any data opcode (0 continuation, 1 text,
 * 2 binary), for peers that must show every legal shape. Returns as
 * websocket_send_text, or -EINVAL for another opcode. */
int websocket_send_frame(struct websocket *ws, unsigned opcode, bool is_final,
			 const void *payload, size_t len);

/* websocket_ping: payload of at most 125 bytes (more: -EINVAL). */
int websocket_ping(struct websocket *ws, const void *payload, size_t len);

/* websocket_close: send a close frame once; later calls do nothing. Code 0
 * sends none (1005 at the peer). The reason is cut to WEBSOCKET_REASON_MAX. */
int websocket_close(struct websocket *ws, unsigned code, const char *reason);

/* websocket_is_closed: close frames have gone both ways. */
bool websocket_is_closed(const struct websocket *ws);

/* --- Handshake (RFC 6455, 4) --- */

/* websocket_accept_key: the Sec-WebSocket-Accept value for a key. */
void websocket_accept_key(char accept[WEBSOCKET_ACCEPT_LEN], const char *key);

/* websocket_check_request: is this a well-formed upgrade? Fills accept on 0.
 * Returns 0, or the negated status to refuse with: -400, -405, -426. */
int websocket_check_request(const struct http_message *request,
			    char accept[WEBSOCKET_ACCEPT_LEN]);

/* websocket_write_accept: the 101 answer. extra: more header lines or NULL. */
int websocket_write_accept(struct buffer *out,
			   const char accept[WEBSOCKET_ACCEPT_LEN],
			   const char *extra);

/* websocket_write_request: the client's upgrade. entropy gives the key.
 * lead and extra are header lines, each with CRLF, or NULL: lead stands right
 * behind Host, extra at the end. */
int websocket_write_request(struct buffer *out, const char *host,
			    const char *target, const uint8_t entropy[16],
			    const char *lead, const char *extra,
			    char key[WEBSOCKET_KEY_LEN]);

/* websocket_check_response: does the answer grant our upgrade?
 * Returns 0; -EPROTO a 101 that breaks the rules (wrong accept value, a
 * subprotocol or extension nobody offered); -ECONNREFUSED any other status. */
int websocket_check_response(const struct http_message *response,
			     const char key[WEBSOCKET_KEY_LEN]);

#endif
