/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claiming devices: the unit signs, for one account and one nonce, and the
 * manifest's key says whether it was the unit.
 */
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "cloud/device.h"
#include "cloud/handlers.h"
#include "cloud/problem.h"
#include "cloud/store.h"
#include "pairing/statement.h"
#include "privacy/json.h"

#define NONCE_SIZE 32
#define NONCE_TIME_SIZE 8
#define NONCE_LIFE (10 * 60 * G_USEC_PER_SEC)
#define DEVICES_MAX 64
#define STATEMENT_MAX 220 /* bytes, as in pairing.options */
#define SIGNATURE_SIZE 64

/* A nonce is its time and a MAC over the time, the account and the unit, so that
 * none has to be remembered and one is of use to nobody else. */
static void
nonce_make (WattleCloud *cloud, const WattleRequest *request, gint64 time, guint8 out[NONCE_SIZE])
{
  const guint64 big_endian = GUINT64_TO_BE ((guint64)time);
  const WattlePart parts[] = {
    { &big_endian, sizeof big_endian },
    { request->account.ref.bytes, sizeof request->account.ref.bytes },
    { request->unit, strlen (request->unit) },
  };
  WattleRef mac;

  wattle_crypt_digest (&cloud->nonce_key, "wattle-nonce-v1", parts, G_N_ELEMENTS (parts), &mac);
  memcpy (out, &big_endian, NONCE_TIME_SIZE);
  memcpy (out + NONCE_TIME_SIZE, mac.bytes, NONCE_SIZE - NONCE_TIME_SIZE);
}

/* Whether @nonce is ours, young, and made after the unit was last given up: a
 * former owner cannot keep a signed claim for later. */
static gboolean
nonce_check (WattleCloud *cloud, const WattleRequest *request, const wtl_Statement *statement, const WattleRef *unit,
             GError **error)
{
  guint8 expected[NONCE_SIZE];
  guint64 big_endian = 0;
  gint64 time, age, released;

  if (statement->reference.size != NONCE_SIZE)
    return wattle_problem (error, WATTLE_PROBLEM_STALE_NONCE, NULL);
  memcpy (&big_endian, statement->reference.bytes, sizeof big_endian);
  time = (gint64)GUINT64_FROM_BE (big_endian);
  nonce_make (cloud, request, time, expected);
  if (gnutls_memcmp (expected, statement->reference.bytes, NONCE_SIZE) != 0)
    return wattle_problem (error, WATTLE_PROBLEM_STALE_NONCE, NULL);
  if (!wattle_store_get_released (cloud->db, unit, &released, error))
    return FALSE;
  age = g_get_real_time () - time;
  if (age < 0 || age > NONCE_LIFE || time <= released)
    return wattle_problem (error, WATTLE_PROBLEM_STALE_NONCE, NULL);
  return TRUE;
}

/* Reads the body and checks what does not change with time: signature, kind,
 * unit and account. */
static gboolean
claim_read (const WattleRequest *request, const WattleUnit *unit, wtl_Statement *statement, char **sha256,
            GError **error)
{
  g_autoptr (GBytes) bytes = wattle_member_bytes (request->json, "statement", 1, STATEMENT_MAX, error);
  g_autoptr (GBytes) signature = NULL;

  if (!bytes || !(signature = wattle_member_bytes (request->json, "signature", SIGNATURE_SIZE, SIGNATURE_SIZE, error))
      || !wattle_members_only (request->json, 2, error))
    return FALSE;
  if (wtl_statement_verify (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                            g_bytes_get_data (signature, NULL), unit->public_key, statement)
          != WTL_OK
      || statement->kind != wtl_STATEMENT_KIND_CLAIM || strcmp (statement->unit_id, request->unit) != 0
      || strcmp (statement->account, request->account.id) != 0)
    return wattle_problem (error, WATTLE_PROBLEM_FORGED, NULL);
  *sha256 = wattle_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return TRUE;
}

/* The device is this account's already: fine for the claim that made it so, and
 * for a later one with a good nonce. */
static gboolean
claim_again (WattleCloud *cloud, WattleRequest *request, WattleDeviceRow *row, const wtl_Statement *statement,
             const char *sha256, WattleReply *reply, GError **error)
{
  const WattleRef unit = row->unit;
  g_autoptr (WattleDevice) device = wattle_device_open (cloud, row, error);

  if (!device)
    return FALSE;
  if (strcmp (device->claim_sha256, sha256) != 0 && !nonce_check (cloud, request, statement, &unit, error))
    return FALSE;
  wattle_reply_json (reply, 200, wattle_device_to_json (device));
  return TRUE;
}

static gboolean
claim_new (WattleCloud *cloud, WattleRequest *request, const WattleUnit *unit, const char *sha256, WattleReply *reply,
           GError **error)
{
  g_autoptr (GPtrArray) others = wattle_store_list_devices (cloud->db, &request->account.ref, error);
  g_autoptr (WattleDevice) device = NULL;

  if (!others)
    return FALSE;
  if (others->len >= DEVICES_MAX)
    return wattle_problem (error, WATTLE_PROBLEM_TOO_MANY_DEVICES, NULL);
  if (!(device = wattle_device_new (cloud, request, error)))
    return FALSE;
  device->product = unit->product;
  device->claimed = g_get_real_time () / G_USEC_PER_SEC;
  device->claim_sha256 = g_strdup (sha256);
  if (!wattle_device_add (cloud, device, error)) {
    wattle_keys_destroy (cloud->keys, &device->row->ref, NULL);
    return FALSE;
  }
  wattle_reply_json (reply, 201, wattle_device_to_json (device));
  return TRUE;
}

gboolean
wattle_handle_claim_device (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  const WattleUnit *unit = wattle_units_find (cloud->units, request->unit);
  g_autoptr (WattleDeviceRow) row = NULL;
  g_autofree char *sha256 = NULL;
  wtl_Statement statement;
  WattleRef ref;

  if (!unit)
    return wattle_problem (error, WATTLE_PROBLEM_UNKNOWN_UNIT, NULL);
  wattle_device_ref (cloud, request->unit, &ref);
  if (!claim_read (request, unit, &statement, &sha256, error)
      || !wattle_store_get_device (cloud->db, &ref, &row, error))
    return FALSE;
  if (row && wattle_ref_equal (&row->account, &request->account.ref))
    return claim_again (cloud, request, g_steal_pointer (&row), &statement, sha256, reply, error);
  if (!nonce_check (cloud, request, &statement, &ref, error))
    return FALSE;
  if (row)
    return wattle_problem (error, WATTLE_PROBLEM_CLAIMED, NULL);
  return claim_new (cloud, request, unit, sha256, reply, error);
}

gboolean
wattle_handle_begin_claim (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  guint8 nonce[NONCE_SIZE];
  g_autofree char *text = NULL;
  JsonObject *object;

  if (!wattle_units_find (cloud->units, request->unit))
    return wattle_problem (error, WATTLE_PROBLEM_UNKNOWN_UNIT, NULL);
  nonce_make (cloud, request, g_get_real_time (), nonce);
  text = wattle_base64url_encode (nonce, sizeof nonce);
  object = json_object_new ();
  json_object_set_string_member (object, "nonce", text);
  wattle_reply_json (reply, 200, object);
  return TRUE;
}

gboolean
wattle_handle_list_devices (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  g_autoptr (GPtrArray) rows = wattle_store_list_devices (cloud->db, &request->account.ref, error);
  g_autoptr (JsonArray) devices = json_array_new ();
  JsonObject *object;

  if (!rows)
    return FALSE;
  while (rows->len > 0) {
    g_autoptr (WattleDevice) device = wattle_device_open (cloud, g_ptr_array_steal_index (rows, 0), error);

    if (!device)
      return FALSE;
    json_array_add_object_element (devices, wattle_device_to_json (device));
  }
  object = json_object_new ();
  json_object_set_array_member (object, "devices", g_steal_pointer (&devices));
  wattle_reply_json (reply, 200, object);
  return TRUE;
}
