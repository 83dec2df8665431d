/* Telephone numbers as they may be shown. */
#ifndef GATEWAY_OPS_PHONE_H
#define GATEWAY_OPS_PHONE_H

#define PHONE_MASKED_MAX 24 /* bytes with NUL */

/* phone_mask: hide who it is, keep what an operator needs.
 *
 * "+41791234567"   "+41*******67"  country code and last two digits
 * "0791234567"     "********67"    no country code known
 * "client:alice"   "client:***"    a name keeps its kind only
 * "911", others    "***"           too short to hide anything in it
 * NULL or ""       "-" */
void phone_mask(char out[PHONE_MASKED_MAX], const char *number);

#endif
