/* Inside the exchange: shared by exchange.c (threads, going down),
 * exchange_shared.c (what all workers share) and exchange_reload.c (another
 * configuration), and nobody else. */
#ifndef GATEWAY_EXCHANGE_PARTS_H
#define GATEWAY_EXCHANGE_PARTS_H

struct exchange;
struct settings;

/* exchange_open_shared: the tables, of the configuration that e has. Returns 0
 * or a negative errno, with nothing left behind.
 * exchange_free_shared: once no worker is left. */
int exchange_open_shared(struct exchange *e);
void exchange_free_shared(struct exchange *e);

/* exchange_note_expiry: when the first certificate ends that is served with. */
void exchange_note_expiry(struct exchange *e, const struct settings *s);

#endif
