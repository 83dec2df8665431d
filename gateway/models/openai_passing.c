/* Which failures pass: the reference's retryable sets (1.6, 1.7). */
#include <errno.h>

#include "gateway/models/openai_parts.h"
#include "gateway/net/ws.h"

static bool is_passing_status(unsigned http_status)
{
	static const unsigned list[] = { 408, 429, 500, 502, 503, 504 };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (http_status == list[i])
			return true;
	return false;
}

static bool is_passing_code(unsigned code)
{
	static const unsigned list[] = { 1001, 1005, 1006, 1011,
					 1012, 1013, 1014 };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (code == list[i])
			return true;
	return false;
}

bool openai_passing(const struct ws_end *end)
{
	if (end->http_status)
		return is_passing_status(end->http_status);
	if (!end->was_open)
		return end->status != -EACCES; /* a certificate will not heal */
	return is_passing_code(end->code);
}
