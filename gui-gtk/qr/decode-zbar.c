/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes by ZBar. */
#include <zbar.h>

#include "common/lazy.h"
#include "gui-gtk/lazy/sonames.h"
#include "gui-gtk/qr/decode.h"

gboolean
wattle_qr_can_read (void)
{
  return wattle_lazy_has (WATTLE_SONAME_ZBAR);
}

WattleSecret *
wattle_qr_decode (const guchar *brightness, guint width, guint height)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  zbar_image_t *image = zbar_image_create ();
  WattleSecret *text = NULL;

  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, width, height);
  zbar_image_set_data (image, brightness, (gsize)width * height, NULL); /* only read */
  if (zbar_scan_image (scanner, image) > 0) {
    const zbar_symbol_t *symbol = zbar_image_first_symbol (image);

    text = g_strndup (zbar_symbol_get_data (symbol), zbar_symbol_get_data_length (symbol));
  }
  zbar_image_destroy (image);
  zbar_image_scanner_destroy (scanner);
  return text;
}
