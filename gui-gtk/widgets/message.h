/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sentence on a page, beside what it is about: what went wrong, or how
 * things are.  Takes no room while there is none.
 *
 * Property "field" (GtkWidget): what the person acts on.  It is described by
 * the same words, so that a screen reader tells them: of a text that changes
 * by itself GTK 4.8 tells nothing.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_MESSAGE (wattle_message_get_type ())
G_DECLARE_FINAL_TYPE (WattleMessage, wattle_message, WATTLE, MESSAGE, AdwBin)

/* Shows @sentence with the icon @icon_name; NULL for none of both. */
void wattle_message_set (WattleMessage *self, const char *icon_name, const char *sentence);

/* Shows @error; nothing where the app itself has cancelled the call. */
void wattle_message_set_error (WattleMessage *self, const GError *error);

G_END_DECLS
