/* What the readers of spoken forms share; nobody else includes this. */
#ifndef GATEWAY_AGENTS_SPOKEN_PARTS_H
#define GATEWAY_AGENTS_SPOKEN_PARTS_H

#include "gateway/agents/spoken_words.h"

/* spoken_fail: the error; returns -EINVAL. */
int spoken_fail(struct spoken *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* spoken_odd: the word at this place has no meaning in a thing ("a date").
 * Returns -EINVAL. */
int spoken_odd(struct spoken *s, const struct spoken_words *w, unsigned at,
	       const char *thing);

/* A reader of one type: all words of w must be understood. There is one at
 * least. */
typedef int spoken_reader(struct spoken *s, const struct spoken_context *c,
			  const struct spoken_words *w);

spoken_reader spoken_read_name;
spoken_reader spoken_read_email;
spoken_reader spoken_read_phone;
spoken_reader spoken_read_date;
spoken_reader spoken_read_number;
spoken_reader spoken_read_choice;

/* Text that grows up to a bound; what does not fit sets is_full. */
struct spoken_text {
	char text[SPOKEN_MAX];
	size_t len;
	bool is_full;
};
void spoken_add(struct spoken_text *t, const char *text, size_t len);

#endif
