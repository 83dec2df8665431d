#include "tools/testing/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* deploy/kubernetes: well formed, nothing said twice, and parts that name each
 * other agree. What a cluster itself would object to is not known here. */

#define MANIFESTS     "deploy/kubernetes/tandem.yaml"
#define DOCUMENTS_MAX 16

static yaml_document_t document[DOCUMENTS_MAX];
static int documents;

static const char *text(yaml_node_t *node)
{
	return node && node->type == YAML_SCALAR_NODE
		       ? (const char *)node->data.scalar.value
		       : "";
}

/* A mapping's member; NULL when there is none. */
static yaml_node_t *member(yaml_document_t *d, yaml_node_t *node,
			   const char *key, size_t len)
{
	if (!node || node->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     p < node->data.mapping.pairs.top; p++) {
		const char *name = text(yaml_document_get_node(d, p->key));

		if (strlen(name) == len && memcmp(name, key, len) == 0)
			return yaml_document_get_node(d, p->value);
	}
	return NULL;
}

static yaml_node_t *item(yaml_document_t *d, yaml_node_t *list, long i)
{
	if (!list || list->type != YAML_SEQUENCE_NODE ||
	    i >= list->data.sequence.items.top -
			    list->data.sequence.items.start)
		return NULL;
	return yaml_document_get_node(d, list->data.sequence.items.start[i]);
}

/* What a path like "spec/ports/0/name" leads to, from a node. */
static yaml_node_t *from(yaml_document_t *d, yaml_node_t *node,
			 const char *path)
{
	while (node && *path) {
		size_t len = strcspn(path, "/");

		node = node->type == YAML_SEQUENCE_NODE
			       ? item(d, node, strtol(path, NULL, 10))
			       : member(d, node, path, len);
		path += len + (path[len] == '/');
	}
	return node;
}

static yaml_document_t *of_kind(const char *kind)
{
	for (int i = 0; i < documents; i++) {
		yaml_document_t *d = &document[i];
		yaml_node_t *root = yaml_document_get_root_node(d);

		if (strcmp(text(from(d, root, "kind")), kind) == 0)
			return d;
	}
	return NULL;
}

static const char *told(const char *kind, const char *path)
{
	yaml_document_t *d = of_kind(kind);

	return d ? text(from(d, yaml_document_get_root_node(d), path)) : "";
}

static long number(const char *kind, const char *path)
{
	return strtol(told(kind, path), NULL, 10);
}

static int read_all(void **state)
{
	(void)state;
	yaml_parser_t parser;
	FILE *file = fopen(MANIFESTS, "r");
	int ok = file && yaml_parser_initialize(&parser);

	if (!ok)
		return -1;
	yaml_parser_set_input_file(&parser, file);
	while (ok && documents < DOCUMENTS_MAX) {
		ok = yaml_parser_load(&parser, &document[documents]);
		if (!ok || !yaml_document_get_root_node(&document[documents]))
			break;
		documents++;
	}
	if (!ok)
		print_error("%s:%zu: %s\n", MANIFESTS,
			    parser.problem_mark.line + 1, parser.problem);
	yaml_parser_delete(&parser);
	fclose(file);
	return ok ? 0 : -1;
}

static int free_all(void **state)
{
	(void)state;
	while (documents > 0)
		yaml_document_delete(&document[--documents]);
	return 0;
}

static void says_nothing_twice(void **state)
{
	(void)state;
	for (int i = 0; i < documents; i++) {
		yaml_document_t *d = &document[i];
		yaml_node_t *node;

		for (int n = 1; (node = yaml_document_get_node(d, n)); n++) {
			if (node->type != YAML_MAPPING_NODE)
				continue;
			yaml_node_pair_t *p = node->data.mapping.pairs.start;

			for (; p < node->data.mapping.pairs.top; p++) {
				yaml_node_t *key =
					yaml_document_get_node(d, p->key);

				CHECK(member(d, node, text(key),
					     strlen(text(key))) ==
					      yaml_document_get_node(d,
								     p->value),
				      text(key));
			}
		}
	}
}

static void has_its_parts(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *version;
	} row[] = {
		{ "Deployment", "apps/v1" },
		{ "ConfigMap", "v1" },
		{ "Secret", "v1" },
		{ "Service", "v1" },
		{ "PodDisruptionBudget", "policy/v1" },
		{ "NetworkPolicy", "networking.k8s.io/v1" },
	};
	CHECK_EQ(ARRAY_LEN(row), documents, "these and no others");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_STR(row[i].version, told(row[i].kind, "apiVersion"),
			  row[i].kind);
		CHECK_STR("tandem", told(row[i].kind, "metadata/name"),
			  row[i].kind);
	}
}

#define POD       "spec/template/spec/"
#define CONTAINER POD "containers/0/"

static void ports_agree(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *path, *port;
	} row[] = {
		{ "Deployment", CONTAINER "ports/0/name", "calls" },
		{ "Deployment", CONTAINER "ports/1/name", "admin" },
		{ "Deployment", CONTAINER "readinessProbe/httpGet/port",
		  "admin" },
		{ "Deployment", CONTAINER "livenessProbe/httpGet/port",
		  "admin" },
		{ "Deployment", CONTAINER "startupProbe/httpGet/port",
		  "admin" },
		{ "Service", "spec/ports/0/targetPort", "calls" },
		{ "NetworkPolicy", "spec/ingress/0/ports/0/port", "calls" },
		{ "NetworkPolicy", "spec/ingress/1/ports/0/port", "admin" },
	};
	const char *lines = told("ConfigMap", "data/tandem.yaml");

	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_STR(row[i].port, told(row[i].kind, row[i].path),
			  row[i].path);
	CHECK_EQ(8080, number("Deployment", CONTAINER "ports/0/containerPort"),
		 "calls");
	CHECK(strstr(lines, "listen: 0.0.0.0:8080"), "where it listens");
	CHECK_EQ(8081, number("Deployment", CONTAINER "ports/1/containerPort"),
		 "admin");
	CHECK(strstr(lines, "listen: 0.0.0.0:8081"), "and for its admin");
}

static void drain_has_time(void **state)
{
	(void)state;
	const char *lines = told("ConfigMap", "data/tandem.yaml");
	const char *drain = strstr(lines, "drain:\n  seconds: ");
	long grace = number("Deployment", POD "terminationGracePeriodSeconds");
	long before = number("Deployment",
			     CONTAINER "lifecycle/preStop/sleep/seconds");

	CHECK(drain != NULL, "the configuration says how long it drains");
	CHECK(before > 0, "the cluster hears of it first");
	long seconds = strtol(drain + strlen("drain:\n  seconds: "), NULL, 10);
	CHECK(grace >= before + seconds + 30,
	      "the pod is not killed before its last words");
}

/* The "restricted" pod security standard, and a root that cannot be written. */
static void is_restricted(void **state)
{
	(void)state;
	static const struct {
		const char *path, *value;
	} row[] = {
		{ POD "securityContext/runAsNonRoot", "true" },
		{ POD "securityContext/seccompProfile/type", "RuntimeDefault" },
		{ CONTAINER "securityContext/allowPrivilegeEscalation",
		  "false" },
		{ CONTAINER "securityContext/readOnlyRootFilesystem", "true" },
		{ CONTAINER "securityContext/capabilities/drop/0", "ALL" },
		{ POD "automountServiceAccountToken", "false" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_STR(row[i].value, told("Deployment", row[i].path),
			  row[i].path);
}

static void secrets_are_files(void **state)
{
	(void)state;
	static const struct {
		const char *name, *file;
	} row[] = {
		{ "OPENAI_API_KEY_FILE", "openai_api_key" },
		{ "TWILIO_AUTH_TOKEN_FILE", "twilio_auth_token" },
		{ "AUDIOCODES_TOKENS_FILE", "audiocodes_tokens" },
	};
	char path[64], want[96];

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		snprintf(path, sizeof(path), CONTAINER "env/%zu/name", i);
		CHECK_STR(row[i].name, told("Deployment", path), path);
		snprintf(path, sizeof(path), CONTAINER "env/%zu/value", i);
		snprintf(want, sizeof(want), "%s/%s",
			 told("Deployment",
			      CONTAINER "volumeMounts/1/mountPath"),
			 row[i].file);
		CHECK_STR(want, told("Deployment", path), path);
		snprintf(path, sizeof(path), "stringData/%s", row[i].file);
		CHECK(*told("Secret", path), path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_nothing_twice),
		cmocka_unit_test(has_its_parts),
		cmocka_unit_test(ports_agree),
		cmocka_unit_test(drain_has_time),
		cmocka_unit_test(is_restricted),
		cmocka_unit_test(secrets_are_files),
	};
	return cmocka_run_group_tests_name("manifests", tests, read_all,
					   free_all);
}
