/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is allowed: all decisions of a device at once.  Data of a purpose that is
 * no longer allowed is gone, key and all, before the receipt goes out.
 */
#include <string.h>

#include "cloud/deletion.h"
#include "cloud/device.h"
#include "cloud/handlers.h"
#include "cloud/problem.h"
#include "privacy/json.h"

#define PURPOSES_MAX 16

typedef struct {
  guint32 version;
  GStrv allowed; /* sorted */
  const char *record_sha256;
} Decision;

static void
decision_clear (Decision *decision)
{
  g_strfreev (decision->allowed);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Decision, decision_clear)

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Purpose ids, sorted; NULL where one is none or there twice. */
static GStrv
read_purposes (JsonArray *array)
{
  guint n = json_array_get_length (array);
  g_auto (GStrv) purposes = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);
    const char *purpose = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                              ? json_node_get_string (node)
                              : NULL;

    if (!wattle_is_purpose (purpose))
      return NULL;
    purposes[i] = g_strdup (purpose);
  }
  qsort (purposes, n, sizeof *purposes, compare_strings);
  for (guint i = 1; i < n; i++)
    if (strcmp (purposes[i - 1], purposes[i]) == 0)
      return NULL;
  return g_steal_pointer (&purposes);
}

static gboolean
read_decision (JsonObject *json, Decision *decision, GError **error)
{
  JsonArray *allowed;
  gint64 version;

  if (!wattle_member_integer (json, "version", 1, G_MAXUINT32, &version, error)
      || !(allowed = wattle_member_array (json, "allowed", 0, PURPOSES_MAX, error))
      || !(decision->record_sha256 = wattle_member_string (json, "record_sha256", error))
      || !wattle_members_only (json, 3, error))
    return FALSE;
  if (!wattle_is_hex (decision->record_sha256, WATTLE_SHA256_HEX_LENGTH))
    return wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "\"record_sha256\" is not 64 hexadecimal digits.");
  if (!(decision->allowed = read_purposes (allowed)))
    return wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "\"allowed\" is not a list of different purpose ids.");
  decision->version = (guint32)version;
  return TRUE;
}

static char *
sign_receipt (WattleCloud *cloud, const WattleDevice *device, const Decision *decision, guint64 deleted,
              gboolean destroyed, GError **error)
{
  g_autoptr (JsonObject) claims = wattle_receipt_claims (cloud->origin, "consent", deleted, destroyed);
  g_autofree char *unit_sha256 = wattle_sha256_hex (device->unit, strlen (device->unit));

  json_object_set_string_member (claims, "device", unit_sha256);
  json_object_set_int_member (claims, "version", decision->version);
  json_object_set_array_member (claims, "allowed", wattle_strv_to_json ((const char *const *)decision->allowed));
  json_object_set_string_member (claims, "record_sha256", decision->record_sha256);
  return wattle_receipt_sign (cloud->receipt_key, claims, error);
}

/* One transaction: data of other purposes out, the decision in. */
static gboolean
apply (WattleCloud *cloud, WattleDevice *device, Decision *decision, GError **error)
{
  WattleConsent *consent = &device->consent;
  g_autofree char *receipt = NULL;
  guint64 deleted = 0;
  guint destroyed = 0;

  if (!wattle_db_begin (cloud->db, error)
      || !wattle_erase_streams (cloud, &device->row->ref, (const char *const *)decision->allowed, &deleted, &destroyed,
                                error)
      || !(receipt = sign_receipt (cloud, device, decision, deleted, destroyed > 0, error)))
    return FALSE;
  g_strfreev (consent->allowed);
  g_free (consent->record_sha256);
  g_free (consent->receipt);
  consent->version = decision->version;
  consent->allowed = g_steal_pointer (&decision->allowed);
  consent->record_sha256 = g_strdup (decision->record_sha256);
  consent->time = g_get_real_time () / G_USEC_PER_SEC;
  consent->receipt = g_steal_pointer (&receipt);
  consent->records_deleted = deleted;
  return wattle_device_save (cloud, device, error) && wattle_db_commit (cloud->db, error);
}

gboolean
wattle_handle_put_consent (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  g_autoptr (WattleDevice) device = NULL;
  g_auto (Decision) decision = { 0 };
  JsonObject *object;

  if (!read_decision (request->json, &decision, error) || !(device = wattle_device_load (cloud, request, error)))
    return FALSE;
  if (decision.version < device->consent.version)
    return wattle_problem (error, WATTLE_PROBLEM_STALE, NULL);
  if (decision.version == device->consent.version) {
    if (strcmp (decision.record_sha256, device->consent.record_sha256) != 0
        || !g_strv_equal ((const char *const *)decision.allowed, (const char *const *)device->consent.allowed))
      return wattle_problem (error, WATTLE_PROBLEM_CONFLICT, NULL);
  } else if (!apply (cloud, device, &decision, error)) {
    return FALSE;
  }
  if (!wattle_erasures_finish (cloud, error))
    return FALSE;
  object = json_object_new ();
  json_object_set_string_member (object, "receipt", device->consent.receipt);
  json_object_set_int_member (object, "records_deleted", (gint64)device->consent.records_deleted);
  wattle_reply_json (reply, 200, object);
  return TRUE;
}
