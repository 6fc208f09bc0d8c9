/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that need more than the password itself.
 */
#include "daemon/device/password-rules.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/wire-error.h"

static void
refuse (WattlePasswordStrength *strength, const char *reason)
{
  guint n = strength->reasons == NULL ? 0 : g_strv_length (strength->reasons);
  char **reasons = g_new0 (char *, n + 2);

  reasons[0] = g_strdup (reason);
  for (guint i = 0; i < n; i++)
    reasons[i + 1] = strength->reasons[i];
  g_free (strength->reasons);
  strength->reasons = reasons;
  strength->acceptable = FALSE;
  strength->score = 0;
}

/* Whether @password is @word but for spaces, dashes and case. */
static gboolean
is_same_word (const char *password, const char *word)
{
  for (;;) {
    while (*password == ' ' || *password == '-' || *password == '.')
      password++;
    while (*word == ' ' || *word == '-' || *word == '.')
      word++;
    if (g_ascii_tolower (*password) != g_ascii_tolower (*word))
      return FALSE;
    if (*password == '\0')
      return TRUE;
    password++;
    word++;
  }
}

static void
on_reuse (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattlePasswordStrength **kept = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *reused_by = NULL;

  if (!wattle_keyring_password_reused_finish (WATTLE_KEYRING (source), result, &reused_by, &error)) {
    if (g_task_return_error_if_cancelled (task))
      return;
    g_debug ("Passwords of other devices are not known: %s", error->message);
  } else if (reused_by != NULL) {
    refuse (*kept, _ ("Another of your devices has this password. Give each its own."));
  }
  g_task_return_pointer (task, g_steal_pointer (kept), (GDestroyNotify)wattle_password_strength_free);
}

static void
free_kept (gpointer data)
{
  WattlePasswordStrength **kept = data;

  g_clear_pointer (kept, wattle_password_strength_free);
  g_free (kept);
}

void
wattle_password_judge_async (WattleServices *services, const char *device, const char *password,
                             const char *const *related, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (services, cancellable, callback, user_data);
  WattlePasswordStrength *strength = wattle_password_check (password, related);
  WattlePasswordStrength **kept;

  for (gsize i = 0; related != NULL && related[i] != NULL; i++)
    if (related[i][0] != '\0' && is_same_word (password, related[i]))
      refuse (strength, _ ("What is printed on the device cannot be its password. Choose other words."));
  if (!strength->acceptable) {
    g_task_return_pointer (task, strength, (GDestroyNotify)wattle_password_strength_free);
    return;
  }
  kept = g_new0 (WattlePasswordStrength *, 1);
  *kept = strength;
  g_task_set_task_data (task, kept, free_kept);
  wattle_keyring_password_reused_async (wattle_services_get_keyring (services), device, password, WATTLE_KEYRING_QUIET,
                                        cancellable, on_reuse, g_steal_pointer (&task));
}

WattlePasswordStrength *
wattle_password_judge_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
wattle_password_end_judging (GObject *source, GAsyncResult *result, gpointer task)
{
  g_autoptr (GTask) ended = task;
  GError *error = NULL;
  WattlePasswordStrength *strength = wattle_password_judge_finish (result, &error);

  if (strength != NULL)
    g_task_return_pointer (ended, strength, (GDestroyNotify)wattle_password_strength_free);
  else
    g_task_return_error (ended, wattle_error_own (error));
}

gboolean
wattle_password_require (const WattlePasswordStrength *strength, GError **error)
{
  g_autofree char *reasons = NULL;

  if (strength->acceptable)
    return TRUE;
  reasons = strength->reasons == NULL || strength->reasons[0] == NULL ? NULL : g_strjoinv (" ", strength->reasons);
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_WEAK_PASSWORD,
                       reasons == NULL ? _ ("This password is too easy to guess. Choose a longer one.") : reasons);
  return FALSE;
}
