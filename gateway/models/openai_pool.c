#include "gateway/models/openai_pool.h"

#include <time.h>

#include "gateway/models/openai_parts.h"
#include "gateway/net/ws.h"

#define NS_PER_MS 1000000ull

static void on_timer(uv_timer_t *timer);

/* The clock ticks behind all that the loop is doing now. */
static void wake(struct openai_pool *p)
{
	if (!uv_is_closing((uv_handle_t *)&p->timer))
		uv_timer_start(&p->timer, on_timer, 0, OPENAI_POOL_TICK_MS);
}

static void append(struct openai_session **list, struct openai_session *s)
{
	while (*list)
		list = &(*list)->next;
	s->next = NULL;
	s->link = list;
	*list = s;
}

/* --- How many there are --- */

static bool stands(const struct openai_session *s)
{
	return s->state == OPENAI_STANDING && !s->is_closing;
}

static bool is_coming(const struct openai_session *s)
{
	return s->state < OPENAI_STANDING && !s->is_closing;
}

unsigned openai_pool_standing(const struct openai_pool *p)
{
	unsigned n = 0;

	for (const struct openai_session *s = p->own; s; s = s->next)
		n += stands(s);
	return n;
}

static void publish(struct openai_pool *p)
{
	atomic_store_explicit(&p->stood, openai_pool_standing(p),
			      memory_order_relaxed);
}

unsigned openai_pool_stood(const struct openai_pool *p)
{
	return atomic_load_explicit(&p->stood, memory_order_relaxed);
}

static unsigned coming(const struct openai_pool *p)
{
	unsigned n = 0;

	for (const struct openai_session *s = p->own; s; s = s->next)
		n += is_coming(s);
	return n;
}

static bool has_old(const struct openai_pool *p, uint64_t now_ns)
{
	for (const struct openai_session *s = p->own; s; s = s->next)
		if (stands(s) && now_ns >= s->renew_ns)
			return true;
	return false;
}

/* --- What becomes of a session --- */

static void close_oldest(struct openai_pool *p)
{
	struct openai_session *s = p->own;

	while (s && !stands(s))
		s = s->next;
	if (s)
		openai_session_close(s);
}

static uint64_t age_ms(const struct openai_pool *p,
		       const struct openai_session *s)
{
	long long left_s = s->expires_at - (long long)time(NULL);

	/* A clock that is not the server's tells nothing. */
	if (left_s <= 0 || (uint64_t)left_s * 500 > p->age_ms)
		return p->age_ms;
	if (left_s * 500 < OPENAI_POOL_AGE_MIN_MS)
		return OPENAI_POOL_AGE_MIN_MS;
	return (uint64_t)left_s * 500;
}

static void on_standing(struct openai_session *s, uint64_t now_ns)
{
	struct openai_pool *p = s->owner;
	unsigned standing = openai_pool_standing(p);
	struct log_line l;

	s->renew_ns = now_ns + age_ms(p, s) * NS_PER_MS;
	log_begin(&l, &p->log, LOG_DEBUG, "pool_session");
	log_text(&l, "session", s->session_id);
	log_number(&l, "standing", standing);
	log_end(&l);
	if (standing > p->wanted)
		close_oldest(p);
	if (standing >= p->wanted && !p->is_well) {
		log_begin(&l, &p->log, LOG_INFO, "pool_ready");
		log_number(&l, "standing", p->wanted);
		log_end(&l);
		p->is_well = true;
		p->is_ill = false;
	}
	wake(p);
}

/* One blow may hit several sessions: it counts once. */
static void back_off(struct openai_pool *p, const struct openai_session *s,
		     uint64_t now_ns)
{
	if (stands(s) &&
	    now_ns >= s->since_ns + OPENAI_POOL_PAUSE_MS * NS_PER_MS)
		p->pause_ms = 0;
	if (now_ns < p->due_ns)
		return;
	p->pause_ms = p->pause_ms ? p->pause_ms * 2 : OPENAI_POOL_RETRY_MS;
	if (p->pause_ms > OPENAI_POOL_PAUSE_MS)
		p->pause_ms = OPENAI_POOL_PAUSE_MS;
	p->due_ns = now_ns + p->pause_ms * NS_PER_MS;
}

static void on_lost(struct openai_session *s, const char *why, uint64_t now_ns)
{
	struct openai_pool *p = s->owner;
	struct log_line l;

	back_off(p, s, now_ns);
	log_begin(&l, &p->log, p->is_ill ? LOG_DEBUG : LOG_WARN, "pool_lost");
	log_text(&l, "session", s->session_id[0] ? s->session_id : "-");
	log_words(&l, "why", why);
	log_number(&l, "retry_ms", (int64_t)p->pause_ms);
	log_end(&l);
	p->is_ill = true;
	p->is_well = false;
	wake(p);
}

static const struct openai_standby standby = {
	.on_standing = on_standing,
	.on_lost = on_lost,
};

/* Whatever it wrote leaves by itself. When it is gone, the clock frees it. */
static void on_handled(void *owner, uint64_t read_ns)
{
	(void)read_ns;
	wake(owner);
}

static void dial(struct openai_pool *p, uint64_t now_ns)
{
	struct openai_session *s = openai_session_new();

	if (!s)
		return; /* perhaps there is memory at the next tick */
	s->owner = p;
	s->on_handled = on_handled;
	s->standby = &standby;
	append(&p->own, s);
	openai_session_open(s, p->profile, p->timer.loop, NULL, &p->log,
			    now_ns);
}

static void refill(struct openai_pool *p, uint64_t now_ns)
{
	if (now_ns < p->due_ns || coming(p) >= OPENAI_POOL_DIALS)
		return;
	if (openai_pool_standing(p) < p->wanted || has_old(p, now_ns))
		dial(p, now_ns);
}

/* --- The clock --- */

static void tell_given(struct openai_pool *p, uint64_t now_ns)
{
	struct openai_session *s;

	while ((s = p->given)) {
		openai_session_unlink(s);
		openai_session_begin(s, now_ns);
		s->on_handled(s->owner, now_ns);
	}
}

static void tick(struct openai_pool *p, uint64_t now_ns)
{
	struct openai_session *next;
	bool has_freed = false;

	for (struct openai_session *s = p->own; s; s = next) {
		next = s->next;
		openai_session_tick(s, now_ns);
		openai_session_flush(s);
		if (s->state != OPENAI_CLOSED)
			continue;
		openai_session_free(s);
		has_freed = true;
	}
	if (has_freed && p->on_freed)
		p->on_freed(p->owner);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct openai_pool *p = handle->data;

	p->is_gone = true;
	p->on_gone(p->owner);
}

static void on_timer(uv_timer_t *timer)
{
	struct openai_pool *p = timer->data;
	uint64_t now_ns = uv_hrtime();

	tell_given(p, now_ns);
	tick(p, now_ns);
	if (!p->is_stopping)
		refill(p, now_ns);
	else if (!p->own)
		uv_close((uv_handle_t *)timer, on_timer_closed);
	publish(p);
}

/* --- The owner --- */

void openai_pool_open(struct openai_pool *p, uv_loop_t *loop,
		      const struct openai_profile *profile, unsigned wanted,
		      const struct log *log, void (*on_gone)(void *owner),
		      void *owner)
{
	*p = (struct openai_pool){
		.wanted = wanted,
		.age_ms = OPENAI_POOL_AGE_MS,
		.profile = profile,
		.log = *log,
		.on_gone = on_gone,
		.owner = owner,
	};
	p->log.module = LOG_MODEL;
	uv_timer_init(loop, &p->timer); /* cannot fail */
	p->timer.data = p;
	if (wanted)
		wake(p);
}

/* The oldest, so that it is used before it is too old; not one that may have
 * died: its answer to a ping is outstanding. */
struct openai_session *openai_pool_take(struct openai_pool *p)
{
	struct openai_session *s = p->own;

	while (s && (!stands(s) || s->pong_missing))
		s = s->next;
	if (!s)
		return NULL;
	openai_session_unlink(s);
	publish(p);
	p->pause_ms = 0; /* it was of use */
	wake(p);
	return s;
}

void openai_pool_give(struct openai_pool *p, struct openai_session *s,
		      struct call *call, const struct log *log)
{
	openai_session_give(s, call, log);
	append(&p->given, s);
	wake(p);
}

void openai_pool_renew(struct openai_pool *p,
		       const struct openai_profile *profile, unsigned wanted)
{
	if (p->is_stopping)
		return;
	for (struct openai_session *s = p->own; s; s = s->next)
		openai_session_close(s);
	p->profile = profile;
	p->wanted = wanted;
	p->pause_ms = 0;
	p->due_ns = 0;
	p->is_well = p->is_ill = false;
	wake(p);
}

bool openai_pool_uses(const struct openai_pool *p,
		      const struct openai_profile *profile)
{
	for (const struct openai_session *s = p->own; s; s = s->next)
		if (s->profile == profile)
			return true;
	return false;
}

void openai_pool_stop(struct openai_pool *p)
{
	bool is_second = p->is_stopping;

	if (p->is_gone)
		return;
	p->is_stopping = true;
	for (struct openai_session *s = p->own; s; s = s->next) {
		if (is_second && s->ws)
			ws_abort(s->ws);
		openai_session_close(s);
	}
	wake(p);
}
