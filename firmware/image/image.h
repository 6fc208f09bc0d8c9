/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A firmware image as MCUboot has it (its docs/design.md): a header, what runs, and
 * tagged values after it.
 *
 *   header       32 bytes and padding: magic, sizes, version
 *   body         what runs
 *   protected    tagged values that are signed: counter, product
 *   tags         tagged values that are not: SHA-256 of all before, the key's hash,
 *                the signature (ECDSA on P-256, in DER)
 *
 * Numbers are little-endian.  Whoever reads one believes nothing before it is checked.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define IMAGE_MAGIC 0x96f3b83du
#define IMAGE_TAGS_MAGIC 0x6907u
#define IMAGE_PROTECTED_MAGIC 0x6908u

#define IMAGE_HEADER_SIZE 32u  /* bytes that mean something */
#define IMAGE_HEADER_MAX 4096u /* bytes up to the body */
#define IMAGE_MAX_SIZE (4u * 1024 * 1024)
#define IMAGE_HASH_SIZE 32u
#define IMAGE_VERSION_SIZE 25u /* of the text */

enum {
  IMAGE_TAG_KEY_HASH = 0x01, /* SHA-256 of the public key in DER */
  IMAGE_TAG_SHA256 = 0x10,
  IMAGE_TAG_ECDSA = 0x22,
  IMAGE_TAG_COUNTER = 0x50, /* 4 bytes: no image with a lower one takes its place */
  IMAGE_TAG_PRODUCT = 0xa0, /* ours, of those that MCUboot leaves to makers; 4 bytes */
};

enum {
  IMAGE_FLAG_NOT_BOOTABLE = 0x00000010,
};

typedef struct {
  guint8 major, minor;
  guint16 revision;
  guint32 build;
} ImageVersion;

typedef struct {
  ImageVersion version;
  guint32 flags;
  gsize header_size; /* with its padding */
  gsize body_size;
  gsize signed_size; /* header, body and protected tags */
  gsize size;        /* all */

  gboolean has_counter, has_product;
  guint32 counter, product;
  guint8 sha256[IMAGE_HASH_SIZE]; /* as the image has it */
  gboolean has_key_hash;
  guint8 key_hash[IMAGE_HASH_SIZE];
  const guint8 *signature; /* in the caller's bytes; NULL: not signed */
  gsize signature_size;
} Image;

/* Reads what an image says of itself.  It may be followed by anything, as in a slot.
 * Fails where the bytes are no image, or one without a hash. */
gboolean image_read (const guint8 *bytes, gsize size, Image *out, GError **error);

/* Reads only the header, of an image whose rest has not come yet: version, flags and
 * sizes.  FALSE where the bytes are not how an image begins. */
gboolean image_read_header (const guint8 *bytes, gsize size, Image *out);

/* Whether the image at @bytes is as its hash says. */
gboolean image_is_whole (const Image *self, const guint8 *bytes);

/* A public key, of a key file as "BEGIN PUBLIC KEY". */
typedef struct _ImageKey ImageKey;

ImageKey *image_key_new (GBytes *pem, GError **error);
void image_key_free (ImageKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImageKey, image_key_free)

const guint8 *image_key_get_hash (const ImageKey *self);

/* Whether the image at @bytes is whole, and signed with the key. */
gboolean image_verify (const Image *self, const guint8 *bytes, const ImageKey *key, GError **error);

/* Such as "1.2.3", or "1.2.3+4" with a build. */
gboolean image_version_parse (const char *text, ImageVersion *out);

/* As imgtool writes it, which image_version_parse() takes. */
void image_version_format (const ImageVersion *self, char out[IMAGE_VERSION_SIZE]);

/* Negative, 0 or positive; the build does not count, as with MCUboot. */
int image_version_compare (const ImageVersion *a, const ImageVersion *b);

/* What imgtool takes for a counter where none is given. */
guint32 image_version_counter (const ImageVersion *self);

G_END_DECLS
