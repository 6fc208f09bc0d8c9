/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The readings: a ring of pages of 32-byte slots, the first of which is the
 * page's header.
 *
 *   header   magic, number of the first slot, CRC-32 of both
 *   record   number, time, value, purposes, CRC-32 of these four;
 *            three more words that purposes are cleared in
 *
 * The purposes that hold are the four words' common bits.  So withdrawals
 * write fresh words, which the flash allows, and the CRC stays true.
 */
#include "firmware/core/history.h"

#include "firmware/core/bytes.h"
#include "firmware/core/crc.h"

#define MAGIC 0x31485457u /* "WTH1" */
#define SLOT_SIZE 32u
#define HEADER_SIZE 12
#define RECORD_SIZE 20 /* up to and with the CRC */
#define MASKS 3        /* words after it */
#define PURPOSES 0xffffu

/* What a slot holds. */
enum slot_state {
  SLOT_BLANK,
  SLOT_RECORD,
  SLOT_ZEROED,
  SLOT_DAMAGED, /* torn, or half zeroed */
};

static uint32_t
slots_per_page (const struct wtl_history *history)
{
  return history->flash->page_size / SLOT_SIZE - 1;
}

/* The address of a page, or of a slot, counted from 0, in it. */
static uint32_t
page_address (const struct wtl_history *history, uint32_t page)
{
  return (history->first_page + page) * history->flash->page_size;
}

static uint32_t
slot_address (const struct wtl_history *history, uint32_t page, uint32_t slot)
{
  return page_address (history, page) + (slot + 1) * SLOT_SIZE;
}

/* The number @page starts with; 0 where it holds no records. */
static uint32_t
read_page (const struct wtl_history *history, uint32_t page)
{
  uint8_t header[HEADER_SIZE];
  uint32_t seq;

  if (history->flash->read (history->flash->ctx, page_address (history, page), header, sizeof header) != WTL_OK)
    return 0;
  seq = wtl_get_u32 (header + 4);
  if (wtl_get_u32 (header) != MAGIC || wtl_get_u32 (header + 8) != wtl_crc (header, 8)
      || seq > UINT32_MAX - 2 * slots_per_page (history))
    return 0;
  return seq;
}

static bool
is_all (const uint8_t *bytes, uint32_t len, uint8_t value)
{
  for (uint32_t i = 0; i < len; i++)
    if (bytes[i] != value)
      return false;
  return true;
}

/* Reads a slot that stands for number @seq. */
static enum slot_state
read_slot (const struct wtl_history *history, uint32_t page, uint32_t slot, uint32_t seq, struct wtl_record *out)
{
  uint8_t bytes[SLOT_SIZE];

  if (history->flash->read (history->flash->ctx, slot_address (history, page, slot), bytes, sizeof bytes) != WTL_OK)
    return SLOT_DAMAGED;
  if (is_all (bytes, sizeof bytes, 0xff))
    return SLOT_BLANK;
  if (is_all (bytes, sizeof bytes, 0))
    return SLOT_ZEROED;
  out->sequence = wtl_get_u32 (bytes);
  out->time = wtl_get_u32 (bytes + 4);
  out->value = (int32_t)wtl_get_u32 (bytes + 8);
  out->purposes = wtl_get_u32 (bytes + 12) & PURPOSES;
  for (int i = 0; i < MASKS; i++)
    out->purposes &= wtl_get_u32 (bytes + RECORD_SIZE + 4 * i);
  if (wtl_get_u32 (bytes + 16) != wtl_crc (bytes, 16) || out->sequence != seq || out->purposes == 0)
    return SLOT_DAMAGED;
  return SLOT_RECORD;
}

void
wtl_history_mount (struct wtl_history *history)
{
  struct wtl_record record;

  history->page = 0;
  history->page_seq = 0;
  for (uint32_t page = 0; page < history->pages; page++) {
    uint32_t seq = read_page (history, page);

    if (seq > history->page_seq) {
      history->page = page;
      history->page_seq = seq;
    }
  }
  history->slot = slots_per_page (history);
  while (history->page_seq > 0 && history->slot > 0
         && read_slot (history, history->page, history->slot - 1, 0, &record) == SLOT_BLANK)
    history->slot--;
}

/* Takes the oldest page for new records. */
static enum wtl_status
next_page (struct wtl_history *history)
{
  const struct wtl_flash *flash = history->flash;
  uint32_t seq = history->page_seq > 0 ? history->page_seq + history->slot : 1;
  uint32_t page = history->page_seq > 0 ? (history->page + 1) % history->pages : 0;
  uint8_t header[HEADER_SIZE];
  enum wtl_status status;

  /* A page half erased by a power cut must not look like one with records,
   * some of whose cleared bits are set again. */
  status = wtl_flash_zero (flash, page_address (history, page), HEADER_SIZE);
  if (status == WTL_OK)
    status = flash->erase (flash->ctx, history->first_page + page);
  wtl_put_u32 (header, MAGIC);
  wtl_put_u32 (header + 4, seq);
  wtl_put_u32 (header + 8, wtl_crc (header, 8));
  if (status == WTL_OK)
    status = flash->write (flash->ctx, page_address (history, page), header, sizeof header);
  if (status != WTL_OK)
    return status;
  history->page = page;
  history->page_seq = seq;
  history->slot = 0;
  return WTL_OK;
}

enum wtl_status
wtl_history_append (struct wtl_history *history, struct wtl_record *record)
{
  uint8_t bytes[RECORD_SIZE];
  uint32_t slot;

  if ((record->purposes & PURPOSES) == 0)
    return WTL_ERROR_ARGUMENT;
  if (history->page_seq == 0 || history->slot >= slots_per_page (history)) {
    enum wtl_status status = next_page (history);

    if (status != WTL_OK)
      return status;
  }
  slot = history->slot++;
  record->sequence = history->page_seq + slot;
  wtl_put_u32 (bytes, record->sequence);
  wtl_put_u32 (bytes + 4, record->time);
  wtl_put_u32 (bytes + 8, (uint32_t)record->value);
  wtl_put_u32 (bytes + 12, record->purposes & PURPOSES);
  wtl_put_u32 (bytes + 16, wtl_crc (bytes, 16));
  return history->flash->write (history->flash->ctx, slot_address (history, history->page, slot), bytes, sizeof bytes);
}

/* A walk over every slot in use, oldest first. */
struct walk {
  const struct wtl_history *history;
  uint32_t pages_left;
  uint32_t page;
  uint32_t slot;
  uint32_t page_seq;
};

static void
walk_start (struct walk *walk, const struct wtl_history *history)
{
  walk->history = history;
  walk->pages_left = history->page_seq > 0 ? history->pages : 0;
  walk->page = history->page;
  walk->slot = slots_per_page (history);
  walk->page_seq = 0;
}

/* The next slot in use, whatever it holds.  @after lets pages be passed over. */
static bool
walk_next (struct walk *walk, uint32_t after, struct wtl_record *record, enum slot_state *state)
{
  const struct wtl_history *history = walk->history;

  for (;;) {
    if (walk->page_seq > 0 && walk->slot < slots_per_page (history)) {
      *state = read_slot (history, walk->page, walk->slot, walk->page_seq + walk->slot, record);
      walk->slot++;
      if (*state != SLOT_BLANK)
        return true;
      continue;
    }
    if (walk->pages_left == 0)
      return false;
    walk->pages_left--;
    walk->page = (walk->page + 1) % history->pages;
    walk->page_seq = read_page (history, walk->page);
    walk->slot = 0;
    if (walk->page_seq > 0 && walk->page_seq + slots_per_page (history) - 1 <= after)
      walk->page_seq = 0;
  }
}

unsigned
wtl_history_read (const struct wtl_history *history, uint32_t after, struct wtl_record *out, unsigned max, bool *more)
{
  struct wtl_record record;
  enum slot_state state;
  struct walk walk;
  unsigned count = 0;

  *more = false;
  walk_start (&walk, history);
  while (!*more && walk_next (&walk, after, &record, &state)) {
    if (state != SLOT_RECORD || record.sequence <= after)
      continue;
    if (count < max)
      out[count++] = record;
    else
      *more = true;
  }
  return count;
}

void
wtl_history_range (const struct wtl_history *history, uint32_t *first, uint32_t *last)
{
  struct wtl_record record;
  enum slot_state state;
  struct walk walk;

  *first = *last = 0;
  walk_start (&walk, history);
  while (walk_next (&walk, 0, &record, &state)) {
    if (state != SLOT_RECORD)
      continue;
    if (*first == 0)
      *first = record.sequence;
    *last = record.sequence;
  }
}

uint32_t
wtl_history_count (const struct wtl_history *history, uint32_t allowed)
{
  struct wtl_record record;
  enum slot_state state;
  struct walk walk;
  uint32_t count = 0;

  walk_start (&walk, history);
  while (walk_next (&walk, 0, &record, &state))
    if (state == SLOT_RECORD && (record.purposes & ~allowed) != 0)
      count++;
  return count;
}

/* Leaves the record in the walk's last slot to @allowed, one word. */
static enum wtl_status
clear_purposes (const struct walk *walk, uint32_t allowed)
{
  const struct wtl_flash *flash = walk->history->flash;
  uint32_t at = slot_address (walk->history, walk->page, walk->slot - 1) + RECORD_SIZE;
  uint8_t word[WTL_FLASH_WORD];

  /* The first word that is still blank, else once more the last one. */
  for (int i = 0; i < MASKS - 1 && !wtl_flash_is_blank (flash, at, WTL_FLASH_WORD); i++)
    at += WTL_FLASH_WORD;
  wtl_put_u32 (word, allowed);
  return flash->write (flash->ctx, at, word, sizeof word);
}

enum wtl_status
wtl_history_restrict (const struct wtl_history *history, uint32_t allowed)
{
  struct wtl_record record;
  enum slot_state state;
  struct walk walk;
  enum wtl_status status = WTL_OK;

  walk_start (&walk, history);
  while (status == WTL_OK && walk_next (&walk, 0, &record, &state)) {
    if (state == SLOT_DAMAGED || (state == SLOT_RECORD && (record.purposes & allowed) == 0))
      status = wtl_flash_zero (history->flash, slot_address (history, walk.page, walk.slot - 1), SLOT_SIZE);
    else if (state == SLOT_RECORD && (record.purposes & ~allowed) != 0)
      status = clear_purposes (&walk, allowed);
  }
  return status;
}

enum wtl_status
wtl_history_erase (struct wtl_history *history)
{
  enum wtl_status status = wtl_flash_erase (history->flash, history->first_page, history->pages);

  wtl_history_mount (history);
  return status;
}

uint32_t
wtl_history_erases (const struct wtl_history *history)
{
  /* Pages are taken in turn, each when the one before is full. */
  uint32_t taken = history->page_seq > 0 ? (history->page_seq - 1) / slots_per_page (history) + 1 : 0;

  return (taken + history->pages - 1) / history->pages;
}

bool
wtl_history_is_blank (const struct wtl_history *history)
{
  return wtl_flash_is_blank (history->flash, page_address (history, 0), history->pages * history->flash->page_size);
}
