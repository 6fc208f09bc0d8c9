/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a receipt says is read off the receipt itself, as anybody else would.
 */
#include "daemon/device/consent-receipts.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "daemon/store/devices.h"
#include "daemon/store/receipts.h"
#include "privacy/receipt.h"

static char *
places_to_json (GHashTable *places)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  GHashTableIter iter;
  gpointer place, state;

  g_hash_table_iter_init (&iter, places);
  while (g_hash_table_iter_next (&iter, &place, &state))
    json_object_set_string_member (object, place, state);
  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

gboolean
wattle_consent_receipt_keep (WattleDatabase *database, const char *device, WattleLedger *ledger, guint64 sequence,
                             GError **error)
{
  g_autofree char *json = wattle_ledger_export_record (ledger, sequence, error);
  g_autoptr (WattleReceiptSummary) summary = json == NULL ? NULL : wattle_receipt_verify (json, strlen (json), error);
  g_autoptr (WattleDeviceRecord) owner = summary == NULL ? NULL : wattle_devices_get (database, device, error);
  g_autofree char *places = NULL;
  WattleReceiptRecord receipt;

  if (owner == NULL)
    return FALSE;
  places = places_to_json (summary->places);
  receipt = (WattleReceiptRecord){
    .id = summary->id,
    .kind = summary->kind,
    .device = owner->id,
    .device_name = owner->name,
    .time = summary->time,
    .complete = summary->complete,
    .places = places,
    .json = json,
  };
  return wattle_receipts_put (database, &receipt, error);
}

gboolean
wattle_consent_receipts_refresh (WattleDatabase *database, const char *device, WattleLedger *ledger, GError **error)
{
  g_autoptr (GPtrArray) receipts = wattle_receipts_list (database, error);

  for (guint i = 0; receipts != NULL && i < receipts->len; i++) {
    const WattleReceiptRecord *receipt = g_ptr_array_index (receipts, i);
    const WattleLedgerRecord *record;

    if (receipt->complete || strcmp (receipt->kind, "consent") != 0 || strcmp (receipt->device, device) != 0)
      continue;
    record = wattle_ledger_find_record (ledger, receipt->id);
    if (record != NULL && !wattle_consent_receipt_keep (database, device, ledger, record->sequence, error))
      return FALSE;
  }
  return receipts != NULL;
}
