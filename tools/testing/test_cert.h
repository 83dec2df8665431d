/* A throw-away authority and a server certificate signed by it, EC P-256 or
 * RSA, for tests with real TLS. */
#ifndef TOOLS_TESTING_TEST_CERT_H
#define TOOLS_TESTING_TEST_CERT_H

#include <stdbool.h>
#include <stddef.h>

#define TEST_CERT_HOSTS_MAX 16

struct test_cert_request {
	const char *host[TEST_CERT_HOSTS_MAX]; /* names or IP addresses */
	size_t hosts;
	const char *not_before; /* "20200101000000"; NULL: that */
	const char *not_after;  /* NULL: "20491231235959" */
	bool is_rsa; /* the server's key: 2048 bits, takes a second */
};

/* PEM texts. */
struct test_cert {
	char ca[2048];
	char cert[2048];
	char key[4096];
};

/* test_cert_make: a new authority and certificate with new keys.
 * Returns 0, or mbedTLS's negative code. */
int test_cert_make(struct test_cert *out,
		   const struct test_cert_request *request);

/* test_cert_write: DIR/ca.pem, DIR/cert.pem, DIR/key.pem (the key readable by
 * its owner only). The directory must exist. Returns 0 or a negative errno. */
int test_cert_write(const struct test_cert *cert, const char *dir);

#endif
