/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls of the cloud's API (cloud/openapi.json).
 */
#include "daemon/vendor/cloud-client.h"

#include <glib/gi18n-lib.h>

#include "common/secret-fd.h"
#include "daemon/store/keyring.h"
#include "daemon/vendor/cloud-call.h"
#include "privacy/json.h"

#define TEXT_MAX 4096 /* characters of a text in an answer: ids, secrets, receipts */
#define DEVICES_MAX 1000

struct _WattleCloudClient {
  GObject parent_instance;

  SoupSession *session;
  char *origin;
  guint8 pin[WATTLE_CLOUD_PIN_SIZE];
  char *authorization; /* header value; NULL = no account */
};

G_DEFINE_FINAL_TYPE (WattleCloudClient, wattle_cloud_client, G_TYPE_OBJECT)

/* ---------------------------------------------------------------- requests */

static JsonObject *
propagate (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  JsonObject *object = wattle_cloud_call_finish (result, &error);

  if (object)
    g_task_return_pointer (task, object, (GDestroyNotify)json_object_unref);
  else
    g_task_return_error (task, error);
}

/* "/v1/devices/UNIT" and @rest. */
static char *
device_path (const char *unit, const char *rest)
{
  g_autofree char *escaped = g_uri_escape_string (unit, NULL, FALSE);

  return g_strconcat ("/v1/devices/", escaped, rest, NULL);
}

static void
set_body (SoupMessage *message, JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  char *text = wattle_json_canonical (node);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
}

/* Takes @path; @body (may be NULL) stays the caller's. */
static void
request (WattleCloudClient *self, gpointer tag, const char *method, char *path, JsonObject *body,
         GOutputStream *destination, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *url = g_strconcat (self->origin, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  SoupMessageHeaders *headers;

  g_free (path);
  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);
  if (!message) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, "%s",
                             _ ("This is not an address that Wattle can ask."));
    g_object_unref (task);
    return;
  }
  headers = soup_message_get_request_headers (message);
  soup_message_headers_append (headers, "Accept", "application/json");
  if (self->authorization)
    soup_message_headers_append (headers, "Authorization", self->authorization);
  if (body)
    set_body (message, body);
  wattle_cloud_call_async (self->session, message, self->pin, destination, cancellable, on_called, task);
}

/* ----------------------------------------------------------------- answers */

/* A text of 1 to TEXT_MAX characters that are visible ASCII; NULL otherwise. */
static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *text = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
  gsize length = text ? strlen (text) : 0;

  if (length < 1 || length > TEXT_MAX)
    return NULL;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      return NULL;
  return text;
}

static gboolean
get_number (JsonObject *object, const char *name, gint64 min, gint64 max, gint64 *number)
{
  JsonNode *node = json_object_get_member (object, name);

  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *number = json_node_get_int (node);
  return *number >= min && *number <= max;
}

/* NULL unless it is an array of at most @max objects. */
static JsonArray *
get_objects (JsonObject *object, const char *name, guint max)
{
  JsonNode *node = json_object_get_member (object, name);
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (!array || json_array_get_length (array) > max)
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i)))
      return NULL;
  return array;
}

static char *
finish_receipt (GAsyncResult *result, GError **error)
{
  g_autoptr (JsonObject) object = propagate (result, error);
  const char *receipt = object ? get_text (object, "receipt") : NULL;

  if (object && !receipt)
    wattle_cloud_set_nonsense (error);
  return g_strdup (receipt);
}

/* ------------------------------------------------------------------ object */

static void
wattle_cloud_client_finalize (GObject *object)
{
  WattleCloudClient *self = WATTLE_CLOUD_CLIENT (object);

  g_clear_object (&self->session);
  g_free (self->origin);
  wattle_secret_free (self->authorization);
  G_OBJECT_CLASS (wattle_cloud_client_parent_class)->finalize (object);
}

static void
wattle_cloud_client_class_init (WattleCloudClientClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wattle_cloud_client_finalize;
}

static void
wattle_cloud_client_init (WattleCloudClient *self)
{
}

/* "https://host[:port]" and nothing else. */
static gboolean
is_origin (const char *origin)
{
  g_autoptr (GUri) uri = g_uri_parse (origin, G_URI_FLAGS_NONE, NULL);
  gsize length = strlen (origin);

  return uri && length > 0 && origin[length - 1] != '/' && g_strcmp0 (g_uri_get_scheme (uri), "https") == 0
         && g_uri_get_host (uri) && *g_uri_get_host (uri) && *g_uri_get_path (uri) == '\0' && !g_uri_get_query (uri)
         && !g_uri_get_fragment (uri) && !g_uri_get_userinfo (uri);
}

WattleCloudClient *
wattle_cloud_client_new (const char *origin, const char *spki_sha256, GError **error)
{
  g_autofree guint8 *pin = NULL;
  WattleCloudClient *self;
  gsize size = 0;

  pin = g_base64_decode (spki_sha256, &size);
  if (!is_origin (origin) || size != WATTLE_CLOUD_PIN_SIZE) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT,
                         _ ("The passport of this product does not say properly how to reach the maker's cloud. Tell "
                            "the maker."));
    return NULL;
  }
  self = g_object_new (WATTLE_TYPE_CLOUD_CLIENT, NULL);
  self->session = wattle_cloud_session_new ();
  self->origin = g_strdup (origin);
  memcpy (self->pin, pin, size);
  return self;
}

const char *
wattle_cloud_client_get_origin (WattleCloudClient *self)
{
  return self->origin;
}

void
wattle_cloud_client_set_account (WattleCloudClient *self, const char *account, GBytes *secret)
{
  g_autoptr (WattleSecret) pair = NULL;
  g_autoptr (WattleSecret) encoded = NULL;
  gsize size;
  const char *text;

  g_clear_pointer (&self->authorization, wattle_secret_free);
  if (!account || !secret)
    return;
  text = g_bytes_get_data (secret, &size);
  pair = g_strdup_printf ("%s:%.*s", account, (int)size, text);
  encoded = g_base64_encode ((const guchar *)pair, strlen (pair));
  self->authorization = g_strconcat ("Basic ", encoded, NULL);
}

gboolean
wattle_cloud_client_has_account (WattleCloudClient *self)
{
  return self->authorization != NULL;
}

/* --------------------------------------------------------- account and claim */

void
wattle_cloud_client_create_account_async (WattleCloudClient *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data)
{
  request (self, wattle_cloud_client_create_account_async, "POST", g_strdup ("/v1/accounts"), NULL, NULL, cancellable,
           callback, user_data);
}

gboolean
wattle_cloud_client_create_account_finish (WattleCloudClient *self, GAsyncResult *result, char **account,
                                           GBytes **secret, GError **error)
{
  g_autoptr (JsonObject) object = propagate (result, error);
  const char *id = object ? get_text (object, "account") : NULL;
  const char *password = object ? get_text (object, "secret") : NULL;

  if (!object)
    return FALSE;
  /* A colon would end the id in HTTP Basic (RFC 7617). */
  if (!id || !password || strchr (id, ':')) {
    wattle_cloud_set_nonsense (error);
    return FALSE;
  }
  *account = g_strdup (id);
  *secret = wattle_secret_bytes_new (password, strlen (password));
  return TRUE;
}

void
wattle_cloud_client_begin_claim_async (WattleCloudClient *self, const char *unit, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  request (self, wattle_cloud_client_begin_claim_async, "GET", device_path (unit, "/claim"), NULL, NULL, cancellable,
           callback, user_data);
}

GBytes *
wattle_cloud_client_begin_claim_finish (WattleCloudClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonObject) object = propagate (result, error);
  const char *text = object ? get_text (object, "nonce") : NULL;
  g_autoptr (GBytes) nonce = text ? wattle_base64url_decode (text, strlen (text)) : NULL;

  if (!object)
    return NULL;
  /* What a device signs takes 32 bytes (pairing.options). */
  if (!nonce || g_bytes_get_size (nonce) > 32) {
    wattle_cloud_set_nonsense (error);
    return NULL;
  }
  return g_steal_pointer (&nonce);
}

static void
set_base64url (JsonObject *object, const char *name, GBytes *bytes)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = wattle_base64url_encode (data, size);

  json_object_set_string_member (object, name, text);
}

void
wattle_cloud_client_claim_async (WattleCloudClient *self, const char *unit, GBytes *statement, GBytes *signature,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (JsonObject) body = json_object_new ();

  set_base64url (body, "statement", statement);
  set_base64url (body, "signature", signature);
  request (self, wattle_cloud_client_claim_async, "PUT", device_path (unit, ""), body, NULL, cancellable, callback,
           user_data);
}

gboolean
wattle_cloud_client_claim_finish (WattleCloudClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonObject) object = propagate (result, error);

  return object != NULL;
}

void
wattle_cloud_client_list_devices_async (WattleCloudClient *self, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data)
{
  request (self, wattle_cloud_client_list_devices_async, "GET", g_strdup ("/v1/devices"), NULL, NULL, cancellable,
           callback, user_data);
}

char **
wattle_cloud_client_list_devices_finish (WattleCloudClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonObject) object = propagate (result, error);
  JsonArray *array = object ? get_objects (object, "devices", DEVICES_MAX) : NULL;
  g_autoptr (GStrvBuilder) units = g_strv_builder_new ();

  if (!object)
    return NULL;
  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    const char *unit = get_text (json_array_get_object_element (array, i), "unit");

    if (!unit)
      array = NULL;
    else
      g_strv_builder_add (units, unit);
  }
  if (!array) {
    wattle_cloud_set_nonsense (error);
    return NULL;
  }
  return g_strv_builder_end (units);
}

/* ----------------------------------------------------------------- consent */

void
wattle_cloud_client_put_consent_async (WattleCloudClient *self, const char *unit, guint32 version,
                                       const char *const *allowed, const char *record_sha256, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *ids = json_array_new ();

  for (gsize i = 0; allowed[i]; i++)
    json_array_add_string_element (ids, allowed[i]);
  json_object_set_array_member (body, "allowed", ids);
  json_object_set_int_member (body, "version", version);
  json_object_set_string_member (body, "record_sha256", record_sha256);
  request (self, wattle_cloud_client_put_consent_async, "PUT", device_path (unit, "/consent"), body, NULL, cancellable,
           callback, user_data);
}

char *
wattle_cloud_client_put_consent_finish (WattleCloudClient *self, GAsyncResult *result, guint64 *records_deleted,
                                        GError **error)
{
  g_autoptr (JsonObject) object = propagate (result, error);
  const char *receipt = object ? get_text (object, "receipt") : NULL;
  gint64 deleted;

  if (!object)
    return NULL;
  if (!receipt || !get_number (object, "records_deleted", 0, G_MAXINT64, &deleted)) {
    wattle_cloud_set_nonsense (error);
    return NULL;
  }
  *records_deleted = (guint64)deleted;
  return g_strdup (receipt);
}

/* ---------------------------------------------------------------- readings */

void
wattle_cloud_client_post_readings_async (WattleCloudClient *self, const char *unit, const char *purpose,
                                         const WattleReading *readings, gsize n, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *array = json_array_new ();

  g_return_if_fail (n > 0 && n <= WATTLE_CLOUD_BATCH_MAX);
  for (gsize i = 0; i < n; i++) {
    JsonObject *reading = json_object_new ();

    json_object_set_int_member (reading, "sequence", readings[i].sequence);
    json_object_set_int_member (reading, "time", readings[i].time);
    json_object_set_int_member (reading, "value", readings[i].value);
    json_array_add_object_element (array, reading);
  }
  json_object_set_string_member (body, "purpose", purpose);
  json_object_set_array_member (body, "readings", array);
  request (self, wattle_cloud_client_post_readings_async, "POST", device_path (unit, "/readings"), body, NULL,
           cancellable, callback, user_data);
}

gboolean
wattle_cloud_client_post_readings_finish (WattleCloudClient *self, GAsyncResult *result, guint *accepted,
                                          guint32 *highest, GError **error)
{
  g_autoptr (JsonObject) object = propagate (result, error);
  gint64 n, last;

  if (!object)
    return FALSE;
  if (!get_number (object, "accepted", 0, WATTLE_CLOUD_BATCH_MAX, &n)
      || !get_number (object, "highest", 1, G_MAXUINT32, &last)) {
    wattle_cloud_set_nonsense (error);
    return FALSE;
  }
  *accepted = (guint)n;
  *highest = (guint32)last;
  return TRUE;
}

void
wattle_cloud_client_get_readings_async (WattleCloudClient *self, const char *unit, const char *purpose, guint32 after,
                                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *escaped = g_uri_escape_string (purpose, NULL, FALSE);
  g_autofree char *query = g_strdup_printf ("/readings?purpose=%s&after=%u", escaped, after);

  request (self, wattle_cloud_client_get_readings_async, "GET", device_path (unit, query), NULL, NULL, cancellable,
           callback, user_data);
}

static gboolean
read_reading (JsonObject *object, WattleReading *reading)
{
  gint64 sequence, time, value;

  if (!get_number (object, "sequence", 1, G_MAXUINT32, &sequence) || !get_number (object, "time", 0, G_MAXINT64, &time)
      || !get_number (object, "value", G_MININT32, G_MAXINT32, &value))
    return FALSE;
  *reading = (WattleReading){ (guint32)sequence, time, (gint32)value, 0 };
  return TRUE;
}

GArray *
wattle_cloud_client_get_readings_finish (WattleCloudClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonObject) object = propagate (result, error);
  JsonArray *array = object ? get_objects (object, "readings", WATTLE_CLOUD_BATCH_MAX) : NULL;
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (WattleReading));

  if (!object)
    return NULL;
  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    WattleReading reading;

    if (read_reading (json_array_get_object_element (array, i), &reading))
      g_array_append_val (readings, reading);
    else
      array = NULL;
  }
  if (!array) {
    wattle_cloud_set_nonsense (error);
    return NULL;
  }
  return g_steal_pointer (&readings);
}

/* -------------------------------------------------------- export, deletion */

void
wattle_cloud_client_export_async (WattleCloudClient *self, GOutputStream *destination, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  request (self, wattle_cloud_client_export_async, "GET", g_strdup ("/v1/export"), NULL, destination, cancellable,
           callback, user_data);
}

gssize
wattle_cloud_client_export_finish (WattleCloudClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonObject) object = propagate (result, error);

  return object ? (gssize)json_object_get_int_member (object, "written") : -1;
}

void
wattle_cloud_client_delete_device_async (WattleCloudClient *self, const char *unit, const char *request_id,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *query = g_strconcat ("?request=", request_id, NULL);

  request (self, wattle_cloud_client_delete_device_async, "DELETE", device_path (unit, query), NULL, NULL, cancellable,
           callback, user_data);
}

char *
wattle_cloud_client_delete_device_finish (WattleCloudClient *self, GAsyncResult *result, GError **error)
{
  return finish_receipt (result, error);
}

void
wattle_cloud_client_delete_account_async (WattleCloudClient *self, const char *request_id, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data)
{
  request (self, wattle_cloud_client_delete_account_async, "DELETE",
           g_strconcat ("/v1/account?request=", request_id, NULL), NULL, NULL, cancellable, callback, user_data);
}

char *
wattle_cloud_client_delete_account_finish (WattleCloudClient *self, GAsyncResult *result, GError **error)
{
  return finish_receipt (result, error);
}
