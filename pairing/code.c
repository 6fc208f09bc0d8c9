/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and judging setup codes.
 */
#include "pairing/code.h"

#include <stdbool.h>
#include <string.h>

#include "pairing/secret.h"

#define BODY (WTL_CODE_DIGITS - 1) /* digits before the check digit */

/* One code in some 250 is refused: a hundred in a row means that the random
 * source is broken. */
#define GENERATE_TRIES 100

#define RUN_MAX 5 /* longest run of equal, rising or falling digits */

/* Multiplication in the dihedral group D5. */
static const uint8_t dihedral[10][10] = {
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, { 1, 2, 3, 4, 0, 6, 7, 8, 9, 5 }, { 2, 3, 4, 0, 1, 7, 8, 9, 5, 6 },
  { 3, 4, 0, 1, 2, 8, 9, 5, 6, 7 }, { 4, 0, 1, 2, 3, 9, 5, 6, 7, 8 }, { 5, 9, 8, 7, 6, 0, 4, 3, 2, 1 },
  { 6, 5, 9, 8, 7, 1, 0, 4, 3, 2 }, { 7, 6, 5, 9, 8, 2, 1, 0, 4, 3 }, { 8, 7, 6, 5, 9, 3, 2, 1, 0, 4 },
  { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 },
};

/* Verhoeff's permutation, which is what sees swapped neighbours. */
static const uint8_t permutation[8][10] = {
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, { 1, 5, 7, 6, 2, 8, 3, 0, 9, 4 }, { 5, 8, 0, 3, 7, 9, 6, 1, 4, 2 },
  { 8, 9, 1, 6, 0, 4, 3, 5, 2, 7 }, { 9, 4, 5, 3, 1, 2, 6, 8, 7, 0 }, { 4, 2, 8, 6, 5, 7, 3, 9, 0, 1 },
  { 2, 7, 9, 3, 8, 0, 6, 4, 1, 5 }, { 7, 0, 4, 6, 9, 1, 3, 2, 5, 8 },
};

static const uint8_t inverse[10] = { 0, 4, 3, 2, 1, 5, 6, 7, 8, 9 };

/* Where day, month and year stand in eight digits of a date. */
static const struct date_order {
  uint8_t day, month, year;
} date_orders[] = {
  { 0, 2, 4 }, /* 31122026 */
  { 2, 0, 4 }, /* 12312026 */
  { 6, 4, 0 }, /* 20261231 */
};

static unsigned
number (const char *digits, size_t count)
{
  unsigned value = 0;

  while (count--)
    value = value * 10 + (unsigned)(*digits++ - '0');
  return value;
}

static bool
has_run (const char *digits)
{
  for (int step = -1; step <= 1; step++) {
    size_t run = 1;

    for (size_t i = 1; i < BODY; i++) {
      run = (digits[i] - digits[i - 1] - step) % 10 == 0 ? run + 1 : 1;
      if (run > RUN_MAX)
        return true;
    }
  }
  return false;
}

/* 121212121, 123123123, 123412341. */
static bool
repeats (const char *digits)
{
  for (size_t period = 1; period <= 4; period++) {
    size_t i = period;

    while (i < BODY && digits[i] == digits[i - period])
      i++;
    if (i == BODY)
      return true;
  }
  return false;
}

/* 100110110 */
static bool
has_few_digits (const char *digits)
{
  unsigned seen = 0;
  unsigned distinct = 0;

  for (size_t i = 0; i < BODY; i++)
    seen |= 1u << (digits[i] - '0');
  for (; seen; seen &= seen - 1)
    distinct++;
  return distinct <= 2;
}

static bool
has_date (const char *digits)
{
  for (size_t at = 0; at + 8 <= BODY; at++)
    for (size_t i = 0; i < sizeof date_orders / sizeof date_orders[0]; i++) {
      unsigned day = number (digits + at + date_orders[i].day, 2);
      unsigned month = number (digits + at + date_orders[i].month, 2);
      unsigned year = number (digits + at + date_orders[i].year, 4);

      if (day >= 1 && day <= 31 && month >= 1 && month <= 12 && year >= 1900 && year <= 2099)
        return true;
    }
  return false;
}

/* Zero-padded, base 10 or 16, as many digits as @count. */
static void
write_number (char *out, uint32_t value, uint32_t base, size_t count)
{
  while (count--) {
    out[count] = "0123456789ABCDEF"[value % base];
    value /= base;
  }
}

char
wtl_verhoeff (const char *digits, size_t len)
{
  unsigned c = 0;

  /* The check digit's own place is 0. */
  for (size_t place = 1; place <= len; place++)
    c = dihedral[c][permutation[place % 8][digits[len - place] - '0']];
  return (char)('0' + inverse[c]);
}

int
wtl_code_is_trivial (const struct wtl_code *code)
{
  const char *digits = code->digits;

  return has_few_digits (digits) || has_run (digits) || repeats (digits) || has_date (digits);
}

enum wtl_status
wtl_code_generate (int (*random) (void *ctx, uint8_t *buf, size_t len), void *ctx, struct wtl_code *out)
{
  enum wtl_status status = WTL_ERROR_RANDOM;
  uint8_t bytes[4];

  for (int i = 0; i < GENERATE_TRIES && status != WTL_OK; i++) {
    uint32_t value;

    if (random (ctx, bytes, sizeof bytes))
      break;
    /* 30 bits, and those from 10^9 up thrown away, keep every code as likely
     * as the next. */
    value = ((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]) & 0x3fffffff;
    if (value >= 1000000000)
      continue;
    write_number (out->digits, value, 10, BODY);
    out->digits[BODY] = wtl_verhoeff (out->digits, BODY);
    out->digits[WTL_CODE_DIGITS] = '\0';
    if (!wtl_code_is_trivial (out))
      status = WTL_OK;
  }
  wtl_wipe (bytes, sizeof bytes);
  if (status != WTL_OK)
    wtl_wipe (out, sizeof *out);
  return status;
}

void
wtl_code_format (const struct wtl_code *code, char out[WTL_CODE_TEXT_SIZE])
{
  memcpy (out, code->digits, 4);
  out[4] = '-';
  memcpy (out + 5, code->digits + 4, 3);
  out[8] = '-';
  memcpy (out + 9, code->digits + 7, 3);
  out[12] = '\0';
}

enum wtl_status
wtl_label_format (const struct wtl_label *label, char out[WTL_CODE_QR_SIZE])
{
  char *at = out;
  size_t unit_len = 0;

  for (; unit_len <= WTL_CODE_UNIT_MAX && label->unit_id[unit_len]; unit_len++) {
    char c = label->unit_id[unit_len];

    if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
      return WTL_ERROR_ARGUMENT;
  }
  if (unit_len == 0 || unit_len > WTL_CODE_UNIT_MAX)
    return WTL_ERROR_ARGUMENT;

  memcpy (at, "WTL:1.", 6);
  at += 6;
  write_number (at, label->product, 16, 8);
  at += 8;
  *at++ = '.';
  memcpy (at, label->code.digits, WTL_CODE_DIGITS);
  at += WTL_CODE_DIGITS;
  *at++ = '.';
  memcpy (at, label->unit_id, unit_len);
  at[unit_len] = '\0';
  return WTL_OK;
}
