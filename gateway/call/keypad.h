/* A keypad menu: what keys do that are not for the model. Pure.
 *
 * Whoever makes one owns the texts in it; never changed. */
#ifndef GATEWAY_CALL_KEYPAD_H
#define GATEWAY_CALL_KEYPAD_H

#include <stddef.h>
#include <stdint.h>

#define KEYPAD_KEYS_MAX    5  /* of one entry, with NUL */
#define KEYPAD_ENTRIES_MAX 24 /* an agent's, and those of a route */

enum keypad_action {
	KEYPAD_HAND_OFF,      /* text: an agent's name */
	KEYPAD_TRANSFER,      /* text: tel:, sip:, sips: or client: URI */
	KEYPAD_TRANSFER_WARM, /* likewise; whoever answers may decline */
	KEYPAD_SAY,           /* text: the words */
	KEYPAD_FUNCTION,      /* text: its name */
	KEYPAD_END            /* no text */
};

struct keypad_entry {
	char keys[KEYPAD_KEYS_MAX]; /* 0-9 * #; no two entries alike */
	enum keypad_action action;
	const char *text;
	const char *arguments; /* of a function: JSON text, "": none … */
	const char *agent;     /* … and whose it is, by name */
};

struct keypad {
	unsigned count; /* 0: there is no menu */
	struct keypad_entry entry[KEYPAD_ENTRIES_MAX];
	/* What a caller hears for whom there is no model, in place of the
	 * apology: mu-law, or NULL; and its words, for a carrier that speaks
	 * itself, or "" or NULL. Then the menu waits. */
	const uint8_t *prompt;
	size_t prompt_len;
	const char *prompt_text;
	unsigned wait_ms;
};

enum keypad_match {
	KEYPAD_NONE,  /* no entry begins so */
	KEYPAD_BEGUN, /* one may follow, or a longer one */
	KEYPAD_SURE   /* an entry, and no longer one begins so */
};

/* keypad_match: what was pressed so far. */
enum keypad_match keypad_match(const struct keypad *k, const char *keys);

/* keypad_find: the entry of exactly these keys, or NULL. A terminator (0: none)
 * behind them that the entry has not does no harm. */
const struct keypad_entry *keypad_find(const struct keypad *k, const char *keys,
				       char terminator);

/* keypad_action_name: as the configuration has it. */
const char *keypad_action_name(enum keypad_action action);

#endif
