/* Telephone numbers as they may be shown. */
#ifndef GATEWAY_OPS_PHONE_H
#define GATEWAY_OPS_PHONE_H

#include <stddef.h>

#define PHONE_MASKED_MAX 24 /* bytes with NUL */

/* phone_mask: hide who it is, keep what an operator needs.
 *
 * "+41791234567"   "+41*******67"  country code and last two digits
 * "0791234567"     "********67"    no country code known
 * "client:alice"   "client:***"    a name keeps its kind only
 * "911", others    "***"           too short to hide anything in it
 * NULL or ""       "-" */
void phone_mask(char out[PHONE_MASKED_MAX], const char *number);

/* phone_mask_text: the numbers in a sentence of somebody else's: of each 7 and
 * more digits in a row the last two stay, and the country code behind a "+".
 *
 * out  cap bytes with NUL, at least 1; what does not fit is cut */
void phone_mask_text(char *out, size_t cap, const char *text);

#endif
