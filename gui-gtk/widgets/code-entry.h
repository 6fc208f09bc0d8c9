/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry for a setup code: groups the digits as they are typed, takes digits
 * of any script and whatever is pasted, such as the text of a QR code.  What is
 * typed lies in memory that is not swapped and is wiped.
 *
 * Signal "complete": all ten digits, or a QR text at once, are there.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_CODE_ENTRY (wattle_code_entry_get_type ())
G_DECLARE_FINAL_TYPE (WattleCodeEntry, wattle_code_entry, WATTLE, CODE_ENTRY, GtkEntry)

/* Whether there is something to try. */
gboolean wattle_code_entry_is_complete (WattleCodeEntry *self);

G_END_DECLS
