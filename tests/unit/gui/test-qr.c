/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes are read off pictures as people have them, and nothing else is. */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <qrencode.h>

#include "common/error.h"
#include "gui-gtk/qr/decode.h"

#define TEXT "WTL:1.00010001.4071583926.GL-000001"
#define SCALE 5
#define MARGIN 4 /* modules, as the standard asks for */

/* TEXT as a picture, RGBA; what is not ink has @paper_alpha. */
static GdkPixbuf *
draw (guchar paper_alpha)
{
  QRcode *code = QRcode_encodeString (TEXT, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  int side = (code->width + 2 * MARGIN) * SCALE;
  GdkPixbuf *picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, side, side);
  guchar *pixels = gdk_pixbuf_get_pixels (picture);
  int stride = gdk_pixbuf_get_rowstride (picture);

  for (int y = 0; y < side; y++) {
    for (int x = 0; x < side; x++) {
      int column = x / SCALE - MARGIN, row = y / SCALE - MARGIN;
      gboolean inside = column >= 0 && row >= 0 && column < code->width && row < code->width;
      gboolean ink = inside && (code->data[row * code->width + column] & 1);
      guchar *pixel = pixels + y * stride + x * 4;

      pixel[0] = pixel[1] = pixel[2] = ink || paper_alpha == 0 ? 0 : 255;
      pixel[3] = ink ? 255 : paper_alpha;
    }
  }
  QRcode_free (code);
  return picture;
}

static void
test_noise (void)
{
  g_autoptr (GdkPixbuf) picture = draw (255);
  guint side = (guint)gdk_pixbuf_get_width (picture);
  const guchar *pixels = gdk_pixbuf_read_pixels (picture);
  gsize stride = (gsize)gdk_pixbuf_get_rowstride (picture);
  g_autofree guchar *brightness = g_malloc (side * side);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (WattleSecret) text = NULL;

  /* A dim room: ink at 60, paper at 160, and the grain of a small sensor on both. */
  for (guint i = 0; i < side * side; i++) {
    gboolean ink = pixels[i / side * stride + i % side * 4] == 0;

    brightness[i] = (guchar)((ink ? 60 : 160) + g_rand_int_range (rand, -12, 13));
  }
  text = wattle_qr_decode (brightness, side, side);
  g_assert_cmpstr (text, ==, TEXT);
}

static void
test_nothing (void)
{
  g_autofree guchar *brightness = g_malloc0 (200 * 100);
  g_autoptr (WattleSecret) none = wattle_qr_decode (brightness, 200, 100);
  g_autoptr (WattleSecret) point = wattle_qr_decode (brightness, 1, 1);

  g_assert_null (none);
  g_assert_null (point);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

/* What is read off a file with @content. */
static WattleSecret *
read_file (const void *content, gsize size, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  int fd = g_file_open_tmp ("qr-XXXXXX", &path, NULL);
  gboolean written = g_file_set_contents (path, content, (gssize)size, NULL);

  g_assert_true (fd >= 0 && written);
  g_close (fd, NULL);
  file = g_file_new_for_path (path);
  wattle_qr_read_file_async (file, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_unlink (path);
  return wattle_qr_read_finish (result, error);
}

static void
check_png (GdkPixbuf *picture, const char *expected, int code)
{
  g_autofree char *png = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleSecret) text = NULL;
  gsize size;

  g_assert_true (gdk_pixbuf_save_to_buffer (picture, &png, &size, "png", NULL, NULL));
  text = read_file (png, size, &error);
  g_assert_cmpstr (text, ==, expected);
  if (expected != NULL)
    g_assert_no_error (error);
  else
    g_assert_error (error, WATTLE_ERROR, code);
}

static void
test_files (void)
{
  g_autoptr (GdkPixbuf) on_paper = draw (255);
  g_autoptr (GdkPixbuf) see_through = draw (0);
  g_autoptr (GdkPixbuf) blank = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 300, 200);

  gdk_pixbuf_fill (blank, 0xffffffff);
  check_png (on_paper, TEXT, 0);
  check_png (see_through, TEXT, 0);
  check_png (blank, NULL, WATTLE_ERROR_NOT_FOUND);
}

static void
test_no_pictures (void)
{
  static const char *const contents[] = { "", TEXT, "\x89PNG\r\n\x1a\n broken" };

  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (WattleSecret) text = read_file (contents[i], strlen (contents[i]), &error);

    g_assert_null (text);
    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_FAILED);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qr/noise", test_noise);
  g_test_add_func ("/qr/nothing", test_nothing);
  g_test_add_func ("/qr/files", test_files);
  g_test_add_func ("/qr/no-pictures", test_no_pictures);
  return g_test_run ();
}
