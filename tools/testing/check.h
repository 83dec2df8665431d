/* What every test includes: cmocka in the order it wants, and checks that say
 * why. Each row of a table carries its reason; a failure prints it. */
#ifndef TOOLS_TESTING_CHECK_H
#define TOOLS_TESTING_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#ifdef __clang_analyzer__ /* cannot see that a failed check does not return */
#undef fail
#define fail() __builtin_trap()
#undef assert_non_null
#define assert_non_null(p) ((p) ? (void)0 : __builtin_trap())
#undef assert_true
#define assert_true(claim) ((claim) ? (void)0 : __builtin_trap())
#endif

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define CHECK(claim, why)                                      \
	do {                                                   \
		if (!(claim))                                  \
			fail_msg("%s: not %s", (why), #claim); \
	} while (0)

#define CHECK_EQ(expected, got, why)                                   \
	do {                                                           \
		long long expected_ = (long long)(expected);           \
		long long got_ = (long long)(got);                     \
		if (expected_ != got_)                                 \
			fail_msg("%s: expected %lld, got %lld", (why), \
				 expected_, got_);                     \
	} while (0)

#define CHECK_NEAR(expected, got, tolerance, why)                        \
	do {                                                             \
		double expected_ = (double)(expected);                   \
		double got_ = (double)(got);                             \
		double off_ = expected_ > got_ ? expected_ - got_        \
					       : got_ - expected_;       \
		if (!(off_ <= (double)(tolerance)))                      \
			fail_msg("%s: expected %g +- %g, got %g", (why), \
				 expected_, (double)(tolerance), got_);  \
	} while (0)

#define CHECK_STR(expected, got, why)                                      \
	do {                                                               \
		const char *expected_ = (expected);                        \
		const char *got_ = (got);                                  \
		if (!got_ || __builtin_strcmp(expected_, got_) != 0)       \
			fail_msg("%s: expected \"%s\", got \"%s\"", (why), \
				 expected_, got_ ? got_ : "(null)");       \
	} while (0)

#endif
