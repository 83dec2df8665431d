/* A bot of a few hundred lines for tests of the VAIC simulator: it answers the
 * connectivity checks, takes sessions, notes what comes and behaves as each
 * test tells it. One per process. Its checks fail the test.
 *
 * AudioCodes reference, 1.5 and 2. */
#ifndef TOOLS_TESTING_FAKE_BOT_H
#define TOOLS_TESTING_FAKE_BOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct http_server;
struct tls_context;
struct ws;

#define FAKE_BOT_TOKEN "b0t-t0ken"
#define FAKE_BOT_BODY  "{\"type\":\"ac-bot-api\",\"success\":true}"

struct fake_bot {
	uv_loop_t loop;
	struct http_server *server;
	struct ws *ws; /* the newest */
	bool is_tls;
	char authority[64]; /* "localhost:port" */

	/* What came. Messages by their type, activities by their name ("start",
	 * "DTMF=4"); chunks and pings are only counted. */
	char messages[2048];
	char events[1024];
	char authorization[128]; /* of the last request */
	char header[64];         /* its X-Test */
	char target[128];
	char conversation[160];
	char botname[64];
	char caller[64];
	char callee[64];
	char formats[256];
	char end[64];      /* reasonCode of session.end */
	char activity[64]; /* id of the last one */
	unsigned repeated; /* activities with the id of the one before */
	unsigned upgrades;
	unsigned activities;
	unsigned resumed_events; /* activities before the last resume */
	unsigned initiates;
	unsigned resumes;
	unsigned starts; /* of the user stream */
	unsigned stops;
	unsigned chunks;
	unsigned chunk_bytes;
	unsigned odd_chunks;  /* of an odd number of bytes */
	unsigned riff_chunks; /* that begin with a RIFF header */
	unsigned bad_chunks;  /* no base64, or outside of a stream */
	unsigned loud_chunks;
	unsigned bad_texts; /* no JSON, or without a type */
	unsigned binaries;
	unsigned pings;
	unsigned closes;
	unsigned close_code; /* of the last socket */
	uint64_t first_ns;   /* the stream's first chunk */
	double worst_ms;     /* a chunk's arrival off its schedule */
	double best_late_ms; /* the best of those behind the first second */

	/* How it behaves. */
	const char *token; /* NULL: nobody is asked for one */
	unsigned status;   /* of a check's answer */
	const char *type;
	const char *body;
	bool is_valid;         /* connection.validated's success */
	bool refuses_resume;   /* with session.error */
	bool is_slow_to_start; /* never sends userStream.started */
	const char *format; /* of the caller's audio; NULL: the first offered */
	const char *play;   /* of fake_bot_speak; NULL: as format */
	unsigned chunk_ms;  /* expected */
	void (*on_initiate)(void); /* instead of accepting */
	void (*on_start)(void);    /* start and the user stream are there */
	void (*on_resumed)(void);
	void (*on_loud)(void); /* once, at the caller's first loud chunk */
	void (*on_event)(const char *event);
	void (*on_stop)(void); /* of the user stream */
};

extern struct fake_bot fake_bot;

/* fake_bot_open: listening on a port of its own, on its own loop, with
 * everything noted so far forgotten. tls NULL means plain. */
void fake_bot_open(struct tls_context *tls);

/* fake_bot_close: the loop ends when the caller's side is gone, too. */
void fake_bot_close(void);

/* fake_bot_send: one message to the caller, as it stands. */
void fake_bot_send(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* fake_bot_accept: session.accepted. */
void fake_bot_accept(void);

/* fake_bot_event: an activity of that name; more is what else stands in it,
 * beginning with a comma, or "". */
void fake_bot_event(const char *name, const char *more);

/* fake_bot_speak: one play stream of ms of 200 Hz, in chunks of 100 ms; and its
 * three parts. Streams are numbered p1, p2, … */
void fake_bot_speak(unsigned ms);
void fake_bot_play(void);
void fake_bot_tone(unsigned ms);
void fake_bot_stop(void);

#endif
