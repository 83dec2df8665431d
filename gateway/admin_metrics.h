/* What /metrics says: sums over all workers, what the process holds, and the
 * limits beside it.
 *
 * Names begin with tandem_ and stay what they are; process_… are those every
 * exporter has. Labels, and how many values each has, all of them ours:
 *
 *   carrier 2, state 7, end 13, request 2, reason 6, status 10, outcome 9,
 *   code 25, kind 6 and 3, direction 2, side 2, limit a dozen, version 1,
 *   budget 3, currency 1, worker one for each, 64 at most; of calls that we
 *   place result 10, by 9, status 5; agent, as the configuration names them, at
 *   most TALLY_NAMES_MAX and one, and with model in at most LEDGER_ROWS_MAX
 *   pairs
 *
 * which makes about 300 series, and 15 more for each worker. A caller, a
 * number, a bot or an address is no label: that is what the log is for. */
#ifndef GATEWAY_ADMIN_METRICS_H
#define GATEWAY_ADMIN_METRICS_H

#include <stdint.h>
#include <stdio.h>

#include "gateway/ops/metrics.h"

struct admin;

/* admin_metrics_write: on the control thread. Returns 0 or -ENOMEM. */
int admin_metrics_write(const struct admin *a, uint64_t now_ns, FILE *out);

#endif
