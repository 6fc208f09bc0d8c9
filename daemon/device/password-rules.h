/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether Wattle takes a password for a device: its strength, and that it is
 * neither the device's code nor the password of another device.
 */
#pragma once

#include "daemon/device/services.h"
#include "daemon/password/password.h"

G_BEGIN_DECLS

/* @device: id of the one it is for, NULL = none yet.  @related: words that a
 * guesser tries first, NULL-terminated; a password that is one of them, however
 * it is grouped, is refused.  A locked keyring hides the other passwords: they
 * are not compared then. */
void wattle_password_judge_async (WattleServices *services, const char *device, const char *password,
                                  const char *const *related, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
WattlePasswordStrength *wattle_password_judge_finish (GAsyncResult *result, GError **error);
/* A callback for it: ends the GTask @task with the WattlePasswordStrength, or with the error. */
void wattle_password_end_judging (GObject *source, GAsyncResult *result, gpointer task);

/* WEAK_PASSWORD with the reasons where @strength is not acceptable. */
gboolean wattle_password_require (const WattlePasswordStrength *strength, GError **error);

G_END_DECLS
