/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a question needs before something that cannot be taken back, so that no
 * answer happens by accident, and none is out of sight.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Shows @heading, @body and @extra (NULL = nothing) in @dialog, where they scroll
 * if the screen is too small for them: a dialog of libadwaita 1.2 pushes its
 * answers off the screen instead. */
void wattle_careful_dialog_fill (AdwMessageDialog *dialog, const char *heading, const char *body, GtkWidget *extra);

/* The keyboard is at the default answer of @dialog, also when its buttons have
 * changed places. */
void wattle_careful_dialog_hold_focus (AdwMessageDialog *dialog);

/* The answer @yes can be given only after @dialog has been in front for a moment
 * as it is: when its buttons change places, as they do with the size of the text,
 * the moment begins anew and the keyboard goes to the default answer. */
void wattle_careful_dialog_guard (AdwMessageDialog *dialog, const char *yes);

G_END_DECLS
