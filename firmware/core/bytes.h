/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Little-endian numbers and a cursor over a buffer, so that what lies in flash
 * is the same on every processor.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline void
wtl_put_u32 (uint8_t *out, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    out[i] = (uint8_t)(value >> (8 * i));
}

static inline uint32_t
wtl_get_u32 (const uint8_t *in)
{
  return in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

/* Reads or writes @len bytes of @value at *@at and moves it on: one list of
 * fields serves both directions. */
static inline void
wtl_move_bytes (uint8_t **at, void *value, uint32_t len, bool save)
{
  if (save)
    memcpy (*at, value, len);
  else
    memcpy (value, *at, len);
  *at += len;
}

static inline void
wtl_move_u32 (uint8_t **at, uint32_t *value, bool save)
{
  if (save)
    wtl_put_u32 (*at, *value);
  else
    *value = wtl_get_u32 (*at);
  *at += 4;
}

static inline void
wtl_move_u64 (uint8_t **at, uint64_t *value, bool save)
{
  uint32_t low = (uint32_t)*value;
  uint32_t high = (uint32_t)(*value >> 32);

  wtl_move_u32 (at, &low, save);
  wtl_move_u32 (at, &high, save);
  *value = (uint64_t)high << 32 | low;
}
