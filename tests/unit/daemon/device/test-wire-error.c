/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every refusal of the protocol has a sentence, and the sentences that count
 * say the numbers.
 */
#include <string.h>

#include "daemon/device/code-entry.h"
#include "daemon/device/wire-error.h"

static void
test_every_status (void)
{
  const struct wtl_attempts attempts = { 3, 0 };
  const wtl_Refusal refusal = wtl_Refusal_init_zero;

  for (int status = WTL_ERROR_ARGUMENT; status <= WTL_ERROR_CODE_TRIVIAL; status++)
    for (int kind = wtl_SECRET_KIND_UNSPECIFIED; kind <= wtl_SECRET_KIND_PASSWORD; kind++) {
      g_autoptr (GError) error = wattle_error_from_status (status, kind, &attempts, &refusal);

      g_assert_true (error->domain == WATTLE_ERROR);
      g_assert_cmpuint (strlen (error->message), >, 10);
    }
}

static void
test_every_code (void)
{
  for (int code = wtl_ERROR_CODE_NONE; code <= wtl_ERROR_CODE_UNSUPPORTED + 3; code++) {
    g_autoptr (GError) error = wattle_error_from_response (&(wtl_Error){ .code = code });

    g_assert_true (error->domain == WATTLE_ERROR);
    g_assert_cmpuint (strlen (error->message), >, 10);
  }
}

static void
test_wrong_code (void)
{
  static const struct {
    struct wtl_attempts attempts;
    const char *says;
  } cases[] = {
    { { 4, 0 }, "4 tries are left." },        { { 1, 0 }, "1 try is left." },
    { { 0, 60 }, "locked for 1 minute." },    { { 0, 3601 }, "locked for 61 minutes." },
    { { 0, 86400 }, "locked for 24 hours." },
  };
  const wtl_Refusal refusal = wtl_Refusal_init_zero;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error
        = wattle_error_from_status (WTL_ERROR_CONFIRM, wtl_SECRET_KIND_SETUP_CODE, &cases[i].attempts, &refusal);

    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_WRONG_CODE);
    g_assert_nonnull (strstr (error->message, cases[i].says));
  }
}

/* A refusal for what is off says what that is, the most serious first; any other is as before. */
static void
test_alerts (void)
{
  static const struct {
    guint32 detail;
    int code;
    const char *says;
  } cases[] = {
    { 0, WATTLE_ERROR_NOT_ALLOWED, "does not allow" },          { 1, WATTLE_ERROR_DEVICE_ALERT, "maker signed" },
    { 2, WATTLE_ERROR_DEVICE_ALERT, "port for repairs" },       { 4, WATTLE_ERROR_DEVICE_ALERT, "memory" },
    { 7, WATTLE_ERROR_DEVICE_ALERT, "maker signed" },           { 8, WATTLE_ERROR_DEVICE_ALERT, "too old to know" },
    { G_MAXUINT32, WATTLE_ERROR_DEVICE_ALERT, "maker signed" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    wtl_Response response = { .which_body = wtl_Response_error_tag };
    g_autoptr (GError) error = NULL;

    response.body.error = (wtl_Error){ .code = wtl_ERROR_CODE_FORBIDDEN, .detail = cases[i].detail };
    error = wattle_error_from_response (&response.body.error);
    g_assert_error (error, WATTLE_ERROR, cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].says));
    g_assert_true (wattle_error_is_alert (&response) == (cases[i].detail != 0));
    response.body.error.code = wtl_ERROR_CODE_PASSWORD_SHORT;
    g_assert_false (wattle_error_is_alert (&response));
    response.which_body = wtl_Response_done_tag;
    g_assert_false (wattle_error_is_alert (&response));
  }
}

static void
test_durations (void)
{
  static const struct {
    guint seconds;
    const char *text;
  } cases[] = { { 1, "1 second" },   { 59, "59 seconds" }, { 60, "1 minute" },    { 61, "2 minutes" },
                { 7200, "2 hours" }, { 7201, "3 hours" },  { 86400, "24 hours" }, { G_MAXUINT, "1193047 hours" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = wattle_duration_text (cases[i].seconds);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_typed_codes (void)
{
  static const char *const wrong[] = { "", "12", "1234567890", "0000000000", "abc", "12345678901234" };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_null (wattle_code_entry_parse (wrong[i], 0, &error));
    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_MISTYPED_CODE);
    g_assert_nonnull (strstr (error->message, "no try was used"));
    g_clear_error (&error);
  }
  g_assert_null (wattle_password_entry_parse ("", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_WRONG_PASSWORD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire-error/every-status", test_every_status);
  g_test_add_func ("/wire-error/every-code", test_every_code);
  g_test_add_func ("/wire-error/wrong-code", test_wrong_code);
  g_test_add_func ("/wire-error/alerts", test_alerts);
  g_test_add_func ("/wire-error/durations", test_durations);
  g_test_add_func ("/wire-error/typed-codes", test_typed_codes);
  return g_test_run ();
}
