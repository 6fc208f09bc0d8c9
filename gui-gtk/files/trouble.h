/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has kept something from a file or from paper, as a dialog: what happened
 * in plain words, and one thing to do.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  WATTLE_NOT_SAVED,
  WATTLE_NOT_PRINTED,
} WattleFileTrouble;

/* @elsewhere: what was chosen will not do, so the person chooses again. */
typedef void (*WattleTryAgain) (gpointer data, gboolean elsewhere);

/* Tells of @error above the window that @inside is in; nothing where the person
 * has cancelled.  Errors of the system are put into our words, those of
 * WATTLE_ERROR and of the service are sentences already.  @again is called with
 * @data where the person wants that, NULL where nothing can be tried; @release
 * takes @data in any case. */
void wattle_file_trouble_tell (gpointer inside, WattleFileTrouble what, const GError *error, WattleTryAgain again,
                               gpointer data, GDestroyNotify release);

G_END_DECLS
