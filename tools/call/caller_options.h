/* The command line of tandem-call. */
#ifndef TOOLS_CALL_CALLER_OPTIONS_H
#define TOOLS_CALL_CALLER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/call/caller_fault.h"

#define CALLER_OPTIONS_PARALLEL_MAX 500
#define CALLER_OPTIONS_TEXTS_MAX    8 /* of an option that can be repeated */

struct vaic_call_options;

struct caller_texts {
	const char *text[CALLER_OPTIONS_TEXTS_MAX];
	size_t count;
};

/* Texts are the command line's, or the environment's. NULL: not given. */
struct caller_options {
	enum caller_carrier carrier; /* CALLER_CARRIERS: not given */
	const char *url;
	const char *from;
	const char *to;
	const char *say;      /* file */
	const char *scenario; /* file */
	const char *out;      /* WAV file */
	const char *ca_file;
	const char *model_trace;
	unsigned calls;
	unsigned parallel;
	unsigned rate; /* calls begun per second */
	unsigned timeout_s;
	uint64_t seed;
	bool has_seed;
	bool is_insecure;
	bool is_json;
	bool is_lenient;
	bool is_quiet;

	/* Twilio */
	const char *stream_url; /* NULL: by the webhook */
	const char *auth_token; /* NULL: nothing is signed */
	const char *account_sid;
	const char *rest;     /* HOST:PORT of its REST interface; NULL: none */
	unsigned rest_status; /* that answers everything there; 0: none */
	bool is_outbound;     /* calls are placed there */
	const char *answered_by; /* by whom; NULL: not given */
	unsigned ring_ms;        /* before; 0: not given */

	/* AudioCodes */
	const char *mode;  /* "call", "http-check", "validate" */
	const char *token; /* NULL: no Authorization header */
	const char *bot;
	const char *formats;  /* separated by commas */
	const char *barge_in; /* "on", "off" */
	unsigned chunk_ms;    /* 0: not given */
	struct caller_texts header;
	struct caller_texts parameter; /* name=value */

	/* The last option given that only this carrier knows. */
	const char *given[CALLER_CARRIERS];
};

/* caller_options_read: Returns 0; 1 when --help or the like was answered on
 * stdout; -EINVAL after the mistake was told on stderr. */
int caller_options_read(struct caller_options *o, int argc, char **argv);

/* caller_options_settle: the carrier is known, by --carrier or by the scenario:
 * its defaults, and whether all fits together. Returns 0 or -EINVAL, told. */
int caller_options_settle(struct caller_options *o,
			  enum caller_carrier carrier);

/* caller_options_is_check: it is no call, but a connectivity check. */
bool caller_options_is_check(const struct caller_options *o);

/* caller_options_audiocodes: put what the command line says over what the
 * scenario says. Texts are borrowed; those of --parameter are taken apart where
 * they stand. Returns 0 or -EINVAL, told. */
int caller_options_audiocodes(const struct caller_options *o,
			      struct vaic_call_options *v);

/* caller_options_mistake: told on stderr. Returns -EINVAL. */
int caller_options_mistake(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
