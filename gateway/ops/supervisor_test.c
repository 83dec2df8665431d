#include "gateway/ops/supervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/testing/check.h"

/* A supervisor of our own, at an abstract address. */
static int notes;

static int setup(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char name[64];

	(void)state;
	notes = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	snprintf(name, sizeof(name), "tandem-supervisor-test-%d", getpid());
	memcpy(a.sun_path + 1, name, strlen(name));
	CHECK_EQ(0,
		 bind(notes, (struct sockaddr *)&a,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				  strlen(name))),
		 "bound");
	char path[80];
	snprintf(path, sizeof(path), "@%s", name);
	setenv("NOTIFY_SOCKET", path, 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(notes);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return 0;
}

static const char *note(void)
{
	static char text[512];
	ssize_t n = recv(notes, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void says_what_the_protocol_wants(void **state)
{
	(void)state;
	supervisor_ready("0 calls");
	CHECK_STR("READY=1\nSTATUS=0 calls", note(), "ready");
	supervisor_reloading(123456789012);
	CHECK_STR("RELOADING=1\nMONOTONIC_USEC=123456789012\n"
		  "STATUS=reading the configuration",
		  note(), "reloading");
	supervisor_stopping(5000000, "draining");
	CHECK_STR("STOPPING=1\nEXTEND_TIMEOUT_USEC=5000000\nSTATUS=draining",
		  note(), "stopping");
	supervisor_extend(7);
	CHECK_STR("EXTEND_TIMEOUT_USEC=7", note(), "more time");
	supervisor_alive();
	CHECK_STR("WATCHDOG=1", note(), "the beat");
	supervisor_status("2 calls");
	CHECK_STR("STATUS=2 calls", note(), "status");
	CHECK_STR("", note(), "and nothing else");
}

static void says_nothing_to_nobody(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	supervisor_ready("");
	supervisor_alive();
	CHECK_STR("", note(), "nobody was told");
	CHECK_EQ(0, supervisor_beat_ms(), "there is no watchdog");
}

static void beats_twice_as_often(void **state)
{
	static const struct {
		const char *usec;
		uint64_t ms;
		const char *why;
	} row[] = {
		{ "30000000", 15000, "half of it" },
		{ "1000", 1, "never not at all" },
		{ "0", 0, "none" },
	};
	char pid[16];

	(void)state;
	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("WATCHDOG_PID", pid, 1);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		setenv("WATCHDOG_USEC", row[i].usec, 1);
		CHECK_EQ(row[i].ms, supervisor_beat_ms(), row[i].why);
	}
	setenv("WATCHDOG_USEC", "30000000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	CHECK_EQ(0, supervisor_beat_ms(), "another process is watched");
}

static void sockets_by_name(void **state)
{
	static const struct {
		const char *count;
		const char *names;
		unsigned calls;
		unsigned admin;
		const char *why;
	} row[] = {
		{ "2", "tandem:admin", 1, 1, "one of each" },
		{ "3", "tandem:admin:tandem", 2, 1, "two of one" },
		{ "1", "tandem.socket", 1, 0, "nobody named it" },
		{ "1", "unknown", 1, 0, "nor its unit" },
		{ "1", "other", 0, 0, "somebody else's" },
		{ "2", "a.socket:b.socket", 0, 0, "which is which?" },
		{ "0", "", 0, 0, "none" },
	};
	int fd[SUPERVISOR_SOCKETS_MAX], kept[3];
	char pid[16];

	(void)state;
	/* sd_listen_fds sets close-on-exec on them: they must be there. */
	for (int i = 0; i < 3; i++) {
		kept[i] = dup(3 + i);
		dup2(notes, 3 + i);
	}
	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("LISTEN_PID", pid, 1);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		setenv("LISTEN_FDS", row[i].count, 1);
		setenv("LISTEN_FDNAMES", row[i].names, 1);
		CHECK_EQ(row[i].calls, supervisor_sockets("tandem", true, fd),
			 row[i].why);
		CHECK(!row[i].calls || fd[0] == 3, "from the third on");
		CHECK_EQ(row[i].admin, supervisor_sockets("admin", false, fd),
			 row[i].why);
	}
	setenv("LISTEN_PID", "1", 1);
	setenv("LISTEN_FDS", "1", 1);
	CHECK_EQ(0, supervisor_sockets("tandem", true, fd),
		 "they are another process's");
	for (int i = 0; i < 3; i++) {
		if (kept[i] >= 0)
			dup2(kept[i], 3 + i);
		else if (3 + i != notes)
			close(3 + i);
		if (kept[i] >= 0)
			close(kept[i]);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(says_what_the_protocol_wants),
		TEST(says_nothing_to_nobody),
		TEST(beats_twice_as_often),
		TEST(sockets_by_name),
	};
	return cmocka_run_group_tests_name("supervisor", tests, NULL, NULL);
}
