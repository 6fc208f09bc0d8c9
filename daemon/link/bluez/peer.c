/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every adapter that sees the device has a Device1 of its own for it; the one
 * that hears it best is connected with.
 *
 * BlueZ keeps a device for good once it was connected to, and its connection
 * until it is told to end it.  So whatever is ended here, for whatever reason,
 * is disconnected, and the next attempt waits for that; and what goes out of
 * sight without a bond is removed, or each change of its address would leave
 * one more behind.
 *
 * After a connection has ended, the device may be away, or have another address:
 * to connect in vain takes half a minute, in which the adapter does nothing else.
 * So the next attempt waits until the device is heard again.
 */
#include "daemon/link/bluez/peer.h"

#include <glib/gi18n-lib.h>

#include "daemon/link/bluez/connect.h"
#include "daemon/link/bluez/gatt.h"
#include "pairing/gatt.h"

#define CONNECT_TIMEOUT_S 45    /* the kernel alone waits 20 for the device to advertise */
#define HEAR_S 10               /* as long as a scan of the kernel's */
#define AFTER_DISCONNECT_MS 500 /* a controller that is asked sooner often waits in vain */
#define RSSI_STEP 5             /* dB; smaller changes are noise */
#define RSSI_UNKNOWN 127

typedef struct {
  WattleBluezAdapter *adapter;
  WattleBluezDevice1 *device;
  gint64 seen;
} Sighting;

struct _WattleBluezPeer {
  WattlePeer parent_instance;

  WattleBluezService *service;
  WattleBluezAgent *agent;
  GPtrArray *sightings;

  WattleBluezDevice1 *engaged; /* connecting, connected or disconnecting */
  WattleBluezAdapter *adapter; /* that it is engaged by */
  GDBusObjectManager *objects; /* kept while engaged: it hands on what the device says */
  WattleLink *link;            /* non-NULL while open */
  gulong closed_id;
  gulong lost_id;
  gboolean ending;  /* the connection, or what was left of an attempt */
  gboolean unheard; /* since the last one began to end, or all that is known is what BlueZ remembers */
  guint settle_id;

  GTask *waiting;                /* an attempt that waits for the end, or to hear the device */
  WattleBluezAdapter *listening; /* the adapter that it waits to hear it by */
  guint hear_id;
  GSource *waiting_cancelled;
};

G_DEFINE_FINAL_TYPE (WattleBluezPeer, wattle_bluez_peer, WATTLE_TYPE_PEER)

static void
sighting_free (Sighting *sighting)
{
  g_object_unref (sighting->adapter);
  g_object_unref (sighting->device);
  g_free (sighting);
}

static Sighting *
find_sighting (WattleBluezPeer *self, WattleBluezDevice1 *device)
{
  for (guint i = 0; i < self->sightings->len; i++) {
    Sighting *sighting = g_ptr_array_index (self->sightings, i);

    if (sighting->device == device)
      return sighting;
  }
  return NULL;
}

static int
read_rssi (WattleBluezDevice1 *device)
{
  int rssi = wattle_bluez_device1_get_rssi (device);

  return rssi == RSSI_UNKNOWN ? 0 : rssi;
}

/* Whether @rssi is better than @other; 0 is unknown, and worse than any. */
static gboolean
is_better (int rssi, int other)
{
  return rssi != 0 && (other == 0 || rssi > other);
}

/* By the adapter whose queue is @queue, or, where that is NULL, by any; NULL where
 * there is none. */
static Sighting *
best_sighting (WattleBluezPeer *self, WattleConnectQueue *queue)
{
  Sighting *best = NULL;

  for (guint i = 0; i < self->sightings->len; i++) {
    Sighting *sighting = g_ptr_array_index (self->sightings, i);

    if (queue != NULL && wattle_bluez_adapter_get_queue (sighting->adapter) != queue)
      continue;
    if (best == NULL || is_better (read_rssi (sighting->device), read_rssi (best->device)))
      best = sighting;
  }
  return best;
}

/* --- after a connection, or an attempt --- */

static void try_connect (WattleBluezPeer *self, GTask *task);

static GTask *
take_waiting (WattleBluezPeer *self)
{
  if (self->listening != NULL)
    wattle_bluez_adapter_end_listening (self->listening);
  g_clear_object (&self->listening);
  g_clear_handle_id (&self->hear_id, g_source_remove);
  if (self->waiting_cancelled != NULL)
    g_source_destroy (self->waiting_cancelled);
  g_clear_pointer (&self->waiting_cancelled, g_source_unref);
  return g_steal_pointer (&self->waiting);
}

static void
remove_device (WattleBluezDevice1 *device)
{
  g_dbus_connection_call (g_dbus_proxy_get_connection (G_DBUS_PROXY (device)), WATTLE_BLUEZ_NAME,
                          wattle_bluez_device1_get_adapter (device), "org.bluez.Adapter1", "RemoveDevice",
                          g_variant_new ("(o)", g_dbus_proxy_get_object_path (G_DBUS_PROXY (device))), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

/* BlueZ 5.66 can take a connected device for one that is not, where an attempt failed
 * just before, and then answers Disconnect and does nothing: the connection stays, and
 * keeps everybody else from the device.  It lets go of what it no longer has. */
static void
end_what_stayed (WattleBluezPeer *self)
{
  const char *path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->engaged));

  if (wattle_bluez_device1_get_connected (self->engaged) || !wattle_bluez_device1_get_services_resolved (self->engaged)
      || wattle_bluez_device1_get_paired (self->engaged) || wattle_bluez_gatt_is_used (self->objects, path))
    return;
  g_debug ("%s: its connection stayed", wattle_peer_get_address (WATTLE_PEER (self)));
  remove_device (self->engaged);
}

static gboolean
on_settled (gpointer user_data)
{
  g_autoptr (WattleBluezPeer) self = g_object_ref (user_data);
  GTask *task;

  end_what_stayed (self);
  self->settle_id = 0;
  self->ending = FALSE;
  g_clear_object (&self->engaged);
  g_clear_object (&self->adapter);
  g_clear_object (&self->objects);
  task = take_waiting (self);
  if (task != NULL)
    try_connect (self, task);
  return G_SOURCE_REMOVE;
}

static void
on_disconnected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleBluezPeer) self = user_data;
  Sighting *sighting;

  wattle_bluez_device1_call_disconnect_finish (WATTLE_BLUEZ_DEVICE1 (source), result, NULL);
  wattle_bluez_adapter_end_disconnect (self->adapter);
  sighting = find_sighting (self, WATTLE_BLUEZ_DEVICE1 (source));
  if (sighting != NULL)
    sighting->seen = g_get_monotonic_time ();
  if (self->settle_id == 0)
    self->settle_id = g_timeout_add (AFTER_DISCONNECT_MS, on_settled, self);
}

/* Also where nothing is connected: BlueZ gives up its attempt. */
static void
disconnect (WattleBluezPeer *self)
{
  g_clear_signal_handler (&self->lost_id, self->engaged);
  self->ending = self->unheard = TRUE;
  wattle_bluez_adapter_begin_disconnect (self->adapter);
  wattle_bluez_device1_call_disconnect (self->engaged, NULL, on_disconnected, g_object_ref (self));
}

/* An attempt has failed; a connection that another program uses stays. */
static void
give_up (WattleBluezPeer *self, const GError *error)
{
  if (!g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_BUSY)
      || !wattle_bluez_gatt_is_used (self->objects, g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->engaged)))) {
    disconnect (self);
    return;
  }
  self->ending = TRUE;
  if (self->settle_id == 0)
    self->settle_id = g_timeout_add (AFTER_DISCONNECT_MS, on_settled, self);
}

static void
on_link_closed (WattleLink *link, const GError *error, gpointer user_data)
{
  g_autoptr (WattleBluezPeer) self = g_object_ref (user_data);

  g_clear_signal_handler (&self->closed_id, link);
  g_clear_object (&self->link);
  disconnect (self);
}

/* The sockets may still be open when the radio has lost the device. */
static void
on_device_changed (WattleBluezPeer *self, GVariant *changed)
{
  g_autoptr (GError) error = NULL;

  if (self->link == NULL || !wattle_bluez_says_disconnected (changed))
    return;
  error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE,
                               _ ("The connection to the device was lost. Bring it nearer."));
  wattle_link_fail (self->link, error);
}

/* --- connecting --- */

static void
on_attempted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleBluezPeer *self = g_task_get_source_object (task);
  g_autoptr (WattleBluezDevice1) now = NULL;
  g_autoptr (GError) error = NULL;
  WattleLink *link = wattle_bluez_connect_finish (WATTLE_BLUEZ_DEVICE1 (source), result, &now, &error);

  if (link == NULL) {
    give_up (self, error);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  g_set_object (&self->engaged, now);
  self->link = g_object_ref (link);
  self->closed_id = g_signal_connect_object (link, "closed", G_CALLBACK (on_link_closed), self, 0);
  self->lost_id = g_signal_connect_object (self->engaged, "g-properties-changed", G_CALLBACK (on_device_changed), self,
                                           G_CONNECT_SWAPPED);
  g_task_return_pointer (task, link, g_object_unref);
}

static gboolean
on_waiting_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (WattleBluezPeer) self = g_object_ref (user_data);
  g_autoptr (GTask) task = take_waiting (self);

  g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_CANCELLED, "%s", _ ("Stopped, as asked."));
  return G_SOURCE_REMOVE;
}

/* Takes @task. */
static void
keep_waiting (WattleBluezPeer *self, GTask *task)
{
  self->waiting = task;
  self->waiting_cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
  g_source_set_callback (self->waiting_cancelled, G_SOURCE_FUNC (on_waiting_cancelled), self, NULL);
  g_source_attach (self->waiting_cancelled, g_main_context_get_thread_default ());
}

static void
fail_out_of_range (GTask *task)
{
  g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, "%s",
                           _ ("The device is out of range or switched off."));
}

/* Whoever else is connected to it keeps it from being heard.  BlueZ does not always tell
 * that it is: after a device was removed in the middle of a connection it can take the
 * next one for that.  What a program has acquired it always tells. */
static gboolean
is_held (GDBusObjectManager *objects, WattleBluezDevice1 *device)
{
  return wattle_bluez_device1_get_connected (device)
         || wattle_bluez_gatt_is_used (objects, g_dbus_proxy_get_object_path (G_DBUS_PROXY (device)));
}

static gboolean
on_not_heard (gpointer user_data)
{
  g_autoptr (WattleBluezPeer) self = g_object_ref (user_data);
  GDBusObjectManager *objects = wattle_bluez_service_get_objects (self->service);
  g_autoptr (GTask) task = NULL;
  const Sighting *sighting;

  self->hear_id = 0;
  g_debug ("%s: not heard", wattle_peer_get_address (WATTLE_PEER (self)));
  task = take_waiting (self);
  sighting = best_sighting (self, g_task_get_task_data (task));
  /* Somebody may have come meanwhile, which is to be told as such. */
  if (objects != NULL && sighting != NULL && is_held (objects, sighting->device))
    try_connect (self, g_steal_pointer (&task));
  else
    fail_out_of_range (task);
  return G_SOURCE_REMOVE;
}

/* Takes @task. */
static void
wait_to_hear (WattleBluezPeer *self, WattleBluezAdapter *adapter, GTask *task)
{
  keep_waiting (self, task);
  self->hear_id = g_timeout_add_seconds (HEAR_S, on_not_heard, self);
  self->listening = g_object_ref (adapter);
  g_debug ("%s: waiting to hear it", wattle_peer_get_address (WATTLE_PEER (self)));
  wattle_bluez_adapter_begin_listening (adapter);
}

/* Takes @task. */
static void
try_connect (WattleBluezPeer *self, GTask *task)
{
  g_autoptr (GTask) own = task;
  GDBusObjectManager *objects = wattle_bluez_service_get_objects (self->service);
  const Sighting *sighting = best_sighting (self, g_task_get_task_data (task));

  if (objects == NULL || sighting == NULL) {
    fail_out_of_range (task);
    return;
  }
  if (self->waiting != NULL || (self->engaged != NULL && !self->ending)) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_BUSY, "%s",
                             _ ("The device is connected already. Try again in a moment."));
    return;
  }
  if (self->ending) {
    keep_waiting (self, g_steal_pointer (&own));
    return;
  }
  if (self->unheard && !is_held (objects, sighting->device)) {
    wait_to_hear (self, sighting->adapter, g_steal_pointer (&own));
    return;
  }
  g_debug ("%s: connecting", wattle_peer_get_address (WATTLE_PEER (self)));
  self->engaged = g_object_ref (sighting->device);
  self->adapter = g_object_ref (sighting->adapter);
  self->objects = g_object_ref (objects);
  wattle_bluez_connect_async (objects, self->adapter, self->engaged, self->agent, g_task_get_cancellable (task),
                              on_attempted, g_steal_pointer (&own));
}

/* It is there: what waited for that goes on. */
static void
hear (WattleBluezPeer *self)
{
  GTask *task;

  self->unheard = FALSE;
  if (self->hear_id == 0)
    return;
  task = take_waiting (self);
  try_connect (self, task);
}

static WattleConnectQueue *
wattle_bluez_peer_get_queue (WattlePeer *peer)
{
  const Sighting *best = best_sighting (WATTLE_BLUEZ_PEER (peer), NULL);

  return best == NULL ? NULL : wattle_bluez_adapter_get_queue (best->adapter);
}

static void
wattle_bluez_peer_connect_async (WattlePeer *peer, WattleConnectQueue *queue, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (peer, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, wattle_connect_queue_ref (queue), (GDestroyNotify)wattle_connect_queue_unref);
  try_connect (WATTLE_BLUEZ_PEER (peer), task);
}

static WattleLink *
wattle_bluez_peer_connect_finish (WattlePeer *peer, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
wattle_bluez_peer_is_heard (WattlePeer *peer)
{
  WattleBluezPeer *self = WATTLE_BLUEZ_PEER (peer);

  return !self->unheard || (self->engaged != NULL && !self->ending);
}

/* --- forgetting --- */

/* The bond, the keys, the cache of services, on every adapter. */
static void
wattle_bluez_peer_forget (WattlePeer *peer)
{
  WattleBluezPeer *self = WATTLE_BLUEZ_PEER (peer);

  for (guint i = 0; i < self->sightings->len; i++)
    remove_device (((Sighting *)g_ptr_array_index (self->sightings, i))->device);
}

static void
wattle_bluez_peer_dispose (GObject *object)
{
  WattleBluezPeer *self = WATTLE_BLUEZ_PEER (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->link != NULL) {
    g_clear_signal_handler (&self->closed_id, self->link);
    wattle_bluez_device1_call_disconnect (self->engaged, NULL, NULL, NULL);
  }
  if (self->engaged != NULL)
    g_clear_signal_handler (&self->lost_id, self->engaged);
  g_clear_object (&self->link);
  g_clear_object (&self->engaged);
  g_clear_object (&self->adapter);
  g_clear_object (&self->objects);
  g_clear_object (&self->service);
  g_clear_object (&self->agent);
  G_OBJECT_CLASS (wattle_bluez_peer_parent_class)->dispose (object);
}

static void
wattle_bluez_peer_finalize (GObject *object)
{
  g_ptr_array_unref (WATTLE_BLUEZ_PEER (object)->sightings);
  G_OBJECT_CLASS (wattle_bluez_peer_parent_class)->finalize (object);
}

static void
wattle_bluez_peer_class_init (WattleBluezPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_bluez_peer_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_bluez_peer_finalize;
  WATTLE_PEER_CLASS (klass)->connect_timeout = CONNECT_TIMEOUT_S;
  WATTLE_PEER_CLASS (klass)->get_queue = wattle_bluez_peer_get_queue;
  WATTLE_PEER_CLASS (klass)->connect_async = wattle_bluez_peer_connect_async;
  WATTLE_PEER_CLASS (klass)->connect_finish = wattle_bluez_peer_connect_finish;
  WATTLE_PEER_CLASS (klass)->is_heard = wattle_bluez_peer_is_heard;
  WATTLE_PEER_CLASS (klass)->forget = wattle_bluez_peer_forget;
}

static void
wattle_bluez_peer_init (WattleBluezPeer *self)
{
  self->sightings = g_ptr_array_new_with_free_func ((GDestroyNotify)sighting_free);
}

WattlePeer *
wattle_bluez_peer_new (const char *address, WattleBluezService *service, WattleBluezAgent *agent)
{
  WattleBluezPeer *self = g_object_new (WATTLE_TYPE_BLUEZ_PEER, NULL);

  wattle_peer_setup (WATTLE_PEER (self), address, "bluetooth");
  self->service = g_object_ref (service);
  self->agent = g_object_ref (agent);
  return WATTLE_PEER (self);
}

gboolean
wattle_bluez_peer_read_advert (WattleBluezDevice1 *device, struct wtl_advert *advert)
{
  GVariant *data = wattle_bluez_device1_get_service_data (device);
  g_autoptr (GVariant) bytes = NULL;
  const guint8 *p;
  gsize len;

  if (data == NULL)
    return FALSE;
  bytes = g_variant_lookup_value (data, WTL_GATT_SERVICE_UUID, G_VARIANT_TYPE_BYTESTRING);
  if (bytes == NULL)
    return FALSE;
  p = g_variant_get_fixed_array (bytes, &len, 1);
  return wtl_advert_parse (p, len, advert) == WTL_OK;
}

gboolean
wattle_bluez_peer_sight (WattleBluezPeer *self, WattleBluezAdapter *adapter, WattleBluezDevice1 *device)
{
  Sighting *sighting = find_sighting (self, device);
  int known = wattle_peer_get_rssi (WATTLE_PEER (self));
  gboolean is_back = self->unheard;
  struct wtl_advert advert;
  int rssi;

  if (sighting == NULL) {
    sighting = g_new0 (Sighting, 1);
    sighting->adapter = g_object_ref (adapter);
    sighting->device = g_object_ref (device);
    g_ptr_array_add (self->sightings, sighting);
  }
  sighting->seen = g_get_monotonic_time ();
  hear (self);
  if (!wattle_bluez_peer_read_advert (device, &advert))
    return FALSE;
  rssi = read_rssi (best_sighting (self, NULL)->device);
  return wattle_peer_update (WATTLE_PEER (self), &advert, known != 0 && ABS (rssi - known) < RSSI_STEP ? known : rssi)
         || is_back;
}

gboolean
wattle_bluez_peer_lose (WattleBluezPeer *self, WattleBluezDevice1 *device)
{
  Sighting *sighting = find_sighting (self, device);

  if (sighting != NULL)
    g_ptr_array_remove (self->sightings, sighting);
  return self->sightings->len == 0;
}

void
wattle_bluez_peer_doubt (WattleBluezPeer *self)
{
  self->unheard = TRUE;
}

gboolean
wattle_bluez_peer_is_engaged (WattleBluezPeer *self)
{
  return self->engaged != NULL;
}

gboolean
wattle_bluez_peer_is_stale (WattleBluezPeer *self, gint64 before)
{
  if (self->engaged != NULL)
    return FALSE;
  for (guint i = 0; i < self->sightings->len; i++)
    if (((Sighting *)g_ptr_array_index (self->sightings, i))->seen >= before)
      return FALSE;
  return TRUE;
}

void
wattle_bluez_peer_tidy (WattleBluezPeer *self)
{
  for (guint i = 0; i < self->sightings->len; i++) {
    WattleBluezDevice1 *device = ((Sighting *)g_ptr_array_index (self->sightings, i))->device;

    if (!wattle_bluez_device1_get_paired (device) && !wattle_bluez_device1_get_connected (device))
      remove_device (device);
  }
}
