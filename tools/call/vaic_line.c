#include <math.h>

#include "gateway/net/ws.h"
#include "tools/call/vaic_call_parts.h"

static const struct vaic_link_events link_events;

static double ms_since(uint64_t then_ns)
{
	return (double)(uv_hrtime() - then_ns) / (double)VAIC_CALL_NS_PER_MS;
}

/* --- Asking for a socket --- */

static void on_retry(uv_timer_t *timer)
{
	vaic_line_dial(timer->data);
}

static void give_up(struct vaic_call *c, const char *why)
{
	vaic_session_give_up(c->session, why, vaic_call_now(c, uv_hrtime()));
	vaic_call_settle(c);
}

/* The schedule of VAIC_RETRY_…: after so many ms, and then less often. */
static void dial_later(struct vaic_call *c, unsigned ms)
{
	if (c->is_over)
		return;
	if (!c->away_ns)
		c->away_ns = uv_hrtime();
	if (ms_since(c->away_ns) + ms > VAIC_GIVE_UP_MS) {
		give_up(c, "the bot could not be reached again");
		return;
	}
	uv_timer_start(&c->timer[VAIC_TIMER_RETRY], on_retry, ms, 0);
	c->retry_ms = c->retry_ms ? 2 * c->retry_ms : VAIC_RETRY_FIRST_MS;
	if (c->retry_ms > VAIC_RETRY_LAST_MS)
		c->retry_ms = VAIC_RETRY_LAST_MS;
}

void vaic_line_dial(struct vaic_call *c)
{
	if (c->is_over || c->next)
		return;
	c->dialled_ns = uv_hrtime();
	c->next = vaic_link_open(c->loop, &c->endpoint,
				 caller_call_random(&c->call), &link_events, c);
	if (c->next)
		c->links++;
	else
		vaic_call_over(c, CALLER_OUTCOME_FAILED,
			       "no URL of a bot: %.100s", c->endpoint.url);
}

/* --- A socket is granted --- */

static void on_older(uv_timer_t *timer)
{
	struct vaic_call *c = timer->data;

	if (!c->older)
		return;
	vaic_call_breach(c, "5.1 (4)",
			 "the replaced socket is still open after %u ms",
			 VAIC_OLDER_MS);
	vaic_link_close(c->older, 1000);
	c->older = NULL;
}

/* The session moves to a new socket while the old one lives. */
static void replace(struct vaic_call *c)
{
	c->older = c->link;
	c->link = NULL;
	vaic_session_lost(c->session, vaic_call_now(c, uv_hrtime()));
	vaic_media_away(c);
	uv_timer_start(&c->timer[VAIC_TIMER_OLDER], on_older, VAIC_OLDER_MS, 0);
}

static void on_open(void *owner, struct vaic_link *l)
{
	struct vaic_call *c = owner;

	if (l != c->next)
		return;
	c->next = NULL;
	if (!c->was_open) {
		caller_call_set(&c->call, CALLER_FIGURE_upgrade_ms,
				ms_since(c->dialled_ns));
		caller_call_set(&c->call, CALLER_FIGURE_upgrade_status, 101);
	} else {
		VAIC_CALL_NOTE(c, "socket open again");
	}
	if (c->link)
		replace(c);
	c->resumed_ns = c->owes_audio ? uv_hrtime() : 0;
	c->was_open = true;
	c->link = l;
	vaic_fault_begin(c);
	vaic_session_open(c->session, vaic_call_now(c, uv_hrtime()));
	vaic_media_run(c);
}

/* --- What comes --- */

static void receive(struct vaic_call *c, struct vaic_link *l, const char *text,
		    size_t len, bool is_binary)
{
	/* What still comes on a socket that was replaced is not the call's. */
	if (l != c->link || !c->session)
		return;
	vaic_session_read(c->session, text, len, is_binary,
			  vaic_call_now(c, vaic_link_read_ns(l)));
	vaic_media_run(c);
}

static void on_text(void *owner, struct vaic_link *l, char *text, size_t len)
{
	receive(owner, l, text, len, false);
}

static void on_binary(void *owner, struct vaic_link *l, const uint8_t *bytes,
		      size_t len)
{
	receive(owner, l, (const char *)bytes, len, true);
}

/* --- The end of a socket --- */

static void take_refusal(struct vaic_call *c, const struct ws_end *end)
{
	caller_call_set(&c->call, CALLER_FIGURE_upgrade_status,
			end->http_status ? end->http_status : NAN);
	if (end->http_status)
		caller_call_set(&c->call, CALLER_FIGURE_upgrade_ms,
				ms_since(c->dialled_ns));
	c->call.result.could_not_connect = !end->http_status;
	vaic_call_over(c,
		       end->http_status ? CALLER_OUTCOME_REFUSED
					: CALLER_OUTCOME_FAILED,
		       "%s", end->why);
}

static void on_not_granted(struct vaic_call *c, const struct ws_end *end)
{
	c->next = NULL;
	if (!c->was_open) {
		take_refusal(c, end);
		return;
	}
	VAIC_CALL_NOTE(c, "no socket: %s", end->why);
	if (!c->link)
		dial_later(c, c->retry_ms);
}

/* The bot's doing, or the network's: VAIC comes back (4.4). */
static void on_lost(struct vaic_call *c, const struct ws_end *end)
{
	uint64_t now = vaic_call_now(c, uv_hrtime());

	c->link = NULL;
	caller_call_set(&c->call, CALLER_FIGURE_close_code, end->code);
	if (c->is_over)
		return;
	if (c->is_breaking) {
		give_up(c, end->why);
		return;
	}
	vaic_session_closed(c->session, end->code, now);
	if (c->is_over)
		return;
	VAIC_CALL_NOTE(c, "socket lost: %s", end->why);
	vaic_media_away(c);
	vaic_media_run(c);
	dial_later(c, c->retry_ms);
}

static void on_closed(void *owner, struct vaic_link *l,
		      const struct ws_end *end)
{
	struct vaic_call *c = owner;

	c->links--;
	if (l == c->next)
		on_not_granted(c, end);
	else if (l == c->link)
		on_lost(c, end);
	else if (l == c->older)
		c->older = NULL;
	vaic_call_settle(c);
}

static const struct vaic_link_events link_events = {
	.on_open = on_open,
	.on_text = on_text,
	.on_binary = on_binary,
	.on_closed = on_closed,
};

void vaic_line_drop(struct vaic_call *c, bool by_reset, unsigned resume_ms)
{
	struct vaic_link *l = c->link;

	if (!l)
		return;
	/* What is in the kernel arrives; what is not is lost, too. */
	vaic_link_flush(l);
	c->link = NULL;
	c->dropped_ms +=
		vaic_link_waiting(l) / c->chunk_bytes * c->setup.chunk_ms;
	VAIC_CALL_NOTE(c, "socket %s, %zu bytes had not left",
		       by_reset ? "reset" : "ended without a close frame",
		       vaic_link_waiting(l));
	c->drops++;
	vaic_media_away(c);
	vaic_session_lost(c->session, vaic_call_now(c, uv_hrtime()));
	vaic_link_cut(l, by_reset);
	if (!c->is_breaking)
		dial_later(c, resume_ms);
	else
		give_up(c, "the connection was cut for good");
}

void vaic_line_hang_up(struct vaic_call *c, unsigned code)
{
	struct vaic_link *l[] = { c->link, c->next, c->older };

	if (c->link)
		caller_call_set(&c->call, CALLER_FIGURE_close_code, code);
	c->link = c->next = c->older = NULL;
	uv_timer_stop(&c->timer[VAIC_TIMER_RETRY]);
	uv_timer_stop(&c->timer[VAIC_TIMER_OLDER]);
	for (size_t i = 0; i < sizeof(l) / sizeof(l[0]); i++)
		if (l[i])
			vaic_link_close(l[i], code);
}
