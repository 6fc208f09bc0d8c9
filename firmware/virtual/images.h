/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The images of a virtual device, and what a boot loader does with them, as MCUboot
 * does: it starts none that the maker's key did not sign, tries a new one once, and
 * puts the one before it back where the new one does not confirm itself.
 *
 * What is in an image is data here.  It is not run: the program that runs is always
 * this one.
 */
#pragma once

#include "firmware/image/image.h"
#include "firmware/virtual/slots.h"

G_BEGIN_DECLS

typedef struct {
  Slots slots;
  const ImageKey *key;
  guint32 product;
  gboolean failed; /* the flash did */

  guint8 page[SLOTS_PAGE]; /* of slot 1, while it is filled */
  guint32 filled;          /* bytes of the image that came */
} Images;

/* @flash and @key must outlive it. */
gboolean images_open (Images *self, const struct wtl_flash *flash, const ImageKey *key, guint32 product,
                      GError **error);

/* The start: swaps what is to be swapped, and verifies what is to run then.  FALSE:
 * there is nothing to run. */
gboolean images_boot (Images *self, GError **error);

/* What the image in a slot says of itself; FALSE where there is none. */
gboolean images_get (const Images *self, guint slot, Image *out);

/* Whether what runs is what was signed. */
gboolean images_is_whole (const Images *self);

/* Bytes that a slot takes. */
guint32 images_get_slot_size (const Images *self);

/* Takes an image into slot 1, from @at 0 on without gaps; another one that waited
 * there waits no more.  FALSE while what is in there may still be needed. */
gboolean images_fill (Images *self, guint32 at, const guint8 *bytes, gsize len, gboolean last);

/* Empties slot 1, as above. */
gboolean images_erase (Images *self);

/* Slot 1 is to be tried at the next start. */
gboolean images_try (Images *self);

/* What runs has proven itself. */
gboolean images_confirm (Images *self);

G_END_DECLS
