/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The choice of a password for a device: one that is made up comes first; the
 * person's own is judged while it is typed, in words and by a bar.
 *
 * Signals "changed": there may be another password, or none; "activated": Return
 * in the person's own.
 */
#pragma once

#include <adwaita.h>

#include "common/secret-fd.h"

G_BEGIN_DECLS

/* What the service says of a password. */
typedef struct {
  guint score; /* 0 to 4 */
  gboolean acceptable;
  char **reasons;
} WattleStrength;
void wattle_strength_free (WattleStrength *strength);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleStrength, wattle_strength_free)

/* Who makes up passwords and judges them: a device that is being set up, or one
 * of ours.  @adviser is a GObject, and the source of the result. */
typedef struct {
  void (*suggest_async) (gpointer adviser, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  WattleSecret *(*suggest_finish) (gpointer adviser, GAsyncResult *result, GError **error);
  void (*check_async) (gpointer adviser, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data);
  WattleStrength *(*check_finish) (gpointer adviser, GAsyncResult *result, GError **error);
} WattlePasswordAdvice;

#define WATTLE_TYPE_PASSWORD_CHOICE (wattle_password_choice_get_type ())
G_DECLARE_FINAL_TYPE (WattlePasswordChoice, wattle_password_choice, WATTLE, PASSWORD_CHOICE, AdwBin)

/* Begins, once, with @suggestion, which the person may have written down, or with
 * a new one where it is NULL.  @advice is static. */
void wattle_password_choice_begin (WattlePasswordChoice *self, const WattlePasswordAdvice *advice, gpointer adviser,
                                   const char *suggestion);

/* The chosen password, the widget's; NULL while there is none that will do. */
const char *wattle_password_choice_get_password (WattlePasswordChoice *self);

/* While it is @fixed nobody can choose, and what is shown stays: the chosen one is
 * on its way.  After that
 * the keyboard is back at the choice. */
void wattle_password_choice_set_fixed (WattlePasswordChoice *self, gboolean fixed);

/* Shows @sentence or @error below the choice; both NULL for nothing. */
void wattle_password_choice_say (WattlePasswordChoice *self, const char *sentence, const GError *error);

G_END_DECLS
