#include "gateway/call/keypad.h"

#include <stdbool.h>
#include <string.h>

static const struct keypad_entry *find(const struct keypad *k, const char *keys,
				       size_t n)
{
	for (unsigned i = 0; i < k->count; i++) {
		const struct keypad_entry *e = &k->entry[i];
		if (strlen(e->keys) == n && memcmp(e->keys, keys, n) == 0)
			return e;
	}
	return NULL;
}

enum keypad_match keypad_match(const struct keypad *k, const char *keys)
{
	size_t n = strlen(keys);
	bool is_entry = false, may_grow = false;

	for (unsigned i = 0; i < k->count; i++) {
		const char *wanted = k->entry[i].keys;
		if (strncmp(wanted, keys, n) != 0)
			continue;
		is_entry |= !wanted[n];
		may_grow |= wanted[n] != '\0';
	}
	if (may_grow)
		return KEYPAD_BEGUN;
	return is_entry ? KEYPAD_SURE : KEYPAD_NONE;
}

const struct keypad_entry *keypad_find(const struct keypad *k, const char *keys,
				       char terminator)
{
	size_t n = strlen(keys);
	const struct keypad_entry *e = find(k, keys, n);

	if (!e && terminator && n > 1 && keys[n - 1] == terminator)
		e = find(k, keys, n - 1);
	return e;
}

const char *keypad_action_name(enum keypad_action action)
{
	static const char *const name[] = {
		[KEYPAD_HAND_OFF] = "hand_off",
		[KEYPAD_TRANSFER] = "transfer",
		[KEYPAD_SAY] = "say",
		[KEYPAD_FUNCTION] = "function",
		[KEYPAD_END] = "end",
		[KEYPAD_TRANSFER_WARM] = "transfer",
	};
	return name[action];
}
