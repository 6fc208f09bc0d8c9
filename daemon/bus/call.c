/* SPDX-License-Identifier: Apache-2.0 */
/* Small things around one method call. */
#include "daemon/bus/call.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "common/error.h"
#include "daemon/bus/paths.h"

#define DATA_KEY "wattle-call"

typedef struct {
  WattleCallers *callers;
  GObject *skeleton; /* the invocation does not hold it, and the object may go before the answer */
  GCancellable *cancellable;
  char *sender;
  gulong gone_id;
} Call;

static void
call_free (Call *call)
{
  if (call->cancellable != NULL) {
    g_signal_handler_disconnect (call->callers, call->gone_id);
    wattle_callers_release (call->callers, call->sender);
    g_object_unref (call->cancellable);
  }
  g_clear_object (&call->skeleton);
  g_object_unref (call->callers);
  g_free (call->sender);
  g_free (call);
}

static void
on_gone (WattleCallers *callers, const char *sender, Call *call)
{
  if (g_strcmp0 (sender, call->sender) == 0)
    g_cancellable_cancel (call->cancellable);
}

void
wattle_call_begin (GDBusMethodInvocation *invocation, WattleCallers *callers)
{
  Call *call = g_new0 (Call, 1);
  gpointer skeleton = g_dbus_method_invocation_get_user_data (invocation);

  if (G_IS_DBUS_INTERFACE_SKELETON (skeleton))
    call->skeleton = g_object_ref (skeleton);
  call->callers = g_object_ref (callers);
  call->sender = g_strdup (g_dbus_method_invocation_get_sender (invocation));
  g_object_set_data_full (G_OBJECT (invocation), DATA_KEY, call, (GDestroyNotify)call_free);
}

GCancellable *
wattle_call_get_cancellable (GDBusMethodInvocation *invocation)
{
  Call *call = g_object_get_data (G_OBJECT (invocation), DATA_KEY);

  g_return_val_if_fail (call != NULL, NULL);
  if (call->cancellable == NULL) {
    call->cancellable = g_cancellable_new ();
    call->gone_id = g_signal_connect (call->callers, "gone", G_CALLBACK (on_gone), call);
    wattle_callers_hold (call->callers, call->sender);
  }
  return call->cancellable;
}

void
wattle_call_fail (GDBusMethodInvocation *invocation, GError *error)
{
  if (error->domain != WATTLE_ERROR) {
    g_autoptr (GError) theirs = error;

    if (g_error_matches (theirs, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_CANCELLED, _ ("This was cancelled."));
    else
      error = g_error_new (WATTLE_ERROR, WATTLE_ERROR_FAILED, _ ("Something went wrong: %s"), theirs->message);
  }
  g_dbus_method_invocation_take_error (invocation, error);
}

void
wattle_call_return (GDBusMethodInvocation *invocation, GVariant *parameters)
{
  gpointer skeleton = g_dbus_method_invocation_get_user_data (invocation);

  if (G_IS_DBUS_INTERFACE_SKELETON (skeleton))
    g_dbus_interface_skeleton_flush (skeleton);
  g_dbus_method_invocation_return_value (invocation, parameters);
}

void
wattle_call_return_secret (GDBusMethodInvocation *invocation, const char *secret)
{
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  int fd = wattle_secret_fd_new (secret, &error);

  if (fd < 0) {
    wattle_call_fail (invocation, error);
    return;
  }
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0), fds);
}

void
wattle_call_return_passphrase (GDBusMethodInvocation *invocation)
{
  GError *error = NULL;
  g_autoptr (WattleSecret) passphrase = wattle_passphrase_new (&error);

  if (passphrase == NULL)
    wattle_call_fail (invocation, error);
  else
    wattle_call_return_secret (invocation, passphrase);
}

void
wattle_call_return_strength (GDBusMethodInvocation *invocation, const WattlePasswordStrength *strength, GError *error)
{
  if (strength == NULL)
    wattle_call_fail (invocation, error);
  else
    wattle_call_return (invocation,
                        g_variant_new ("(ub^as)", strength->score, strength->acceptable, strength->reasons));
}

void
wattle_call_done (GDBusMethodInvocation *invocation, GError *error)
{
  if (error != NULL)
    wattle_call_fail (invocation, error);
  else
    wattle_call_return (invocation, NULL);
}

void
wattle_call_return_job (GDBusMethodInvocation *invocation, WattleJob *job, GError *error)
{
  g_autofree char *path = NULL;

  if (job == NULL) {
    wattle_call_fail (invocation, error);
    return;
  }
  path = g_strdup_printf (WATTLE_PATH_JOB, wattle_job_get_number (job));
  wattle_call_return (invocation, g_variant_new ("(o)", path));
}

int
wattle_call_peek_fd (GUnixFDList *fds, GVariant *handle, GError **error)
{
  gint32 index = g_variant_get_handle (handle);
  const int *all;
  int n = 0;

  all = fds != NULL ? g_unix_fd_list_peek_fds (fds, &n) : NULL;
  if (index < 0 || index >= n) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                         _ ("The call came without the file that it speaks of."));
    return -1;
  }
  return all[index];
}

WattleSecret *
wattle_call_read_secret (GUnixFDList *fds, GVariant *handle, GError **error)
{
  int fd = wattle_call_peek_fd (fds, handle, error);

  return fd < 0 ? NULL : wattle_secret_fd_read (fd, error);
}
