/* SPDX-License-Identifier: Apache-2.0 */
/* From the password that the person considers to the job that sets the device up. */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/candidate-internal.h"
#include "daemon/device/consent-private.h"
#include "daemon/device/device-name.h"
#include "daemon/device/password-rules.h"
#include "daemon/device/setup.h"
#include "daemon/device/wire-error.h"
#include "pairing/code.h"

/* --- passwords --- */

static gboolean
check_opened (WattleCandidate *self, GError **error)
{
  if (self->session == WATTLE_CANDIDATE_MUST_CHANGE_PASSWORD && !self->preparing)
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, _ ("Open the device with its code first."));
  return FALSE;
}

/* Words that a guesser of this device's password tries first. */
static void
judge (WattleCandidate *self, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback,
       gpointer user_data)
{
  char digits[WTL_CODE_DIGITS + 1] = "";
  const char *related[] = { digits, self->opened->info.unit_id, self->name, NULL };

  if (self->opened->with == WATTLE_OPEN_CODE)
    memcpy (digits, g_bytes_get_data (self->opened->secret, NULL), WTL_CODE_DIGITS);
  wattle_password_judge_async (self->services, NULL, password, related, cancellable, callback, user_data);
  explicit_bzero (digits, sizeof digits);
}

void
wattle_candidate_check_password_async (WattleCandidate *self, const char *password, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  if (!check_opened (self, &error)) {
    g_task_return_error (task, error);
    return;
  }
  wattle_candidate_set_session (self, self->session); /* the person is still there */
  judge (self, password, cancellable, wattle_password_end_judging, g_steal_pointer (&task));
}

WattlePasswordStrength *
wattle_candidate_check_password_finish (WattleCandidate *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- finishing --- */

typedef struct {
  char *password; /* wiped */
  GVariant *decisions;
  char *name;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  explicit_bzero (wish->password, strlen (wish->password));
  g_free (wish->password);
  g_variant_unref (wish->decisions);
  g_free (wish->name);
  g_free (wish);
}

static void
on_job_state (WattleJob *job, GParamSpec *pspec, gpointer user_data)
{
  WattleCandidate *self = user_data;

  if (!wattle_job_is_over (job))
    return;
  g_signal_handlers_disconnect_by_func (job, on_job_state, self);
  g_clear_object (&self->job);
  /* A password that the device did not like can be followed by another. */
  if (g_error_matches (wattle_job_get_error (job), WATTLE_ERROR, WATTLE_ERROR_WEAK_PASSWORD))
    wattle_candidate_set_session (self, WATTLE_CANDIDATE_MUST_CHANGE_PASSWORD);
  else
    wattle_candidate_close_session (self);
}

/* The job, a new reference: one that fails at once is forgotten by @self. */
static WattleJob *
begin_job (WattleCandidate *self, const Wish *wish)
{
  g_autoptr (WattleJob) job = NULL;
  WattleSetupParams params = {
    .candidate = self->id,
    .peer = self->peer,
    .opened = self->opened,
    .password = wish->password,
    .decisions = wish->decisions,
    .name = wish->name,
  };

  self->job = wattle_setup_job_new (self->services, &params);
  job = WATTLE_JOB (g_object_ref (self->job));
  g_clear_object (&self->opened->conversation); /* the job's now; another can open its own */
  g_signal_connect_object (self->job, "notify::state", G_CALLBACK (on_job_state), self, 0);
  wattle_candidate_set_session (self, WATTLE_CANDIDATE_FINISHING);
  g_signal_emit_by_name (self, "job-started", self->job);
  wattle_setup_job_start (WATTLE_SETUP_JOB (job));
  return g_steal_pointer (&job);
}

/* Fails the Finish; the device stays open. */
static void
refuse_finish (WattleCandidate *self, GTask *task, GError *error)
{
  self->preparing = FALSE;
  g_task_return_error (task, wattle_error_own (error));
}

static void
on_keyring_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleCandidate *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!wattle_keyring_unlock_finish (WATTLE_KEYRING (source), result, &error)) {
    refuse_finish (self, task, error);
    return;
  }
  if (!self->preparing || self->session != WATTLE_CANDIDATE_MUST_CHANGE_PASSWORD) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, "%s",
                             _ ("The device was closed meanwhile."));
    return;
  }
  self->preparing = FALSE;
  g_task_return_pointer (task, begin_job (self, g_task_get_task_data (task)), g_object_unref);
}

static void
on_password_judged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleCandidate *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr (WattlePasswordStrength) strength = wattle_password_judge_finish (result, &error);

  if (strength == NULL || !wattle_password_require (strength, &error))
    refuse_finish (self, task, error);
  else
    wattle_keyring_unlock_async (wattle_services_get_keyring (self->services), cancellable, on_keyring_unlocked,
                                 g_steal_pointer (&task));
}

static gboolean
check_wish (WattleCandidate *self, const Wish *wish, GError **error)
{
  if (!check_opened (self, error) || !wattle_device_name_is_valid (wish->name, error)
      || !wattle_consent_check_decisions (self->opened->passport, wish->decisions, error))
    return FALSE;
  if (self->opened->with == WATTLE_OPEN_PASSWORD && wish->password[0] != '\0') {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                         _ ("The device keeps the password it has. Change it when the device is set up here."));
    return FALSE;
  }
  return TRUE;
}

void
wattle_candidate_finish_setup_async (WattleCandidate *self, const char *password, GVariant *decisions, const char *name,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Wish *wish = g_new0 (Wish, 1);
  GError *error = NULL;

  wish->password = g_strdup (password);
  wish->decisions = g_variant_ref_sink (decisions);
  wish->name = g_strdup (name == NULL || name[0] == '\0' ? self->name : name);
  g_task_set_task_data (task, wish, wish_free);
  if (!check_wish (self, wish, &error)) {
    g_task_return_error (task, error);
    return;
  }
  self->preparing = TRUE;
  wattle_candidate_set_session (self, self->session);
  if (self->opened->with == WATTLE_OPEN_PASSWORD)
    wattle_keyring_unlock_async (wattle_services_get_keyring (self->services), cancellable, on_keyring_unlocked,
                                 g_steal_pointer (&task));
  else
    judge (self, password, cancellable, on_password_judged, g_steal_pointer (&task));
}

WattleJob *
wattle_candidate_finish_setup_finish (WattleCandidate *self, GAsyncResult *result, GError **error)
{
  g_autoptr (WattleJob) job = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  job = g_task_propagate_pointer (G_TASK (result), error);
  return job; /* the registry's list holds it */
}
