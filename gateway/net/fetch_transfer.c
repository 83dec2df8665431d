/* One request as libcurl knows it. */
#include "gateway/net/fetch_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define CA_FILE "/etc/ssl/certs/ca-certificates.crt" /* the system's store */
/* A store that has been read is used so long: it is large. */
#define CA_KEPT_S 60L

/* The first that fails is remembered. */
#define SET(f, option, value)            \
	((f)->setup =                    \
		 (f)->setup ? (f)->setup \
			    : curl_easy_setopt((f)->easy, (option), (value)))

/* --- The answer --- */

void fetch_transfer_fail(struct fetch *f, int error, const char *why)
{
	f->answer.error = error;
	snprintf(f->why, sizeof(f->why), "%s", why);
	f->answer.why = f->why;
	f->answer.took_ms = (unsigned)((uv_hrtime() - f->begun_ns) / 1000000u);
}

/* Ends the transfer from a callback, which then returns 0. */
static size_t refuse(struct fetch *f, int error, const char *why)
{
	fetch_transfer_fail(f, error, why);
	return 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *owner)
{
	struct fetch *f = owner;

	(void)size; /* 1 */
	if (buffer_append(&f->body, bytes, n) == 0)
		return n;
	if (n > f->body.limit - f->body.used)
		return refuse(f, -EMSGSIZE, "the answer is too large");
	return refuse(f, -ENOMEM, "out of memory");
}

/* Whether a line is this header with another value than the one allowed; both
 * in lower case, name with its colon. */
static bool is_other(const char *line, size_t n, const char *name,
		     const char *allowed)
{
	size_t name_len = strlen(name), len = strlen(allowed);

	if (n < name_len || strncasecmp(line, name, name_len) != 0)
		return false;
	line += name_len;
	n -= name_len;
	while (n > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		n--;
	}
	while (n > 0 && strchr(" \t\r\n", line[n - 1]))
		n--;
	return n > 0 && (n != len || strncasecmp(line, allowed, len) != 0);
}

static size_t on_header(char *line, size_t size, size_t n, void *owner)
{
	struct fetch *f = owner;

	(void)size; /* 1 */
	f->head_bytes += n;
	if (f->head_bytes > FETCH_HEAD_MAX)
		return refuse(f, -EMSGSIZE,
			      "the answer's headers are too large");
	if (is_other(line, n, "content-encoding:", "identity") ||
	    is_other(line, n, "transfer-encoding:", "chunked"))
		return refuse(f, -EPROTO,
			      "the answer is compressed, which was not asked "
			      "for");
	return n;
}

static int error_of_connect(struct fetch *f)
{
	long os_errno = 0;

	curl_easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &os_errno);
	return os_errno > 0 ? -(int)os_errno : -ECONNREFUSED;
}

static int error_of(struct fetch *f, CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return -ENOENT;
	case CURLE_COULDNT_CONNECT:
		return error_of_connect(f);
	case CURLE_OPERATION_TIMEDOUT:
		return -ETIMEDOUT;
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	case CURLE_FILESIZE_EXCEEDED:
		return -EMSGSIZE;
	case CURLE_URL_MALFORMAT:
	case CURLE_LOGIN_DENIED:
		return -EINVAL;
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
		return -ECONNRESET;
	case CURLE_RECV_ERROR:
		return f->head_bytes ? -EPROTO : -ECONNRESET;
	default:
		return -EPROTO;
	}
}

static const char *words_of(struct fetch *f, CURLcode code)
{
	if (code == CURLE_LOGIN_DENIED)
		return "the URL has a name or password in it";
	if (code == CURLE_FILESIZE_EXCEEDED)
		return "the answer is too large";
	for (char *at = f->words; *at; at++)
		if ((unsigned char)*at < ' ')
			*at = ' ';
	return f->words[0] ? f->words : curl_easy_strerror(code);
}

static void fail_by(struct fetch *f, CURLcode code)
{
	if (!f->answer.error) /* else one of our own has ended it */
		fetch_transfer_fail(f, error_of(f, code), words_of(f, code));
}

static void take_body(struct fetch *f)
{
	uint8_t *end = f->body.used ? buffer_reserve(&f->body, 0) : NULL;

	if (!end)
		return;
	*end = '\0';
	f->answer.body = (const char *)buffer_head(&f->body);
	f->answer.body_len = f->body.used;
}

static unsigned ms_of(curl_off_t seconds)
{
	const curl_off_t max = 86400;

	if (seconds <= 0)
		return 0;
	return (unsigned)(seconds < max ? seconds : max) * 1000u;
}

static void take_head(struct fetch *f)
{
	const char *type = NULL;
	curl_off_t wait_s = 0;
	long status = 0;

	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(f->easy, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(f->easy, CURLINFO_RETRY_AFTER, &wait_s);
	snprintf(f->type, sizeof(f->type), "%s", type ? type : "");
	f->answer.status = (unsigned)status;
	f->answer.type = f->type;
	f->answer.retry_ms = ms_of(wait_s);
}

void fetch_transfer_end(struct fetch *f, CURLcode code)
{
	if (code) {
		fail_by(f, code);
		return;
	}
	fetch_transfer_fail(f, 0, "");
	take_head(f);
	take_body(f);
}

/* --- The request --- */

static bool names(const char *header, const char *name)
{
	size_t n = strlen(name);

	return strncasecmp(header, name, n) == 0 && header[n] == ':';
}

static void add_header(struct fetch *f, const char *line)
{
	struct curl_slist *longer = curl_slist_append(f->headers, line);

	if (longer)
		f->headers = longer;
	else
		f->setup = CURLE_OUT_OF_MEMORY;
}

/* An empty value takes away what libcurl would add by itself. */
static void set_headers(struct fetch *f)
{
	const struct fetch_request *r = &f->request;
	bool has_type = false;

	for (size_t i = 0; i < FETCH_HEADERS_MAX && r->header[i]; i++) {
		add_header(f, r->header[i]);
		has_type |= names(r->header[i], "Content-Type");
	}
	add_header(f, "Expect:");
	if (!has_type)
		add_header(f, "Content-Type:");
	SET(f, CURLOPT_HTTPHEADER, f->headers);
}

static void set_method(struct fetch *f)
{
	const struct fetch_request *r = &f->request;
	bool is_get = strcmp(r->method, "GET") == 0;
	bool is_head = strcmp(r->method, "HEAD") == 0;

	if (is_head) {
		SET(f, CURLOPT_NOBODY, 1L);
	} else if (r->body_len || !is_get) {
		SET(f, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
		SET(f, CURLOPT_POSTFIELDS, r->body ? r->body : "");
		SET(f, CURLOPT_CUSTOMREQUEST, r->method);
	}
}

/* The default directory of single certificates would be trusted beside the
 * file, and keeps libcurl from remembering what it has read. */
static void set_trust(struct fetch *f)
{
	const char *file = f->request.ca_file;

	SET(f, CURLOPT_CAINFO, file && file[0] ? file : CA_FILE);
	SET(f, CURLOPT_CAPATH, NULL);
	SET(f, CURLOPT_CA_CACHE_TIMEOUT, CA_KEPT_S);
	SET(f, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(f, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(f, CURLOPT_SSL_VERIFYHOST, 2L);
}

static void set_rules(struct fetch *f)
{
	SET(f, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(f, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(f, CURLOPT_HTTP09_ALLOWED, 0L);
	SET(f, CURLOPT_FOLLOWLOCATION, 0L);
	SET(f, CURLOPT_PROXY, "");
	SET(f, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(f, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(f, CURLOPT_PATH_AS_IS, 1L);
	SET(f, CURLOPT_NOSIGNAL, 1L);
	/* A name that is slow to resolve is left behind, not waited for. */
	SET(f, CURLOPT_QUICK_EXIT, 1L);
	if (f->request.is_once) {
		SET(f, CURLOPT_FRESH_CONNECT, 1L);
		SET(f, CURLOPT_FORBID_REUSE, 1L);
	}
}

/* What it has waited for us counts. */
static long time_left(const struct fetch *f)
{
	uint64_t waited_ms = (uv_hrtime() - f->begun_ns) / 1000000u;

	return waited_ms < f->request.timeout_ms
		       ? (long)(f->request.timeout_ms - waited_ms)
		       : 1;
}

static void set_limits(struct fetch *f)
{
	SET(f, CURLOPT_TIMEOUT_MS, time_left(f));
	SET(f, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)f->request.body_max);
	SET(f, CURLOPT_WRITEFUNCTION, on_body);
	SET(f, CURLOPT_WRITEDATA, f);
	SET(f, CURLOPT_HEADERFUNCTION, on_header);
	SET(f, CURLOPT_HEADERDATA, f);
}

static void set_user(struct fetch *f)
{
	const struct fetch_request *r = &f->request;

	if (!r->user)
		return;
	SET(f, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	SET(f, CURLOPT_USERNAME, r->user);
	SET(f, CURLOPT_PASSWORD, r->password ? r->password : "");
}

int fetch_transfer_begin(struct fetch *f)
{
	f->easy = curl_easy_init();
	if (!f->easy) {
		fetch_transfer_fail(f, -ENOMEM, "out of memory");
		return -ENOMEM;
	}
	SET(f, CURLOPT_PRIVATE, f);
	SET(f, CURLOPT_ERRORBUFFER, f->words);
	SET(f, CURLOPT_URL, f->request.url);
	SET(f, CURLOPT_USERAGENT, "tandem");
	set_rules(f);
	set_trust(f);
	set_limits(f);
	set_method(f);
	set_headers(f);
	set_user(f);
	if (!f->setup)
		return 0;
	fail_by(f, f->setup);
	fetch_transfer_free(f);
	return f->answer.error;
}

void fetch_transfer_free(struct fetch *f)
{
	curl_easy_cleanup(f->easy);
	curl_slist_free_all(f->headers);
	f->easy = NULL;
	f->headers = NULL;
}
