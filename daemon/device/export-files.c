/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One function for each place that holds something.
 */
#include "daemon/device/export-files.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "daemon/device/consent-private.h"
#include "daemon/store/dump.h"
#include "daemon/store/log.h"
#include "daemon/store/receipts.h"
#include "privacy/json.h"

static void
file_free (gpointer data)
{
  WattleExportFile *file = data;

  g_free (file->name);
  g_bytes_unref (file->bytes);
  g_free (file);
}

GPtrArray *
wattle_export_files_new (void)
{
  return g_ptr_array_new_with_free_func (file_free);
}

void
wattle_export_files_add (GPtrArray *files, const char *name, GBytes *bytes)
{
  WattleExportFile *file = g_new0 (WattleExportFile, 1);

  file->name = g_strdup (name);
  file->bytes = bytes;
  g_ptr_array_add (files, file);
}

void
wattle_export_files_add_rows (GPtrArray *files, const char *name, WattleRows *rows)
{
  g_autofree char *csv_name = g_strconcat (name, ".csv", NULL);
  g_autofree char *json_name = g_strconcat (name, ".json", NULL);
  GBytes *csv, *json;

  wattle_rows_finish (rows, &csv, &json);
  wattle_export_files_add (files, csv_name, csv);
  wattle_export_files_add (files, json_name, json);
}

const WattleExportFile *
wattle_export_files_find (GPtrArray *files, const char *name)
{
  for (guint i = 0; i < files->len; i++) {
    const WattleExportFile *file = g_ptr_array_index (files, i);

    if (g_str_equal (file->name, name))
      return file;
  }
  return NULL;
}

static void
add_text (GPtrArray *files, const char *name, char *text)
{
  wattle_export_files_add (files, name, g_bytes_new_take (text, strlen (text)));
}

/* --- this computer --- */

static void
add_device (GPtrArray *files, WattleDevice *device)
{
  static const char *const columns[] = { "id",
                                         "name",
                                         "unit_id",
                                         "product",
                                         "public_key",
                                         "passport_sha256",
                                         "firmware_version",
                                         "set_up_at",
                                         "last_seen",
                                         "cloud",
                                         "cloud_account",
                                         "consent_version",
                                         NULL };
  const WattleDeviceRecord *record = wattle_device_get_record (device);
  g_autofree char *passport = wattle_device_record_passport_sha256 (record);
  WattleRows *rows = wattle_rows_new (columns);
  gsize size;
  gconstpointer key = g_bytes_get_data (record->public_key, &size);

  wattle_rows_add_text (rows, record->id);
  wattle_rows_add_text (rows, record->name);
  wattle_rows_add_text (rows, record->unit_id);
  wattle_rows_add_int (rows, record->product);
  wattle_rows_add_bytes (rows, key, size);
  wattle_rows_add_text (rows, passport);
  wattle_rows_add_text (rows, record->firmware_version);
  wattle_rows_add_time (rows, record->set_up_at);
  wattle_rows_add_time (rows, record->last_seen);
  wattle_rows_add_text (rows, record->cloud_origin);
  wattle_rows_add_text (rows, record->cloud_account);
  wattle_rows_add_int (rows, record->consent_version);
  wattle_export_files_add_rows (files, "device", rows);
}

static void
add_decisions (GPtrArray *files, WattleDevice *device)
{
  static const char *const columns[]
      = { "purpose", "title", "state", "since", "device", "cloud", "outstanding_since", NULL };
  g_autoptr (GPtrArray) list = wattle_consent_list (wattle_device_get_consent (device));
  const char *language = wattle_services_get_language (wattle_device_get_services (device));
  WattleRows *rows = wattle_rows_new (columns);

  for (guint i = 0; i < list->len; i++) {
    const WattlePurposeStatus *status = g_ptr_array_index (list, i);

    wattle_rows_add_text (rows, wattle_purpose_get_id (status->purpose));
    wattle_rows_add_text (rows, wattle_purpose_get_title (status->purpose, language));
    wattle_rows_add_text (rows, status->state);
    wattle_rows_add_time (rows, status->since);
    wattle_rows_add_text (rows, wattle_delivery_state_name (status->device));
    wattle_rows_add_text (rows, wattle_delivery_state_name (status->cloud));
    wattle_rows_add_time (rows, status->outstanding_since);
  }
  wattle_export_files_add_rows (files, "decisions", rows);
}

static gboolean
add_receipts (GPtrArray *files, WattleDevice *device, WattleDatabase *database, GError **error)
{
  g_autoptr (GPtrArray) receipts = wattle_receipts_list (database, error);
  g_autoptr (GString) json = g_string_new ("[");

  if (receipts == NULL)
    return FALSE;
  for (guint i = 0; i < receipts->len; i++) {
    const WattleReceiptRecord *receipt = g_ptr_array_index (receipts, i);

    if (strcmp (receipt->device, wattle_device_get_id (device)) == 0)
      g_string_append_printf (json, "%s\n%s", json->len == 1 ? "" : ",", receipt->json);
  }
  g_string_append (json, "\n]\n");
  add_text (files, "receipts.json", g_string_free (g_steal_pointer (&json), FALSE));
  return TRUE;
}

static gboolean
add_log (GPtrArray *files, WattleDevice *device, WattleDatabase *database, GError **error)
{
  static const char *const columns[] = { "time", "event", "sentence", NULL };
  g_autoptr (GPtrArray) entries = wattle_log_list (database, wattle_device_get_id (device), WATTLE_LOG_MAX, error);
  WattleRows *rows;

  if (entries == NULL)
    return FALSE;
  rows = wattle_rows_new (columns);
  for (guint i = 0; i < entries->len; i++) {
    const WattleLogEntry *entry = g_ptr_array_index (entries, i);

    wattle_rows_add_time (rows, entry->time);
    wattle_rows_add_text (rows, entry->event);
    wattle_rows_add_text (rows, entry->sentence);
  }
  wattle_export_files_add_rows (files, "log", rows);
  return TRUE;
}

static gboolean
add_tables (GPtrArray *files, WattleDevice *device, WattleDatabase *database, GError **error)
{
  g_autoptr (GPtrArray) tables = wattle_dump_device (database, wattle_device_get_id (device), error);

  for (guint i = 0; tables != NULL && i < tables->len; i++) {
    WattleTableDump *dump = g_ptr_array_index (tables, i);
    g_autofree char *name = g_strconcat ("records/", dump->table, NULL);

    wattle_export_files_add_rows (files, name, g_steal_pointer (&dump->rows));
  }
  return tables != NULL;
}

gboolean
wattle_export_files_add_local (GPtrArray *files, WattleDevice *device, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (wattle_device_get_services (device), error);
  char *ledger = database == NULL ? NULL : wattle_consent_get_ledger_json (wattle_device_get_consent (device), error);

  if (ledger == NULL)
    return FALSE;
  add_device (files, device);
  add_decisions (files, device);
  add_text (files, "consent.json", ledger);
  wattle_export_files_add (files, "passport.json", g_bytes_ref (wattle_device_get_record (device)->passport));
  return add_receipts (files, device, database, error) && add_log (files, device, database, error)
         && add_tables (files, device, database, error);
}

void
wattle_export_files_add_keyring (GPtrArray *files, const GPtrArray *labels)
{
  static const char *const columns[] = { "kind", "label", NULL };
  WattleRows *rows = wattle_rows_new (columns);

  for (guint i = 0; i < labels->len; i++) {
    const WattleKeyringLabel *label = g_ptr_array_index (labels, i);

    wattle_rows_add_text (rows, label->kind);
    wattle_rows_add_text (rows, label->label);
  }
  wattle_export_files_add_rows (files, "keyring", rows);
}

/* --- readings and the device --- */

WattleRows *
wattle_export_reading_rows_new (void)
{
  static const char *const columns[] = { "sequence", "time", "value", "unit", "purposes", NULL };

  return wattle_rows_new (columns);
}

void
wattle_export_reading_rows_add (WattleRows *rows, WattleDevice *device, const WattleReading *reading)
{
  wattle_rows_add_int (rows, reading->sequence);
  wattle_rows_add_time (rows, reading->time);
  wattle_rows_add_double (rows, wattle_device_scale (device, reading->value));
  wattle_rows_add_text (rows, wattle_device_get_unit (device));
  wattle_rows_add_int (rows, reading->purposes);
}

static void
add_info (GPtrArray *files, const wtl_Info *info)
{
  static const char *const columns[] = { "unit_id",         "firmware_version", "purposes_allowed",
                                         "consent_version", "starts",           "readings_first",
                                         "readings_last",   "owner_keys",       NULL };
  WattleRows *rows = wattle_rows_new (columns);

  wattle_rows_add_text (rows, info->unit_id);
  wattle_rows_add_text (rows, info->firmware_version);
  wattle_rows_add_int (rows, info->consent);
  wattle_rows_add_int (rows, info->consent_version);
  wattle_rows_add_int (rows, info->boot_count);
  wattle_rows_add_int (rows, info->history_first);
  wattle_rows_add_int (rows, info->history_last);
  wattle_rows_add_int (rows, info->owners);
  wattle_export_files_add_rows (files, "device-info", rows);
}

void
wattle_export_files_add_device (GPtrArray *files, WattleDevice *device, const wtl_Info *info, const GArray *readings)
{
  WattleRows *rows = wattle_export_reading_rows_new ();

  add_info (files, info);
  for (guint i = 0; i < readings->len; i++) {
    const wtl_Reading *reading = &g_array_index (readings, wtl_Reading, i);

    wattle_export_reading_rows_add (rows, device,
                                    &(const WattleReading){ .sequence = reading->sequence,
                                                            .time = (gint64)MIN (reading->time, (guint64)G_MAXINT64),
                                                            .value = reading->value,
                                                            .purposes = reading->purposes });
  }
  wattle_export_files_add_rows (files, "device-readings", rows);
}

/* --- the cloud --- */

static void
add_cloud_readings (WattleRows *rows, const char *unit, JsonObject *streams)
{
  g_autoptr (GList) purposes = streams == NULL ? NULL : json_object_get_members (streams);

  for (GList *at = purposes; at != NULL; at = at->next) {
    JsonArray *list = wattle_json_get_array (streams, at->data);

    for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
      JsonNode *node = json_array_get_element (list, i);
      JsonObject *reading = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      static const char *const numbers[] = { "sequence", "time", "value" };

      wattle_rows_add_text (rows, unit);
      wattle_rows_add_text (rows, at->data);
      for (gsize n = 0; n < G_N_ELEMENTS (numbers); n++) {
        gint64 number;

        if (reading != NULL && wattle_json_get_integer (reading, numbers[n], &number))
          wattle_rows_add_int (rows, number);
        else
          wattle_rows_add_text (rows, NULL);
      }
    }
  }
}

static void
add_cloud_device (WattleRows *rows, const char *account, JsonObject *device)
{
  JsonObject *consent = wattle_json_get_object (device, "consent");
  JsonArray *allowed = consent == NULL ? NULL : wattle_json_get_array (consent, "allowed");
  g_autoptr (GString) purposes = g_string_new (NULL);
  gint64 product = 0, claimed = 0;

  for (guint i = 0; allowed != NULL && i < json_array_get_length (allowed); i++) {
    JsonNode *node = json_array_get_element (allowed, i);
    const char *purpose = json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;

    g_string_append_printf (purposes, "%s%s", i == 0 ? "" : " ", purpose == NULL ? "" : purpose);
  }
  wattle_json_get_integer (device, "product", &product);
  wattle_json_get_integer (device, "claimed", &claimed);
  wattle_rows_add_text (rows, account);
  wattle_rows_add_text (rows, wattle_json_get_string (device, "unit"));
  wattle_rows_add_int (rows, product);
  wattle_rows_add_time (rows, claimed);
  wattle_rows_add_text (rows, purposes->str);
  wattle_rows_add_text (rows, consent == NULL ? NULL : wattle_json_get_string (consent, "receipt"));
}

void
wattle_export_files_add_cloud_tables (GPtrArray *files)
{
  static const char *const reading_columns[] = { "unit", "purpose", "sequence", "time", "value", NULL };
  static const char *const device_columns[]
      = { "account", "unit", "product", "claimed", "allowed", "consent_receipt", NULL };
  const WattleExportFile *cloud = wattle_export_files_find (files, "cloud.json");
  g_autoptr (JsonNode) node = NULL;
  WattleRows *readings, *devices;
  JsonObject *root;
  JsonArray *list;
  GBytes *csv;
  gsize size;
  const char *text = cloud == NULL ? NULL : g_bytes_get_data (cloud->bytes, &size);

  node = text == NULL ? NULL : wattle_json_parse (text, size, size, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  root = json_node_get_object (node);
  list = wattle_json_get_array (root, "devices");
  readings = wattle_rows_new (reading_columns);
  devices = wattle_rows_new (device_columns);
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
    JsonNode *entry = json_array_get_element (list, i);

    if (!JSON_NODE_HOLDS_OBJECT (entry))
      continue;
    add_cloud_device (devices, wattle_json_get_string (root, "account"), json_node_get_object (entry));
    add_cloud_readings (readings, wattle_json_get_string (json_node_get_object (entry), "unit"),
                        wattle_json_get_object (json_node_get_object (entry), "readings"));
  }
  wattle_rows_finish (devices, &csv, NULL);
  wattle_export_files_add (files, "cloud-devices.csv", csv);
  wattle_rows_finish (readings, &csv, NULL);
  wattle_export_files_add (files, "cloud-readings.csv", csv);
}
