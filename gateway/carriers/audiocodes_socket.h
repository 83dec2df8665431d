/* One WebSocket from VoiceAI Connect, from its upgrade to its end. It knows no
 * conversation until session.initiate or session.resume; then it speaks for one
 * leg, and outlives it until the peer has closed.
 *
 * What a peer may do wrong on it, and what then happens:
 *
 *   no session within AUDIOCODES_FIRST_MS ...... 1008
 *   nothing for AUDIOCODES_IDLE_MS behind a
 *   connection.validate ........................ 1000
 *   session.initiate or resume of impossible
 *   shape, resume of an unknown conversation ... session.error, then 1000
 *   anything else before them .................. ignored, counted
 *   AUDIOCODES_BAD_MAX messages in a row that
 *   are no JSON object with a type ............. 1007
 *   a message over AUDIOCODES_MESSAGE_MAX ...... 1009
 *   a message of another conversation .......... ignored, counted
 *   binary messages ............................ as text if they begin with "{"
 *   nothing for AUDIOCODES_SILENT_MS, then two
 *   pings unanswered for as long each .......... the socket counts as dead
 *
 * A socket that ends with a conversation on it leaves that detached.
 * Source: AudioCodes reference, 1.3, 1.4, 2.1-2.3, 5, 8. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_SOCKET_H
#define GATEWAY_CARRIERS_AUDIOCODES_SOCKET_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/carriers/audiocodes_principal.h"
#include "gateway/carriers/audiocodes_waiting.h"
#include "gateway/carriers/audiocodes_wire.h"
#include "gateway/net/metronome.h"
#include "gateway/ops/lines.h"
#include "gateway/ops/log.h"
#include "protocols/buffer.h"

struct audiocodes_event;
struct audiocodes_leg;
struct audiocodes_socket;
struct http_connection;

#define AUDIOCODES_FIRST_MS   10000 /* for the first message of a session */
#define AUDIOCODES_IDLE_MS    10000 /* a validated socket may idle */
#define AUDIOCODES_SILENT_MS  20000 /* without a message: a ping */
#define AUDIOCODES_UNANSWERED 2     /* pings; then it is dead */
#define AUDIOCODES_ROUND_MS   5000  /* between two measures of the round trip */
#define AUDIOCODES_PAUSE_MS   1000  /* of audio, or behind a ping: suspicious */
#define AUDIOCODES_LINGER_MS  2000  /* for the close behind session.error */
#define AUDIOCODES_BAD_MAX    20
#define AUDIOCODES_BOT_MAX    65 /* characters with NUL */
/* Bytes of messages read before a socket is with its host; more:
 * session.error. */
#define AUDIOCODES_CARRIED_MAX (2u << 20)
#define AUDIOCODES_MOVES_MAX   3 /* more: session.error */

/* What a worker gives its sockets, and where they are kept. */
struct audiocodes_host {
	/* The leg of a conversation that peers of the same bot and principal
	 * as s have begun, or NULL. */
	struct audiocodes_leg *(*find)(void *owner, struct audiocodes_socket *s,
				       const char *conversation);
	/* session.initiate: make a call, with audiocodes_leg_open and
	 * call_init. Returns its leg, or NULL and why, for session.error. */
	struct audiocodes_leg *(*on_initiate)(void *owner,
					      struct audiocodes_socket *s,
					      const struct audiocodes_event *ev,
					      const char **why);
	/* The first message of s is of this conversation, which nobody here
	 * has: whether another host has it, to which s is now on its way
	 * (audiocodes_socket_leave), or for which it was refused. NULL: there
	 * is no other. */
	bool (*pass_on)(void *owner, struct audiocodes_socket *s,
			const char *conversation);
	/* s has left the list, and its loop: to be handed over. */
	void (*on_left)(void *owner, struct audiocodes_socket *s);
	/* s is gone from the list and will be freed. */
	void (*on_gone)(void *owner, struct audiocodes_socket *s);
	void *owner;
	struct metronome *metronome;
	const struct log *log;

	struct audiocodes_socket *sockets; /* all of them; NULL at first */
	unsigned count;
};

/* Who has been admitted at the upgrade. */
struct audiocodes_peer {
	const char *bot;     /* of the path */
	const char *address; /* for the log */
	struct audiocodes_principal principal;
	bool is_enabled; /* what connection.validate is told */
};

enum audiocodes_socket_state {
	AUDIOCODES_SOCKET_NEW,
	AUDIOCODES_SOCKET_BOUND,   /* it speaks for leg */
	AUDIOCODES_SOCKET_LEAVING, /* for another host */
	AUDIOCODES_SOCKET_REFUSED, /* session.error was sent */
	AUDIOCODES_SOCKET_CLOSING
};

struct audiocodes_socket {
	struct audiocodes_host *host;
	struct audiocodes_socket *next;
	struct audiocodes_socket **link;
	struct metronome_member clock;
	struct audiocodes_wire wire;
	struct log log;
	enum audiocodes_socket_state state;
	struct audiocodes_leg *leg; /* BOUND, else NULL */
	char bot[AUDIOCODES_BOT_MAX];
	char address[AUDIOCODES_ADDRESS_LEN]; /* the peer's, with its port */
	struct audiocodes_principal principal;
	bool is_enabled;
	bool was_validated;
	int place;              /* at the owner's desk; the owner's alone */
	struct lines_seat seat; /* likewise: for the call it may begin */
	unsigned destination;   /* likewise, while it leaves */
	struct buffer carried;  /* messages that go with it, the first first */
	bool is_overladen;      /* there were more than it can carry */
	unsigned moves;         /* from host to host */

	uint64_t deadline_ns; /* of this state; 0: none */
	uint64_t heard_ns;    /* anything from the peer */
	uint64_t asked_ns;    /* ping after silence */
	unsigned unanswered;  /* of those */
	uint64_t round_ns;    /* last ping, in its payload too */
	unsigned bad;         /* messages in a row */
	uint64_t ignored;     /* before there was a conversation */
};

/* audiocodes_socket_open: grant the upgrade. Returns NULL (and answers 503)
 * when there is no memory. */
struct audiocodes_socket *audiocodes_socket_open(
	struct audiocodes_host *host, struct http_connection *c,
	const char *accept, const struct audiocodes_peer *peer);

/* audiocodes_socket_close_all: the gateway goes down: close, with 1001, those
 * without a conversation; the others end with theirs.
 * audiocodes_socket_abort_all: cut all of them. */
void audiocodes_socket_close_all(struct audiocodes_host *host);
void audiocodes_socket_abort_all(struct audiocodes_host *host);

/* audiocodes_socket_leave: to another host, of another thread, inside pass_on.
 * on_left comes when nothing here holds it any more, unless it ends before.
 * Returns 0; -ELOOP after AUDIOCODES_MOVES_MAX, or why it cannot. */
int audiocodes_socket_leave(struct audiocodes_socket *s);
/* audiocodes_socket_arrive: it is this host's from here on, on this loop, and
 * what it brings along is taken as if it came now. refusal: NULL, or why it
 * gets session.error instead. */
void audiocodes_socket_arrive(struct audiocodes_socket *s,
			      struct audiocodes_host *host, uv_loop_t *loop,
			      const char *refusal);

/* --- For the leg, and the reception --- */

/* audiocodes_socket_name: its lines in the log name the call, too. */
void audiocodes_socket_name(struct audiocodes_socket *s, const char *call);
/* audiocodes_socket_ping: measure the round trip. */
void audiocodes_socket_ping(struct audiocodes_socket *s, uint64_t now_ns);
/* audiocodes_socket_ignore: count it, say it the first time; of a conversation
 * once there is one. */
void audiocodes_socket_ignore(struct audiocodes_socket *s, const char *why);

/* audiocodes_socket_lost_ns: another one has come in its place: since when it
 * has been of no use, as far as can be told. Who spoke all the time and does
 * not, or has not answered a ping, was lost when it was last heard. */
uint64_t audiocodes_socket_lost_ns(const struct audiocodes_socket *s,
				   uint64_t now_ns);

/* audiocodes_socket_release: the conversation has ended, or has another socket:
 * close this one.
 * audiocodes_socket_refuse: the same by session.error. */
void audiocodes_socket_release(struct audiocodes_socket *s, unsigned code,
			       const char *why);
void audiocodes_socket_refuse(struct audiocodes_socket *s, const char *why,
			      uint64_t now_ns);

#endif
