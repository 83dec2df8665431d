#include "gateway/worker_figures.h"

#include <stddef.h>

const char *worker_delay_name(enum worker_delay delay)
{
	static const char *const name[] = {
		[WORKER_CALLER_TO_MODEL] = "caller_to_model",
		[WORKER_MODEL_TO_CALLER] = "model_to_caller",
		[WORKER_INTERRUPTION] = "interruption",
	};
	return name[delay];
}

const char *worker_carrier_name(enum worker_carrier carrier)
{
	static const char *const name[] = {
		[WORKER_TWILIO] = "twilio",
		[WORKER_AUDIOCODES] = "audiocodes",
	};
	return name[carrier];
}

const char *worker_end_name(unsigned end)
{
	return end == WORKER_END_NO_START ? "no_start"
					  : call_end_name((enum call_end)end);
}

const char *worker_request_name(enum worker_request request)
{
	static const char *const name[] = {
		[WORKER_WEBHOOK] = "webhook",
		[WORKER_UPGRADE] = "upgrade",
	};
	return name[request];
}

const char *worker_refusal_name(enum worker_refusal refusal)
{
	static const char *const name[] = {
		[WORKER_MALFORMED] = "malformed",
		[WORKER_UNAUTHORIZED] = "unauthorized",
		[WORKER_UNKNOWN] = "unknown",
		[WORKER_TOO_LARGE] = "too_large",
		[WORKER_FULL] = "full",
		[WORKER_OTHERWISE] = "other",
	};
	return name[refusal];
}

const char *worker_text_name(enum worker_text text)
{
	static const char *const name[] = {
		[WORKER_TEXT_IN] = "input",
		[WORKER_TEXT_CACHED] = "cached",
		[WORKER_TEXT_OUT] = "output",
	};
	return name[text];
}

enum worker_refusal worker_refusal_of(unsigned status)
{
	static const struct {
		unsigned status;
		enum worker_refusal refusal;
	} row[] = {
		{ 400, WORKER_MALFORMED },    { 405, WORKER_MALFORMED },
		{ 426, WORKER_MALFORMED },    { 401, WORKER_UNAUTHORIZED },
		{ 403, WORKER_UNAUTHORIZED }, { 404, WORKER_UNKNOWN },
		{ 413, WORKER_TOO_LARGE },    { 503, WORKER_FULL },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].status == status)
			return row[i].refusal;
	return WORKER_OTHERWISE;
}

/* --- The HTTP server's own answers --- */

static const struct {
	unsigned status;
	const char *name;
} answer[WORKER_HTTP_STATUSES] = {
	{ 0, "tls" },   { 400, "400" },   { 408, "408" }, { 413, "413" },
	{ 414, "414" }, { 431, "431" },   { 501, "501" }, { 503, "503" },
	{ 505, "505" }, { 999, "other" },
};

unsigned worker_http_status(unsigned status)
{
	unsigned i = 0;

	while (i < WORKER_HTTP_STATUSES - 1 && answer[i].status != status)
		i++;
	return i;
}

const char *worker_http_status_name(unsigned place)
{
	return answer[place].name;
}
