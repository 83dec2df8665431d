#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/certificates.h"
#include "gateway/exchange.h"
#include "gateway/net/http_client.h"
#include "gateway/ops/config.h"
#include "protocols/http.h"
#include "protocols/tls.h"
#include "tools/testing/raw_socket.h"
#include "tools/testing/test_cert.h"

static const char *const files[] = { "ca.pem", "cert.pem", "key.pem",
				     "large.pem" };
static char dir[] = "/tmp/tandem-served-XXXXXX";
static struct config config;
static char why[400];

static void name_file(char *out, const char *file)
{
	snprintf(out, CONFIG_TEXT_MAX, "%s/%s", dir, file);
}

/* Another authority and certificate, in the same files. */
static void write_new(const char *not_after)
{
	const struct test_cert_request request = { .host = { "localhost" },
						   .hosts = 1,
						   .not_after = not_after };
	struct test_cert cert;

	CHECK_EQ(0, test_cert_make(&cert, &request), "made");
	CHECK_EQ(0, test_cert_write(&cert, dir), "written");
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char path[CONFIG_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		name_file(path, files[i]);
		unlink(path);
	}
	return rmdir(dir);
}

static void configure(const char *chain, const char *key)
{
	config_default(&config);
	config.tls.certificate_count = 1;
	name_file(config.tls.certificates[0].certificate, chain);
	name_file(config.tls.certificates[0].key, key);
	why[0] = '\0';
}

static void what_cannot_be_read(void **state)
{
	struct certificates *c;
	char path[CONFIG_TEXT_MAX];

	(void)state;
	write_new(NULL);
	configure("none.pem", "key.pem");
	CHECK_EQ(-ENOENT, certificates_read(&c, &config.tls, why, sizeof(why)),
		 "none");
	CHECK(strstr(why, "/none.pem: No such file"), why);
	configure("cert.pem", ".");
	CHECK_EQ(-EINVAL, certificates_read(&c, &config.tls, why, sizeof(why)),
		 "a directory");
	CHECK(strstr(why, "/.: not a file"), why);
	name_file(path, "large.pem");
	FILE *f = fopen(path, "w");
	for (unsigned i = 0; i < CERTIFICATES_FILE_MAX; i++)
		fputc('a', f);
	fclose(f);
	configure("large.pem", "key.pem");
	CHECK_EQ(-EFBIG, certificates_read(&c, &config.tls, why, sizeof(why)),
		 "too large");
	configure("key.pem", "key.pem");
	CHECK_EQ(0, certificates_read(&c, &config.tls, why, sizeof(why)),
		 "it is a file");
	CHECK(!certificates_context(c, why, sizeof(why)), "and no certificate");
	CHECK(strstr(why, "tls.certificates: cannot read certificate "), why);
	certificates_free(c);
	config.tls.certificate_count = 0;
	CHECK_EQ(0, certificates_read(&c, &config.tls, why, sizeof(why)),
		 "none is configured");
	CHECK(!c, "and none is there");
}

/* --- While it runs --- */

static uv_loop_t control;
static struct exchange exchange;
static struct log quiet;
static bool is_stopped;

struct outcome {
	bool is_there;
	int status;
};

static void on_stopped(void *owner)
{
	(void)owner;
	is_stopped = true;
}

static void on_done(void *owner, int status, const char *words,
		    struct http_message *answer)
{
	struct outcome *o = owner;

	(void)words;
	(void)answer;
	o->is_there = true;
	o->status = status;
}

static struct tls_context *trust(void)
{
	char path[CONFIG_TEXT_MAX];
	const char *error = "";

	name_file(path, "ca.pem");
	struct tls_context *c = tls_client_context(path, &error);
	CHECK(c != NULL, error);
	return c;
}

/* Returns how a request ends by one that trusts c alone. */
static int ask(struct tls_context *c)
{
	struct outcome o = { 0 };
	char url[64];
	const struct http_fetch_request r = { .method = "GET",
					      .url = url,
					      .tls = c,
					      .timeout_ms = 20000,
					      .body_max = 1000 };

	snprintf(url, sizeof(url), "https://localhost:%u/healthz",
		 exchange.port);
	CHECK(http_fetch_start(&control, &r, on_done, &o), "asked");
	WAIT_FOR(&control, o.is_there, "an end");
	return o.status;
}

static void start(void)
{
	configure("cert.pem", "key.pem");
	strcpy(config.listen, "127.0.0.1:0");
	strcpy(config.model.url, "ws://127.0.0.1:9/v1/realtime");
	config.workers = 2;
	config.model.standby = 0;
	log_open(&quiet, -1, LOG_ERROR);
	CHECK_EQ(0, uv_loop_init(&control), "loop");
	CHECK_EQ(0,
		 exchange_open(&exchange, &control, &config, NULL, &quiet, why,
			       sizeof(why)),
		 why);
	CHECK_EQ(0, exchange_start(&exchange, on_stopped, NULL), "starts");
}

static void stop(void)
{
	exchange_order(&exchange, DRAIN_STOPPING);
	WAIT_FOR(&control, is_stopped, "ends");
	exchange_free(&exchange);
	raw_socket_close_loop(&control);
}

static int renew(void)
{
	why[0] = '\0';
	return exchange_reload(&exchange, &config, why, sizeof(why));
}

static void renewed_while_it_runs(void **state)
{
	struct config_tls good;

	(void)state;
	write_new(NULL);
	start();
	CHECK_EQ(2524607999, atomic_load(&exchange.certificate_s), "2049");
	good = config.tls;
	struct tls_context *old = trust();
	CHECK_EQ(0, ask(old), "served");
	write_new("20301231235959");
	struct tls_context *new = trust();
	CHECK_EQ(-EACCES, ask(new), "what is on disk is not read by itself");
	name_file(config.tls.certificates[0].key, "ca.pem");
	CHECK_EQ(-EINVAL, renew(), "no key");
	CHECK(strstr(why, "cannot read private key"), why);
	CHECK_EQ(0, ask(old), "a bad file changes nothing");
	CHECK_EQ(2524607999, atomic_load(&exchange.certificate_s), "still");
	config.tls = good;
	CHECK_EQ(0, renew(), why);
	CHECK_EQ(1924991999, atomic_load(&exchange.certificate_s), "2030");
	for (int i = 0; i < 8; i++) /* whichever worker */
		WAIT_FOR(&control, ask(new) == 0, "the new one is served");
	CHECK_EQ(-EACCES, ask(old), "by every worker");
	tls_context_free(old);
	tls_context_free(new);
	CHECK_EQ(0, renew(), "twice in a row");
	config.tls.certificate_count = 0;
	CHECK_EQ(-EINVAL, renew(), "plain takes a restart");
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_read),
		cmocka_unit_test(renewed_while_it_runs),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
