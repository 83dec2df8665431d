#include "tools/testing/check.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/ops/core_dump.h"

static unsigned filter(void)
{
	unsigned bits = 0;
	FILE *file = fopen("/proc/self/coredump_filter", "r");

	if (!file)
		return 0;
	if (fscanf(file, "%x", &bits) != 1)
		bits = 0;
	fclose(file);
	return bits;
}

/* In a child: this test's own cores may have memory. */
static void leaves_memory_out(void **state)
{
	(void)state;
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(core_dump_leave_memory_out() == 0 && filter() == 0x10
			      ? 0
			      : 1);
	CHECK(child > 0, "a child");
	waitpid(child, &status, 0);
	CHECK_EQ(0, status, "only ELF headers are left to be dumped");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_memory_out),
	};
	return cmocka_run_group_tests_name("core_dump", tests, NULL, NULL);
}
