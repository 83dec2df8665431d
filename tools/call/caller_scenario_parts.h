/* The parts of the scenario reader, among themselves: caller_scenario_yaml.c
 * knows the file's shape, caller_scenario_step.c reads its steps,
 * caller_scenario_error.c says what is wrong. Nobody else includes this. */
#ifndef TOOLS_CALL_CALLER_SCENARIO_PARTS_H
#define TOOLS_CALL_CALLER_SCENARIO_PARTS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cyaml/cyaml.h>

#include "tools/call/caller_scenario.h"

struct yaml_interrupt {
	uint32_t after_ms;
	uint32_t within_ms;
	char *say;
};

struct yaml_step {
	char *say;
	char *press;
	char *wait;
	struct yaml_interrupt *interrupt;
	bool hangup;
	char *inject;
	char *label;
	uint32_t timeout_ms;
	uint32_t *value;
};

struct yaml_expect {
	char *outcome;
#define MEMBER(name, what) char *name;
	CALLER_FIGURES(MEMBER)
#undef MEMBER
};

/* The administrator's side of VoiceAI Connect. */
struct yaml_audiocodes {
	char **formats;
	unsigned formats_count;
	char **send_events;
	unsigned send_events_count;
	char **parameters; /* name=value */
	unsigned parameters_count;
	bool barge_in;
	bool barge_in_on_dtmf;
	uint32_t barge_in_min_words;
	bool send_dtmf;
	bool transfer_notifications;
	bool marks;
	bool *direct_stt;
	bool *direct_tts;
	char *order;
	char *transfer;
	uint32_t *transfer_ms;
	uint32_t *chunk_ms;
	uint32_t *prompt_ms;
	uint32_t *ahead_ms;
	char *caller;
	char *callee;
	char *participant;
	char *language;
	char *outbound_target;
};

struct yaml_scenario {
	char *name;
	char *carrier;
	char *dial_status;
	char *dial_key;
	struct yaml_audiocodes *audiocodes;
	struct yaml_step *steps;
	unsigned steps_count;
	struct yaml_expect *expect;
};

extern const cyaml_schema_value_t caller_scenario_yaml_schema;
void caller_scenario_yaml_free(struct yaml_scenario *y); /* NULL too */

struct scenario_reader {
	struct caller_scenario *scenario;
	const char *file;
	const char *folder;
	const char *text;
	size_t len;
	char *error;
	char first[CALLER_SCENARIO_ERROR_MAX]; /* libcyaml's own words */
	unsigned line;
};

/* A cyaml_log_fn_t whose context is a scenario_reader: keeps what libcyaml says
 * first, and the first line it names. */
void caller_scenario_error_log(cyaml_log_t level, void *context,
			       const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

/* Set r->error; line 0 is left out. Returns -EINVAL. */
int caller_scenario_error(struct scenario_reader *r, unsigned line,
			  const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The line on which the step of that index begins; 0 when it is not found. */
unsigned caller_scenario_error_line(const struct scenario_reader *r,
				    size_t index);

/* Read the block of that name into the scenario's audiocodes, whose texts stay
 * those of the file. Returns 0 or -EINVAL. */
int caller_scenario_audiocodes(struct scenario_reader *r,
			       const struct yaml_audiocodes *from);

/* Read one step into the scenario's script. Returns 0 or -EINVAL. */
int caller_scenario_step(struct scenario_reader *r,
			 const struct yaml_step *from, size_t index);

#endif
