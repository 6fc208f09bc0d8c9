/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deletion of devices and accounts, and their receipts.
 */
#include "cloud/deletion.h"

#include <string.h>

#include "cloud/handlers.h"
#include "cloud/problem.h"
#include "privacy/json.h"

#define TOMB_LABEL "wattle-tombstone-v1"

/* Where the receipt of a request lies, and what opens it: both come from the
 * credentials, so that a tombstone tells nothing to anyone else. */
typedef struct {
  WattleRef id;
  WattleKey key;
} Tomb;

static void
tomb_find (const WattleRequest *request, const char *kind, const char *id, Tomb *tomb)
{
  const char *unit = request->unit ? request->unit : "";
  const WattlePart parts[] = { { kind, strlen (kind) }, { unit, strlen (unit) }, { id, strlen (id) } };

  wattle_crypt_digest (&request->account.grave, TOMB_LABEL, parts, G_N_ELEMENTS (parts), &tomb->id);
  wattle_crypt_derive (&request->account.grave, "wattle-tombstone-seal-v1", &tomb->key);
}

static void
reply_receipt (WattleReply *reply, const char *receipt)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "receipt", receipt);
  wattle_reply_json (reply, 200, object);
}

/* Answers a repeated request.  Returns FALSE on errors; *@found tells whether
 * there was anything to answer with. */
static gboolean
tomb_answer (WattleCloud *cloud, const Tomb *tomb, gboolean *found, WattleReply *reply, GError **error)
{
  const WattlePart aad = { tomb->id.bytes, sizeof tomb->id.bytes };
  g_autoptr (GBytes) sealed = NULL, receipt = NULL;

  if (!wattle_store_get_tombstone (cloud->db, &tomb->id, &sealed, error))
    return FALSE;
  *found = sealed != NULL;
  if (!sealed)
    return TRUE;
  receipt
      = wattle_crypt_open (&tomb->key, TOMB_LABEL, &aad, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  if (!receipt)
    return wattle_problem (error, WATTLE_PROBLEM_STORE_CORRUPT, NULL);
  /* The first time may have ended before the keys were destroyed. */
  if (!wattle_erasures_finish (cloud, error))
    return FALSE;
  reply_receipt (reply, g_bytes_get_data (receipt, NULL));
  return TRUE;
}

/* Signs and buries the receipt, inside the deletion's transaction.  @who: the
 * text behind the claim @claim, which becomes its SHA-256. */
static char *
tomb_make (WattleCloud *cloud, const Tomb *tomb, const char *kind, const char *id, const char *claim, const char *who,
           guint64 deleted, GError **error)
{
  const WattlePart aad = { tomb->id.bytes, sizeof tomb->id.bytes };
  g_autoptr (JsonObject) claims = wattle_receipt_claims (cloud->origin, kind, deleted, TRUE);
  g_autofree char *digest = wattle_sha256_hex (who, strlen (who));
  g_autofree char *receipt = NULL;
  g_autoptr (GBytes) sealed = NULL;

  json_object_set_string_member (claims, "request", id);
  json_object_set_string_member (claims, claim, digest);
  if (!(receipt = wattle_receipt_sign (cloud->receipt_key, claims, error)))
    return NULL;
  sealed = wattle_crypt_seal (&tomb->key, TOMB_LABEL, &aad, receipt, strlen (receipt));
  if (!wattle_store_add_tombstone (cloud->db, &tomb->id, wattle_today (), sealed, error))
    return NULL;
  return g_steal_pointer (&receipt);
}

gboolean
wattle_erasures_finish (WattleCloud *cloud, GError **error)
{
  gboolean found, any = FALSE;
  WattleRef key;

  for (;;) {
    if (!wattle_store_get_erasure (cloud->db, &found, &key, error))
      return FALSE;
    if (!found)
      return !any || wattle_db_checkpoint (cloud->db, error);
    if (!wattle_keys_destroy (cloud->keys, &key, error) || !wattle_store_remove_erasure (cloud->db, &key, error))
      return FALSE;
    any = TRUE;
  }
}

gboolean
wattle_erase_streams (WattleCloud *cloud, const WattleRef *device, const char *const *allowed, guint64 *deleted,
                      guint *destroyed, GError **error)
{
  g_autoptr (GPtrArray) streams = wattle_store_list_streams (cloud->db, device, error);

  if (!streams)
    return FALSE;
  for (guint i = 0; i < streams->len; i++) {
    const WattleStreamRow *stream = g_ptr_array_index (streams, i);

    if (allowed && g_strv_contains (allowed, stream->purpose))
      continue;
    if (!wattle_store_add_erasure (cloud->db, &stream->ref, error)
        || !wattle_store_remove_stream (cloud->db, stream->id, deleted, error))
      return FALSE;
    ++*destroyed;
  }
  return TRUE;
}

/* Takes a device out of data.db and notes its key. */
static gboolean
erase_device (WattleCloud *cloud, const WattleDeviceRow *row, guint64 *deleted, GError **error)
{
  guint destroyed = 0;

  return wattle_erase_streams (cloud, &row->ref, NULL, deleted, &destroyed, error)
         && wattle_store_remove_device (cloud->db, &row->unit, error)
         && wattle_store_set_released (cloud->db, &row->unit, g_get_real_time (), error)
         && wattle_store_add_erasure (cloud->db, &row->ref, error);
}

static gboolean
finish (WattleCloud *cloud, const char *receipt, WattleReply *reply, GError **error)
{
  if (!wattle_db_commit (cloud->db, error) || !wattle_erasures_finish (cloud, error))
    return FALSE;
  reply_receipt (reply, receipt);
  return TRUE;
}

gboolean
wattle_handle_delete_device (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  static const char kind[] = "device-deletion";
  const char *id = wattle_request_id (request, error);
  g_autoptr (WattleDeviceRow) row = NULL;
  g_autofree char *receipt = NULL;
  gboolean found;
  guint64 deleted = 0;
  WattleRef unit;
  Tomb tomb;

  if (!id)
    return FALSE;
  tomb_find (request, kind, id, &tomb);
  if (!tomb_answer (cloud, &tomb, &found, reply, error))
    return FALSE;
  if (found)
    return TRUE;
  if (!request->account.known)
    return wattle_problem (error, WATTLE_PROBLEM_UNAUTHORIZED, NULL);
  wattle_device_ref (cloud, request->unit, &unit);
  if (!wattle_store_get_device (cloud->db, &unit, &row, error))
    return FALSE;
  if (!row || !wattle_ref_equal (&row->account, &request->account.ref))
    return wattle_problem (error, WATTLE_PROBLEM_NOT_FOUND, NULL);
  return wattle_db_begin (cloud->db, error) && erase_device (cloud, row, &deleted, error)
         && (receipt = tomb_make (cloud, &tomb, kind, id, "device", request->unit, deleted, error))
         && finish (cloud, receipt, reply, error);
}

static gboolean
erase_account (WattleCloud *cloud, const WattleRef *account, guint64 *deleted, GError **error)
{
  g_autoptr (GPtrArray) rows = wattle_store_list_devices (cloud->db, account, error);

  if (!rows)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    if (!erase_device (cloud, g_ptr_array_index (rows, i), deleted, error))
      return FALSE;
  return wattle_store_remove_account (cloud->db, account, error)
         && wattle_store_add_erasure (cloud->db, account, error);
}

gboolean
wattle_handle_delete_account (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  static const char kind[] = "account-deletion";
  const char *id = wattle_request_id (request, error);
  g_autofree char *receipt = NULL;
  gboolean found;
  guint64 deleted = 0;
  Tomb tomb;

  if (!id)
    return FALSE;
  tomb_find (request, kind, id, &tomb);
  if (!tomb_answer (cloud, &tomb, &found, reply, error))
    return FALSE;
  if (found)
    return TRUE;
  if (!request->account.known)
    return wattle_problem (error, WATTLE_PROBLEM_UNAUTHORIZED, NULL);
  return wattle_db_begin (cloud->db, error) && erase_account (cloud, &request->account.ref, &deleted, error)
         && (receipt = tomb_make (cloud, &tomb, kind, id, "account", request->account.id, deleted, error))
         && finish (cloud, receipt, reply, error);
}
