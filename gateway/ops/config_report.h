/* The mistakes of one configuration file, in words, one a line. */
#ifndef GATEWAY_OPS_CONFIG_REPORT_H
#define GATEWAY_OPS_CONFIG_REPORT_H

#include <stddef.h>

struct config_report {
	const char *file; /* as the user named it */
	/* What every key is in: "agent" in an agent file, whose keys are those
	 * of that section; it is not said. NULL: nothing. */
	const char *within;
	char *out;
	size_t cap, len;
	unsigned mistakes;
	unsigned unsaid; /* those that did not fit */
};

void config_report_begin(struct config_report *r, const char *file, char *out,
			 size_t cap);

/* config_report_add: one mistake; line counts from 1, 0 when it has none. */
void config_report_add(struct config_report *r, size_t line, const char *format,
		       ...) __attribute__((format(printf, 3, 4)));

/* config_report_elsewhere: the same for what is not in the file. */
void config_report_elsewhere(struct config_report *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* config_report_end: what did not fit is counted; may be called again after
 * more was added. Returns 0, or -EINVAL when there were mistakes. */
int config_report_end(struct config_report *r);

#endif
