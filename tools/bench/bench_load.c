#include "tools/bench/bench_load.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocols/tls.h"
#include "tools/bench/bench_call.h"
#include "tools/bench/bench_greeter.h"
#include "tools/bench/bench_session.h"
#include "tools/testing/test_cert.h"

#define SHORT_SPARE_MS 3000 /* a slot is free again this long after its end */

__attribute__((format(printf, 2, 3))) void bench_load_fail(struct bench_load *l,
							   const char *format,
							   ...)
{
	va_list args;

	if (l->errors++)
		return;
	va_start(args, format);
	vsnprintf(l->error, sizeof(l->error), format, args);
	va_end(args);
}

/* --- The model's end --- */

static int make_certificate(const char *dir, const char *cert_file)
{
	static const struct test_cert_request request = {
		.host = { "localhost", "127.0.0.1", "::1" },
		.hosts = 3,
	};
	struct test_cert cert;

	if (!access(cert_file, R_OK))
		return 0;
	if (test_cert_make(&cert, &request))
		return -EIO;
	return test_cert_write(&cert, dir);
}

static int open_model(struct bench_load *l, const char *dir, const char **why)
{
	char cert[512], key[512];
	int fd = bench_listen(&l->model_port);

	snprintf(cert, sizeof(cert), "%s/cert.pem", dir);
	snprintf(key, sizeof(key), "%s/key.pem", dir);
	*why = "cannot listen for the model's sessions";
	if (fd < 0)
		return fd;
	*why = "cannot make a certificate";
	int err = make_certificate(dir, cert);
	if (!err) {
		l->greeter = bench_greeter_open(&l->loop, fd, cert, key,
						bench_session_accept, l, why);
		err = l->greeter ? 0 : -EIO;
	}
	if (err)
		close(fd);
	return err;
}

int bench_load_open(struct bench_load *l, const char *dir, unsigned port,
		    const char **why)
{
	memset(l, 0, sizeof(*l));
	l->model_port = port;
	int err = bench_loop_init(&l->loop);
	if (!err)
		err = open_model(l, dir, why);
	if (err)
		return err;
	l->client_tls = tls_client_context(NULL, why);
	if (!l->client_tls)
		return -EIO;
	tls_context_trust_anybody(l->client_tls);
	return 0;
}

void bench_load_close(struct bench_load *l)
{
	for (unsigned i = 0; i < l->calls; i++)
		bench_call_end(&l->call[i], NULL);
	while (l->sessions)
		bench_session_close(l->sessions);
	bench_loop_free(&l->loop);
	if (l->greeter)
		bench_greeter_close(l->greeter);
	for (unsigned i = 0; i <= BENCH_LOUDNESSES; i++)
		bench_audio_free(&l->frame[i]);
	for (unsigned i = 0; i < 4; i++)
		bench_audio_free(&l->delta[i / 2][i % 2]);
	tls_context_free(l->client_tls);
	free(l->call);
	l->call = NULL;
	l->calls = 0;
}

/* --- Placing calls --- */

static int make_audio(struct bench_load *l)
{
	int err = 0;

	for (unsigned i = 0; !err && i <= BENCH_LOUDNESSES; i++)
		err = bench_audio_make(&l->frame[i], l->plan.carrier_format, i,
				       BENCH_FRAME_MS);
	for (unsigned i = 0; !err && i < 4; i++)
		err = bench_audio_make(
			&l->delta[i / 2][i % 2],
			i / 2 ? BENCH_ULAW : BENCH_PCM24, BENCH_SPEECH,
			BENCH_DELTA_MS + (i % 2 ? BENCH_HEAD_MS : 0));
	return err;
}

/* In turn: a slot rests before its number is used again. */
static void place_short(struct bench_load *l)
{
	unsigned slots = l->calls - l->plan.calls;
	struct bench_call *c =
		&l->call[l->plan.calls + (unsigned)(l->shorts++ % slots)];

	if (c->state == BENCH_CALL_FREE)
		bench_call_place(c, true);
	else
		bench_load_fail(l, "short calls do not end");
}

/* Callers do not keep step: the n-th comes anywhere in its slot. On a beat of
 * their own, hundreds of answers would begin in the same few milliseconds. */
static bool is_due(uint64_t since_ns, unsigned per_second, uint64_t n,
		   uint64_t now_ns)
{
	uint64_t slot_ns = BENCH_NS_PER_S / per_second;

	return now_ns >=
	       since_ns + n * slot_ns + n * 619 % 1000 * slot_ns / 1000;
}

/* One a time, so that what the calls cost does not come at once. */
static void on_ramp(struct bench_timer *t, uint64_t now_ns)
{
	struct bench_load *l =
		(struct bench_load *)((char *)t -
				      offsetof(struct bench_load, ramp));
	const struct bench_plan *p = &l->plan;

	if (l->is_ending)
		return;
	if (l->placed < p->calls &&
	    is_due(l->ramp_ns, p->per_second, l->placed, now_ns))
		bench_call_place(&l->call[l->placed++], false);
	if (l->is_measuring && p->short_per_second &&
	    is_due(l->short_ns, p->short_per_second, l->shorts, now_ns))
		place_short(l);
	if (l->placed < p->calls || p->short_per_second)
		bench_wheel_set(&l->loop.wheel, t,
				now_ns + BENCH_WHEEL_SLOT_NS);
}

int bench_load_start(struct bench_load *l)
{
	const struct bench_plan *p = &l->plan;
	unsigned shorts =
		p->short_per_second * (p->short_ms + SHORT_SPARE_MS) / 1000;

	l->calls = p->calls + shorts;
	l->call = calloc(l->calls, sizeof(*l->call));
	if (!l->call || l->calls > BENCH_NUMBER_MAX || make_audio(l))
		return -ENOMEM;
	for (unsigned i = 0; i < l->calls; i++) {
		l->call[i].load = l;
		l->call[i].number = i;
	}
	l->ramp.on_due = on_ramp;
	l->ramp_ns = bench_now_ns();
	bench_wheel_set(&l->loop.wheel, &l->ramp, l->ramp_ns);
	return 0;
}

bool bench_load_is_up(const struct bench_load *l)
{
	for (unsigned i = 0; i < l->plan.calls; i++) {
		const struct bench_call *c = &l->call[i];
		if (!c->session || !c->has_heard ||
		    c->session->ids.response < 2)
			return false;
	}
	return true;
}

void bench_load_measure(struct bench_load *l, bool on)
{
	if (on) {
		struct histogram setup = l->figures.setup;
		memset(&l->figures, 0, sizeof(l->figures));
		if (!l->plan.short_per_second)
			l->figures.setup = setup;
		l->short_ns = bench_now_ns();
		if (l->plan.short_per_second)
			bench_wheel_set(&l->loop.wheel, &l->ramp, l->short_ns);
	}
	l->is_measuring = on;
}

void bench_load_end(struct bench_load *l)
{
	l->is_ending = true;
	for (unsigned i = 0; i < l->calls; i++)
		bench_call_hang_up(&l->call[i]);
}

/* Sessions that stand ready for nobody yet may stay. */
bool bench_load_is_over(const struct bench_load *l)
{
	for (const struct bench_session *s = l->sessions; s; s = s->next)
		if (s->call)
			return false;
	return !l->open;
}
