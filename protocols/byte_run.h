/* How many bytes at the front of a text need no second look, many at a time:
 * most of what a peer sends is one long run of them.
 *
 * ASCII: below 0x80. Plain: what stands for itself in a JSON string (RFC 8259,
 * 7) and is ASCII: 0x20 to 0x7f without quote and backslash. */
#ifndef PROTOCOLS_BYTE_RUN_H
#define PROTOCOLS_BYTE_RUN_H

#include <stddef.h>
#include <stdint.h>

/* The length of the run at the front of n bytes; reads nothing behind them. */
size_t byte_run_ascii(const uint8_t *bytes, size_t n);
size_t byte_run_plain(const uint8_t *bytes, size_t n);

/* The same on a CPU without wide registers, eight bytes at a time. */
size_t byte_run_ascii_words(const uint8_t *bytes, size_t n);
size_t byte_run_plain_words(const uint8_t *bytes, size_t n);

#endif
