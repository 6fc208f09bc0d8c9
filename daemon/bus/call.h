/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small things around one method call: secrets in and out, the answer, and a
 * cancellable that fires when the caller leaves the bus.
 */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "common/secret-fd.h"
#include "daemon/bus/callers.h"
#include "daemon/device/job.h"
#include "daemon/password/password.h"

G_BEGIN_DECLS

/* Ties @invocation to @callers; daemon/bus/guard.c does it for every call. */
void wattle_call_begin (GDBusMethodInvocation *invocation, WattleCallers *callers);

/* Cancelled when the caller leaves the bus.  Owned by the invocation. */
GCancellable *wattle_call_get_cancellable (GDBusMethodInvocation *invocation);

/* Answers with @error, taken; errors of other domains become Failed or
 * Cancelled. */
void wattle_call_fail (GDBusMethodInvocation *invocation, GError *error);

/* Answers with @parameters, a tuple or NULL.  Property changes that the call
 * brought about are sent before the answer. */
void wattle_call_return (GDBusMethodInvocation *invocation, GVariant *parameters);

/* Answers with nothing but a file descriptor that holds @secret. */
void wattle_call_return_secret (GDBusMethodInvocation *invocation, const char *secret);

/* Answers SuggestPassphrase of any interface. */
void wattle_call_return_passphrase (GDBusMethodInvocation *invocation);

/* Answers CheckPassword of any interface with @strength, or with @error where
 * that is NULL.  @error is taken. */
void wattle_call_return_strength (GDBusMethodInvocation *invocation, const WattlePasswordStrength *strength,
                                  GError *error);

/* Answers with nothing, or with @error where there is one; for the last line
 * of a GAsyncReadyCallback.  @error is taken. */
void wattle_call_done (GDBusMethodInvocation *invocation, GError *error);

/* Answers with the object path of @job, or with @error where it is NULL.
 * @job is the registry's, @error is taken. */
void wattle_call_return_job (GDBusMethodInvocation *invocation, WattleJob *job, GError *error);

/* The file descriptor behind @handle, a "h" argument, owned by @fds; -1 with
 * @error (InvalidArgument) where there is none. */
int wattle_call_peek_fd (GUnixFDList *fds, GVariant *handle, GError **error);

/* The secret behind @handle.  Free with wattle_secret_free(). */
WattleSecret *wattle_call_read_secret (GUnixFDList *fds, GVariant *handle, GError **error);

G_END_DECLS
