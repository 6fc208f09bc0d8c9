/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows BlueZ's tree of objects: adapters come and go, devices with our
 * service data are peers.  A peer is gone when BlueZ drops the device, or when
 * it has not been heard of for a while: BlueZ keeps those that were connected.
 */
#include "daemon/link/bluez/source.h"

#include <string.h>

#include "daemon/link/bluez/adapter.h"
#include "daemon/link/bluez/agent.h"
#include "daemon/link/bluez/gatt.h"
#include "daemon/link/bluez/peer.h"
#include "daemon/link/bluez/problem.h"
#include "daemon/link/bluez/service.h"
#include "pairing/gatt.h"

#define UNSEEN_S 45 /* three rounds of BlueZ's discovery */
#define SWEEP_S 15  /* between looks for those unseen */
#define GHOST_S 5   /* a connection that nobody uses is left alone for so long */
#define ADAPTER_PREFIX "/org/bluez/"
#define DEVICE_INTERFACE "org.bluez.Device1"

struct _WattleBluezSource {
  WattleLinkSource parent_instance;

  char *only; /* object path of the adapter to use; NULL = all */
  WattleBluezService *service;
  WattleBluezAgent *agent;
  GDBusObjectManager *objects; /* the one that is listened to */
  GHashTable *adapters;        /* object path to WattleBluezAdapter */
  GHashTable *peers;           /* object path of a device to WattleBluezPeer */
  GHashTable *ghosts;          /* object path of a device to source id */
  guint sweep_id;
};

G_DEFINE_FINAL_TYPE (WattleBluezSource, wattle_bluez_source, WATTLE_TYPE_LINK_SOURCE)

static void
update_problem (WattleBluezSource *self)
{
  g_autoptr (GError) problem = NULL;

  if (wattle_link_source_get_activity (WATTLE_LINK_SOURCE (self)) != WATTLE_ACTIVITY_OFF)
    problem = wattle_bluez_problem (wattle_bluez_service_get_presence (self->service), self->adapters, self->only);
  wattle_link_source_set_problem (WATTLE_LINK_SOURCE (self), problem);
}

/* --- devices --- */

/* NULL where it is not ours to use. */
static WattleBluezAdapter *
adapter_of (WattleBluezSource *self, WattleBluezDevice1 *device)
{
  const char *path = wattle_bluez_device1_get_adapter (device);

  return path == NULL ? NULL : g_hash_table_lookup (self->adapters, path);
}

static void
drop_peer (WattleBluezSource *self, WattlePeer *peer)
{
  wattle_link_source_remove_peer (WATTLE_LINK_SOURCE (self), peer);
}

static gboolean
on_sweep (gpointer user_data)
{
  WattleBluezSource *self = user_data;
  GPtrArray *peers = wattle_link_source_get_peers (WATTLE_LINK_SOURCE (self));
  gint64 before = g_get_monotonic_time () - UNSEEN_S * G_USEC_PER_SEC;

  for (guint i = peers->len; i-- > 0;) {
    g_autoptr (WattlePeer) peer = i < peers->len ? g_object_ref (g_ptr_array_index (peers, i)) : NULL;
    GHashTableIter iter;
    gpointer other;

    if (peer == NULL || !wattle_bluez_peer_is_stale (WATTLE_BLUEZ_PEER (peer), before))
      continue;
    g_hash_table_iter_init (&iter, self->peers);
    while (g_hash_table_iter_next (&iter, NULL, &other))
      if (other == peer)
        g_hash_table_iter_remove (&iter);
    wattle_bluez_peer_tidy (WATTLE_BLUEZ_PEER (peer));
    drop_peer (self, peer);
  }
  if (peers->len > 0)
    return G_SOURCE_CONTINUE;
  self->sweep_id = 0;
  return G_SOURCE_REMOVE;
}

static WattlePeer *
add_peer (WattleBluezSource *self, WattleBluezAdapter *adapter, WattleBluezDevice1 *device, gboolean heard)
{
  WattleLinkSource *source = WATTLE_LINK_SOURCE (self);
  const char *address = wattle_bluez_device1_get_address (device);
  g_autoptr (WattlePeer) peer = NULL;

  if (address == NULL || wattle_link_source_get_peers (source)->len >= WATTLE_BLUEZ_PEERS_MAX)
    return NULL;
  peer = wattle_bluez_peer_new (address, self->service, self->agent);
  wattle_bluez_peer_sight (WATTLE_BLUEZ_PEER (peer), adapter, device);
  if (!heard)
    wattle_bluez_peer_doubt (WATTLE_BLUEZ_PEER (peer));
  g_hash_table_insert (self->peers, g_strdup (g_dbus_proxy_get_object_path (G_DBUS_PROXY (device))),
                       g_object_ref (peer));
  wattle_link_source_add_peer (source, peer);
  if (self->sweep_id == 0)
    self->sweep_id = g_timeout_add_seconds (SWEEP_S, on_sweep, self);
  return wattle_link_source_find_peer (source, address);
}

/* It was heard just now, or BlueZ remembers it. */
static void
sight (WattleBluezSource *self, WattleBluezDevice1 *device, gboolean heard)
{
  WattleLinkSource *source = WATTLE_LINK_SOURCE (self);
  const char *path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (device));
  WattlePeer *peer = g_hash_table_lookup (self->peers, path);
  WattleBluezAdapter *adapter = adapter_of (self, device);
  struct wtl_advert advert;

  if (wattle_link_source_get_activity (source) == WATTLE_ACTIVITY_OFF || adapter == NULL
      || !wattle_bluez_peer_read_advert (device, &advert))
    return;
  if (peer == NULL) {
    peer = wattle_link_source_find_peer (source, wattle_bluez_device1_get_address (device));
    if (peer == NULL) {
      add_peer (self, adapter, device, heard);
      return;
    }
    g_hash_table_insert (self->peers, g_strdup (path), g_object_ref (peer));
  }
  if (wattle_bluez_peer_sight (WATTLE_BLUEZ_PEER (peer), adapter, device))
    wattle_link_source_change_peer (source, peer);
}

static void
lose (WattleBluezSource *self, WattleBluezDevice1 *device)
{
  const char *path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (device));
  gpointer peer = NULL;
  gpointer key = NULL;

  if (!g_hash_table_steal_extended (self->peers, path, &key, &peer))
    return;
  g_free (key);
  if (wattle_bluez_peer_lose (peer, device))
    drop_peer (self, peer);
  g_object_unref (peer);
}

/* --- connections that nobody uses --- */

typedef struct {
  WattleBluezSource *self; /* not owned: the timer goes with the source */
  WattleBluezDevice1 *device;
} Ghost;

static void
ghost_free (gpointer data)
{
  Ghost *ghost = data;

  g_object_unref (ghost->device);
  g_free (ghost);
}

static gboolean
is_ghost (WattleBluezSource *self, WattleBluezDevice1 *device)
{
  const char *path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (device));
  WattleBluezPeer *peer = g_hash_table_lookup (self->peers, path);
  const char *const *uuids = wattle_bluez_device1_get_uuids (device);
  struct wtl_advert advert;

  if (!wattle_bluez_device1_get_connected (device) || adapter_of (self, device) == NULL)
    return FALSE;
  if (!wattle_bluez_peer_read_advert (device, &advert)
      && (uuids == NULL || !g_strv_contains (uuids, WTL_GATT_SERVICE_UUID)))
    return FALSE;
  return (peer == NULL || !wattle_bluez_peer_is_engaged (peer)) && !wattle_bluez_gatt_is_used (self->objects, path);
}

static gboolean
on_haunted (gpointer user_data)
{
  Ghost *ghost = user_data;
  g_autoptr (WattleBluezDevice1) device = g_object_ref (ghost->device);
  WattleBluezSource *self = ghost->self;

  if (is_ghost (self, device)) {
    g_debug ("Ending a connection that nobody uses: %s", g_dbus_proxy_get_object_path (G_DBUS_PROXY (device)));
    wattle_bluez_device1_call_disconnect (device, NULL, NULL, NULL);
  }
  g_hash_table_remove (self->ghosts, g_dbus_proxy_get_object_path (G_DBUS_PROXY (device)));
  return G_SOURCE_REMOVE;
}

static void
watch_for_ghost (WattleBluezSource *self, WattleBluezDevice1 *device)
{
  const char *path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (device));
  Ghost *ghost;
  guint id;

  if (g_hash_table_contains (self->ghosts, path) || !is_ghost (self, device))
    return;
  ghost = g_new0 (Ghost, 1);
  ghost->self = self;
  ghost->device = g_object_ref (device);
  id = g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, GHOST_S, on_haunted, ghost, ghost_free);
  g_hash_table_insert (self->ghosts, g_strdup (path), GUINT_TO_POINTER (id));
}

/* --- adapters --- */

/* What it heard nobody hears any more, also where BlueZ does not say so. */
static void
lose_all_of (WattleBluezSource *self, const char *adapter)
{
  g_autofree char *prefix = g_strconcat (adapter, "/", NULL);
  g_autofree gpointer *paths = g_hash_table_get_keys_as_array (self->peers, NULL);
  g_autoptr (GPtrArray) lost = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; paths[i] != NULL; i++) {
    GDBusInterface *device = NULL;

    if (g_str_has_prefix (paths[i], prefix))
      device = g_dbus_object_manager_get_interface (self->objects, paths[i], DEVICE_INTERFACE);
    if (device != NULL)
      g_ptr_array_add (lost, device);
  }
  for (guint i = 0; i < lost->len; i++)
    lose (self, g_ptr_array_index (lost, i));
}

static void
on_adapter_changed (WattleBluezAdapter *adapter, WattleBluezSource *self)
{
  if (wattle_bluez_adapter_get_state (adapter) != WATTLE_BLUEZ_ADAPTER_READY)
    lose_all_of (self, wattle_bluez_adapter_get_path (adapter));
  update_problem (self);
}

static void
add_adapter (WattleBluezSource *self, WattleBluezObject *object)
{
  g_autoptr (WattleBluezAdapter1) proxy = wattle_bluez_object_get_adapter1 (object);
  g_autoptr (WattleBluezAdvertisementMonitorManager1) monitors
      = wattle_bluez_object_get_advertisement_monitor_manager1 (object);
  const char *path = g_dbus_object_get_object_path (G_DBUS_OBJECT (object));
  WattleBluezAdapter *adapter;

  if (proxy == NULL || g_hash_table_contains (self->adapters, path)
      || (self->only != NULL && !g_str_equal (self->only, path)))
    return;
  adapter = wattle_bluez_adapter_new (proxy, monitors);
  g_hash_table_insert (self->adapters, g_strdup (path), adapter);
  g_signal_connect_object (adapter, "changed", G_CALLBACK (on_adapter_changed), self, 0);
  wattle_bluez_adapter_set_activity (adapter, wattle_link_source_get_activity (WATTLE_LINK_SOURCE (self)));
  update_problem (self);
}

static void
remove_adapter (WattleBluezSource *self, const char *path)
{
  WattleBluezAdapter *adapter = g_hash_table_lookup (self->adapters, path);

  if (adapter == NULL)
    return;
  lose_all_of (self, path);
  g_signal_handlers_disconnect_by_data (adapter, self);
  wattle_bluez_adapter_stop (adapter, TRUE);
  g_hash_table_remove (self->adapters, path);
  update_problem (self);
}

/* --- the tree --- */

static void
consider_device (WattleBluezSource *self, GDBusObject *object, gboolean now)
{
  g_autoptr (WattleBluezDevice1) device = wattle_bluez_object_get_device1 (WATTLE_BLUEZ_OBJECT (object));
  g_autoptr (GVariant) rssi = NULL;

  if (device == NULL)
    return;
  /* Of those that were there before, BlueZ has heard the ones with a signal; when, it
   * does not say, and after a monitor it may be long ago. */
  rssi = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (device), "RSSI");
  if (now || rssi != NULL || wattle_bluez_device1_get_connected (device))
    sight (self, device, now || wattle_bluez_device1_get_connected (device));
  watch_for_ghost (self, device);
}

static void
on_object_added (GDBusObjectManager *objects, GDBusObject *object, WattleBluezSource *self)
{
  add_adapter (self, WATTLE_BLUEZ_OBJECT (object));
  consider_device (self, object, TRUE);
}

static void
on_object_removed (GDBusObjectManager *objects, GDBusObject *object, WattleBluezSource *self)
{
  g_autoptr (WattleBluezDevice1) device = wattle_bluez_object_get_device1 (WATTLE_BLUEZ_OBJECT (object));

  if (device != NULL)
    lose (self, device);
  remove_adapter (self, g_dbus_object_get_object_path (object));
}

static void
on_interface_added (GDBusObjectManager *objects, GDBusObject *object, GDBusInterface *interface,
                    WattleBluezSource *self)
{
  on_object_added (objects, object, self);
}

/* BlueZ takes an interface away with its object, and so does this. */
static void
on_interface_removed (GDBusObjectManager *objects, GDBusObject *object, GDBusInterface *interface,
                      WattleBluezSource *self)
{
  if (WATTLE_BLUEZ_IS_DEVICE1 (interface))
    lose (self, WATTLE_BLUEZ_DEVICE1 (interface));
  else if (WATTLE_BLUEZ_IS_ADAPTER1 (interface))
    remove_adapter (self, g_dbus_object_get_object_path (object));
}

static gboolean
is_among (GVariant *changed, const char *name)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (changed, name, NULL);

  return value != NULL;
}

static void
on_properties (GDBusObjectManager *objects, GDBusObjectProxy *object, GDBusProxy *interface, GVariant *changed,
               const char *const *invalidated, WattleBluezSource *self)
{
  if (WATTLE_BLUEZ_IS_ADAPTER1 (interface)) {
    WattleBluezAdapter *adapter = g_hash_table_lookup (self->adapters, g_dbus_proxy_get_object_path (interface));

    if (adapter != NULL)
      wattle_bluez_adapter_update (adapter);
  } else if (WATTLE_BLUEZ_IS_DEVICE1 (interface)) {
    if (is_among (changed, "RSSI") || is_among (changed, "ServiceData"))
      sight (self, WATTLE_BLUEZ_DEVICE1 (interface), TRUE);
    if (is_among (changed, "Connected"))
      watch_for_ghost (self, WATTLE_BLUEZ_DEVICE1 (interface));
  }
}

static void
forget_all (WattleBluezSource *self, gboolean gone)
{
  GPtrArray *peers = wattle_link_source_get_peers (WATTLE_LINK_SOURCE (self));
  GHashTableIter iter;
  gpointer value;

  g_clear_handle_id (&self->sweep_id, g_source_remove);
  g_hash_table_iter_init (&iter, self->ghosts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_source_remove (GPOINTER_TO_UINT (value));
  g_hash_table_remove_all (self->ghosts);
  g_hash_table_remove_all (self->peers);
  while (peers->len > 0)
    drop_peer (self, g_ptr_array_index (peers, peers->len - 1));
  g_hash_table_iter_init (&iter, self->adapters);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    g_signal_handlers_disconnect_by_data (value, self);
    wattle_bluez_adapter_stop (value, gone);
  }
  g_hash_table_remove_all (self->adapters);
}

static void
listen_to (WattleBluezSource *self, GDBusObjectManager *objects)
{
  GList *all = g_dbus_object_manager_get_objects (objects);

  self->objects = g_object_ref (objects);
  g_signal_connect (objects, "object-added", G_CALLBACK (on_object_added), self);
  g_signal_connect (objects, "object-removed", G_CALLBACK (on_object_removed), self);
  g_signal_connect (objects, "interface-added", G_CALLBACK (on_interface_added), self);
  g_signal_connect (objects, "interface-removed", G_CALLBACK (on_interface_removed), self);
  g_signal_connect (objects, "interface-proxy-properties-changed", G_CALLBACK (on_properties), self);
  /* Devices after adapters: which of those may be used decides about these. */
  for (GList *l = all; l != NULL; l = l->next)
    add_adapter (self, l->data);
  for (GList *l = all; l != NULL; l = l->next)
    consider_device (self, l->data, FALSE);
  g_list_free_full (all, g_object_unref);
}

static void
stop_listening (WattleBluezSource *self, gboolean gone)
{
  if (self->objects == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->objects, self);
  forget_all (self, gone);
  g_clear_object (&self->objects);
  wattle_bluez_agent_reset (self->agent);
}

static void
on_service_changed (WattleBluezService *service, WattleBluezSource *self)
{
  GDBusObjectManager *objects = wattle_bluez_service_get_objects (service);

  if (objects != self->objects) {
    stop_listening (self, TRUE);
    if (objects != NULL)
      listen_to (self, objects);
  }
  update_problem (self);
}

/* --- object --- */

static void
wattle_bluez_source_set_activity (WattleLinkSource *source, WattleActivity activity)
{
  WattleBluezSource *self = WATTLE_BLUEZ_SOURCE (source);
  GHashTableIter iter;
  gpointer adapter;

  if (activity == WATTLE_ACTIVITY_OFF) {
    stop_listening (self, FALSE);
    wattle_bluez_service_stop (self->service);
  }
  g_hash_table_iter_init (&iter, self->adapters);
  while (g_hash_table_iter_next (&iter, NULL, &adapter))
    wattle_bluez_adapter_set_activity (adapter, activity);
  if (activity != WATTLE_ACTIVITY_OFF)
    wattle_bluez_service_start (self->service);
  update_problem (self);
}

static gboolean
wattle_bluez_source_is_busy (WattleLinkSource *source)
{
  GPtrArray *peers = wattle_link_source_get_peers (source);

  for (guint i = 0; i < peers->len; i++)
    if (wattle_bluez_peer_is_engaged (g_ptr_array_index (peers, i)))
      return TRUE;
  return FALSE;
}

static void
wattle_bluez_source_dispose (GObject *object)
{
  WattleBluezSource *self = WATTLE_BLUEZ_SOURCE (object);

  if (self->service != NULL)
    g_signal_handlers_disconnect_by_data (self->service, self);
  stop_listening (self, FALSE);
  g_clear_object (&self->service);
  g_clear_object (&self->agent);
  G_OBJECT_CLASS (wattle_bluez_source_parent_class)->dispose (object);
}

static void
wattle_bluez_source_finalize (GObject *object)
{
  WattleBluezSource *self = WATTLE_BLUEZ_SOURCE (object);

  g_hash_table_unref (self->adapters);
  g_hash_table_unref (self->peers);
  g_hash_table_unref (self->ghosts);
  g_free (self->only);
  G_OBJECT_CLASS (wattle_bluez_source_parent_class)->finalize (object);
}

static void
wattle_bluez_source_class_init (WattleBluezSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_bluez_source_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_bluez_source_finalize;
  WATTLE_LINK_SOURCE_CLASS (klass)->name = "bluetooth";
  WATTLE_LINK_SOURCE_CLASS (klass)->set_activity = wattle_bluez_source_set_activity;
  WATTLE_LINK_SOURCE_CLASS (klass)->is_busy = wattle_bluez_source_is_busy;
}

static void
wattle_bluez_source_init (WattleBluezSource *self)
{
  self->adapters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->ghosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->agent = wattle_bluez_agent_new ();
  self->service = wattle_bluez_service_new ();
  g_signal_connect (self->service, "changed", G_CALLBACK (on_service_changed), self);
}

WattleLinkSource *
wattle_bluez_source_new (const char *adapter)
{
  WattleBluezSource *self = g_object_new (WATTLE_TYPE_BLUEZ_SOURCE, NULL);

  self->only = adapter == NULL ? NULL : g_strconcat (ADAPTER_PREFIX, adapter, NULL);
  return WATTLE_LINK_SOURCE (self);
}
