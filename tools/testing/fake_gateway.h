/* A gateway of a few hundred lines for tests of the caller: it serves a
 * webhook, an action, status callbacks and a media socket, notes what comes and
 * behaves as each test tells it. One per process. Its checks fail the test. */
#ifndef TOOLS_TESTING_FAKE_GATEWAY_H
#define TOOLS_TESTING_FAKE_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct http_server;
struct tls_context;
struct ws;

#define FAKE_GATEWAY_TOKEN "2f1d3c5b7a9e0f4d6c8b1a3e5f7d9c0b"

struct fake_gateway {
	uv_loop_t loop;
	struct http_server *server;
	struct ws *ws;
	bool is_tls;
	char authority[64]; /* "localhost:port" */
	char sid[40];
	char mark[128];      /* names of the marks echoed */
	char callbacks[128]; /* events reported, in order */
	char actions[128];   /* CallStatus of requests to /after */
	char digits[16];
	unsigned voices; /* webhooks */
	unsigned bad_signatures;
	unsigned frames;     /* media received */
	unsigned bad_frames; /* against 2.3 and 2.5 */
	unsigned loud_frames;
	unsigned sequence;
	uint64_t first_ns;
	double worst_ms;     /* a frame's arrival off its timestamp */
	double best_late_ms; /* the best of those behind the first second */
	unsigned first_timestamp;
	unsigned last_timestamp;
	bool has_stopped;
	unsigned close_code;

	/* How it behaves. */
	unsigned status;   /* of the webhook's answer */
	const char *twiml; /* %W stands for ws(s)://host:port, %H for http(s) */
	const char *after; /* answer to the action */
	void (*on_start)(void);
	void (*on_loud)(void); /* once, at the caller's first loud frame */
	void (*on_digit)(void);
	void (*on_mark)(void);
};

extern struct fake_gateway fake_gateway;

/* fake_gateway_open: listening on a port of its own, on its own loop, with
 * everything noted so far forgotten. tls NULL means plain; the name it is known
 * by is localhost. */
void fake_gateway_open(struct tls_context *tls);

/* fake_gateway_close: the loop ends when the caller's side is gone, too. */
void fake_gateway_close(void);

/* fake_gateway_send: one message to the caller, as it stands. */
void fake_gateway_send(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* fake_gateway_speak: ms of 200 Hz in messages of 100 ms, each followed by a
 * mark named 0, 1, … */
void fake_gateway_speak(unsigned ms);
void fake_gateway_clear(void);

#endif
