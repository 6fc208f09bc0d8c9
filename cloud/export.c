/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything held about an account in one document, made page by page as it is
 * sent, so that a large account needs no more memory than a small one.
 */
#include <string.h>

#include "cloud/device.h"
#include "cloud/handlers.h"
#include "cloud/problem.h"
#include "cloud/readings.h"
#include "cloud/store.h"

typedef struct {
  WattleCloud *cloud;
  char *account;      /* id */
  GPtrArray *devices; /* rows still to come */
  WattleRef unit;     /* of the device at hand */
  GStrv purposes;     /* of the device at hand; NULL: between devices */
  guint purpose;
  guint32 after;
  gboolean started, first_device, first_reading, ended;
} Export;

static void
export_free (gpointer data)
{
  Export *self = data;

  g_free (self->account);
  g_ptr_array_unref (self->devices);
  g_strfreev (self->purposes);
  g_free (self);
}

static void
append_node (GString *out, JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  g_string_append (out, text);
}

static void
append_device (GString *out, const WattleDevice *device)
{
  const WattleConsent *consent = &device->consent;
  g_autoptr (JsonNode) node = json_node_alloc ();
  JsonObject *object = json_object_new ();

  g_string_append_printf (out,
                          "{\"unit\":\"%s\",\"product\":%u,\"claimed\":%" G_GINT64_FORMAT ",\"consent\":", device->unit,
                          device->product, device->claimed);
  json_node_take_object (node, object);
  if (consent->version > 0) {
    json_object_set_int_member (object, "version", consent->version);
    json_object_set_array_member (object, "allowed", wattle_strv_to_json ((const char *const *)consent->allowed));
    json_object_set_string_member (object, "record_sha256", consent->record_sha256);
    json_object_set_int_member (object, "time", consent->time);
    json_object_set_string_member (object, "receipt", consent->receipt);
    append_node (out, node);
  } else {
    g_string_append (out, "null");
  }
  g_string_append (out, ",\"readings\":{");
}

/* Opens the next device of the list. */
static gboolean
next_device (Export *self, GString *out)
{
  g_autoptr (WattleDevice) device = wattle_device_open (self->cloud, g_ptr_array_steal_index (self->devices, 0), NULL);
  g_autoptr (GPtrArray) streams = NULL;
  g_autoptr (GStrvBuilder) purposes = g_strv_builder_new ();

  if (!device || !(streams = wattle_store_list_streams (self->cloud->db, &device->row->ref, NULL)))
    return FALSE;
  for (guint i = 0; i < streams->len; i++)
    g_strv_builder_add (purposes, ((WattleStreamRow *)g_ptr_array_index (streams, i))->purpose);
  self->unit = device->row->unit;
  self->purposes = g_strv_builder_end (purposes);
  self->purpose = 0;
  self->after = 0;
  self->first_reading = TRUE;
  g_string_append (out, self->first_device ? "" : ",");
  self->first_device = FALSE;
  append_device (out, device);
  return TRUE;
}

static void
append_readings (Export *self, GString *out, JsonArray *page)
{
  if (self->after == 0)
    g_string_append_printf (out, "%s\"%s\":[", self->purpose > 0 ? "," : "", self->purposes[self->purpose]);
  for (guint i = 0; i < json_array_get_length (page); i++) {
    g_string_append (out, self->first_reading ? "" : ",");
    self->first_reading = FALSE;
    append_node (out, json_array_get_element (page, i));
  }
}

/* The next page of the device at hand. */
static gboolean
next_page (Export *self, GString *out)
{
  g_autoptr (WattleDeviceRow) row = NULL;
  g_autoptr (WattleDevice) device = NULL;
  g_autoptr (JsonArray) page = NULL;
  guint32 last;

  /* Opened anew each time: it may have been deleted since. */
  if (!wattle_store_get_device (self->cloud->db, &self->unit, &row, NULL) || !row
      || !(device = wattle_device_open (self->cloud, g_steal_pointer (&row), NULL))
      || !(page = wattle_readings_page (self->cloud, device, self->purposes[self->purpose], self->after, &last, NULL)))
    return FALSE;
  append_readings (self, out, page);
  if (json_array_get_length (page) == WATTLE_READINGS_PAGE) {
    self->after = last;
    return TRUE;
  }
  g_string_append_c (out, ']');
  self->purpose++;
  self->after = 0;
  self->first_reading = TRUE;
  return TRUE;
}

static gboolean
export_more (gpointer data, GString *out)
{
  Export *self = data;

  if (!self->started) {
    self->started = self->first_device = TRUE;
    g_string_append_printf (out, "{\"account\":\"%s\",\"exported\":%" G_GINT64_FORMAT ",\"devices\":[", self->account,
                            g_get_real_time () / G_USEC_PER_SEC);
  } else if (self->purposes && self->purposes[self->purpose]) {
    return next_page (self, out);
  } else if (self->purposes) {
    g_clear_pointer (&self->purposes, g_strfreev);
    g_string_append (out, "}}");
  } else if (self->devices->len > 0) {
    return next_device (self, out);
  } else if (!self->ended) {
    self->ended = TRUE;
    g_string_append (out, "]}");
  }
  return TRUE;
}

gboolean
wattle_handle_export (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  g_autoptr (GPtrArray) devices = wattle_store_list_devices (cloud->db, &request->account.ref, error);
  Export *self;

  if (!devices)
    return FALSE;
  self = g_new0 (Export, 1);
  self->cloud = cloud;
  self->account = g_strdup (request->account.id);
  self->devices = g_steal_pointer (&devices);
  reply->status = 200;
  reply->more = export_more;
  reply->data = self;
  reply->free_data = export_free;
  return TRUE;
}
