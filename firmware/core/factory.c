/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The factory page: magic, the fields in order, CRC-32.
 */
#include "firmware/core/factory.h"

#include <string.h>

#include "firmware/core/bytes.h"
#include "firmware/core/crc.h"
#include "firmware/core/layout.h"
#include "firmware/core/verifier.h"
#include "pairing/secret.h"

#define MAGIC 0x31465457u /* "WTF1": Wattle factory */
#define UNIT_FIELD 36     /* the unit id with its NUL, rounded up */
#define KEY_FIELD 68      /* the public key, rounded up */
#define PAGE_BYTES (4 + 4 + UNIT_FIELD + 32 + KEY_FIELD + WTL_VERIFIER_SIZE + 32 + 32 + 4 + 4 + 4 + 4)

_Static_assert(PAGE_BYTES % WTL_FLASH_WORD == 0, "the page is written in words");

/* All fields between magic and CRC. */
static void
move_fields (uint8_t *at, struct wtl_factory *factory, bool save)
{
  wtl_move_u32 (&at, &factory->product, save);
  wtl_move_bytes (&at, factory->unit_id, sizeof factory->unit_id, save);
  at += UNIT_FIELD - sizeof factory->unit_id;
  wtl_move_bytes (&at, factory->private_key, sizeof factory->private_key, save);
  wtl_move_bytes (&at, factory->public_key, sizeof factory->public_key, save);
  at += KEY_FIELD - sizeof factory->public_key;
  wtl_move_verifier (&at, &factory->label, save);
  wtl_move_bytes (&at, factory->passport_sha256, sizeof factory->passport_sha256, save);
  wtl_move_bytes (&at, factory->vendor_root_sha256, sizeof factory->vendor_root_sha256, save);
  wtl_move_u32 (&at, &factory->purposes, save);
  wtl_move_u32 (&at, &factory->needed, save);
  wtl_move_u32 (&at, &factory->iterations, save);
}

static bool
is_sane (const struct wtl_factory *factory)
{
  return memchr (factory->unit_id, 0, sizeof factory->unit_id) != NULL && factory->unit_id[0] != 0
         && wtl_verifier_is_sane (&factory->label) && factory->label.salt_len > 0 && factory->purposes <= 0xffff
         && (factory->needed & ~factory->purposes) == 0 && factory->iterations >= WTL_ITERATIONS_MIN
         && factory->iterations <= WTL_ITERATIONS_MAX;
}

enum wtl_status
wtl_factory_read (const struct wtl_flash *flash, struct wtl_factory *out)
{
  uint8_t page[PAGE_BYTES];
  enum wtl_status status = flash->read (flash->ctx, WTL_LAYOUT_FACTORY * flash->page_size, page, sizeof page);

  if (status == WTL_OK
      && (wtl_get_u32 (page) != MAGIC || wtl_get_u32 (page + sizeof page - 4) != wtl_crc (page, sizeof page - 4)))
    status = WTL_ERROR_STORAGE;
  if (status == WTL_OK) {
    move_fields (page + 4, out, false);
    if (!is_sane (out))
      status = WTL_ERROR_STORAGE;
  }
  wtl_wipe (page, sizeof page);
  return status;
}

enum wtl_status
wtl_factory_write (const struct wtl_flash *flash, const struct wtl_factory *factory)
{
  struct wtl_factory copy = *factory;
  uint8_t page[PAGE_BYTES];
  enum wtl_status status;

  if (!is_sane (factory))
    return WTL_ERROR_ARGUMENT;
  memset (page, 0, sizeof page);
  wtl_put_u32 (page, MAGIC);
  move_fields (page + 4, &copy, true);
  wtl_put_u32 (page + sizeof page - 4, wtl_crc (page, sizeof page - 4));
  status = flash->erase (flash->ctx, WTL_LAYOUT_FACTORY);
  if (status == WTL_OK)
    status = flash->write (flash->ctx, WTL_LAYOUT_FACTORY * flash->page_size, page, sizeof page);
  wtl_wipe (page, sizeof page);
  wtl_wipe (&copy, sizeof copy);
  return status;
}
