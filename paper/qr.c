/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QR pictures, by libqrencode.
 */
#include "paper/qr.h"

#include <qrencode.h>
#include <string.h>

struct _WattleQr {
  QRcode *code;
};

WattleQr *
wattle_qr_new (const char *text)
{
  QRcode *code = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  WattleQr *self;

  if (!code)
    return NULL;
  self = g_new0 (WattleQr, 1);
  self->code = code;
  return self;
}

void
wattle_qr_free (WattleQr *self)
{
  explicit_bzero (self->code->data, (gsize)self->code->width * (gsize)self->code->width);
  QRcode_free (self->code);
  g_free (self);
}

int
wattle_qr_get_width (const WattleQr *self)
{
  return self->code->width;
}

gboolean
wattle_qr_is_dark (const WattleQr *self, int x, int y)
{
  int width = self->code->width;

  return x >= 0 && y >= 0 && x < width && y < width && (self->code->data[y * width + x] & 1);
}

char *
wattle_qr_to_text (const WattleQr *self, int quiet, gboolean colours)
{
  static const char *const blocks[2][2] = { { " ", "▄" }, { "▀", "█" } };
  GString *text = g_string_new (NULL);

  for (int y = -quiet; y < self->code->width + quiet; y += 2) {
    g_string_append (text, colours ? "\033[30;107m" : "");
    for (int x = -quiet; x < self->code->width + quiet; x++)
      g_string_append (text, blocks[wattle_qr_is_dark (self, x, y)][wattle_qr_is_dark (self, x, y + 1)]);
    g_string_append (text, colours ? "\033[0m\n" : "\n");
  }
  return g_string_free (text, FALSE);
}
