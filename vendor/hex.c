/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel HEX.
 */
#include "vendor/hex.h"

#define RECORD_MAX 16 /* bytes of data; all tools take as many */

enum {
  RECORD_DATA = 0,
  RECORD_END = 1,
  RECORD_UPPER_ADDRESS = 4,
};

static void
append_record (GString *hex, int type, guint16 at, const guint8 *data, gsize len)
{
  guint8 sum = (guint8)(len + (at >> 8) + at + (guint)type);

  g_string_append_printf (hex, ":%02X%04X%02X", (guint)len, at, type);
  for (gsize i = 0; i < len; i++) {
    g_string_append_printf (hex, "%02X", data[i]);
    sum = (guint8)(sum + data[i]);
  }
  g_string_append_printf (hex, "%02X\n", (guint8)-sum);
}

GString *
vendor_hex_new (guint32 address, const guint8 *data, gsize len)
{
  GString *hex = g_string_sized_new (len * 3 + 64);
  guint32 upper = 0;

  for (gsize done = 0; done < len;) {
    guint32 at = address + (guint32)done;
    gsize some = MIN (len - done, RECORD_MAX - at % RECORD_MAX);

    if (done == 0 || at >> 16 != upper) {
      upper = at >> 16;
      append_record (hex, RECORD_UPPER_ADDRESS, 0, (guint8[]){ (guint8)(upper >> 8), (guint8)upper }, 2);
    }
    append_record (hex, RECORD_DATA, (guint16)at, data + done, some);
    done += some;
  }
  append_record (hex, RECORD_END, 0, NULL, 0);
  return hex;
}
