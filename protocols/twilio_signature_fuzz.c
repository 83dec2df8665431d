/* What was signed for a URL is accepted at that URL, and nothing else is that
 * differs in a bit of the signature; a rebuilt URL is one.
 *
 * The input is lines: URL, host, proto, forwarded host, target, base, form. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/form.h"
#include "protocols/twilio_signature.h"

enum { URL, HOST, PROTO, FORWARDED_HOST, TARGET, BASE, FORM, LINES };

static void demand(int claim)
{
	if (!claim)
		abort();
}

/* Whether a URL is signed as it stands: no user information, no fragment. */
static int is_verbatim(const char *url)
{
	const char *host = strstr(url, "://");

	return host && strlen(url) < TWILIO_URL_MAX &&
	       !memchr(host + 3, '@', strcspn(host + 3, "/?#")) &&
	       !strchr(host, '#');
}

static void check_signature(const char *url, const struct form *fields)
{
	char sent[TWILIO_SIGNATURE_LEN];
	int is_accepted;

	twilio_signature(sent, "token", url, fields);
	demand(strlen(sent) == TWILIO_SIGNATURE_LEN - 1);
	is_accepted =
		twilio_signature_check("token", url, fields, NULL, 0, sent);
	demand(is_accepted || !is_verbatim(url));
	twilio_signature_check("token", url, NULL, url, strlen(url), sent);
	sent[0] ^= 1;
	demand(!twilio_signature_check("token", url, fields, NULL, 0, sent));
}

static void check_public_url(const struct twilio_request_url *r,
			     const struct form *fields)
{
	char *url = malloc(200);
	int err = twilio_public_url(url, 200, r);
	size_t target = strlen(r->target);

	demand(err == 0 || err == -EINVAL || err == -E2BIG);
	if (!err) {
		demand(strlen(url) < 200);
		demand(strstr(url, "://") != NULL);
		demand(!strncmp(url, "ws", 2) == r->is_upgrade);
		demand(!strcmp(url + strlen(url) - target, r->target));
		check_signature(url, fields);
	}
	free(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct form fields;
	char *text = malloc(size + 1), *rest = text;
	char *line[LINES];
	struct twilio_request_url r;

	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	for (int i = 0; i < LINES; i++)
		line[i] = rest ? strsep(&rest, "\n") : text + size;
	if (!form_parse(&fields, line[FORM], strlen(line[FORM]))) {
		check_signature(line[URL], &fields);
		r = (struct twilio_request_url){
			.public_base = *line[BASE] ? line[BASE] : NULL,
			.is_tls = size & 1,
			.is_upgrade = size & 2,
			.trust_forwarded = size & 4,
			.host = line[HOST],
			.forwarded_proto = line[PROTO],
			.forwarded_host = line[FORWARDED_HOST],
			.target = line[TARGET],
		};
		check_public_url(&r, &fields);
	}
	free(text);
	return 0;
}
