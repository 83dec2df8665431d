#include "tools/call/caller_exact.h"

void caller_native_init(struct caller_native *n)
{
	*n = (struct caller_native){ .rate = 0 };
	buffer_init(&n->said, CALLER_NATIVE_MAX);
	buffer_init(&n->heard, CALLER_NATIVE_MAX);
}

void caller_native_free(struct caller_native *n)
{
	buffer_free(&n->said);
	buffer_free(&n->heard);
}
