#include "gateway/ops/config_value.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config_report.h"
#include "gateway/ops/config_rule.h"
#include "gateway/ops/config_schema.h"

#define SHOWN_MAX (CONFIG_VALUE_SHOWN - sizeof("..."))

static size_t line_of(const yaml_node_t *node)
{
	return node->start_mark.line + 1;
}

static const char *text_of(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

const char *config_value_show(char out[CONFIG_VALUE_SHOWN],
			      const yaml_node_t *node)
{
	size_t len = node->data.scalar.length;
	size_t n = len < SHOWN_MAX ? len : SHOWN_MAX;
	/* not in the middle of a UTF-8 character */
	while (n < len && n > 0 && ((uint8_t)text_of(node)[n] & 0xc0) == 0x80)
		n--;
	for (size_t i = 0; i < n; i++) {
		char c = text_of(node)[i];
		out[i] = (uint8_t)c < ' ' || c == 0x7f ? '?' : c;
	}
	strcpy(out + n, n < len ? "..." : "");
	return out;
}

static void describe_range(char *out, size_t cap,
			   const struct config_rule *rule)
{
	int n = snprintf(out, cap, "%s%g to %g", rule->or_zero ? "0 or " : "",
			 rule->min, rule->max);
	if (rule->step)
		snprintf(out + n, cap - (size_t)n, " and a multiple of %u",
			 rule->step);
}

static bool is_in_range(const struct config_rule *rule, double number)
{
	if (rule->or_zero && number == 0)
		return true;
	return number >= rule->min && number <= rule->max &&
	       (!rule->step || (unsigned)number % rule->step == 0);
}

/* Decimal digits, no leading zero: libcyaml would read 010 as octal. */
static bool is_whole(const char *text)
{
	text += *text == '-';
	size_t n = strspn(text, "0123456789");
	return n > 0 && n <= 9 && !text[n] && (n == 1 || text[0] != '0');
}

static bool is_decimal(const char *text)
{
	char *end;
	return *text && strspn(text, "0123456789.eE+-") == strlen(text) &&
	       isfinite(strtod(text, &end)) && !*end;
}

static void check_number(struct config_report *report,
			 const struct config_value *p)
{
	const struct config_rule *rule = config_rule_find(p->path);
	char range[64], value[CONFIG_VALUE_SHOWN];
	const char *text = text_of(p->node);
	bool is_integer = p->schema->type == CYAML_UINT;
	describe_range(range, sizeof(range), rule);
	if (is_integer ? !is_whole(text) : !is_decimal(text))
		config_report_add(report, line_of(p->node),
				  "%s is \"%s\", must be a %s, %s", p->path,
				  config_value_show(value, p->written),
				  is_integer ? "whole number" : "number",
				  range);
	else if (!is_in_range(rule, strtod(text, NULL)))
		config_report_add(report, line_of(p->node),
				  "%s is %s, must be %s", p->path,
				  config_value_show(value, p->written), range);
}

static void check_word(struct config_report *report,
		       const struct config_value *p)
{
	const cyaml_strval_t *words = p->schema->enumeration.strings;
	size_t count = p->schema->enumeration.count;
	char all[256], value[CONFIG_VALUE_SHOWN];
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i].str, text_of(p->node)) == 0)
			return;
		const char *link = i == 0 ? "" : i + 1 < count ? ", " : " or ";
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", link,
				      words[i].str);
	}
	config_report_add(report, line_of(p->node), "%s is \"%s\", must be %s",
			  p->path, config_value_show(value, p->written), all);
}

/* What it leads to was looked at when it was fetched. */
static void check_secret(struct config_report *report,
			 const struct config_value *p)
{
	bool is_optional = p->schema->string.min == 0;
	if (p->is_whole || (is_optional && p->node->data.scalar.length == 0))
		return;
	config_report_add(report, line_of(p->node),
			  "%s is a secret in the clear, which a file like this "
			  "does not keep: write ${file:PATH}, ${env:NAME} or "
			  "${credential:NAME}, and nothing beside it",
			  p->path);
}

static bool will_do(const struct config_rule *rule, const char *text)
{
	return (rule->or_empty && !*text) || rule->accepts(text);
}

static void check_text(struct config_report *report,
		       const struct config_value *p)
{
	const struct config_rule *rule = config_rule_find(p->path);
	size_t len = p->node->data.scalar.length;
	char value[CONFIG_VALUE_SHOWN];
	if (rule && rule->is_secret)
		check_secret(report, p);
	else if (strlen(text_of(p->node)) != len)
		config_report_add(report, line_of(p->node),
				  "%s has a NUL character in it", p->path);
	else if (len > p->schema->string.max)
		config_report_add(report, line_of(p->node),
				  "%s has %zu bytes, at most %u fit", p->path,
				  len, p->schema->string.max);
	else if (len < p->schema->string.min)
		config_report_add(report, line_of(p->node),
				  "%s must not be empty", p->path);
	else if (rule && !will_do(rule, text_of(p->node)))
		config_report_add(report, line_of(p->node),
				  "%s is \"%s\", must be %s", p->path,
				  config_value_show(value, p->written),
				  rule->must);
}

/* libcyaml would take any other word for true. */
static void check_bool(struct config_report *report,
		       const struct config_value *p)
{
	char value[CONFIG_VALUE_SHOWN];
	if (strcmp(text_of(p->node), "true") != 0 &&
	    strcmp(text_of(p->node), "false") != 0)
		config_report_add(report, line_of(p->node),
				  "%s is \"%s\", must be true or false",
				  p->path,
				  config_value_show(value, p->written));
}

void config_value_check(struct config_report *report,
			const struct config_value *value)
{
	if (value->schema->type == CYAML_STRING)
		check_text(report, value);
	else if (value->schema->type == CYAML_ENUM ||
		 value->schema->type == CYAML_FLAGS)
		check_word(report, value);
	else if (value->schema->type == CYAML_BOOL)
		check_bool(report, value);
	else
		check_number(report, value);
}
