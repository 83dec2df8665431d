/* What a configuration needs, part by part. Each adds lines to a list: at least
 * one for what is configured. Inside of check.h. */
#ifndef GATEWAY_CHECK_CHECK_PARTS_H
#define GATEWAY_CHECK_CHECK_PARTS_H

#include <stdbool.h>
#include <time.h>

struct check_list;
struct config;
struct config_certificate;

/* check_listen: may an address be listened on? A gateway that runs there
 * already is fine: it is perhaps this one.
 * address  "127.0.0.1:8080" */
void check_listen(struct check_list *l, const char *name, const char *address);

/* check_public: is public_url one that carriers can reach? */
void check_public(struct check_list *l, const struct config *c);

/* check_files: prompt, authorities and key set are there and what they should
 * be. */
void check_files(struct check_list *l, const struct config *c);

/* check_prices: has every model that calls use a price, and a day a beginning?
 */
void check_prices(struct check_list *l, const struct config *c);
/* check_agents: their files can be read, about how many tokens their
 * instructions are, and which routes lead to them. */
void check_agents(struct check_list *l, const struct config *c);

/* check_outbound: can calls be placed, with what credentials, and by whom? */
void check_outbound(struct check_list *l, const struct config *c);

/* check_certificate: key, dates, names, order and authority.
 *
 * name  "tls.certificates.0"
 * host  that clients ask for, or ""
 * now   seconds since 1970 */
void check_certificate(struct check_list *l, const char *name,
		       const struct config_certificate *files, const char *host,
		       time_t now);
void check_certificates(struct check_list *l, const struct config *c,
			time_t now);

#define CHECK_EXPIRES_DAYS                                 \
	14 /* a certificate that has fewer left: a warning \
	    */

/* check_model: can a session be opened with the key? Waits for the server at
 * most model.connect_timeout_ms, then model.configure_timeout_ms. */
void check_model(struct check_list *l, const struct config *c);

/* check_jwks: can the key set be fetched, when it is a URL? Waits at most
 * CHECK_FETCH_MS. */
void check_jwks(struct check_list *l, const struct config *c);

#define CHECK_FETCH_MS 10000

/* check_name: has a host an address? An address has itself, and no line is
 * added. Waits as long as the system's resolver does (resolv.conf).
 * Returns false when it has none, and that was said. */
bool check_name(struct check_list *l, const char *name, const char *host);

/* check_port_holder: who listens on a TCP port of this machine, as far as we
 * may see: "nginx (process 812)".
 * Returns 0; -ENOENT nobody; -EACCES somebody whose name is hidden from us. */
int check_port_holder(unsigned port, char *out, unsigned cap);

#endif
