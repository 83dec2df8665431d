/* Keys in any order and at any time, for a menu and for a function that asks:
 * a menu never waits for what cannot come, and never loses what is there; an
 * entry that is collected keeps to its bounds and to the pause. The first bytes
 * are the menu or the bounds, the rest is pressed. */
#include "tools/testing/fuzz.h"

#include <stdbool.h>

#include "gateway/call/digits_collect.h"
#include "gateway/call/keypad.h"

static const char key[] = "0123456789ABCD*#x";

static char key_of(uint8_t byte)
{
	return key[byte % (sizeof(key) - 1)];
}

/* --- A menu --- */

static bool begins(const struct keypad_entry *e, const char *keys)
{
	return strncmp(e->keys, keys, strlen(keys)) == 0;
}

static void check_menu(const struct keypad *k, const char *keys)
{
	enum keypad_match match = keypad_match(k, keys);
	const struct keypad_entry *e = keypad_find(k, keys, 0);
	unsigned begun = 0;

	for (unsigned i = 0; i < k->count; i++)
		begun += begins(&k->entry[i], keys);
	FUZZ_CHECK((match == KEYPAD_NONE) == (begun == 0));
	FUZZ_CHECK(match != KEYPAD_SURE || (e && begun == 1));
	FUZZ_CHECK(match != KEYPAD_BEGUN || begun > (e != NULL));
	FUZZ_CHECK(!e || !strcmp(e->keys, keys));
	if (e) /* what it has itself is no terminator */
		FUZZ_CHECK(keypad_find(k, keys, '#') == e);
}

/* No two alike: as configurations are. */
static void add_entry(struct keypad *k, const uint8_t *data, size_t n)
{
	struct keypad_entry *e = &k->entry[k->count];

	for (size_t i = 0; i < n; i++)
		e->keys[i] = key_of(data[i]);
	e->keys[n] = '\0';
	if (!keypad_find(k, e->keys, 0))
		k->count++;
}

static void press_menu(const uint8_t *data, size_t n)
{
	struct keypad k = { .count = 0 };
	char keys[16] = "";

	while (n > 4 && data[0] & 0x80 && k.count < KEYPAD_ENTRIES_MAX) {
		size_t len = 1 + (data[0] & 3);
		add_entry(&k, data + 1, len < n - 1 ? len : n - 1);
		data += 1 + len;
		n -= n < 1 + len ? n : 1 + len;
	}
	for (size_t i = 0; i < n && i < sizeof(keys) - 1; i++) {
		keys[i] = key_of(data[i]);
		check_menu(&k, keys);
	}
}

/* --- A function that asks --- */

static void check_state(const struct digits_collect *d, enum digits_state s)
{
	FUZZ_CHECK(d->min >= 1 && d->min <= d->max && d->max <= DIGITS_MAX);
	FUZZ_CHECK(d->count <= d->max && strlen(d->entry) == d->count);
	FUZZ_CHECK(!d->terminator || !strchr(d->entry, d->terminator));
	FUZZ_CHECK(s != DIGITS_WHOLE || d->count >= d->min);
	FUZZ_CHECK(s != DIGITS_TOO_FEW || d->count < d->min);
	FUZZ_CHECK(s != DIGITS_NONE || d->count == 0);
	FUZZ_CHECK(s != DIGITS_GO_ON || d->count < d->max);
}

static void press_collect(const uint8_t *data, size_t n)
{
	static const struct digits_collect nothing;
	struct digits_collect d;
	enum digits_state s = DIGITS_GO_ON;
	uint64_t now_ns = 1;

	digits_collect_begin(&d, data[0], data[1], data[2] * 10u,
			     data[3] & 1 ? key_of(data[3] >> 1) : '\0', now_ns);
	for (size_t i = 4; i + 1 < n && s == DIGITS_GO_ON; i += 2) {
		now_ns += data[i] * 10000000ull;
		if (data[i] & 1)
			digits_collect_wait(&d, now_ns);
		s = digits_collect_look(&d, now_ns);
		check_state(&d, s);
		if (s != DIGITS_GO_ON)
			break;
		s = digits_collect_press(&d, key_of(data[i + 1]), now_ns);
		check_state(&d, s);
	}
	digits_collect_wipe(&d);
	FUZZ_CHECK(memcmp(&d, &nothing, sizeof(d)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 6)
		return 0;
	if (data[0] & 1)
		press_menu(data + 1, n - 1);
	else
		press_collect(data + 1, n - 1);
	return 0;
}
