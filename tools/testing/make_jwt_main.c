/* make_jwt: the issuer of access tokens for tests and for trying oauth on one
 * machine. Never for use beyond it. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/testing/jwt_signer.h"

#define RSA_BITS   2048
#define LIFETIME_S 300

static const char usage[] =
	"usage: make_jwt keys DIR [--kid KID] [--rsa]\n"
	"       make_jwt sign DIR [--kid KID] [--lifetime S] [NAME=VALUE...]\n"
	"\n"
	"keys  makes a key pair: DIR/key.pem (private) and DIR/jwks.json, for\n"
	"      audiocodes.oauth.jwks. On P-256 (ES256), with --rsa of 2048 bits\n"
	"      (RS256). The kid is \"test\" without --kid. In a DIR that has keys\n"
	"      they are replaced: a rotation.\n"
	"sign  prints a token signed with DIR/key.pem. Each claim is NAME=VALUE;\n"
	"      a VALUE that is JSON stands as it is, all else is text. iat (now)\n"
	"      and exp (in 300 s, or --lifetime; negative: it has expired) come by\n"
	"      themselves; NAME= leaves a claim out. --kid names another kid than\n"
	"      \"test\".\n"
	"\n"
	"  make_jwt keys /tmp/issuer\n"
	"  make_jwt sign /tmp/issuer iss=https://id.example.net aud=gateway \\\n"
	"      sub=vaic 'scp=[\"voice\"]'\n";

struct options {
	const char *verb, *dir, *kid;
	bool is_rsa;
	long lifetime_s;
	char **claim; /* NAME=VALUE, to a NULL */
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "make_jwt: %s: %s\n", what, why);
	return 1;
}

/* --- keys --- */

/* Beside it first, then in its place: a reader sees the old or the new. */
static int write_file(const char *dir, const char *name, const char *text,
		      mode_t mode)
{
	char path[4096], fresh[4096 + 8];
	size_t len = strlen(text);

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(fresh, sizeof(fresh), "%s.new", path);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return fail(fresh, strerror(errno));
	bool is_written = write(fd, text, len) == (ssize_t)len;
	if (close(fd) || !is_written || rename(fresh, path))
		return fail(path, strerror(errno));
	return 0;
}

static int make_keys(const struct options *o)
{
	struct jwt_signer *s = jwt_signer_new(o->is_rsa ? RSA_BITS : 0, o->kid);
	char pem[JWT_SIGNER_PEM_MAX];

	if (!s || jwt_signer_pem(s, pem)) {
		jwt_signer_free(s);
		return fail("keys", "mbedTLS cannot make them");
	}
	char *jwks = jwt_signer_jwks(&s, 1);
	int status = 0;
	if (mkdir(o->dir, 0755) && errno != EEXIST)
		status = fail(o->dir, strerror(errno));
	if (!status)
		status = write_file(o->dir, "key.pem", pem, 0600);
	if (!status)
		status = write_file(o->dir, "jwks.json", jwks, 0644);
	free(jwks);
	jwt_signer_free(s);
	return status;
}

/* --- sign --- */

static int set_claim(json_t *claims, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text)
		return fail(text, "not NAME=VALUE");
	json_t *value = json_loads(equals + 1, JSON_DECODE_ANY, NULL);
	if (!value)
		value = json_string(equals + 1);
	char *name = strndup(text, (size_t)(equals - text));
	if (equals[1])
		json_object_set(claims, name, value);
	else
		json_object_del(claims, name);
	free(name);
	json_decref(value);
	return 0;
}

static int print_token(struct jwt_signer *s, const struct options *o)
{
	json_int_t now = time(NULL);
	json_t *claims =
		json_pack("{s:I, s:I}", "iat", now, "exp", now + o->lifetime_s);
	int status = 0;

	for (char **c = o->claim; *c && !status; c++)
		status = set_claim(claims, *c);
	if (!status) {
		char *text = json_dumps(claims, JSON_COMPACT);
		char *token = jwt_signer_sign(s, NULL, text);
		puts(token);
		free(token);
		free(text);
	}
	json_decref(claims);
	return status;
}

static int sign(const struct options *o)
{
	char path[4096], pem[JWT_SIGNER_PEM_MAX];

	snprintf(path, sizeof(path), "%s/key.pem", o->dir);
	FILE *f = fopen(path, "r");
	if (!f)
		return fail(path, strerror(errno));
	pem[fread(pem, 1, sizeof(pem) - 1, f)] = 0;
	fclose(f);
	struct jwt_signer *s = jwt_signer_load(pem, o->kid);
	if (!s)
		return fail(path, "not a private key");
	int status = print_token(s, o);
	jwt_signer_free(s);
	return status;
}

/* --- The command line --- */

static bool take_options(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "kid", required_argument, NULL, 'k' },
		{ "lifetime", required_argument, NULL, 'l' },
		{ "rsa", no_argument, NULL, 'r' },
		{ 0 },
	};
	int c;

	*o = (struct options){ .kid = "test", .lifetime_s = LIFETIME_S };
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 'k')
			o->kid = optarg;
		else if (c == 'l')
			o->lifetime_s = strtol(optarg, NULL, 10);
		else if (c == 'r')
			o->is_rsa = true;
		else
			return false;
	}
	if (argc - optind < 2)
		return false;
	o->verb = argv[optind];
	o->dir = argv[optind + 1];
	o->claim = argv + optind + 2;
	return true;
}

int main(int argc, char **argv)
{
	struct options o;

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (take_options(&o, argc, argv)) {
		if (strcmp(o.verb, "keys") == 0 && !o.claim[0])
			return make_keys(&o);
		if (strcmp(o.verb, "sign") == 0)
			return sign(&o);
	}
	fputs(usage, stderr);
	return 2;
}
