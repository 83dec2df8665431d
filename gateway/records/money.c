#include "gateway/records/money.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define UNITS_MOST 18000000.0

uint64_t money_from(double units)
{
	if (!(units > 0))
		return 0;
	if (units > UNITS_MOST)
		units = UNITS_MOST;
	return (uint64_t)llround(units * 1e6) * MONEY_MICRO;
}

uint64_t money_add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

uint64_t money_times(uint64_t amount, uint64_t n)
{
	return amount && n > UINT64_MAX / amount ? UINT64_MAX : amount * n;
}

const char *money_write(char out[MONEY_TEXT], uint64_t amount)
{
	uint64_t micro = amount / MONEY_MICRO +
			 (amount % MONEY_MICRO >= MONEY_MICRO / 2);

	snprintf(out, MONEY_TEXT, "%" PRIu64 ".%06" PRIu64, micro / 1000000,
		 micro % 1000000);
	return out;
}
