/* The secrets that come from the environment and from credentials. */
#ifndef GATEWAY_OPS_CONFIG_SECRETS_H
#define GATEWAY_OPS_CONFIG_SECRETS_H

#include <stdbool.h>

struct config;
struct config_environment;
struct config_report;

/* config_secrets: each that is there takes the place of the file's, as
 * config.h says.
 *
 * is_bad    the file was: nothing is said of bots that it may have
 * warnings  or NULL
 * Returns 0, or -EINVAL with the mistakes, and no secret, in report. */
int config_secrets(struct config *c, struct config_environment *environment,
		   bool is_bad, struct config_report *report,
		   struct config_report *warnings);

#endif
