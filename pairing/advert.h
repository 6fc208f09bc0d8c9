/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device tells everybody near: 10 bytes, so that they fit beside a
 * 128-bit UUID in a legacy Bluetooth advertisement.
 *
 *   byte 0      version (high nibble, 1) and flags (low nibble)
 *   unowned:    1..4 product (big-endian), 5..9 random per boot
 *   owned:      1..3 nonce, 4..9 first 6 bytes of HMAC-SHA256 (advert key,
 *               "wattle-tag" || nonce): its owner recognises it, nobody
 *               else can tell two sightings belong together.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pairing/status.h"

#define WTL_ADVERT_SIZE 10
#define WTL_ADVERT_KEY_SIZE 16

enum {
  WTL_ADVERT_OWNED = 1 << 0,
  WTL_ADVERT_WIPING = 1 << 1,
  WTL_ADVERT_LOCKED = 1 << 2, /* unowned and its setup code is locked */
  WTL_ADVERT_ALERT = 1 << 3,  /* something is off with its firmware */
};

struct wtl_advert {
  uint8_t version;
  uint8_t flags;
  uint32_t product; /* 0 where owned */
  uint8_t tag[9];   /* bytes 1..9 as they came */
};

enum wtl_status wtl_advert_parse (const uint8_t *data, size_t len, struct wtl_advert *out);

/* @instance: 5 random bytes chosen at boot. */
void wtl_advert_unowned (uint8_t flags, uint32_t product, const uint8_t instance[5], uint8_t out[WTL_ADVERT_SIZE]);

/* @nonce: 3 fresh random bytes at each rotation. */
enum wtl_status wtl_advert_owned (uint8_t flags, const uint8_t key[WTL_ADVERT_KEY_SIZE], const uint8_t nonce[3],
                                  uint8_t out[WTL_ADVERT_SIZE]);

/* Whether an owned device's advertisement was made with @key. */
bool wtl_advert_matches (const struct wtl_advert *advert, const uint8_t key[WTL_ADVERT_KEY_SIZE]);
