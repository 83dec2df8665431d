#include "protocols/json_load.h"

#include "protocols/json_scan.h"

json_t *json_load_strict(char *text, size_t len)
{
	if (json_scan_pick(text, len, NULL, NULL, 0) < 0)
		return NULL;
	return json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
}
