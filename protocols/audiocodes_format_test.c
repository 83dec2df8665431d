#include "tools/testing/check.h"

#include "protocols/audiocodes_format.h"

/* The table of the reference, 3.1, row by row. */
static void test_table(void **state)
{
	static const struct {
		const char *name;
		enum audiocodes_coding coding;
		unsigned rate;
		bool is_wav;
	} row[] = {
		{ "raw/mulaw", AUDIOCODES_MULAW, 8000, false },
		{ "wav/mulaw", AUDIOCODES_MULAW, 8000, true },
		{ "raw/lpcm16_8", AUDIOCODES_LPCM16, 8000, false },
		{ "wav/lpcm16_8", AUDIOCODES_LPCM16, 8000, true },
		{ "raw/lpcm16", AUDIOCODES_LPCM16, 16000, false },
		{ "wav/lpcm16", AUDIOCODES_LPCM16, 16000, true },
		{ "raw/lpcm16_24", AUDIOCODES_LPCM16, 24000, false },
		{ "wav/lpcm16_24", AUDIOCODES_LPCM16, 24000, true },
	};
	unsigned seen = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		enum audiocodes_format_id id =
			audiocodes_format_named(row[i].name);

		CHECK(id != AUDIOCODES_NO_FORMAT, row[i].name);
		CHECK_EQ(row[i].coding, audiocodes_format[id].coding,
			 row[i].name);
		CHECK_EQ(row[i].rate, audiocodes_format[id].rate, row[i].name);
		CHECK_EQ(row[i].is_wav, audiocodes_format[id].is_wav,
			 row[i].name);
		seen |= 1u << id;
	}
	CHECK_EQ(0xff, seen, "each its own");
	CHECK_EQ(AUDIOCODES_NO_FORMAT, audiocodes_format_named("audio/wav"),
		 "invented by others");
	CHECK_EQ(AUDIOCODES_NO_FORMAT, audiocodes_format_named(""), "empty");
}

static void test_offer(void **state)
{
	static const enum audiocodes_format_id preference[] = {
		AUDIOCODES_RAW_LPCM16_24, AUDIOCODES_RAW_LPCM16,
		AUDIOCODES_RAW_MULAW
	};
	struct audiocodes_offer o = { .count = 0 };

	(void)state;
	CHECK_EQ(AUDIOCODES_NO_FORMAT,
		 audiocodes_offer_choose(&o, preference, 3),
		 "nothing is offered");
	audiocodes_offer_add(&o, "raw/mulaw");
	audiocodes_offer_add(&o, "raw/opus");
	audiocodes_offer_add(&o, "raw/lpcm16");
	audiocodes_offer_add(&o, "raw/mulaw");
	CHECK_EQ(2, o.count, "unknown and repeated names are left out");
	CHECK_EQ(AUDIOCODES_RAW_LPCM16,
		 audiocodes_offer_choose(&o, preference, 3), "our order");
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_offer),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
