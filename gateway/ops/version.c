#include "gateway/ops/version.h"

/* Given by the Makefile for this file only, so that a new commit rebuilds one
 * object and not the tree. */
#ifndef TANDEM_VERSION
#define TANDEM_VERSION "unknown"
#endif

const char *version_text(void)
{
	return TANDEM_VERSION;
}
