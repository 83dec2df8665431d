#include "gateway/ops/core_dump.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Bit 4, the ELF headers: with the build id one finds the program. */
#define NO_MEMORY "0x10"

int core_dump_leave_memory_out(void)
{
	int fd = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, NO_MEMORY, strlen(NO_MEMORY)) < 0)
		err = -errno;
	close(fd);
	return err;
}
