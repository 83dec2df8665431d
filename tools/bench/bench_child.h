/* The process under test: started, watched, measured, ended. */
#ifndef TOOLS_BENCH_BENCH_CHILD_H
#define TOOLS_BENCH_BENCH_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BENCH_THREADS_MAX 64

struct bench_child {
	pid_t pid;     /* 0: none */
	int out;       /* its standard output, or -1 */
	char log[512]; /* the file with its standard error, "" without one */
};

/* What a process has used up. */
struct bench_usage {
	uint64_t cpu_ns; /* all threads, exact where the kernel counts so */
	uint64_t ticks_user, ticks_system;
	unsigned threads;
	uint64_t thread_ns[BENCH_THREADS_MAX];
};

struct bench_memory {
	uint64_t private_bytes; /* dirty pages of its own */
	uint64_t pss_bytes;
};

/* bench_child_start: argv[0] is the program. core: the one it stays on, or -1.
 * It dies with us. Returns 0 or a negative errno. */
int bench_child_start(struct bench_child *c, const char *const argv[],
		      const char *log, int core);

/* bench_child_fork: our own function as a process; listen_fd is kept. It never
 * returns in the child. */
int bench_child_fork(struct bench_child *c, int (*run)(void *owner),
		     void *owner, int core);

/* bench_child_line: wait for a line of its output that has a word in it.
 * Returns 0; -ETIMEDOUT; -EPIPE when it ended. */
int bench_child_line(struct bench_child *c, const char *word, char *line,
		     size_t cap, unsigned timeout_ms);

bool bench_child_is_alive(struct bench_child *c);

/* bench_child_stop: SIGTERM, after timeout_ms SIGKILL. Returns its exit status;
 * 128 and the signal when one ended it; -1 when it had to be killed. */
int bench_child_stop(struct bench_child *c, unsigned timeout_ms);

/* bench_usage_read, bench_memory_read: of any process. Return 0 or a negative
 * errno. */
int bench_usage_read(struct bench_usage *u, pid_t pid);
int bench_memory_read(struct bench_memory *m, pid_t pid);

/* bench_child_heap: ask the gateway (SIGUSR1) and read its answer in the log.
 * Returns 0 or -ETIMEDOUT. */
int bench_child_heap(struct bench_child *c, uint64_t *heap_bytes);
/* bench_child_idle_heap: the same, once it has no call any more. */
int bench_child_idle_heap(struct bench_child *c, uint64_t *heap_bytes);

/* bench_pin: this thread stays on a core; -1: anywhere. */
void bench_pin(int core);

#endif
