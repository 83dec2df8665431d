/* The inside of a session, shared by the files that are its parts: commands,
 * turns, responses, loopback, faults, emission. Nobody else includes this. */
#ifndef TOOLS_MODEL_MODEL_STATE_H
#define TOOLS_MODEL_MODEL_STATE_H

#include <jansson.h>

#include "tools/model/model_agenda.h"
#include "tools/model/model_config.h"
#include "tools/model/model_conversation.h"
#include "tools/model/model_input.h"
#include "tools/model/model_plan.h"
#include "tools/model/model_schedule.h"
#include "tools/model/model_session.h"
#include "tools/model/model_uplink.h"

#define MODEL_RESPONSES_MAX 4    /* one of the conversation, others beside it */
#define MODEL_INBOX_MAX     8192 /* messages waiting behind a session.update */
#define MODEL_ANSWERS_MAX   1000

/* An output of a response that is being sent. */
struct model_run {
	char item_id[MODEL_ID_LEN];
	char call_id[MODEL_ID_LEN];
	bool is_open, is_closed;
	size_t words_sent, bytes_sent;
};

struct model_response {
	bool is_live;
	bool is_out_of_band;
	bool by_client; /* response.create, not turn detection */
	char id[MODEL_ID_LEN];
	unsigned number;
	json_t *request;  /* the "response" of response.create, or NULL */
	json_t *finished; /* the items that are done */
	struct model_plan plan;
	struct model_schedule schedule;
	size_t next;
	uint64_t created_us;
	enum model_encoding encoding;
	struct model_run run[MODEL_OUTPUTS_MAX];
	bool is_endless; /* loopback: fed by the caller's audio */
	bool has_sounded;
};

struct model_loopback {
	bool is_on;
	struct model_response *response;
	uint64_t starts_us; /* the prebuffer is full; 0: nothing yet */
	struct model_converter converter;
	struct model_clip waiting;
};

struct model_message {
	char *text;
	size_t len;
	bool is_early; /* came before the first session.updated */
};

struct model_session {
	struct model_world *world;
	const struct model_scenario *scenario;
	const struct model_session_out *out;
	void *owner;
	unsigned number;
	char id[MODEL_ID_LEN];
	char conversation_id[MODEL_ID_LEN];
	char model[64];
	struct model_random random;
	uint64_t now_us;
	uint64_t opened_us;

	bool is_created;    /* session.created was sent */
	bool is_configured; /* a session.updated was sent */
	bool is_mute;       /* a fault: nothing is sent any more */
	bool is_closing;    /* we have closed */
	bool is_expired;
	json_t *config;
	struct model_settings settings;
	struct model_agenda agenda;
	struct model_message inbox[MODEL_INBOX_MAX];
	size_t inbox_from, inbox_to;

	struct model_conversation conversation;
	struct model_input input;
	struct model_uplink uplink;
	char speech_item[MODEL_ID_LEN];
	unsigned turns;
	uint64_t traced_ms; /* appended audio the trace has told */
	uint64_t idle_from_ms;

	struct model_response response[MODEL_RESPONSES_MAX];
	struct model_response *active;
	unsigned responses;
	bool has_assistant_audio;
	bool answer_used[MODEL_ANSWERS_MAX];
	unsigned tokens_before; /* input of the last response: now cached */
	struct model_loopback loopback;
	unsigned ping_number;
};

/* --- model_emit.c --- */

/* Send an event: type, a fresh event_id and the members (taken over, may be
 * NULL). traced: more members for the trace only. */
void model_emit_event(struct model_session *s, const char *type,
		      json_t *members);
void model_emit_traced(struct model_session *s, const char *type,
		       json_t *members, json_t *traced);
void model_emit_error(struct model_session *s, const struct model_error *e,
		      const char *event_id);
/* An audio delta, without building JSON. damage: spoil the base64. */
void model_emit_audio(struct model_session *s, struct model_response *r,
		      unsigned output, const uint8_t *bytes, size_t n,
		      bool damage);
void model_emit_raw(struct model_session *s, const char *text, size_t len);
void model_emit_note(struct model_session *s, const char *type,
		     json_t *members);
/* Trace an event of the client. */
void model_emit_received(struct model_session *s, const char *type,
			 json_t *members);
void model_emit_close(struct model_session *s, unsigned code,
		      const char *reason);
void model_emit_log(struct model_session *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void model_emit_breach(struct model_session *s, enum model_breach kind,
		       const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* 11 to 14 random letters, or none: what hides the length of a delta. */
json_t *model_emit_obfuscation(struct model_session *s);

/* --- model_command.c --- */

/* One text message of the client, when its turn has come. */
void model_command_handle(struct model_session *s, const char *text, size_t len,
			  bool is_early);

/* --- model_judge.c: is it the client's fault? --- */

/* A client's event (NULL: not JSON) was refused with this error. */
void model_judge_refusal(struct model_session *s, json_t *event,
			 const struct model_error *e);
/* The client closed the connection with this code; open calls have no output.
 */
void model_judge_end(struct model_session *s, unsigned code);
unsigned model_judge_open_calls(struct model_session *s);

/* --- model_turns.c: the caller's audio --- */

bool model_turns_append(struct model_session *s, json_t *event,
			struct model_error *e);
bool model_turns_commit(struct model_session *s, struct model_error *e);
void model_turns_clear(struct model_session *s);
void model_turns_idle(struct model_session *s);
void model_turns_idle_arm(struct model_session *s, uint64_t after_ms);
/* A speech_started nobody spoke, and its end. */
void model_turns_phantom(struct model_session *s, unsigned for_ms);
void model_turns_phantom_end(struct model_session *s);
void model_turns_configure(struct model_session *s);
/* Emit added and done for an item that is complete. */
void model_turns_show_item(struct model_session *s,
			   const struct model_item *item);

/* --- model_response.c --- */

/* Start a response. request: the member of response.create (borrowed) or
 * NULL. Returns false with *e set. */
bool model_response_create(struct model_session *s, json_t *request,
			   bool by_client, struct model_error *e);
bool model_response_cancel(struct model_session *s, const char *id,
			   struct model_error *e);
/* Speech interrupts the active response. */
void model_response_interrupt(struct model_session *s);
uint64_t model_response_due(const struct model_response *r);
void model_response_step(struct model_session *s, struct model_response *r);
void model_response_free(struct model_response *r);
void model_response_limits(struct model_session *s);

/* --- model_output.c --- */

void model_output_open(struct model_session *s, struct model_response *r,
		       unsigned output);
void model_output_words(struct model_session *s, struct model_response *r,
			const struct model_step *step);
void model_output_audio(struct model_session *s, struct model_response *r,
			unsigned output, const uint8_t *bytes, size_t n);
/* Every done event of the output, unless it is closed or never opened. */
void model_output_close(struct model_session *s, struct model_response *r,
			unsigned output, const char *status);

/* --- model_response_json.c --- */

json_t *model_response_json(struct model_session *s, struct model_response *r,
			    enum model_status status, const char *reason);
json_t *model_response_item(struct model_session *s, struct model_response *r,
			    unsigned output, const char *status);
json_t *model_response_part(struct model_response *r, unsigned output);
json_t *model_response_at(struct model_response *r, unsigned output,
			  bool has_content);
json_t *model_response_usage(struct model_session *s, struct model_response *r);

/* --- model_agent.c --- */

/* Fill the response's plan. 0 or a negative errno. */
int model_agent_plan(struct model_session *s, struct model_response *r);

/* --- model_transcript.c --- */

/* A user item with audio was committed. */
void model_transcript_arm(struct model_session *s, const char *item_id);
void model_transcript_run(struct model_session *s,
			  const struct model_task *task);

/* --- model_loopback.c --- */

void model_loopback_configure(struct model_session *s);
void model_loopback_feed(struct model_session *s, const uint8_t *bytes,
			 size_t n);
uint64_t model_loopback_due(const struct model_session *s);
void model_loopback_run(struct model_session *s);
void model_loopback_free(struct model_session *s);

/* --- model_faults.c --- */

/* A moment has come: what the scenario has planned for it begins. */
void model_faults_fire(struct model_session *s, enum model_moment moment,
		       unsigned number);
void model_faults_run(struct model_session *s, const struct model_fault *f);
const struct model_fault *model_faults_find(const struct model_session *s,
					    enum model_fault_kind kind,
					    unsigned number);
/* Change a response's plan by the faults that concern it. */
void model_faults_spoil(struct model_session *s, struct model_response *r);

#endif
