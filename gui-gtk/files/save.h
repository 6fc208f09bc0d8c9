/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a file where the person says.  The chooser is the desktop's own,
 * through the portal where there is one.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for a place and writes @bytes there, readable by the person alone, whole
 * or not at all.  Says @said when it is done, and tells in a dialog where it is
 * not.  @name: what the file is called at first. */
void wattle_save_bytes (GtkWidget *inside, const char *title, const char *name, GBytes *bytes, const char *said);

G_END_DECLS
