/* Values as they may stand in a line of the log, whoever wrote them. */
#ifndef GATEWAY_OPS_LOG_VALUE_H
#define GATEWAY_OPS_LOG_VALUE_H

#include <stddef.h>

#include "gateway/ops/log.h"

/* log_field_write: one field and what separates it from the next, whole or not
 * at all; all of it is printable ASCII.
 *
 * logfmt  key=word, or key="two words" with \" \\ \n \r \t and \xNN
 * JSON    "key":"text", with the same and \uNNNN; what is no UTF-8 is \ufffd
 * text    len bytes, any content; no more than LOG_VALUE_MAX characters of it
 *         are written, escapes counted, and a cut value ends in "..."
 * Returns its length, 0 when it does not fit into cap. */
size_t log_field_write(char *out, size_t cap, enum log_format format,
		       const char *key, const char *text, size_t len);

#endif
