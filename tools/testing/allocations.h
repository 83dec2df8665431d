/* For tests that prove a path takes no memory: counts every malloc, calloc and
 * realloc of the whole process, the libraries included.
 *
 *     allocations_watch();
 *     size_t before = allocations_count();
 *     ... the path ...
 *     CHECK_EQ(before, allocations_count(), "why");
 *
 * Include it in one file of a program. Under the address sanitizer it counts
 * through the sanitizer's hook, else by standing in for the C library's
 * functions. allocations_watch fails the test if counting does not work. */
#ifndef TOOLS_TESTING_ALLOCATIONS_H
#define TOOLS_TESTING_ALLOCATIONS_H

#include <stdlib.h>

#include "tools/testing/check.h"

#if defined(__SANITIZE_ADDRESS__)
#define ALLOCATIONS_HOOKED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ALLOCATIONS_HOOKED
#endif
#endif

static size_t allocations_seen;

static inline size_t allocations_count(void)
{
	return __atomic_load_n(&allocations_seen, __ATOMIC_RELAXED);
}

static inline void allocations_add(void)
{
	__atomic_fetch_add(&allocations_seen, 1, __ATOMIC_RELAXED);
}

#ifdef ALLOCATIONS_HOOKED

int __sanitizer_install_malloc_and_free_hooks(
	void (*on_malloc)(const volatile void *, size_t),
	void (*on_free)(const volatile void *));

static void allocations_on_malloc(const volatile void *at, size_t n)
{
	(void)at;
	(void)n;
	allocations_add();
}

static void allocations_on_free(const volatile void *at)
{
	(void)at;
}

static inline void allocations_install(void)
{
	static int is_installed;

	if (!is_installed)
		is_installed = __sanitizer_install_malloc_and_free_hooks(
			allocations_on_malloc, allocations_on_free);
}

#else /* the C library's own functions under their other names */

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t count, size_t n);
extern void *__libc_realloc(void *at, size_t n);

void *malloc(size_t n)
{
	allocations_add();
	return __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
	allocations_add();
	return __libc_calloc(count, n);
}

void *realloc(void *at, size_t n)
{
	allocations_add();
	return __libc_realloc(at, n);
}

static inline void allocations_install(void)
{
}

#endif

static inline void allocations_watch(void)
{
	void *volatile kept;
	size_t before;

	allocations_install();
	before = allocations_count();
	kept = malloc(1);
	free(kept);
	CHECK_EQ(before + 1, allocations_count(), "allocations are counted");
}

#endif
