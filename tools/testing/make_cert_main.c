/* make_cert [--rsa] [--until DATE] DIR [HOST...]: a throw-away authority and a
 * server certificate for trying TLS on one machine. Never for use beyond it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/testing/test_cert.h"

static const struct test_cert_request usual = {
	.host = { "localhost", "127.0.0.1", "::1" },
	.hosts = 3,
};

static int make(const char *dir, const struct test_cert_request *request)
{
	struct test_cert cert;
	int err = test_cert_make(&cert, request);

	if (err) {
		fprintf(stderr, "make_cert: mbedTLS error -0x%x\n",
			(unsigned)-err);
		return 1;
	}
	if (mkdir(dir, 0755) && errno != EEXIST)
		err = -errno;
	if (!err)
		err = test_cert_write(&cert, dir);
	if (err)
		fprintf(stderr, "make_cert: cannot write below %s: %s\n", dir,
			strerror(-err));
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct test_cert_request request = usual;

	for (; argc > 1 && strncmp(argv[1], "--", 2) == 0; argc--, argv++) {
		if (strcmp(argv[1], "--rsa") == 0) {
			request.is_rsa = true;
		} else if (argc > 2 && strcmp(argv[1], "--until") == 0) {
			request.not_after = argv[2];
			argc--;
			argv++;
		} else {
			break;
		}
	}
	if (argc < 2 || argc - 2 > TEST_CERT_HOSTS_MAX) {
		fprintf(stderr,
			"usage: make_cert [--rsa] [--until YYYYMMDDhhmmss] DIR "
			"[HOST...]\n"
			"Writes DIR/ca.pem, DIR/cert.pem and DIR/key.pem for "
			"the hosts\n(default: localhost 127.0.0.1 ::1).\n");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		request.host[i - 2] = argv[i];
	if (argc > 2)
		request.hosts = (size_t)argc - 2;
	return make(argv[1], &request);
}
