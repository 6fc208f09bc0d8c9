/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRC-32 (ISO 3309, as in Ethernet): tells a whole record from a torn one.  It
 * guards against accidents, not against attackers.
 */
#pragma once

#include <stdint.h>

#define WTL_CRC_INIT 0xffffffffu

/* Feeds @len bytes into @crc, which starts as WTL_CRC_INIT. */
uint32_t wtl_crc_update (uint32_t crc, const void *data, uint32_t len);

/* The value to store. */
static inline uint32_t
wtl_crc_end (uint32_t crc)
{
  return ~crc;
}

static inline uint32_t
wtl_crc (const void *data, uint32_t len)
{
  return wtl_crc_end (wtl_crc_update (WTL_CRC_INIT, data, len));
}
