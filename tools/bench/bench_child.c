#include "tools/bench/bench_child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/bench/bench_loop.h"

#define NAP_US       10000
#define HEAP_WAIT_MS 2000
#define IDLE_WAIT_MS 5000 /* for the last call to be cleared away */
#define IDLE_NAP_MS  100

void bench_pin(int core)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (core < 0 || i == core)
			CPU_SET(i, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* --- Life --- */

static void become(int out, const char *log, int core)
{
	int err = log ? open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGINT, SIG_IGN); /* ours to end */
	signal(SIGTERM, SIG_DFL);
	bench_pin(core);
	dup2(out, STDOUT_FILENO);
	if (err >= 0)
		dup2(err, STDERR_FILENO);
}

static int start(struct bench_child *c, const char *log, int core, int pipes[2])
{
	memset(c, 0, sizeof(*c));
	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	if (log)
		snprintf(c->log, sizeof(c->log), "%s", log);
	c->out = pipes[0];
	c->pid = fork();
	if (c->pid == 0)
		become(pipes[1], log, core);
	else
		close(pipes[1]);
	return c->pid < 0 ? -errno : 0;
}

int bench_child_start(struct bench_child *c, const char *const argv[],
		      const char *log, int core)
{
	int pipes[2];
	int err = start(c, log, core, pipes);

	if (err || c->pid)
		return err;
	unsetenv("TWILIO_AUTH_TOKEN");
	unsetenv("AUDIOCODES_TOKENS");
	setenv("OPENAI_API_KEY", "bench", 1);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int bench_child_fork(struct bench_child *c, int (*run)(void *owner),
		     void *owner, int core)
{
	int pipes[2];
	int err = start(c, NULL, core, pipes);

	if (err || c->pid)
		return err;
	_exit(run(owner));
}

/* Whole lines are looked at as they come. */
int bench_child_line(struct bench_child *c, const char *word, char *line,
		     size_t cap, unsigned timeout_ms)
{
	uint64_t until = bench_now_ns() + timeout_ms * BENCH_NS_PER_MS;
	struct pollfd p = { .fd = c->out, .events = POLLIN };
	size_t n = 0;
	char letter;

	while (bench_now_ns() < until) {
		if (poll(&p, 1, 50) <= 0)
			continue;
		if (read(c->out, &letter, 1) != 1)
			return -EPIPE;
		if (letter != '\n') {
			if (n + 1 < cap)
				line[n++] = letter;
			continue;
		}
		line[n] = '\0';
		n = 0;
		if (strstr(line, word))
			return 0;
	}
	return -ETIMEDOUT;
}

bool bench_child_is_alive(struct bench_child *c)
{
	if (c->pid > 0 && waitpid(c->pid, NULL, WNOHANG) == 0)
		return true;
	c->pid = 0;
	return false;
}

int bench_child_stop(struct bench_child *c, unsigned timeout_ms)
{
	int status = 0;
	pid_t gone = 0;

	if (c->pid <= 0)
		return 0;
	kill(c->pid, SIGTERM);
	for (unsigned ms = 0; ms < timeout_ms && !gone; ms += NAP_US / 1000) {
		gone = waitpid(c->pid, &status, WNOHANG);
		if (!gone)
			usleep(NAP_US);
	}
	if (!gone) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, &status, 0);
	}
	c->pid = 0;
	close(c->out);
	if (!gone)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* --- Figures --- */

static int read_file(const char *path, char *text, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	ssize_t n = read(fd, text, cap - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0 ? 0 : -EIO;
}

/* A thread's run time in nanoseconds; the kernel may not keep it. */
static int read_thread(struct bench_usage *u, const char *path)
{
	char text[128];
	unsigned long long ns;

	if (read_file(path, text, sizeof(text)) ||
	    sscanf(text, "%llu", &ns) != 1)
		return -ENOENT;
	if (u->threads < BENCH_THREADS_MAX)
		u->thread_ns[u->threads++] = ns;
	u->cpu_ns += ns;
	return 0;
}

static void read_threads(struct bench_usage *u, pid_t pid)
{
	char path[300], name[64];
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	struct dirent **entry;
	int n = scandir(path, &entry, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%.32s", entry[i]->d_name);
		free(entry[i]);
		if (name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", pid,
			 name);
		read_thread(u, path);
	}
	if (n >= 0)
		free(entry);
}

/* Behind the name in brackets, which may hold anything: fields 14 and 15. */
static int read_ticks(struct bench_usage *u, pid_t pid)
{
	char path[64], text[1024];
	unsigned long user, kernel;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	int err = read_file(path, text, sizeof(text));
	const char *at = err ? NULL : strrchr(text, ')');
	if (!at ||
	    sscanf(at + 1,
		   " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		   &user, &kernel) != 2)
		return err ? err : -EIO;
	u->ticks_user = user;
	u->ticks_system = kernel;
	return 0;
}

int bench_usage_read(struct bench_usage *u, pid_t pid)
{
	memset(u, 0, sizeof(*u));
	int err = read_ticks(u, pid);
	if (err)
		return err;
	read_threads(u, pid);
	if (!u->cpu_ns)
		u->cpu_ns = (u->ticks_user + u->ticks_system) *
			    (BENCH_NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
	return 0;
}

static uint64_t value_of(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoull(at + strlen(name), NULL, 10) * 1024 : 0;
}

int bench_memory_read(struct bench_memory *m, pid_t pid)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	int err = read_file(path, text, sizeof(text));
	if (err)
		return err;
	m->private_bytes = value_of(text, "\nPrivate_Dirty:");
	m->pss_bytes = value_of(text, "\nPss:");
	return 0;
}

/* The last line of that kind, and how many there are. */
static unsigned find_heap(const char *log, uint64_t *heap_bytes,
			  bool *has_calls)
{
	FILE *f = fopen(log, "r");
	char line[1024];
	unsigned found = 0;

	while (f && fgets(line, sizeof(line), f)) {
		const char *at = strstr(line, "heap_bytes=");
		if (!strstr(line, "ev=resources") || !at)
			continue;
		*heap_bytes = strtoull(at + strlen("heap_bytes="), NULL, 10);
		*has_calls = !strstr(line, " calls=0 ");
		found++;
	}
	if (f)
		fclose(f);
	return found;
}

static int ask_heap(struct bench_child *c, uint64_t *heap_bytes,
		    bool *has_calls)
{
	unsigned before = find_heap(c->log, heap_bytes, has_calls);

	if (kill(c->pid, SIGUSR1))
		return -ESRCH;
	for (unsigned ms = 0; ms < HEAP_WAIT_MS; ms += NAP_US / 1000) {
		usleep(NAP_US);
		if (find_heap(c->log, heap_bytes, has_calls) > before)
			return 0;
	}
	return -ETIMEDOUT;
}

int bench_child_heap(struct bench_child *c, uint64_t *heap_bytes)
{
	bool has_calls;

	return ask_heap(c, heap_bytes, &has_calls);
}

int bench_child_idle_heap(struct bench_child *c, uint64_t *heap_bytes)
{
	bool has_calls = true;

	for (unsigned ms = 0; ms < IDLE_WAIT_MS; ms += IDLE_NAP_MS) {
		int err = ask_heap(c, heap_bytes, &has_calls);
		if (err || !has_calls)
			return err;
		usleep(IDLE_NAP_MS * 1000);
	}
	return -ETIMEDOUT;
}
