/* A key or token: fixed storage, wiped on release, no way to print it.
 *
 * Plain text goes in once and comes out only through secret_reveal, at the
 * place that signs or sends with it. */
#ifndef GATEWAY_OPS_SECRET_H
#define GATEWAY_OPS_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_MAX 255 /* characters; more is refused */

struct secret {
	char hidden[SECRET_MAX + 1]; /* NUL-padded to the end */
};

/* secret_set: take len characters; white space around them is dropped, as a
 * file or a shell leaves it there.
 * Returns 0; -ENODATA nothing but white space; -E2BIG; -EINVAL a character
 * that is not printable ASCII (it would not survive an HTTP header). On an
 * error the secret is empty. */
int secret_set(struct secret *s, const char *text, size_t len);

/* secret_from_env: as secret_set, from an environment variable; the variable
 * is removed, so that neither children nor a crash dump's environment keep
 * it. Returns also -ENOENT when it is not set. */
int secret_from_env(struct secret *s, const char *name);

bool secret_is_set(const struct secret *s);

/* secret_equal: in constant time, whatever the lengths. */
bool secret_equal(const struct secret *a, const struct secret *b);

/* secret_reveal: the NUL-terminated text, for signing or sending only.
 * Belongs to s; "" when empty. */
const char *secret_reveal(const struct secret *s);

/* secret_wipe: overwrite; the compiler cannot leave it out. */
void secret_wipe(struct secret *s);

#endif
