/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rate limits: token buckets, each of a class and of someone (an address or an
 * account), in bounded memory.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  WATTLE_LIMIT_ADDRESS, /* any request, by address */
  WATTLE_LIMIT_ACCOUNT, /* any request, by account */
  WATTLE_LIMIT_CREATE,  /* making an account, by address */
  WATTLE_LIMIT_GUESS,   /* wrong credentials, by address */
  WATTLE_LIMIT_EXPORT,  /* an export, by account */
  WATTLE_N_LIMITS
} WattleLimit;

/* A bucket holds @burst tokens and gains @per_hour. */
typedef struct {
  guint burst;
  guint per_hour;
} WattleLimitRate;

/* What holds where nothing else is said. */
extern const WattleLimitRate wattle_limit_defaults[WATTLE_N_LIMITS];

/* At most this many buckets are remembered; the one longest untouched goes. */
#define WATTLE_LIMITS_MAX 20000

typedef struct _WattleLimits WattleLimits;

WattleLimits *wattle_limits_new (const WattleLimitRate rates[WATTLE_N_LIMITS]);
void wattle_limits_free (WattleLimits *limits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleLimits, wattle_limits_free)

/* Takes a token.  @now: microseconds of a monotonic clock.  Returns 0, or in how
 * many seconds there will be one. */
guint wattle_limits_take (WattleLimits *limits, WattleLimit limit, gconstpointer who, gsize size, gint64 now);

/* As above, but takes none. */
guint wattle_limits_peek (WattleLimits *limits, WattleLimit limit, gconstpointer who, gsize size, gint64 now);

G_END_DECLS
