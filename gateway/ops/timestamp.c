#include "gateway/ops/timestamp.h"

#include <stdio.h>

void timestamp_write(char out[TIMESTAMP_LEN], const struct timespec *when)
{
	struct tm utc;
	size_t n;

	gmtime_r(&when->tv_sec, &utc);
	n = strftime(out, TIMESTAMP_LEN, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(out + n, TIMESTAMP_LEN - n, ".%03uZ",
		 (unsigned)(when->tv_nsec / 1000000) % 1000u);
}

void timestamp_now(char out[TIMESTAMP_LEN])
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	timestamp_write(out, &now);
}
