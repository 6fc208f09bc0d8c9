/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making what firmware/image reads: the manufacturer's key, and images signed with it.
 */
#pragma once

#include "firmware/image/image.h"

G_BEGIN_DECLS

/* A key that signs: a file that is its owner's alone. */
typedef struct _VendorImageKey VendorImageKey;

/* Makes one that never was. */
VendorImageKey *vendor_image_key_generate (GError **error);

/* Reads a file as it was made here, by imgtool or by OpenSSL.  Refuses one that
 * others may read, and any kind of key but P-256. */
VendorImageKey *vendor_image_key_load (const char *path, GError **error);

/* Writes new files: the key for its owner alone, and what devices verify with. */
gboolean vendor_image_key_write (VendorImageKey *self, const char *path, const char *public_path, GError **error);

void vendor_image_key_free (VendorImageKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VendorImageKey, vendor_image_key_free)

/* What goes into the header and the protected tags. */
typedef struct {
  ImageVersion version;
  guint32 product;
  guint32 counter;
  guint16 header_size; /* IMAGE_HEADER_SIZE to IMAGE_HEADER_MAX */
} VendorImage;

/* The same image each time, for the same input. */
GBytes *vendor_image_make (const VendorImage *self, GBytes *body, VendorImageKey *key, GError **error);

G_END_DECLS
