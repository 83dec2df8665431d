#include "tools/testing/check.h"

#include <errno.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/gcm.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/tls_record.h"
#include "tools/testing/allocations.h"

#define TEXT_MAX TLS_RECORD_PLAIN_MAX

static const enum tls_cipher every[] = { TLS_AES_128_GCM, TLS_AES_256_GCM,
					 TLS_CHACHA20_POLY1305 };

/* Two ends of one connection. */
struct pair {
	struct tls_secrets secrets; /* of the first */
	struct tls_records *a, *b;
};

static uint8_t text[TEXT_MAX], wire[TLS_RECORD_MAX], out[TLS_RECORD_MAX];

static void begin(struct pair *p, enum tls_cipher cipher)
{
	struct tls_secrets other;

	memset(&p->secrets, 0, sizeof(p->secrets));
	p->secrets.cipher = cipher;
	for (size_t i = 0; i < 32; i++) {
		p->secrets.read.key[i] = (uint8_t)(i * 7 + 1);
		p->secrets.write.key[i] = (uint8_t)(i * 5 + 2);
	}
	for (size_t i = 0; i < 12; i++) {
		p->secrets.read.iv[i] = (uint8_t)(0x40 + i);
		p->secrets.write.iv[i] = (uint8_t)(0x80 + i);
	}
	other = p->secrets;
	other.read = p->secrets.write;
	other.write = p->secrets.read;
	p->a = tls_records_new(&p->secrets);
	p->b = tls_records_new(&other);
	CHECK(p->a && p->b, "memory");
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 2654435761u >> 11);
}

static void end(struct pair *p)
{
	tls_records_free(p->a);
	tls_records_free(p->b);
}

static size_t seal(struct pair *p, size_t n)
{
	ssize_t len =
		tls_records_seal(p->a, TLS_APPLICATION_DATA, wire, text, n);

	CHECK(len > (ssize_t)n && len <= (ssize_t)TLS_RECORD_MAX, "sealed");
	return (size_t)len;
}

/* Another library opens what was sealed, by the letter of the RFCs. */
static int open_elsewhere(const struct pair *p, uint64_t number, size_t n)
{
	const struct tls_secret *s = &p->secrets.write;
	bool is_gcm = p->secrets.cipher != TLS_CHACHA20_POLY1305;
	const uint8_t *at = wire + 5 + (is_gcm ? 8 : 0);
	uint8_t nonce[12], aad[13] = { 0 };
	int err;

	for (int i = 0; i < 8; i++)
		aad[i] = (uint8_t)(number >> (56 - 8 * i));
	memcpy(aad + 8, "\x17\x03\x03", 3);
	aad[11] = (uint8_t)(n >> 8);
	aad[12] = (uint8_t)n;
	memcpy(nonce, s->iv, 12);
	for (int i = 0; i < 8; i++)
		nonce[4 + i] = is_gcm ? wire[5 + i] : nonce[4 + i] ^ aad[i];
	if (is_gcm) {
		mbedtls_gcm_context gcm;
		mbedtls_gcm_init(&gcm);
		mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, s->key,
				   p->secrets.cipher == TLS_AES_128_GCM ? 128
									: 256);
		err = mbedtls_gcm_auth_decrypt(&gcm, n, nonce, 12, aad, 13,
					       at + n, 16, at, out);
		mbedtls_gcm_free(&gcm);
		return err;
	}
	mbedtls_chachapoly_context chapoly;
	mbedtls_chachapoly_init(&chapoly);
	mbedtls_chachapoly_setkey(&chapoly, s->key);
	err = mbedtls_chachapoly_auth_decrypt(&chapoly, n, nonce, aad, 13,
					      at + n, at, out);
	mbedtls_chachapoly_free(&chapoly);
	return err;
}

static void another_library_opens_them(void **state)
{
	static const size_t lengths[] = { 0, 1, 15, 16, 17, 1400, TEXT_MAX };

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(every); c++) {
		struct pair p;
		begin(&p, every[c]);
		for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
			size_t len = seal(&p, lengths[i]);
			CHECK_EQ(len,
				 (size_t)tls_record_length(wire, sizeof(wire)),
				 "its header says how long it is");
			CHECK_EQ(0, open_elsewhere(&p, i + 1, lengths[i]),
				 "opened, as the next number");
			CHECK(!memcmp(out, text, lengths[i]), "the same text");
		}
		end(&p);
	}
}

static void both_ways(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(every); c++) {
		struct pair p;
		begin(&p, every[c]);
		for (size_t n = 0; n < 200; n++) {
			size_t len = seal(&p, n);
			CHECK_EQ(n, (size_t)tls_records_room(p.b, len), "room");
			CHECK_EQ(n,
				 (size_t)tls_records_open(p.b, out, wire, len),
				 "there");
			CHECK(!memcmp(out, text, n), "unchanged");
			ssize_t back =
				tls_records_seal(p.b, TLS_ALERT, wire, text, 2);
			CHECK_EQ(2,
				 (size_t)tls_records_open(p.a, out, wire,
							  (size_t)back),
				 "and back");
		}
		end(&p);
	}
}

static void every_changed_bit_is_seen(void **state)
{
	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(every); c++) {
		struct pair p;
		begin(&p, every[c]);
		size_t len = seal(&p, 33);
		for (size_t bit = 0; bit < len * 8; bit++) {
			if (bit / 8 == 3 || bit / 8 == 4)
				continue; /* the length: see below */
			wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
			CHECK_EQ(-EBADMSG,
				 tls_records_open(p.b, out, wire, len),
				 "changed");
			wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t cut = 0; cut < len; cut++)
			CHECK_EQ(-EBADMSG,
				 tls_records_open(p.b, out, wire, cut), "cut");
		CHECK_EQ(33, (size_t)tls_records_open(p.b, out, wire, len),
			 "as it was: nothing was taken by the others");
		CHECK_EQ(-EBADMSG, tls_records_open(p.b, out, wire, len),
			 "a second time");
		end(&p);
	}
}

static void out_of_order(void **state)
{
	uint8_t first[TLS_RECORD_MAX];
	struct pair p;

	(void)state;
	begin(&p, TLS_AES_128_GCM);
	size_t len = seal(&p, 10);
	memcpy(first, wire, len);
	size_t next = seal(&p, 10);
	CHECK_EQ(-EBADMSG, tls_records_open(p.b, out, wire, next), "too soon");
	CHECK_EQ(10, (size_t)tls_records_open(p.b, out, first, len), "first");
	CHECK_EQ(10, (size_t)tls_records_open(p.b, out, wire, next), "second");
	end(&p);
}

static void headers(void **state)
{
	static const struct {
		uint8_t bytes[5];
		size_t n;
		ssize_t length;
		const char *why;
	} row[] = {
		{ { 23, 3, 3, 0, 30 }, 5, 35, "application data" },
		{ { 21, 3, 3, 0, 26 }, 5, 31, "an alert" },
		{ { 22, 3, 3, 1, 0 }, 5, 261, "a handshake" },
		{ { 23, 3, 3, 0 }, 4, 0, "not yet whole" },
		{ { 0 }, 0, 0, "nothing yet" },
		{ { 20, 3, 3, 0, 1 }, 5, -EPROTO, "a change of cipher" },
		{ { 24, 3, 3, 0, 30 }, 5, -EPROTO, "a heartbeat" },
		{ { 'H' }, 1, -EPROTO, "HTTP" },
		{ { 23, 2, 0, 0, 30 }, 5, -EPROTO, "SSL 2" },
		{ { 23, 3, 3, 0x40, 24 }, 5, 16413, "the longest" },
		{ { 23, 3, 3, 0x40, 25 }, 5, -EMSGSIZE, "one more" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].length,
			 tls_record_length(row[i].bytes, row[i].n), row[i].why);
}

static void nothing_is_allocated(void **state)
{
	struct pair p;
	size_t before;

	(void)state;
	allocations_watch();
	begin(&p, TLS_AES_256_GCM);
	before = allocations_count();
	for (int i = 0; i < 100; i++)
		tls_records_open(p.b, out, wire, seal(&p, 1400));
	CHECK_EQ(before, allocations_count(), "sealed and opened");
	end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_library_opens_them),
		cmocka_unit_test(both_ways),
		cmocka_unit_test(every_changed_bit_is_seen),
		cmocka_unit_test(out_of_order),
		cmocka_unit_test(headers),
		cmocka_unit_test(nothing_is_allocated),
	};
	return cmocka_run_group_tests_name("tls_record", tests, NULL, NULL);
}
