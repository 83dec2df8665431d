/* Scenario files of tandem-desk: who may ask what, and what is answered.
 *
 * YAML, checked against a schema; README.md explains every key by example. */
#ifndef TOOLS_DESK_DESK_SCENARIO_H
#define TOOLS_DESK_DESK_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#define DESK_WEBHOOKS_MAX 64
#define DESK_ANSWERS_MAX  256
#define DESK_CALLS_MAX    8

/* One answer of a webhook. */
struct desk_answer {
	unsigned status; /* 0: 200 */
	char *type;      /* NULL: application/json */
	char *body;
	unsigned delay_ms;
	unsigned retry_after_s;
	unsigned size;  /* instead of body: a JSON string of so many bytes */
	bool bad_utf8;  /* instead of body */
	bool drop, cut; /* no answer; half of one */
};

struct desk_pair {
	char *name;
	char *value;
};

struct desk_webhook {
	char *path;
	char *method; /* NULL: POST */
	char *secret; /* of X-Tandem-Signature; NULL: not asked for */
	bool no_key;  /* Idempotency-Key need not be there */
	struct desk_pair *headers; /* that a request must have */
	unsigned headers_count;
	char *wants; /* JSON whose members the body must have, or NULL */
	struct desk_answer *answers; /* in this order; the last again */
	unsigned answers_count;
	unsigned *requests; /* there must be so many in the end */
};

struct desk_call {
	char *name;
	char *arguments; /* JSON text; NULL: {} */
};

/* What an answer is billed: tokens. Input counts what was cached. */
struct desk_usage {
	unsigned input, cached, output;
};

/* One answer of the text model. */
struct desk_word {
	char *say;
	struct desk_call *call;
	unsigned call_count;
	unsigned status; /* 0: 200 */
	unsigned delay_ms;
	char *code, *message;     /* of an error */
	char *wants;              /* the request has this text somewhere */
	struct desk_usage *usage; /* NULL: 100 of input, 20 of output */
	bool null_usage;          /* instead: it tells none */
};

struct desk_text {
	char *key; /* NULL: any that is not empty */
	struct desk_word *answers;
	unsigned answers_count;
	unsigned *requests;
};

struct desk_scenario {
	struct desk_webhook *webhooks;
	unsigned webhooks_count;
	struct desk_text *text;
};

/* desk_scenario_load: returns it, or NULL and why in words.
 * desk_scenario_free: takes NULL. */
struct desk_scenario *desk_scenario_load(const char *path, char *why,
					 size_t cap);
void desk_scenario_free(struct desk_scenario *s);

#endif
