/* save_form: what a caller tells of himself, field by field, in normal form.
 *
 * One form for each call and form name. A part may be saved, and again: a
 * correction changes the same row, and what it was before is kept
 * (records/form_store.h). The model is told
 *
 *     {"status":"saved","stored":{"mail":"john.smith@gmail.com"},
 *      "missing":["phone"],"read_back":["mail"],
 *      "not_understood":{"phone":"it has 8 digits …"}}
 *
 * stored what it is now, of what was said; missing what is required and not
 * there; read_back what is to be read to the caller. Nothing that is new: no
 * version is made. What could not be stored is stored with the next part.
 *
 * Whoever is to know is told "form.saved", then "form.updated": the webhook
 * (webhook.h), and world->on_event. A form that is being saved when the caller
 * hangs up is saved all the same. The log has no values. */
#ifndef GATEWAY_AGENTS_FORM_H
#define GATEWAY_AGENTS_FORM_H

struct config_agent_form;
struct form_state;
struct tool_kind;

extern const struct tool_kind form_kind;

/* form_parameters: the JSON Schema of the function, for free(); NULL without
 * memory. */
char *form_parameters(const struct config_agent_form *form);

/* form_leave: the call is over; what is being saved goes on by itself. */
void form_leave(struct form_state *first);

#endif
