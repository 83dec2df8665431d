/* Who may ask for what is below /api of the admin listener, and how it answers.
 *
 * It is for who shows admin.token (401); without one it is for this machine
 * (403), and never for a web page (403). */
#ifndef GATEWAY_ADMIN_API_H
#define GATEWAY_ADMIN_API_H

#include <stdbool.h>

struct config_admin;
struct http_connection;
struct http_message;

#define ADMIN_API "/api"

/* admin_api_admit: may this request be below /api? If not it was answered. */
bool admin_api_admit(const struct config_admin *config,
		     struct http_connection *c, const struct http_message *m);

/* admin_api_respond: {"key":"text"}; retry_s > 0: with Retry-After. */
void admin_api_respond(struct http_connection *c, unsigned status,
		       unsigned retry_s, const char *key, const char *text);

#endif
