#include "gateway/ops/supervisor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

/* --- Sockets --- */

/* systemd names a socket after its unit when nobody named it. */
static bool has_no_name(const char *name)
{
	size_t len = strlen(name);

	return !*name || strcmp(name, "unknown") == 0 ||
	       (len > 7 && strcmp(name + len - 7, ".socket") == 0);
}

static void free_names(char **names)
{
	for (char **n = names; n && *n; n++)
		free(*n);
	free(names);
}

unsigned supervisor_sockets(const char *name, bool any_name,
			    int out[SUPERVISOR_SOCKETS_MAX])
{
	char **names = NULL;
	int all = sd_listen_fds_with_names(0, &names);
	unsigned n = 0;

	for (int i = 0; i < all && n < SUPERVISOR_SOCKETS_MAX; i++)
		if (strcmp(names[i], name) == 0 ||
		    (any_name && all == 1 && has_no_name(names[i])))
			out[n++] = SD_LISTEN_FDS_START + i;
	free_names(names);
	return n;
}

/* --- Notes --- */

uint64_t supervisor_beat_ms(void)
{
	uint64_t allowed_us = 0;

	if (sd_watchdog_enabled(0, &allowed_us) <= 0)
		return 0;
	return allowed_us > 2000 ? allowed_us / 2000 : 1;
}

/* There is nobody to tell when a note does not arrive. */
void supervisor_ready(const char *status)
{
	(void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void supervisor_reloading(uint64_t now_us)
{
	(void)sd_notifyf(0,
			 "RELOADING=1\nMONOTONIC_USEC=%" PRIu64
			 "\nSTATUS=reading the configuration",
			 now_us);
}

void supervisor_stopping(uint64_t extend_us, const char *status)
{
	(void)sd_notifyf(0,
			 "STOPPING=1\nEXTEND_TIMEOUT_USEC=%" PRIu64
			 "\nSTATUS=%s",
			 extend_us, status);
}

void supervisor_extend(uint64_t extend_us)
{
	(void)sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%" PRIu64, extend_us);
}

void supervisor_alive(void)
{
	(void)sd_notify(0, "WATCHDOG=1");
}

void supervisor_status(const char *status)
{
	(void)sd_notifyf(0, "STATUS=%s", status);
}
