#include "tools/bench/bench_report.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "gateway/ops/version.h"

#define WIDTH 8

static bool is_used(const struct bench_report_row *row, size_t rows, unsigned f)
{
	for (size_t i = 0; i < rows; i++)
		if (row[i].result.verdict == BENCH_GOOD &&
		    !isnan(row[i].result.value[f]))
			return true;
	return false;
}

static int name_width(const struct bench_report_row *row, size_t rows)
{
	size_t width = 4;

	for (size_t i = 0; i < rows; i++)
		if (strlen(row[i].name) > width)
			width = strlen(row[i].name);
	return (int)width;
}

static void print_heads(FILE *out, const struct bench_report_row *row,
			size_t rows, int width)
{
	fprintf(out, "%-*s %6s", width, "", "");
	for (unsigned f = 0; f < BENCH_FIGURES; f++)
		if (is_used(row, rows, f))
			fprintf(out, " %*s", WIDTH, bench_figure[f].head);
	fprintf(out, "\n%-*s %6s", width, "row", "calls");
	for (unsigned f = 0; f < BENCH_FIGURES; f++)
		if (is_used(row, rows, f))
			fprintf(out, " %*s", WIDTH, bench_figure[f].unit);
	fprintf(out, " rounds\n");
}

static void print_row(FILE *out, const struct bench_report_row *row,
		      size_t rows, const struct bench_report_row *r, int width)
{
	static const char *const word[] = { "", "invalid", "FAILED" };

	fprintf(out, "%-*s %6u", width, r->name, r->result.calls);
	if (r->result.verdict != BENCH_GOOD) {
		fprintf(out, "  %s: %s\n", word[r->result.verdict],
			r->result.why);
		return;
	}
	for (unsigned f = 0; f < BENCH_FIGURES; f++) {
		if (!is_used(row, rows, f))
			continue;
		if (isnan(r->result.value[f]))
			fprintf(out, " %*s", WIDTH, "-");
		else
			fprintf(out, " %*.*f", WIDTH, bench_figure[f].decimals,
				r->result.value[f]);
	}
	fprintf(out, " %zu/%zu\n", r->good, r->rounds);
}

void bench_report_table(FILE *out, const struct bench_report_row *row,
			size_t rows)
{
	int width = name_width(row, rows);

	print_heads(out, row, rows, width);
	for (size_t i = 0; i < rows; i++)
		print_row(out, row, rows, &row[i], width);
	fprintf(out,
		"CPU in ms per call and second; memory per call; late: frames "
		"later than 20 ms\nand times the caller's ear ran dry; gen.: "
		"this generator itself.\n");
}

static json_t *row_json(const struct bench_report_row *r)
{
	static const char *const verdict[] = { "good", "invalid", "failed" };
	json_t *json = json_pack("{s:s, s:s, s:s, s:i, s:i, s:i}", "name",
				 r->name, "about", r->about, "verdict",
				 verdict[r->result.verdict], "calls",
				 (int)r->result.calls, "rounds", (int)r->rounds,
				 "rounds_good", (int)r->good);

	if (r->result.verdict != BENCH_GOOD)
		json_object_set_new(json, "why", json_string(r->result.why));
	for (unsigned f = 0; f < BENCH_FIGURES; f++)
		if (r->result.verdict == BENCH_GOOD &&
		    !isnan(r->result.value[f]))
			json_object_set_new(json, bench_figure[f].name,
					    json_real(r->result.value[f]));
	return json;
}

static json_t *machine_json(void)
{
	struct utsname u;
	char line[256], cpu[128] = "unknown";
	FILE *f = fopen("/proc/cpuinfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "model name : %127[^\n]", cpu) == 1)
			break;
	if (f)
		fclose(f);
	uname(&u);
	return json_pack("{s:s, s:i, s:s}", "cpu", cpu, "cores",
			 (int)sysconf(_SC_NPROCESSORS_ONLN), "kernel",
			 u.release);
}

int bench_report_json(const char *path, const struct bench_report_row *row,
		      size_t rows, unsigned seconds)
{
	json_t *list = json_array();
	char date[32];
	time_t now = time(NULL);

	for (size_t i = 0; i < rows; i++)
		json_array_append_new(list, row_json(&row[i]));
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	json_t *all = json_pack("{s:s, s:s, s:o, s:i, s:o}", "version",
				version_text(), "date", date, "machine",
				machine_json(), "seconds", (int)seconds, "rows",
				list);
	FILE *out = strcmp(path, "-") ? fopen(path, "w") : stdout;
	int err = !out || !all ? -EIO : 0;
	if (!err) {
		json_dumpf(all, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
		fputc('\n', out);
	}
	if (out && out != stdout && fclose(out))
		err = -EIO;
	json_decref(all);
	return err;
}
