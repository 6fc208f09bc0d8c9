/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QR pictures (ISO/IEC 18004), for paper and for terminals.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WattleQr WattleQr;

/* The picture of @text (ASCII); NULL where it is too long for one.  Wiped when it
 * is freed, as the text may be a code. */
WattleQr *wattle_qr_new (const char *text);
void wattle_qr_free (WattleQr *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleQr, wattle_qr_free)

/* Modules on a side, without the quiet zone of 4 that belongs around it. */
int wattle_qr_get_width (const WattleQr *self);
/* FALSE outside of the picture. */
gboolean wattle_qr_is_dark (const WattleQr *self, int x, int y);

/* Lines of block characters, two rows of modules in each, with @quiet modules
 * around.  On a terminal (@colours) they are dark on light whatever its own
 * colours are. */
char *wattle_qr_to_text (const WattleQr *self, int quiet, gboolean colours);

G_END_DECLS
