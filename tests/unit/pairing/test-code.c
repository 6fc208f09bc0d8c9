/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Setup codes: that every usual slip is noticed, that enough of them are left,
 * and that what people type is understood.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "pairing/code.h"
#include "tests/unit/pairing/pair.h"

#define CODES 1000000000u

static void
make_code (guint32 body, struct wtl_code *code)
{
  for (size_t i = WTL_CODE_DIGITS - 1; i-- > 0; body /= 10)
    code->digits[i] = (char)('0' + body % 10);
  code->digits[WTL_CODE_DIGITS - 1] = wtl_verhoeff (code->digits, WTL_CODE_DIGITS - 1);
  code->digits[WTL_CODE_DIGITS] = '\0';
}

static gboolean
is_valid (const struct wtl_code *code)
{
  return wtl_verhoeff (code->digits, WTL_CODE_DIGITS - 1) == code->digits[WTL_CODE_DIGITS - 1];
}

/* Known answers: the method's usual example, and one computed by hand from
 * the published tables. */
static void
test_verhoeff (void)
{
  g_assert_cmpint (wtl_verhoeff ("236", 3), ==, '3');
  g_assert_cmpint (wtl_verhoeff ("12345", 5), ==, '1');
  g_assert_cmpint (wtl_verhoeff ("142857", 6), ==, '0');
  g_assert_cmpint (wtl_verhoeff ("", 0), ==, '0');
}

/* Sets the digit at @at so that the whole is valid; there is exactly one. */
static void
make_valid (struct wtl_code *code, size_t at)
{
  unsigned found = 0;
  char right = 0;

  for (char digit = '0'; digit <= '9'; digit++) {
    code->digits[at] = digit;
    if (is_valid (code)) {
      right = digit;
      found++;
    }
  }
  g_assert_cmpuint (found, ==, 1);
  code->digits[at] = right;
}

/* The check is a product in a group of ten elements.  What stands left of a
 * slip counts by its product alone, and one digit there, run through its ten
 * values, gives every product; the same on the right.  So running one digit on
 * either side through all its values tries every code there is: each slip that
 * some code lets through would show. */
static void
for_all_contexts (size_t at, size_t len, void (*check) (struct wtl_code *code, size_t at, guint64 *tried),
                  guint64 *tried)
{
  struct wtl_code code;

  make_code (407158392, &code);
  for (char left = '0'; left <= (at > 0 ? '9' : '0'); left++)
    for (char right = '0'; right <= (at + len < WTL_CODE_DIGITS ? '9' : '0'); right++) {
      if (at > 0)
        code.digits[at - 1] = left;
      if (at + len < WTL_CODE_DIGITS)
        code.digits[at + len] = right;
      check (&code, at, tried);
    }
}

static void
check_single (struct wtl_code *code, size_t at, guint64 *tried)
{
  make_valid (code, at);
  for (char digit = '0'; digit <= '9'; digit++) {
    char right = code->digits[at];

    if (digit == right)
      continue;
    code->digits[at] = digit;
    g_assert_false (is_valid (code));
    (*tried)++;
    code->digits[at] = right;
  }
}

static void
check_swap (struct wtl_code *code, size_t at, guint64 *tried)
{
  for (char first = '0'; first <= '9'; first++) {
    char second;

    code->digits[at] = first;
    make_valid (code, at + 1);
    second = code->digits[at + 1];
    if (first == second)
      continue;
    code->digits[at] = second;
    code->digits[at + 1] = first;
    g_assert_false (is_valid (code));
    (*tried)++;
  }
}

static void
test_single_errors (void)
{
  guint64 tried = 0;

  for (size_t at = 0; at < WTL_CODE_DIGITS; at++)
    for_all_contexts (at, 1, check_single, &tried);
  g_assert_cmpuint (tried, ==, (8 * 100 + 2 * 10) * 9);
  g_test_message ("%" G_GUINT64_FORMAT " wrong digits noticed", tried);
}

static void
test_swaps (void)
{
  guint64 tried = 0;

  for (size_t at = 0; at + 1 < WTL_CODE_DIGITS; at++)
    for_all_contexts (at, 2, check_swap, &tried);
  g_assert_cmpuint (tried, >, 6000);
  g_test_message ("%" G_GUINT64_FORMAT " swapped pairs noticed", tried);
}

/* The same on whole codes at random, as wtl_code_parse() sees them. */
static void
test_slips (void)
{
  for (unsigned i = 0; i < 2000; i++) {
    struct wtl_code code;
    struct wtl_code slip;
    struct wtl_code out;

    g_assert_cmpint (wtl_code_generate (pair_random, NULL, &code), ==, WTL_OK);
    g_assert_cmpint (wtl_code_parse (code.digits, WTL_CODE_DIGITS, &out), ==, WTL_OK);
    for (size_t at = 0; at < WTL_CODE_DIGITS; at++) {
      slip = code;
      slip.digits[at] = (char)('0' + (slip.digits[at] - '0' + 1 + (int)(i % 9)) % 10);
      g_assert_cmpint (wtl_code_parse (slip.digits, WTL_CODE_DIGITS, &out), ==, WTL_ERROR_CODE_CHECK);
      g_assert_cmpstr (out.digits, ==, "");
      if (at == 0 || code.digits[at] == code.digits[at - 1])
        continue;
      slip = code;
      slip.digits[at] = code.digits[at - 1];
      slip.digits[at - 1] = code.digits[at];
      g_assert_cmpint (wtl_code_parse (slip.digits, WTL_CODE_DIGITS, &out), ==, WTL_ERROR_CODE_CHECK);
    }
  }
}

/* How many codes are left.  Two million at random, which is enough to be sure
 * of far more than 26 bits; all of them with -m slow. */
static void
test_entropy (void)
{
  guint32 samples = g_test_slow () ? CODES : 2000000;
  guint32 refused = 0;
  struct wtl_code code;
  double bits;

  for (guint32 i = 0; i < samples; i++) {
    make_code (g_test_slow () ? i : (guint32)g_test_rand_int_range (0, CODES), &code);
    refused += wtl_code_is_trivial (&code) != 0;
  }
  bits = log2 (CODES * (1.0 - (double)refused / samples));
  g_test_message ("%u of %u refused: %.4f bits", refused, samples, bits);
  g_assert_cmpuint (refused, >, 0);
  g_assert_cmpfloat (bits, >, 29.8);
}

static void
test_refusal_list (void)
{
  static const guint32 trivial[] = {
    0,         111111111, 999999999, 123456789, 987654321, 12345678,  890123456, 210987654, 121212121, 123123123,
    123412341, 900000000, 100110110, 311220261, 120261231, 112312026, 501011900, 111111402, 934567812, 487654329,
  };
  static const guint32 fine[] = { 407158392, 314159265, 271828182, 123459876, 121231234, 320261331 };
  struct wtl_code code;
  struct wtl_code out;

  for (size_t i = 0; i < G_N_ELEMENTS (trivial); i++) {
    make_code (trivial[i], &code);
    g_test_message ("%s", code.digits);
    g_assert_true (wtl_code_is_trivial (&code));
    g_assert_cmpint (wtl_code_parse (code.digits, WTL_CODE_DIGITS, &out), ==, WTL_ERROR_CODE_TRIVIAL);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (fine); i++) {
    make_code (fine[i], &code);
    g_assert_false (wtl_code_is_trivial (&code));
  }
}

/* Random sources that fail, that are stuck, and that give what must be thrown
 * away first. */
static int
scripted_random (void *ctx, uint8_t *buf, size_t len)
{
  const char ***script = ctx;

  if (!**script)
    return -1;
  pair_from_hex (**script, buf, len);
  if ((*script)[1] || strcmp (**script, "00000000"))
    (*script)++;
  return 0;
}

static void
test_generate (void)
{
  static const char *fails[] = { NULL };
  static const char *stuck[] = { "00000000", NULL };
  /* 2^30 - 1 is over the top; 111111111 is refused; the top bits don't count */
  static const char *picky[] = { "3fffffff", "069f6bc7", "d844b378", NULL };
  const char **script;
  struct wtl_code code;

  script = fails;
  g_assert_cmpint (wtl_code_generate (scripted_random, &script, &code), ==, WTL_ERROR_RANDOM);
  script = stuck;
  g_assert_cmpint (wtl_code_generate (scripted_random, &script, &code), ==, WTL_ERROR_RANDOM);
  g_assert_cmpstr (code.digits, ==, "");
  script = picky;
  g_assert_cmpint (wtl_code_generate (scripted_random, &script, &code), ==, WTL_OK);
  g_assert_cmpint (strncmp (code.digits, "407155576", 9), ==, 0);

  for (unsigned i = 0; i < 20000; i++) {
    g_assert_cmpint (wtl_code_generate (pair_random, NULL, &code), ==, WTL_OK);
    g_assert_cmpuint (strlen (code.digits), ==, WTL_CODE_DIGITS);
    g_assert_true (is_valid (&code));
    g_assert_false (wtl_code_is_trivial (&code));
  }
}

/* "%" stands for the code's ten digits. */
static void
test_typed (void)
{
  static const struct {
    const char *text;
    enum wtl_status status;
  } cases[] = {
    { "4071583927", WTL_OK },
    { "4071-583-927", WTL_OK },
    { "407-158-392-7", WTL_OK },
    { " 4071 583 927 ", WTL_OK },
    { "\t4071\r\n583\n927\n", WTL_OK },
    { "4071.583.927", WTL_OK },
    { "4071/583/927", WTL_OK },
    { "4071_583_927", WTL_OK },
    { "4 0 7 1 5 8 3 9 2 7", WTL_OK },
    { "Code: 4071-583-927", WTL_OK },
    { "Setup code 4071583927.", WTL_OK },
    { "\"4071-583-927\"", WTL_OK },
    { "(4071 583 927)", WTL_OK },
    { "Einrichtungscode für Ihr Gerät: 4071-583-927!", WTL_OK },
    { "4071\xc2\xa0"
      "583\xc2\xa0"
      "927",
      WTL_OK }, /* no-break space */
    { "4071\xe2\x80\x91"
      "583\xe2\x80\x93"
      "927",
      WTL_OK }, /* no-break hyphen, en dash */
    { "\xef\xbb\xbf"
      "4071\xe2\x80\x8b"
      "583\xe2\x80\xaf"
      "927",
      WTL_OK }, /* BOM, zero width, narrow */
    { "4071\xe2\x88\x92"
      "583\xe3\x80\x80"
      "927",
      WTL_OK }, /* minus, ideographic space */
    { "\xef\xbc\x94"
      "071583927",
      WTL_OK }, /* full width 4 */
    { "\xd9\xa4"
      "071583927",
      WTL_OK }, /* Arabic-Indic 4 */
    { "WTL:1.00010001.4071583927.GUM-00042", WTL_OK },
    { " wtl:1.00010001.4071583927.gum-00042\n", WTL_OK },
    { "", WTL_ERROR_CODE_LENGTH },
    { "   ", WTL_ERROR_CODE_LENGTH },
    { "code", WTL_ERROR_CODE_LENGTH },
    { "407158392", WTL_ERROR_CODE_LENGTH },
    { "40715839273", WTL_ERROR_CODE_LENGTH },
    { "4071583927 4071583927", WTL_ERROR_CODE_LENGTH },
    { "4071x583927", WTL_ERROR_CODE_LENGTH },
    { "407158392E", WTL_ERROR_CODE_LENGTH },
    { "4071583927 please", WTL_ERROR_CODE_LENGTH },
    { "4071583927. 1", WTL_ERROR_CODE_LENGTH },
    { "4071\xff"
      "583927",
      WTL_ERROR_CODE_LENGTH },
    { "4071583927\xe2", WTL_ERROR_CODE_LENGTH },
    { "WTL:1.00010001.4071583927", WTL_ERROR_CODE_LENGTH },
    { "WTL:2.00010001.4071583927.GUM-00042", WTL_ERROR_CODE_LENGTH },
    { "4071583924", WTL_ERROR_CODE_CHECK },
    { "4071-538-927", WTL_ERROR_CODE_CHECK },
    { "WTL:1.00010001.4071583924.GUM-00042", WTL_ERROR_CODE_CHECK },
    { "1111111110", WTL_ERROR_CODE_CHECK },
    { "0000000000", WTL_ERROR_CODE_TRIVIAL },
  };
  struct wtl_code code;
  char long_text[300];

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *exact = g_memdup2 (cases[i].text, strlen (cases[i].text)); /* no NUL: ASan sees overreading */

    g_autofree char *shown = g_strescape (cases[i].text, NULL);

    g_test_message ("\"%s\"", shown);
    g_assert_cmpint (wtl_code_parse (exact, strlen (cases[i].text), &code), ==, cases[i].status);
    g_assert_cmpstr (code.digits, ==, cases[i].status == WTL_OK ? "4071583927" : "");
  }
  memset (long_text, 'x', sizeof long_text);
  memcpy (long_text + 290, "4071583927", 10);
  g_assert_cmpint (wtl_code_parse (long_text, sizeof long_text, &code), ==, WTL_ERROR_CODE_LENGTH);
  g_assert_cmpint (wtl_code_parse (long_text + 100, 200, &code), ==, WTL_OK);
}

static void
test_format (void)
{
  struct wtl_code code = { "4071583927" };
  struct wtl_code back;
  char text[WTL_CODE_TEXT_SIZE];

  wtl_code_format (&code, text);
  g_assert_cmpstr (text, ==, "4071-583-927");
  g_assert_cmpint (wtl_code_parse (text, strlen (text), &back), ==, WTL_OK);
  g_assert_cmpstr (back.digits, ==, code.digits);
}

static void
assert_same_label (const struct wtl_label *a, const struct wtl_label *b)
{
  g_assert_cmpstr (a->code.digits, ==, b->code.digits);
  g_assert_cmphex (a->product, ==, b->product);
  g_assert_cmpstr (a->unit_id, ==, b->unit_id);
}

static void
test_label (void)
{
  struct wtl_label label = { { "4071583927" }, 0x00010001, "GUM-00042" };
  struct wtl_label back;
  char text[WTL_CODE_QR_SIZE];

  g_assert_cmpint (wtl_label_format (&label, text), ==, WTL_OK);
  g_assert_cmpstr (text, ==, "WTL:1.00010001.4071583927.GUM-00042");
  g_assert_cmpuint (strspn (text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), ==, strlen (text));
  g_assert_cmpint (wtl_label_parse (text, strlen (text), &back), ==, WTL_OK);
  assert_same_label (&back, &label);

  /* The longest there is fits. */
  memset (label.unit_id, 'Z', WTL_CODE_UNIT_MAX);
  label.product = 0xffffffff;
  g_assert_cmpint (wtl_label_format (&label, text), ==, WTL_OK);
  g_assert_cmpint (wtl_label_parse (text, strlen (text), &back), ==, WTL_OK);
  assert_same_label (&back, &label);

  /* Every shorter text is refused, and reads nothing beyond its end. */
  for (size_t len = 0; len < strlen ("WTL:1.FFFFFFFF.4071583927.Z"); len++) {
    g_autofree char *exact = g_memdup2 (text, len);

    g_assert_cmpint (wtl_label_parse (exact, len, &back), ==, WTL_ERROR_MALFORMED);
  }
}

static void
test_bad_labels (void)
{
  static const char *const bad[] = {
    "",
    "http://example.org",
    "WTL:1.00010001.4071583927.",
    "WTL:1.0001000G.4071583927.GUM",
    "WTL:1.00010001.407158392X.GUM",
    "WTL:1.00010001.4071583927.GUM_1",
    "WTL:1.00010001.4071583927.G M",
    "WTL:1.00010001.4071583927.ABCDEFGHIJKLMNOPQRSTUVWXYZ-123456",
    "WTL:1-00010001.4071583927.GUM",
    "WTL:1.00010001-4071583927.GUM",
    "WTL:1.00010001.4071583927-GUM",
  };
  static const char *const bad_units[] = { "", "gum", "GUM 1", "GUM.1", "Ü" };
  struct wtl_label label = { { "4071583927" }, 1, "" };
  char text[WTL_CODE_QR_SIZE];

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpint (wtl_label_parse (bad[i], strlen (bad[i]), &label), ==, WTL_ERROR_MALFORMED);
  memcpy (label.code.digits, "4071583927", 11);
  for (size_t i = 0; i < G_N_ELEMENTS (bad_units); i++) {
    g_strlcpy (label.unit_id, bad_units[i], sizeof label.unit_id);
    g_assert_cmpint (wtl_label_format (&label, text), ==, WTL_ERROR_ARGUMENT);
  }
  memset (label.unit_id, 'A', sizeof label.unit_id); /* no NUL */
  g_assert_cmpint (wtl_label_format (&label, text), ==, WTL_ERROR_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pairing/code/verhoeff", test_verhoeff);
  g_test_add_func ("/pairing/code/single-errors", test_single_errors);
  g_test_add_func ("/pairing/code/swaps", test_swaps);
  g_test_add_func ("/pairing/code/slips", test_slips);
  g_test_add_func ("/pairing/code/entropy", test_entropy);
  g_test_add_func ("/pairing/code/refusal-list", test_refusal_list);
  g_test_add_func ("/pairing/code/generate", test_generate);
  g_test_add_func ("/pairing/code/typed", test_typed);
  g_test_add_func ("/pairing/code/format", test_format);
  g_test_add_func ("/pairing/code/label", test_label);
  g_test_add_func ("/pairing/code/bad-labels", test_bad_labels);
  return g_test_run ();
}
