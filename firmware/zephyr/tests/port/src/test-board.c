/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness and time. */
#include <string.h>
#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include "board.h"

ZTEST (board, test_random)
{
  uint8_t bytes[2][64] = { 0 };
  unsigned same = 0;

  for (int i = 0; i < 2; i++)
    zassert_ok (board_random (NULL, bytes[i], sizeof bytes[i]));
  for (size_t i = 0; i < sizeof bytes[0]; i++)
    same += bytes[0][i] == bytes[1][i];
  zassert_true (same < 8, "%u of 64 bytes came twice", same);
  /* No byte beyond those asked for. */
  memset (bytes[1], 0x5a, sizeof bytes[1]);
  zassert_ok (board_random (NULL, bytes[1], 7));
  for (size_t i = 7; i < sizeof bytes[1]; i++)
    zassert_equal (bytes[1][i], 0x5a);
}

ZTEST (board, test_time)
{
  uint64_t before = board_now_ms (NULL);
  uint64_t after;

  k_msleep (250);
  after = board_now_ms (NULL);
  zassert_true (after >= before + 250 && after < before + 400, "%u ms", (unsigned)(after - before));
}

ZTEST_SUITE (board, NULL, NULL, NULL, NULL, NULL);
