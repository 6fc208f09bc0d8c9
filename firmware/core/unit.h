/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One unit: everything of it that outlives a power cut, and the steps that
 * change it.  Each step is whole or has not happened.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "firmware/core/attempts.h"
#include "firmware/core/factory.h"
#include "firmware/core/history.h"
#include "firmware/core/store.h"
#include "pairing/advert.h"
#include "pairing/pairing.pb.h"
#include "pairing/port.h"

#define WTL_OWNERS_MAX 4 /* slot 0 from set-up, others by enrolling */

/* Keys of the store.  Their numbers lie in flash: never reuse one. */
enum wtl_key {
  WTL_KEY_BOOT = 0,      /* how often it started */
  WTL_KEY_ATTEMPTS = 1,  /* wrong attempts of code and password */
  WTL_KEY_CODE = 2,      /* verifier of the code in force, if not the label's */
  WTL_KEY_NEXT_CODE = 3, /* verifier of the code after a prepared wipe */
  WTL_KEY_WIPE = 4,      /* the wipe's journal, while there is one */
  WTL_KEY_WIPE_RECEIPT = 5,
  WTL_KEY_SETUP = 6,    /* owned: password, first owner, advertising key */
  WTL_KEY_OWNER_1 = 7,  /* further owners, slots 1 to 3 */
  WTL_KEY_CONSENT = 10, /* what is allowed */
  WTL_KEY_CONSENT_RECEIPT = 11,
  WTL_KEY_ERASES = 12, /* of the history's pages, before the last wipe */
  WTL_KEY_END = 13
};

struct wtl_unit {
  struct wtl_flash flash;
  struct wtl_port crypto; /* random for the curve; no storage */
  struct wtl_factory factory;
  struct wtl_store store;
  struct wtl_history history;
  struct wtl_attempt_log attempts;
  uint32_t boot_count;
  uint32_t old_erases;      /* WTL_KEY_ERASES */
  uint32_t allowed;         /* purposes recorded for now; 0 while not owned */
  uint32_t consent_version; /* of the last decision; 0 = none */
  bool owned;
  bool wiping; /* a committed wipe has not reached its end: nothing opens it */
};

/* What a set-up puts in force, all of it or nothing. */
struct wtl_setup {
  struct wtl_verifier password;
  struct wtl_verifier owner;
  uint8_t advert_key[WTL_ADVERT_KEY_SIZE];
};

/* Starts: reads everything, finishes what a power cut left open, counts the
 * start.  @flash and @random are copied.  WTL_ERROR_STORAGE where the factory
 * page or the flash cannot be used; damage elsewhere is cleaned away. */
enum wtl_status wtl_unit_open (struct wtl_unit *unit, const struct wtl_flash *flash,
                               int (*random) (void *ctx, uint8_t *buf, size_t len), void *ctx, uint64_t now_ms);

/* The verifier of the setup code in force (whatever the state). */
enum wtl_status wtl_unit_load_code (const struct wtl_unit *unit, struct wtl_verifier *out);

/* The verifier of a password or owner slot: WTL_ERROR_NOT_NOW while not owned
 * or where the slot is free. */
enum wtl_status wtl_unit_load_password (const struct wtl_unit *unit, struct wtl_verifier *out);
enum wtl_status wtl_unit_load_owner (const struct wtl_unit *unit, unsigned slot, struct wtl_verifier *out);
enum wtl_status wtl_unit_load_advert_key (const struct wtl_unit *unit, uint8_t out[WTL_ADVERT_KEY_SIZE]);
unsigned wtl_unit_count_owners (const struct wtl_unit *unit);

/* Takes ownership: one record.  WTL_ERROR_STATE where owned already. */
enum wtl_status wtl_unit_set_up (struct wtl_unit *unit, const struct wtl_setup *setup);

/* WTL_ERROR_TOO_LONG where every slot is taken. */
enum wtl_status wtl_unit_enrol (struct wtl_unit *unit, const struct wtl_verifier *owner, unsigned *slot);

enum wtl_status wtl_unit_change_password (struct wtl_unit *unit, const struct wtl_verifier *password);

/* How often the page that was erased most was, wipes and former owners included.
 * Read off what lies in the flash, so it costs nothing to keep: erases that a
 * power cut had repeated are missing, and damage to the store makes it forget. */
uint32_t wtl_unit_erases (const struct wtl_unit *unit);

/* Keeps the count beyond the erase of the whole history that comes next. */
enum wtl_status wtl_unit_keep_erases (struct wtl_unit *unit);

/* Makes a verifier with a fresh salt for a code or password. */
enum wtl_status wtl_unit_make_verifier (struct wtl_unit *unit, const char *secret, struct wtl_verifier *out);

/* Every rule for a new password. */
wtl_ErrorCode wtl_unit_check_password (const struct wtl_unit *unit, const char *password);
