/* Whoever started this program and watches it: systemd, by its notification
 * protocol, or nobody. Without a supervisor everything here does nothing.
 *
 * Source: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3). */
#ifndef GATEWAY_OPS_SUPERVISOR_H
#define GATEWAY_OPS_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

#define SUPERVISOR_SOCKETS_MAX 16  /* of one name; more are not taken */
#define SUPERVISOR_STATUS_MAX  160 /* bytes of a status line, with NUL */

/* --- What it hands over --- */

/* supervisor_sockets: the descriptors of that name (FileDescriptorName= of a
 * socket unit), now the caller's; a name can be asked for again. A single
 * socket that has no name of its own ("unknown", or its unit's, "….socket")
 * answers to any_name. Returns how many, at most SUPERVISOR_SOCKETS_MAX. */
unsigned supervisor_sockets(const char *name, bool any_name,
			    int out[SUPERVISOR_SOCKETS_MAX]);

/* supervisor_beat_ms: how often supervisor_alive is to be called: half of what
 * the watchdog allows; 0: there is none. */
uint64_t supervisor_beat_ms(void);

/* --- What it is told --- */

/* supervisor_ready: calls can come; also after a reload.
 * supervisor_reloading: until supervisor_ready. now_us: the monotonic clock.
 * supervisor_stopping: it goes down; extend_us: and takes so long.
 * supervisor_extend: there are extend_us to go from now.
 * supervisor_alive: the watchdog's beat.
 * supervisor_status: one line for "systemctl status". */
void supervisor_ready(const char *status);
void supervisor_reloading(uint64_t now_us);
void supervisor_stopping(uint64_t extend_us, const char *status);
void supervisor_extend(uint64_t extend_us);
void supervisor_alive(void);
void supervisor_status(const char *status);

#endif
