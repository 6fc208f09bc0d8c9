/* SPDX-License-Identifier: Apache-2.0 */
/* Images as MCUboot has them: reading. */
#include "firmware/image/image.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define TAGS_HEAD_SIZE 4 /* magic and size, with itself */
#define TAG_HEAD_SIZE 4  /* type and length, without itself */

static guint16
get16 (const guint8 *bytes)
{
  return (guint16)(bytes[0] | bytes[1] << 8);
}

static guint32
get32 (const guint8 *bytes)
{
  return get16 (bytes) | (guint32)get16 (bytes + 2) << 16;
}

/* --- reading --- */

static gboolean
not_an_image (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _ ("This is not a firmware image, or it is damaged."));
  return FALSE;
}

gboolean
image_read_header (const guint8 *bytes, gsize size, Image *self)
{
  memset (self, 0, sizeof *self);
  if (size < IMAGE_HEADER_SIZE || get32 (bytes) != IMAGE_MAGIC)
    return FALSE;
  self->header_size = get16 (bytes + 8);
  self->body_size = get32 (bytes + 12);
  self->flags = get32 (bytes + 16);
  self->version = (ImageVersion){ bytes[20], bytes[21], get16 (bytes + 22), get32 (bytes + 24) };
  if (self->header_size < IMAGE_HEADER_SIZE || self->header_size > IMAGE_HEADER_MAX || self->body_size > IMAGE_MAX_SIZE)
    return FALSE;
  self->signed_size = self->header_size + self->body_size + get16 (bytes + 10);
  return TRUE;
}

static gboolean
take_number (gboolean *has, guint32 *out, const guint8 *value, gsize len)
{
  if (*has || len != 4)
    return FALSE;
  *has = TRUE;
  *out = get32 (value);
  return TRUE;
}

static gboolean
take_hash (gboolean *has, guint8 *out, const guint8 *value, gsize len)
{
  if (*has || len != IMAGE_HASH_SIZE)
    return FALSE;
  *has = TRUE;
  memcpy (out, value, len);
  return TRUE;
}

/* One tagged value; those that are not for us are passed over.  A second one of a
 * kind would be as good a reason to take the first as to take it. */
static gboolean
take_tag (Image *self, gboolean is_protected, gboolean *has_hash, guint16 type, const guint8 *value, gsize len)
{
  if (is_protected && type == IMAGE_TAG_COUNTER)
    return take_number (&self->has_counter, &self->counter, value, len);
  if (is_protected && type == IMAGE_TAG_PRODUCT)
    return take_number (&self->has_product, &self->product, value, len);
  if (!is_protected && type == IMAGE_TAG_SHA256)
    return take_hash (has_hash, self->sha256, value, len);
  if (!is_protected && type == IMAGE_TAG_KEY_HASH)
    return take_hash (&self->has_key_hash, self->key_hash, value, len);
  if (!is_protected && type == IMAGE_TAG_ECDSA) {
    if (self->signature != NULL || len == 0)
      return FALSE;
    self->signature = value;
    self->signature_size = len;
  }
  return TRUE;
}

/* The tagged values from @at on, with their head.  Returns the bytes of all of them,
 * 0 where something is wrong. */
static gsize
read_tags (Image *self, const guint8 *bytes, gsize at, gsize end, guint16 magic, gboolean *has_hash)
{
  gsize total;
  gsize from = at + TAGS_HEAD_SIZE;

  if (end - at < TAGS_HEAD_SIZE || get16 (bytes + at) != magic)
    return 0;
  total = get16 (bytes + at + 2);
  if (total < TAGS_HEAD_SIZE || total > end - at)
    return 0;
  end = at + total;
  while (from < end) {
    gsize len;

    if (end - from < TAG_HEAD_SIZE)
      return 0;
    len = get16 (bytes + from + 2);
    if (len > end - from - TAG_HEAD_SIZE
        || !take_tag (self, magic == IMAGE_PROTECTED_MAGIC, has_hash, get16 (bytes + from),
                      bytes + from + TAG_HEAD_SIZE, len))
      return 0;
    from += TAG_HEAD_SIZE + len;
  }
  return total;
}

gboolean
image_read (const guint8 *bytes, gsize size, Image *out, GError **error)
{
  gboolean has_hash = FALSE;
  gsize at, total;

  if (!image_read_header (bytes, size, out) || out->signed_size > size)
    return not_an_image (error);
  at = out->header_size + out->body_size;
  if (at < out->signed_size
      && read_tags (out, bytes, at, out->signed_size, IMAGE_PROTECTED_MAGIC, &has_hash) != out->signed_size - at)
    return not_an_image (error);
  total = read_tags (out, bytes, out->signed_size, size, IMAGE_TAGS_MAGIC, &has_hash);
  if (total == 0 || !has_hash)
    return not_an_image (error);
  out->size = out->signed_size + total;
  return TRUE;
}

gboolean
image_is_whole (const Image *self, const guint8 *bytes)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 found[IMAGE_HASH_SIZE];
  gsize len = sizeof found;

  g_checksum_update (checksum, bytes, (gssize)self->signed_size);
  g_checksum_get_digest (checksum, found, &len);
  return memcmp (found, self->sha256, sizeof found) == 0;
}

/* --- versions --- */

gboolean
image_version_parse (const char *text, ImageVersion *out)
{
  static const guint64 most[] = { G_MAXUINT8, G_MAXUINT8, G_MAXUINT16, G_MAXUINT32 };
  guint64 numbers[G_N_ELEMENTS (most)] = { 0 };
  g_auto (GStrv) words = NULL;

  if (!g_regex_match_simple ("^(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*)){2}(\\+(0|[1-9][0-9]*))?$", text,
                             G_REGEX_DOLLAR_ENDONLY, 0))
    return FALSE;
  words = g_strsplit_set (text, ".+", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (!g_ascii_string_to_unsigned (words[i], 10, 0, most[i], &numbers[i], NULL))
      return FALSE;
  *out = (ImageVersion){ (guint8)numbers[0], (guint8)numbers[1], (guint16)numbers[2], (guint32)numbers[3] };
  return TRUE;
}

void
image_version_format (const ImageVersion *self, char out[IMAGE_VERSION_SIZE])
{
  int len = g_snprintf (out, IMAGE_VERSION_SIZE, "%u.%u.%u", self->major, self->minor, self->revision);

  if (self->build != 0)
    g_snprintf (out + len, IMAGE_VERSION_SIZE - (gulong)len, "+%u", self->build);
}

int
image_version_compare (const ImageVersion *a, const ImageVersion *b)
{
  if (a->major != b->major)
    return a->major < b->major ? -1 : 1;
  if (a->minor != b->minor)
    return a->minor < b->minor ? -1 : 1;
  return a->revision == b->revision ? 0 : a->revision < b->revision ? -1 : 1;
}

guint32
image_version_counter (const ImageVersion *self)
{
  return (guint32)self->major << 24 | (guint32)self->minor << 16 | self->revision;
}
