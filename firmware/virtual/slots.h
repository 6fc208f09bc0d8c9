/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two slots for images on a flash of their own, and swapping what is in them so that
 * a power cut at any moment loses neither.
 *
 *   slot 0      what runs
 *   slot 1      what may run next, or ran before
 *   a page      for the page that is just being swapped
 *   two pages   the journal: one is in use; the other gets its place, erased first,
 *               with the next image
 *
 * A word of the journal holds what happened and, in its upper half, the same with
 * all bits turned: a word that a power cut tore is none, and is passed over.
 */
#pragma once

#include <glib.h>

#include "firmware/core/flash.h"

G_BEGIN_DECLS

#define SLOTS_PAGE 4096u
#define SLOTS_PAGES_MAX 128u                       /* of a slot: what the journal has room for */
#define SLOTS_FLASH_PAGES(pages) (2 * (pages) + 3) /* of the flash, for slots of so many */

typedef enum {
  SLOTS_KEPT,      /* slot 0 runs and stays */
  SLOTS_PENDING,   /* slot 1 is to be tried at the next start */
  SLOTS_SWAPPING,  /* on the way there */
  SLOTS_TRIED,     /* slot 0 runs on trial: it stays only if it says so */
  SLOTS_RETURNING, /* it did not; on the way back */
} SlotsState;

typedef struct {
  const struct wtl_flash *flash;
  guint pages;
  SlotsState state;
  guint swap_pages; /* how many are being swapped */
  guint steps;      /* of that that are done */

  guint journal; /* which page, 0 or 1 */
  guint16 generation;
  guint next; /* word in it that is free */
} Slots;

/* @flash has SLOTS_FLASH_PAGES() of SLOTS_PAGE bytes and must outlive it. */
gboolean slots_open (Slots *self, const struct wtl_flash *flash);

/* All of these return FALSE where the flash failed, or it is not the time for it. */
gboolean slots_read (const Slots *self, guint slot, guint32 at, void *out, guint32 len);
gboolean slots_is_blank (const Slots *self, guint slot, guint page);
gboolean slots_write_page (Slots *self, guint slot, guint page, const guint8 bytes[SLOTS_PAGE]);
gboolean slots_erase_page (Slots *self, guint slot, guint page);

/* From KEPT to PENDING and back; from TRIED to KEPT. */
gboolean slots_request (Slots *self);
gboolean slots_cancel (Slots *self);
gboolean slots_confirm (Slots *self);

/* From PENDING to TRIED, or from TRIED back to KEPT: swaps the first @pages pages. */
gboolean slots_swap (Slots *self, guint pages);

/* Finishes what a power cut stopped. */
gboolean slots_finish (Slots *self);

G_END_DECLS
