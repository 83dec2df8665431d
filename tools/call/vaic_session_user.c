/* The caller's audio to the bot: when it flows, and in what. */
#include "tools/call/vaic_session_parts.h"

#include <string.h>

struct vaic_settings vaic_session_effective(const struct vaic_session *s)
{
	const struct vaic_play_stream *p = vaic_playout_current(&s->playout);
	struct vaic_settings now = s->settings;

	vaic_settings_apply(&now, p ? &p->once : &s->once);
	return now;
}

/* --- Half duplex (2.5, 3.5) --- */

void vaic_session_turn_over(struct vaic_session *s)
{
	bool is_open = s->user.state == VAIC_USER_STARTING ||
		       s->user.state == VAIC_USER_STREAMING;

	if (!is_open || vaic_session_effective(s).barge_in)
		return;
	s->user.is_turn_over = true;
	s->user.turn_ns = s->now_ns;
}

/* The caller gets the floor back when play-out is done, or when the bot has
 * said nothing for too long. */
static void give_floor_back(struct vaic_session *s,
			    const struct vaic_settings *now)
{
	bool is_busy = vaic_playout_is_busy(&s->playout);

	if (s->user.was_busy && !is_busy)
		s->user.is_turn_over = false;
	s->user.was_busy = is_busy;
	if (!is_busy && s->user.is_turn_over &&
	    vaic_session_ms_since(s, s->user.turn_ns) >=
		    now->resume_recognition_ms)
		s->user.is_turn_over = false;
}

static bool is_wanted(struct vaic_session *s)
{
	struct vaic_settings now = vaic_session_effective(s);

	if (s->state != VAIC_STATE_UP || !s->o.direct_stt)
		return false;
	give_floor_back(s, &now);
	return now.barge_in ||
	       (!s->user.is_turn_over && !vaic_playout_is_busy(&s->playout));
}

/* --- Chunks --- */

static void tell_said(struct vaic_session *s, const uint8_t *audio, size_t n)
{
	struct vaic_user *u = &s->user;
	size_t header = u->header < n ? u->header : n;
	uint64_t sample = u->begin + u->sent * VAIC_SAMPLES_PER_MS /
					     vaic_format_bytes(s->format, 1);

	u->header -= header;
	u->sent += n - header;
	if (s->events->on_said && n > header)
		s->events->on_said(s->owner, sample, audio + header,
				   n - header);
}

static void send_chunk(struct vaic_session *s, size_t n)
{
	const uint8_t *audio = buffer_head(&s->user.audio);

	if (n == 0)
		return;
	vaic_session_sent(s, vaic_message_user_chunk(&s->text, &s->sender,
						     audio, n));
	tell_said(s, audio, n);
	buffer_consume(&s->user.audio, n);
	s->figures.frames++;
}

static void send_full_chunk(struct vaic_session *s)
{
	size_t n = s->user.audio.used;

	s->user.filled_ms = 0;
	if (s->o.odd_chunks && n > 1 && n % 2 == 0)
		n--;
	send_chunk(s, n);
}

static void begin_audio(struct vaic_session *s)
{
	uint8_t header[VAIC_WAV_HEADER_MAX];
	struct vaic_user *u = &s->user;

	vaic_convert_init(&u->convert, s->format, false);
	buffer_consume(&u->audio, u->audio.used);
	u->filled_ms = 0;
	u->begin = s->frame * VAIC_FRAME; /* the next one */
	u->sent = 0;
	u->header = 0;
	if (vaic_format_is_wav(s->format))
		u->header = vaic_wav_header(header, s->format);
	buffer_append(&u->audio, header, u->header);
}

static void end_audio(struct vaic_session *s)
{
	uint8_t out[VAIC_CONVERT_BYTES_MAX];

	buffer_append(&s->user.audio, out,
		      vaic_convert_end(&s->user.convert, out));
	send_chunk(s, s->user.audio.used);
}

static void send_frame(struct vaic_session *s, const uint8_t frame[VAIC_FRAME])
{
	uint8_t out[VAIC_CONVERT_BYTES_MAX];
	struct vaic_user *u = &s->user;

	if (u->state != VAIC_USER_STREAMING || s->state != VAIC_STATE_UP) {
		s->figures.withheld_ms += VAIC_FRAME / VAIC_SAMPLES_PER_MS;
		return;
	}
	buffer_append(&u->audio, out,
		      vaic_convert_run(&u->convert, out, frame, VAIC_FRAME));
	u->filled_ms += VAIC_FRAME / VAIC_SAMPLES_PER_MS;
	if (u->filled_ms >= s->o.chunk_ms)
		send_full_chunk(s);
}

void vaic_session_frames(struct vaic_session *s)
{
	uint8_t frame[VAIC_FRAME];

	while (s->state < VAIC_STATE_ENDED &&
	       (s->frame + 1) * VAIC_FRAME <= s->now) {
		uint64_t begin = s->frame++ * VAIC_FRAME;
		uint64_t late_ns = s->now_ns - vaic_session_sample_ns(
						       s, begin + VAIC_FRAME);

		if (late_ns > s->figures.late_ns_max)
			s->figures.late_ns_max = late_ns;
		s->events->on_frame(s->owner, s->now, begin, frame);
		if (s->state < VAIC_STATE_ENDED)
			send_frame(s, frame);
	}
}

/* --- The stream --- */

static void set_user(struct vaic_session *s, enum vaic_user_state state)
{
	s->user.state = state;
	s->user.since_ns = s->now_ns;
}

static void start(struct vaic_session *s)
{
	s->figures.user_starts++;
	set_user(s, VAIC_USER_STARTING);
	vaic_session_sent(s, vaic_message_user_start(&s->text, &s->sender));
}

static void stop(struct vaic_session *s)
{
	end_audio(s);
	set_user(s, VAIC_USER_STOPPING);
	vaic_session_sent(s, vaic_message_user_stop(&s->text, &s->sender));
}

/* A missing reply: 8.2 rule 2. */
static void check_replies(struct vaic_session *s)
{
	unsigned ms = vaic_session_ms_since(s, s->user.since_ns);

	if (s->state != VAIC_STATE_UP || s->deaf_ns)
		return;
	if (s->user.state == VAIC_USER_STARTING && ms >= VAIC_STARTED_MS) {
		vaic_message_breach(&s->breaches, VAIC_REPLIES,
				    "no userStream.started within %d ms",
				    VAIC_STARTED_MS);
		vaic_session_finish(s, VAIC_OUTCOME_BROKEN, "error",
				    "no userStream.started");
	} else if (s->user.state == VAIC_USER_STOPPING &&
		   ms >= VAIC_STOPPED_MS) {
		vaic_message_breach(&s->breaches, VAIC_REPLIES,
				    "no userStream.stopped within %d ms",
				    VAIC_STOPPED_MS);
		set_user(s, VAIC_USER_IDLE);
	}
}

void vaic_session_user_update(struct vaic_session *s)
{
	check_replies(s);
	bool wanted = is_wanted(s);

	if (s->state != VAIC_STATE_UP)
		return;
	if (s->user.state == VAIC_USER_IDLE && wanted)
		start(s);
	else if (s->user.state == VAIC_USER_STREAMING && !wanted)
		stop(s);
}

static bool take_reply(struct vaic_session *s, const struct vaic_event *e,
		       enum vaic_user_state asked)
{
	const char *ours = s->o.participant ? s->o.participant : "";
	const char *theirs = e->participant ? e->participant : "";
	unsigned ms = vaic_session_ms_since(s, s->user.since_ns);

	if (s->user.state != asked) {
		vaic_message_breach(&s->breaches, VAIC_REPLIES, "%s unasked",
				    e->type);
		return false;
	}
	if (strcmp(ours, theirs) != 0)
		vaic_message_breach(&s->breaches, VAIC_REPLIES,
				    "%s does not echo the participant",
				    e->type);
	if (ms > VAIC_REPLY_MS)
		vaic_message_breach(&s->breaches, VAIC_REPLIES,
				    "%s after %u ms", e->type, ms);
	s->figures.replies++;
	if (ms > s->figures.reply_ms_max)
		s->figures.reply_ms_max = ms;
	return true;
}

void vaic_session_user_started(struct vaic_session *s,
			       const struct vaic_event *e)
{
	if (!take_reply(s, e, VAIC_USER_STARTING))
		return;
	set_user(s, VAIC_USER_STREAMING);
	begin_audio(s);
}

void vaic_session_user_stopped(struct vaic_session *s,
			       const struct vaic_event *e)
{
	if (take_reply(s, e, VAIC_USER_STOPPING))
		set_user(s, VAIC_USER_IDLE);
}
