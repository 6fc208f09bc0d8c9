/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typing mistakes are told at once: they cost no try.
 */
#include "daemon/device/code-entry.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/store/keyring.h"
#include "pairing/channel.h"
#include "pairing/code.h"
#include "pairing/secret.h"

static const char *
what_is_wrong (enum wtl_status status)
{
  switch (status) {
    case WTL_ERROR_CODE_LENGTH:
      return _ ("A code has ten digits. Compare yours with the label; no try was used.");
    case WTL_ERROR_CODE_TRIVIAL:
      return _ ("No label has such a simple code. Compare yours with it; no try was used.");
    default:
      return _ ("This code has a typing mistake. Compare it with the label; no try was used.");
  }
}

GBytes *
wattle_code_entry_parse (const char *text, guint32 product, GError **error)
{
  struct wtl_code code;
  struct wtl_label label;
  enum wtl_status status = wtl_code_parse (text, strlen (text), &code);
  GBytes *digits = NULL;

  if (status != WTL_OK)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_MISTYPED_CODE, what_is_wrong (status));
  else if (product != 0 && wtl_label_parse (text, strlen (text), &label) == WTL_OK && label.product != product)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_MISTYPED_CODE,
                         _ ("This code is of another kind of device. Take the one on this device's label."));
  else
    digits = wattle_secret_bytes_new (code.digits, WTL_CODE_DIGITS);
  wtl_wipe (&code, sizeof code);
  wtl_wipe (&label, sizeof label);
  return digits;
}

GBytes *
wattle_password_entry_parse (const char *text, GError **error)
{
  gsize len = strlen (text);

  if (len > 0 && len <= WTL_SECRET_MAX)
    return wattle_secret_bytes_new (text, len);
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_WRONG_PASSWORD,
                       _ ("That is not the password of this device."));
  return NULL;
}
