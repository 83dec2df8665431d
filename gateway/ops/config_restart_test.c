#include "gateway/ops/config_restart.h"

#include <string.h>

#include "gateway/ops/config.h"
#include "tools/testing/check.h"

static void names_what_differs(void **state)
{
	static struct config now, next;
	char names[64];

	(void)state;
	config_default(&now);
	config_default(&next);
	CHECK_EQ(0, config_restart_names(&now, &next, names, sizeof(names)),
		 "nothing differs");
	CHECK_STR("", names, "no name");
	next.audio.lead_ms = 100;
	strcpy(next.model.url, "ws://other/");
	CHECK_EQ(0, config_restart_names(&now, &next, names, sizeof(names)),
		 "nothing that matters");
	strcpy(next.listen, "127.0.0.1:1");
	next.limits.calls = 1;
	CHECK_EQ(2, config_restart_names(&now, &next, names, sizeof(names)),
		 "two");
	CHECK_STR("listen, limits.calls", names, "their names");
	CHECK_EQ(2, config_restart_names(&now, &next, names, 9),
		 "as many, whatever fits");
	CHECK_STR("listen, ", names, "cut");
}

static void keeps_them(void **state)
{
	static struct config now, next;

	(void)state;
	config_default(&now);
	config_default(&next);
	strcpy(next.listen, "127.0.0.1:1");
	next.workers = 7;
	next.listen_shared = true;
	next.limits.calls = 1;
	next.limits.call_minutes = 2;
	config_restart_keep(&next, &now);
	CHECK_STR("127.0.0.1:8080", next.listen, "listen");
	CHECK_EQ(0, next.workers, "workers");
	CHECK(!next.listen_shared, "listen_shared");
	CHECK_EQ(500, next.limits.calls, "limits.calls");
	CHECK_EQ(2, next.limits.call_minutes, "its neighbour is new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_differs),
		cmocka_unit_test(keeps_them),
	};
	return cmocka_run_group_tests_name("config_restart", tests, NULL, NULL);
}
