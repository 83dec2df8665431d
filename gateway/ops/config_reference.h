/* ${…} in a configuration: a text that stands elsewhere.
 *
 *   ${file:PATH}        a file; relative: beside the configuration
 *   ${env:NAME}         a variable of the environment
 *   ${credential:NAME}  a file of $CREDENTIALS_DIRECTORY (systemd's
 *                       LoadCredential=)
 *   $${                 a plain "${"
 *
 * One newline at the end of a file is dropped. Any other "${…}" without a colon
 * stays as it is: prompts have such places. What was fetched is not looked into
 * again. */
#ifndef GATEWAY_OPS_CONFIG_REFERENCE_H
#define GATEWAY_OPS_CONFIG_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

struct config_environment;

#define CONFIG_REFERENCE_NAME 512         /* bytes of PATH or NAME, with NUL */
#define CONFIG_REFERENCE_TEXT (64u << 10) /* of a value, expanded; with NUL */
#define CONFIG_REFERENCE_WHY  700

/* Where references lead. */
struct config_reference_place {
	struct config_environment *environment; /* or NULL: the process's */
	const char *directory; /* of the configuration; "" or ends with / */
	bool is_secret;        /* variables are taken, not only read */
};

struct config_reference_result {
	bool is_whole;  /* it is one reference and nothing else */
	bool is_public; /* a file everybody on this machine may read was in it
			 */
	char why[CONFIG_REFERENCE_WHY]; /* on a failure; no fetched text */
};

/* config_reference_is_in: is there anything to expand, "$${" included, or a
 * mistake to be told? */
bool config_reference_is_in(const char *text);

/* config_reference_expand: text with all of it in place.
 *
 * text  NUL-terminated
 * out   on 0 from malloc, NUL-terminated; may hold a secret
 * Returns 0; -EINVAL a mistake, in result->why; -ENOMEM. */
int config_reference_expand(char **out, const char *text,
			    const struct config_reference_place *place,
			    struct config_reference_result *result);

#endif
