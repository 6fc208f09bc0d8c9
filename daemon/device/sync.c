/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chain of requests, begun by a connection, a decision or a gap in the
 * readings.  One runs at a time; what happens meanwhile makes it run once more.
 */
#include "daemon/device/sync.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/consent-private.h"
#include "daemon/device/wire-error.h"
#include "daemon/store/readings.h"

#define QUIET_BEFORE_PING_US (5 * 60 * G_USEC_PER_SEC) /* devices hang up on who says nothing for long */
#define LOOK_AGAIN_US (10 * G_USEC_PER_SEC)            /* at least, between two looks at what runs on it */
#define TRIAL_S 15                                     /* between two looks whether new software stays */
#define CLASHES_MAX 4                                  /* decisions of another computer that came first */

struct _WattleSync {
  GObject parent_instance;

  WattleServices *services;
  WattleSession *session;
  WattleConsent *consent;
  char *device;
  char *unit_id;
  GBytes *public_key;
  guint32 product;

  gboolean paused;
  gboolean has_info;
  wtl_Info info;
  WattleConversation *conversation; /* the one worked over; NULL = none */
  gulong reading_id;
  gint64 last_asked; /* monotonic */
  gboolean running;
  gboolean again;
  gboolean settled;
  guint32 after;            /* what the readings asked for come after */
  guint32 seen;             /* highest sequence of this connection, kept or not */
  WattleDelivery *delivery; /* being delivered */
  guint clashes;
  guint look_id;      /* while new software has not proven itself */
  gboolean has_begun; /* the device has told what runs on it, or that it cannot */
  gint64 last_looked; /* asked for that; monotonic, 0 = not in this conversation */
  gboolean halted;    /* the device refuses it all: something is off with it */
};

G_DEFINE_FINAL_TYPE (WattleSync, wattle_sync, G_TYPE_OBJECT)

enum { SIGNAL_INFO, SIGNAL_INTEGRITY, SIGNAL_READINGS, SIGNAL_READING, SIGNAL_SETTLED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void deliver (WattleSync *self);
static void fetch (WattleSync *self);

typedef void (*Next) (WattleSync *self, const wtl_Response *response);

/* One request under way.  @conversation tells whether the answer still counts. */
typedef struct {
  WattleSync *self;
  WattleConversation *conversation;
  Next next;
} Asked;

static void
fail (WattleSync *self, const GError *error)
{
  self->running = FALSE;
  /* A refusal of one request does not make the connection worthless. */
  g_warning ("Device %s: %s", self->device, error->message);
  wattle_session_fail (self->session, error);
}

static void
fail_code (WattleSync *self, WattleError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (WATTLE_ERROR, code, message);

  fail (self, error);
}

/* Nothing more is asked until the device says that it is mended; the connection stays. */
static void
halt (WattleSync *self)
{
  self->running = FALSE;
  self->again = FALSE;
  self->settled = FALSE;
  self->halted = TRUE;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (WattleSync) self = asked->self;
  g_autoptr (WattleConversation) conversation = asked->conversation;
  g_autoptr (GError) error = NULL;
  wtl_Response response;
  gboolean answered = wattle_conversation_request_finish (conversation, result, &response, &error);

  if (conversation != self->conversation || self->paused)
    return;
  if (answered) {
    asked->next (self, &response);
  } else if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_DEVICE_ALERT)) {
    halt (self);
    wattle_sync_look (self);
  } else if (wattle_conversation_is_open (conversation)) {
    fail (self, error);
  }
}

static void
ask (WattleSync *self, const wtl_Request *request, Next next)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->self = g_object_ref (self);
  asked->conversation = g_object_ref (self->conversation);
  asked->next = next;
  self->last_asked = g_get_monotonic_time ();
  wattle_conversation_request_async (self->conversation, request, NULL, on_answer, asked);
}

/* --- readings --- */

/* Keeps of @reading what the person allows now; FALSE where nothing is left. */
static gboolean
take (const wtl_Reading *reading, guint32 allowed, WattleReading *out)
{
  out->sequence = reading->sequence;
  out->time = MIN (reading->time, (guint64)G_MAXINT64);
  out->value = reading->value;
  out->purposes = reading->purposes & allowed;
  return out->purposes != 0;
}

static gboolean
keep (WattleSync *self, const WattleReading *readings, gsize n)
{
  g_autoptr (GError) error = NULL;
  WattleDatabase *database = wattle_services_get_database (self->services, &error);

  if (database != NULL && (n == 0 || wattle_readings_insert (database, self->device, readings, n, &error)))
    return TRUE;
  fail (self, error);
  return FALSE;
}

static void
settle (WattleSync *self)
{
  self->running = FALSE;
  if (self->again) {
    self->again = FALSE;
    self->running = TRUE;
    deliver (self);
    return;
  }
  self->settled = TRUE;
  g_signal_emit (self, signals[SIGNAL_SETTLED], 0);
}

static gboolean
last_sequence (WattleSync *self, guint32 *sequence)
{
  g_autoptr (GError) error = NULL;
  WattleDatabase *database = wattle_services_get_database (self->services, &error);
  WattleReading last;

  if (database == NULL || !wattle_readings_last (database, self->device, &last, &error)) {
    fail (self, error);
    return FALSE;
  }
  *sequence = MAX (last.sequence, self->seen);
  return TRUE;
}

static void
on_readings (WattleSync *self, const wtl_Response *response)
{
  const wtl_ReadingsReply *reply = &response->body.readings;
  guint32 allowed = wattle_consent_get_allowed (self->consent);
  WattleReading kept[G_N_ELEMENTS (reply->readings)];
  gsize n = 0;
  guint32 last = self->after;

  for (guint i = 0; i < reply->readings_count; i++) {
    if (reply->readings[i].sequence <= last) {
      fail_code (self, WATTLE_ERROR_PROTOCOL, _ ("The device mixed up its readings. Try again later."));
      return;
    }
    last = reply->readings[i].sequence;
    if (take (&reply->readings[i], allowed, &kept[n]))
      n++;
  }
  if (!keep (self, kept, n))
    return;
  self->seen = MAX (self->seen, last);
  if (n > 0)
    g_signal_emit (self, signals[SIGNAL_READINGS], 0);
  if (reply->more && reply->readings_count > 0)
    fetch (self);
  else
    settle (self);
}

static void
fetch (WattleSync *self)
{
  wtl_Request request = { .which_body = wtl_Request_readings_tag };

  if (!last_sequence (self, &self->after))
    return;
  request.body.readings.after = self->after;
  ask (self, &request, on_readings);
}

static void
on_pong (WattleSync *self, const wtl_Response *response)
{
}

static void
on_reading (WattleConversation *conversation, gpointer data, gpointer user_data)
{
  WattleSync *self = user_data;
  const wtl_Reading *reading = data;
  WattleReading kept;
  guint32 last;

  if (self->paused || self->halted || conversation != self->conversation || !last_sequence (self, &last))
    return;
  if (g_get_monotonic_time () - self->last_asked > QUIET_BEFORE_PING_US)
    ask (self, &(wtl_Request){ .which_body = wtl_Request_ping_tag }, on_pong);
  if (self->running) {
    self->again = TRUE; /* it may be in what is being fetched, or not */
    return;
  }
  if (reading->sequence > last + 1) {
    /* There is a gap: fetch what is missing, this one included. */
    self->running = TRUE;
    fetch (self);
    return;
  }
  if (reading->sequence <= last)
    return;
  self->seen = reading->sequence;
  if (!take (reading, wattle_consent_get_allowed (self->consent), &kept) || !keep (self, &kept, 1))
    return;
  g_signal_emit (self, signals[SIGNAL_READINGS], 0);
  g_signal_emit (self, signals[SIGNAL_READING], 0, &kept);
}

/* --- decisions --- */

static void
on_delivered (WattleSync *self, const wtl_Response *response)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleDelivery) delivery = g_steal_pointer (&self->delivery);

  if (wattle_consent_confirm_by_device (self->consent, delivery, &response->body.statement, &error)) {
    self->info.consent_version = delivery->version;
    self->info.consent = delivery->allowed;
    deliver (self); /* the person may have decided again */
  } else if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_BUSY) && ++self->clashes <= CLASHES_MAX) {
    deliver (self);
  } else {
    fail (self, error);
  }
}

static void
deliver (WattleSync *self)
{
  wtl_Request request = { .which_body = wtl_Request_consent_tag };
  wtl_ConsentRequest *consent = &request.body.consent;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->delivery, wattle_delivery_free);
  self->delivery = wattle_consent_next_delivery (self->consent, &self->info, &error);
  if (error != NULL) {
    fail (self, error);
    return;
  }
  if (self->delivery == NULL) {
    fetch (self);
    return;
  }
  consent->version = self->delivery->version;
  consent->allowed = self->delivery->allowed;
  consent->time = self->delivery->since;
  for (gsize i = 0; i < sizeof consent->record_sha256; i++)
    consent->record_sha256[i] = g_ascii_xdigit_value (self->delivery->record_sha256[2 * i]) << 4
                                | g_ascii_xdigit_value (self->delivery->record_sha256[2 * i + 1]);
  ask (self, &request, on_delivered);
}

static void
on_consent_changed (WattleSync *self)
{
  if (self->conversation == NULL || self->paused || !self->has_info || self->halted)
    return;
  if (self->running) {
    self->again = TRUE;
    return;
  }
  self->running = TRUE;
  deliver (self);
}

/* --- the beginning --- */

static void
on_time_set (WattleSync *self, const wtl_Response *response)
{
  deliver (self);
}

static gboolean
is_ours (WattleSync *self, const wtl_Info *info)
{
  gsize len;
  const void *key = g_bytes_get_data (self->public_key, &len);

  return strcmp (info->unit_id, self->unit_id) == 0 && info->product == self->product && len == sizeof info->public_key
         && memcmp (info->public_key, key, len) == 0;
}

static void
set_time (WattleSync *self)
{
  wtl_Request request = { .which_body = wtl_Request_set_time_tag };

  self->running = TRUE;
  self->halted = FALSE;
  request.body.set_time.time = wattle_services_now (self->services);
  ask (self, &request, on_time_set);
}

static gboolean
on_trial (gpointer user_data)
{
  WattleSync *self = user_data;

  self->look_id = 0;
  wattle_sync_look (self);
  return G_SOURCE_REMOVE;
}

/* Goes on where nothing is off, or nothing is off any more. */
static void
on_integrity (WattleSync *self, const wtl_Response *response)
{
  const wtl_Integrity *told = &response->body.integrity;

  g_signal_emit (self, signals[SIGNAL_INTEGRITY], 0, told);
  if (told->alerts != 0)
    halt (self);
  else if (self->halted || !self->has_begun)
    set_time (self);
  self->has_begun = TRUE;
  if (told->image_sha256.size > 0 && !told->image_confirmed && self->look_id == 0 && self->conversation != NULL)
    self->look_id = g_timeout_add_seconds (TRIAL_S, on_trial, self);
}

static void
ask_integrity (WattleSync *self)
{
  self->last_looked = g_get_monotonic_time ();
  ask (self, &(wtl_Request){ .which_body = wtl_Request_get_integrity_tag }, on_integrity);
}

static void
on_info (WattleSync *self, const wtl_Response *response)
{
  const wtl_Info *info = &response->body.info;

  if (!is_ours (self, info)) {
    fail_code (self, WATTLE_ERROR_NOT_GENUINE,
               _ ("Another device answered in place of yours. Do not trust it; ask who has set it up."));
    return;
  }
  self->info = *info;
  self->has_info = TRUE;
  g_signal_emit (self, signals[SIGNAL_INFO], 0);
  if (wattle_conversation_get_capabilities (self->conversation) & WTL_CAPABILITY_INTEGRITY) {
    ask_integrity (self);
    return;
  }
  g_signal_emit (self, signals[SIGNAL_INTEGRITY], 0, NULL);
  self->has_begun = TRUE;
  set_time (self);
}

static void
begin (WattleSync *self)
{
  WattleConversation *conversation = wattle_session_get_conversation (self->session);

  if (self->paused || conversation == NULL || self->conversation != NULL)
    return;
  self->conversation = g_object_ref (conversation);
  self->reading_id = g_signal_connect (conversation, "reading", G_CALLBACK (on_reading), self);
  self->running = TRUE;
  self->again = FALSE;
  self->settled = FALSE;
  self->clashes = 0;
  self->seen = 0;
  self->halted = FALSE;
  self->has_begun = FALSE;
  self->last_looked = 0;
  ask (self, &(wtl_Request){ .which_body = wtl_Request_get_info_tag }, on_info);
}

static void
end (WattleSync *self)
{
  if (self->conversation == NULL)
    return;
  g_clear_signal_handler (&self->reading_id, self->conversation);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->conversation);
  g_clear_pointer (&self->delivery, wattle_delivery_free);
  self->running = FALSE;
  self->settled = FALSE;
}

static void
on_connected (WattleSync *self)
{
  end (self);
  begin (self);
}

static void
wattle_sync_dispose (GObject *object)
{
  WattleSync *self = WATTLE_SYNC (object);

  end (self);
  g_clear_object (&self->session);
  g_clear_object (&self->consent);
  G_OBJECT_CLASS (wattle_sync_parent_class)->dispose (object);
}

static void
wattle_sync_finalize (GObject *object)
{
  WattleSync *self = WATTLE_SYNC (object);

  g_clear_object (&self->services);
  g_free (self->device);
  g_free (self->unit_id);
  g_bytes_unref (self->public_key);
  G_OBJECT_CLASS (wattle_sync_parent_class)->finalize (object);
}

static void
wattle_sync_class_init (WattleSyncClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_sync_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_sync_finalize;
  signals[SIGNAL_INFO] = g_signal_new ("info", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_INTEGRITY]
      = g_signal_new ("integrity", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_READINGS] = g_signal_new ("readings", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_READING]
      = g_signal_new ("reading", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_SETTLED] = g_signal_new ("settled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_sync_init (WattleSync *self)
{
}

WattleSync *
wattle_sync_new (WattleServices *services, const WattleDeviceRecord *record, WattleSession *session,
                 WattleConsent *consent)
{
  WattleSync *self = g_object_new (WATTLE_TYPE_SYNC, NULL);

  self->services = g_object_ref (services);
  self->session = g_object_ref (session);
  self->consent = g_object_ref (consent);
  self->device = g_strdup (record->id);
  self->unit_id = g_strdup (record->unit_id);
  self->product = record->product;
  self->public_key = g_bytes_ref (record->public_key);
  g_signal_connect_object (session, "connected", G_CALLBACK (on_connected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "disconnected", G_CALLBACK (end), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (consent, "changed", G_CALLBACK (on_consent_changed), self, G_CONNECT_SWAPPED);
  return self;
}

const wtl_Info *
wattle_sync_get_info (WattleSync *self)
{
  return self->has_info ? &self->info : NULL;
}

gboolean
wattle_sync_is_settled (WattleSync *self)
{
  return self->settled;
}

void
wattle_sync_look (WattleSync *self)
{
  if (self->conversation == NULL || self->paused || !self->has_begun
      || g_get_monotonic_time () - self->last_looked < LOOK_AGAIN_US
      || !(wattle_conversation_get_capabilities (self->conversation) & WTL_CAPABILITY_INTEGRITY))
    return;
  ask_integrity (self);
}

void
wattle_sync_set_paused (WattleSync *self, gboolean paused)
{
  if (self->paused == paused)
    return;
  self->paused = paused;
  if (paused)
    end (self);
  else
    begin (self);
}
