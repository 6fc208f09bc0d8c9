/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which passwords the device takes, whoever asks.
 */
#include <string.h>

#include <glib.h>

#include "firmware/core/password.h"

#define UNIT "GL-2600-000042"

static void
test_refused (void)
{
  static const char *const common[] = {
    "password123",    "Password1234!",   "P@ssw0rd2024",   "1234567890",       "0987654321",     "12345678901234567890",
    "qwertyuiop",     "QWERTYuiop123",   "asdfghjkl;",     "1q2w3e4r5t6y",     "zxcvbnm1234",    "aaaaaaaaaaaaaaaa",
    "abababababab",   "abcabcabcabcabc", "iloveyou2024",   "wattle2026!",      "gumleafgumleaf", "thermometer1",
    "letmeinletmein", "administrator",   "GL-2600-000042", "gl-2600-000042!",  "summer2025!!",   "welcomehome",
    "qazwsxedcrfv",   "1qaz2wsx3edc",    "monkeydragon1",  "abcdefghijklmnop",
  };

  for (guint i = 0; i < G_N_ELEMENTS (common); i++) {
    g_test_message ("%s", common[i]);
    g_assert_cmpint (wtl_password_check (common[i], UNIT), ==, wtl_ERROR_CODE_PASSWORD_COMMON);
  }
}

static void
test_taken (void)
{
  static const char *const good[] = {
    "plum tractor violin",
    "correct horse battery",
    "Xk7#pQ2m!v",
    "mondgesicht-kabel",
    "8305719264",
    "пароль для дома",
    "我的新温度计密码很长啊",
    "my password is a long sentence",
    "teapot.gravel.ninety",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_test_message ("%s", good[i]);
    g_assert_cmpint (wtl_password_check (good[i], UNIT), ==, wtl_ERROR_CODE_NONE);
  }
}

static void
test_lengths (void)
{
  char text[WTL_PASSWORD_MAX + 2];

  g_assert_cmpint (wtl_password_check ("", UNIT), ==, wtl_ERROR_CODE_PASSWORD_SHORT);
  g_assert_cmpint (wtl_password_check ("Xk7#pQ2m!", UNIT), ==, wtl_ERROR_CODE_PASSWORD_SHORT);
  g_assert_cmpint (wtl_password_check ("密码密码密码密码密", UNIT), ==, wtl_ERROR_CODE_PASSWORD_SHORT); /* 9 */
  for (guint i = 0; i < sizeof text - 1; i++)
    text[i] = "plumtracoviefg"[i * i % 14];
  text[WTL_PASSWORD_MAX + 1] = 0;
  g_assert_cmpint (wtl_password_check (text, UNIT), ==, wtl_ERROR_CODE_PASSWORD_LONG);
  text[WTL_PASSWORD_MAX] = 0;
  g_assert_cmpint (wtl_password_check (text, UNIT), ==, wtl_ERROR_CODE_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/password/refused", test_refused);
  g_test_add_func ("/password/taken", test_taken);
  g_test_add_func ("/password/lengths", test_lengths);
  return g_test_run ();
}
