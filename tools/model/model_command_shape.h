/* The tables of what client events may say. */
#ifndef TOOLS_MODEL_MODEL_COMMAND_SHAPE_H
#define TOOLS_MODEL_MODEL_COMMAND_SHAPE_H

#include "tools/model/model_schema.h"

extern const struct model_shape model_command_shape_plain; /* no members */
extern const struct model_shape model_command_shape_update;
extern const struct model_shape model_command_shape_append;
extern const struct model_shape model_command_shape_create_item;
extern const struct model_shape model_command_shape_truncate;
extern const struct model_shape model_command_shape_item_id;
extern const struct model_shape model_command_shape_create;
extern const struct model_shape model_command_shape_cancel;

#endif
