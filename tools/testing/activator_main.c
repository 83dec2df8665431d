/* activator: a listening socket that outlives the programs that serve it, as
 * systemd keeps one for a service.
 *
 *   activator PROGRAM [ARGUMENT]…
 *
 * Says "listening on tcp://127.0.0.1:PORT", then starts the program with the
 * socket (sd_listen_fds(3), named "tandem").
 *
 *   SIGUSR1  start it once more, and end the one before with SIGTERM once the
 *            new one says READY=1 (sd_notify(3))
 *   SIGTERM  end all that run with SIGINT, and leave
 *
 * Exit status: 0; 1 when any of them left with another status than 0. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <poll.h>

#define STARTS_MAX 256
#define BACKLOG    512
#define FIRST_FD   3 /* SD_LISTEN_FDS_START */

static char **program;
static int listening, notes;
static char notify_path[64];
static pid_t pid[STARTS_MAX];     /* 0: it has left */
static bool was_told[STARTS_MAX]; /* to end: a second time would be at once */
static unsigned starts, running;
static bool has_failed, is_ending;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void open_listening(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listening < 0 ||
	    bind(listening, (const struct sockaddr *)&a, sizeof(a)) ||
	    listen(listening, BACKLOG) ||
	    getsockname(listening, (struct sockaddr *)&a, &len))
		die("listening");
	printf("listening on tcp://127.0.0.1:%u\n", ntohs(a.sin_port));
	fflush(stdout);
}

static void open_notes(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int len = snprintf(notify_path, sizeof(notify_path),
			   "@tandem-activator-%d", getpid());

	memcpy(a.sun_path + 1, notify_path + 1, (size_t)len - 1);
	notes = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notes < 0 ||
	    bind(notes, (const struct sockaddr *)&a,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			     (size_t)len)))
		die("notes");
}

static void become_program(void)
{
	char number[16];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (listening != FIRST_FD && dup2(listening, FIRST_FD) < 0)
		die("dup2");
	snprintf(number, sizeof(number), "%d", getpid());
	setenv("LISTEN_PID", number, 1);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_FDNAMES", "tandem", 1);
	setenv("NOTIFY_SOCKET", notify_path, 1);
	execvp(program[0], program);
	die(program[0]);
}

static void start(void)
{
	if (starts == STARTS_MAX)
		return;
	fflush(stdout);
	pid[starts] = fork();
	if (pid[starts] < 0)
		die("fork");
	if (pid[starts] == 0)
		become_program();
	starts++;
	running++;
}

/* Ready: all but the last one started may go. */
static void on_note(void)
{
	char text[512];
	ssize_t n = recv(notes, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	if (strncmp(text, "READY=1", 7) != 0)
		return;
	printf("ready %u\n", starts);
	fflush(stdout);
	for (unsigned i = 0; i + 1 < starts; i++) {
		if (pid[i] > 0 && !was_told[i])
			kill(pid[i], SIGTERM);
		was_told[i] = true;
	}
}

static void reap(void)
{
	int status;
	pid_t gone;

	while ((gone = waitpid(-1, &status, WNOHANG)) > 0) {
		for (unsigned i = 0; i < starts; i++)
			if (pid[i] == gone)
				pid[i] = 0;
		running--;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
			fprintf(stderr, "%d left with %d\n", gone, status);
			has_failed = true;
		}
	}
}

static void end_all(void)
{
	is_ending = true;
	for (unsigned i = 0; i < starts; i++)
		if (pid[i] > 0)
			kill(pid[i], SIGINT);
}

static void on_signal(int signals)
{
	struct signalfd_siginfo s;

	if (read(signals, &s, sizeof(s)) != sizeof(s))
		return;
	if (s.ssi_signo == SIGUSR1)
		start();
	else if (s.ssi_signo == SIGCHLD)
		reap();
	else
		end_all();
}

static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_SETMASK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
	struct pollfd p[2];

	if (argc < 2) {
		fputs("usage: activator PROGRAM [ARGUMENT]...\n", stderr);
		return 2;
	}
	program = argv + 1;
	int signals = catch_signals();
	open_listening();
	open_notes();
	start();
	while (running > 0 || !is_ending) {
		p[0] = (struct pollfd){ .fd = signals, .events = POLLIN };
		p[1] = (struct pollfd){ .fd = notes, .events = POLLIN };
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			die("poll");
		if (p[0].revents & POLLIN)
			on_signal(signals);
		if (p[1].revents & POLLIN)
			on_note();
		if (running == 0 && starts > 0)
			break;
	}
	return has_failed;
}
