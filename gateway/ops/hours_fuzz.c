/* Any text as hours: what is taken has spans in their ranges, and is open in
 * exactly the minutes that its spans go through, one after the other. */
#include "tools/testing/fuzz.h"

#include "gateway/ops/hours.h"

#define DAY  1440
#define WEEK (7 * DAY)

static void paint(uint8_t week[WEEK], const struct hours_span *s)
{
	unsigned len =
		s->to > s->from ? s->to - s->from : DAY - s->from + s->to;

	FUZZ_CHECK(s->days && s->days < 0x80);
	FUZZ_CHECK(s->from < DAY && s->to <= DAY);
	for (unsigned day = 0; day < 7; day++)
		for (unsigned i = 0; s->days >> day & 1 && i < len; i++)
			week[(day * DAY + s->from + i) % WEEK] = 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t week[WEEK];
	struct hours h;
	char *text = fuzz_text(data, n);
	int err = hours_parse(&h, text);

	free(text);
	if (err)
		return 0;
	FUZZ_CHECK(h.count >= 1 && h.count <= HOURS_SPANS_MAX);
	memset(week, 0, sizeof(week));
	for (unsigned i = 0; i < h.count; i++)
		paint(week, &h.span[i]);
	for (unsigned i = 0; i < WEEK; i++)
		FUZZ_CHECK(hours_has(&h, i / DAY, i % DAY) == week[i]);
	return 0;
}
