/* SPDX-License-Identifier: Apache-2.0 */
/* The images of a virtual device. */
#include "firmware/virtual/images.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

static gboolean
flash_failed (Images *self, GError **error)
{
  self->failed = TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The memory for images failed."));
  return FALSE;
}

gboolean
images_open (Images *self, const struct wtl_flash *flash, const ImageKey *key, guint32 product, GError **error)
{
  memset (self, 0, sizeof *self);
  self->key = key;
  self->product = product;
  return slots_open (&self->slots, flash) || flash_failed (self, error);
}

guint32
images_get_slot_size (const Images *self)
{
  return self->slots.pages * SLOTS_PAGE;
}

/* --- what is in a slot --- */

static guint8 *
read_slot (const Images *self, guint slot, Image *out, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (images_get_slot_size (self));

  if (!slots_read (&self->slots, slot, 0, bytes, images_get_slot_size (self))) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The memory for images failed."));
    return NULL;
  }
  return image_read (bytes, images_get_slot_size (self), out, error) ? g_steal_pointer (&bytes) : NULL;
}

gboolean
images_get (const Images *self, guint slot, Image *out)
{
  g_autofree guint8 *bytes = read_slot (self, slot, out, NULL);

  out->signature = NULL; /* went with the bytes */
  return bytes != NULL;
}

gboolean
images_is_whole (const Images *self)
{
  Image image;
  g_autofree guint8 *bytes = read_slot (self, 0, &image, NULL);

  return bytes != NULL && image_is_whole (&image, bytes);
}

/* Whether the boot loader may start what is in the slot. */
static gboolean
verify (const Images *self, guint slot, Image *out, GError **error)
{
  g_autofree guint8 *bytes = read_slot (self, slot, out, error);
  const char *problem = NULL;

  if (bytes == NULL || !image_verify (out, bytes, self->key, error))
    return FALSE;
  if (out->flags != 0)
    problem = _ ("The image is of a kind that this device does not run.");
  else if (!out->has_product || out->product != self->product)
    problem = _ ("The image is for another product.");
  else if (!out->has_counter)
    problem = _ ("The image has no counter.");
  if (problem != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, problem);
  return problem == NULL;
}

/* --- the start --- */

/* Pages that both images have together. */
static guint
count_pages (const Images *self)
{
  Image image;
  gsize size = 0;

  for (guint slot = 0; slot < 2; slot++)
    if (images_get (self, slot, &image))
      size = MAX (size, image.size);
  return size > 0 ? (guint)((size + SLOTS_PAGE - 1) / SLOTS_PAGE) : self->slots.pages;
}

/* An image that waits, and is not older than the one that runs.  That one's
 * signature does not matter for this: it is the way out where it is damaged. */
static gboolean
may_try (const Images *self)
{
  Image before, next;

  return verify (self, 1, &next, NULL) && (!images_get (self, 0, &before) || next.counter >= before.counter);
}

static gboolean
swap_if_due (Images *self)
{
  Slots *slots = &self->slots;

  if (slots->state == SLOTS_SWAPPING || slots->state == SLOTS_RETURNING)
    return slots_finish (slots);
  if (slots->state == SLOTS_TRIED || (slots->state == SLOTS_PENDING && may_try (self)))
    return slots_swap (slots, count_pages (self));
  if (slots->state == SLOTS_PENDING)
    return slots_cancel (slots) && slots_erase_page (slots, 1, 0);
  return TRUE;
}

gboolean
images_boot (Images *self, GError **error)
{
  Image image;

  return (swap_if_due (self) || flash_failed (self, error)) && verify (self, 0, &image, error);
}

/* --- a new image --- */

/* Slot 1 is free: nothing waits there, or no longer. */
static gboolean
make_free (Images *self)
{
  if (self->slots.state == SLOTS_PENDING && !slots_cancel (&self->slots))
    return flash_failed (self, NULL);
  return self->slots.state == SLOTS_KEPT;
}

static gboolean
write_page (Images *self, guint page)
{
  gboolean ok = slots_write_page (&self->slots, 1, page, self->page);

  memset (self->page, 0xff, sizeof self->page);
  return ok || flash_failed (self, NULL);
}

gboolean
images_fill (Images *self, guint32 at, const guint8 *bytes, gsize len, gboolean last)
{
  if (at == 0) {
    if (!make_free (self))
      return FALSE;
    self->filled = 0;
    memset (self->page, 0xff, sizeof self->page);
  }
  if (self->slots.state != SLOTS_KEPT || at != self->filled || len > images_get_slot_size (self) - at)
    return FALSE;
  while (len > 0) {
    guint32 from = self->filled % SLOTS_PAGE;
    gsize n = MIN (len, SLOTS_PAGE - from);

    memcpy (self->page + from, bytes, n);
    bytes += n;
    len -= n;
    self->filled += (guint32)n;
    if ((self->filled % SLOTS_PAGE == 0 || (last && len == 0)) && !write_page (self, (self->filled - 1) / SLOTS_PAGE))
      return FALSE;
  }
  return TRUE;
}

gboolean
images_erase (Images *self)
{
  if (!make_free (self))
    return FALSE;
  for (guint page = 0; page < self->slots.pages; page++)
    if (!slots_is_blank (&self->slots, 1, page) && !slots_erase_page (&self->slots, 1, page))
      return flash_failed (self, NULL);
  return TRUE;
}

gboolean
images_try (Images *self)
{
  if (self->slots.state != SLOTS_KEPT)
    return self->slots.state == SLOTS_PENDING;
  return slots_request (&self->slots) || flash_failed (self, NULL);
}

gboolean
images_confirm (Images *self)
{
  if (self->slots.state != SLOTS_TRIED)
    return self->slots.state == SLOTS_KEPT;
  return slots_confirm (&self->slots) || flash_failed (self, NULL);
}
