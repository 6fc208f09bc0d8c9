/* SPDX-License-Identifier: Apache-2.0 */
/* Two slots, and swapping them. */
#include "firmware/virtual/slots.h"

#define WORDS (SLOTS_PAGE / 4)
#define ERASED 0xffffffffu
#define STEPS 3 /* for each page */

typedef enum {
  EVENT_REQUESTED = 1,
  EVENT_CANCELLED,
  EVENT_SWAP, /* of how many pages */
  EVENT_STEP,
  EVENT_CONFIRMED,
} Event;

static guint
spare_page (const Slots *self)
{
  return 2 * self->pages;
}

static guint32
journal_at (const Slots *self, guint journal, guint word)
{
  return (2 * self->pages + 1 + journal) * SLOTS_PAGE + word * 4;
}

/* --- words --- */

static guint32
make_word (guint16 value)
{
  return value | (guint32)(guint16)~value << 16;
}

static gboolean
is_sound (guint32 word)
{
  return (word & 0xffff) == (~word >> 16 & 0xffff);
}

static gboolean
read_word (const Slots *self, guint journal, guint word, guint32 *out)
{
  guint8 bytes[4];

  if (self->flash->read (self->flash->ctx, journal_at (self, journal, word), bytes, sizeof bytes) != WTL_OK)
    return FALSE;
  *out = bytes[0] | (guint32)bytes[1] << 8 | (guint32)bytes[2] << 16 | (guint32)bytes[3] << 24;
  return TRUE;
}

static gboolean
write_word (Slots *self, guint16 value)
{
  guint32 word = make_word (value);
  const guint8 bytes[] = { (guint8)word, (guint8)(word >> 8), (guint8)(word >> 16), (guint8)(word >> 24) };

  if (self->next >= WORDS)
    return FALSE;
  return self->flash->write (self->flash->ctx, journal_at (self, self->journal, self->next++), bytes, sizeof bytes)
         == WTL_OK;
}

/* --- the journal --- */

static void
take_step (Slots *self)
{
  if (++self->steps < STEPS * self->swap_pages)
    return;
  if (self->state == SLOTS_SWAPPING)
    self->state = SLOTS_TRIED;
  else if (self->state == SLOTS_RETURNING)
    self->state = SLOTS_KEPT;
}

static void
apply (Slots *self, guint16 value)
{
  guint argument = value >> 8;

  switch ((Event)(value & 0xff)) {
    case EVENT_REQUESTED:
      self->state = SLOTS_PENDING;
      break;
    case EVENT_SWAP:
      self->state = self->state == SLOTS_TRIED ? SLOTS_RETURNING : SLOTS_SWAPPING;
      self->swap_pages = argument;
      self->steps = 0;
      break;
    case EVENT_STEP:
      take_step (self);
      break;
    case EVENT_CANCELLED:
    case EVENT_CONFIRMED:
      self->state = SLOTS_KEPT;
      break;
  }
}

static gboolean
note (Slots *self, Event event, guint argument)
{
  guint16 value = (guint16)(event | argument << 8);

  if (!write_word (self, value))
    return FALSE;
  apply (self, value);
  return TRUE;
}

/* The journal's page with the higher generation; none: as if it was full. */
static gboolean
choose_journal (Slots *self)
{
  gboolean found = FALSE;

  for (guint i = 0; i < 2; i++) {
    guint32 word;

    if (!read_word (self, i, 0, &word))
      return FALSE;
    if (!is_sound (word) || (found && (gint16)((guint16)word - self->generation) < 0))
      continue;
    found = TRUE;
    self->journal = i;
    self->generation = (guint16)word;
  }
  self->next = found ? 1 : WORDS;
  return TRUE;
}

gboolean
slots_open (Slots *self, const struct wtl_flash *flash)
{
  guint32 word;

  *self = (Slots){ .flash = flash, .pages = (flash->page_count - 3) / 2, .journal = 1 };
  if (!choose_journal (self))
    return FALSE;
  for (; self->next < WORDS; self->next++) {
    if (!read_word (self, self->journal, self->next, &word))
      return FALSE;
    if (word == ERASED)
      break;
    if (is_sound (word))
      apply (self, (guint16)word);
  }
  return self->pages <= SLOTS_PAGES_MAX;
}

/* Nothing is under way: the next image gets a fresh page. */
static gboolean
turn_over (Slots *self)
{
  guint other = 1 - self->journal;

  if (self->flash->erase (self->flash->ctx, 2 * self->pages + 1 + other) != WTL_OK)
    return FALSE;
  self->journal = other;
  self->next = 0;
  return write_word (self, ++self->generation);
}

/* --- pages --- */

gboolean
slots_read (const Slots *self, guint slot, guint32 at, void *out, guint32 len)
{
  return self->flash->read (self->flash->ctx, slot * self->pages * SLOTS_PAGE + at, out, len) == WTL_OK;
}

static gboolean
put_page (Slots *self, guint page, const guint8 bytes[SLOTS_PAGE])
{
  return self->flash->erase (self->flash->ctx, page) == WTL_OK
         && self->flash->write (self->flash->ctx, page * SLOTS_PAGE, bytes, SLOTS_PAGE) == WTL_OK;
}

gboolean
slots_is_blank (const Slots *self, guint slot, guint page)
{
  return wtl_flash_is_blank (self->flash, (slot * self->pages + page) * SLOTS_PAGE, SLOTS_PAGE);
}

gboolean
slots_write_page (Slots *self, guint slot, guint page, const guint8 bytes[SLOTS_PAGE])
{
  return page < self->pages && put_page (self, slot * self->pages + page, bytes);
}

gboolean
slots_erase_page (Slots *self, guint slot, guint page)
{
  return page < self->pages && self->flash->erase (self->flash->ctx, slot * self->pages + page) == WTL_OK;
}

/* --- states --- */

gboolean
slots_request (Slots *self)
{
  return self->state == SLOTS_KEPT && turn_over (self) && note (self, EVENT_REQUESTED, 0);
}

gboolean
slots_cancel (Slots *self)
{
  return self->state == SLOTS_PENDING && note (self, EVENT_CANCELLED, 0);
}

gboolean
slots_confirm (Slots *self)
{
  return self->state == SLOTS_TRIED && note (self, EVENT_CONFIRMED, 0);
}

static gboolean
copy_page (Slots *self, guint from, guint to)
{
  guint8 bytes[SLOTS_PAGE];

  return self->flash->read (self->flash->ctx, from * SLOTS_PAGE, bytes, sizeof bytes) == WTL_OK
         && put_page (self, to, bytes);
}

/* Each step leaves what it reads, so it can be done again until it is noted. */
static gboolean
swap_step (Slots *self)
{
  guint page = self->steps / STEPS;
  guint one = self->pages + page;

  switch (self->steps % STEPS) {
    case 0:
      return copy_page (self, one, spare_page (self));
    case 1:
      return copy_page (self, page, one);
    default:
      return copy_page (self, spare_page (self), page);
  }
}

gboolean
slots_finish (Slots *self)
{
  while (self->state == SLOTS_SWAPPING || self->state == SLOTS_RETURNING)
    if (!swap_step (self) || !note (self, EVENT_STEP, 0))
      return FALSE;
  return TRUE;
}

gboolean
slots_swap (Slots *self, guint pages)
{
  if ((self->state != SLOTS_PENDING && self->state != SLOTS_TRIED) || pages == 0 || pages > self->pages)
    return FALSE;
  return note (self, EVENT_SWAP, pages) && slots_finish (self);
}
