/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One object of ours that BlueZ is to know at an adapter.
 */
#include "firmware/virtual/bluez-registration.h"

#include <glib/gi18n.h>

#define RETRY_MS 5000
#define END_MS 2000

/* BlueZ 5.66 frees an advertisement that is taken back while the kernel still
 * works on a change of it, and uses it afterwards (refresh_advertisement() in
 * its src/advertising.c). */
#define SETTLE_MS 1000

typedef enum {
  STATE_OFF,
  STATE_COMING,
  STATE_ON,
  STATE_GOING,
} State;

struct _BluezRegistration {
  GDBusConnection *bus;
  const BluezRegistrationKind *kind;
  void (*changed) (gpointer user_data);
  gpointer user_data;
  State state;
  char *adapter; /* where it is, comes to or goes from */
  char *wanted;
  GCancellable *cancellable; /* of the call under way */
  guint timer;
  gint64 settled;   /* when it may be taken back, monotonic */
  gboolean renewed; /* it was there already and has been taken back */
  gboolean anew;    /* to be taken back and registered again */
  char *problem;    /* as last told */
};

static void go_on (BluezRegistration *self);
static void call (BluezRegistration *self, gboolean enter);

static gboolean
on_timer (gpointer user_data)
{
  BluezRegistration *self = user_data;

  self->timer = 0;
  go_on (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for (BluezRegistration *self, gint64 milliseconds)
{
  if (self->timer == 0)
    self->timer = g_timeout_add ((guint)milliseconds, on_timer, self);
}

static void
tell (BluezRegistration *self, const char *problem)
{
  if (g_strcmp0 (problem, self->problem) != 0)
    g_printerr (_ ("Bluetooth does not take the device: %s. Trying again.\n"), problem);
  g_free (self->problem);
  self->problem = g_strdup (problem);
}

static gboolean
is_error (const GError *error, const char *name)
{
  g_autofree char *remote = error != NULL ? g_dbus_error_get_remote_error (error) : NULL;

  return g_strcmp0 (remote, name) == 0;
}

static void
on_entered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  BluezRegistration *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* forgotten, perhaps freed */
  g_clear_object (&self->cancellable);
  if (reply != NULL) {
    self->state = STATE_ON;
    self->renewed = FALSE;
    g_clear_pointer (&self->problem, g_free);
    self->changed (self->user_data);
    go_on (self);
    return;
  }
  if (is_error (error, "org.bluez.Error.AlreadyExists") && !self->renewed) {
    /* From before the adapter was off; what the kernel still has of it is
     * uncertain. */
    self->renewed = TRUE;
    call (self, FALSE);
    return;
  }
  self->renewed = FALSE;
  self->state = STATE_OFF;
  g_dbus_error_strip_remote_error (error);
  tell (self, error->message);
  wait_for (self, RETRY_MS);
}

static void
on_left (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  BluezRegistration *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  self->state = STATE_OFF; /* an error means that it was gone already */
  self->changed (self->user_data);
  go_on (self);
}

static GVariant *
arguments (BluezRegistration *self, gboolean enter)
{
  return enter ? g_variant_new ("(oa{sv})", self->kind->object, NULL) : g_variant_new ("(o)", self->kind->object);
}

static void
call (BluezRegistration *self, gboolean enter)
{
  self->state = enter ? STATE_COMING : STATE_GOING;
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_call (self->bus, "org.bluez", self->adapter, self->kind->interface,
                          enter ? self->kind->enter : self->kind->leave, arguments (self, enter), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, enter ? on_entered : on_left, self);
}

/* Does what is next towards the state that is wanted. */
static void
go_on (BluezRegistration *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->state == STATE_OFF && self->wanted != NULL && self->timer == 0) {
    g_free (self->adapter);
    self->adapter = g_strdup (self->wanted);
    call (self, TRUE);
  } else if (self->state == STATE_ON && (self->anew || g_strcmp0 (self->adapter, self->wanted) != 0)) {
    if (now < self->settled) {
      wait_for (self, (self->settled - now) / 1000 + 1);
      return;
    }
    self->anew = FALSE;
    call (self, FALSE);
    self->changed (self->user_data);
  }
}

void
bluez_registration_want (BluezRegistration *self, const char *adapter)
{
  if (g_strcmp0 (adapter, self->wanted) == 0)
    return;
  g_free (self->wanted);
  self->wanted = g_strdup (adapter);
  if (self->state == STATE_OFF)
    g_clear_handle_id (&self->timer, g_source_remove); /* what failed elsewhere says nothing */
  go_on (self);
}

void
bluez_registration_renew (BluezRegistration *self)
{
  if (self->state == STATE_OFF || self->state == STATE_GOING)
    return;
  self->anew = TRUE;
  go_on (self);
}

gboolean
bluez_registration_is_leaving (const BluezRegistration *self)
{
  return self->anew;
}

void
bluez_registration_forget (BluezRegistration *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->wanted, g_free);
  self->renewed = FALSE;
  self->anew = FALSE;
  self->state = STATE_OFF;
}

gboolean
bluez_registration_is_on (const BluezRegistration *self)
{
  return self->state == STATE_ON;
}

gboolean
bluez_registration_is_moving (const BluezRegistration *self)
{
  return self->state == STATE_COMING || self->state == STATE_GOING;
}

void
bluez_registration_touch (BluezRegistration *self)
{
  self->settled = g_get_monotonic_time () + SETTLE_MS * 1000;
}

void
bluez_registration_end (BluezRegistration *self)
{
  gboolean there = self->state == STATE_ON || self->state == STATE_COMING;
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GVariant) reply = NULL;

  bluez_registration_forget (self);
  if (!there)
    return;
  if (now < self->settled)
    g_usleep ((gulong)(self->settled - now));
  reply = g_dbus_connection_call_sync (self->bus, "org.bluez", self->adapter, self->kind->interface, self->kind->leave,
                                       arguments (self, FALSE), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, END_MS, NULL,
                                       NULL);
}

BluezRegistration *
bluez_registration_new (GDBusConnection *bus, const BluezRegistrationKind *kind, void (*changed) (gpointer user_data),
                        gpointer user_data)
{
  BluezRegistration *self = g_new0 (BluezRegistration, 1);

  self->bus = g_object_ref (bus);
  self->kind = kind;
  self->changed = changed;
  self->user_data = user_data;
  return self;
}

void
bluez_registration_free (BluezRegistration *self)
{
  bluez_registration_forget (self);
  g_free (self->adapter);
  g_free (self->problem);
  g_object_unref (self->bus);
  g_free (self);
}
