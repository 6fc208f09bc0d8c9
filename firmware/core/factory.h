/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The factory page: what the bench gives a unit.  No other unit has the same
 * key or code; nothing in it is personal, so no wipe touches it.
 */
#pragma once

#include <stdint.h>

#include "firmware/core/flash.h"
#include "pairing/code.h"
#include "pairing/spake2p.h"

struct wtl_factory {
  uint32_t product;
  char unit_id[WTL_CODE_UNIT_MAX + 1];
  uint8_t private_key[32];   /* P-256: signs statements */
  uint8_t public_key[65];    /* uncompressed */
  struct wtl_verifier label; /* of the code on the label, with its salt */
  uint8_t passport_sha256[32];
  uint8_t vendor_root_sha256[32]; /* zeros: none */
  uint32_t purposes;              /* bit n-1: the product knows purpose n */
  uint32_t needed;                /* of these, the ones that need no consent */
  uint32_t iterations;            /* PBKDF2, of codes and passwords made here */
};

/* WTL_ERROR_STORAGE where the page is damaged or holds what it may not. */
enum wtl_status wtl_factory_read (const struct wtl_flash *flash, struct wtl_factory *out);

/* Erases the page and writes it. */
enum wtl_status wtl_factory_write (const struct wtl_flash *flash, const struct wtl_factory *factory);
