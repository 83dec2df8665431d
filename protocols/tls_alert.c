#include "protocols/tls_alert.h"

#include <stdint.h>
#include <stdio.h>

static const struct {
	uint8_t alert;
	const char *words;
} alerts[] = {
	{ 10, "it did not expect what we sent" },
	{ 20, "it could not decrypt a record" },
	{ 22, "a record was too long for it" },
	{ 40, "no common cipher suite or parameter" },
	{ 42, "it found our certificate bad" },
	{ 43, "it does not support our certificate" },
	{ 44, "it found our certificate revoked" },
	{ 45, "it found our certificate expired" },
	{ 46, "it does not accept our certificate" },
	{ 48, "it does not trust our certificate's authority" },
	{ 49, "access denied" },
	{ 51, "it could not verify a signature" },
	{ 70, "it does not speak TLS 1.2" },
	{ 71, "it wants stronger cipher suites" },
	{ 80, "internal error" },
	{ 112, "it does not know this host name" },
	{ 120, "it does not speak http/1.1" },
};

void tls_alert_tell(char *out, size_t cap, unsigned alert)
{
	const char *words = "no further word";

	for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
		if (alerts[i].alert == alert)
			words = alerts[i].words;
	snprintf(out, cap, "peer ended TLS by alert %u: %s", alert, words);
}
