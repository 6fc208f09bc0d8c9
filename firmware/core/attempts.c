/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often somebody may guess.
 */
#include "firmware/core/attempts.h"

#include "firmware/core/bytes.h"
#include "firmware/core/unit.h"

#define FAILURES_MAX 1000 /* more make no difference */
#define RECORD_SIZE 8

/* Seconds after the fifth wrong attempt, the sixth, ... */
static const uint32_t locks[] = { 60, 5 * 60, 15 * 60, 60 * 60, 4 * 60 * 60, 24 * 60 * 60 };

/* Which count @kind has; -1 = it is not counted. */
static int
counter (unsigned kind)
{
  switch (kind) {
    case wtl_SECRET_KIND_SETUP_CODE:
      return 0;
    case wtl_SECRET_KIND_PASSWORD:
      return 1;
    default:
      return -1;
  }
}

uint32_t
wtl_attempts_lock (uint32_t failures)
{
  const uint32_t last = sizeof locks / sizeof locks[0] - 1;
  uint32_t level;

  if (failures < WTL_ATTEMPTS_MAX)
    return 0;
  level = failures - WTL_ATTEMPTS_MAX;
  return locks[level < last ? level : last];
}

static uint64_t
lock_end (uint32_t failures, uint64_t now_ms)
{
  uint32_t seconds = wtl_attempts_lock (failures);

  return seconds > 0 ? now_ms + (uint64_t)seconds * 1000 : 0;
}

static enum wtl_status
save (struct wtl_attempt_log *log)
{
  uint8_t record[RECORD_SIZE];

  wtl_put_u32 (record, log->failures[0]);
  wtl_put_u32 (record + 4, log->failures[1]);
  return wtl_store_put (log->store, WTL_KEY_ATTEMPTS, record, sizeof record);
}

void
wtl_attempts_load (struct wtl_attempt_log *log, struct wtl_store *store, uint64_t now_ms)
{
  uint8_t record[RECORD_SIZE];
  bool there = wtl_store_get (store, WTL_KEY_ATTEMPTS, record, sizeof record) == WTL_OK;

  log->store = store;
  for (int i = 0; i < 2; i++) {
    log->failures[i] = there ? wtl_get_u32 (record + 4 * i) : 0;
    if (log->failures[i] > FAILURES_MAX)
      log->failures[i] = FAILURES_MAX;
    log->locked_until[i] = lock_end (log->failures[i], now_ms);
  }
}

void
wtl_attempts_peek (const struct wtl_attempt_log *log, unsigned kind, uint64_t now_ms, struct wtl_attempts *out)
{
  int i = counter (kind);

  out->left = WTL_ATTEMPTS_MAX;
  out->locked_for = 0;
  if (i < 0)
    return;
  if (log->locked_until[i] > now_ms) {
    out->left = 0;
    out->locked_for = (uint32_t)((log->locked_until[i] - now_ms + 999) / 1000);
  } else if (log->failures[i] < WTL_ATTEMPTS_MAX) {
    out->left = WTL_ATTEMPTS_MAX - log->failures[i];
  } else {
    out->left = 1;
  }
}

enum wtl_status
wtl_attempts_begin (struct wtl_attempt_log *log, unsigned kind, uint64_t now_ms, struct wtl_attempts *if_wrong)
{
  int i = counter (kind);
  enum wtl_status status;

  wtl_attempts_peek (log, kind, now_ms, if_wrong);
  if (i < 0)
    return WTL_OK;
  if (if_wrong->left == 0)
    return WTL_ERROR_LOCKED;
  if (log->failures[i] < FAILURES_MAX)
    log->failures[i]++;
  log->locked_until[i] = lock_end (log->failures[i], now_ms);
  status = save (log);
  wtl_attempts_peek (log, kind, now_ms, if_wrong);
  return status;
}

enum wtl_status
wtl_attempts_ok (struct wtl_attempt_log *log, unsigned kind)
{
  int i = counter (kind);

  if (i < 0)
    return WTL_OK;
  log->failures[i] = 0;
  log->locked_until[i] = 0;
  return save (log);
}
