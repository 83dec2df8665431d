#include "gateway/siblings.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Besides the news: who comes, and the answer to that. */
#define HELLO "v1 hello"
#define HERE  "v1 here"

/* --- Addresses --- */

#define NAME "tandem/%u/%u" /* port, number */

static socklen_t address_of(struct sockaddr_un *a, unsigned port,
			    unsigned number)
{
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	int len = snprintf(a->sun_path + 1, sizeof(a->sun_path) - 1, NAME, port,
			   number);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   (size_t)len);
}

/* Whose address that is; SIBLINGS_MAX: nobody's. */
static unsigned number_of(const struct siblings *s, const struct sockaddr_un *a,
			  socklen_t len)
{
	struct sockaddr_un one;

	for (unsigned i = 0; i < SIBLINGS_MAX; i++)
		if (address_of(&one, s->port, i) == len &&
		    memcmp(&one, a, len) == 0)
			return i;
	return SIBLINGS_MAX;
}

/* --- Telling --- */

static void know(struct siblings *s, unsigned number)
{
	atomic_fetch_or(&s->known, 1ull << number);
}

static void forget(struct siblings *s, unsigned number)
{
	atomic_fetch_and(&s->known, ~(1ull << number));
}

/* Returns 0 or a negative errno. */
static int send_to(struct siblings *s, unsigned number, const char *text,
		   size_t len)
{
	struct sockaddr_un a;
	socklen_t size = address_of(&a, s->port, number);

	if (sendto(s->fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		   (const struct sockaddr *)&a, size) >= 0)
		return 0;
	int err = -errno;
	if (err == -ECONNREFUSED)
		forget(s, number);
	return err;
}

void siblings_tell(struct siblings *s, const char *line, size_t len,
		   const char *call_sid)
{
	uint64_t known = len ? atomic_load(&s->known) : 0;

	for (unsigned i = 0; i < SIBLINGS_MAX; i++)
		if (known >> i & 1 && send_to(s, i, line, len) == -EAGAIN)
			log_event(s->log, LOG_WARN, "sibling_slow", "call",
				  call_sid, NULL);
}

/* What there is for a newcomer, many lines to a datagram. */
struct batch {
	struct siblings *s;
	unsigned number;
	size_t len;
	char text[SIBLINGS_TEXT_MAX];
};

static bool send_batch(struct batch *b)
{
	int err = send_to(b->s, b->number, b->text, b->len);

	b->len = 0;
	if (err)
		log_event(b->s->log, LOG_WARN, "sibling_slow", "what",
			  "it does not know of every call", NULL);
	return !err;
}

static bool add_line(void *owner, const char *line, size_t len)
{
	struct batch *b = owner;

	if (b->len + len + 1 > sizeof(b->text) && !send_batch(b))
		return false;
	memcpy(b->text + b->len, line, len);
	b->text[b->len + len] = '\n';
	b->len += len + 1;
	return true;
}

static void welcome(struct siblings *s, unsigned number)
{
	struct batch b = { .s = s, .number = number };

	add_line(&b, HERE, strlen(HERE));
	siblings_news_each(&s->tables, add_line, &b);
	if (b.len)
		send_batch(&b);
}

/* --- Hearing --- */

static bool is(const char *line, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(line, word, len) == 0;
}

/* Returns whether the line greets. */
static bool take_line(struct siblings *s, const char *line, size_t len)
{
	if (is(line, len, HELLO))
		return true;
	if (!is(line, len, HERE))
		siblings_news_learn(&s->tables, line, len);
	return false;
}

/* Returns whether one of the lines greets. */
static bool take(struct siblings *s, const char *text, size_t len)
{
	bool greets = false;

	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;
		greets |= take_line(s, text, n);
		n += end != NULL;
		text += n;
		len -= n;
	}
	return greets;
}

static bool is_of_our_user(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct ucred who;

	if (!c || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_CREDENTIALS)
		return false;
	memcpy(&who, CMSG_DATA(c), sizeof(who));
	return who.uid == geteuid();
}

/* One datagram. Returns the number of who greets us in it, -EAGAIN when there
 * was none, or another negative number. */
static int hear_one(struct siblings *s)
{
	char text[SIBLINGS_TEXT_MAX];
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred))];
	struct sockaddr_un from;
	struct iovec v = { text, sizeof(text) };
	struct msghdr m = { .msg_name = &from,
			    .msg_namelen = sizeof(from),
			    .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(s->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return errno == EINTR ? -EINTR : -EAGAIN;
	unsigned number = number_of(s, &from, m.msg_namelen);
	if (number == SIBLINGS_MAX || number == s->number ||
	    (m.msg_flags & MSG_TRUNC) || !is_of_our_user(&m))
		return -EPERM;
	know(s, number);
	return take(s, text, (size_t)n) ? (int)number : -ENOMSG;
}

void siblings_hear(struct siblings *s)
{
	if (s->fd < 0)
		return;
	for (unsigned i = 0; i < SIBLINGS_TURN_MAX; i++) {
		uv_mutex_lock(&s->lock);
		int newcomer = hear_one(s);
		uv_mutex_unlock(&s->lock);
		if (newcomer == -EAGAIN)
			return;
		if (newcomer >= 0)
			welcome(s, (unsigned)newcomer);
	}
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct siblings *s = poll->data;

	(void)events;
	if (status >= 0)
		siblings_hear(s);
}

/* --- Life --- */

/* The first number that is free. */
static int bind_any(struct siblings *s)
{
	struct sockaddr_un a;

	for (s->number = 0; s->number < SIBLINGS_MAX; s->number++) {
		socklen_t size = address_of(&a, s->port, s->number);
		if (bind(s->fd, (const struct sockaddr *)&a, size) == 0)
			return 0;
		if (errno != EADDRINUSE)
			return -errno;
	}
	return -EADDRINUSE;
}

static int open_socket(struct siblings *s)
{
	int on = 1;

	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return -errno;
	if (setsockopt(s->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)))
		return -errno;
	return bind_any(s);
}

int siblings_open(struct siblings *s, uv_loop_t *loop, unsigned port,
		  const struct siblings_tables *tables, const struct log *log)
{
	*s = (struct siblings){ .port = port, .tables = *tables, .log = log };
	s->poll.data = s;
	s->fd = -1;
	int err = uv_mutex_init(&s->lock);
	if (err)
		return err;
	err = open_socket(s);
	if (!err)
		err = uv_poll_init(loop, &s->poll, s->fd);
	if (err) {
		if (s->fd >= 0)
			close(s->fd);
		s->fd = -1;
		uv_mutex_destroy(&s->lock);
		return err;
	}
	uv_poll_start(&s->poll, UV_READABLE, on_readable); /* cannot fail */
	siblings_news_listen(tables, s);
	for (unsigned i = 0; i < SIBLINGS_MAX; i++)
		if (i != s->number && send_to(s, i, HELLO, strlen(HELLO)) == 0)
			know(s, i);
	return 0;
}

static void on_poll_closed(uv_handle_t *handle)
{
	struct siblings *s = handle->data;

	close(s->fd);
	s->fd = -1;
	uv_mutex_destroy(&s->lock);
	s->on_closed(s->owner);
}

bool siblings_close(struct siblings *s, void (*on_closed)(void *owner),
		    void *owner)
{
	if (s->fd < 0)
		return false;
	siblings_news_listen(&s->tables, NULL);
	s->on_closed = on_closed;
	s->owner = owner;
	uv_close((uv_handle_t *)&s->poll, on_poll_closed);
	return true;
}

unsigned siblings_known(const struct siblings *s)
{
	return (unsigned)__builtin_popcountll(atomic_load(&s->known));
}
