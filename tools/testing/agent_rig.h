/* A call with an agent and nothing else: the phone and the model take what they
 * are told and say nothing. What the model is told of a function is in told, as
 * "id output". Include it in one file of a program, which fills config and
 * calls agent_init before rig_begin; what it wants to hear of itself, it sets
 * in rig_carrier and rig_model before. */
#ifndef TOOLS_TESTING_AGENT_RIG_H
#define TOOLS_TESTING_AGENT_RIG_H

#include <stdio.h>
#include <string.h>

#include "gateway/agents/agent.h"
#include "gateway/agents/tool_run.h"
#include "gateway/ops/config.h"
#include "tools/testing/check.h"

static struct config config;
static struct agent agent;
static struct agent_world world;
static struct agent_call a;
static struct call call;
static char told[TOOL_ID_MAX + TOOL_ANSWER_MAX + 8];

static inline void rig_output(void *session, const char *id, const char *output)
{
	(void)session;
	snprintf(told, sizeof(told), "%s %s", id, output);
}

/* Without the id. */
static inline const char *rig_answer(void)
{
	const char *space = strchr(told, ' ');

	return space ? space + 1 : "";
}

static inline void rig_speak(void *session, enum speak what)
{
	(void)session;
	(void)what;
}

static inline void rig_close(void *session)
{
	(void)session;
}

static inline void rig_audio(void *leg, const uint8_t *bytes, size_t n)
{
	(void)leg;
	(void)bytes;
	(void)n;
}

static inline bool rig_clear(void *leg)
{
	(void)leg;
	return true;
}

static inline void rig_hang_up(void *leg, const char *reason)
{
	(void)leg;
	(void)reason;
}

static struct call_carrier_port rig_carrier = {
	.send_audio = rig_audio,
	.clear = rig_clear,
	.hang_up = rig_hang_up,
};
static struct call_model_port rig_model = {
	.speak = rig_speak,
	.tool_output = rig_output,
	.close = rig_close,
};

/* The call begins, with the name it has at the carrier; its model is not ready
 * yet. */
static inline void rig_begin(const char *name, const struct log *log)
{
	static const struct call_ports ports = {
		.carrier = &rig_carrier,
		.model = &rig_model,
		.agent = &agent_call_port,
		.agent_owner = &a,
	};
	static const struct call_settings settings = {
		.caller_format = AUDIO_ULAW,
		.playout_format = AUDIO_ULAW,
		.model_format = AUDIO_PCM24,
		.append_ms = 20,
		.ring_ms = 1000,
		.connect_ms = 1000,
		.model_silence_ms = 5000,
		.digits_max = 8,
	};
	static struct audio_pool pool;

	audio_pool_init(&pool, 100000);
	snprintf(a.id, sizeof(a.id), "%s", name);
	agent_call_open(&a, &world, NULL, &agent, &call, log);
	call_init(&call, &settings, &pool, &ports, uv_hrtime());
}

/* The call is over. */
static inline void rig_end(void)
{
	agent_call_close(&a);
	call_free(&call);
}

#endif
