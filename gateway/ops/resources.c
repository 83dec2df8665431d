#include "gateway/ops/resources.h"

#include <dirent.h>
#include <malloc.h>

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
