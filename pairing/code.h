/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Setup codes: 9 random decimal digits and a Verhoeff check digit, printed on
 * the unit's label in groups ("4071-583-926") and as a QR text.
 * log2(10^9) = 29.90 bits, of which 29.89 remain after the refusal list.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "pairing/status.h"

#define WTL_CODE_DIGITS 10    /* the check digit included */
#define WTL_CODE_TEXT_SIZE 14 /* "1234-567-890" with NUL, rounded up */
#define WTL_CODE_UNIT_MAX 32  /* longest unit id */
#define WTL_CODE_QR_SIZE 80   /* longest QR text with NUL */

/* A setup code: digits '0'..'9' and a NUL.  Wipe it after use. */
struct wtl_code {
  char digits[WTL_CODE_DIGITS + 1];
};

/* What a label's QR carries. */
struct wtl_label {
  struct wtl_code code;
  uint32_t product;
  char unit_id[WTL_CODE_UNIT_MAX + 1];
};

/* Makes a fresh code from @random (as in struct wtl_port), never one on the
 * refusal list.  WTL_ERROR_RANDOM. */
enum wtl_status wtl_code_generate (int (*random) (void *ctx, uint8_t *buf, size_t len), void *ctx,
                                   struct wtl_code *out);

/* Parses what people type or paste: digits of any grouping, spaces, dashes,
 * dots, non-breaking spaces and dashes, digits of other scripts, a "Code:"
 * before it, a full stop or quote after it, or a whole QR text.
 * @len bytes of UTF-8 at @text, need not be NUL-terminated.
 * WTL_ERROR_CODE_LENGTH (also for letters among the digits), _CODE_CHECK,
 * _CODE_TRIVIAL; @out is then empty. */
enum wtl_status wtl_code_parse (const char *text, size_t len, struct wtl_code *out);

/* Writes @code in groups for reading, NUL-terminated. */
void wtl_code_format (const struct wtl_code *code, char out[WTL_CODE_TEXT_SIZE]);

/* Whether @code is on the refusal list, by its nine digits: one or two
 * different digits only, a run of more than five equal, rising or falling ones,
 * groups of up to four repeated throughout, or a date of eight digits of the
 * years 1900 to 2099, in any usual order. */
int wtl_code_is_trivial (const struct wtl_code *code);

/* The Verhoeff check digit, '0'..'9', of @len digits.
 * J. Verhoeff, Error Detecting Decimal Codes, 1969. */
char wtl_verhoeff (const char *digits, size_t len);

/* Writes and reads the QR text "WTL:1.PPPPPPPP.CCCCCCCCCC.UNIT": product in
 * eight digits of base 16, code, unit id of [A-Z0-9-].  All of it is in QR's
 * alphanumeric alphabet; small letters are read too.  WTL_ERROR_ARGUMENT for a
 * unit id out of that; WTL_ERROR_MALFORMED, _CODE_CHECK, _CODE_TRIVIAL. */
enum wtl_status wtl_label_format (const struct wtl_label *label, char out[WTL_CODE_QR_SIZE]);
enum wtl_status wtl_label_parse (const char *text, size_t len, struct wtl_label *out);
