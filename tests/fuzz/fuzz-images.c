/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images, and the frames of SMP that they come in: see fuzz.h.  Nothing that comes so
 * is ever started, for it is not signed.
 */
#include <string.h>

#include "firmware/core/nor.h"
#include "firmware/smp/smp-cbor.h"
#include "firmware/virtual/smp.h"
#include "tests/fuzz/fuzz.h"

#define PAGES 1
#define SIZE (SLOTS_FLASH_PAGES (PAGES) * SLOTS_PAGE)

static guint8 memory[SIZE];
static struct wtl_nor nor;
static struct wtl_flash flash;
static Images images;
static Smp smp;

static void
on_reset (gpointer user_data)
{
}

static void
power_on (void)
{
  memset (memory, 0xff, sizeof memory);
  nor = (struct wtl_nor){ .bytes = memory, .page_size = SLOTS_PAGE, .page_count = SLOTS_FLASH_PAGES (PAGES) };
  wtl_nor_flash (&nor, &flash);
  smp = (Smp){ .images = &images, .reset = on_reset };
  g_assert_true (images_open (&images, &flash, NULL, 1, NULL));
}

/* What an image says of itself is within its bytes. */
static void
fuzz_image (const uint8_t *data, size_t len)
{
  Image image;

  if (!image_read (data, len, &image, NULL))
    return;
  g_assert_cmpuint (image.size, <=, len);
  g_assert_cmpuint (image.signed_size, <, image.size);
  if (image.signature != NULL)
    g_assert_true (image.signature > data && image.signature + image.signature_size <= data + image.size);
  (void)image_is_whole (&image, data);
}

static void
fuzz_version (const uint8_t *data, size_t len)
{
  g_autofree char *text = g_strndup ((const char *)data, len);
  ImageVersion version;
  char again[IMAGE_VERSION_SIZE];

  if (!image_version_parse (text, &version))
    return;
  image_version_format (&version, again);
  g_assert_true (image_version_parse (again, &version));
}

/* Frame after frame at one device, so that they find it in all its states.  An answer
 * is a whole frame, whatever room there is for it. */
static void
fuzz_smp (const uint8_t *data, size_t len)
{
  guint8 out[384];
  gsize size = len % 3 == 0 ? len % sizeof out : sizeof out;
  g_autofree guint8 *exact = g_malloc (size + (size == 0));
  gsize out_len;

  if (!smp_answer (&smp, data, len, exact, size, &out_len))
    return;
  g_assert_cmpuint (out_len, >=, SMP_HEAD_SIZE);
  g_assert_cmpuint (out_len, <=, size);
  g_assert_cmpuint ((gsize)(exact[2] << 8 | exact[3]), ==, out_len - SMP_HEAD_SIZE);
  g_assert_cmpuint (exact[6], ==, data[6]);
  g_assert_cmpuint (smp.offset, <=, smp.size);
}

static const struct fuzz_target targets[] = {
  { "image", fuzz_image, 100000 },
  { "version", fuzz_version, 20000 },
  { "smp", fuzz_smp, 100000 },
};

/* --- well-formed inputs to start from --- */

static void
add_frame (guint8 version, guint8 operation, guint8 group, guint8 command, const SmpWriter *end, guint8 *frame)
{
  gsize len = end == NULL ? SMP_HEAD_SIZE + 1 : (gsize)(end->at - frame);
  const guint8 head[SMP_HEAD_SIZE]
      = { (guint8)(version << 3 | operation), 0, 0, (guint8)(len - SMP_HEAD_SIZE), 0, group, 1, command };

  if (end == NULL)
    frame[SMP_HEAD_SIZE] = 0xa0;
  memcpy (frame, head, sizeof head);
  fuzz_add_seed (frame, len);
}

/* A short image's header and a piece of its body. */
static void
make_start (guint8 out[64])
{
  const guint8 header[] = { 0x3d, 0xb8, 0xf3, 0x96, 0, 0, 0, 0, 32, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0 };

  memset (out, 0, 64);
  memcpy (out, header, sizeof header);
}

static void
add_uploads (void)
{
  for (guint8 version = 0; version < 2; version++)
    for (guint32 at = 0; at < 192; at += 64) {
      guint8 frame[256], start[64];
      SmpWriter body = { frame + SMP_HEAD_SIZE, sizeof frame - SMP_HEAD_SIZE, FALSE };

      make_start (start);
      smp_put_map (&body);
      smp_put_text (&body, "off");
      smp_put_number (&body, at);
      smp_put_text (&body, "len");
      smp_put_number (&body, 192);
      smp_put_text (&body, "data");
      smp_put_bytes (&body, start, sizeof start);
      smp_put_text (&body, "sha");
      smp_put_bytes (&body, start, IMAGE_HASH_SIZE);
      smp_put_text (&body, "upgrade");
      smp_put_flag (&body, FALSE);
      smp_put_end (&body);
      add_frame (version, 2, 1, 1, &body, frame);
    }
}

static void
add_frames (void)
{
  static const guint8 kinds[][3] = { { 0, 0, 0 }, { 2, 0, 5 }, { 0, 0, 6 }, { 0, 1, 0 }, { 2, 1, 0 }, { 2, 1, 5 } };
  guint8 frame[64];

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint8 version = 0; version < 2; version++)
      add_frame (version, kinds[i][0], kinds[i][1], kinds[i][2], NULL, frame);
}

/* Counter and product, then hash, hash of the key, signature. */
static void
add_image (void)
{
  static const guint8 tags[] = { 0x08, 0x69, 20, 0, 0x50, 0, 4, 0, 1, 0, 0, 0, 0xa0, 0, 4, 0, 1, 0, 1, 0 };
  static const guint8 more[] = { 0x07, 0x69, 84, 0 };
  static const guint8 kinds[] = { 0x10, 0x01 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 start[64];

  make_start (start);
  start[10] = sizeof tags;
  g_byte_array_append (bytes, start, sizeof start);
  g_byte_array_append (bytes, tags, sizeof tags);
  g_byte_array_append (bytes, more, sizeof more);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_byte_array_append (bytes, (const guint8[]){ kinds[i], 0, 32, 0 }, 4);
    g_byte_array_append (bytes, start, 32);
  }
  g_byte_array_append (bytes, (const guint8[]){ 0x22, 0, 4, 0, 1, 2, 3, 4 }, 8);
  fuzz_add_seed (bytes->data, bytes->len);
  g_assert_true (image_read (bytes->data, bytes->len, &(Image){ 0 }, NULL));
}

int
main (int argc, char **argv)
{
  fuzz_init (&argc, &argv, 3831);
  power_on ();
  add_image ();
  add_frames ();
  add_uploads ();
  fuzz_add_seed ("1.2.3+4", 7);
  fuzz_add_seed ("0.10.65535", 10);
  return fuzz_run ("/images/fuzz", targets, G_N_ELEMENTS (targets));
}
