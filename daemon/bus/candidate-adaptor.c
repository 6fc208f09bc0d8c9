/* SPDX-License-Identifier: Apache-2.0 */
/*
 * org.wattle.Companion1.Candidate.  Who opened a candidate goes on with it:
 * nobody else can finish or close it, and it closes when they leave the bus.
 */
#include "daemon/bus/candidate-adaptor.h"

#include <glib/gi18n.h>

#include "daemon/bus/call.h"
#include "daemon/bus/variants.h"

struct _WattleCandidateAdaptor {
  WattleBusCandidateSkeleton parent_instance;
  WattleCandidate *candidate;
  WattleCallers *callers;
  char *opener; /* unique bus name, held; NULL = nobody */
};

static void candidate_iface_init (WattleBusCandidateIface *iface);
G_DEFINE_TYPE_WITH_CODE (WattleCandidateAdaptor, wattle_candidate_adaptor, WATTLE_BUS_TYPE_CANDIDATE_SKELETON,
                         G_IMPLEMENT_INTERFACE (WATTLE_BUS_TYPE_CANDIDATE, candidate_iface_init))

static void
set_opener (WattleCandidateAdaptor *self, const char *sender)
{
  if (self->opener != NULL)
    wattle_callers_release (self->callers, self->opener);
  g_free (self->opener);
  self->opener = g_strdup (sender);
  if (sender != NULL)
    wattle_callers_hold (self->callers, sender);
}

static gboolean
is_open (WattleCandidateState state)
{
  return state == WATTLE_CANDIDATE_OPENING || state == WATTLE_CANDIDATE_MUST_CHANGE_PASSWORD
         || state == WATTLE_CANDIDATE_FINISHING;
}

/* Brings the properties on the bus to what the candidate says. */
static void
sync_properties (WattleCandidateAdaptor *self)
{
  WattleCandidate *candidate = self->candidate;
  g_autofree char *passport = wattle_variant_passport_path (wattle_candidate_get_passport (candidate));

  g_object_set (self, "id", wattle_candidate_get_id (candidate), "name", wattle_candidate_get_name (candidate),
                "product", wattle_candidate_get_product (candidate), "link", wattle_candidate_get_link (candidate),
                "signal-strength", wattle_candidate_get_signal_strength (candidate), "state",
                wattle_candidate_state_name (wattle_candidate_get_state (candidate)), "attempts-left",
                wattle_candidate_get_attempts_left (candidate), "locked-until",
                (guint64)wattle_candidate_get_locked_until (candidate), "passport", passport, "unit-id",
                wattle_candidate_get_unit_id (candidate), NULL);
  if (self->opener != NULL && !is_open (wattle_candidate_get_state (candidate)))
    set_opener (self, NULL);
}

static void
on_gone (WattleCallers *callers, const char *sender, WattleCandidateAdaptor *self)
{
  if (g_strcmp0 (sender, self->opener) != 0)
    return;
  /* Refused while finishing: then the job ends what was begun. */
  wattle_candidate_close (self->candidate, NULL);
}

static gboolean
check_opener (WattleCandidateAdaptor *self, GDBusMethodInvocation *invocation, GError **error)
{
  if (self->opener == NULL || g_strcmp0 (self->opener, g_dbus_method_invocation_get_sender (invocation)) == 0)
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                       _ ("Another app has opened this device. Finish or close it there."));
  return FALSE;
}

static gboolean
parse_open_options (GVariant *options, WattleOpenWith *with, GError **error)
{
  const char *secret = "code";

  g_variant_lookup (options, "secret", "&s", &secret);
  if (g_str_equal (secret, "code")) {
    *with = WATTLE_OPEN_CODE;
    return TRUE;
  }
  if (g_str_equal (secret, "password")) {
    *with = WATTLE_OPEN_PASSWORD;
    return TRUE;
  }
  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
               _ ("A device opens with a code or a password, not “%s”."), secret);
  return FALSE;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  wattle_candidate_open_finish (WATTLE_CANDIDATE (source), result, &error);
  wattle_call_done (user_data, error);
}

static gboolean
handle_open (WattleBusCandidate *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle,
             GVariant *options)
{
  WattleCandidateAdaptor *self = WATTLE_CANDIDATE_ADAPTOR (object);
  g_autoptr (WattleSecret) secret = NULL;
  WattleOpenWith with;
  GError *error = NULL;

  if (!parse_open_options (options, &with, &error)
      || (secret = wattle_call_read_secret (fds, handle, &error)) == NULL) {
    wattle_call_fail (invocation, error);
    return TRUE;
  }
  wattle_candidate_open_async (self->candidate, secret, with, wattle_call_get_cancellable (invocation), on_opened,
                               invocation);
  if (is_open (wattle_candidate_get_state (self->candidate)))
    set_opener (self, g_dbus_method_invocation_get_sender (invocation));
  return TRUE;
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (WattlePasswordStrength) strength
      = wattle_candidate_check_password_finish (WATTLE_CANDIDATE (source), result, &error);

  wattle_call_return_strength (user_data, strength, error);
}

static gboolean
handle_check_password (WattleBusCandidate *object, GDBusMethodInvocation *invocation, GUnixFDList *fds,
                       GVariant *handle)
{
  WattleCandidateAdaptor *self = WATTLE_CANDIDATE_ADAPTOR (object);
  GError *error = NULL;
  g_autoptr (WattleSecret) password = wattle_call_read_secret (fds, handle, &error);

  if (password == NULL)
    wattle_call_fail (invocation, error);
  else
    wattle_candidate_check_password_async (self->candidate, password, wattle_call_get_cancellable (invocation),
                                           on_checked, invocation);
  return TRUE;
}

static gboolean
handle_suggest_passphrase (WattleBusCandidate *object, GDBusMethodInvocation *invocation, GUnixFDList *fds)
{
  wattle_call_return_passphrase (invocation);
  return TRUE;
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  WattleJob *job = wattle_candidate_finish_setup_finish (WATTLE_CANDIDATE (source), result, &error);

  wattle_call_return_job (user_data, job, error);
}

static gboolean
handle_finish (WattleBusCandidate *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle,
               GVariant *decisions, GVariant *options)
{
  WattleCandidateAdaptor *self = WATTLE_CANDIDATE_ADAPTOR (object);
  g_autoptr (WattleSecret) password = NULL;
  const char *name = NULL;
  GError *error = NULL;

  if (!check_opener (self, invocation, &error) || (password = wattle_call_read_secret (fds, handle, &error)) == NULL) {
    wattle_call_fail (invocation, error);
    return TRUE;
  }
  g_variant_lookup (options, "name", "&s", &name);
  wattle_candidate_finish_setup_async (self->candidate, password, decisions, name,
                                       wattle_call_get_cancellable (invocation), on_finished, invocation);
  return TRUE;
}

static gboolean
handle_close (WattleBusCandidate *object, GDBusMethodInvocation *invocation)
{
  WattleCandidateAdaptor *self = WATTLE_CANDIDATE_ADAPTOR (object);
  GError *error = NULL;

  if (check_opener (self, invocation, &error))
    wattle_candidate_close (self->candidate, &error);
  wattle_call_done (invocation, error);
  return TRUE;
}

static void
wattle_candidate_adaptor_dispose (GObject *object)
{
  WattleCandidateAdaptor *self = WATTLE_CANDIDATE_ADAPTOR (object);

  if (self->callers != NULL) {
    g_signal_handlers_disconnect_by_data (self->callers, self);
    set_opener (self, NULL);
  }
  if (self->candidate != NULL)
    g_signal_handlers_disconnect_by_data (self->candidate, self);
  g_clear_object (&self->callers);
  g_clear_object (&self->candidate);
  G_OBJECT_CLASS (wattle_candidate_adaptor_parent_class)->dispose (object);
}

static void
wattle_candidate_adaptor_class_init (WattleCandidateAdaptorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_candidate_adaptor_dispose;
  wattle_guard_adopt_class (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
candidate_iface_init (WattleBusCandidateIface *iface)
{
  iface->handle_open = handle_open;
  iface->handle_check_password = handle_check_password;
  iface->handle_suggest_passphrase = handle_suggest_passphrase;
  iface->handle_finish = handle_finish;
  iface->handle_close = handle_close;
}

static void
wattle_candidate_adaptor_init (WattleCandidateAdaptor *self)
{
}

WattleCandidateAdaptor *
wattle_candidate_adaptor_new (WattleGuard *guard, WattleCandidate *candidate)
{
  WattleCandidateAdaptor *self = g_object_new (WATTLE_TYPE_CANDIDATE_ADAPTOR, NULL);

  wattle_guard_protect (guard, G_DBUS_INTERFACE_SKELETON (self), NULL);
  self->candidate = g_object_ref (candidate);
  self->callers = g_object_ref (wattle_guard_get_callers (guard));
  g_signal_connect (self->callers, "gone", G_CALLBACK (on_gone), self);
  g_signal_connect_swapped (candidate, "notify", G_CALLBACK (sync_properties), self);
  sync_properties (self);
  return self;
}
