#include "gateway/siblings.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/carriers/twilio_outbound.h"
#include "gateway/carriers/twilio_outbound_text.h"
#include "gateway/carriers/twilio_ticket_text.h"
#include "gateway/carriers/twilio_tickets.h"

/* Besides tickets and placed calls: who comes, and the answer to that. */
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

static void send_to_all(struct siblings *s, const char *text, size_t len,
			const char *call_sid)
{
	uint64_t known = atomic_load(&s->known);

	for (unsigned i = 0; i < SIBLINGS_MAX; i++)
		if (known >> i & 1 && send_to(s, i, text, len) == -EAGAIN)
			log_event(s->log, LOG_WARN, "sibling_slow", "call",
				  call_sid, NULL);
}

static void on_ticket(void *owner, const struct twilio_ticket *k)
{
	struct siblings *s = owner;
	char text[TWILIO_TICKET_TEXT_MAX];

	if (atomic_load(&s->known))
		send_to_all(s, text, twilio_ticket_write(text, k), k->call_sid);
}

static void on_placed(void *owner, const struct twilio_outbound_news *n)
{
	struct siblings *s = owner;
	char text[TWILIO_OUTBOUND_LINE_MAX];

	if (atomic_load(&s->known))
		send_to_all(s, text, twilio_outbound_write(text, n),
			    n->call_sid[0] ? n->call_sid : "not known yet");
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

/* For a line of up to max characters with its end. */
static bool make_room(struct batch *b, size_t max)
{
	return b->len + max + 1 <= sizeof(b->text) || send_batch(b);
}

static bool add_ticket(void *owner, const struct twilio_ticket *k)
{
	struct batch *b = owner;

	if (!make_room(b, TWILIO_TICKET_TEXT_MAX))
		return false;
	b->len += twilio_ticket_write(b->text + b->len, k);
	b->text[b->len++] = '\n';
	return true;
}

static bool add_placed(void *owner, const struct twilio_outbound_news *n)
{
	struct batch *b = owner;

	if (!make_room(b, TWILIO_OUTBOUND_LINE_MAX))
		return false;
	b->len += twilio_outbound_write(b->text + b->len, n);
	b->text[b->len++] = '\n';
	return true;
}

_Static_assert(TWILIO_OUTBOUND_LINE_MAX < SIBLINGS_TEXT_MAX, "a line has room");

static void welcome(struct siblings *s, unsigned number)
{
	struct batch b = { .s = s, .number = number };

	b.len = (size_t)snprintf(b.text, sizeof(b.text), HERE "\n");
	twilio_tickets_each(s->tickets, uv_hrtime(), add_ticket, &b);
	twilio_outbound_each(s->outbound, uv_hrtime(), add_placed, &b);
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
	struct twilio_outbound_news n;
	struct twilio_ticket k;

	if (is(line, len, HELLO))
		return true;
	if (is(line, len, HERE))
		return false;
	if (twilio_ticket_read(&k, line, len) == 0)
		twilio_tickets_learn(s->tickets, &k, uv_hrtime());
	else if (twilio_outbound_read(&n, line, len) == 0)
		twilio_outbound_learn(s->outbound, &n, uv_hrtime());
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
		  struct twilio_tickets *tickets,
		  struct twilio_outbound *outbound, const struct log *log)
{
	*s = (struct siblings){ .port = port,
				.tickets = tickets,
				.outbound = outbound,
				.log = log };
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
	tickets->owner = s;
	tickets->on_change = on_ticket;
	outbound->owner = s;
	outbound->on_change = on_placed;
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
	s->tickets->on_change = NULL;
	s->outbound->on_change = NULL;
	s->on_closed = on_closed;
	s->owner = owner;
	uv_close((uv_handle_t *)&s->poll, on_poll_closed);
	return true;
}

unsigned siblings_known(const struct siblings *s)
{
	return (unsigned)__builtin_popcountll(atomic_load(&s->known));
}
