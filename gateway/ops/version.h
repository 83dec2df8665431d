/* Which build this is. */
#ifndef GATEWAY_OPS_VERSION_H
#define GATEWAY_OPS_VERSION_H

/* version_text: the commit as `git describe` names it: "v0.1.0",
 * "v0.1.0-3-gb097efb", "b097efb-dirty", or "unknown" outside a checkout. */
const char *version_text(void);

#endif
