/* Between the files of vaic_message: reading, activities, parameters. */
#ifndef TOOLS_CALL_VAIC_MESSAGE_PARTS_H
#define TOOLS_CALL_VAIC_MESSAGE_PARTS_H

#include <jansson.h>

#include "tools/call/vaic_message.h"

/* vaic_message_string: a member that is text, or NULL. where: of what it is a
 * member, for the breach that a missing or wrong one is. */
const char *vaic_message_string(const struct vaic_breaches *b,
				const json_t *object, const char *where,
				const char *name, bool is_required);

/* vaic_message_params: sessionParams or activityParams of an object, checked
 * against the names and types of 4.4 and 4.5. Others are nobody's business.
 * Returns the params' object, or NULL. */
const json_t *vaic_message_params(struct vaic_change *c, const json_t *object,
				  const char *where, const char *name,
				  const struct vaic_breaches *b);

/* vaic_message_activities: fills e. False: no usable array. */
bool vaic_message_activities(struct vaic_event *e, const json_t *root,
			     const struct vaic_breaches *b);

#endif
