#include "tools/bench/bench_target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocols/url.h"

int bench_target_parse(struct bench_target *t, const char *url)
{
	struct url u;

	if (url_parse(&u, url) || strlen(u.target) >= sizeof(t->target))
		return -EINVAL;
	t->is_tls = u.is_secure;
	t->is_webhook = !strncmp(u.scheme, "http", 4);
	url_authority(&u, t->host, sizeof(t->host));
	snprintf(t->target, sizeof(t->target), "%.*s", BENCH_URL_MAX - 1,
		 u.target);
	return bench_address_find(&t->address, u.host, u.port);
}

bool bench_target_answers(const struct bench_target *t)
{
	int fd =
		socket(t->address.any.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers = fd >= 0 &&
		       !connect(fd, (const struct sockaddr *)&t->address.any,
				t->address.len);

	if (fd >= 0)
		close(fd);
	return answers;
}
