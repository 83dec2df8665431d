#include "tools/testing/test_cert.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mbedtls/asn1write.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CA_NAME   "CN=Tandem test authority,O=Tandem tests"
#define CERT_NAME "CN=Tandem test server,O=Tandem tests"
#define SAN_DNS   2 /* RFC 5280, 4.2.1.6 */
#define SAN_IP    7

struct maker {
	mbedtls_entropy_context entropy;
	mbedtls_ctr_drbg_context drbg;
	mbedtls_pk_context ca_key, key;
	const struct test_cert_request *request;
};

static int new_key(struct maker *m, mbedtls_pk_context *key)
{
	int err = mbedtls_pk_setup(key,
				   mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));

	return err ? err
		   : mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1,
					 mbedtls_pk_ec(*key),
					 mbedtls_ctr_drbg_random, &m->drbg);
}

#define RSA_BITS     2048
#define RSA_EXPONENT 65537

static int new_rsa_key(struct maker *m, mbedtls_pk_context *key)
{
	int err = mbedtls_pk_setup(key,
				   mbedtls_pk_info_from_type(MBEDTLS_PK_RSA));

	return err ? err
		   : mbedtls_rsa_gen_key(mbedtls_pk_rsa(*key),
					 mbedtls_ctr_drbg_random, &m->drbg,
					 RSA_BITS, RSA_EXPONENT);
}

/* One entry of a SubjectAltName, written backwards as mbedTLS does. */
static int write_host(unsigned char **at, unsigned char *start,
		      const char *host)
{
	unsigned char address[16];
	const unsigned char *bytes = address;
	size_t len = 4, tag = SAN_IP;

	if (inet_pton(AF_INET6, host, address) == 1) {
		len = 16;
	} else if (inet_pton(AF_INET, host, address) != 1) {
		bytes = (const unsigned char *)host;
		len = strlen(host);
		tag = SAN_DNS;
	}
	int n = mbedtls_asn1_write_raw_buffer(at, start, bytes, len);
	int size = n < 0 ? n : mbedtls_asn1_write_len(at, start, len);
	if (size < 0)
		return size;
	int end = mbedtls_asn1_write_tag(
		at, start,
		(unsigned char)(MBEDTLS_ASN1_CONTEXT_SPECIFIC | tag));
	return end < 0 ? end : n + size + end;
}

static int set_hosts(mbedtls_x509write_cert *crt,
		     const struct test_cert_request *request)
{
	unsigned char der[2048];
	unsigned char *at = der + sizeof der;
	size_t len = 0;

	for (size_t i = request->hosts; i-- > 0;) {
		int n = write_host(&at, der, request->host[i]);
		if (n < 0)
			return n;
		len += (size_t)n;
	}
	int n = mbedtls_asn1_write_len(&at, der, len);
	if (n < 0)
		return n;
	len += (size_t)n + 1;
	n = mbedtls_asn1_write_tag(
		&at, der, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
	if (n < 0)
		return n;
	return mbedtls_x509write_crt_set_extension(
		crt, MBEDTLS_OID_SUBJECT_ALT_NAME,
		MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0, at, len);
}

static int set_serial(struct maker *m, mbedtls_x509write_cert *crt)
{
	mbedtls_mpi serial;

	mbedtls_mpi_init(&serial);
	int err = mbedtls_mpi_fill_random(&serial, 8, mbedtls_ctr_drbg_random,
					  &m->drbg);
	if (!err)
		err = mbedtls_x509write_crt_set_serial(crt, &serial);
	mbedtls_mpi_free(&serial);
	return err;
}

static int set_names(mbedtls_x509write_cert *crt, bool is_ca)
{
	int err = mbedtls_x509write_crt_set_issuer_name(crt, CA_NAME);

	return err ? err
		   : mbedtls_x509write_crt_set_subject_name(
			     crt, is_ca ? CA_NAME : CERT_NAME);
}

static int set_validity(mbedtls_x509write_cert *crt, const char *from,
			const char *to)
{
	return mbedtls_x509write_crt_set_validity(
		crt, from ? from : "20200101000000",
		to ? to : "20491231235959");
}

/* What only one of the two has. */
static int set_role(struct maker *m, mbedtls_x509write_cert *crt, bool is_ca)
{
	const struct test_cert_request *request = m->request;
	int err = mbedtls_x509write_crt_set_basic_constraints(crt, is_ca,
							      is_ca ? 0 : -1);

	mbedtls_x509write_crt_set_subject_key(crt,
					      is_ca ? &m->ca_key : &m->key);
	if (err || is_ca)
		return err ? err : set_validity(crt, NULL, NULL);
	err = set_validity(crt, request->not_before, request->not_after);
	return err ? err : set_hosts(crt, request);
}

static int fill(struct maker *m, mbedtls_x509write_cert *crt, bool is_ca)
{
	mbedtls_x509write_crt_set_version(crt, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(crt, MBEDTLS_MD_SHA256);
	mbedtls_x509write_crt_set_issuer_key(crt, &m->ca_key);
	int err = set_serial(m, crt);
	if (!err)
		err = set_names(crt, is_ca);
	return err ? err : set_role(m, crt, is_ca);
}

static int write_certificate(struct maker *m, char *pem, size_t cap, bool is_ca)
{
	mbedtls_x509write_cert crt;

	mbedtls_x509write_crt_init(&crt);
	int err = fill(m, &crt, is_ca);
	if (!err)
		err = mbedtls_x509write_crt_pem(&crt, (unsigned char *)pem, cap,
						mbedtls_ctr_drbg_random,
						&m->drbg);
	mbedtls_x509write_crt_free(&crt);
	return err;
}

static int make_all(struct maker *m, struct test_cert *out)
{
	static const char personal[] = "tandem test certificate";
	int err = mbedtls_ctr_drbg_seed(&m->drbg, mbedtls_entropy_func,
					&m->entropy,
					(const unsigned char *)personal,
					sizeof personal - 1);

	if (!err)
		err = new_key(m, &m->ca_key);
	if (!err)
		err = m->request->is_rsa ? new_rsa_key(m, &m->key)
					 : new_key(m, &m->key);
	if (!err)
		err = write_certificate(m, out->ca, sizeof out->ca, true);
	if (!err)
		err = write_certificate(m, out->cert, sizeof out->cert, false);
	if (!err)
		err = mbedtls_pk_write_key_pem(
			&m->key, (unsigned char *)out->key, sizeof out->key);
	return err;
}

int test_cert_make(struct test_cert *out,
		   const struct test_cert_request *request)
{
	struct maker m = { .request = request };

	mbedtls_entropy_init(&m.entropy);
	mbedtls_ctr_drbg_init(&m.drbg);
	mbedtls_pk_init(&m.ca_key);
	mbedtls_pk_init(&m.key);
	int err = make_all(&m, out);
	mbedtls_pk_free(&m.key);
	mbedtls_pk_free(&m.ca_key);
	mbedtls_ctr_drbg_free(&m.drbg);
	mbedtls_entropy_free(&m.entropy);
	return err;
}

static int write_file(const char *dir, const char *name, const char *text,
		      mode_t mode)
{
	char path[4096];
	size_t len = strlen(text);

	snprintf(path, sizeof path, "%s/%s", dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	int err = write(fd, text, len) == (ssize_t)len ? 0 : -EIO;
	return close(fd) && !err ? -errno : err;
}

int test_cert_write(const struct test_cert *cert, const char *dir)
{
	int err = write_file(dir, "ca.pem", cert->ca, 0644);

	if (!err)
		err = write_file(dir, "cert.pem", cert->cert, 0644);
	return err ? err : write_file(dir, "key.pem", cert->key, 0600);
}
