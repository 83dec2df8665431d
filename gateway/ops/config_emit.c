#include "gateway/ops/config_emit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct emission {
	yaml_emitter_t emitter;
	yaml_document_t *document;
};

/* Either half fails for lack of memory only; the event is the emitter's. */
static bool emit(struct emission *e, yaml_event_t *event, int is_made)
{
	return is_made && yaml_emitter_emit(&e->emitter, event);
}

static bool emit_node(struct emission *e, int id);

static bool emit_scalar(struct emission *e, const yaml_node_t *node)
{
	yaml_event_t event;
	return emit(e, &event,
		    yaml_scalar_event_initialize(
			    &event, NULL, NULL, node->data.scalar.value,
			    (int)node->data.scalar.length, 1, 1,
			    YAML_DOUBLE_QUOTED_SCALAR_STYLE));
}

static bool emit_list(struct emission *e, const yaml_node_t *node)
{
	yaml_event_t event;
	const yaml_node_item_t *item = node->data.sequence.items.start;
	bool is_good =
		emit(e, &event,
		     yaml_sequence_start_event_initialize(
			     &event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
	for (; is_good && item < node->data.sequence.items.top; item++)
		is_good = emit_node(e, *item);
	return is_good &&
	       emit(e, &event, yaml_sequence_end_event_initialize(&event));
}

static bool emit_mapping(struct emission *e, const yaml_node_t *node)
{
	yaml_event_t event;
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	bool is_good =
		emit(e, &event,
		     yaml_mapping_start_event_initialize(
			     &event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
	for (; is_good && pair < node->data.mapping.pairs.top; pair++)
		is_good = emit_node(e, pair->key) && emit_node(e, pair->value);
	return is_good &&
	       emit(e, &event, yaml_mapping_end_event_initialize(&event));
}

static bool emit_node(struct emission *e, int id)
{
	const yaml_node_t *node = yaml_document_get_node(e->document, id);
	if (node->type == YAML_MAPPING_NODE)
		return emit_mapping(e, node);
	if (node->type == YAML_SEQUENCE_NODE)
		return emit_list(e, node);
	return emit_scalar(e, node);
}

static bool emit_all(struct emission *e)
{
	yaml_event_t event;
	return emit(e, &event,
		    yaml_stream_start_event_initialize(&event,
						       YAML_UTF8_ENCODING)) &&
	       emit(e, &event,
		    yaml_document_start_event_initialize(&event, NULL, NULL,
							 NULL, 1)) &&
	       emit_node(e, 1) && /* the root */
	       emit(e, &event, yaml_document_end_event_initialize(&event, 1)) &&
	       emit(e, &event, yaml_stream_end_event_initialize(&event));
}

static int write_out(void *owner, unsigned char *bytes, size_t n)
{
	return fwrite(bytes, 1, n, owner) == n;
}

int config_emit(char **out, size_t *len, yaml_document_t *document)
{
	struct emission e = { .document = document };
	FILE *stream = open_memstream(out, len);
	if (!stream)
		return -ENOMEM;
	bool is_good = yaml_emitter_initialize(&e.emitter);
	if (is_good) {
		yaml_emitter_set_output(&e.emitter, write_out, stream);
		yaml_emitter_set_width(&e.emitter, -1);
		yaml_emitter_set_unicode(&e.emitter, 1);
		is_good = emit_all(&e);
		yaml_emitter_delete(&e.emitter);
	}
	if (fclose(stream) == 0 && is_good)
		return 0;
	free(*out);
	return -ENOMEM;
}
