/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's own rules for a password.
 *
 * A password is cut into pieces from left to right: a word that is on the
 * list, a run along the keyboard or the alphabet, a year, one character over
 * and over, or else a single character.  Few pieces are quickly guessed,
 * however long the password is.
 */
#include "firmware/core/password.h"

#include <string.h>

#include "pairing/code.h"
#include "pairing/secret.h"

#define WORD_MIN 3 /* shortest word and run that counts */

/* Words that lists of leaked passwords are full of, and this product's own. */
static const char *const common_words[] = {
  "password", "passwort",   "passcode",  "passphrase",    "pass",        "secret",   "geheim",     "letmein",
  "welcome",  "willkommen", "admin",     "administrator", "root",        "user",     "guest",      "test",
  "login",    "master",     "default",   "change",        "changeme",    "changeit", "temp",       "qwerty",
  "qwertz",   "azerty",     "asdf",      "iloveyou",      "love",        "princess", "prinzessin", "dragon",
  "monkey",   "football",   "baseball",  "soccer",        "hockey",      "superman", "batman",     "spiderman",
  "starwars", "pokemon",    "minecraft", "sunshine",      "shadow",      "michael",  "jennifer",   "jordan",
  "daniel",   "thomas",     "andrew",    "charlie",       "ashley",      "nicole",   "jessica",    "michelle",
  "hunter",   "ranger",     "killer",    "pepper",        "ginger",      "cookie",   "flower",     "summer",
  "winter",   "spring",     "autumn",    "sommer",        "january",     "february", "march",      "april",
  "june",     "july",       "august",    "september",     "october",     "november", "december",   "monday",
  "friday",   "sunday",     "computer",  "internet",      "google",      "facebook", "samsung",    "android",
  "windows",  "whatever",   "trustno",   "access",        "hello",       "hallo",    "freedom",    "liverpool",
  "chelsea",  "arsenal",    "australia", "sydney",        "melbourne",   "london",   "berlin",     "family",
  "baby",     "angel",      "lovely",    "home",          "house",       "kitchen",  "bedroom",    "living",
  "room",     "device",     "sensor",    "thermometer",   "temperature", "setup",    "code",       "owner",
  "wattle",   "gumleaf",    "companion", "bluetooth",     "wifi",        "the",      "and",        "you",
};

/* Rows and columns that fingers run along. */
static const char *const runs[] = {
  "abcdefghijklmnopqrstuvwxyz",
  "12345678901234567890",
  "qwertyuiop",
  "qwertzuiop",
  "azertyuiop",
  "asdfghjkl",
  "qsdfghjklm",
  "zxcvbnm",
  "yxcvbnm",
  "1qaz2wsx3edc4rfv5tgb6yhn",
  "1q2w3e4r5t6z7u8i9o0p",
  "1q2w3e4r5t6y7u8i9o0p",
  "qazwsxedcrfvtgbyhnujm",
  "!@#$%^&*()",
  "!\"$%&/()=",
};

/* Digits and signs that stand for a letter. */
static const char disguises[][2] = {
  { '0', 'o' }, { '1', 'i' }, { '!', 'i' }, { '3', 'e' }, { '4', 'a' },
  { '@', 'a' }, { '5', 's' }, { '$', 's' }, { '7', 't' },
};

static char
lower (char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* Whether @c is @letter, plainly or in disguise. */
static bool
means (char c, char letter)
{
  if (c == letter)
    return true;
  for (size_t i = 0; i < sizeof disguises / sizeof disguises[0]; i++)
    if (disguises[i][0] == c && disguises[i][1] == letter)
      return true;
  return false;
}

/* @word's length if @text starts with it, else 0. */
static size_t
match_word (const char *text, const char *word)
{
  size_t i = 0;

  while (word[i] != 0 && text[i] != 0 && means (text[i], lower (word[i])))
    i++;
  return word[i] == 0 ? i : 0;
}

/* Longest run of @text along @row from @start, in steps of 1 or -1. */
static size_t
follow_row (const char *text, const char *row, size_t start, int step)
{
  size_t length = strlen (row);
  size_t at = start;
  size_t i = 0;

  while (text[i] != 0 && at < length && text[i] == row[at]) {
    i++;
    at += (size_t)step; /* below 0 wraps beyond @length */
  }
  return i;
}

static size_t
match_run (const char *text)
{
  size_t best = 0;

  for (size_t r = 0; r < sizeof runs / sizeof runs[0]; r++) {
    for (size_t start = 0; runs[r][start] != 0; start++) {
      size_t up = follow_row (text, runs[r], start, 1);
      size_t down = follow_row (text, runs[r], start, -1);

      best = up > best ? up : best;
      best = down > best ? down : best;
    }
  }
  return best >= WORD_MIN ? best : 0;
}

/* A year, or one character again and again. */
static size_t
match_number (const char *text)
{
  size_t same = 0;

  while (text[same] != 0 && text[same] == text[0])
    same++;
  if (same >= WORD_MIN)
    return same;
  if ((strncmp (text, "19", 2) == 0 || strncmp (text, "20", 2) == 0) && is_digit (text[2]) && is_digit (text[3]))
    return 4;
  return 0;
}

/* Length of the piece that @text starts with. */
static size_t
match_piece (const char *text, const char *unit_id)
{
  size_t best = 1;
  size_t found;

  for (size_t i = 0; i < sizeof common_words / sizeof common_words[0]; i++) {
    found = match_word (text, common_words[i]);
    best = found > best ? found : best;
  }
  found = match_run (text);
  best = found > best ? found : best;
  found = match_number (text);
  best = found > best ? found : best;
  found = unit_id[0] != 0 ? match_word (text, unit_id) : 0;
  return found > best ? found : best;
}

/* How many pieces there are, not counting one that comes again. */
static unsigned
count_pieces (const char *text, const char *unit_id)
{
  unsigned pieces = 0;

  for (size_t at = 0; text[at] != 0;) {
    size_t length = match_piece (text + at, unit_id);
    bool again = false;

    for (size_t back = 0; !again && back < at; back++)
      again = back + length <= at && strncmp (text + back, text + at, length) == 0;
    pieces += !again;
    at += length;
  }
  return pieces;
}

wtl_ErrorCode
wtl_password_check (const char *password, const char *unit_id)
{
  char text[WTL_PASSWORD_MAX + 1];
  size_t bytes = strlen (password);
  size_t characters = 0;
  unsigned pieces;

  if (bytes > WTL_PASSWORD_MAX)
    return wtl_ERROR_CODE_PASSWORD_LONG;
  for (size_t i = 0; i <= bytes; i++) {
    text[i] = lower (password[i]);
    characters += password[i] != 0 && ((uint8_t)password[i] & 0xc0) != 0x80; /* UTF-8 */
  }
  pieces = count_pieces (text, unit_id);
  wtl_wipe (text, sizeof text);
  if (characters < WTL_PASSWORD_MIN)
    return wtl_ERROR_CODE_PASSWORD_SHORT;
  if (pieces < WTL_PASSWORD_PIECES)
    return wtl_ERROR_CODE_PASSWORD_COMMON;
  return wtl_ERROR_CODE_NONE;
}

bool
wtl_password_matches (const char *password, const struct wtl_verifier *verifier)
{
  struct wtl_prover prover;
  bool equal = wtl_prover_from_secret ((const uint8_t *)password, strlen (password), verifier->salt, verifier->salt_len,
                                       verifier->iterations, &prover)
                   == WTL_OK
               && wtl_equal (prover.w0, verifier->w0, sizeof prover.w0);

  wtl_wipe (&prover, sizeof prover);
  return equal;
}

bool
wtl_password_is_code (const char *password, const struct wtl_verifier *verifier)
{
  struct wtl_code code;
  size_t digits = 0;
  bool is_code = false;

  /* As a person would write it, or copied from the QR picture. */
  if (wtl_code_parse (password, strlen (password), &code) == WTL_OK)
    is_code = wtl_password_matches (code.digits, verifier);
  /* Its digits, in this order, among other characters. */
  for (size_t i = 0; !is_code && password[i] != 0; i++) {
    if (!is_digit (password[i]))
      continue;
    if (digits < WTL_CODE_DIGITS)
      code.digits[digits] = password[i];
    digits++;
  }
  if (!is_code && digits == WTL_CODE_DIGITS) {
    code.digits[WTL_CODE_DIGITS] = 0;
    is_code = wtl_password_matches (code.digits, verifier);
  }
  wtl_wipe (&code, sizeof code);
  return is_code;
}
