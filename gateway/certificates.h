/* The certificates and keys that the configuration names, as they were on disk
 * at one moment: read once by the control thread, for all workers. */
#ifndef GATEWAY_CERTIFICATES_H
#define GATEWAY_CERTIFICATES_H

#include <stddef.h>

struct certificates;
struct config_tls;
struct tls_context;

#define CERTIFICATES_FILE_MAX                          \
	(256u << 10) /* bytes; a larger one is refused \
		      */

/* certificates_read: all of them; *out is NULL when none is configured.
 *
 * why  on failure: which file, and what is wrong with it
 * Returns 0, -EFBIG, -ENOMEM, or why a file cannot be read. */
int certificates_read(struct certificates **out, const struct config_tls *tls,
		      char *why, size_t cap);

/* certificates_context: what a worker serves with; it may be handed to its
 * thread, and is never shared (protocols/tls.h). Whatever is wrong with what
 * was read is found here. Returns NULL with the reason in why. */
struct tls_context *certificates_context(const struct certificates *c,
					 char *why, size_t cap);

/* certificates_free: forgets the keys. Takes NULL. */
void certificates_free(struct certificates *c);

#endif
