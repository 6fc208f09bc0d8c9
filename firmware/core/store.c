/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small records under fixed keys, kept through power cuts.
 *
 *   bank     header, records, blank
 *   header   magic, generation, CRC-32 of both, spare word
 *   record   key (8 bits), size (16), check of these (8); data, padded with
 *            0xff to words; CRC-32 of word and data
 *
 * A record of size 0 removes its key.  A record whose CRC does not match was
 * torn or zeroed, and is passed over.  Where a record's first word does not
 * check, the rest of the bank is taken for full, so that the next write moves
 * to the other bank.
 */
#include "firmware/core/store.h"

#include <string.h>

#include "firmware/core/bytes.h"
#include "firmware/core/crc.h"

#define MAGIC 0x314c5457u /* "WTL1" */
#define HEADER_SIZE 16
#define RECORD_OVERHEAD 8
#define BLANK_WORD 0xffffffffu
#define CHUNK 64

static uint32_t
padded (uint32_t len)
{
  return (len + 3) & ~3u;
}

static uint32_t
bank_size (const struct wtl_store *store)
{
  return store->bank_pages * store->flash->page_size;
}

static uint32_t
bank_page (const struct wtl_store *store, uint32_t bank)
{
  return store->first_page + bank * store->bank_pages;
}

/* The address of an offset within a bank. */
static uint32_t
address (const struct wtl_store *store, uint32_t bank, uint32_t offset)
{
  return bank_page (store, bank) * store->flash->page_size + offset;
}

static enum wtl_status
read_at (const struct wtl_store *store, uint32_t bank, uint32_t offset, void *out, uint32_t len)
{
  return store->flash->read (store->flash->ctx, address (store, bank, offset), out, len);
}

static enum wtl_status
write_at (const struct wtl_store *store, uint32_t bank, uint32_t offset, const void *data, uint32_t len)
{
  return store->flash->write (store->flash->ctx, address (store, bank, offset), data, len);
}

static uint8_t
word_check (uint32_t low)
{
  uint32_t crc = wtl_crc (&(uint8_t[3]){ (uint8_t)low, (uint8_t)(low >> 8), (uint8_t)(low >> 16) }, 3);

  return (uint8_t)crc;
}

static uint32_t
make_word (unsigned key, uint32_t len)
{
  uint32_t low = (key & 0xff) | len << 8;

  return low | (uint32_t)word_check (low) << 24;
}

static bool
parse_word (uint32_t word, unsigned *key, uint32_t *len)
{
  *key = word & 0xff;
  *len = word >> 8 & 0xffff;
  return word_check (word & 0xffffff) == word >> 24 && *key < WTL_STORE_KEYS && *len <= WTL_STORE_RECORD_MAX;
}

/* Whether the record of @len bytes at @offset is whole; copies its data. */
static bool
check_record (const struct wtl_store *store, uint32_t bank, uint32_t offset, uint32_t len, uint8_t *out)
{
  uint32_t crc = WTL_CRC_INIT;
  uint8_t chunk[CHUNK];

  for (uint32_t done = 0; done < len + 4;) {
    uint32_t n = len + 4 - done < CHUNK ? len + 4 - done : CHUNK;

    if (read_at (store, bank, offset + done, chunk, n) != WTL_OK)
      return false;
    crc = wtl_crc_update (crc, chunk, n);
    for (uint32_t i = 0; out != NULL && i < n; i++)
      if (done + i >= 4)
        out[done + i - 4] = chunk[i];
    done += n;
  }
  if (read_at (store, bank, offset + 4 + padded (len), chunk, 4) != WTL_OK)
    return false;
  return wtl_get_u32 (chunk) == wtl_crc_end (crc);
}

/* Writes one record; @offset moves on. */
static enum wtl_status
write_record (const struct wtl_store *store, uint32_t bank, uint32_t *offset, unsigned key, const void *data,
              uint32_t len)
{
  uint8_t word[4], tail[4] = { 0xff, 0xff, 0xff, 0xff };
  uint32_t whole = len & ~3u;
  uint32_t at = *offset;
  uint32_t crc;
  enum wtl_status status;

  if (len > whole)
    memcpy (tail, (const uint8_t *)data + whole, len - whole);
  wtl_put_u32 (word, make_word (key, len));
  crc = wtl_crc_update (wtl_crc_update (WTL_CRC_INIT, word, 4), data, len);
  status = write_at (store, bank, at, word, 4);
  if (status == WTL_OK && whole > 0)
    status = write_at (store, bank, at + 4, data, whole);
  if (status == WTL_OK && len > whole)
    status = write_at (store, bank, at + 4 + whole, tail, 4);
  wtl_put_u32 (word, wtl_crc_end (crc));
  if (status == WTL_OK)
    status = write_at (store, bank, at + 4 + padded (len), word, 4);
  if (status == WTL_OK && !check_record (store, bank, at, len, NULL))
    status = WTL_ERROR_STORAGE;
  *offset = at + RECORD_OVERHEAD + padded (len);
  return status;
}

static enum wtl_status
write_header (const struct wtl_store *store, uint32_t bank, uint32_t generation)
{
  uint8_t header[12];

  wtl_put_u32 (header, MAGIC);
  wtl_put_u32 (header + 4, generation);
  wtl_put_u32 (header + 8, wtl_crc (header, 8));
  return write_at (store, bank, 0, header, sizeof header);
}

static bool
read_header (const struct wtl_store *store, uint32_t bank, uint32_t *generation)
{
  uint8_t header[12];

  if (read_at (store, bank, 0, header, sizeof header) != WTL_OK)
    return false;
  *generation = wtl_get_u32 (header + 4);
  return wtl_get_u32 (header) == MAGIC && wtl_get_u32 (header + 8) == wtl_crc (header, 8);
}

/* Zeroes what was written under @key before, if that is a secret. */
static enum wtl_status
scrub (const struct wtl_store *store, unsigned key)
{
  if (store->at[key] == 0 || store->len[key] == 0 || (store->secrets >> key & 1) == 0)
    return WTL_OK;
  return wtl_flash_zero (store->flash, address (store, store->bank, store->at[key] + 4), padded (store->len[key]));
}

/* The record at @offset is now the newest of its key. */
static enum wtl_status
take (struct wtl_store *store, unsigned key, uint32_t offset, uint32_t len)
{
  enum wtl_status status = scrub (store, key);

  store->at[key] = len > 0 ? offset : 0;
  store->len[key] = (uint16_t)len;
  return status;
}

/* Finds the newest record of each key and the end of the bank in use. */
static enum wtl_status
scan (struct wtl_store *store)
{
  uint32_t size = bank_size (store);
  uint32_t offset = HEADER_SIZE;
  enum wtl_status status = WTL_OK;

  memset (store->at, 0, sizeof store->at);
  memset (store->len, 0, sizeof store->len);
  while (status == WTL_OK && offset + RECORD_OVERHEAD <= size) {
    uint8_t word[4];
    unsigned key;
    uint32_t len;

    status = read_at (store, store->bank, offset, word, 4);
    if (status != WTL_OK || wtl_get_u32 (word) == BLANK_WORD)
      break;
    if (!parse_word (wtl_get_u32 (word), &key, &len) || RECORD_OVERHEAD + padded (len) > size - offset) {
      offset = size;
      break;
    }
    if (check_record (store, store->bank, offset, len, NULL))
      status = take (store, key, offset, len);
    offset += RECORD_OVERHEAD + padded (len);
  }
  if (offset < size && !wtl_flash_is_blank (store->flash, address (store, store->bank, offset), size - offset))
    offset = size;
  store->end = offset;
  return status;
}

enum wtl_status
wtl_store_mount (struct wtl_store *store)
{
  uint32_t generation[2] = { 0, 0 };
  bool valid[2];
  uint32_t other;

  for (uint32_t bank = 0; bank < 2; bank++)
    valid[bank] = read_header (store, bank, &generation[bank]);
  if (!valid[0] && !valid[1])
    return WTL_ERROR_NOT_NOW;
  store->bank = !valid[0] || (valid[1] && generation[1] > generation[0]);
  store->generation = generation[store->bank];
  other = 1 - store->bank;
  if (!wtl_flash_is_blank (store->flash, address (store, other, 0), bank_size (store))) {
    enum wtl_status status = wtl_flash_erase (store->flash, bank_page (store, other), store->bank_pages);

    if (status != WTL_OK)
      return status;
  }
  return scan (store);
}

enum wtl_status
wtl_store_format (struct wtl_store *store)
{
  enum wtl_status status = wtl_flash_erase (store->flash, store->first_page, 2 * store->bank_pages);

  store->bank = 0;
  store->generation = 1;
  store->end = HEADER_SIZE;
  memset (store->at, 0, sizeof store->at);
  memset (store->len, 0, sizeof store->len);
  if (status == WTL_OK)
    status = write_header (store, 0, 1);
  return status;
}

bool
wtl_store_has (const struct wtl_store *store, unsigned key)
{
  return key < WTL_STORE_KEYS && store->at[key] != 0;
}

enum wtl_status
wtl_store_get (const struct wtl_store *store, unsigned key, void *out, uint32_t len)
{
  if (!wtl_store_has (store, key))
    return WTL_ERROR_NOT_NOW;
  if (store->len[key] != len || !check_record (store, store->bank, store->at[key], len, out))
    return WTL_ERROR_STORAGE;
  return WTL_OK;
}

static enum wtl_status
append (struct wtl_store *store, unsigned key, const void *data, uint32_t len)
{
  uint32_t needed = RECORD_OVERHEAD + padded (len);
  uint32_t offset;
  enum wtl_status status = WTL_OK;

  if (needed > bank_size (store) - store->end)
    status = wtl_store_rewrite (store, UINT32_MAX, NULL, 0);
  if (status != WTL_OK)
    return status;
  if (needed > bank_size (store) - store->end)
    return WTL_ERROR_STORAGE;
  offset = store->end;
  status = write_record (store, store->bank, &store->end, key, data, len);
  if (status != WTL_OK) {
    store->end = bank_size (store);
    return status;
  }
  return take (store, key, offset, len);
}

enum wtl_status
wtl_store_put (struct wtl_store *store, unsigned key, const void *data, uint32_t len)
{
  if (key >= WTL_STORE_KEYS || len == 0 || len > WTL_STORE_RECORD_MAX)
    return WTL_ERROR_ARGUMENT;
  return append (store, key, data, len);
}

enum wtl_status
wtl_store_delete (struct wtl_store *store, unsigned key)
{
  if (!wtl_store_has (store, key))
    return WTL_OK;
  return append (store, key, NULL, 0);
}

/* Copies the newest record of @key, if it is whole, to the @target bank. */
static enum wtl_status
copy_record (const struct wtl_store *store, unsigned key, uint32_t target, uint32_t *offset)
{
  uint32_t total = RECORD_OVERHEAD + padded (store->len[key]);
  uint8_t chunk[CHUNK];
  enum wtl_status status = WTL_OK;

  for (uint32_t done = 0; status == WTL_OK && done < total;) {
    uint32_t n = total - done < CHUNK ? total - done : CHUNK;

    status = read_at (store, store->bank, store->at[key] + done, chunk, n);
    if (status == WTL_OK)
      status = write_at (store, target, *offset + done, chunk, n);
    done += n;
  }
  *offset += total;
  return status;
}

/* Fills the @target bank, all but its header; @next learns what lies where. */
static enum wtl_status
fill_bank (const struct wtl_store *store, struct wtl_store *next, uint32_t keep, const struct wtl_store_record *records,
           unsigned count)
{
  enum wtl_status status = WTL_OK;

  for (unsigned i = 0; i < count; i++)
    keep &= ~(1u << records[i].key);
  for (unsigned key = 0; status == WTL_OK && key < WTL_STORE_KEYS; key++) {
    if ((keep >> key & 1) == 0 || !wtl_store_has (store, key)
        || !check_record (store, store->bank, store->at[key], store->len[key], NULL))
      continue;
    next->at[key] = next->end;
    next->len[key] = store->len[key];
    status = copy_record (store, key, next->bank, &next->end);
  }
  for (unsigned i = 0; status == WTL_OK && i < count; i++) {
    if (RECORD_OVERHEAD + padded (records[i].len) > bank_size (store) - next->end)
      return WTL_ERROR_STORAGE;
    next->at[records[i].key] = next->end;
    next->len[records[i].key] = (uint16_t)records[i].len;
    status = write_record (store, next->bank, &next->end, records[i].key, records[i].data, records[i].len);
  }
  return status;
}

enum wtl_status
wtl_store_rewrite (struct wtl_store *store, uint32_t keep, const struct wtl_store_record *records, unsigned count)
{
  struct wtl_store next = *store;
  enum wtl_status status;

  next.bank = 1 - store->bank;
  next.generation = store->generation + 1;
  next.end = HEADER_SIZE;
  memset (next.at, 0, sizeof next.at);
  memset (next.len, 0, sizeof next.len);
  /* Even a page that reads as blank may have been half erased. */
  status = wtl_flash_erase (store->flash, bank_page (store, next.bank), store->bank_pages);
  if (status == WTL_OK)
    status = fill_bank (store, &next, keep, records, count);
  if (status == WTL_OK)
    status = write_header (store, next.bank, next.generation);
  if (status != WTL_OK)
    return status;
  status = wtl_flash_erase (store->flash, bank_page (store, store->bank), store->bank_pages);
  *store = next;
  return status;
}
