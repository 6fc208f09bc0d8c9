/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys.db: wrapped keys, and all SQL that touches it.
 */
#include "cloud/keys.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cloud/problem.h"
#include "common/error.h"

#define WRAP_LABEL "wattle-key-v1"
#define PAIR_LABEL "wattle-pair-v1"

static const char *const migrations[] = {
  "CREATE TABLE pair (id BLOB NOT NULL, proof BLOB NOT NULL);"
  "CREATE TABLE key ("
  "  ref BLOB PRIMARY KEY,"
  "  parent BLOB," /* NULL: an account's, sealed under the master key */
  "  wrapped BLOB NOT NULL"
  ") WITHOUT ROWID;"
  "CREATE INDEX key_parent ON key (parent)",
};

struct _WattleKeys {
  WattleDb *db;
  WattleKey wrap; /* the master key's, for wrapping */
};

static gboolean
pair_write (WattleKeys *keys, const WattleRef *pair, GError **error)
{
  WattlePart aad = { pair->bytes, sizeof pair->bytes };
  g_autoptr (GBytes) proof = wattle_crypt_seal (&keys->wrap, PAIR_LABEL, &aad, "", 0);

  return wattle_db_run (keys->db, error, "INSERT INTO pair (id, proof) VALUES (?, ?)", "rb", pair, proof) == 1;
}

static gboolean
pair_check (WattleKeys *keys, const WattleRef *pair, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_db_query (keys->db, error, "SELECT id, proof FROM pair", "");
  WattlePart aad = { pair->bytes, sizeof pair->bytes };
  g_autoptr (GBytes) opened = NULL;
  WattleRef id;
  int status = statement ? wattle_db_step (keys->db, statement, error) : -1;

  if (status < 0)
    return FALSE;
  if (status != SQLITE_ROW || !wattle_db_column_ref (statement, 0, &id) || !wattle_ref_equal (&id, pair)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
                         _ ("keys.db belongs to another data.db. Put back the one that does; nothing was changed."));
    return FALSE;
  }
  opened = wattle_crypt_open (&keys->wrap, PAIR_LABEL, &aad, sqlite3_column_blob (statement, 1),
                              (gsize)sqlite3_column_bytes (statement, 1));
  if (!opened)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_STORE,
                         _ ("master.key does not fit keys.db. Put back the one that does; nothing was changed."));
  return opened != NULL;
}

WattleKeys *
wattle_keys_open (const char *path, WattleDbFlags flags, const char *backups, const WattleKey *master,
                  const WattleRef *pair, GError **error)
{
  WattleDb *db = wattle_db_open (path, flags, migrations, G_N_ELEMENTS (migrations), backups, error);
  g_autoptr (WattleKeys) keys = NULL;

  if (!db)
    return NULL;
  keys = g_new0 (WattleKeys, 1);
  keys->db = db;
  wattle_crypt_derive (master, "wattle-wrap-v1", &keys->wrap);
  if (!(flags & WATTLE_DB_CREATE ? pair_write (keys, pair, error) : pair_check (keys, pair, error)))
    return NULL;
  return g_steal_pointer (&keys);
}

void
wattle_keys_close (WattleKeys *keys)
{
  wattle_db_close (keys->db);
  wattle_key_clear (&keys->wrap);
  g_free (keys);
}

gboolean
wattle_keys_create (WattleKeys *keys, const WattleRef *ref, const WattleRef *parent, const WattleKey *parent_key,
                    WattleKey *out, GError **error)
{
  static const char top[] = "INSERT INTO key (ref, wrapped) VALUES (?, ?)";
  static const char below[] = "INSERT INTO key (ref, wrapped, parent) VALUES (?, ?, ?)";
  WattlePart aad = { ref->bytes, sizeof ref->bytes };
  g_autoptr (GBytes) wrapped = NULL;
  gint64 changed;

  wattle_crypt_random (out->bytes, sizeof out->bytes);
  wrapped = wattle_crypt_seal (parent ? parent_key : &keys->wrap, WRAP_LABEL, &aad, out->bytes, sizeof out->bytes);
  changed = parent ? wattle_db_run (keys->db, error, below, "rbr", ref, wrapped, parent)
                   : wattle_db_run (keys->db, error, top, "rb", ref, wrapped);
  if (changed != 1)
    wattle_key_clear (out);
  return changed == 1;
}

gboolean
wattle_keys_load (WattleKeys *keys, const WattleRef *ref, const WattleKey *parent_key, WattleKey *out, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = wattle_db_query (keys->db, error, "SELECT wrapped FROM key WHERE ref = ?", "r", ref);
  WattlePart aad = { ref->bytes, sizeof ref->bytes };
  g_autoptr (GBytes) key = NULL;
  int status = statement ? wattle_db_step (keys->db, statement, error) : -1;

  if (status < 0)
    return FALSE;
  if (status != SQLITE_ROW)
    return wattle_problem (error, WATTLE_PROBLEM_ERASED, NULL);
  key = wattle_crypt_open (parent_key ? parent_key : &keys->wrap, WRAP_LABEL, &aad, sqlite3_column_blob (statement, 0),
                           (gsize)sqlite3_column_bytes (statement, 0));
  if (!key || g_bytes_get_size (key) != sizeof out->bytes)
    return wattle_problem (error, WATTLE_PROBLEM_STORE_CORRUPT, NULL);
  memcpy (out->bytes, g_bytes_get_data (key, NULL), sizeof out->bytes);
  return TRUE;
}

gboolean
wattle_keys_destroy (WattleKeys *keys, const WattleRef *ref, GError **error)
{
  static const char sql[] = "WITH RECURSIVE doomed (ref) AS ("
                            "  VALUES (?)"
                            "  UNION SELECT key.ref FROM key JOIN doomed ON key.parent = doomed.ref)"
                            " DELETE FROM key WHERE ref IN (SELECT ref FROM doomed)";

  return wattle_db_run (keys->db, error, sql, "r", ref) >= 0 && wattle_db_checkpoint (keys->db, error);
}

gboolean
wattle_keys_check (WattleKeys *keys, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_db_query (keys->db, error, "SELECT count(*) FROM pair", "");

  return statement && wattle_db_step (keys->db, statement, error) == SQLITE_ROW;
}
