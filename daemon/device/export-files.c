/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON for programs, CSV (RFC 4180) for spreadsheets, text for people.
 */
#include "daemon/device/export-files.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "daemon/device/consent-private.h"
#include "daemon/store/log.h"
#include "daemon/store/readings.h"
#include "daemon/store/receipts.h"

#define LOG_MAX 10000
#define PAGE 1000

void
wattle_export_file_free (WattleExportFile *file)
{
  g_free (file->name);
  g_bytes_unref (file->bytes);
  g_free (file);
}

GPtrArray *
wattle_export_files_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)wattle_export_file_free);
}

void
wattle_export_files_add (GPtrArray *files, const char *name, GBytes *bytes)
{
  WattleExportFile *file = g_new0 (WattleExportFile, 1);

  file->name = g_strdup (name);
  file->bytes = bytes;
  g_ptr_array_add (files, file);
}

static void
add_text (GPtrArray *files, const char *name, char *text)
{
  wattle_export_files_add (files, name, g_bytes_new_take (text, strlen (text)));
}

static void
add_json (GPtrArray *files, const char *name, JsonBuilder *builder)
{
  g_autoptr (JsonNode) node = json_builder_get_root (builder);

  add_text (files, name, json_to_string (node, TRUE));
}

static void
set_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value == NULL)
    json_builder_add_null_value (builder);
  else
    json_builder_add_string_value (builder, value);
}

static void
set_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
set_time (JsonBuilder *builder, const char *name, gint64 time)
{
  g_autoptr (GDateTime) date = time == 0 ? NULL : g_date_time_new_from_unix_utc (time);
  g_autofree char *text = date == NULL ? NULL : g_date_time_format_iso8601 (date);

  set_string (builder, name, text);
}

static char *
hex (const guint8 *bytes, gsize len)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

static void
append_csv (GString *csv, WattleDevice *device, guint32 sequence, gint64 time, gint32 value, guint32 purposes)
{
  g_autoptr (GDateTime) date = time == 0 ? NULL : g_date_time_new_from_unix_utc (time);
  g_autofree char *when = date == NULL ? NULL : g_date_time_format_iso8601 (date);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.6g", wattle_device_scale (device, value));
  g_string_append_printf (csv, "%u,%s,%s,%s,%u\r\n", sequence, when == NULL ? "" : when, number,
                          wattle_device_get_unit (device), purposes);
}

#define CSV_HEAD "sequence,time,value,unit,purposes\r\n"

/* --- this computer --- */

static void
add_device_json (GPtrArray *files, WattleDevice *device)
{
  const WattleDeviceRecord *record = wattle_device_get_record (device);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *passport = wattle_device_record_passport_sha256 (record);
  gsize len;
  const guint8 *key = g_bytes_get_data (record->public_key, &len);
  g_autofree char *key_hex = hex (key, len);

  json_builder_begin_object (builder);
  set_string (builder, "id", record->id);
  set_string (builder, "name", record->name);
  set_string (builder, "unit_id", record->unit_id);
  set_int (builder, "product", record->product);
  set_string (builder, "public_key", key_hex);
  set_string (builder, "passport_sha256", passport);
  set_string (builder, "firmware_version", record->firmware_version);
  set_time (builder, "set_up_at", record->set_up_at);
  set_time (builder, "last_seen", record->last_seen);
  set_string (builder, "cloud", record->cloud_origin);
  set_string (builder, "cloud_account", record->cloud_account);
  set_int (builder, "consent_version", record->consent_version);
  json_builder_end_object (builder);
  add_json (files, "device.json", builder);
}

static gboolean
add_readings (GPtrArray *files, WattleDevice *device, WattleDatabase *database, GError **error)
{
  g_autoptr (GString) csv = g_string_new (CSV_HEAD);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint32 after = 0;

  json_builder_begin_array (builder);
  for (;;) {
    g_autoptr (GArray) page = wattle_readings_query (database, wattle_device_get_id (device), after, 0, PAGE, error);

    if (page == NULL)
      return FALSE;
    if (page->len == 0)
      break;
    for (guint i = 0; i < page->len; i++) {
      const WattleReading *reading = &g_array_index (page, WattleReading, i);

      append_csv (csv, device, reading->sequence, reading->time, reading->value, reading->purposes);
      json_builder_begin_object (builder);
      set_int (builder, "sequence", reading->sequence);
      set_time (builder, "time", reading->time);
      json_builder_set_member_name (builder, "value");
      json_builder_add_double_value (builder, wattle_device_scale (device, reading->value));
      set_int (builder, "purposes", reading->purposes);
      json_builder_end_object (builder);
      after = reading->sequence;
    }
  }
  json_builder_end_array (builder);
  add_text (files, "readings.csv", g_string_free (g_steal_pointer (&csv), FALSE));
  add_json (files, "readings.json", builder);
  return TRUE;
}

static gboolean
add_receipts (GPtrArray *files, WattleDevice *device, WattleDatabase *database, GError **error)
{
  g_autoptr (GPtrArray) receipts = wattle_receipts_list (database, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (receipts == NULL)
    return FALSE;
  json_builder_begin_array (builder);
  for (guint i = 0; i < receipts->len; i++) {
    const WattleReceiptRecord *receipt = g_ptr_array_index (receipts, i);
    JsonNode *node;

    if (strcmp (receipt->device, wattle_device_get_id (device)) != 0)
      continue;
    node = json_from_string (receipt->json, NULL);
    if (node != NULL)
      json_builder_add_value (builder, node);
  }
  json_builder_end_array (builder);
  add_json (files, "receipts.json", builder);
  return TRUE;
}

static gboolean
add_log (GPtrArray *files, WattleDevice *device, WattleDatabase *database, GError **error)
{
  g_autoptr (GPtrArray) entries = wattle_log_list (database, wattle_device_get_id (device), LOG_MAX, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (entries == NULL)
    return FALSE;
  json_builder_begin_array (builder);
  for (guint i = 0; i < entries->len; i++) {
    const WattleLogEntry *entry = g_ptr_array_index (entries, i);

    json_builder_begin_object (builder);
    set_time (builder, "time", entry->time);
    set_string (builder, "event", entry->event);
    set_string (builder, "sentence", entry->sentence);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  add_json (files, "log.json", builder);
  return TRUE;
}

gboolean
wattle_export_files_add_local (GPtrArray *files, WattleDevice *device, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (wattle_device_get_services (device), error);
  char *ledger = database == NULL ? NULL : wattle_consent_get_ledger_json (wattle_device_get_consent (device), error);

  if (ledger == NULL)
    return FALSE;
  add_device_json (files, device);
  add_text (files, "consent.json", ledger);
  wattle_export_files_add (files, "passport.json", g_bytes_ref (wattle_device_get_record (device)->passport));
  return add_readings (files, device, database, error) && add_receipts (files, device, database, error)
         && add_log (files, device, database, error);
}

/* --- the device --- */

void
wattle_export_files_add_device (GPtrArray *files, WattleDevice *device, const wtl_Info *info, const GArray *readings)
{
  g_autoptr (GString) csv = g_string_new (CSV_HEAD);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  set_string (builder, "unit_id", info->unit_id);
  set_string (builder, "firmware_version", info->firmware_version);
  set_int (builder, "purposes_allowed", info->consent);
  set_int (builder, "consent_version", info->consent_version);
  set_int (builder, "starts", info->boot_count);
  set_int (builder, "readings_first", info->history_first);
  set_int (builder, "readings_last", info->history_last);
  set_int (builder, "owner_keys", info->owners);
  json_builder_end_object (builder);
  add_json (files, "device-info.json", builder);
  for (guint i = 0; i < readings->len; i++) {
    const wtl_Reading *reading = &g_array_index (readings, wtl_Reading, i);

    append_csv (csv, device, reading->sequence, (gint64)MIN (reading->time, (guint64)G_MAXINT64), reading->value,
                reading->purposes);
  }
  add_text (files, "device-readings.csv", g_string_free (g_steal_pointer (&csv), FALSE));
}

/* --- for people --- */

static char *
readme (GPtrArray *files, WattleDevice *device, const char *const *left_out)
{
  static const struct {
    const char *name;
    const char *sentence;
  } about[] = {
    { "device.json", N_ ("What this computer knows about the device.") },
    { "readings.csv", N_ ("The readings on this computer, for a spreadsheet.") },
    { "readings.json", N_ ("The same readings, for a program.") },
    { "consent.json", N_ ("Every decision you made, with the answers of the device and the cloud.") },
    { "receipts.json", N_ ("Receipts about this device.") },
    { "log.json", N_ ("What Wattle did with the device.") },
    { "passport.json", N_ ("What the manufacturer says about the product.") },
    { "device-info.json", N_ ("What the device says about itself.") },
    { "device-readings.csv", N_ ("The readings in the device's own memory.") },
    { "cloud.json", N_ ("Everything the manufacturer's cloud holds for you.") },
  };
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _ ("Everything held about %s\n\n"), wattle_device_get_name (device));
  for (gsize i = 0; i < G_N_ELEMENTS (about); i++)
    for (guint f = 0; f < files->len; f++)
      if (strcmp (about[i].name, ((WattleExportFile *)g_ptr_array_index (files, f))->name) == 0)
        g_string_append_printf (text, "%-20s  %s\n", about[i].name, gettext (about[i].sentence));
  g_string_append_printf (text, "%-20s  %s\n", "SHA256SUMS",
                          _ ("Fingerprints of these files. To check them: sha256sum -c SHA256SUMS"));
  if (left_out[0] != NULL)
    g_string_append_printf (text, "\n%s\n", _ ("What is missing:"));
  for (guint i = 0; left_out[i] != NULL; i++)
    g_string_append_printf (text, "- %s\n", left_out[i]);
  g_string_append_printf (text, "\n%s\n",
                          _ ("Keys and passwords are not in here. This file holds personal data: keep "
                             "it where only you can read it."));
  return g_string_free (text, FALSE);
}

void
wattle_export_files_seal (GPtrArray *files, WattleDevice *device, const char *const *left_out)
{
  GString *sums = g_string_new (NULL);

  add_text (files, "README.txt", readme (files, device, left_out));
  for (guint i = 0; i < files->len; i++) {
    const WattleExportFile *file = g_ptr_array_index (files, i);
    g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file->bytes);

    g_string_append_printf (sums, "%s  %s\n", sum, file->name);
  }
  add_text (files, "SHA256SUMS", g_string_free (sums, FALSE));
}
