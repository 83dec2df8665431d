#include "gateway/carriers/audiocodes_desk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/carriers/audiocodes_keys.h"
#include "gateway/ops/config.h"
#include "protocols/http.h"
#include "tools/testing/check.h"
#include "tools/testing/jwt_signer.h"
#include "tools/testing/raw_socket.h"

#define NOW  1700000000
#define PEER "192.0.2.7:40000"

static struct config config;
static struct log quiet = { .fd = -1, .level = LOG_ERROR };
static struct audiocodes_desk desk;
static struct audiocodes_waiting waiting;
static bool keeps_place;
static struct audiocodes_verdict verdict;
static struct http_message message;
static bool full;

static unsigned seats; /* taken */
static char caller[32];

static enum lines_refusal admit(void *owner, const char *bot,
				const char *source, struct lines_seat *seat)
{
	(void)owner;
	CHECK(bot[0], "a bot");
	snprintf(caller, sizeof(caller), "%s", source ? source : "(none)");
	seat->is_taken = !full;
	seats += !full;
	return full ? LINES_PER_NUMBER : LINES_FREE;
}

static void leave(void *owner, struct lines_seat *seat)
{
	(void)owner;
	seats -= seat->is_taken;
	seat->is_taken = false;
}

static void add_token(unsigned bot, const char *token)
{
	struct config_bot_tokens *t = &config.audiocodes.tokens[bot];

	CHECK_EQ(0, secret_set(&t->token[t->count++], token, strlen(token)),
		 "a token");
}

/* Bots: front (two tokens), back (one) and open (none). */
static int setup(void **state)
{
	struct config_audiocodes *c = &config.audiocodes;

	(void)state;
	config_default(&config);
	strcpy(c->bots[0], "front");
	strcpy(c->bots[1], "back");
	strcpy(c->bots[2], "open");
	c->bot_count = 3;
	add_token(0, "front-old");
	add_token(0, "front-new");
	add_token(1, "back-token");
	full = false;
	seats = 0;
	audiocodes_desk_init(&desk, &config, NULL, &quiet);
	desk.admit = admit;
	desk.leave = leave;
	desk.waiting = &waiting;
	keeps_place = false;
	return audiocodes_waiting_init(&waiting);
}

static void header(const char *name, const char *value)
{
	message.header[message.headers++] =
		(struct http_header){ .name = name, .value = value };
}

static void request(const char *method, const char *target)
{
	memset(&message, 0, sizeof(message));
	message.method = method;
	message.target = target;
	header("Host", "gw.example.net");
}

static void upgrade(const char *target)
{
	request("GET", target);
	header("Connection", "Upgrade");
	header("Upgrade", "websocket");
	header("Sec-WebSocket-Version", "13");
	header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
}

static unsigned judge_from(const char *peer, bool is_loopback)
{
	const struct audiocodes_request r = {
		.message = &message,
		.peer = peer,
		.is_loopback = is_loopback,
		.now_s = NOW,
	};

	unsigned before = seats;

	audiocodes_desk_judge(&desk, &r, &verdict);
	CHECK_EQ(verdict.status == 101, verdict.body == NULL, "a body");
	CHECK(verdict.status != 101 || verdict.accept[0], "an accept");
	CHECK_EQ(verdict.status == 101, verdict.place >= 0, "a place");
	CHECK_EQ(verdict.status == 101, verdict.seat.is_taken, "a line");
	if (!keeps_place) {
		audiocodes_waiting_leave(&waiting, verdict.place);
		leave(NULL, &verdict.seat);
		CHECK_EQ(before, seats, "no line is lost");
	}
	return verdict.status;
}

static unsigned judge(void)
{
	return judge_from(PEER, false);
}

static bool answers(const char *line)
{
	return verdict.headers && strstr(verdict.headers, line);
}

/* --- In the order of the reference, 1.2 --- */

static void the_upgrade_comes_first(void **state)
{
	static const struct {
		const char *method, *upgrade, *connection, *version, *key;
		unsigned status;
		const char *why;
	} row[] = {
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
		{ "GET", "websocket", "Upgrade", "12", KEY, 426, "version 12" },
		{ "GET", "websocket", "Upgrade", NULL, KEY, 426, "none" },
		{ "GET", "websocket", "Upgrade", "13", "c2hvcnQ=", 400,
		  "a short key" },
		{ "GET", "websocket", "Upgrade", "13", NULL, 400, "no key" },
		{ "GET", "websocket", "close", "13", KEY, 400, "Connection" },
		{ "GET", NULL, "Upgrade", "13", KEY, 426, "no Upgrade" },
		{ "POST", "websocket", "Upgrade", "13", KEY, 400, "POST" },
		{ "PUT", NULL, NULL, NULL, NULL, 405, "PUT" },
		{ "HEAD", NULL, NULL, NULL, NULL, 405, "HEAD" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		/* Neither a bot nor a token: those come later. */
		request(row[i].method, "/audiocodes/nobody");
		if (row[i].upgrade)
			header("Upgrade", row[i].upgrade);
		if (row[i].connection)
			header("Connection", row[i].connection);
		if (row[i].version)
			header("Sec-WebSocket-Version", row[i].version);
		if (row[i].key)
			header("Sec-WebSocket-Key", row[i].key);
		CHECK_EQ(row[i].status, judge(), row[i].why);
		CHECK(answers(row[i].status == 405
				      ? "Allow: GET, POST\r\n"
				      : "Sec-WebSocket-Version: 13\r\n"),
		      row[i].why);
	}
}

static void then_the_bot(void **state)
{
	static const struct {
		const char *target;
		unsigned status;
		const char *why;
	} row[] = {
		{ "/audiocodes/front", 101, "a bot" },
		{ "/audiocodes/front?tenant=blue&x=%2F", 101, "a query" },
		{ "/audiocodes/front?", 101, "an empty one" },
		{ "/audiocodes/", 404, "no name" },
		{ "/audiocodes/?front", 404, "no name" },
		{ "/audiocodes/fron", 404, "a part of a name" },
		{ "/audiocodes/front2", 404, "more than a name" },
		{ "/audiocodes/Front", 404, "another case" },
		{ "/audiocodes/front/", 404, "a slash" },
		{ "/audiocodes/back/../front", 404, "dots" },
		{ "/audiocodes/%66ront", 404, "names need no escapes" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		upgrade(row[i].target);
		if (row[i].status == 101)
			header("Authorization", "Bearer front-new");
		CHECK_EQ(row[i].status, judge(), row[i].why);
	}
}

static void then_the_token(void **state)
{
	static const struct {
		const char *authorization;
		unsigned status;
		const char *challenge, *why;
	} row[] = {
		{ "Bearer front-old", 101, NULL, "the old one" },
		{ "Bearer front-new", 101, NULL, "the new one" },
		{ "bearer front-new", 101, NULL, "any case (RFC 9110, 11.1)" },
		{ "BEARER   front-new", 101, NULL, "more blanks" },
		{ NULL, 401, "Bearer\r\n", "none" },
		{ "", 401, "Bearer\r\n", "empty" },
		{ "Basic ZnJvbnQtbmV3", 401, "Bearer\r\n", "another scheme" },
		{ "front-new", 401, "Bearer\r\n", "no scheme" },
		{ "Bearerfront-new", 401, "Bearer\r\n", "no blank" },
		{ "Bearer ", 401, "error=\"invalid_token\"\r\n", "no token" },
		{ "Bearer front-neW", 401, "error=\"invalid_token\"\r\n",
		  "another case" },
		{ "Bearer front-ne", 401, "error=\"invalid_token\"\r\n",
		  "too short" },
		{ "Bearer front-new2", 401, "error=\"invalid_token\"\r\n",
		  "too long" },
		{ "Bearer front-new front-new", 401,
		  "error=\"invalid_token\"\r\n", "twice" },
		{ "Bearer a.b.c", 401, "error=\"invalid_token\"\r\n",
		  "a JWT, but nobody signs here" },
		{ "Bearer back-token", 403, NULL, "another bot's" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		upgrade("/audiocodes/front");
		if (row[i].authorization)
			header("authorization", row[i].authorization);
		CHECK_EQ(row[i].status, judge_from(PEER, i % 2), row[i].why);
		if (row[i].status != 401)
			continue;
		CHECK(answers("WWW-Authenticate: Bearer"), row[i].why);
		CHECK(answers(row[i].challenge), row[i].why);
	}
	upgrade("/audiocodes/front");
	header("Authorization", "Bearer front-new");
	header("Authorization", "Bearer front-new");
	CHECK_EQ(401, judge(), "two headers");
}

static void then_the_room(void **state)
{
	(void)state;
	full = true;
	upgrade("/audiocodes/front");
	header("Authorization", "Bearer wrong");
	CHECK_EQ(401, judge(), "a stranger is not told");
	upgrade("/audiocodes/front");
	header("Authorization", "Bearer back-token");
	CHECK_EQ(403, judge(), "nor another bot");
	upgrade("/audiocodes/front");
	header("Authorization", "Bearer front-new");
	CHECK_EQ(503, judge(), "full");
	CHECK(answers("Retry-After: 10\r\n"), "come again");
	CHECK_STR("(none)", caller, "who calls is not known yet");
	header("AC-Caller-Number", "+15551234567");
	CHECK_EQ(503, judge(), "full");
	CHECK_STR("+15551234567", caller, "unless the upgrade tells");
}

/* --- The connectivity check (1.5) --- */

static void a_plain_request_checks_the_bot(void **state)
{
	static const char *const method[] = { "GET", "POST" };

	(void)state;
	full = true;
	for (size_t i = 0; i < ARRAY_LEN(method); i++) {
		request(method[i], "/audiocodes/back?x=1");
		CHECK_EQ(401, judge(), "the same credentials");
		header("Authorization", "Bearer back-token");
		CHECK_EQ(200, judge(), "there, even when full");
		CHECK_STR("{\"type\":\"ac-bot-api\",\"success\":true}",
			  verdict.body, "exactly");
		CHECK_STR("application/json", verdict.type, "and its type");
		request(method[i], "/audiocodes/nobody");
		CHECK_EQ(404, judge(), "no bot");
	}
	request("GET", "/audiocodes/back");
	header("Authorization", "Bearer back-token");
	header("Connection", "Upgrade, HTTP2-Settings");
	header("Upgrade", "h2c");
	CHECK_EQ(200, judge(), "an offer of HTTP/2 is passed over");
}

/* --- Without credentials --- */

static void a_bot_without_token_is_for_this_machine(void **state)
{
	(void)state;
	upgrade("/audiocodes/open");
	CHECK_EQ(101, judge_from("127.0.0.1:5", true), "from here");
	CHECK_EQ(AUDIOCODES_BY_NEARNESS, verdict.principal.proof, "why");
	CHECK_EQ(2, verdict.bot, "which");
	header("Authorization", "Bearer whatever");
	CHECK_EQ(101, judge_from("127.0.0.1:5", true), "with a token, too");
	upgrade("/audiocodes/open");
	CHECK_EQ(403, judge(), "from elsewhere");
	header("Authorization", "Bearer front-new");
	CHECK_EQ(403, judge(), "whatever they bring");
	upgrade("/audiocodes/front");
	CHECK_EQ(401, judge_from("127.0.0.1:5", true),
		 "nearness does not replace a token");
}

/* --- Signed tokens --- */

struct signed_stage {
	uv_loop_t loop;
	char path[64];
	struct jwt_signer *signer;
};

static int setup_signed(void **state)
{
	static struct signed_stage s;
	char why[128];

	setup(state);
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	strcpy(s.path, "/tmp/audiocodes_desk_test.XXXXXX");
	int fd = mkstemp(s.path);
	s.signer = jwt_signer_new(0, "k1");
	char *jwks = jwt_signer_jwks(&s.signer, 1);
	CHECK_EQ(strlen(jwks), write(fd, jwks, strlen(jwks)), "written");
	close(fd);
	free(jwks);
	strcpy(config.audiocodes.oauth.issuer, "https://id.example.net");
	strcpy(config.audiocodes.oauth.audience, "gateway");
	strcpy(config.audiocodes.oauth.scope, "voice");
	CHECK_EQ(0,
		 audiocodes_keys_open(&desk.keys, &s.loop, s.path, NULL, &quiet,
				      NULL, why, sizeof(why)),
		 why);
	*state = &s;
	return 0;
}

static int teardown_signed(void **state)
{
	struct signed_stage *s = *state;

	audiocodes_keys_close(desk.keys);
	raw_socket_close_loop(&s->loop);
	jwt_signer_free(s->signer);
	unlink(s->path);
	return 0;
}

/* An upgrade of that bot with a token that says so. */
static unsigned judge_signed(struct signed_stage *s, const char *target,
			     const char *head, const char *claims)
{
	char *token = jwt_signer_sign(s->signer, head, claims);
	char value[2048];

	snprintf(value, sizeof(value), "Bearer %s", token);
	free(token);
	upgrade(target);
	header("Authorization", value);
	return judge();
}

#define CLAIMS(sub, scope, exp)                                            \
	"{\"iss\":\"https://id.example.net\",\"aud\":\"gateway\",\"sub\":" \
	"\"" sub "\",\"scope\":\"" scope "\",\"exp\":" exp "}"
#define GOOD CLAIMS("vaic", "voice", "1700000300")

static void signed_tokens(void **state)
{
	static const struct {
		const char *head, *claims;
		unsigned status;
		const char *challenge, *why;
	} row[] = {
		{ NULL, GOOD, 101, NULL, "good" },
		{ NULL, CLAIMS("vaic", "voice", "1699999900"), 401,
		  "error=\"invalid_token\"", "expired" },
		{ NULL, CLAIMS("vaic", "mail", "1700000300"), 403,
		  "error=\"insufficient_scope\"", "for other things" },
		{ "{\"alg\":\"ES256\",\"kid\":\"k2\"}", GOOD, 401,
		  "error=\"invalid_token\"", "an unknown key" },
		{ "{\"alg\":\"none\"}", GOOD, 401, "error=\"invalid_token\"",
		  "not signed" },
	};
	struct signed_stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i].status,
			 judge_signed(s, "/audiocodes/front", row[i].head,
				      row[i].claims),
			 row[i].why);
		if (row[i].challenge)
			CHECK(answers(row[i].challenge), row[i].why);
	}
	CHECK_EQ(101, judge_signed(s, "/audiocodes/open", NULL, GOOD),
		 "every bot, those without tokens, too");
	upgrade("/audiocodes/open");
	CHECK_EQ(401, judge_from("127.0.0.1:5", true),
		 "nearness does not replace them");
	upgrade("/audiocodes/front");
	header("Authorization", "Bearer front-old");
	CHECK_EQ(101, judge(), "the bot's own tokens are good still");
	upgrade("/audiocodes/open");
	header("Authorization", "Bearer front-old");
	CHECK_EQ(403, judge(), "for the bot only");
}

static void no_keys_yet(void **state)
{
	struct signed_stage *s = *state;
	struct audiocodes_keys *file = desk.keys;
	char why[128];
	unsigned port;
	int silent = raw_socket_listen(&port);

	snprintf(s->path, sizeof(s->path), "http://127.0.0.1:%u/", port);
	audiocodes_keys_close(file);
	CHECK_EQ(0,
		 audiocodes_keys_open(&desk.keys, &s->loop, s->path, NULL,
				      &quiet, NULL, why, sizeof(why)),
		 why);
	CHECK_EQ(503, judge_signed(s, "/audiocodes/front", NULL, GOOD),
		 "cannot be told");
	CHECK(answers("Retry-After: 2\r\n"), "come again");
	upgrade("/audiocodes/front");
	header("Authorization", "Bearer front-old");
	CHECK_EQ(101, judge(), "tokens need no keys");
	upgrade("/audiocodes/front");
	header("Authorization", "Bearer nonsense");
	CHECK_EQ(401, judge(), "nor does nonsense");
	close(silent);
}

/* --- Who may resume (5.1, rule 3) --- */

static void principals(void **state)
{
	struct signed_stage *s = *state;
	struct audiocodes_principal old, vaic, other;

	upgrade("/audiocodes/front");
	header("Authorization", "Bearer front-old");
	judge();
	old = verdict.principal;
	CHECK_EQ(0, verdict.bot, "the bot");
	judge();
	CHECK(audiocodes_principal_equal(&old, &verdict.principal), "again");
	upgrade("/audiocodes/front");
	header("Authorization", "Bearer front-new");
	judge();
	CHECK(audiocodes_principal_equal(&old, &verdict.principal),
	      "the token that replaces it");
	judge_signed(s, "/audiocodes/front", NULL, GOOD);
	vaic = verdict.principal;
	CHECK(!audiocodes_principal_equal(&old, &vaic), "a JWT");
	judge_signed(s, "/audiocodes/front", NULL,
		     CLAIMS("vaic", "voice", "1700000900"));
	CHECK(audiocodes_principal_equal(&vaic, &verdict.principal),
	      "a newer JWT");
	judge_signed(s, "/audiocodes/front", NULL,
		     CLAIMS("eve", "voice", "1700000300"));
	other = verdict.principal;
	CHECK(!audiocodes_principal_equal(&vaic, &other), "another's");
}

/* --- Sockets without a session (8.3) --- */

static unsigned judge_front(const char *peer)
{
	upgrade("/audiocodes/front");
	header("Authorization", "Bearer front-new");
	return judge_from(peer, false);
}

static void twenty_sockets_from_one_address(void **state)
{
	int place[AUDIOCODES_WAITING_MAX];

	(void)state;
	for (int i = 0; i < AUDIOCODES_WAITING_MAX; i++) {
		char peer[32];
		snprintf(peer, sizeof(peer), "192.0.2.7:%d", 4000 + i);
		keeps_place = true;
		CHECK_EQ(101, judge_front(peer), "up to twenty");
		place[i] = verdict.place;
	}
	keeps_place = false;
	CHECK_EQ(503, judge_front(PEER), "one more");
	CHECK(answers("Retry-After: 2\r\n"), "come again");
	CHECK_EQ(-EAGAIN, audiocodes_waiting_enter(&waiting, PEER),
		 "nor counted");
	CHECK_EQ(101, judge_front("192.0.2.8:4000"), "another address");
	CHECK_EQ(101, judge_front("[2001:db8::7]:4000"), "another kind");
	request("GET", "/audiocodes/front");
	header("Authorization", "Bearer front-new");
	CHECK_EQ(200, judge(), "a check opens none");
	audiocodes_waiting_leave(&waiting, place[3]);
	CHECK_EQ(101, judge_front(PEER), "one has its session");
	for (int i = 0; i < AUDIOCODES_WAITING_MAX; i++)
		audiocodes_waiting_leave(&waiting, place[i]);
	audiocodes_waiting_leave(&waiting, place[0]);
	CHECK_EQ(0, waiting.place[0].sockets, "never below zero");
}

static void many_addresses(void **state)
{
	char peer[48];

	(void)state;
	for (int i = 0; i < AUDIOCODES_ADDRESSES_MAX; i++) {
		snprintf(peer, sizeof(peer), "[2001:db8::%x]:4000", i);
		CHECK_EQ(i, audiocodes_waiting_enter(&waiting, peer),
			 "its own");
	}
	CHECK_EQ(503, judge_front(PEER), "no place for another address");
	CHECK_EQ(101, judge_front("[2001:db8::ff]:4001"), "but for these");
	audiocodes_waiting_leave(&waiting, 77);
	CHECK_EQ(101, judge_front(PEER), "a place is free");
	CHECK_EQ(77, audiocodes_waiting_enter(&waiting, PEER),
		 "and taken again");
	CHECK_STR("192.0.2.7", waiting.place[77].address, "by address");
}

/* --- The rest --- */

static void urls(void **state)
{
	static const struct {
		const char *public_url, *url;
	} row[] = {
		{ "", "wss://<your host>/audiocodes/back" },
		{ "https://gw.example.net",
		  "wss://gw.example.net/audiocodes/back" },
		{ "https://gw.example.net:8443/voice",
		  "wss://gw.example.net:8443/voice/audiocodes/back" },
		{ "http://10.0.0.7:8080",
		  "ws://10.0.0.7:8080/audiocodes/back" },
	};
	char url[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		strcpy(config.public_url, row[i].public_url);
		audiocodes_desk_url(&config, 1, url, sizeof(url));
		CHECK_STR(row[i].url, url, row[i].public_url);
	}
}

/* Neither token nor number is written. */
static void what_is_logged(void **state)
{
	int fd[2];
	char text[2048];

	(void)state;
	CHECK_EQ(0, pipe(fd), "pipe");
	desk.log.fd = fd[1];
	desk.log.level = LOG_DEBUG;
	upgrade("/audiocodes/front?a=1");
	header("Authorization", "Bearer almost-front-new");
	header("AC-Conversation-Id", "0d1c\n6c1e");
	header("AC-Caller-Number", "+33170000001");
	CHECK_EQ(401, judge(), "refused");
	upgrade("/audiocodes/front");
	header("Authorization", "Bearer front-new");
	CHECK_EQ(101, judge(), "admitted");
	ssize_t n = read(fd[0], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = 0;
	CHECK(strstr(text, "ev=refused bot=front peer=" PEER), text);
	CHECK(strstr(text, "conversation=\"0d1c\\n6c1e\""), text);
	CHECK(strstr(text, "status=401 why=\"the token is none of"), text);
	CHECK(strstr(text, "ev=admitted bot=front"), text);
	CHECK(!strstr(text, "front-new"), "no token");
	CHECK(!strstr(text, "33170000001"), "no number");
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
#define SIGNED(f) \
	cmocka_unit_test_setup_teardown(f, setup_signed, teardown_signed)
	const struct CMUnitTest tests[] = {
		TEST(the_upgrade_comes_first),
		TEST(then_the_bot),
		TEST(then_the_token),
		TEST(then_the_room),
		TEST(a_plain_request_checks_the_bot),
		TEST(a_bot_without_token_is_for_this_machine),
		SIGNED(signed_tokens),
		SIGNED(no_keys_yet),
		SIGNED(principals),
		TEST(twenty_sockets_from_one_address),
		TEST(many_addresses),
		TEST(urls),
		TEST(what_is_logged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
