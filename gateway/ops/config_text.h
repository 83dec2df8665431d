/* Shapes of single texts in a configuration. Each takes a NUL-terminated text
 * and says whether it will do; "" passes where the key may be left empty. */
#ifndef GATEWAY_OPS_CONFIG_TEXT_H
#define GATEWAY_OPS_CONFIG_TEXT_H

#include <stdbool.h>

bool config_text_is_listen(const char *text);     /* 127.0.0.1:8080, [::]:0 */
bool config_text_is_public_url(const char *text); /* "", http(s)://host… */
bool config_text_is_model_url(const char *text); /* ws(s)://host…, no query */
bool config_text_is_account_sid(const char *text);
bool config_text_is_number(const char *text);       /* E.164: +41… */
bool config_text_is_language(const char *text);     /* "", en, yue */
bool config_text_is_terminator(const char *text);   /* "", one DTMF key */
bool config_text_is_dial(const char *text);         /* "", +41…, sip:… */
bool config_text_is_keys(const char *text);         /* 0-9 * # only */
bool config_text_is_word(const char *text);         /* letters, digits . _ - */
bool config_text_is_spoken(const char *text);       /* "", en, de, fr */
bool config_text_is_country(const char *text);      /* "", two capitals */
bool config_text_is_line(const char *text);         /* no control character */
bool config_text_is_audio_format(const char *text); /* raw/mulaw … */
bool config_text_is_header_name(const char *text);  /* of SIP */
bool config_text_is_target(const char *text);       /* tel:…, sip(s):…,
							client:… */
bool config_text_is_whisper(const char *text); /* a line with one {{summary}} */
bool config_text_is_function(const char *text); /* letters, digits _ - */
bool config_text_is_webhook(const char *text); /* http(s)://host…, with {…} */
bool config_text_is_redirect(const char *text); /* "", http(s)://host… */
bool config_text_is_jwks(const char *text);     /* "", file, https://… */

bool config_text_is_currency(const char *text);  /* USD */
bool config_text_is_block(const char *text);     /* 10.0.0.0/8, 2001:db8::1 */
bool config_text_is_hours(const char *text);     /* "", as hours.h */
bool config_text_is_time_zone(const char *text); /* one this system has */

#endif
