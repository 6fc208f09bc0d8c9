/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SPAKE2+ verifier as it lies in flash.
 */
#include "firmware/core/verifier.h"

#include "firmware/core/bytes.h"

void
wtl_move_verifier (uint8_t **at, struct wtl_verifier *verifier, bool save)
{
  wtl_move_bytes (at, verifier->w0, sizeof verifier->w0, save);
  wtl_move_bytes (at, verifier->l, sizeof verifier->l, save);
  wtl_move_bytes (at, verifier->w0m, sizeof verifier->w0m, save);
  wtl_move_bytes (at, verifier->w0n, sizeof verifier->w0n, save);
  wtl_move_bytes (at, verifier->salt, sizeof verifier->salt, save);
  wtl_move_bytes (at, &verifier->salt_len, 1, save);
  wtl_move_u32 (at, &verifier->iterations, save);
}

bool
wtl_verifier_is_sane (const struct wtl_verifier *verifier)
{
  if (verifier->salt_len == 0)
    return verifier->iterations == 0;
  return verifier->salt_len >= WTL_SALT_MIN && verifier->salt_len <= WTL_SALT_MAX
         && verifier->iterations >= WTL_ITERATIONS_MIN && verifier->iterations <= WTL_ITERATIONS_MAX;
}
