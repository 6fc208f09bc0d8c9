/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways to a QR code beside typing: a picture that is chosen, pasted or
 * dropped, and the camera, where this computer has one.
 *
 * Signal "found" (text): what the code says, to be wiped by who takes a copy.
 * Signal "failed" (GError): why there is none.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_QR_PICKER (wattle_qr_picker_get_type ())
G_DECLARE_FINAL_TYPE (WattleQrPicker, wattle_qr_picker, WATTLE, QR_PICKER, AdwBin)

/* Takes pictures that are pasted into @entry, and those dropped on @page. */
void wattle_qr_picker_watch (WattleQrPicker *self, GtkWidget *entry, GtkWidget *page);

G_END_DECLS
