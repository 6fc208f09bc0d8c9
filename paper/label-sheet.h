/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels of units, 24 on a sheet of A4 (three by eight, 70 by 37 mm, as label
 * paper is sold): product, unit, setup code in digits and as a QR picture.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_LABELS_PER_SHEET 24

typedef struct {
  const char *unit_id;
  const char *digits; /* the code in groups */
  const char *qr;     /* what the picture says, ASCII */
} WattleLabel;

/* One page as PDF, with at most WATTLE_LABELS_PER_SHEET labels; wiped when it is
 * freed.  NULL with G_IO_ERROR_FAILED where Cairo could not draw. */
GBytes *wattle_label_sheet_new (const char *product, const WattleLabel *labels, guint count, GError **error);

G_END_DECLS
