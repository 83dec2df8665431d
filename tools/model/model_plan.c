#include "tools/model/model_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct model_output *model_plan_add(struct model_plan *p,
				    enum model_output_kind kind,
				    const char *words)
{
	if (p->outputs == MODEL_OUTPUTS_MAX)
		return NULL;
	struct model_output *o = &p->output[p->outputs];
	*o = (struct model_output){ .kind = kind, .words = strdup(words) };
	if (!o->words)
		return NULL;
	p->outputs++;
	return o;
}

int model_plan_words(struct model_output *o, const char *words)
{
	size_t had = strlen(o->words), more = strlen(words);
	char *text = realloc(o->words, had + more + 2);

	if (!text)
		return -ENOMEM;
	o->words = text;
	if (had)
		text[had++] = ' ';
	memcpy(text + had, words, more + 1);
	return 0;
}

void model_plan_free(struct model_plan *p)
{
	for (size_t i = 0; i < p->outputs; i++) {
		model_clip_free(&p->output[i].clip);
		free(p->output[i].words);
		free(p->output[i].name);
	}
	p->outputs = 0;
}
