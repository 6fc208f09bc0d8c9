/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/device/next-code.h"

#include <glib/gi18n-lib.h>

#include "daemon/device/wire-error.h"

/* Says in our words that a lookup found none; takes @error. */
static GError *
no_code (GError *error)
{
  if (!g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    return wattle_error_own (error);
  g_error_free (error);
  return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND,
                              _ ("There is no code for a next owner under this receipt."));
}

static void
on_code (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) code = wattle_keyring_lookup_finish (WATTLE_KEYRING (source), result, &error);

  if (code != NULL)
    g_task_return_pointer (task, g_strndup (g_bytes_get_data (code, NULL), g_bytes_get_size (code)), g_free);
  else
    g_task_return_error (task, no_code (error));
}

void
wattle_next_code_reveal_async (WattleKeyring *keyring, const char *receipt, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);

  wattle_keyring_lookup_async (keyring, receipt, WATTLE_SECRET_NEXT_CODE, WATTLE_KEYRING_INTERACTIVE, cancellable,
                               on_code, g_steal_pointer (&task));
}

char *
wattle_next_code_reveal_finish (WattleKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (wattle_keyring_clear_finish (WATTLE_KEYRING (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, wattle_error_own (error));
}

void
wattle_next_code_forget_async (WattleKeyring *keyring, const char *receipt, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);

  /* The wipe removes this one itself, unless the power went just then. */
  wattle_keyring_clear_async (keyring, receipt, WATTLE_SECRET_CERTIFICATE, WATTLE_KEYRING_QUIET, NULL, NULL, NULL);
  wattle_keyring_clear_async (keyring, receipt, WATTLE_SECRET_NEXT_CODE, WATTLE_KEYRING_INTERACTIVE, cancellable,
                              on_forgotten, g_steal_pointer (&task));
}

gboolean
wattle_next_code_forget_finish (WattleKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
