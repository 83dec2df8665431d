/* URLs of TwiML: what was resolved is absolute: resolved again, against
 * anything, it is itself; and its signed form is stable, too. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/phone_sign.h"
#include "tools/call/phone_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_signed(const char *url)
{
	static char once[PHONE_URL_MAX], twice[PHONE_URL_MAX];

	if (!phone_sign_url(once, sizeof(once), url))
		return;
	assert(!strchr(once, '#'));
	assert(strlen(once) <= strlen(url));
	if (phone_sign_url(twice, sizeof(twice), once))
		assert(strlen(twice) <= strlen(once));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char once[PHONE_URL_MAX], twice[PHONE_URL_MAX];
	char *text = malloc(size + 1);

	assert(text);
	memcpy(text, data, size);
	text[size] = 0;
	/* base and reference, apart by the first line's end */
	char *reference = text + strcspn(text, "\n");
	if (*reference)
		*reference++ = 0;
	phone_url_is_loopback(text);
	check_signed(text);
	if (phone_url_resolve(once, sizeof(once), text, reference, size & 1) ==
	    0) {
		assert(phone_url_resolve(twice, sizeof(twice), "http://x/",
					 once, true) == 0);
		assert(strcmp(once, twice) == 0);
		check_signed(once);
	}
	free(text);
	return 0;
}
