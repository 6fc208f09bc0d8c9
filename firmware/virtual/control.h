/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: whoever plays with the device, a person or a test, sends
 * a line and gets a line back, "ok", "ok ANSWER" or "error: SENTENCE".
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Carries out a command.  Returns the answer, "" for none, or NULL with @error. */
typedef char *(*ControlHandler) (gpointer user_data, char **words, GError **error);

typedef struct _Control Control;

Control *control_new (const char *path, ControlHandler handler, gpointer user_data, GError **error);
void control_free (Control *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Control, control_free)

G_END_DECLS
