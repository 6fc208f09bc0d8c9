/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One unit: what outlives a power cut.
 */
#include "firmware/core/unit.h"

#include <string.h>

#include "firmware/core/bytes.h"
#include "firmware/core/consent.h"
#include "firmware/core/layout.h"
#include "firmware/core/password.h"
#include "firmware/core/verifier.h"
#include "firmware/core/wipe.h"
#include "pairing/secret.h"

#define SETUP_SIZE (2 * WTL_VERIFIER_SIZE + WTL_ADVERT_KEY_SIZE)
#define SECRET_KEYS (1u << WTL_KEY_CODE | 1u << WTL_KEY_NEXT_CODE | 1u << WTL_KEY_SETUP | 7u << WTL_KEY_OWNER_1)

_Static_assert(SETUP_SIZE <= WTL_STORE_RECORD_MAX, "taking ownership is one record");
_Static_assert(WTL_KEY_OWNER_1 + WTL_OWNERS_MAX - 1 == WTL_KEY_CONSENT, "a key for each further owner");
_Static_assert(WTL_KEY_END <= WTL_STORE_KEYS, "the store knows every key");

static unsigned
owner_key (unsigned slot)
{
  return WTL_KEY_OWNER_1 + slot - 1;
}

static void
move_setup (uint8_t *at, struct wtl_setup *setup, bool save)
{
  wtl_move_verifier (&at, &setup->password, save);
  wtl_move_verifier (&at, &setup->owner, save);
  wtl_move_bytes (&at, setup->advert_key, sizeof setup->advert_key, save);
}

static enum wtl_status
load_setup (const struct wtl_unit *unit, struct wtl_setup *out)
{
  uint8_t record[SETUP_SIZE];
  enum wtl_status status = wtl_store_get (&unit->store, WTL_KEY_SETUP, record, sizeof record);

  if (status == WTL_OK) {
    move_setup (record, out, false);
    if (!wtl_verifier_is_sane (&out->password) || !wtl_verifier_is_sane (&out->owner))
      status = WTL_ERROR_STORAGE;
  }
  wtl_wipe (record, sizeof record);
  return status;
}

static enum wtl_status
save_setup (struct wtl_unit *unit, const struct wtl_setup *setup)
{
  struct wtl_setup copy = *setup;
  uint8_t record[SETUP_SIZE];
  enum wtl_status status;

  move_setup (record, &copy, true);
  status = wtl_store_put (&unit->store, WTL_KEY_SETUP, record, sizeof record);
  wtl_wipe (record, sizeof record);
  wtl_wipe (&copy, sizeof copy);
  return status;
}

static enum wtl_status
load_verifier (const struct wtl_unit *unit, unsigned key, struct wtl_verifier *out)
{
  uint8_t record[WTL_VERIFIER_SIZE];
  uint8_t *at = record;
  enum wtl_status status = wtl_store_get (&unit->store, key, record, sizeof record);

  if (status == WTL_OK) {
    wtl_move_verifier (&at, out, false);
    if (!wtl_verifier_is_sane (out))
      status = WTL_ERROR_STORAGE;
  }
  wtl_wipe (record, sizeof record);
  return status;
}

enum wtl_status
wtl_unit_load_code (const struct wtl_unit *unit, struct wtl_verifier *out)
{
  if (unit->wiping)
    return WTL_ERROR_NOT_NOW;
  if (wtl_store_has (&unit->store, WTL_KEY_CODE))
    return load_verifier (unit, WTL_KEY_CODE, out);
  *out = unit->factory.label;
  return WTL_OK;
}

enum wtl_status
wtl_unit_load_password (const struct wtl_unit *unit, struct wtl_verifier *out)
{
  struct wtl_setup setup;
  enum wtl_status status = unit->owned ? load_setup (unit, &setup) : WTL_ERROR_NOT_NOW;

  if (status == WTL_OK)
    *out = setup.password;
  wtl_wipe (&setup, sizeof setup);
  return status;
}

enum wtl_status
wtl_unit_load_owner (const struct wtl_unit *unit, unsigned slot, struct wtl_verifier *out)
{
  struct wtl_setup setup;
  enum wtl_status status;

  if (!unit->owned || slot >= WTL_OWNERS_MAX)
    return WTL_ERROR_NOT_NOW;
  if (slot > 0)
    return load_verifier (unit, owner_key (slot), out);
  status = load_setup (unit, &setup);
  if (status == WTL_OK)
    *out = setup.owner;
  wtl_wipe (&setup, sizeof setup);
  return status;
}

enum wtl_status
wtl_unit_load_advert_key (const struct wtl_unit *unit, uint8_t out[WTL_ADVERT_KEY_SIZE])
{
  struct wtl_setup setup;
  enum wtl_status status = unit->owned ? load_setup (unit, &setup) : WTL_ERROR_NOT_NOW;

  if (status == WTL_OK)
    memcpy (out, setup.advert_key, WTL_ADVERT_KEY_SIZE);
  wtl_wipe (&setup, sizeof setup);
  return status;
}

unsigned
wtl_unit_count_owners (const struct wtl_unit *unit)
{
  unsigned count = unit->owned ? 1 : 0;

  for (unsigned slot = 1; unit->owned && slot < WTL_OWNERS_MAX; slot++)
    count += wtl_store_has (&unit->store, owner_key (slot));
  return count;
}

enum wtl_status
wtl_unit_set_up (struct wtl_unit *unit, const struct wtl_setup *setup)
{
  enum wtl_status status;

  if (unit->owned)
    return WTL_ERROR_STATE;
  status = save_setup (unit, setup);
  if (status != WTL_OK)
    return status;
  unit->owned = true;
  unit->allowed = unit->factory.needed;
  unit->consent_version = 0;
  /* The receipt of the last wipe was kept until now.  Owned is owned: should
   * this fail, the next start does it. */
  (void)wtl_store_delete (&unit->store, WTL_KEY_WIPE_RECEIPT);
  return WTL_OK;
}

enum wtl_status
wtl_unit_enrol (struct wtl_unit *unit, const struct wtl_verifier *owner, unsigned *slot)
{
  struct wtl_verifier copy = *owner;
  uint8_t record[WTL_VERIFIER_SIZE];
  uint8_t *at = record;

  if (!unit->owned)
    return WTL_ERROR_STATE;
  wtl_move_verifier (&at, &copy, true);
  for (unsigned i = 1; i < WTL_OWNERS_MAX; i++) {
    if (wtl_store_has (&unit->store, owner_key (i)))
      continue;
    *slot = i;
    return wtl_store_put (&unit->store, owner_key (i), record, sizeof record);
  }
  return WTL_ERROR_TOO_LONG;
}

enum wtl_status
wtl_unit_change_password (struct wtl_unit *unit, const struct wtl_verifier *password)
{
  struct wtl_setup setup;
  enum wtl_status status = unit->owned ? load_setup (unit, &setup) : WTL_ERROR_STATE;

  if (status == WTL_OK) {
    setup.password = *password;
    status = save_setup (unit, &setup);
  }
  wtl_wipe (&setup, sizeof setup);
  return status;
}

enum wtl_status
wtl_unit_make_verifier (struct wtl_unit *unit, const char *secret, struct wtl_verifier *out)
{
  struct wtl_prover prover;
  uint8_t salt[WTL_SALT_MIN];
  enum wtl_status status;

  if (unit->crypto.random (unit->crypto.ctx, salt, sizeof salt) != 0)
    return WTL_ERROR_RANDOM;
  status = wtl_prover_from_secret ((const uint8_t *)secret, strlen (secret), salt, sizeof salt,
                                   unit->factory.iterations, &prover);
  memset (out, 0, sizeof *out);
  if (status == WTL_OK)
    status = wtl_verifier_from_prover (&prover, unit->crypto.random, unit->crypto.ctx, out);
  memcpy (out->salt, salt, sizeof salt);
  out->salt_len = sizeof salt;
  out->iterations = unit->factory.iterations;
  wtl_wipe (&prover, sizeof prover);
  return status;
}

wtl_ErrorCode
wtl_unit_check_password (const struct wtl_unit *unit, const char *password)
{
  struct wtl_verifier verifier;
  wtl_ErrorCode error = wtl_password_check (password, unit->factory.unit_id);

  if (error == wtl_ERROR_CODE_PASSWORD_LONG)
    return error;
  /* The code is the better reason, so it is told first. */
  if (wtl_password_is_code (password, &unit->factory.label)
      || (wtl_store_has (&unit->store, WTL_KEY_CODE) && wtl_unit_load_code (unit, &verifier) == WTL_OK
          && wtl_password_is_code (password, &verifier)))
    error = wtl_ERROR_CODE_PASSWORD_IS_CODE;
  else if (error == wtl_ERROR_CODE_NONE && wtl_unit_load_password (unit, &verifier) == WTL_OK
           && wtl_password_matches (password, &verifier))
    error = wtl_ERROR_CODE_PASSWORD_SAME;
  wtl_wipe (&verifier, sizeof verifier);
  return error;
}

/* A number of its own record; 0 where there is none. */
static uint32_t
load_number (const struct wtl_unit *unit, unsigned key)
{
  uint8_t record[4];

  return wtl_store_get (&unit->store, key, record, sizeof record) == WTL_OK ? wtl_get_u32 (record) : 0;
}

static enum wtl_status
save_number (struct wtl_unit *unit, unsigned key, uint32_t number)
{
  uint8_t record[4];

  wtl_put_u32 (record, number);
  return wtl_store_put (&unit->store, key, record, sizeof record);
}

uint32_t
wtl_unit_erases (const struct wtl_unit *unit)
{
  uint32_t history = unit->old_erases + wtl_history_erases (&unit->history);

  /* Each generation has had every page of the store erased once. */
  return history > unit->store.generation ? history : unit->store.generation;
}

enum wtl_status
wtl_unit_keep_erases (struct wtl_unit *unit)
{
  unit->old_erases += wtl_history_erases (&unit->history) + 1;
  return save_number (unit, WTL_KEY_ERASES, unit->old_erases);
}

static enum wtl_status
count_start (struct wtl_unit *unit)
{
  unit->old_erases = load_number (unit, WTL_KEY_ERASES);
  unit->boot_count = load_number (unit, WTL_KEY_BOOT);
  if (unit->boot_count < UINT32_MAX)
    unit->boot_count++;
  return save_number (unit, WTL_KEY_BOOT, unit->boot_count);
}

static enum wtl_status
mount_store (struct wtl_unit *unit)
{
  enum wtl_status status = wtl_store_mount (&unit->store);

  /* New from the bench, or damaged beyond reading: then what the history holds
   * is somebody's, and goes first. */
  if (status == WTL_ERROR_NOT_NOW) {
    status = wtl_history_is_blank (&unit->history) ? WTL_OK : wtl_history_erase (&unit->history);
    if (status == WTL_OK)
      status = wtl_store_format (&unit->store);
  }
  return status;
}

enum wtl_status
wtl_unit_open (struct wtl_unit *unit, const struct wtl_flash *flash,
               int (*random) (void *ctx, uint8_t *buf, size_t len), void *ctx, uint64_t now_ms)
{
  enum wtl_status status;

  memset (unit, 0, sizeof *unit);
  unit->flash = *flash;
  unit->crypto.random = random;
  unit->crypto.ctx = ctx;
  if (flash->page_count < WTL_LAYOUT_PAGES_MIN)
    return WTL_ERROR_STORAGE;
  unit->store.flash = &unit->flash;
  unit->store.first_page = WTL_LAYOUT_STORE;
  unit->store.bank_pages = WTL_LAYOUT_BANK_PAGES;
  unit->store.secrets = SECRET_KEYS;
  unit->history.flash = &unit->flash;
  unit->history.first_page = WTL_LAYOUT_HISTORY;
  unit->history.pages = flash->page_count - WTL_LAYOUT_HISTORY;
  status = wtl_factory_read (&unit->flash, &unit->factory);
  if (status == WTL_OK)
    status = mount_store (unit);
  if (status == WTL_OK)
    status = count_start (unit);
  if (status == WTL_OK) {
    struct wtl_setup setup;

    unit->owned = load_setup (unit, &setup) == WTL_OK;
    wtl_wipe (&setup, sizeof setup);
    wtl_history_mount (&unit->history);
    status = wtl_wipe_resume (unit);
  }
  if (status == WTL_OK)
    status = wtl_consent_resume (unit);
  wtl_attempts_load (&unit->attempts, &unit->store, now_ms);
  return status;
}
