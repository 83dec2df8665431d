/* The table that model_config_check checks an update against. */
#ifndef TOOLS_MODEL_MODEL_CONFIG_SHAPE_H
#define TOOLS_MODEL_MODEL_CONFIG_SHAPE_H

#include "tools/model/model_schema.h"

extern const struct model_shape model_config_shape_session;

#endif
