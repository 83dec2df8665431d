/* Amounts of money, exact: whole numbers of 10^-12 of the currency (a token at
 * 0.06 a million is 60000 of them), so that nothing is rounded until it is
 * shown. What does not fit is the most that does: 18 million. */
#ifndef GATEWAY_RECORDS_MONEY_H
#define GATEWAY_RECORDS_MONEY_H

#include <stdint.h>

#define MONEY_ONE   1000000000000ull
#define MONEY_MICRO 1000000ull
#define MONEY_TEXT  24 /* bytes with NUL */

/* money_from: what a configuration says, to the nearest millionth.
 * units  0 to 18000000; what is beyond, or no number, is brought there */
uint64_t money_from(double units);

uint64_t money_add(uint64_t a, uint64_t b);
uint64_t money_times(uint64_t amount, uint64_t n);

/* money_write: "0.012346": six decimals, half a millionth rounded up.
 * Returns out. */
const char *money_write(char out[MONEY_TEXT], uint64_t amount);

#endif
