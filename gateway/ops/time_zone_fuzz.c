/* Any bytes are a table, whose offsets are in range at every moment, or none.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/time_zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct time_zone *z;
	uint8_t *copy = malloc(size ? size : 1);

	assert(copy);
	memcpy(copy, data, size);
	int err = time_zone_parse(&z, copy, size, 0);
	free(copy);
	assert(!err == (z != NULL));
	for (int64_t s = -4000000000; z && s < 5000000000; s += 86400 * 97) {
		assert(abs(time_zone_offset(z, s)) <= 26 * 3600);
		assert(time_zone_day(z, s) <= time_zone_day(z, s + 4 * 86400));
	}
	time_zone_free(z);
	return 0;
}
