/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few things pairing/ needs from outside.  The daemon, the virtual device
 * and the nRF application each fill one of these; nothing else is called.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "pairing/spake2p.h"
#include "pairing/status.h"

/* How many tries a secret has, as the device tells its companion. */
struct wtl_attempts {
  uint32_t left;       /* before the secret locks; 0 = it is locked */
  uint32_t locked_for; /* seconds until the next try; 0 = not locked */
};

struct wtl_port {
  void *ctx;             /* handed to every function */
  uint32_t capabilities; /* WTL_CAPABILITY_* bits of this side */

  /* Fills @buf from a cryptographically secure source.  0 on success. */
  int (*random) (void *ctx, uint8_t *buf, size_t len);

  /* Milliseconds of a monotonic clock.  */
  uint64_t (*now_ms) (void *ctx);

  /* Sends one link packet (20 to 512 bytes).  0 on success. */
  int (*send) (void *ctx, const uint8_t *packet, size_t len);

  /* --- storage: the device's (SPAKE2+ verifier's) side only --- */

  /* Loads the verifier for @kind (enum values of SecretKind) and, for owner
   * keys, @slot.  WTL_ERROR_NOT_NOW where that secret opens nothing now,
   * WTL_ERROR_STATE while the device is too busy for anybody. */
  enum wtl_status (*load_verifier) (void *ctx, unsigned kind, unsigned slot, struct wtl_verifier *out);

  /* Counts an attempt in storage *before* the answer goes out, and tells in
   * @if_wrong what holds should it turn out wrong.  WTL_ERROR_LOCKED refuses
   * it, with the remaining lock in @if_wrong.  */
  enum wtl_status (*attempt_begin) (void *ctx, unsigned kind, struct wtl_attempts *if_wrong);

  /* Tells what holds now, counting nothing. */
  void (*attempt_peek) (void *ctx, unsigned kind, struct wtl_attempts *now);

  /* The attempt was right: takes its count back.  */
  enum wtl_status (*attempt_ok) (void *ctx, unsigned kind);
};
