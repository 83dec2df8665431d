#include <arpa/inet.h>
#include <errno.h>
#include <mbedtls/error.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/ops/config.h"
#include "protocols/tls.h"
#include "protocols/url.h"

#define DAY_S    86400
#define SAN_DNS  2 /* RFC 5280, 4.2.1.6 */
#define SAN_IP   7
#define NAME_LEN 256

/* One certificate with its key, as they are looked at. */
struct pair {
	struct check_list *list;
	const char *name;
	const struct config_certificate *files;
	mbedtls_x509_crt chain;
	mbedtls_pk_context key;
	bool has_chain, has_key;
	unsigned said; /* lines that were not good */
};

#define COMPLAIN(p, verdict, ...)                                             \
	do {                                                                  \
		(p)->said++;                                                  \
		check_list_add((p)->list, (verdict), (p)->name, __VA_ARGS__); \
	} while (0)

/* -- reading both -------------------------------------------------------- */

static void complain_of_file(struct pair *p, const char *path, int code)
{
	char why[120];
	struct stat st;
	if (stat(path, &st) != 0) {
		COMPLAIN(p, CHECK_IS_BAD, "%s: %s", path, strerror(errno));
		return;
	}
	mbedtls_strerror(code, why, sizeof(why));
	COMPLAIN(p, CHECK_IS_BAD, "%s cannot be read: %s", path, why);
}

static void read_chain(struct pair *p)
{
	const char *path = p->files->certificate;
	int err = mbedtls_x509_crt_parse_file(&p->chain, path);
	p->has_chain = err == 0;
	if (err < 0)
		complain_of_file(p, path, err);
	else if (err > 0)
		COMPLAIN(p, CHECK_IS_BAD,
			 "%s: certificates in it that cannot be read: %d", path,
			 err);
}

static void read_key(struct pair *p)
{
	const char *path = p->files->key;
	struct stat st;
	int err = mbedtls_pk_parse_keyfile(&p->key, path, NULL);
	p->has_key = err == 0;
	if (err)
		complain_of_file(p, path, err);
	else if (stat(path, &st) == 0 && st.st_mode & S_IROTH)
		COMPLAIN(p, CHECK_IS_WARNING,
			 "%s: everybody on this machine may read the key; take "
			 "that away: chmod o-r",
			 path);
}

/* -- the certificates ---------------------------------------------------- */

static time_t seconds(const mbedtls_x509_time *t)
{
	struct tm tm = { .tm_year = t->year - 1900,
			 .tm_mon = t->mon - 1,
			 .tm_mday = t->day,
			 .tm_hour = t->hour,
			 .tm_min = t->min,
			 .tm_sec = t->sec };
	return timegm(&tm);
}

/* Whose it is, for a person. */
static const char *subject(const mbedtls_x509_crt *crt, char out[NAME_LEN])
{
	if (mbedtls_x509_dn_gets(out, NAME_LEN, &crt->subject) < 0)
		strcpy(out, "(a name too long)");
	return out;
}

static void check_dates(struct pair *p, const mbedtls_x509_crt *crt, time_t now)
{
	char who[NAME_LEN];
	const mbedtls_x509_time *to = &crt->valid_to, *from = &crt->valid_from;
	time_t left = seconds(to) - now;
	subject(crt, who);
	if (left < 0)
		COMPLAIN(p, CHECK_IS_BAD,
			 "%s: %s expired on %04d-%02d-%02d; renew it",
			 p->files->certificate, who, to->year, to->mon,
			 to->day);
	else if (seconds(from) > now)
		COMPLAIN(p, CHECK_IS_BAD,
			 "%s: %s is not valid before %04d-%02d-%02d (is this "
			 "machine's clock right?)",
			 p->files->certificate, who, from->year, from->mon,
			 from->day);
	else if (left < CHECK_EXPIRES_DAYS * DAY_S)
		COMPLAIN(p, CHECK_IS_WARNING,
			 "%s: %s expires in %d days, on %04d-%02d-%02d; renew "
			 "it",
			 p->files->certificate, who, (int)(left / DAY_S),
			 to->year, to->mon, to->day);
}

static bool is_issued_by(const mbedtls_x509_crt *crt,
			 const mbedtls_x509_crt *by)
{
	return crt->issuer_raw.len == by->subject_raw.len &&
	       memcmp(crt->issuer_raw.p, by->subject_raw.p,
		      by->subject_raw.len) == 0;
}

/* RFC 5246, 7.4.2: each certifies the one before it. */
static void check_order(struct pair *p)
{
	char who[NAME_LEN], next[NAME_LEN];
	for (const mbedtls_x509_crt *c = &p->chain; c->next; c = c->next) {
		if (is_issued_by(c, c->next))
			continue;
		COMPLAIN(p, CHECK_IS_BAD,
			 "%s: %s is followed by %s, which did not sign it; the "
			 "order is ours first, then who signed it",
			 p->files->certificate, subject(c, who),
			 subject(c->next, next));
		return;
	}
}

/* -- whom it names ------------------------------------------------------- */

/* RFC 6125, 6.4.3: "*.example.com" is for one label. */
static bool is_name_for(const char *name, size_t len, const char *host)
{
	if (len > 2 && name[0] == '*' && name[1] == '.') {
		const char *dot = strchr(host, '.');
		return dot && dot > host && strlen(dot) == len - 1 &&
		       strncasecmp(dot, name + 1, len - 1) == 0;
	}
	return strlen(host) == len && strncasecmp(host, name, len) == 0;
}

static bool is_entry_for(const mbedtls_x509_buf *entry, const char *host)
{
	unsigned char address[16];
	size_t len = 0;
	if (inet_pton(AF_INET, host, address) == 1)
		len = 4;
	else if (inet_pton(AF_INET6, host, address) == 1)
		len = 16;
	int tag = entry->tag & MBEDTLS_ASN1_TAG_VALUE_MASK;
	if (len)
		return tag == SAN_IP && entry->len == len &&
		       memcmp(entry->p, address, len) == 0;
	return tag == SAN_DNS &&
	       is_name_for((const char *)entry->p, entry->len, host);
}

static bool is_for(const mbedtls_x509_crt *crt, const char *host)
{
	const mbedtls_x509_sequence *san = &crt->subject_alt_names;
	for (; san; san = san->next)
		if (san->buf.p && is_entry_for(&san->buf, host))
			return true;
	return false;
}

/* -- who vouches for it -------------------------------------------------- */

static void check_authority(struct pair *p)
{
	mbedtls_x509_crt system;
	uint32_t flags = 0;
	mbedtls_x509_crt_init(&system);
	/* What it cannot read of the store does not matter here. */
	if (mbedtls_x509_crt_parse_file(&system, TLS_SYSTEM_CA_FILE) >= 0)
		mbedtls_x509_crt_verify(&p->chain, &system, NULL, NULL, &flags,
					NULL, NULL);
	mbedtls_x509_crt_free(&system);
	if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
		COMPLAIN(p, CHECK_IS_WARNING,
			 "%s: no authority that this system trusts has signed "
			 "it, or a certificate between is missing in the file; "
			 "Twilio takes publicly trusted ones only",
			 p->files->certificate);
}

/* -- all of it ----------------------------------------------------------- */

static void check_chain(struct pair *p, const char *host, time_t now)
{
	for (const mbedtls_x509_crt *c = &p->chain; c; c = c->next)
		check_dates(p, c, now);
	check_order(p);
	check_authority(p);
	if (*host && !is_for(&p->chain, host))
		COMPLAIN(p, CHECK_IS_WARNING,
			 "%s is not for %s, the host of public_url",
			 p->files->certificate, host);
}

static void tell_good(struct pair *p)
{
	char who[NAME_LEN];
	const mbedtls_x509_time *to = &p->chain.valid_to;
	check_list_add(p->list, CHECK_IS_GOOD, p->name,
		       "%s: %s, until %04d-%02d-%02d, with its key",
		       p->files->certificate, subject(&p->chain, who), to->year,
		       to->mon, to->day);
}

void check_certificate(struct check_list *l, const char *name,
		       const struct config_certificate *files, const char *host,
		       time_t now)
{
	struct pair p = { .list = l, .name = name, .files = files };
	mbedtls_x509_crt_init(&p.chain);
	mbedtls_pk_init(&p.key);
	read_chain(&p);
	read_key(&p);
	if (p.has_chain && p.has_key &&
	    mbedtls_pk_check_pair(&p.chain.pk, &p.key))
		COMPLAIN(&p, CHECK_IS_BAD, "%s is not the key of %s",
			 files->key, files->certificate);
	if (p.has_chain)
		check_chain(&p, host, now);
	if (!p.said)
		tell_good(&p);
	mbedtls_pk_free(&p.key);
	mbedtls_x509_crt_free(&p.chain);
}

/* One of several will do for the public name: it is asked of each only when
 * there is no other. */
void check_certificates(struct check_list *l, const struct config *c,
			time_t now)
{
	struct url url;
	char name[32];
	bool is_asked = c->tls.certificate_count == 1 && *c->public_url &&
			url_parse(&url, c->public_url) == 0;
	for (unsigned i = 0; i < c->tls.certificate_count; i++) {
		snprintf(name, sizeof(name), "tls.certificates.%u", i);
		check_certificate(l, name, &c->tls.certificates[i],
				  is_asked ? url.host : "", now);
	}
}
