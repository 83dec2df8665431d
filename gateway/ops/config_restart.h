/* The keys that a running gateway cannot change: sockets, threads and tables
 * are made of them once. */
#ifndef GATEWAY_OPS_CONFIG_RESTART_H
#define GATEWAY_OPS_CONFIG_RESTART_H

#include <stddef.h>

struct config;

/* config_restart_names: those that differ, with commas between: "listen,
 * workers", or ""; cut at cap. Returns how many there are. */
unsigned config_restart_names(const struct config *now,
			      const struct config *next, char *out, size_t cap);

/* config_restart_keep: in next they become what they are now. */
void config_restart_keep(struct config *next, const struct config *now);

#endif
