/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of candidates. */
#include "daemon/device/candidate-number.h"

#define NUMBERS_KEPT 1000 /* addresses whose number is remembered */

guint
wattle_candidate_number (WattlePeer *peer)
{
  static GHashTable *numbers;
  static guint last;
  g_autofree char *key = g_strconcat (wattle_peer_get_link_name (peer), " ", wattle_peer_get_address (peer), NULL);
  guint number;

  if (numbers == NULL)
    numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, key));
  if (number != 0)
    return number;
  /* Who shows up under ever new addresses makes it forget, not grow. */
  if (g_hash_table_size (numbers) >= NUMBERS_KEPT)
    g_hash_table_remove_all (numbers);
  g_hash_table_insert (numbers, g_steal_pointer (&key), GUINT_TO_POINTER (++last));
  return last;
}
