/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing, and keys that are gone when they are destroyed, from the file too.
 */
#define _GNU_SOURCE /* memmem() */
#include <string.h>

#include "cloud/keys.h"
#include "cloud/problem.h"
#include "common/error.h"
#include "folder.h"

static const WattleKey master = { "the master key, which has 32 byt" };
static const WattleRef pair = { "a pair" };
static const WattleRef account = { "an account" }, device = { "a device" }, stream = { "a stream" };

static void
test_seal (void)
{
  const WattlePart here = { "here", 4 }, there = { "there", 5 };
  g_autoptr (GBytes) sealed = wattle_crypt_seal (&master, "label", &here, "text", 4);
  g_autoptr (GBytes) again = wattle_crypt_seal (&master, "label", &here, "text", 4);
  g_autoptr (GBytes) opened = NULL;
  gsize size;
  const guint8 *bytes = g_bytes_get_data (sealed, &size);
  WattleKey other = master;

  g_assert_cmpuint (size, ==, 1 + 12 + 4 + 16);
  g_assert_false (g_bytes_equal (sealed, again));
  opened = wattle_crypt_open (&master, "label", &here, bytes, size);
  g_assert_cmpmem (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened), "text", 4);
  other.bytes[31] ^= 1;
  g_assert_null (wattle_crypt_open (&other, "label", &here, bytes, size));
  g_assert_null (wattle_crypt_open (&master, "lab", &here, bytes, size));
  g_assert_null (wattle_crypt_open (&master, "label", &there, bytes, size));
  for (gsize i = 0; i < size; i++) {
    g_autofree guint8 *changed = g_memdup2 (bytes, size);

    changed[i] ^= 0x80;
    g_assert_null (wattle_crypt_open (&master, "label", &here, changed, size));
    g_assert_null (wattle_crypt_open (&master, "label", &here, bytes, i));
  }
}

/* No two lists of parts have one digest because of how they are cut. */
static void
test_digest (void)
{
  const WattlePart ab_c[] = { { "ab", 2 }, { "c", 1 } }, a_bc[] = { { "a", 1 }, { "bc", 2 } };
  WattleRef one, other;

  wattle_crypt_digest (NULL, "label", ab_c, 2, &one);
  wattle_crypt_digest (NULL, "label", a_bc, 2, &other);
  g_assert_false (wattle_ref_equal (&one, &other));
  wattle_crypt_digest (&master, "label", ab_c, 2, &other);
  g_assert_false (wattle_ref_equal (&one, &other));
  wattle_crypt_digest (NULL, "label", ab_c, 2, &other);
  g_assert_true (wattle_ref_equal (&one, &other));
}

static WattleKeys *
open_keys (Folder *folder, WattleDbFlags flags, const WattleKey *key, const WattleRef *id, GError **error)
{
  g_autofree char *path = g_build_filename (folder->path, "keys.db", NULL);

  return wattle_keys_open (path, flags, folder->path, key, id, error);
}

static void
assert_erased (WattleKeys *keys, const WattleRef *ref, const WattleKey *parent)
{
  g_autoptr (GError) error = NULL;
  WattleKey key;

  g_assert_false (wattle_keys_load (keys, ref, parent, &key, &error));
  g_assert_error (error, WATTLE_PROBLEM, WATTLE_PROBLEM_ERASED);
}

static void
test_tree (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleKeys) keys = open_keys (folder, WATTLE_DB_CREATE, &master, &pair, &error);
  WattleKey account_key, device_key, stream_key, loaded;
  const WattleRef other = { "another account" };
  WattleKey other_key;

  g_assert_no_error (error);
  g_assert_true (wattle_keys_create (keys, &account, NULL, NULL, &account_key, &error));
  g_assert_true (wattle_keys_create (keys, &other, NULL, NULL, &other_key, &error));
  g_assert_true (wattle_keys_create (keys, &device, &account, &account_key, &device_key, &error));
  g_assert_true (wattle_keys_create (keys, &stream, &device, &device_key, &stream_key, &error));
  g_clear_pointer (&keys, wattle_keys_close);
  keys = open_keys (folder, 0, &master, &pair, &error);
  g_assert_no_error (error);
  g_assert_true (wattle_keys_load (keys, &stream, &device_key, &loaded, &error));
  g_assert_cmpmem (loaded.bytes, 32, stream_key.bytes, 32);
  /* Under the wrong key it does not open. */
  g_assert_false (wattle_keys_load (keys, &stream, &account_key, &loaded, &error));
  g_assert_error (error, WATTLE_PROBLEM, WATTLE_PROBLEM_STORE_CORRUPT);
  g_clear_error (&error);
  /* The account's key takes all below it along, and nobody else's. */
  g_assert_true (wattle_keys_destroy (keys, &account, &error));
  assert_erased (keys, &account, NULL);
  assert_erased (keys, &device, &account_key);
  assert_erased (keys, &stream, &device_key);
  g_assert_true (wattle_keys_load (keys, &other, NULL, &loaded, &error));
  g_assert_true (wattle_keys_destroy (keys, &account, &error));
}

static gboolean
file_holds (const char *path, gconstpointer needle, gsize size)
{
  g_autofree char *content = NULL;
  gsize length = 0;

  return g_file_get_contents (path, &content, &length, NULL) && memmem (content, length, needle, size) != NULL;
}

/* A destroyed key's row is in none of the database's files any more. */
static void
test_raw_files (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleKeys) keys = open_keys (folder, WATTLE_DB_CREATE, &master, &pair, &error);
  g_autofree char *file = g_build_filename (folder->path, "keys.db", NULL);
  g_autofree char *wal = g_build_filename (folder->path, "keys.db-wal", NULL);
  WattleRef refs[40];
  WattleKey key;

  for (guint i = 0; i < G_N_ELEMENTS (refs); i++) {
    wattle_crypt_random (refs[i].bytes, sizeof refs[i].bytes);
    g_assert_true (wattle_keys_create (keys, &refs[i], NULL, NULL, &key, &error));
    g_assert_true (file_holds (wal, refs[i].bytes, 32));
  }
  for (guint i = 0; i < G_N_ELEMENTS (refs); i += 2)
    g_assert_true (wattle_keys_destroy (keys, &refs[i], &error));
  for (guint i = 0; i < G_N_ELEMENTS (refs); i++) {
    gboolean kept = i % 2 == 1;

    g_assert_cmpint (file_holds (file, refs[i].bytes, 32) || file_holds (wal, refs[i].bytes, 32), ==, kept);
  }
}

static void
test_wrong_pair_and_master (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const WattleRef other_pair = { "another pair" };
  const WattleKey other_master = { "another" };

  wattle_keys_close (open_keys (folder, WATTLE_DB_CREATE, &master, &pair, &error));
  g_assert_null (open_keys (folder, 0, &master, &other_pair, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_clear_error (&error);
  g_assert_null (open_keys (folder, 0, &other_master, &pair, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cloud/crypt/seal", test_seal);
  g_test_add_func ("/cloud/crypt/digest", test_digest);
  g_test_add ("/cloud/keys/tree", Folder, NULL, folder_set_up, test_tree, folder_tear_down);
  g_test_add ("/cloud/keys/raw-files", Folder, NULL, folder_set_up, test_raw_files, folder_tear_down);
  g_test_add ("/cloud/keys/wrong-pair-and-master", Folder, NULL, folder_set_up, test_wrong_pair_and_master,
              folder_tear_down);
  return g_test_run ();
}
