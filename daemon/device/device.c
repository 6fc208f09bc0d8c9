/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ties session, sync, consent and cloud of one device together and says what
 * state that adds up to.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/consent-private.h"
#include "daemon/device/device-internal.h"
#include "daemon/device/passport-cache.h"
#include "daemon/store/deliveries.h"
#include "daemon/store/others.h"
#include "pairing/secret.h"

G_DEFINE_FINAL_TYPE (WattleDevice, wattle_device, G_TYPE_OBJECT)

enum {
  PROP_NAME = 1,
  PROP_STATE,
  PROP_PROBLEM,
  PROP_FIRMWARE_VERSION,
  PROP_LAST_SEEN,
  PROP_CLOUD_STATE,
  PROP_LAST_READING,
  PROP_OTHERS,
  PROP_WIPE_JOB,
  PROP_SUPPORT,
  PROP_INTEGRITY,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum { SIGNAL_READING, SIGNAL_ADVERT_KEY, SIGNAL_JOB_STARTED, SIGNAL_GONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *const state_names[] = { "away", "connecting", "connected", "wiping", "problem" };
static const char *const cloud_names[] = { "none", "active", "unreachable", "outstanding", "stopped" };

static void
notify (WattleDevice *self, guint id)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[id]);
}

/* --- what happens below --- */

static void
seen (WattleDevice *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GError) error = NULL;

  self->record->last_seen = wattle_services_now (self->services);
  if (database != NULL
      && !wattle_devices_set_seen (database, self->record->id, self->record->last_seen, self->record->firmware_version,
                                   &error))
    g_warning ("Device %s: %s", self->record->id, error->message);
  notify (self, PROP_LAST_SEEN);
}

static void
on_state_changed (WattleDevice *self)
{
  notify (self, PROP_STATE);
  notify (self, PROP_PROBLEM);
}

static void
on_disconnected (WattleDevice *self)
{
  if (wattle_sync_get_info (self->sync) != NULL && self->wipe_job == NULL)
    seen (self);
}

static void
on_info (WattleDevice *self)
{
  const wtl_Info *info = wattle_sync_get_info (self->sync);

  if (strcmp (self->record->firmware_version, info->firmware_version) != 0
      && g_utf8_validate (info->firmware_version, -1, NULL)) {
    g_free (self->record->firmware_version);
    self->record->firmware_version = g_strdup (info->firmware_version);
    notify (self, PROP_FIRMWARE_VERSION);
  }
  seen (self);
  wattle_cloud_wake (self->cloud);
}

static void
load_last_reading (WattleDevice *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);

  if (database == NULL || !wattle_readings_last (database, self->record->id, &self->last, NULL))
    self->last.sequence = 0;
}

static void
load_others (WattleDevice *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);

  if (database != NULL)
    self->others = wattle_others_store_get (database, self->record->id, NULL);
}

static void
on_readings (WattleDevice *self)
{
  load_last_reading (self);
  notify (self, PROP_LAST_READING);
  wattle_cloud_wake (self->cloud);
}

static void
on_reading (WattleDevice *self, const WattleReading *reading)
{
  g_signal_emit (self, signals[SIGNAL_READING], 0, (guint64)reading->sequence, reading->time,
                 wattle_device_scale (self, reading->value));
}

static void
on_consent_changed (WattleDevice *self)
{
  load_last_reading (self); /* a withdrawal deletes */
  notify (self, PROP_LAST_READING);
  notify (self, PROP_CLOUD_STATE);
}

static void
on_support_changed (WattleDevice *self)
{
  wattle_cloud_set_stopped (self->cloud, !wattle_support_get_relays (self->support));
  notify (self, PROP_SUPPORT);
}

static void
on_integrity (WattleDevice *self, const wtl_Integrity *told)
{
  WattleConversation *conversation = wattle_session_get_conversation (self->session);
  guint32 capabilities = conversation != NULL ? wattle_conversation_get_capabilities (conversation) : 0;

  wattle_integrity_take (self->integrity, told, (capabilities & WTL_CAPABILITY_SMP) != 0);
}

/* A refusal; what is wiped tells no more of itself. */
static void
on_alert (WattleDevice *self, guint bits)
{
  if (self->wipe_job == NULL)
    wattle_integrity_take_alerts (self->integrity, bits);
}

static void
on_connected (WattleDevice *self)
{
  g_signal_connect_object (wattle_session_get_conversation (self->session), "alert", G_CALLBACK (on_alert), self,
                           G_CONNECT_SWAPPED);
}

static void
on_integrity_changed (WattleDevice *self)
{
  notify (self, PROP_INTEGRITY);
  on_state_changed (self);
}

static void
on_cloud_changed (WattleDevice *self)
{
  notify (self, PROP_CLOUD_STATE);
}

gboolean
wattle_device_wants_advert_key (WattleDevice *self)
{
  return !self->has_advert_key && self->key_error == NULL;
}

void
wattle_device_take_advert_key (WattleDevice *self, GBytes *key, const GError *error)
{
  gboolean had = self->has_advert_key;

  g_clear_error (&self->key_error);
  if (key != NULL && g_bytes_get_size (key) == sizeof self->advert_key) {
    memcpy (self->advert_key, g_bytes_get_data (key, NULL), sizeof self->advert_key);
    self->has_advert_key = TRUE;
  } else if (error == NULL || g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND)) {
    self->key_error = g_error_new_literal (
        WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND,
        _ ("The key of this device is missing from your keyring. Reset the device and set it up again."));
  } else {
    self->key_error = g_error_copy (error);
  }
  if (self->has_advert_key && !had)
    g_signal_emit (self, signals[SIGNAL_ADVERT_KEY], 0);
  on_state_changed (self);
}

static void
on_keyring_state (WattleDevice *self)
{
  if (self->key_error != NULL
      && wattle_keyring_get_state (wattle_services_get_keyring (self->services)) == WATTLE_KEYRING_AVAILABLE) {
    g_clear_error (&self->key_error);
    on_state_changed (self);
    g_signal_emit (self, signals[SIGNAL_ADVERT_KEY], 0);
  }
}

/* --- object --- */

static void
wattle_device_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WattleDevice *self = WATTLE_DEVICE (object);

  switch (id) {
    case PROP_NAME:
      g_value_set_string (value, self->record->name);
      break;
    case PROP_STATE:
      g_value_set_uint (value, wattle_device_get_state (self));
      break;
    case PROP_PROBLEM:
      g_value_set_boxed (value, wattle_device_get_problem (self));
      break;
    case PROP_FIRMWARE_VERSION:
      g_value_set_string (value, self->record->firmware_version);
      break;
    case PROP_LAST_SEEN:
      g_value_set_int64 (value, self->record->last_seen);
      break;
    case PROP_CLOUD_STATE:
      g_value_set_uint (value, wattle_device_get_cloud_state (self));
      break;
    case PROP_LAST_READING:
      g_value_set_uint (value, self->last.sequence);
      break;
    case PROP_OTHERS:
      g_value_set_string (value, wattle_device_get_others (self));
      break;
    case PROP_WIPE_JOB:
      g_value_set_object (value, self->wipe_job);
      break;
    case PROP_SUPPORT:
      g_value_set_object (value, self->support);
      break;
    case PROP_INTEGRITY:
      g_value_set_object (value, self->integrity);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
wattle_device_dispose (GObject *object)
{
  WattleDevice *self = WATTLE_DEVICE (object);

  if (self->session != NULL)
    wattle_device_stop (self);
  g_clear_object (&self->wipe_job);
  g_clear_object (&self->update_job);
  g_clear_object (&self->cloud);
  g_clear_object (&self->support);
  g_clear_object (&self->integrity);
  g_clear_object (&self->sync);
  g_clear_object (&self->consent);
  G_OBJECT_CLASS (wattle_device_parent_class)->dispose (object);
}

static void
wattle_device_finalize (GObject *object)
{
  WattleDevice *self = WATTLE_DEVICE (object);

  g_clear_object (&self->session);
  g_clear_object (&self->services);
  g_clear_object (&self->passport);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->key_error);
  g_free (self->others);
  wattle_device_record_free (self->record);
  wtl_wipe (self->advert_key, sizeof self->advert_key);
  G_OBJECT_CLASS (wattle_device_parent_class)->finalize (object);
}

static void
wattle_device_class_init (WattleDeviceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = wattle_device_get_property;
  object_class->dispose = wattle_device_dispose;
  object_class->finalize = wattle_device_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, WATTLE_DEVICE_PROBLEM, 0, flags);
  props[PROP_PROBLEM] = g_param_spec_boxed ("problem", NULL, NULL, G_TYPE_ERROR, flags);
  props[PROP_FIRMWARE_VERSION] = g_param_spec_string ("firmware-version", NULL, NULL, NULL, flags);
  props[PROP_LAST_SEEN] = g_param_spec_int64 ("last-seen", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_CLOUD_STATE] = g_param_spec_uint ("cloud-state", NULL, NULL, 0, WATTLE_CLOUD_STOPPED, 0, flags);
  props[PROP_LAST_READING] = g_param_spec_uint ("last-reading", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_OTHERS] = g_param_spec_string ("others", NULL, NULL, NULL, flags);
  props[PROP_WIPE_JOB] = g_param_spec_object ("wipe-job", NULL, NULL, WATTLE_TYPE_JOB, flags);
  props[PROP_SUPPORT] = g_param_spec_object ("support", NULL, NULL, WATTLE_TYPE_SUPPORT, flags);
  props[PROP_INTEGRITY] = g_param_spec_object ("integrity", NULL, NULL, WATTLE_TYPE_INTEGRITY, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_READING] = g_signal_new ("reading", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                          G_TYPE_UINT64, G_TYPE_INT64, G_TYPE_DOUBLE);
  signals[SIGNAL_ADVERT_KEY]
      = g_signal_new ("advert-key", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_JOB_STARTED]
      = g_signal_new ("job-started", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, WATTLE_TYPE_JOB);
  signals[SIGNAL_GONE] = g_signal_new ("gone", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_device_init (WattleDevice *self)
{
  self->cancellable = g_cancellable_new ();
}

static void
watch (WattleDevice *self, gpointer object, const char *signal, gpointer callback)
{
  g_signal_connect_object (object, signal, G_CALLBACK (callback), self, G_CONNECT_SWAPPED);
}

WattleDevice *
wattle_device_new (WattleServices *services, WattleDeviceRecord *record, GError **error)
{
  g_autoptr (WattlePassport) passport = wattle_passport_cache_get (record->passport, error);
  WattleDevice *self;

  if (passport == NULL) {
    wattle_device_record_free (record);
    return NULL;
  }
  self = g_object_new (WATTLE_TYPE_DEVICE, NULL);
  self->services = g_object_ref (services);
  self->record = record;
  self->passport = g_steal_pointer (&passport);
  self->consent = wattle_consent_new (services, record, self->passport);
  self->session = wattle_session_new (services, record->id, record->owner_slot);
  self->sync = wattle_sync_new (services, record, self->session, self->consent);
  self->cloud = wattle_cloud_new (services, record, self->passport, self->consent, self->session);
  self->support = wattle_support_new (services, record->id, self->passport);
  wattle_cloud_set_stopped (self->cloud, !wattle_support_get_relays (self->support));
  self->integrity = wattle_integrity_new (services, record->id);
  load_last_reading (self);
  load_others (self);
  watch (self, self->session, "state-changed", on_state_changed);
  watch (self, self->session, "connected", on_connected);
  watch (self, self->session, "disconnected", on_disconnected);
  watch (self, self->sync, "info", on_info);
  watch (self, self->sync, "integrity", on_integrity);
  watch (self, self->integrity, "changed", on_integrity_changed);
  watch (self, self->sync, "readings", on_readings);
  watch (self, self->sync, "reading", on_reading);
  watch (self, self->sync, "settled", on_cloud_changed);
  watch (self, self->consent, "changed", on_consent_changed);
  watch (self, self->cloud, "changed", on_cloud_changed);
  watch (self, self->support, "changed", on_support_changed);
  watch (self, wattle_services_get_keyring (services), "notify::state", on_keyring_state);
  return self;
}

void
wattle_device_start (WattleDevice *self)
{
  wattle_cloud_wake (self->cloud);
}

void
wattle_device_stop (WattleDevice *self)
{
  g_cancellable_cancel (self->cancellable);
  wattle_sync_set_paused (self->sync, TRUE);
  wattle_cloud_set_paused (self->cloud, TRUE);
  wattle_session_stop (self->session);
  g_clear_object (&self->update_job); /* which holds on to this */
}

gboolean
wattle_device_matches (WattleDevice *self, const struct wtl_advert *advert)
{
  return self->has_advert_key && (advert->flags & WTL_ADVERT_OWNED) && wtl_advert_matches (advert, self->advert_key);
}

/* Whether the device has yet to be wiped or to learn of a consent. */
static gboolean
owes_a_decision (WattleDevice *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  gint64 since = 0;

  if (self->wipe_job != NULL)
    return TRUE;
  return database != NULL
         && wattle_deliveries_outstanding_since (database, self->record->id, WATTLE_PLACE_DEVICE, &since, NULL)
         && since != 0;
}

gboolean
wattle_device_is_connected (WattleDevice *self)
{
  return self->wipe_job == NULL && wattle_session_get_state (self->session) == WATTLE_SESSION_CONNECTED;
}

void
wattle_device_heard (WattleDevice *self, const struct wtl_advert *advert)
{
  if (self->wipe_job == NULL && (advert->flags & WTL_ADVERT_ALERT) && wattle_device_matches (self, advert)
      && wattle_integrity_heard_alert (self->integrity))
    wattle_sync_look (self->sync);
}

void
wattle_device_set_peer (WattleDevice *self, WattlePeer *peer)
{
  if (peer != NULL)
    wattle_device_heard (self, wattle_peer_get_advert (peer));
  wattle_session_set_urgent (self->session, owes_a_decision (self));
  wattle_session_set_peer (self->session, peer);
}

WattlePeer *
wattle_device_get_peer (WattleDevice *self)
{
  return wattle_session_get_peer (self->session);
}

WattleServices *
wattle_device_get_services (WattleDevice *self)
{
  return self->services;
}

const WattleDeviceRecord *
wattle_device_get_record (WattleDevice *self)
{
  return self->record;
}

WattleSession *
wattle_device_get_session (WattleDevice *self)
{
  return self->session;
}

WattleSync *
wattle_device_get_sync (WattleDevice *self)
{
  return self->sync;
}

WattleCloud *
wattle_device_get_cloud (WattleDevice *self)
{
  return self->cloud;
}

void
wattle_device_set_wipe_job (WattleDevice *self, WattleJob *job)
{
  gboolean wiping = job != NULL;

  if (!g_set_object (&self->wipe_job, job))
    return;
  wattle_consent_set_wiping (self->consent, wiping);
  wattle_sync_set_paused (self->sync, wiping);
  wattle_cloud_set_paused (self->cloud, wiping);
  on_state_changed (self);
  notify (self, PROP_WIPE_JOB);
  if (wiping)
    g_signal_emit (self, signals[SIGNAL_JOB_STARTED], 0, job);
}

void
wattle_device_set_update_job (WattleDevice *self, WattleJob *job)
{
  if (g_set_object (&self->update_job, job))
    notify (self, PROP_INTEGRITY);
}

gboolean
wattle_device_is_updating (WattleDevice *self)
{
  return self->update_job != NULL;
}

static void
replace_text (char **text, const char *with)
{
  g_free (*text);
  *text = g_strdup (with);
}

gboolean
wattle_device_reduce (WattleDevice *self, const char *name, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);
  /* What the store has: an account made since is not in our own copy. */
  g_autoptr (WattleDeviceRecord) rest = database ? wattle_devices_get (database, self->record->id, error) : NULL;

  if (rest == NULL)
    return FALSE;
  replace_text (&rest->name, name);
  replace_text (&rest->firmware_version, "");
  replace_text (&rest->decisions, NULL);
  rest->set_up_at = rest->last_seen = 0;
  rest->consent_version = 0;
  if (!wattle_devices_trim (database, rest, error) || !wattle_database_scrub (database, error))
    return FALSE;
  replace_text (&self->record->name, name);
  replace_text (&self->record->firmware_version, "");
  replace_text (&self->record->decisions, NULL);
  self->record->set_up_at = self->record->last_seen = 0;
  self->record->consent_version = 0;
  self->last = (WattleReading){ 0 };
  g_clear_pointer (&self->others, g_free);
  wattle_consent_forget (self->consent);
  wattle_integrity_forget (self->integrity);
  for (guint id = PROP_NAME; id < PROP_WIPE_JOB; id++)
    notify (self, id);
  return TRUE;
}

void
wattle_device_emit_gone (WattleDevice *self)
{
  g_signal_emit (self, signals[SIGNAL_GONE], 0);
}

gboolean
wattle_device_check_usable (WattleDevice *self, GError **error)
{
  if (self->wipe_job == NULL)
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, _ ("This device is being wiped."));
  return FALSE;
}

/* --- what a client sees --- */

const char *
wattle_device_state_name (WattleDeviceState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names), NULL);
  return state_names[state];
}

const char *
wattle_cloud_state_name (WattleCloudState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (cloud_names), NULL);
  return cloud_names[state];
}

const char *
wattle_device_get_id (WattleDevice *self)
{
  return self->record->id;
}

const char *
wattle_device_get_name (WattleDevice *self)
{
  return self->record->name;
}

const char *
wattle_device_get_unit_id (WattleDevice *self)
{
  return self->record->unit_id;
}

guint32
wattle_device_get_product (WattleDevice *self)
{
  return self->record->product;
}

WattlePassport *
wattle_device_get_passport (WattleDevice *self)
{
  return self->passport;
}

WattleDeviceState
wattle_device_get_state (WattleDevice *self)
{
  static const WattleDeviceState states[] = {
    [WATTLE_SESSION_AWAY] = WATTLE_DEVICE_AWAY,
    [WATTLE_SESSION_CONNECTING] = WATTLE_DEVICE_CONNECTING,
    [WATTLE_SESSION_CONNECTED] = WATTLE_DEVICE_CONNECTED,
  };

  if (self->wipe_job != NULL)
    return WATTLE_DEVICE_WIPING;
  if (wattle_device_get_problem (self) != NULL)
    return WATTLE_DEVICE_PROBLEM;
  return states[wattle_session_get_state (self->session)];
}

const GError *
wattle_device_get_problem (WattleDevice *self)
{
  const GError *problem = NULL;

  if (self->wipe_job != NULL)
    return NULL;
  if (wattle_session_get_state (self->session) != WATTLE_SESSION_CONNECTED)
    problem = self->key_error != NULL ? self->key_error : wattle_session_get_problem (self->session);
  return problem != NULL ? problem : wattle_integrity_get_problem (self->integrity);
}

const char *
wattle_device_get_firmware_version (WattleDevice *self)
{
  return self->record->firmware_version;
}

gint64
wattle_device_get_last_seen (WattleDevice *self)
{
  return self->record->last_seen;
}

gint64
wattle_device_get_set_up_at (WattleDevice *self)
{
  return self->record->set_up_at;
}

WattleCloudState
wattle_device_get_cloud_state (WattleDevice *self)
{
  return wattle_cloud_get_state (self->cloud);
}

gboolean
wattle_device_get_last_reading (WattleDevice *self, gint64 *time, double *value)
{
  if (self->last.sequence == 0)
    return FALSE;
  *time = self->last.time;
  *value = wattle_device_scale (self, self->last.value);
  return TRUE;
}

const char *
wattle_device_get_unit (WattleDevice *self)
{
  return wattle_passport_get_unit (self->passport);
}

double
wattle_device_scale (WattleDevice *self, gint32 value)
{
  return (double)value / MAX (wattle_passport_get_scale (self->passport), 1);
}

const char *
wattle_device_get_others (WattleDevice *self)
{
  return self->others != NULL ? self->others : "";
}

WattleConsent *
wattle_device_get_consent (WattleDevice *self)
{
  return self->consent;
}

WattleSupport *
wattle_device_get_support (WattleDevice *self)
{
  return self->support;
}

WattleIntegrity *
wattle_device_get_integrity (WattleDevice *self)
{
  return self->integrity;
}

WattleJob *
wattle_device_get_wipe_job (WattleDevice *self)
{
  return self->wipe_job;
}
