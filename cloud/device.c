/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device records.
 */
#include "cloud/device.h"

#include <string.h>

#include "cloud/problem.h"
#include "privacy/json.h"

#define RECORD_LABEL "wattle-device-v1"
#define RECORD_MAX (16 * 1024)

void
wattle_device_free (WattleDevice *device)
{
  g_clear_pointer (&device->row, wattle_device_row_free);
  wattle_key_clear (&device->key);
  g_free (device->unit);
  g_free (device->claim_sha256);
  g_strfreev (device->consent.allowed);
  g_free (device->consent.record_sha256);
  g_free (device->consent.receipt);
  g_free (device);
}

void
wattle_device_ref (WattleCloud *cloud, const char *unit, WattleRef *out)
{
  const WattlePart part = { unit, strlen (unit) };

  wattle_crypt_digest (&cloud->unit_key, "wattle-unit-v1", &part, 1, out);
}

JsonArray *
wattle_strv_to_json (const char *const *strings)
{
  JsonArray *array = json_array_new ();

  for (; strings && *strings; strings++)
    json_array_add_string_element (array, *strings);
  return array;
}

static GBytes *
record_seal (const WattleDevice *device)
{
  const WattlePart aad = { device->row->ref.bytes, sizeof device->row->ref.bytes };
  const WattleConsent *consent = &device->consent;
  JsonObject *object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;

  json_object_set_string_member (object, "unit", device->unit);
  json_object_set_int_member (object, "product", device->product);
  json_object_set_int_member (object, "claimed", device->claimed);
  json_object_set_string_member (object, "claim_sha256", device->claim_sha256);
  json_object_set_int_member (object, "version", consent->version);
  if (consent->version > 0) {
    json_object_set_array_member (object, "allowed", wattle_strv_to_json ((const char *const *)consent->allowed));
    json_object_set_string_member (object, "record_sha256", consent->record_sha256);
    json_object_set_int_member (object, "time", consent->time);
    json_object_set_string_member (object, "receipt", consent->receipt);
    json_object_set_int_member (object, "records_deleted", (gint64)consent->records_deleted);
  }
  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  return wattle_crypt_seal (&device->key, RECORD_LABEL, &aad, text, strlen (text));
}

static gboolean
consent_parse (WattleConsent *consent, JsonObject *object)
{
  JsonArray *allowed = wattle_member_array (object, "allowed", 0, 16, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gint64 deleted;

  consent->record_sha256 = g_strdup (wattle_member_string (object, "record_sha256", NULL));
  consent->receipt = g_strdup (wattle_member_string (object, "receipt", NULL));
  if (!allowed || !consent->record_sha256 || !consent->receipt
      || !wattle_member_integer (object, "time", 0, G_MAXINT64, &consent->time, NULL)
      || !wattle_member_integer (object, "records_deleted", 0, G_MAXINT64, &deleted, NULL))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (allowed); i++)
    g_strv_builder_add (builder, json_array_get_string_element (allowed, i));
  consent->allowed = g_strv_builder_end (builder);
  consent->records_deleted = (guint64)deleted;
  return TRUE;
}

static gboolean
record_open (WattleDevice *device)
{
  const WattlePart aad = { device->row->ref.bytes, sizeof device->row->ref.bytes };
  g_autoptr (GBytes) text
      = wattle_crypt_open (&device->key, RECORD_LABEL, &aad, g_bytes_get_data (device->row->body, NULL),
                           g_bytes_get_size (device->row->body));
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  gint64 product, version;

  if (text)
    node = wattle_json_parse (g_bytes_get_data (text, NULL), g_bytes_get_size (text), RECORD_MAX, NULL);
  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  object = json_node_get_object (node);
  device->unit = g_strdup (wattle_member_string (object, "unit", NULL));
  device->claim_sha256 = g_strdup (wattle_member_string (object, "claim_sha256", NULL));
  if (!device->unit || !device->claim_sha256
      || !wattle_member_integer (object, "product", 0, G_MAXUINT32, &product, NULL)
      || !wattle_member_integer (object, "claimed", 0, G_MAXINT64, &device->claimed, NULL)
      || !wattle_member_integer (object, "version", 0, G_MAXUINT32, &version, NULL))
    return FALSE;
  device->product = (guint32)product;
  device->consent.version = (guint32)version;
  return version == 0 || consent_parse (&device->consent, object);
}

/* The key of @account, below which those of its devices are. */
static gboolean
load_account_key (WattleCloud *cloud, const WattleRef *account, WattleKey *out, GError **error)
{
  return wattle_keys_load (cloud->keys, account, NULL, out, error);
}

WattleDevice *
wattle_device_new (WattleCloud *cloud, const WattleRequest *request, GError **error)
{
  g_autoptr (WattleDevice) device = g_new0 (WattleDevice, 1);
  g_auto (WattleKey) account_key = { 0 };

  device->row = g_new0 (WattleDeviceRow, 1);
  device->row->account = request->account.ref;
  wattle_device_ref (cloud, request->unit, &device->row->unit);
  wattle_crypt_random (device->row->ref.bytes, sizeof device->row->ref.bytes);
  device->unit = g_strdup (request->unit);
  if (!load_account_key (cloud, &device->row->account, &account_key, error)
      || !wattle_keys_create (cloud->keys, &device->row->ref, &device->row->account, &account_key, &device->key, error))
    return NULL;
  return g_steal_pointer (&device);
}

WattleDevice *
wattle_device_open (WattleCloud *cloud, WattleDeviceRow *row, GError **error)
{
  g_autoptr (WattleDevice) device = g_new0 (WattleDevice, 1);
  g_auto (WattleKey) account_key = { 0 };

  device->row = row;
  if (!load_account_key (cloud, &row->account, &account_key, error)
      || !wattle_keys_load (cloud->keys, &row->ref, &account_key, &device->key, error))
    return NULL;
  if (!record_open (device)) {
    wattle_problem (error, WATTLE_PROBLEM_STORE_CORRUPT, NULL);
    return NULL;
  }
  return g_steal_pointer (&device);
}

WattleDevice *
wattle_device_load (WattleCloud *cloud, const WattleRequest *request, GError **error)
{
  g_autoptr (WattleDeviceRow) row = NULL;
  WattleRef unit;

  wattle_device_ref (cloud, request->unit, &unit);
  if (!wattle_store_get_device (cloud->db, &unit, &row, error))
    return NULL;
  /* Another account's device is answered as one that is not there. */
  if (!row || !wattle_ref_equal (&row->account, &request->account.ref)) {
    wattle_problem (error, WATTLE_PROBLEM_NOT_FOUND, NULL);
    return NULL;
  }
  return wattle_device_open (cloud, g_steal_pointer (&row), error);
}

gboolean
wattle_device_add (WattleCloud *cloud, WattleDevice *device, GError **error)
{
  g_clear_pointer (&device->row->body, g_bytes_unref);
  device->row->body = record_seal (device);
  return wattle_store_add_device (cloud->db, device->row, error);
}

gboolean
wattle_device_save (WattleCloud *cloud, WattleDevice *device, GError **error)
{
  g_clear_pointer (&device->row->body, g_bytes_unref);
  device->row->body = record_seal (device);
  return wattle_store_set_device_body (cloud->db, &device->row->unit, device->row->body, error);
}

gboolean
wattle_device_allows (const WattleDevice *device, const char *purpose)
{
  return device->consent.allowed && g_strv_contains ((const char *const *)device->consent.allowed, purpose);
}

JsonObject *
wattle_device_to_json (const WattleDevice *device)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "unit", device->unit);
  json_object_set_int_member (object, "product", device->product);
  json_object_set_int_member (object, "claimed", device->claimed);
  json_object_set_int_member (object, "consent_version", device->consent.version);
  json_object_set_array_member (object, "allowed", wattle_strv_to_json ((const char *const *)device->consent.allowed));
  return object;
}
