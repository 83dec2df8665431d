#include "tools/testing/tls_contexts.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "protocols/tls.h"
#include "tools/testing/check.h"
#include "tools/testing/test_cert.h"

static const char *path(char out[64], const char *dir, const char *name)
{
	snprintf(out, 64, "%s/%s", dir, name);
	return out;
}

static void make_files(const char *dir, const char *host)
{
	const struct test_cert_request request = { .host = { host },
						   .hosts = 1 };
	struct test_cert cert;

	CHECK_EQ(0, test_cert_make(&cert, &request), "a certificate");
	CHECK_EQ(0, test_cert_write(&cert, dir), "its files");
}

static struct tls_context *client(const char *dir)
{
	const char *error = "";
	char ca[64];
	struct tls_context *c =
		tls_client_context(path(ca, dir, "ca.pem"), &error);

	if (!c)
		fail_msg("client context: %s", error);
	return c;
}

static struct tls_context *server(const char *dir)
{
	const char *error = "";
	char cert[64], key[64];
	struct tls_context *c = tls_server_context_files(
		path(cert, dir, "cert.pem"), path(key, dir, "key.pem"), &error);

	if (!c)
		fail_msg("server context: %s", error);
	return c;
}

void tls_contexts_make(struct tls_contexts *out, const char *host)
{
	static const char *const names[] = { "ca.pem", "cert.pem", "key.pem" };
	char dir[] = "/tmp/tandem-certs-XXXXXX";
	char text[64];

	CHECK(mkdtemp(dir), "a directory for certificates");
	make_files(dir, host);
	out->stranger = client(dir);
	make_files(dir, host); /* another authority, and it stays */
	out->client = client(dir);
	out->server = server(dir);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unlink(path(text, dir, names[i]));
	rmdir(dir);
}

void tls_contexts_free(struct tls_contexts *c)
{
	tls_context_free(c->client);
	tls_context_free(c->stranger);
	tls_context_free(c->server);
}
