/* What a value must be beyond its type, as a table. */
#ifndef GATEWAY_OPS_CONFIG_RULE_H
#define GATEWAY_OPS_CONFIG_RULE_H

#include <stdbool.h>

/* path is "agent.turns.threshold"; an entry of a list has the list's path, and
 * a key inside it a level more: "transfer.targets.name". */
struct config_rule {
	const char *path;
	double min, max; /* of a number */
	bool or_zero;    /* 0 will do, though below min */
	unsigned step;   /* whole numbers: a multiple of it; 0: any */
	bool (*accepts)(const char *text); /* of a text */
	bool or_empty;                     /* "" will do, whatever it says */
	const char *must;                  /* "must be …" */
	bool is_secret; /* a key or token: never in the clear, never shown */
};

/* config_rule_find: NULL when any value of the type will do. Every number has
 * one. */
const struct config_rule *config_rule_find(const char *path);

#endif
