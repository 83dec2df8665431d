/* Loopback: every sample the caller sends comes back as one long response, so
 * that a test can prove that none was lost. */
#include "tools/model/model_state.h"

void model_loopback_configure(struct model_session *s)
{
	struct model_loopback *l = &s->loopback;

	if (l->is_on && l->converter.from == s->settings.input &&
	    l->converter.to == s->settings.output)
		return;
	l->is_on = true;
	model_converter_init(&l->converter, s->settings.input,
			     s->settings.output);
}

void model_loopback_free(struct model_session *s)
{
	model_clip_free(&s->loopback.waiting);
}

static bool is_running(const struct model_session *s)
{
	const struct model_loopback *l = &s->loopback;

	return l->response && l->starts_us && s->now_us >= l->starts_us;
}

static void send_waiting(struct model_session *s)
{
	struct model_loopback *l = &s->loopback;

	if (!is_running(s) || l->waiting.len == 0)
		return;
	if (!l->response->run[0].is_open)
		model_output_open(s, l->response, 0);
	model_output_audio(s, l->response, 0, l->waiting.bytes, l->waiting.len);
	l->waiting.len = 0;
}

static void begin(struct model_session *s)
{
	struct model_loopback *l = &s->loopback;
	struct model_error e;

	if (!s->active && !model_response_create(s, NULL, false, &e))
		return;
	if (l->response == s->active)
		return;
	l->response = s->active;
	model_plan_add(&l->response->plan, MODEL_SPEECH, "");
}

void model_loopback_feed(struct model_session *s, const uint8_t *bytes,
			 size_t n)
{
	struct model_loopback *l = &s->loopback;

	if (!l->is_on)
		return;
	begin(s);
	if (!l->starts_us)
		l->starts_us =
			s->now_us +
			1000ull * s->scenario->script->loopback->delay_ms;
	if (l->waiting.len < MODEL_INPUT_MAX)
		model_converter_run(&l->converter, &l->waiting, bytes, n);
	/* The input buffer would only grow: nothing is ever committed. */
	model_input_clear(&s->input);
	send_waiting(s);
}

uint64_t model_loopback_due(const struct model_session *s)
{
	const struct model_loopback *l = &s->loopback;

	return l->response && l->waiting.len ? l->starts_us : MODEL_NEVER;
}

void model_loopback_run(struct model_session *s)
{
	send_waiting(s);
}
