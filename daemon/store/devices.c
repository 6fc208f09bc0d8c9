/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices of ours.
 */
#include "daemon/store/devices.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>

#include "daemon/store/sql.h"
#include "privacy/ledger.h"

#define COLUMNS                                                                                                        \
  "devices.id, stage, name, unit_id, product, public_key, passport, chain, owner_slot, firmware_version, set_up_at, "  \
  "last_seen, cloud_origin, cloud_account, cloud_claimed, consent_version, decisions"
#define PASSPORT_COLUMN 6

static char *
random_id (void)
{
  guint8 bytes[WATTLE_DEVICE_ID_LENGTH / 2];
  GString *id = g_string_new (NULL);

  if (gnutls_rnd (GNUTLS_RND_NONCE, bytes, sizeof bytes) < 0)
    g_error ("no random numbers from the system");
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (id, "%02x", bytes[i]);
  return g_string_free (id, FALSE);
}

WattleDeviceRecord *
wattle_device_record_new (void)
{
  WattleDeviceRecord *record = g_new0 (WattleDeviceRecord, 1);

  record->id = random_id ();
  record->chain = wattle_ledger_new_chain ();
  record->name = g_strdup ("");
  record->unit_id = g_strdup ("");
  record->firmware_version = g_strdup ("");
  return record;
}

WattleDeviceRecord *
wattle_device_record_copy (const WattleDeviceRecord *record)
{
  WattleDeviceRecord *copy = g_memdup2 (record, sizeof *record);

  copy->id = g_strdup (record->id);
  copy->name = g_strdup (record->name);
  copy->unit_id = g_strdup (record->unit_id);
  copy->public_key = record->public_key ? g_bytes_ref (record->public_key) : NULL;
  copy->passport = record->passport ? g_bytes_ref (record->passport) : NULL;
  copy->chain = g_strdup (record->chain);
  copy->firmware_version = g_strdup (record->firmware_version);
  copy->cloud_origin = g_strdup (record->cloud_origin);
  copy->cloud_account = g_strdup (record->cloud_account);
  copy->decisions = g_strdup (record->decisions);
  return copy;
}

void
wattle_device_record_free (WattleDeviceRecord *record)
{
  if (!record)
    return;
  g_free (record->id);
  g_free (record->name);
  g_free (record->unit_id);
  g_clear_pointer (&record->public_key, g_bytes_unref);
  g_clear_pointer (&record->passport, g_bytes_unref);
  g_free (record->chain);
  g_free (record->firmware_version);
  g_free (record->cloud_origin);
  g_free (record->cloud_account);
  g_free (record->decisions);
  g_free (record);
}

char *
wattle_device_record_passport_sha256 (const WattleDeviceRecord *record)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, record->passport);
}

static gboolean
put (WattleDatabase *database, const WattleDeviceRecord *record, GError **error)
{
  g_autofree char *passport = wattle_device_record_passport_sha256 (record);

  /* An upsert, not a replacement: that would take the readings along. */
  return wattle_sql_run (database, error, "INSERT INTO passports (sha256, body) VALUES (?, ?) ON CONFLICT DO NOTHING",
                         "sb", passport, record->passport)
         && wattle_sql_run (
             database, error,
             "INSERT INTO devices (id, stage, name, unit_id, product, public_key, passport, chain, owner_slot,"
             " firmware_version, set_up_at, last_seen, cloud_origin, cloud_account, cloud_claimed, consent_version,"
             " decisions) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
             " ON CONFLICT (id) DO UPDATE SET stage = ?2, name = ?3, unit_id = ?4, product = ?5, public_key = ?6,"
             " passport = ?7, chain = ?8, owner_slot = ?9, firmware_version = ?10, set_up_at = ?11, last_seen = ?12,"
             " cloud_origin = ?13, cloud_account = ?14, cloud_claimed = ?15, consent_version = ?16, decisions = ?17",
             "sissibssisiissiis", record->id, (gint64)record->stage, record->name, record->unit_id,
             (gint64)record->product, record->public_key, passport, record->chain, (gint64)record->owner_slot,
             record->firmware_version, record->set_up_at, record->last_seen, record->cloud_origin,
             record->cloud_account, (gint64)record->cloud_claimed, (gint64)record->consent_version, record->decisions);
}

gboolean
wattle_devices_put (WattleDatabase *database, const WattleDeviceRecord *record, GError **error)
{
  g_return_val_if_fail (record->public_key && record->passport, FALSE);
  if (!wattle_database_begin (database, error))
    return FALSE;
  if (!put (database, record, error)) {
    wattle_database_rollback (database);
    return FALSE;
  }
  return wattle_database_commit (database, error);
}

/* Devices of one product share one copy of its passport in @passports. */
static gboolean
load_passport (WattleDatabase *database, WattleDeviceRecord *record, const char *sha256, GHashTable *passports,
               GError **error)
{
  GBytes *known = g_hash_table_lookup (passports, sha256);

  if (!known) {
    g_autoptr (sqlite3_stmt) statement
        = wattle_sql_query (database, error, "SELECT body FROM passports WHERE sha256 = ?", "s", sha256);
    int step = statement ? wattle_sql_next (database, statement, error) : -1;

    if (step < 0)
      return FALSE;
    if (step == 1)
      known = wattle_sql_bytes (statement, 0);
    if (!known) {
      wattle_sql_set_error (NULL, SQLITE_CORRUPT, error);
      return FALSE;
    }
    g_hash_table_insert (passports, g_strdup (sha256), known);
  }
  record->passport = g_bytes_ref (known);
  return TRUE;
}

static WattleDeviceRecord *
read_record (WattleDatabase *database, sqlite3_stmt *statement, GHashTable *passports, GError **error)
{
  g_autoptr (WattleDeviceRecord) record = g_new0 (WattleDeviceRecord, 1);
  int i = 0;

  record->id = wattle_sql_text (statement, i++);
  record->stage = (WattleStage)sqlite3_column_int (statement, i++);
  record->name = wattle_sql_text (statement, i++);
  record->unit_id = wattle_sql_text (statement, i++);
  record->product = (guint32)sqlite3_column_int64 (statement, i++);
  record->public_key = wattle_sql_bytes (statement, i++);
  i++; /* passport */
  record->chain = wattle_sql_text (statement, i++);
  record->owner_slot = (guint)sqlite3_column_int (statement, i++);
  record->firmware_version = wattle_sql_text (statement, i++);
  record->set_up_at = sqlite3_column_int64 (statement, i++);
  record->last_seen = sqlite3_column_int64 (statement, i++);
  record->cloud_origin = wattle_sql_text (statement, i++);
  record->cloud_account = wattle_sql_text (statement, i++);
  record->cloud_claimed = sqlite3_column_int (statement, i++) != 0;
  record->consent_version = (guint32)sqlite3_column_int64 (statement, i++);
  record->decisions = wattle_sql_text (statement, i++);
  if (!load_passport (database, record, (const char *)sqlite3_column_text (statement, PASSPORT_COLUMN), passports,
                      error))
    return NULL;
  return g_steal_pointer (&record);
}

static GHashTable *
new_passports (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
}

static void
set_not_found (GError **error)
{
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, _ ("This device is not one of yours."));
}

WattleDeviceRecord *
wattle_devices_get (WattleDatabase *database, const char *id, GError **error)
{
  g_autoptr (GHashTable) passports = new_passports ();
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error, "SELECT " COLUMNS " FROM devices WHERE id = ?", "s", id);
  int step = statement ? wattle_sql_next (database, statement, error) : -1;

  if (step == 1)
    return read_record (database, statement, passports, error);
  if (step == 0)
    set_not_found (error);
  return NULL;
}

GPtrArray *
wattle_devices_list (WattleDatabase *database, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)wattle_device_record_free);
  g_autoptr (GHashTable) passports = new_passports ();
  g_autoptr (sqlite3_stmt) statement
      = wattle_sql_query (database, error, "SELECT " COLUMNS " FROM devices ORDER BY set_up_at, id", "");
  int step = -1;

  while (statement && (step = wattle_sql_next (database, statement, error)) == 1) {
    WattleDeviceRecord *record = read_record (database, statement, passports, error);

    if (!record)
      return NULL;
    g_ptr_array_add (list, record);
  }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

/* After an UPDATE of one row: whether it was there. */
static gboolean
check_changed (WattleDatabase *database, GError **error)
{
  gint64 changed;

  if (!wattle_sql_number (database, &changed, error, "SELECT changes()", ""))
    return FALSE;
  if (changed == 0)
    set_not_found (error);
  return changed > 0;
}

gboolean
wattle_devices_set_name (WattleDatabase *database, const char *id, const char *name, GError **error)
{
  return wattle_sql_run (database, error, "UPDATE devices SET name = ? WHERE id = ?", "ss", name, id)
         && check_changed (database, error);
}

gboolean
wattle_devices_set_stage (WattleDatabase *database, const char *id, WattleStage stage, GError **error)
{
  return wattle_sql_run (database, error, "UPDATE devices SET stage = ? WHERE id = ?", "is", (gint64)stage, id)
         && check_changed (database, error);
}

gboolean
wattle_devices_set_seen (WattleDatabase *database, const char *id, gint64 time, const char *firmware_version,
                         GError **error)
{
  return wattle_sql_run (database, error, "UPDATE devices SET last_seen = ?, firmware_version = ? WHERE id = ?", "iss",
                         time, firmware_version, id)
         && check_changed (database, error);
}

gboolean
wattle_devices_set_cloud (WattleDatabase *database, const char *id, const char *origin, const char *account,
                          gboolean claimed, GError **error)
{
  return wattle_sql_run (database, error,
                         "UPDATE devices SET cloud_origin = ?, cloud_account = ?, cloud_claimed = ? WHERE id = ?",
                         "ssis", origin, account, (gint64)claimed, id)
         && check_changed (database, error);
}

guint32
wattle_devices_next_consent_version (WattleDatabase *database, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = wattle_sql_query (
      database, error,
      "UPDATE devices SET consent_version = consent_version + 1 WHERE id = ? RETURNING consent_version", "s", id);
  guint32 version;
  int step = statement ? wattle_sql_next (database, statement, error) : -1;

  if (step == 0)
    set_not_found (error);
  if (step != 1)
    return 0;
  version = (guint32)sqlite3_column_int64 (statement, 0);
  /* The change is written when the statement has come to its end. */
  return wattle_sql_next (database, statement, error) == 0 ? version : 0;
}

gboolean
wattle_devices_set_up_done (WattleDatabase *database, const char *id, gint64 time, GError **error)
{
  return wattle_sql_run (database, error, "UPDATE devices SET stage = ?, set_up_at = ?, decisions = NULL WHERE id = ?",
                         "iis", (gint64)WATTLE_STAGE_OURS, time, id)
         && check_changed (database, error);
}

gboolean
wattle_devices_erase (WattleDatabase *database, const char *id, GError **error)
{
  /* Readings, deliveries and the ledger's records go by their references. */
  static const char *const steps[] = {
    "DELETE FROM log WHERE device = ?",
    "DELETE FROM receipts WHERE device = ?",
    "DELETE FROM chains WHERE chain IN (SELECT chain FROM devices WHERE id = ?)",
    "DELETE FROM devices WHERE id = ?",
  };

  if (!wattle_database_begin (database, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    if (!wattle_sql_run (database, error, steps[i], "s", id))
      goto failed;
  if (!wattle_sql_run (database, error,
                       "DELETE FROM passports WHERE sha256 NOT IN (SELECT passport FROM devices"
                       " UNION SELECT passport FROM earlier_passports)",
                       ""))
    goto failed;
  return wattle_database_commit (database, error);
failed:
  wattle_database_rollback (database);
  return FALSE;
}

gboolean
wattle_devices_trim (WattleDatabase *database, const WattleDeviceRecord *rest, GError **error)
{
  if (!wattle_database_begin (database, error))
    return FALSE;
  if (wattle_devices_erase (database, rest->id, error) && put (database, rest, error))
    return wattle_database_commit (database, error);
  wattle_database_rollback (database);
  return FALSE;
}
