/* What a person who starts the gateway, or checks its configuration, needs to
 * know next: the URLs to paste at the carriers, and what is left open. */
#ifndef GATEWAY_ANNOUNCE_H
#define GATEWAY_ANNOUNCE_H

#include <stdbool.h>
#include <stdio.h>

struct config;
struct log;

/* announce_admin: where the admin listener is; port 0: nowhere, nothing said.
 */
void announce_admin(FILE *out, const struct config *c, unsigned port);

/* announce_listening: to out, as the gateway begins to listen on port. */
void announce_listening(FILE *out, const struct config *c, unsigned port,
			unsigned workers);

/* announce_is_on_this_machine: nobody else reaches what listens there; also
 * "". */
bool announce_is_on_this_machine(const char *listen);

/* announce_warnings: to the log, what the secrets leave open. */
void announce_warnings(const struct log *log, const struct config *c);

/* announce_each_warning: the same, told one by one.
 * bot  whom it is about, or NULL */
typedef void announce_warning(void *owner, const char *event, const char *bot,
			      const char *why);
void announce_each_warning(const struct config *c, announce_warning *tell,
			   void *owner);

/* announce_costs: to the log, which models have no price, and whether budgets
 * outlive the process. */
void announce_costs(const struct log *log, const struct config *c);

/* announce_paste: to out, for a configuration nobody serves yet: exactly what
 * to enter at the carriers. Of a token only where it goes. */
void announce_paste(FILE *out, const struct config *c);

/* The URLs in it: of the Twilio webhook, and of a bot. */
#define ANNOUNCE_URL_MAX 640
void announce_voice_url(const struct config *c, char out[ANNOUNCE_URL_MAX]);
void announce_bot_url(const struct config *c, unsigned bot,
		      char out[ANNOUNCE_URL_MAX]);

#endif
