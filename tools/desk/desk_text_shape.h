/* Is what a text model is asked of the shape its interface has? */
#ifndef TOOLS_DESK_DESK_TEXT_SHAPE_H
#define TOOLS_DESK_DESK_TEXT_SHAPE_H

#include <jansson.h>
#include <stddef.h>

/* Each returns 0; or -EINVAL with the reason in words. */
int desk_text_shape_responses(const json_t *body, char *why, size_t cap);
int desk_text_shape_chat(const json_t *body, char *why, size_t cap);

#endif
