/* Where forms remain that callers have filled in: one SQLite file.
 *
 *   form          a row for each call and form: id, call, form, agent, caller,
 *                 created_ms, updated_ms, version, is_complete
 *   form_field    what its fields have now: form_id, field, value
 *   form_version  what they were given and when: form_id, version, field,
 *                 value, previous (NULL: none), at_ms
 *
 * Times are milliseconds since 1970. The file is made when it is not there,
 * readable by its user alone, and brought to FORM_STORE_SCHEMA
 * (PRAGMA user_version). It is in WAL mode: readers never wait for it, nor it
 * for them.
 *
 * Opened by the control thread. Writing is done on libuv's threads, one form at
 * a time; who saves the same form again waits until it is written before. */
#ifndef GATEWAY_RECORDS_FORM_STORE_H
#define GATEWAY_RECORDS_FORM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* Limits. */
#define FORM_STORE_SCHEMA      1
#define FORM_STORE_FIELDS_MAX  32   /* in one form */
#define FORM_STORE_WAITING_MAX 1024 /* to be written; one more: -ENOBUFS */
#define FORM_STORE_BUSY_MS     2000 /* while another program writes: -EBUSY */
#define FORM_STORE_WHY_MAX     160

struct form_store;

struct form_value {
	const char *field;
	const char *value;
};

/* What is to be written: fields that are not named stay as they are. */
struct form_put {
	const char *call;
	const char *form;
	const char *agent;
	const char *caller; /* "": not known */
	int64_t at_ms;
	bool is_complete;
	unsigned count;
	struct form_value value[FORM_STORE_FIELDS_MAX];
};

struct form_stored {
	int error; /* 0; or -ENOSPC the disk is full; -EBUSY; -ENOBUFS;
		      -EROFS; -EIO, another failure of the file */
	char why[FORM_STORE_WHY_MAX]; /* in words, on an error */
	int64_t id;                   /* of its row */
	unsigned version;             /* 1: the row is new */
};

typedef void form_stored_fn(void *owner, const struct form_stored *s);

/* form_store_open: why, on failure: what is wrong with the file, in words.
 * Returns 0 or a negative errno. form_store_close: nothing is being written any
 * more. NULL is fine. */
int form_store_open(struct form_store **out, const char *path, char *why,
		    size_t cap);
void form_store_close(struct form_store *s);

/* form_store_probe: whether it could be opened; nothing is made or changed. As
 * form_store_open. */
int form_store_probe(const char *path, char *why, size_t cap);

/* form_store_save: put is copied. on_done comes once, on the loop, never from
 * inside. Returns 0; or -ENOBUFS, -ENOMEM, and on_done will not come. */
int form_store_save(struct form_store *s, uv_loop_t *loop,
		    const struct form_put *put, form_stored_fn *on_done,
		    void *owner);

/* form_store_put: the same at once, on a thread that may wait. */
void form_store_put(struct form_store *s, const struct form_put *put,
		    struct form_stored *stored);

#endif
