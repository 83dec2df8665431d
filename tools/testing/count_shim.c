/* Loaded into a program (LD_PRELOAD), counts for each of its threads how often
 * it takes memory and locks, and writes that to the file that COUNT_FILE names,
 * a line per thread every COUNT_EVERY_MS:
 *
 *     <ms since the start> <thread's name>-<id> <allocations> <locks>
 *
 * Proves what the media path does not do, in the program as it ships. */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COUNT_EVERY_MS 100
#define THREADS_MAX    64

struct thread {
	atomic_int tid; /* 0: free */
	atomic_ulong allocations;
	atomic_ulong locks;
};

static struct thread threads[THREADS_MAX];
static _Thread_local struct thread *mine;
static atomic_uint count;

static struct thread *self(void)
{
	if (!mine) {
		unsigned i = atomic_fetch_add(&count, 1);
		mine = &threads[i < THREADS_MAX ? i : THREADS_MAX - 1];
		atomic_store(&mine->tid, gettid());
	}
	return mine;
}

static void took_memory(void)
{
	atomic_fetch_add_explicit(&self()->allocations, 1,
				  memory_order_relaxed);
}

static void took_lock(void)
{
	atomic_fetch_add_explicit(&self()->locks, 1, memory_order_relaxed);
}

/* --- Memory: the C library's functions under their other names --- */

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t items, size_t n);
extern void *__libc_realloc(void *at, size_t n);
extern void *__libc_memalign(size_t alignment, size_t n);

void *malloc(size_t n)
{
	took_memory();
	return __libc_malloc(n);
}

void *calloc(size_t items, size_t n)
{
	took_memory();
	return __libc_calloc(items, n);
}

void *realloc(void *at, size_t n)
{
	took_memory();
	return __libc_realloc(at, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
	took_memory();
	return __libc_memalign(alignment, n);
}

/* --- Locks --- */

#define FORWARD(name, type)                                        \
	int name(type *lock)                                       \
	{                                                          \
		static int (*next)(type *);                        \
		if (!next)                                         \
			*(void **)&next = dlsym(RTLD_NEXT, #name); \
		took_lock();                                       \
		return next(lock);                                 \
	}

FORWARD(pthread_mutex_lock, pthread_mutex_t)
FORWARD(pthread_mutex_trylock, pthread_mutex_t)
FORWARD(pthread_rwlock_rdlock, pthread_rwlock_t)
FORWARD(pthread_rwlock_wrlock, pthread_rwlock_t)
FORWARD(pthread_spin_lock, pthread_spinlock_t)
FORWARD(sem_wait, sem_t)

/* --- Telling --- */

static unsigned long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long)t.tv_sec * 1000 +
	       (unsigned long)t.tv_nsec / 1000000;
}

static void name_of(int tid, char *out, size_t cap)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/comm", tid);
	snprintf(out, cap, "ended");
	f = fopen(path, "r");
	if (f && fgets(out, (int)cap, f))
		out[strcspn(out, "\n")] = '\0';
	if (f)
		fclose(f);
	for (char *c = out; *c; c++)
		*c = *c == ' ' ? '_' : *c;
}

static void tell(FILE *f, unsigned long ms)
{
	char name[32];

	for (unsigned i = 0; i < THREADS_MAX; i++) {
		int tid = atomic_load(&threads[i].tid);
		if (!tid)
			continue;
		name_of(tid, name, sizeof(name));
		fprintf(f, "%lu %s-%d %lu %lu\n", ms, name, tid,
			atomic_load(&threads[i].allocations),
			atomic_load(&threads[i].locks));
	}
	fflush(f);
}

static void *run(void *path)
{
	const struct timespec every = { .tv_nsec = COUNT_EVERY_MS * 1000000l };
	unsigned long start_ms = now_ms();
	FILE *f = fopen(path, "w");

	while (f) {
		tell(f, now_ms() - start_ms);
		nanosleep(&every, NULL);
	}
	return NULL;
}

__attribute__((constructor)) static void begin(void)
{
	char *path = getenv("COUNT_FILE");
	pthread_t thread;

	if (path && pthread_create(&thread, NULL, run, path) == 0)
		pthread_detach(thread);
}
