/* Scenario files: what the caller does, which faults are injected, and what is
 * expected of the call. YAML, by libcyaml; the keys are told in README.md. */
#ifndef TOOLS_CALL_CALLER_SCENARIO_H
#define TOOLS_CALL_CALLER_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/call/caller_figures.h"
#include "tools/call/caller_fault.h"
#include "tools/call/caller_script.h"
#include "tools/call/vaic_options.h"

#define CALLER_SCENARIO_ERROR_MAX 256

struct yaml_scenario;

struct caller_scenario {
	char name[64];
	char file[80];
	enum caller_carrier carrier; /* CALLER_CARRIERS: any */
	char dial_status[16];        /* of every <Dial> */
	bool has_dial_status;        /* the file says so */
	char dial_key[2];            /* pressed by who answers; "": none */
	bool has_dial_key;
	bool has_audiocodes; /* the file has a block of that name */
	struct vaic_call_options audiocodes; /* its session's part */
	struct caller_script script;
	struct caller_faults faults; /* from the call's beginning */
	char outcome[24];            /* expected; "" is any */
	bool is_expected[CALLER_FIGURE_COUNT];
	struct caller_range range[CALLER_FIGURE_COUNT];
	struct caller_clip clip[CALLER_SCRIPT_STEPS_MAX];
	size_t clips;
	unsigned line[CALLER_SCRIPT_STEPS_MAX]; /* of faults, in the file */
	struct yaml_scenario *yaml;             /* owns borrowed texts */
};

/* caller_scenario_load: a file. Returns 0; or a negative errno with error set:
 * "call.yaml:7: unexpected key: pres". */
int caller_scenario_load(struct caller_scenario *s, const char *path,
			 char error[CALLER_SCENARIO_ERROR_MAX]);

/* caller_scenario_parse: len bytes of YAML.
 *
 * file    for error messages
 * folder  where relative paths of clips begin; NULL: the working directory */
int caller_scenario_parse(struct caller_scenario *s, const char *text,
			  size_t len, const char *file, const char *folder,
			  char error[CALLER_SCENARIO_ERROR_MAX]);

/* caller_scenario_settle: the carrier is known: does it know the faults and
 * settings of the scenario? Returns 0; or -EINVAL with error set: "call.yaml:7:
 * inject: audiocodes does not know \"no_marks\"". */
int caller_scenario_settle(struct caller_scenario *s,
			   enum caller_carrier carrier,
			   char error[CALLER_SCENARIO_ERROR_MAX]);

/* caller_scenario_demonstration: the built-in script. */
int caller_scenario_demonstration(struct caller_scenario *s,
				  char error[CALLER_SCENARIO_ERROR_MAX]);

/* caller_scenario_say: hear the greeting out, say the file, hear the reply out,
 * hang up. */
int caller_scenario_say(struct caller_scenario *s, const char *file,
			char error[CALLER_SCENARIO_ERROR_MAX]);

/* caller_scenario_check: nothing is done; the connectivity check is passed. */
void caller_scenario_check(struct caller_scenario *s);

void caller_scenario_free(struct caller_scenario *s);

#endif
