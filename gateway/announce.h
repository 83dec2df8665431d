/* What a person who starts the gateway, or checks its configuration, needs to
 * know next: the URLs to paste at the carriers, and what is left open. */
#ifndef GATEWAY_ANNOUNCE_H
#define GATEWAY_ANNOUNCE_H

#include <stdio.h>

struct config;
struct log;

/* announce_admin: where the admin listener is; port 0: nowhere, nothing said.
 */
void announce_admin(FILE *out, const struct config *c, unsigned port);

/* announce_listening: to out, as the gateway begins to listen on port. */
void announce_listening(FILE *out, const struct config *c, unsigned port,
			unsigned workers);

/* announce_warnings: to the log, what the secrets leave open. */
void announce_warnings(const struct log *log, const struct config *c);

/* announce_checked: to out, for a configuration nobody serves yet: its URLs,
 * then the warnings. name stands for its file. */
void announce_checked(FILE *out, const struct config *c, const char *name);

#endif
