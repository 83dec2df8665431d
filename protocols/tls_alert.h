/* TLS alerts (RFC 5246, 7.2): numbers we send, words for those we get. */
#ifndef PROTOCOLS_TLS_ALERT_H
#define PROTOCOLS_TLS_ALERT_H

#include <stddef.h>

enum tls_alert_level { TLS_ALERT_WARNING = 1, TLS_ALERT_FATAL = 2 };

enum tls_alert {
	TLS_CLOSE_NOTIFY = 0,
	TLS_UNEXPECTED_MESSAGE = 10,
	TLS_BAD_RECORD_MAC = 20,
	TLS_RECORD_OVERFLOW = 22
};

/* tls_alert_tell: "peer ended TLS by alert 48: it does not trust …". */
void tls_alert_tell(char *out, size_t cap, unsigned alert);

#endif
