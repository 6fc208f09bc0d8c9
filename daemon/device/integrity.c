/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first image that a device tells of is taken for granted; from then on only what
 * the person accepts, or Wattle installs, takes its place.
 */
#include "daemon/device/integrity.h"

#include <string.h>

#include <glib/gi18n-lib.h>

struct _WattleIntegrity {
  GObject parent_instance;

  WattleServices *services;
  char *device;
  WattleIntegrityRecord record;
  char *accepted; /* NULL = none */
  char *offered;  /* an update of ours that has not proven itself; NULL = none */
  gboolean heard; /* an advertisement said that something is off */
  gboolean logged_heard;
  guint alerts; /* as told to others last */
  GError *problem;
};

G_DEFINE_FINAL_TYPE (WattleIntegrity, wattle_integrity, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *const states[] = { "unknown", "fine", "unconfirmed", "alert" };
static const char *const causes[]
    = { "unknown", "power", "pin", "software", "watchdog", "brownout", "lockup", "debug" };
static const char *const ports[] = { "unknown", "open", "locked" };

const char *
wattle_integrity_state_name (WattleIntegrityState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (states), NULL);
  return states[state];
}

const char *
wattle_integrity_cause_name (guint32 reset_cause)
{
  return causes[reset_cause < G_N_ELEMENTS (causes) ? reset_cause : 0];
}

const char *
wattle_integrity_port_name (guint32 debug_port)
{
  return ports[debug_port < G_N_ELEMENTS (ports) ? debug_port : 0];
}

static gboolean
is_changed (WattleIntegrity *self)
{
  return self->accepted != NULL && strcmp (self->record.image, self->accepted) != 0
         && g_strcmp0 (self->record.image, self->offered) != 0;
}

static guint
find_alerts (WattleIntegrity *self)
{
  guint alerts = wattle_alerts_from_wire (self->record.alerts);

  if (is_changed (self))
    alerts |= 1u << WATTLE_ALERT_IMAGE_CHANGED;
  if (self->heard && self->record.alerts == 0)
    alerts |= 1u << WATTLE_ALERT_ADVERTISED;
  return alerts;
}

static void
set_problem (WattleIntegrity *self)
{
  WattleAlert first = wattle_alert_first (self->alerts);

  g_clear_error (&self->problem);
  if (first != WATTLE_N_ALERTS)
    self->problem = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_DEVICE_ALERT, wattle_alert_sentence (first));
}

static void
log_change (WattleIntegrity *self, WattleAlert alert, gboolean began)
{
  g_autofree char *over = NULL;

  if (alert == WATTLE_ALERT_ADVERTISED) {
    /* Anybody can send these: once is enough. */
    if (began && !self->logged_heard)
      wattle_services_log (self->services, self->device, "alert-heard", wattle_alert_sentence (alert));
    self->logged_heard |= began;
    return;
  }
  if (alert == WATTLE_ALERT_IMAGE_CHANGED)
    return; /* told where it is found out, or accepted */
  /* Translators: %s is what was wrong with a device: "The memory of the device has failed or is worn out." */
  over = g_strdup_printf (_ ("This is over: %s"), wattle_alert_sentence (alert));
  wattle_services_log (self->services, self->device, began ? "alert-began" : "alert-ended",
                       began ? wattle_alert_sentence (alert) : over);
}

/* What began and what ended is told to the log, and that something did to others. */
static void
update (WattleIntegrity *self)
{
  guint before = self->alerts;

  self->alerts = find_alerts (self);
  for (WattleAlert i = 0; i < WATTLE_N_ALERTS; i++)
    if ((before ^ self->alerts) & 1u << i)
      log_change (self, i, (self->alerts & 1u << i) != 0);
  set_problem (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
load (WattleIntegrity *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GError) error = NULL;

  if (database == NULL)
    return;
  if (!wattle_integrity_store_load (database, self->device, &self->record, &error))
    g_warning ("Device %s: %s", self->device, error->message);
  self->accepted = wattle_integrity_store_get_image (database, self->device, FALSE, NULL);
  self->offered = wattle_integrity_store_get_image (database, self->device, TRUE, NULL);
  self->alerts = find_alerts (self);
  set_problem (self);
}

static void
wattle_integrity_finalize (GObject *object)
{
  WattleIntegrity *self = WATTLE_INTEGRITY (object);

  g_clear_object (&self->services);
  g_clear_error (&self->problem);
  g_free (self->device);
  g_free (self->accepted);
  g_free (self->offered);
  G_OBJECT_CLASS (wattle_integrity_parent_class)->finalize (object);
}

static void
wattle_integrity_class_init (WattleIntegrityClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_integrity_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_integrity_init (WattleIntegrity *self)
{
}

WattleIntegrity *
wattle_integrity_new (WattleServices *services, const char *device)
{
  WattleIntegrity *self = g_object_new (WATTLE_TYPE_INTEGRITY, NULL);

  self->services = g_object_ref (services);
  self->device = g_strdup (device);
  load (self);
  return self;
}

WattleIntegrityState
wattle_integrity_get_state (WattleIntegrity *self)
{
  if (self->alerts != 0)
    return WATTLE_INTEGRITY_ALERT;
  if (self->record.time == 0 || self->record.image[0] == '\0')
    return WATTLE_INTEGRITY_UNKNOWN;
  return self->record.confirmed ? WATTLE_INTEGRITY_FINE : WATTLE_INTEGRITY_UNCONFIRMED;
}

const WattleIntegrityRecord *
wattle_integrity_get_record (WattleIntegrity *self)
{
  return &self->record;
}

const char *
wattle_integrity_get_accepted (WattleIntegrity *self)
{
  return self->accepted != NULL ? self->accepted : "";
}

guint
wattle_integrity_get_alerts (WattleIntegrity *self)
{
  return self->alerts;
}

const GError *
wattle_integrity_get_problem (WattleIntegrity *self)
{
  return self->problem;
}

/* --- what the device tells --- */

/* The image that runs counts from now on. */
static gboolean
adopt_image (WattleIntegrity *self, WattleImageOrigin origin, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);

  if (database == NULL
      || !wattle_integrity_store_add_image (database, self->device, self->record.image, origin,
                                            wattle_services_now (self->services), error))
    return FALSE;
  g_free (self->accepted);
  self->accepted = g_strdup (self->record.image);
  g_clear_pointer (&self->offered, g_free);
  return TRUE;
}

/* What a new image means; @before is the one that ran when the device told last. */
static void
look_at_image (WattleIntegrity *self, const char *before)
{
  const WattleIntegrityRecord *record = &self->record;
  gboolean is_new = strcmp (before, record->image) != 0;
  gboolean is_signed = (record->alerts & WTL_ALERT_IMAGE) == 0;

  if (is_changed (self)) {
    if (is_new)
      wattle_services_log (self->services, self->device, "image-changed",
                           wattle_alert_sentence (WATTLE_ALERT_IMAGE_CHANGED));
  } else if (self->offered != NULL && record->confirmed && strcmp (record->image, self->offered) == 0) {
    if (is_signed && adopt_image (self, WATTLE_IMAGE_INSTALLED, NULL))
      wattle_services_log (self->services, self->device, "update-installed",
                           _ ("The device runs the software that you installed."));
  } else if (self->accepted != NULL) {
    if (is_new && self->offered == NULL && strcmp (record->image, self->accepted) == 0)
      wattle_services_log (self->services, self->device, "image-back",
                           _ ("The software that you know of runs on the device again."));
  } else if (record->image[0] != '\0') {
    if (is_signed && adopt_image (self, WATTLE_IMAGE_FIRST, NULL))
      wattle_services_log (self->services, self->device, "image-noted",
                           _ ("Noted which software runs on the device, to notice when it is another."));
  }
}

static void
keep (WattleIntegrity *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GError) error = NULL;

  if (database != NULL && !wattle_integrity_store_put (database, self->device, &self->record, &error))
    g_warning ("Device %s: %s", self->device, error->message);
}

static void
fill (WattleIntegrityRecord *record, const wtl_Integrity *told)
{
  gsize size = MIN (told->image_sha256.size, sizeof told->image_sha256.bytes);

  /* Half a hash is none. */
  for (gsize i = 0; size == sizeof told->image_sha256.bytes && i < size; i++)
    g_snprintf (record->image + 2 * i, 3, "%02x", told->image_sha256.bytes[i]);
  record->confirmed = told->image_confirmed;
  record->boot_count = told->boot_count;
  record->reset_cause = (guint32)told->reset_cause;
  record->debug_port = (guint32)told->debug_port;
  record->flash_erases = told->flash_erases;
  record->flash_cycles = told->flash_cycles;
  record->alerts = told->alerts;
}

void
wattle_integrity_take (WattleIntegrity *self, const wtl_Integrity *told, gboolean can_install)
{
  WattleIntegrityRecord before = self->record;

  if (told == NULL && before.time == 0 && !can_install)
    return; /* it never told anything */
  self->record = (WattleIntegrityRecord){ .time = wattle_services_now (self->services), .can_install = can_install };
  if (told != NULL)
    fill (&self->record, told);
  self->heard = FALSE;
  look_at_image (self, before.image);
  keep (self);
  update (self);
}

void
wattle_integrity_take_alerts (WattleIntegrity *self, guint32 bits)
{
  if (self->record.alerts == bits)
    return;
  self->record.alerts = bits;
  self->heard = FALSE;
  keep (self);
  update (self);
}

gboolean
wattle_integrity_heard_alert (WattleIntegrity *self)
{
  if (self->heard || self->record.alerts != 0)
    return FALSE;
  self->heard = TRUE;
  update (self);
  return TRUE;
}

/* --- what the person says --- */

gboolean
wattle_integrity_accept (WattleIntegrity *self, const char *image, GError **error)
{
  if (self->record.time == 0 || strcmp (image, self->record.image) != 0) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                         _ ("Other software runs on the device by now. Look again."));
    return FALSE;
  }
  if (self->record.alerts & WTL_ALERT_IMAGE) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_DEVICE_ALERT,
                         wattle_alert_sentence (WATTLE_ALERT_UNKNOWN_IMAGE));
    return FALSE;
  }
  if (!is_changed (self))
    return TRUE;
  if (!adopt_image (self, WATTLE_IMAGE_ACCEPTED, error))
    return FALSE;
  wattle_services_log (self->services, self->device, "image-accepted",
                       _ ("You accepted the software that runs on the device now."));
  update (self);
  return TRUE;
}

gboolean
wattle_integrity_offer (WattleIntegrity *self, const char *image, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);

  if (database == NULL
      || !wattle_integrity_store_add_image (database, self->device, image, WATTLE_IMAGE_OFFERED,
                                            wattle_services_now (self->services), error))
    return FALSE;
  g_free (self->offered);
  self->offered = g_strdup (image);
  update (self);
  return TRUE;
}

void
wattle_integrity_drop_offer (WattleIntegrity *self, const char *image)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (self->offered, image) != 0 || strcmp (self->record.image, image) == 0)
    return; /* it runs: what becomes of it is still open */
  if (database != NULL && !wattle_integrity_store_drop_offered (database, self->device, &error))
    g_warning ("Device %s: %s", self->device, error->message);
  g_clear_pointer (&self->offered, g_free);
  update (self);
}

void
wattle_integrity_forget (WattleIntegrity *self)
{
  self->record = (WattleIntegrityRecord){ 0 };
  g_clear_pointer (&self->accepted, g_free);
  g_clear_pointer (&self->offered, g_free);
  self->heard = FALSE;
  self->alerts = 0;
  set_problem (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}
