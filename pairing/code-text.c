/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading setup codes as people type and paste them, and labels' QR texts.
 */
#include <stdbool.h>
#include <string.h>

#include "pairing/code.h"
#include "pairing/secret.h"

#define TEXT_MAX 256 /* more than that is not a code */

#define QR_PREFIX "WTL:"
#define QR_PREFIX_LEN 4
#define QR_CODE_AT 15 /* "WTL:1.PPPPPPPP." */
#define QR_UNIT_AT 26 /* and "CCCCCCCCCC." */

/* Digits that are not ASCII's: the code point of their zero. */
static const uint32_t zeros[] = {
  0x0660, /* Arabic-Indic */
  0x06f0, /* Persian and Urdu */
  0x0966, /* Devanagari */
  0x09e6, /* Bengali */
  0x0e50, /* Thai */
  0xff10, /* full width */
};

/* What may stand between digits, first to last code point. */
static const struct range {
  uint32_t first, last;
} separators[] = {
  { '\t', '\r' },     { ' ', ' ' },       { '-', '/' },       { '_', '_' },       { 0x00a0, 0x00a0 },
  { 0x00ad, 0x00ad }, { 0x2000, 0x2015 }, { 0x202f, 0x202f }, { 0x2060, 0x2060 }, { 0x2212, 0x2212 },
  { 0x3000, 0x3000 }, { 0xfeff, 0xfeff }, { 0xff0d, 0xff0d },
};

/* What may stand after the code besides: quotes, brackets, stops. */
static const char closers[] = "\"'`)]}>,;:!?*";

/* One character of @len > 0 bytes of UTF-8; how long it is in @used.  Stray
 * bytes count as characters nobody asked for. */
static uint32_t
next_character (const uint8_t *text, size_t len, size_t *used)
{
  size_t size = text[0] < 0x80 ? 1 : text[0] >> 5 == 6 ? 2 : text[0] >> 4 == 14 ? 3 : text[0] >> 3 == 30 ? 4 : 0;
  uint32_t c;

  *used = 1;
  if (size == 0 || size > len)
    return 0xfffd;
  if (size == 1)
    return text[0];
  c = text[0] & (0xffu >> (size + 1));
  for (size_t i = 1; i < size; i++) {
    if (text[i] >> 6 != 2)
      return 0xfffd;
    c = c << 6 | (text[i] & 0x3f);
  }
  *used = size;
  return c;
}

/* 0..9, or -1. */
static int
digit_value (uint32_t c)
{
  if (c >= '0' && c <= '9')
    return (int)(c - '0');
  for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
    if (c >= zeros[i] && c <= zeros[i] + 9)
      return (int)(c - zeros[i]);
  return -1;
}

static bool
is_separator (uint32_t c)
{
  for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++)
    if (c >= separators[i].first && c <= separators[i].last)
      return true;
  return false;
}

static bool
is_closer (uint32_t c)
{
  for (const char *closer = closers; *closer; closer++)
    if (c == (uint8_t)*closer)
      return true;
  return false;
}

static char
upper (char c)
{
  return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static void
trim (const char **text, size_t *len)
{
  while (*len && ((*text)[0] == ' ' || ((*text)[0] >= '\t' && (*text)[0] <= '\r'))) {
    (*text)++;
    (*len)--;
  }
  while (*len && ((*text)[*len - 1] == ' ' || ((*text)[*len - 1] >= '\t' && (*text)[*len - 1] <= '\r')))
    (*len)--;
}

static bool
is_label (const char *text, size_t len)
{
  if (len < QR_PREFIX_LEN)
    return false;
  for (size_t i = 0; i < QR_PREFIX_LEN; i++)
    if (upper (text[i]) != QR_PREFIX[i])
      return false;
  return true;
}

/* Ten digits are there: are they a code? */
static enum wtl_status
check_code (const struct wtl_code *code)
{
  if (wtl_verhoeff (code->digits, WTL_CODE_DIGITS - 1) != code->digits[WTL_CODE_DIGITS - 1])
    return WTL_ERROR_CODE_CHECK;
  return wtl_code_is_trivial (code) ? WTL_ERROR_CODE_TRIVIAL : WTL_OK;
}

/* Words may come before the digits ("Setup code:"), nothing but separators
 * among them, and after them only what closes a phrase. */
static enum wtl_status
collect_digits (const uint8_t *text, size_t len, struct wtl_code *out)
{
  size_t count = 0;
  bool closed = false;
  size_t used;

  for (size_t at = 0; at < len; at += used) {
    uint32_t c = next_character (text + at, len - at, &used);
    int digit = digit_value (c);

    if (digit >= 0) {
      if (closed || count == WTL_CODE_DIGITS)
        return WTL_ERROR_CODE_LENGTH;
      out->digits[count++] = (char)('0' + digit);
    } else if (count > 0 && !is_separator (c)) {
      if (!is_closer (c))
        return WTL_ERROR_CODE_LENGTH;
      closed = true;
    }
  }
  out->digits[count] = '\0';
  return count == WTL_CODE_DIGITS ? WTL_OK : WTL_ERROR_CODE_LENGTH;
}

enum wtl_status
wtl_code_parse (const char *text, size_t len, struct wtl_code *out)
{
  struct wtl_code code;
  struct wtl_label label;
  enum wtl_status status;

  memset (out, 0, sizeof *out);
  trim (&text, &len);
  if (len > TEXT_MAX)
    return WTL_ERROR_CODE_LENGTH;
  if (is_label (text, len)) {
    status = wtl_label_parse (text, len, &label);
    if (status == WTL_OK)
      *out = label.code;
    wtl_wipe (&label, sizeof label);
    return status == WTL_ERROR_MALFORMED ? WTL_ERROR_CODE_LENGTH : status;
  }

  memset (&code, 0, sizeof code);
  status = collect_digits ((const uint8_t *)text, len, &code);
  if (status == WTL_OK)
    status = check_code (&code);
  if (status == WTL_OK)
    *out = code;
  wtl_wipe (&code, sizeof code);
  return status;
}

/* Eight digits of base 16. */
static bool
parse_product (const char *text, uint32_t *product)
{
  *product = 0;
  for (size_t i = 0; i < 8; i++) {
    char c = upper (text[i]);

    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
      return false;
    *product = *product << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'A' + 10);
  }
  return true;
}

static bool
parse_unit (const char *text, size_t len, char out[WTL_CODE_UNIT_MAX + 1])
{
  if (len == 0 || len > WTL_CODE_UNIT_MAX)
    return false;
  for (size_t i = 0; i < len; i++) {
    out[i] = upper (text[i]);
    if (!((out[i] >= 'A' && out[i] <= 'Z') || (out[i] >= '0' && out[i] <= '9') || out[i] == '-'))
      return false;
  }
  out[len] = '\0';
  return true;
}

/* All but the code's own check. */
static bool
parse_label (const char *text, size_t len, struct wtl_label *out)
{
  if (!is_label (text, len) || len <= QR_UNIT_AT || text[4] != '1' || text[5] != '.' || text[QR_CODE_AT - 1] != '.'
      || text[QR_UNIT_AT - 1] != '.')
    return false;
  for (size_t i = 0; i < WTL_CODE_DIGITS; i++) {
    out->code.digits[i] = text[QR_CODE_AT + i];
    if (out->code.digits[i] < '0' || out->code.digits[i] > '9')
      return false;
  }
  out->code.digits[WTL_CODE_DIGITS] = '\0';
  return parse_product (text + QR_CODE_AT - 9, &out->product)
         && parse_unit (text + QR_UNIT_AT, len - QR_UNIT_AT, out->unit_id);
}

enum wtl_status
wtl_label_parse (const char *text, size_t len, struct wtl_label *out)
{
  enum wtl_status status;

  memset (out, 0, sizeof *out);
  trim (&text, &len);
  status = parse_label (text, len, out) ? check_code (&out->code) : WTL_ERROR_MALFORMED;
  if (status != WTL_OK)
    wtl_wipe (out, sizeof *out);
  return status;
}
