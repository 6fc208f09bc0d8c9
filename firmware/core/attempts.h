/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often somebody may guess.  Setup code and password have a count each,
 * kept in the store; five wrong ones lock that secret for a minute, every
 * further one for longer, up to a day.  The owner key has 256 bits and is not
 * counted, so nobody near can lock the owner out.
 *
 * An attempt counts as wrong before its answer goes out, and is taken back
 * when it turns out right.  There is no clock without power, so a power cycle
 * starts the lock again in full.
 */
#pragma once

#include <stdint.h>

#include "firmware/core/store.h"
#include "pairing/port.h"

#define WTL_ATTEMPTS_MAX 5 /* wrong ones before the first lock */

struct wtl_attempt_log {
  struct wtl_store *store;
  uint32_t failures[2];     /* of code, password */
  uint64_t locked_until[2]; /* milliseconds of the port's clock; 0 = not locked */
};

/* Loads the counts; locks that were in force start again at @now_ms. */
void wtl_attempts_load (struct wtl_attempt_log *log, struct wtl_store *store, uint64_t now_ms);

/* As the functions of struct wtl_port; @kind is one of SecretKind. */
enum wtl_status wtl_attempts_begin (struct wtl_attempt_log *log, unsigned kind, uint64_t now_ms,
                                    struct wtl_attempts *if_wrong);
void wtl_attempts_peek (const struct wtl_attempt_log *log, unsigned kind, uint64_t now_ms, struct wtl_attempts *out);
enum wtl_status wtl_attempts_ok (struct wtl_attempt_log *log, unsigned kind);

/* Seconds of the lock after so many wrong attempts; 0 = none. */
uint32_t wtl_attempts_lock (uint32_t failures);
