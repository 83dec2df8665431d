#include "tools/desk/desk_report.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

#include "protocols/http.h"

void desk_report_breach(struct desk_report *r, const char *format, ...)
{
	char text[DESK_BREACH_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';
	r->breaches++;
	if (r->log)
		fprintf(r->log, "tandem-desk: breach: %s\n", text);
}

static json_t *text_of(const char *text, size_t len)
{
	json_t *value = json_stringn(text, len);

	return value ? value : json_string("(not UTF-8)");
}

static json_t *headers_of(const struct http_message *m)
{
	json_t *all = json_object();

	for (size_t i = 0; i < m->headers; i++) {
		const struct http_header *h = &m->header[i];
		bool is_secret = strcasecmp(h->name, "Authorization") == 0;
		const char *value = is_secret ? "(given)" : h->value;
		json_object_set_new(all, h->name,
				    text_of(value, strlen(value)));
	}
	return all;
}

void desk_report_request(struct desk_report *r, const struct http_message *m,
			 unsigned status)
{
	r->requests++;
	if (!r->trace)
		return;
	json_t *line = json_object();
	json_object_set_new(line, "us",
			    json_integer((json_int_t)(uv_hrtime() / 1000)));
	json_object_set_new(line, "method", json_string(m->method));
	json_object_set_new(line, "target",
			    text_of(m->target, strlen(m->target)));
	json_object_set_new(line, "headers", headers_of(m));
	json_object_set_new(line, "body", text_of(m->body, m->body_len));
	json_object_set_new(line, "status", json_integer(status));
	json_dumpf(line, r->trace, JSON_COMPACT);
	fputc('\n', r->trace);
	fflush(r->trace);
	json_decref(line);
}
