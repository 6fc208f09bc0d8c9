/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking in readings and giving them out.
 */
#include "cloud/readings.h"

#include <string.h>

#include "cloud/handlers.h"
#include "cloud/problem.h"
#include "cloud/store.h"

#define READING_LABEL "wattle-reading-v1"
#define BATCH_MAX 500
#define TIME_MAX G_GINT64_CONSTANT (253402300799) /* the end of the year 9999 */

typedef struct {
  guint32 sequence;
  gint64 time;
  gint32 value;
} Reading;

/* What a sealed reading holds, big-endian. */
typedef struct {
  guint64 time;
  guint32 value;
} __attribute__ ((packed)) PackedReading;

/* What a sealed reading is bound to: its stream and its sequence. */
typedef struct {
  WattleRef stream;
  guint32 sequence;
} __attribute__ ((packed)) ReadingPlace;

static GBytes *
reading_seal (const WattleKey *key, const WattleRef *stream, const Reading *reading)
{
  const PackedReading packed = { GUINT64_TO_BE ((guint64)reading->time), GUINT32_TO_BE ((guint32)reading->value) };
  const ReadingPlace place = { *stream, GUINT32_TO_BE (reading->sequence) };
  const WattlePart aad = { &place, sizeof place };

  return wattle_crypt_seal (key, READING_LABEL, &aad, &packed, sizeof packed);
}

static gboolean
reading_open (const WattleKey *key, const WattleRef *stream, const WattleReadingRow *row, Reading *reading)
{
  const ReadingPlace place = { *stream, GUINT32_TO_BE (row->sequence) };
  const WattlePart aad = { &place, sizeof place };
  g_autoptr (GBytes) plain
      = wattle_crypt_open (key, READING_LABEL, &aad, g_bytes_get_data (row->body, NULL), g_bytes_get_size (row->body));
  PackedReading packed;

  if (!plain || g_bytes_get_size (plain) != sizeof packed)
    return FALSE;
  memcpy (&packed, g_bytes_get_data (plain, NULL), sizeof packed);
  reading->sequence = row->sequence;
  reading->time = (gint64)GUINT64_FROM_BE (packed.time);
  reading->value = (gint32)GUINT32_FROM_BE (packed.value);
  return TRUE;
}

/* The stream of a purpose and its key; @stream NULL where there is none yet. */
static gboolean
stream_load (WattleCloud *cloud, const WattleDevice *device, const char *purpose, WattleStreamRow **stream,
             WattleKey *key, GError **error)
{
  if (!wattle_store_get_stream (cloud->db, &device->row->ref, purpose, stream, error))
    return FALSE;
  return !*stream || wattle_keys_load (cloud->keys, &(*stream)->ref, &device->key, key, error);
}

/* The first reading of a purpose makes its stream.  @made: the key is new, and
 * without use if the transaction fails. */
static gboolean
stream_make (WattleCloud *cloud, const WattleDevice *device, const char *purpose, WattleStreamRow **stream,
             WattleKey *key, gboolean *made, GError **error)
{
  WattleRef ref;

  if (!stream_load (cloud, device, purpose, stream, key, error))
    return FALSE;
  if (*stream)
    return TRUE;
  wattle_crypt_random (ref.bytes, sizeof ref.bytes);
  if (!wattle_store_add_stream (cloud->db, &device->row->ref, &ref, purpose, error)
      || !wattle_store_get_stream (cloud->db, &device->row->ref, purpose, stream, error))
    return FALSE;
  *made = wattle_keys_create (cloud->keys, &ref, &device->row->ref, &device->key, key, error);
  return *made;
}

static gboolean
parse_reading (JsonArray *array, guint i, Reading *reading, GError **error)
{
  JsonNode *node = json_array_get_element (array, i);
  gint64 sequence, value;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "A reading is not an object.");
  object = json_node_get_object (node);
  if (!wattle_member_integer (object, "sequence", 1, G_MAXUINT32, &sequence, error)
      || !wattle_member_integer (object, "time", 0, TIME_MAX, &reading->time, error)
      || !wattle_member_integer (object, "value", G_MININT32, G_MAXINT32, &value, error)
      || !wattle_members_only (object, 3, error))
    return FALSE;
  reading->sequence = (guint32)sequence;
  reading->value = (gint32)value;
  return TRUE;
}

/* All of the request is read before anything is written. */
static GArray *
parse_readings (JsonObject *json, const char **purpose, GError **error)
{
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (Reading));
  JsonArray *array;

  if (!(*purpose = wattle_member_string (json, "purpose", error))
      || !(array = wattle_member_array (json, "readings", 1, BATCH_MAX, error))
      || !wattle_members_only (json, 2, error))
    return NULL;
  if (!wattle_is_purpose (*purpose)) {
    wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "\"purpose\" is not a purpose id.");
    return NULL;
  }
  for (guint i = 0; i < json_array_get_length (array); i++) {
    Reading reading;

    if (!parse_reading (array, i, &reading, error))
      return NULL;
    g_array_append_val (readings, reading);
  }
  return g_steal_pointer (&readings);
}

static gboolean
add_readings (WattleCloud *cloud, const WattleStreamRow *stream, const WattleKey *key, GArray *readings,
              guint *accepted, guint32 *highest, GError **error)
{
  gint64 today = wattle_today ();

  for (guint i = 0; i < readings->len; i++) {
    const Reading *reading = &g_array_index (readings, Reading, i);
    g_autoptr (GBytes) sealed = reading_seal (key, &stream->ref, reading);
    gboolean added;

    if (!wattle_store_add_reading (cloud->db, stream->id, reading->sequence, today, sealed, &added, error))
      return FALSE;
    *accepted += added;
  }
  return wattle_store_highest (cloud->db, stream->id, highest, error) && wattle_db_commit (cloud->db, error);
}

static gboolean
store_readings (WattleCloud *cloud, const WattleDevice *device, const char *purpose, GArray *readings, guint *accepted,
                guint32 *highest, GError **error)
{
  g_autoptr (WattleStreamRow) stream = NULL;
  g_auto (WattleKey) key = { 0 };
  gboolean made = FALSE;

  if (!wattle_db_begin (cloud->db, error) || !stream_make (cloud, device, purpose, &stream, &key, &made, error))
    return FALSE;
  if (add_readings (cloud, stream, &key, readings, accepted, highest, error))
    return TRUE;
  if (made)
    wattle_keys_destroy (cloud->keys, &stream->ref, NULL);
  return FALSE;
}

gboolean
wattle_handle_post_readings (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  g_autoptr (GArray) readings = NULL;
  g_autoptr (WattleDevice) device = NULL;
  const char *purpose;
  guint32 highest = 0;
  guint accepted = 0;
  JsonObject *object;

  if (!(readings = parse_readings (request->json, &purpose, error))
      || !(device = wattle_device_load (cloud, request, error)))
    return FALSE;
  if (!wattle_device_allows (device, purpose))
    return wattle_problem (error, WATTLE_PROBLEM_NO_CONSENT, NULL);
  if (!store_readings (cloud, device, purpose, readings, &accepted, &highest, error))
    return FALSE;
  object = json_object_new ();
  json_object_set_int_member (object, "accepted", accepted);
  json_object_set_int_member (object, "highest", highest);
  wattle_reply_json (reply, 200, object);
  return TRUE;
}

JsonArray *
wattle_readings_page (WattleCloud *cloud, const WattleDevice *device, const char *purpose, guint32 after, guint32 *last,
                      GError **error)
{
  g_autoptr (JsonArray) page = json_array_new ();
  g_autoptr (WattleStreamRow) stream = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_auto (WattleKey) key = { 0 };

  *last = 0;
  if (!stream_load (cloud, device, purpose, &stream, &key, error))
    return NULL;
  if (!stream)
    return g_steal_pointer (&page);
  if (!(rows = wattle_store_list_readings (cloud->db, stream->id, after, WATTLE_READINGS_PAGE, error)))
    return NULL;
  for (guint i = 0; i < rows->len; i++) {
    JsonObject *object;
    Reading reading;

    if (!reading_open (&key, &stream->ref, g_ptr_array_index (rows, i), &reading)) {
      wattle_problem (error, WATTLE_PROBLEM_STORE_CORRUPT, NULL);
      return NULL;
    }
    object = json_object_new ();
    json_object_set_int_member (object, "sequence", reading.sequence);
    json_object_set_int_member (object, "time", reading.time);
    json_object_set_int_member (object, "value", reading.value);
    json_array_add_object_element (page, object);
    *last = reading.sequence;
  }
  return g_steal_pointer (&page);
}

gboolean
wattle_handle_get_readings (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error)
{
  const char *purpose = wattle_request_argument (request, "purpose");
  const char *after_text = wattle_request_argument (request, "after");
  g_autoptr (WattleDevice) device = NULL;
  JsonArray *page;
  guint64 after = 0;
  guint32 last;
  JsonObject *object;

  if (!wattle_is_purpose (purpose))
    return wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "\"purpose\" is not a purpose id.");
  if (after_text && !g_ascii_string_to_unsigned (after_text, 10, 0, G_MAXUINT32, &after, NULL))
    return wattle_problem (error, WATTLE_PROBLEM_MALFORMED, "\"after\" is not a sequence number.");
  if (!(device = wattle_device_load (cloud, request, error))
      || !(page = wattle_readings_page (cloud, device, purpose, (guint32)after, &last, error)))
    return FALSE;
  object = json_object_new ();
  json_object_set_boolean_member (object, "more", json_array_get_length (page) == WATTLE_READINGS_PAGE);
  json_object_set_array_member (object, "readings", page);
  wattle_reply_json (reply, 200, object);
  return TRUE;
}
