#include "gateway/carriers/twilio_rest.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "protocols/buffer.h"
#include "protocols/form.h"
#include "protocols/twilio_message.h"

#define FORM_MAX (4 * TWILIO_REST_TWIML_MAX) /* escaped */

static const struct secret *token_of(const struct config *c,
				     const char *account_sid)
{
	const struct secret *token[CONFIG_TWILIO_TOKENS];
	size_t n = config_twilio_tokens(c, account_sid, strlen(account_sid),
					token);

	return n ? token[0] : NULL;
}

static bool uses_key(const struct config *c, const char *account_sid)
{
	const struct config_twilio_account *a =
		config_twilio_account(c, account_sid);

	return c->twilio.rest.key_sid[0] && !(a && a->rest_url[0]);
}

bool twilio_rest_is_ready(const struct config *c, const char *account_sid)
{
	if (!account_sid[0] || !config_twilio_rest_url(c, account_sid)[0])
		return false;
	return uses_key(c, account_sid)
		       ? secret_is_set(&c->twilio.rest.key_secret)
		       : token_of(c, account_sid) != NULL;
}

static void sign(struct fetch_request *r, const struct twilio_rest_call *call)
{
	const struct config_twilio_rest *rest = &call->config->twilio.rest;
	bool has_key = uses_key(call->config, call->account_sid);

	r->user = has_key ? rest->key_sid : call->account_sid;
	r->password = secret_reveal(
		has_key ? &rest->key_secret
			: token_of(call->config, call->account_sid));
}

/* call_sid NULL: of none yet. */
static struct fetch *post(const struct twilio_rest_call *call,
			  const struct buffer *form, fetch_done_fn *on_done,
			  void *owner)
{
	const struct config_twilio_rest *rest = &call->config->twilio.rest;
	char url[CONFIG_TEXT_MAX + 128];
	struct fetch_request r = {
		.is_once = !call->call_sid,
		.method = "POST",
		.url = url,
		.header = { "Content-Type: application/x-www-form-urlencoded",
			    "Accept: application/json" },
		.body = buffer_head(form),
		.body_len = form->used,
		.ca_file = rest->ca_file,
		.timeout_ms = rest->timeout_ms,
		.body_max = TWILIO_REST_ANSWER_MAX,
	};

	if (!twilio_rest_is_ready(call->config, call->account_sid))
		return NULL;
	snprintf(url, sizeof(url), "%s/2010-04-01/Accounts/%s/Calls%s%s.json",
		 config_twilio_rest_url(call->config, call->account_sid),
		 call->account_sid, call->call_sid ? "/" : "",
		 call->call_sid ? call->call_sid : "");
	sign(&r, call);
	return fetch_start(call->port, &r, on_done, owner);
}

static struct fetch *post_field(const struct twilio_rest_call *call,
				const char *name, const char *value,
				fetch_done_fn *on_done, void *owner)
{
	struct buffer form;
	struct fetch *f = NULL;

	buffer_init(&form, FORM_MAX);
	if (form_write(&form, name, value) == 0)
		f = post(call, &form, on_done, owner);
	buffer_free(&form);
	return f;
}

struct fetch *twilio_rest_redirect(const struct twilio_rest_call *call,
				   const char *twiml, size_t len,
				   fetch_done_fn *on_done, void *owner)
{
	char text[TWILIO_REST_TWIML_MAX + 1];

	if (len > TWILIO_REST_TWIML_MAX)
		return NULL;
	memcpy(text, twiml, len);
	text[len] = '\0';
	return post_field(call, "Twiml", text, on_done, owner);
}

struct fetch *twilio_rest_complete(const struct twilio_rest_call *call,
				   fetch_done_fn *on_done, void *owner)
{
	return post_field(call, "Status", "completed", on_done, owner);
}

/* --- Placing a call --- */

static int describe(struct buffer *form, const struct twilio_rest_new *n)
{
	char limit[12];
	const struct {
		const char *name, *value;
	} field[] = {
		{ "To", n->to },
		{ "From", n->from },
		{ "Url", n->url },
		{ "Method", "POST" },
		{ "StatusCallback", n->status_url },
		{ "StatusCallbackMethod", "POST" },
		{ "StatusCallbackEvent", "completed" },
		{ "TimeLimit", limit },
		{ "MachineDetection", n->detection },
	};
	int err = 0;

	snprintf(limit, sizeof(limit), "%u", n->limit_s);
	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]) && !err; i++)
		if (field[i].value)
			err = form_write(form, field[i].name, field[i].value);
	return err;
}

struct fetch *twilio_rest_create(const struct twilio_rest_new *n,
				 fetch_done_fn *on_done, void *owner)
{
	const struct twilio_rest_call call = { .config = n->config,
					       .port = n->port,
					       .account_sid = n->account_sid };
	struct buffer form;
	struct fetch *f = NULL;

	buffer_init(&form, FORM_MAX);
	if (describe(&form, n) == 0)
		f = post(&call, &form, on_done, owner);
	buffer_free(&form);
	return f;
}

int twilio_rest_created(const struct fetch_answer *a, char sid[35])
{
	json_t *body = json_loadb(a->body, a->body_len, 0, NULL);
	const char *told = json_string_value(json_object_get(body, "sid"));
	bool is_sid = told && twilio_sid_ok(told, "CA");

	if (is_sid)
		snprintf(sid, 35, "%s", told);
	json_decref(body);
	return is_sid ? 0 : -EBADMSG;
}

const char *twilio_rest_words(unsigned code)
{
	static const struct {
		unsigned code;
		const char *words;
	} row[] = {
		{ 20003, "the credentials are wrong, or for another region" },
		{ 20404, "there is no such account" },
		{ 20429, "too many requests at a time" },
		{ 21210, "the number in from is not verified" },
		{ 21211, "the number to be called is not valid" },
		{ 21217, "the number to be called is not valid" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].code == code)
			return row[i].words;
	return NULL;
}

/* --- Answers --- */

static unsigned code_of(const struct fetch_answer *a)
{
	json_t *body = json_loadb(a->body, a->body_len, 0, NULL);
	json_int_t code = json_integer_value(json_object_get(body, "code"));

	json_decref(body);
	return code > 0 && code < 100000 ? (unsigned)code : 0;
}

static void say(struct twilio_rest_verdict *v, int error, const char *why)
{
	v->error = error;
	v->why = why;
}

void twilio_rest_judge(const struct fetch_answer *a,
		       struct twilio_rest_verdict *out)
{
	*out = (struct twilio_rest_verdict){ .why = "" };
	if (a->error) {
		say(out, -EIO, "the telephone network does not answer");
		return;
	}
	if (a->status >= 200 && a->status < 300)
		return;
	out->code = code_of(a);
	if (a->status == 404 || out->code == 21220)
		say(out, -ENOENT,
		    "the telephone network says the call is over");
	else if (a->status == 401 || a->status == 403)
		say(out, -EACCES,
		    "the telephone network does not accept our credentials");
	else if (a->status == 429)
		say(out, -EAGAIN, "the telephone network is too busy");
	else
		say(out, -EIO, "the telephone network refused");
}
