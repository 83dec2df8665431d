#include "protocols/tls_name.h"

#include <string.h>
#include <strings.h>

bool tls_name_covers(const char *name, size_t name_len, const char *host,
		     size_t host_len)
{
	if (name_len > 2 && name[0] == '*' && name[1] == '.') {
		const char *dot = memchr(host, '.', host_len);
		if (!dot || dot == host)
			return false;
		host_len -= (size_t)(dot - host);
		host = dot;
		name++;
		name_len--;
	}
	return name_len > 0 && name_len == host_len &&
	       strncasecmp(name, host, name_len) == 0;
}
