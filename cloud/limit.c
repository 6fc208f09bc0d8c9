/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token buckets, the least recently used given up first.
 */
#include "cloud/limit.h"

#include <string.h>

#define WHO_MAX 32

const WattleLimitRate wattle_limit_defaults[WATTLE_N_LIMITS] = {
  [WATTLE_LIMIT_ADDRESS] = { 600, 60 * 2400 }, /* a household, or many behind one address */
  [WATTLE_LIMIT_ACCOUNT] = { 200, 60 * 600 },  [WATTLE_LIMIT_CREATE] = { 20, 20 },
  [WATTLE_LIMIT_GUESS] = { 20, 60 * 20 },      [WATTLE_LIMIT_EXPORT] = { 10, 60 },
};

typedef struct {
  guint8 key[1 + WHO_MAX]; /* class and who; the hash table's key */
  double tokens;
  gint64 touched;
  GList link; /* in the queue, the last touched first */
} Bucket;

struct _WattleLimits {
  WattleLimitRate rates[WATTLE_N_LIMITS];
  GHashTable *buckets; /* the keys are in the values */
  GQueue recent;
};

static guint
key_hash (gconstpointer key)
{
  const guint8 *bytes = key;
  guint hash = 5381;

  for (guint i = 0; i < 1 + WHO_MAX; i++)
    hash = hash * 33 + bytes[i];
  return hash;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, 1 + WHO_MAX) == 0;
}

WattleLimits *
wattle_limits_new (const WattleLimitRate rates[WATTLE_N_LIMITS])
{
  WattleLimits *limits = g_new0 (WattleLimits, 1);

  memcpy (limits->rates, rates, sizeof limits->rates);
  limits->buckets = g_hash_table_new_full (key_hash, key_equal, NULL, g_free);
  return limits;
}

void
wattle_limits_free (WattleLimits *limits)
{
  g_hash_table_unref (limits->buckets);
  g_free (limits);
}

static Bucket *
touch (WattleLimits *limits, WattleLimit limit, gconstpointer who, gsize size, gint64 now)
{
  const WattleLimitRate *rate = &limits->rates[limit];
  guint8 key[1 + WHO_MAX] = { (guint8)limit };
  Bucket *bucket;

  memcpy (key + 1, who, MIN (size, WHO_MAX));
  bucket = g_hash_table_lookup (limits->buckets, key);
  if (bucket) {
    double gained = (double)(now - bucket->touched) * rate->per_hour / (3600.0 * G_USEC_PER_SEC);

    bucket->tokens = MIN (bucket->tokens + gained, rate->burst);
    g_queue_unlink (&limits->recent, &bucket->link);
  } else {
    if (limits->recent.length >= WATTLE_LIMITS_MAX) {
      Bucket *oldest = g_queue_pop_tail_link (&limits->recent)->data;

      g_hash_table_remove (limits->buckets, oldest->key);
    }
    bucket = g_new0 (Bucket, 1);
    memcpy (bucket->key, key, sizeof key);
    bucket->tokens = rate->burst;
    bucket->link.data = bucket;
    g_hash_table_insert (limits->buckets, bucket->key, bucket);
  }
  bucket->touched = now;
  g_queue_push_head_link (&limits->recent, &bucket->link);
  return bucket;
}

static guint
wait_for (const WattleLimits *limits, WattleLimit limit, const Bucket *bucket)
{
  double seconds;

  if (bucket->tokens >= 1)
    return 0;
  if (limits->rates[limit].per_hour == 0)
    return 3600;
  seconds = (1 - bucket->tokens) * 3600.0 / limits->rates[limit].per_hour;
  return (guint)seconds + 1;
}

guint
wattle_limits_peek (WattleLimits *limits, WattleLimit limit, gconstpointer who, gsize size, gint64 now)
{
  return wait_for (limits, limit, touch (limits, limit, who, size, now));
}

guint
wattle_limits_take (WattleLimits *limits, WattleLimit limit, gconstpointer who, gsize size, gint64 now)
{
  Bucket *bucket = touch (limits, limit, who, size, now);
  guint seconds = wait_for (limits, limit, bucket);

  if (seconds == 0)
    bucket->tokens -= 1;
  return seconds;
}
