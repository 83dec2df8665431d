#include "gateway/ops/resources.h"

#include <dirent.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "gateway/ops/log.h"

/* The directory's own descriptor is not counted. */
static unsigned count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	if (!d)
		return 0;
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n - 1;
}

void resources_read(struct resources *r)
{
	struct mallinfo2 m = mallinfo2();

	r->heap_bytes = m.uordblks + m.hblkhd;
	r->descriptors = count_descriptors();
}

static double seconds_now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* proc(5), stat: the n-th field of it, of those behind the name, which is the
 * second, in brackets, and may hold any character. */
static unsigned long long stat_field(const char *line, unsigned n)
{
	const char *at = strrchr(line, ')');

	for (unsigned i = 2; at && i < n; i++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at + 1, NULL, 10) : 0;
}

enum { STAT_THREADS = 20, STAT_START = 22, STAT_BYTES, STAT_PAGES };

static void read_stat(struct resources_process *p)
{
	char line[1024];
	FILE *f = fopen("/proc/self/stat", "re");

	if (!f)
		return;
	bool is_read = fgets(line, sizeof(line), f) != NULL;
	fclose(f);
	if (!is_read)
		return;
	double up_s = seconds_now(CLOCK_BOOTTIME) -
		      (double)stat_field(line, STAT_START) /
			      (double)sysconf(_SC_CLK_TCK);
	p->start_s = seconds_now(CLOCK_REALTIME) - up_s;
	p->threads = (unsigned)stat_field(line, STAT_THREADS);
	p->virtual_bytes = stat_field(line, STAT_BYTES);
	p->resident_bytes =
		stat_field(line, STAT_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

void resources_process(struct resources_process *p)
{
	struct rlimit limit = { 0 };

	*p = (struct resources_process){
		.cpu_s = seconds_now(CLOCK_PROCESS_CPUTIME_ID),
		.descriptors = count_descriptors(),
	};
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		p->descriptors_max = (unsigned)limit.rlim_cur;
	read_stat(p);
}

void resources_log(const struct log *log, unsigned calls, unsigned standing,
		   const char *per_worker)
{
	struct resources r;
	struct log_line l;

	resources_read(&r);
	log_begin(&l, log, LOG_INFO, "resources");
	log_number(&l, "calls", calls);
	log_number(&l, "standing", standing);
	log_number(&l, "heap_bytes", (int64_t)r.heap_bytes);
	log_number(&l, "descriptors", r.descriptors);
	log_text(&l, "per_worker", per_worker);
	log_end(&l);
}
