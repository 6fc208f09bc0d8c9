/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The radio as a GATT service and an advertisement that BlueZ puts on the air
 * (pairing/gatt.h).
 *
 * A connection is a companion's from its first packet on: whoever only
 * subscribes keeps nobody out.  Others who write meanwhile are disconnected.
 */
#include <glib/gi18n.h>
#include <string.h>

#include "firmware/core/device.h"
#include "firmware/virtual/bluez-adapter.h"
#include "firmware/virtual/bluez-gatt.h"
#include "firmware/virtual/bluez-registration.h"
#include "firmware/virtual/radio-private.h"
#include "pairing/gatt.h"
#include "wattle-bluez-peripheral.h"

#define ADVERT_PATH "/org/wattle/advertisement"
#define INTERVAL_MIN_MS 100 /* of advertising */
#define INTERVAL_MAX_MS 150
#define LEAVING_S 10 /* for BlueZ to end a connection; it takes 2 to 3 */

/* A message of the handshake is then one packet (docs/protocol.md, Limits). */
#define STREAM_ATT_MTU 160

typedef struct {
  Radio radio;
  BluezAdapter *adapter;
  GDBusConnection *bus; /* that the following are for; NULL = they are not there */
  BluezGatt *gatt;
  WattleBluezAdvertisement1 *advert;
  BluezRegistration *application;
  BluezRegistration *advertisement;
  guint8 shown[WTL_ADVERT_SIZE]; /* the advertisement as BlueZ has it */
  char *companion;               /* its object path; NULL = none */
  char *guest;                   /* whom a connection is or was for that is still there; NULL = nobody */
  guint silence;                 /* timer: somebody is connected and says nothing */
  GHashTable *leaving;           /* object paths of who is being disconnected, to the timer's id */
} BluezRadio;

static const BluezRegistrationKind application_kind = {
  .interface = "org.bluez.GattManager1",
  .enter = "RegisterApplication",
  .leave = "UnregisterApplication",
  .object = BLUEZ_GATT_ROOT,
};

static const BluezRegistrationKind advertisement_kind = {
  .interface = "org.bluez.LEAdvertisingManager1",
  .enter = "RegisterAdvertisement",
  .leave = "UnregisterAdvertisement",
  .object = ADVERT_PATH,
};

static void update (BluezRadio *self);

/* --- the advertisement --- */

/* Whether a companion has the device to itself.  Until it has gone, nothing new is
 * advertised: BlueZ would start to with any change, and who hears it would connect
 * to a device that is busy. */
static gboolean
is_taken (BluezRadio *self)
{
  return self->guest != NULL || g_hash_table_size (self->leaving) > 0;
}

/* Whether what is advertised has another tag than BlueZ knows. */
static gboolean
has_new_tag (BluezRadio *self)
{
  return memcmp (self->shown + 1, self->radio.advert + 1, sizeof self->shown - 1) != 0;
}

/* Lets BlueZ see the advertisement as it is now.  Not while the adapter is off:
 * BlueZ 5.66 then loses the object over the change. */
static void
show_advert (BluezRadio *self)
{
  GVariantDict data;

  if (bluez_adapter_get_path (self->adapter) == NULL || is_taken (self)
      || bluez_registration_is_moving (self->advertisement) || bluez_registration_is_leaving (self->advertisement)
      || !self->radio.has_advert)
    return;
  memcpy (self->shown, self->radio.advert, sizeof self->shown);
  g_variant_dict_init (&data, NULL);
  g_variant_dict_insert_value (
      &data, WTL_GATT_SERVICE_UUID,
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, self->radio.advert, sizeof self->radio.advert, 1));
  bluez_registration_touch (self->advertisement);
  wattle_bluez_advertisement1_set_service_data (self->advert, g_variant_dict_end (&data));
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->advert));
}

/* A controller stops advertising once somebody is connected, so that whoever
 * connects and says nothing would keep all others out.  He cannot be hung up on:
 * he may be this computer's own keyboard.  Told that the advertisement changed,
 * BlueZ starts it again. */
static gboolean
on_silence (gpointer user_data)
{
  static const char *const none[] = { NULL };
  BluezRadio *self = user_data;
  g_autoptr (GVariant) data = wattle_bluez_advertisement1_dup_service_data (self->advert);
  GVariantDict changed;

  self->silence = 0;
  if (self->companion != NULL)
    return G_SOURCE_REMOVE;
  g_clear_pointer (&self->guest, g_free);
  update (self);
  if (!bluez_registration_is_on (self->advertisement) || bluez_adapter_count_connected (self->adapter) == 0)
    return G_SOURCE_REMOVE;
  g_variant_dict_init (&changed, NULL);
  g_variant_dict_insert_value (&changed, "ServiceData", data);
  bluez_registration_touch (self->advertisement);
  g_dbus_connection_emit_signal (
      self->bus, NULL, ADVERT_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
      g_variant_new ("(s@a{sv}^as)", "org.bluez.LEAdvertisement1", g_variant_dict_end (&changed), none), NULL);
  return G_SOURCE_REMOVE;
}

static void
await_word (BluezRadio *self)
{
  g_clear_handle_id (&self->silence, g_source_remove);
  self->silence = g_timeout_add (WTL_HANDSHAKE_MS, on_silence, self);
}

/* Everything as the range and the adapter want it. */
static void
update (BluezRadio *self)
{
  const char *adapter = bluez_adapter_get_path (self->adapter);
  gboolean shows;

  if (self->bus == NULL || adapter == NULL)
    return;
  bluez_registration_want (self->application, adapter);
  /* A new tag goes with a new address, or the two tags could be told to be one
   * device's: BlueZ makes an address for each registration, where the adapter is
   * set to privacy, and keeps it through changes of the data. */
  if (!is_taken (self) && has_new_tag (self))
    bluez_registration_renew (self->advertisement);
  show_advert (self);
  /* An old tag is taken back at once. */
  shows = bluez_registration_is_on (self->application) && self->radio.has_advert && self->radio.in_range
          && !(is_taken (self) && has_new_tag (self));
  bluez_registration_want (self->advertisement, shows ? adapter : NULL);
}

static void
on_application_changed (gpointer user_data)
{
  BluezRadio *self = user_data;

  if (!bluez_registration_is_on (self->application)) {
    radio_lost (&self->radio);
    bluez_gatt_reset (self->gatt);
  }
  update (self);
}

static void
on_advertisement_changed (gpointer user_data)
{
  BluezRadio *self = user_data;

  if (!bluez_registration_is_on (self->advertisement)) {
    show_advert (self); /* what waited for BlueZ to drop the one before */
    return;
  }
  g_print (_ ("On the air by the Bluetooth adapter %s.\n"), strrchr (bluez_adapter_get_path (self->adapter), '/') + 1);
  show_advert (self); /* what came while BlueZ was reading it */
}

/* BlueZ has dropped it. */
static gboolean
on_release (WattleBluezAdvertisement1 *advert, GDBusMethodInvocation *invocation, gpointer user_data)
{
  BluezRadio *self = user_data;

  wattle_bluez_advertisement1_complete_release (advert, invocation);
  if (bluez_adapter_is_bluez (self->adapter, g_dbus_method_invocation_get_sender (invocation))) {
    bluez_registration_forget (self->advertisement);
    update (self);
  }
  return TRUE;
}

/* --- the companion --- */

static gboolean
on_leaving_timeout (gpointer user_data)
{
  gpointer *both = user_data;
  BluezRadio *self = both[0];

  g_hash_table_remove (self->leaving, both[1]);
  update (self);
  return G_SOURCE_REMOVE;
}

static void
forget_leaving (BluezRadio *self, const char *device)
{
  guint timer = GPOINTER_TO_UINT (g_hash_table_lookup (self->leaving, device));

  if (timer != 0)
    g_source_remove (timer);
  g_hash_table_remove (self->leaving, device);
}

static void
forget_all_leaving (BluezRadio *self)
{
  GHashTableIter iter;
  gpointer timer;

  g_hash_table_iter_init (&iter, self->leaving);
  while (g_hash_table_iter_next (&iter, NULL, &timer))
    g_source_remove (GPOINTER_TO_UINT (timer));
  g_hash_table_remove_all (self->leaving);
}

/* Ends the connection to @device and is deaf to it until that has happened. */
static void
turn_away (BluezRadio *self, const char *device)
{
  char *path = g_strdup (device);
  gpointer *both;

  if (g_hash_table_contains (self->leaving, device)) {
    g_free (path);
    return;
  }
  both = g_new (gpointer, 2);
  both[0] = self;
  both[1] = path; /* the table's */
  g_hash_table_insert (
      self->leaving, path,
      GUINT_TO_POINTER (g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, LEAVING_S, on_leaving_timeout, both, g_free)));
  bluez_adapter_disconnect (self->adapter, device);
}

/* BlueZ may wait for an answer about the socket for ever: see bluez-gatt.h. */
static void
register_anew (BluezRadio *self)
{
  bluez_registration_want (self->application, NULL);
  update (self);
}

static void
bluez_hang_up (Radio *radio)
{
  BluezRadio *self = (BluezRadio *)radio;
  g_autofree char *companion = g_steal_pointer (&self->companion);

  bluez_gatt_offer_stream (self->gatt, FALSE);
  await_word (self);
  if (companion != NULL)
    turn_away (self, companion);
}

/* The companion is gone by itself. */
static void
lose_companion (BluezRadio *self)
{
  gboolean stuck = bluez_gatt_is_stuck (self->gatt);

  g_clear_pointer (&self->companion, g_free); /* nobody to disconnect */
  radio_lost (&self->radio);
  await_word (self);
  if (stuck)
    register_anew (self);
}

static gboolean
is_bluez (gpointer user_data, const char *sender)
{
  return bluez_adapter_is_bluez (((BluezRadio *)user_data)->adapter, sender);
}

static gsize
packet_size (BluezRadio *self, guint16 att_mtu)
{
  gsize mtu = MAX (att_mtu, WTL_GATT_ATT_MTU_MIN) - WTL_GATT_HEADER_SIZE;

  return MIN (mtu, (gsize)self->radio.options->mtu);
}

static gboolean
greet (BluezRadio *self, const char *device, guint16 att_mtu)
{
  self->companion = g_strdup (device);
  g_free (self->guest);
  self->guest = g_strdup (device);
  if (!radio_connected (&self->radio, packet_size (self, att_mtu))) {
    g_clear_pointer (&self->companion, g_free);
    return FALSE;
  }
  if (att_mtu >= STREAM_ATT_MTU && bluez_adapter_count_connected (self->adapter) <= 1)
    bluez_gatt_offer_stream (self->gatt, TRUE);
  return TRUE;
}

static void
on_written (gpointer user_data, const char *device, guint16 att_mtu, const guint8 *packet, gsize len)
{
  BluezRadio *self = user_data;

  if (!self->radio.in_range || g_hash_table_contains (self->leaving, device))
    return;
  if (self->companion == NULL ? greet (self, device, att_mtu) : g_strcmp0 (self->companion, device) == 0) {
    radio_received (&self->radio, packet, len);
  } else {
    if (self->radio.options->verbose)
      g_print (_ ("Somebody else was turned away.\n"));
    turn_away (self, device);
  }
}

static void
on_streamed (gpointer user_data, const guint8 *packet, gsize len)
{
  BluezRadio *self = user_data;

  if (self->companion != NULL)
    radio_received (&self->radio, packet, len);
}

static gboolean
may_stream (gpointer user_data, const char *device)
{
  BluezRadio *self = user_data;

  return g_strcmp0 (self->companion, device) == 0;
}

static void
on_refused (gpointer user_data, const char *device)
{
  BluezRadio *self = user_data;

  if (!bluez_adapter_is_connected (self->adapter, device))
    register_anew (self);
}

static void
on_unheard (gpointer user_data)
{
  BluezRadio *self = user_data;

  if (self->companion != NULL)
    lose_companion (self);
}

static const BluezGattHandlers gatt_handlers = {
  .is_bluez = is_bluez,
  .written = on_written,
  .streamed = on_streamed,
  .may_stream = may_stream,
  .refused = on_refused,
  .unheard = on_unheard,
};

static void
on_device (gpointer user_data, const char *device, gboolean connected)
{
  BluezRadio *self = user_data;

  if (connected) {
    /* From now on the socket would be everybody's. */
    if (self->companion != NULL && strcmp (device, self->companion) != 0)
      bluez_gatt_offer_stream (self->gatt, FALSE);
    await_word (self);
    return;
  }
  forget_leaving (self, device);
  if (g_strcmp0 (device, self->companion) == 0)
    lose_companion (self);
  if (g_strcmp0 (device, self->guest) == 0)
    g_clear_pointer (&self->guest, g_free);
  update (self);
}

/* --- the adapter --- */

/* What is there for one connection to the system bus. */
static void
drop_objects (BluezRadio *self)
{
  if (self->bus == NULL)
    return;
  if (self->companion != NULL)
    lose_companion (self);
  g_clear_handle_id (&self->silence, g_source_remove);
  g_clear_pointer (&self->guest, g_free);
  g_clear_pointer (&self->advertisement, bluez_registration_free);
  g_clear_pointer (&self->application, bluez_registration_free);
  g_clear_pointer (&self->gatt, bluez_gatt_free);
  g_signal_handlers_disconnect_by_data (self->advert, self);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->advert));
  g_clear_object (&self->advert);
  g_clear_object (&self->bus);
}

static void
make_objects (BluezRadio *self, GDBusConnection *bus)
{
  static const char *const uuids[] = { WTL_GATT_SERVICE_UUID, NULL };

  self->bus = g_object_ref (bus);
  self->gatt = bluez_gatt_new (bus, &gatt_handlers, self);
  self->application = bluez_registration_new (bus, &application_kind, on_application_changed, self);
  self->advertisement = bluez_registration_new (bus, &advertisement_kind, on_advertisement_changed, self);
  self->advert = wattle_bluez_advertisement1_skeleton_new ();
  wattle_bluez_advertisement1_set_type_ (self->advert, "peripheral");
  wattle_bluez_advertisement1_set_discoverable (self->advert, TRUE);
  wattle_bluez_advertisement1_set_scan_response_service_uuids (self->advert, uuids);
  wattle_bluez_advertisement1_set_min_interval (self->advert, INTERVAL_MIN_MS);
  wattle_bluez_advertisement1_set_max_interval (self->advert, INTERVAL_MAX_MS);
  g_signal_connect (self->advert, "handle-release", G_CALLBACK (on_release), self);
  /* Fails only where the path is taken, which is ours alone. */
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->advert), bus, ADVERT_PATH, NULL);
}

static void
on_adapter_changed (gpointer user_data)
{
  BluezRadio *self = user_data;
  GDBusConnection *bus = bluez_adapter_get_bus (self->adapter);

  if (bus != self->bus) {
    drop_objects (self);
    if (bus != NULL)
      make_objects (self, bus);
  }
  if (self->bus != NULL) {
    bluez_registration_forget (self->advertisement);
    bluez_registration_forget (self->application);
    if (self->companion != NULL)
      lose_companion (self);
    g_clear_pointer (&self->guest, g_free);
    forget_all_leaving (self);
    bluez_gatt_reset (self->gatt);
  }
  if (bluez_adapter_get_path (self->adapter) == NULL)
    g_print (_ ("Waiting for Bluetooth: %s.\n"), bluez_adapter_get_problem (self->adapter));
  update (self);
}

static const BluezAdapterHandlers adapter_handlers = { on_adapter_changed, on_device };

/* --- the kind --- */

static gboolean
bluez_enter (Radio *radio, GError **error)
{
  update ((BluezRadio *)radio);
  return TRUE;
}

static void
bluez_leave (Radio *radio)
{
  BluezRadio *self = (BluezRadio *)radio;

  if (self->bus != NULL)
    bluez_registration_want (self->advertisement, NULL);
}

/* bluetoothd tidies up after a process, but its connections stay.  One that was hung
 * up on just before may not have been told to BlueZ yet. */
static void
bluez_vanish (Radio *radio)
{
  BluezRadio *self = (BluezRadio *)radio;

  if (self->companion != NULL)
    bluez_adapter_disconnect (self->adapter, self->companion);
  if (self->bus != NULL)
    g_dbus_connection_flush_sync (self->bus, NULL, NULL);
}

static void
bluez_advertise (Radio *radio)
{
  update ((BluezRadio *)radio);
}

static void
bluez_send (Radio *radio, const guint8 *packet, gsize len)
{
  bluez_gatt_notify (((BluezRadio *)radio)->gatt, packet, len);
}

static gboolean
bluez_is_full (Radio *radio)
{
  return bluez_gatt_is_full (((BluezRadio *)radio)->gatt);
}

static void
bluez_free (Radio *radio)
{
  BluezRadio *self = (BluezRadio *)radio;

  forget_all_leaving (self);
  if (self->bus != NULL) {
    bluez_registration_end (self->advertisement);
    bluez_registration_end (self->application);
    g_dbus_connection_flush_sync (self->bus, NULL, NULL);
  }
  drop_objects (self);
  bluez_adapter_free (self->adapter);
  g_hash_table_unref (self->leaving);
  g_free (self);
}

static const RadioKind bluez_kind = {
  .enter = bluez_enter,
  .leave = bluez_leave,
  .vanish = bluez_vanish,
  .advertise = bluez_advertise,
  .send = bluez_send,
  .is_full = bluez_is_full,
  .hang_up = bluez_hang_up,
  .free = bluez_free,
};

Radio *
radio_bluez_new (const Options *options, GError **error)
{
  BluezRadio *self = g_new0 (BluezRadio, 1);

  self->radio.kind = &bluez_kind;
  self->leaving = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->adapter = bluez_adapter_new (options->adapter, &adapter_handlers, self);
  return &self->radio;
}
