#include "protocols/websocket.h"

#include <errno.h>
#include <mbedtls/sha1.h>
#include <stdio.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/buffer.h"
#include "protocols/http.h"

#define ACCEPT_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define NONCE_LEN   16
#define SHA1_LEN    20

void websocket_accept_key(char accept[WEBSOCKET_ACCEPT_LEN], const char *key)
{
	char text[128];
	uint8_t digest[SHA1_LEN];

	int len = snprintf(text, sizeof text, "%.64s" ACCEPT_GUID, key);
	mbedtls_sha1_ret((const uint8_t *)text, (size_t)len, digest);
	accept[base64_encode(accept, digest, SHA1_LEN)] = 0;
}

/* The key is base64 of 16 bytes (RFC 6455, 4.2.1). */
static bool is_key(const char *key)
{
	uint8_t nonce[BASE64_DECODED_MAX(WEBSOCKET_KEY_LEN - 1)];

	return key && strlen(key) == WEBSOCKET_KEY_LEN - 1 &&
	       base64_decode(nonce, key, WEBSOCKET_KEY_LEN - 1) == NONCE_LEN;
}

int websocket_check_request(const struct http_message *request,
			    char accept[WEBSOCKET_ACCEPT_LEN])
{
	const char *key = http_header_value(request, "Sec-WebSocket-Key");
	const char *version =
		http_header_value(request, "Sec-WebSocket-Version");

	if (!http_header_has(request, "Upgrade", "websocket"))
		return -426;
	if (strcmp(request->method, "GET") != 0)
		return -405;
	if (!http_header_has(request, "Connection", "upgrade"))
		return -400;
	if (!version || strcmp(version, "13") != 0 ||
	    http_header_count(request, "Sec-WebSocket-Version") != 1)
		return -426;
	if (!is_key(key) || request->body_len ||
	    http_header_count(request, "Sec-WebSocket-Key") != 1)
		return -400;
	websocket_accept_key(accept, key);
	return 0;
}

int websocket_write_accept(struct buffer *out,
			   const char accept[WEBSOCKET_ACCEPT_LEN],
			   const char *extra)
{
	return buffer_printf(out,
			     "HTTP/1.1 101 Switching Protocols\r\n"
			     "Upgrade: websocket\r\n"
			     "Connection: Upgrade\r\n"
			     "Sec-WebSocket-Accept: %s\r\n%s\r\n",
			     accept, extra ? extra : "");
}

int websocket_write_request(struct buffer *out, const char *host,
			    const char *target, const uint8_t entropy[16],
			    const char *lead, const char *extra,
			    char key[WEBSOCKET_KEY_LEN])
{
	key[base64_encode(key, entropy, NONCE_LEN)] = 0;
	return buffer_printf(out,
			     "GET %s HTTP/1.1\r\n"
			     "Host: %s\r\n%s"
			     "Connection: Upgrade\r\n"
			     "Upgrade: websocket\r\n"
			     "Sec-WebSocket-Key: %s\r\n"
			     "Sec-WebSocket-Version: 13\r\n%s\r\n",
			     target, host, lead ? lead : "", key,
			     extra ? extra : "");
}

int websocket_check_response(const struct http_message *response,
			     const char key[WEBSOCKET_KEY_LEN])
{
	const char *got = http_header_value(response, "Sec-WebSocket-Accept");
	char accept[WEBSOCKET_ACCEPT_LEN];

	if (response->status != 101)
		return -ECONNREFUSED;
	websocket_accept_key(accept, key);
	if (!http_header_has(response, "Upgrade", "websocket") ||
	    !http_header_has(response, "Connection", "upgrade"))
		return -EPROTO;
	if (!got || strcmp(got, accept) != 0 ||
	    http_header_count(response, "Sec-WebSocket-Accept") != 1)
		return -EPROTO;
	if (http_header_count(response, "Sec-WebSocket-Protocol") ||
	    http_header_count(response, "Sec-WebSocket-Extensions"))
		return -EPROTO;
	return 0;
}
