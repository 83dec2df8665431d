#include "tools/model/model_trace.h"

void model_trace_write(FILE *file, uint64_t now_us, const char *session,
		       enum model_direction direction, const char *type,
		       json_t *members)
{
	static const char *const name[] = { "in", "out", "note" };

	if (!file) {
		json_decref(members);
		return;
	}
	json_t *line = json_pack("{s:I, s:s, s:s, s:s}", "t_us",
				 (json_int_t)now_us, "session", session, "dir",
				 name[direction], "type", type);
	if (members)
		json_object_update(line, members);
	json_dumpf(line, file, JSON_COMPACT);
	fputc('\n', file);
	fflush(file);
	json_decref(line);
	json_decref(members);
}
