#include "tools/call/phone_webhook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/net/http_client.h"
#include "protocols/buffer.h"
#include "protocols/form.h"
#include "tools/call/phone_twiml.h"
#include "tools/call/phone_url.h"

#define BODY_MAX    65536
#define ANSWER_MAX  (PHONE_TWIML_MAX + 4096) /* so that 11750 can be said */
#define HEADERS_MAX 512

static int write_form(struct buffer *body, const struct phone_webhook *w)
{
	for (size_t i = 0; i < w->fields; i++)
		if (form_write(body, w->field[i].name, w->field[i].value))
			return -ENOMEM;
	return buffer_append(body, "", 1); /* for use as text */
}

/* A GET carries the fields in its query, and they are signed as part of it. */
static int request_url(char out[PHONE_URL_MAX], const struct phone_webhook *w,
		       const char *form)
{
	size_t len = strcspn(w->url, "#");
	const char *query = memchr(w->url, '?', len);
	int n = snprintf(out, PHONE_URL_MAX, "%.*s", (int)len, w->url);

	if (n >= PHONE_URL_MAX)
		return -EINVAL;
	if (strcmp(w->method, "GET") != 0 || !*form)
		return 0;
	n += snprintf(out + n, PHONE_URL_MAX - (size_t)n, "%c%s",
		      query ? '&' : '?', form);
	return n < PHONE_URL_MAX ? 0 : -EINVAL;
}

static void write_headers(char out[HEADERS_MAX], const struct phone_webhook *w,
			  const char *url)
{
	char signed_url[PHONE_URL_MAX];
	char signature[PHONE_SIGN_LEN];
	bool is_get = strcmp(w->method, "GET") == 0;
	size_t n = (size_t)snprintf(out, HEADERS_MAX,
				    "User-Agent: TwilioProxy/1.1\r\n"
				    "Accept: */*\r\n"
				    "I-Twilio-Idempotency-Token: %s\r\n",
				    w->idempotency_token);

	if (!w->auth_token || w->signing == PHONE_UNSIGNED ||
	    !phone_sign_url(signed_url, sizeof(signed_url), url))
		return;
	phone_sign_request(signature, w->auth_token, signed_url, w->field,
			   is_get ? 0 : w->fields);
	if (w->signing == PHONE_SIGNED_WRONGLY)
		signature[0] = signature[0] == 'A' ? 'B' : 'A';
	snprintf(out + n, HEADERS_MAX - n, "X-Twilio-Signature: %s\r\n",
		 signature);
}

static int start(uv_loop_t *loop, const struct phone_webhook *w,
		 struct buffer *body, phone_webhook_done_fn *on_done,
		 void *owner)
{
	bool is_get = strcmp(w->method, "GET") == 0;
	char url[PHONE_URL_MAX], headers[HEADERS_MAX];
	int err = write_form(body, w);

	if (!err)
		err = request_url(url, w, (const char *)buffer_head(body));
	if (err)
		return err;
	write_headers(headers, w, url);
	struct http_fetch_request request = {
		.method = w->method,
		.url = url,
		.extra = headers,
		.type = is_get ? NULL : "application/x-www-form-urlencoded",
		.body = is_get ? NULL : buffer_head(body),
		.body_len = is_get ? 0 : body->used - 1,
		.tls = w->tls,
		.timeout_ms = PHONE_WEBHOOK_TIMEOUT_MS,
		.body_max = ANSWER_MAX,
	};
	return http_fetch_start(loop, &request, on_done, owner) ? 0 : -EINVAL;
}

int phone_webhook_send(uv_loop_t *loop, const struct phone_webhook *w,
		       phone_webhook_done_fn *on_done, void *owner)
{
	struct buffer body;

	buffer_init(&body, BODY_MAX);
	int err = start(loop, w, &body, on_done, owner);
	buffer_free(&body);
	return err;
}
