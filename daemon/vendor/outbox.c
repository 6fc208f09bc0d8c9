/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is owed to a device's cloud.
 *
 * There is no queue of its own: deliveries, readings and how far they have been
 * sent are in the database, so that a crash loses and doubles nothing.  One
 * request is under way at a time; after each, the next is looked for anew.
 */
#include "daemon/vendor/outbox.h"

#include <string.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "daemon/store/readings.h"
#include "daemon/vendor/outbox-private.h"
#include "privacy/json.h"

#define FIRST_PAUSE (5 * 1000)         /* milliseconds */
#define LONGEST_PAUSE (60 * 60 * 1000) /* milliseconds */
#define NETWORK_SETTLES 2000           /* milliseconds: addresses and routes come one by one */
#define BATCH WATTLE_CLOUD_BATCH_MAX

struct _WattleOutbox {
  GObject parent_instance;

  WattleDatabase *database;
  char *device;
  char *unit;
  WattleCloudClient *client;
  WattlePassport *passport;
  WattleLedger *ledger;
  WattleOutboxKeep keep; /* NULL = done here */
  gpointer keep_data;

  WattleOutboxState state;
  GError *error;
  GCancellable *cancellable; /* of the request under way */
  guint failures;            /* one after the other */
  guint timer;
  guint first_pause, longest_pause;
  guint32 failed_version; /* of the last delivery that failed */

  /* What is under way. */
  WattleDelivery *delivery;
  const char *purpose; /* the passport's */
  guint32 last_sequence;
};

G_DEFINE_FINAL_TYPE (WattleOutbox, wattle_outbox, G_TYPE_OBJECT)

enum { PROP_STATE = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { CONSENT_CONFIRMED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void send_next (WattleOutbox *self);

/* Seconds since 1970. */
static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
set_state (WattleOutbox *self, WattleOutboxState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

/* ----------------------------------------------------------------- failures */

guint
wattle_outbox_pause (guint first, guint longest, guint failures)
{
  guint64 pause = first;

  for (guint i = 1; i < failures && pause < longest; i++)
    pause *= 2;
  return (guint)MIN (pause, longest);
}

static gboolean
on_timer (gpointer user_data)
{
  WattleOutbox *self = user_data;

  self->timer = 0;
  send_next (self);
  return G_SOURCE_REMOVE;
}

/* All companions of a cloud that was away must not come back at once. */
static void
try_after (WattleOutbox *self, guint pause)
{
  guint jittered = pause / 2 + (guint)(g_random_double () * pause / 2);

  if (self->timer)
    g_source_remove (self->timer);
  self->timer = g_timeout_add (jittered, on_timer, self);
}

static void
fail (WattleOutbox *self, GError *error)
{
  g_debug ("outbox of %s: %s", self->device, error->message);
  g_clear_error (&self->error);
  self->error = error;
  if (self->delivery)
    self->failed_version = self->delivery->version;
  self->failures++;
  try_after (self, wattle_outbox_pause (self->first_pause, self->longest_pause, self->failures));
  set_state (self, WATTLE_OUTBOX_WAITING);
}

/* The end of a request.  FALSE: the outbox has been stopped meanwhile. */
static gboolean
request_done (WattleOutbox *self)
{
  g_clear_object (&self->cancellable);
  self->purpose = NULL;
  return self->state != WATTLE_OUTBOX_STOPPED;
}

static void
succeed (WattleOutbox *self)
{
  self->failures = 0;
  g_clear_error (&self->error);
  send_next (self);
}

/* ----------------------------------------------------------------- consent */

/* Whether @claims allow exactly what @delivery did. */
static gboolean
allows (JsonObject *claims, const WattleDelivery *delivery)
{
  JsonArray *allowed = wattle_json_get_array (claims, "allowed");
  guint n = allowed ? json_array_get_length (allowed) : 0;

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (allowed, i);
    const char *id = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

    if (!id || !g_strv_contains ((const char *const *)delivery->allowed_ids, id))
      return FALSE;
  }
  return allowed && n == g_strv_length (delivery->allowed_ids);
}

/* Whether a receipt's claims are of the consent that was delivered, for this unit. */
static gboolean
is_consent (WattleOutbox *self, JsonObject *claims)
{
  g_autofree char *unit_sha256 = wattle_sha256_hex (self->unit, strlen (self->unit));
  gint64 version = 0;

  return g_strcmp0 (wattle_json_get_string (claims, "kind"), "consent") == 0
         && wattle_json_get_integer (claims, "version", &version) && version == self->delivery->version
         && g_strcmp0 (wattle_json_get_string (claims, "device"), unit_sha256) == 0
         && g_strcmp0 (wattle_json_get_string (claims, "record_sha256"), self->delivery->record_sha256) == 0
         && allows (claims, self->delivery);
}

/* Ledger and delivery in one transaction. */
static gboolean
keep (WattleOutbox *self, WattleEvidence *evidence, const char *receipt, GError **error)
{
  WattleDelivery *delivery = self->delivery;
  g_autoptr (GBytes) bytes = g_bytes_new (receipt, strlen (receipt));
  guint64 deleted = MAX (wattle_evidence_get_removed (evidence), 0);

  if (self->keep)
    return self->keep (delivery, evidence, receipt, self->keep_data, error);
  if (!wattle_database_begin (self->database, error))
    return FALSE;
  if (wattle_ledger_confirm (self->ledger, delivery->record_sha256, evidence, now (), error)
      && wattle_deliveries_confirm (self->database, self->device, WATTLE_PLACE_CLOUD, delivery->version, now (), bytes,
                                    NULL, deleted, error))
    return wattle_database_commit (self->database, error);
  wattle_database_rollback (self->database);
  return FALSE;
}

/* The receipt must be the cloud's own word on this delivery. */
static gboolean
keep_receipt (WattleOutbox *self, const char *receipt, GError **error)
{
  g_autoptr (WattleEvidence) evidence
      = wattle_evidence_new_cloud (receipt, wattle_passport_get_receipt_key (self->passport), error);

  if (!evidence)
    return FALSE;
  if (is_consent (self, wattle_evidence_get_claims (evidence)))
    return keep (self, evidence, receipt, error);
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
                       _ ("The maker's cloud gave a receipt for something else. Tell the maker."));
  return FALSE;
}

static void
on_consent_put (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleOutbox) self = user_data;
  GError *error = NULL;
  guint64 deleted;
  g_autofree char *receipt
      = wattle_cloud_client_put_consent_finish (WATTLE_CLOUD_CLIENT (source), result, &deleted, &error);

  if (!request_done (self)) {
    g_clear_error (&error);
  } else if (!receipt || !keep_receipt (self, receipt, &error)) {
    fail (self, error);
  } else {
    g_signal_emit (self, signals[CONSENT_CONFIRMED], 0, self->delivery->version);
    if (self->state == WATTLE_OUTBOX_SENDING)
      succeed (self);
  }
}

/* ---------------------------------------------------------------- readings */

static gboolean
may_send (WattleOutbox *self, const WattlePurpose *purpose)
{
  return wattle_purpose_uses_cloud (purpose) && wattle_purpose_get_bit (purpose) != 0
         && wattle_ledger_is_allowed (self->ledger, purpose, now ());
}

static void
on_readings_posted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleOutbox) self = user_data;
  const char *purpose = self->purpose;
  GError *error = NULL;
  guint accepted;
  guint32 highest;
  gboolean posted
      = wattle_cloud_client_post_readings_finish (WATTLE_CLOUD_CLIENT (source), result, &accepted, &highest, &error);

  if (!request_done (self))
    g_clear_error (&error);
  else if (posted && wattle_readings_set_sent (self->database, self->device, purpose, self->last_sequence, &error))
    succeed (self);
  else if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED)) {
    /* The person withdrew: their word goes out next. */
    g_clear_error (&error);
    send_next (self);
  } else
    fail (self, error);
}

/* Sends the next readings of @purpose.  FALSE where there are none; with @error
 * set where that could not be found out. */
static gboolean
send_readings (WattleOutbox *self, const WattlePurpose *purpose, GError **error)
{
  const char *id = wattle_purpose_get_id (purpose);
  g_autoptr (GArray) readings = NULL;
  guint32 sent;

  if (!wattle_readings_get_sent (self->database, self->device, id, &sent, error))
    return FALSE;
  readings = wattle_readings_query (self->database, self->device, sent, wattle_purpose_get_bit (purpose), BATCH, error);
  if (!readings || readings->len == 0)
    return FALSE;
  self->purpose = id;
  self->last_sequence = g_array_index (readings, WattleReading, readings->len - 1).sequence;
  self->cancellable = g_cancellable_new ();
  wattle_cloud_client_post_readings_async (self->client, self->unit, id, (const WattleReading *)readings->data,
                                           readings->len, self->cancellable, on_readings_posted, g_object_ref (self));
  return TRUE;
}

/* -------------------------------------------------------------------- loop */

/* Starts the next request.  FALSE where nothing is owed or @error is set. */
static gboolean
start_request (WattleOutbox *self, GError **error)
{
  GError *own = NULL;

  g_clear_pointer (&self->delivery, wattle_delivery_free);
  if (!wattle_cloud_client_has_account (self->client))
    return FALSE;
  self->delivery = wattle_deliveries_outstanding (self->database, self->device, WATTLE_PLACE_CLOUD, &own);
  if (self->delivery) {
    self->cancellable = g_cancellable_new ();
    wattle_cloud_client_put_consent_async (
        self->client, self->unit, self->delivery->version, (const char *const *)self->delivery->allowed_ids,
        self->delivery->record_sha256, self->cancellable, on_consent_put, g_object_ref (self));
    return TRUE;
  }
  for (guint i = 0; !own && i < wattle_passport_get_n_purposes (self->passport); i++) {
    const WattlePurpose *purpose = wattle_passport_get_purpose (self->passport, i);

    if (may_send (self, purpose) && send_readings (self, purpose, &own))
      return TRUE;
  }
  if (own)
    g_propagate_error (error, own);
  return FALSE;
}

static void
send_next (WattleOutbox *self)
{
  GError *error = NULL;

  if (self->state == WATTLE_OUTBOX_STOPPED)
    return;
  if (self->timer)
    g_source_remove (self->timer);
  self->timer = 0;
  if (start_request (self, &error)) {
    set_state (self, WATTLE_OUTBOX_SENDING);
  } else if (error) {
    fail (self, error);
  } else {
    g_clear_error (&self->error);
    self->failures = 0;
    set_state (self, WATTLE_OUTBOX_IDLE);
  }
}

/* Whether the person has decided since the last try. */
static gboolean
has_news (WattleOutbox *self)
{
  g_autoptr (WattleDelivery) delivery
      = wattle_deliveries_outstanding (self->database, self->device, WATTLE_PLACE_CLOUD, NULL);

  return delivery && delivery->version > self->failed_version;
}

void
wattle_outbox_network_is_back (WattleOutbox *self)
{
  if (self->state != WATTLE_OUTBOX_WAITING)
    return;
  self->failures = 0;
  try_after (self, MIN (NETWORK_SETTLES, self->first_pause));
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean available, WattleOutbox *self)
{
  if (available)
    wattle_outbox_network_is_back (self);
}

/* ------------------------------------------------------------------ object */

static void
wattle_outbox_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, WATTLE_OUTBOX (object)->state);
}

static void
wattle_outbox_dispose (GObject *object)
{
  wattle_outbox_stop (WATTLE_OUTBOX (object));
  G_OBJECT_CLASS (wattle_outbox_parent_class)->dispose (object);
}

static void
wattle_outbox_finalize (GObject *object)
{
  WattleOutbox *self = WATTLE_OUTBOX (object);

  g_clear_pointer (&self->delivery, wattle_delivery_free);
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  g_object_unref (self->database);
  g_object_unref (self->client);
  g_object_unref (self->passport);
  g_object_unref (self->ledger);
  g_free (self->device);
  g_free (self->unit);
  G_OBJECT_CLASS (wattle_outbox_parent_class)->finalize (object);
}

static void
wattle_outbox_class_init (WattleOutboxClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = wattle_outbox_get_property;
  object_class->dispose = wattle_outbox_dispose;
  object_class->finalize = wattle_outbox_finalize;
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, WATTLE_OUTBOX_IDLE, WATTLE_OUTBOX_STOPPED,
                                         WATTLE_OUTBOX_IDLE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CONSENT_CONFIRMED] = g_signal_new ("consent-confirmed", WATTLE_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
wattle_outbox_init (WattleOutbox *self)
{
  self->first_pause = FIRST_PAUSE;
  self->longest_pause = LONGEST_PAUSE;
}

WattleOutbox *
wattle_outbox_new (WattleDatabase *database, const char *device, const char *unit, WattleCloudClient *client,
                   WattlePassport *passport, WattleLedger *ledger)
{
  WattleOutbox *self = g_object_new (WATTLE_TYPE_OUTBOX, NULL);

  self->database = g_object_ref (database);
  self->device = g_strdup (device);
  self->unit = g_strdup (unit);
  self->client = g_object_ref (client);
  self->passport = g_object_ref (passport);
  self->ledger = g_object_ref (ledger);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (on_network_changed), self,
                           0);
  return self;
}

void
wattle_outbox_set_keeper (WattleOutbox *self, WattleOutboxKeep keeper, gpointer user_data)
{
  self->keep = keeper;
  self->keep_data = user_data;
}

void
wattle_outbox_wake (WattleOutbox *self)
{
  const WattlePurpose *purpose;

  switch (self->state) {
    case WATTLE_OUTBOX_IDLE:
      send_next (self);
      break;
    case WATTLE_OUTBOX_WAITING:
      /* New readings are no reason to try sooner, a decision is. */
      if (has_news (self))
        send_next (self);
      break;
    case WATTLE_OUTBOX_SENDING:
      purpose = self->purpose ? wattle_passport_find_purpose (self->passport, self->purpose) : NULL;
      if (purpose && !may_send (self, purpose))
        g_cancellable_cancel (self->cancellable);
      break; /* what is new is found after the request */
    case WATTLE_OUTBOX_STOPPED:
    default:
      break;
  }
}

void
wattle_outbox_stop (WattleOutbox *self)
{
  if (self->timer)
    g_source_remove (self->timer);
  self->timer = 0;
  set_state (self, WATTLE_OUTBOX_STOPPED);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
}

WattleOutboxState
wattle_outbox_get_state (WattleOutbox *self)
{
  return self->state;
}

const GError *
wattle_outbox_get_error (WattleOutbox *self)
{
  return self->state == WATTLE_OUTBOX_WAITING ? self->error : NULL;
}

void
wattle_outbox_set_pauses (WattleOutbox *self, guint first, guint longest)
{
  self->first_pause = first;
  self->longest_pause = longest;
}
