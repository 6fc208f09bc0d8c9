/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps, each of which can fail, be cancelled, or find the device gone:
 *
 *   keep the radio free - drop a stale connection - Connect - services
 *   resolved - bond where the device asks for it - AcquireNotify (else
 *   StartNotify) - AcquireWrite (else WriteValue)
 *
 * The clock is the caller's: it cancels.
 */
#include "daemon/link/bluez/connect.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>

#include "daemon/link/bluez/gatt.h"
#include "daemon/link/bluez/value-link.h"
#include "daemon/link/socket-link.h"
#include "pairing/gatt.h"

#define ERROR_PREFIX "org.bluez.Error."
#define DEVICE_INTERFACE "org.bluez.Device1"
#define AFTER_DISCONNECT_MS 500 /* a controller that is asked sooner often waits in vain */
#define SERVICES_GRACE_MS 2000  /* for objects that come after ServicesResolved */
#define ATT_MTU_DEFAULT 23
#define WRITE_MAX 510 /* bluetoothd up to 5.66 drops longer writes without a word */

typedef struct {
  GTask *task; /* NULL once it has returned */
  GDBusObjectManager *objects;
  WattleBluezAdapter *adapter;
  WattleBluezDevice1 *device;
  WattleBluezAgent *agent;
  GCancellable *cancellable;
  GSource *cancelled;
  gulong changed_id;
  gulong removed_ids[2];
  guint timer_id;
  gboolean connecting; /* the device going away is a failure from here on */
  gboolean waiting;    /* for ServicesResolved */
  WattleBluezGattCharacteristic1 *in;
  WattleBluezGattCharacteristic1 *out;
  GSocket *notify; /* NULL = by PropertiesChanged */
  guint16 att_mtu;
} Attempt;

static void connect_device (Attempt *self);

static void
let_go (Attempt *self)
{
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_clear_signal_handler (&self->changed_id, self->device);
  for (gsize i = 0; i < G_N_ELEMENTS (self->removed_ids); i++)
    g_clear_signal_handler (&self->removed_ids[i], self->objects);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  wattle_bluez_agent_revoke (self->agent, g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device)));
  wattle_bluez_adapter_release (self->adapter);
}

static void
attempt_clear (Attempt *self)
{
  g_object_unref (self->objects);
  g_object_unref (self->adapter);
  g_object_unref (self->device);
  g_object_unref (self->agent);
  g_object_unref (self->cancellable);
  g_clear_object (&self->in);
  g_clear_object (&self->out);
  g_clear_object (&self->notify);
}

static void
attempt_unref (Attempt *self)
{
  g_rc_box_release_full (self, (GDestroyNotify)attempt_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_unref)

/* --- ends --- */

/* Takes @error. */
static void
fail (Attempt *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (task == NULL) {
    g_error_free (error);
    return;
  }
  let_go (self);
  g_task_return_error (task, wattle_bluez_error (error));
}

static void
fail_with (Attempt *self, WattleError code, const char *sentence)
{
  fail (self, g_error_new_literal (WATTLE_ERROR, code, sentence));
}

static void
fail_gone (Attempt *self)
{
  fail_with (self, WATTLE_ERROR_UNREACHABLE, _ ("The connection to the device was lost. Bring it nearer."));
}

/* Takes @link. */
static void
succeed (Attempt *self, WattleLink *link)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  let_go (self);
  g_task_set_task_data (task, g_object_ref (self->device), g_object_unref);
  g_task_return_pointer (task, link, g_object_unref);
}

/* Whether a reply still matters. */
static gboolean
is_over (Attempt *self)
{
  return self->task == NULL;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (Attempt) self = g_rc_box_acquire (user_data);

  fail_with (self, WATTLE_ERROR_CANCELLED, _ ("Stopped, as asked."));
  return G_SOURCE_REMOVE;
}

/* --- writing: the last step --- */

static gsize
packet_size (Attempt *self)
{
  gsize att_mtu = self->att_mtu != 0 ? self->att_mtu : wattle_bluez_gatt_characteristic1_get_mtu (self->in);

  return MIN (MAX (att_mtu, ATT_MTU_DEFAULT) - WTL_GATT_HEADER_SIZE, WRITE_MAX);
}

static GVariant *
no_options (void)
{
  return g_variant_new ("a{sv}", NULL);
}

static GSocket *
take_socket (GVariant *handle, GUnixFDList *fds, GError **error)
{
  g_autoptr (GSocket) socket = NULL;
  int fd = fds == NULL ? -1 : g_unix_fd_list_get (fds, g_variant_get_handle (handle), error);

  if (fd < 0) {
    if (fds == NULL)
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "BlueZ hands out no socket");
    return NULL;
  }
  socket = g_socket_new_from_fd (fd, error);
  if (socket == NULL)
    close (fd);
  return g_steal_pointer (&socket);
}

/* Whether BlueZ says that it cannot, rather than that it failed. */
static gboolean
is_not_offered (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  return g_strcmp0 (name, ERROR_PREFIX "NotSupported") == 0 || g_strcmp0 (name, ERROR_PREFIX "NotPermitted") == 0
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
}

static void
on_write_acquired (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) self = user_data;
  g_autoptr (GVariant) handle = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  guint16 att_mtu;

  if (wattle_bluez_gatt_characteristic1_call_acquire_write_finish (self->in, &handle, &att_mtu, &fds, result, &error))
    socket = take_socket (handle, fds, &error);
  if (is_over (self))
    return;
  if (socket != NULL) {
    self->att_mtu = self->att_mtu == 0 ? att_mtu : MIN (self->att_mtu, att_mtu);
    succeed (self, wattle_socket_link_new_pair (self->notify, socket, packet_size (self)));
  } else {
    fail (self, g_steal_pointer (&error));
  }
}

static gboolean
has_flag (WattleBluezGattCharacteristic1 *it, const char *flag)
{
  const char *const *flags = wattle_bluez_gatt_characteristic1_get_flags (it);

  return flags != NULL && g_strv_contains (flags, flag);
}

static void
acquire_write (Attempt *self)
{
  wattle_bluez_gatt_characteristic1_call_acquire_write (self->in, no_options (), NULL, self->cancellable,
                                                        on_write_acquired, g_rc_box_acquire (self));
}

/* --- notifications --- */

static void
on_notifying (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bluez_gatt_characteristic1_call_start_notify_finish (self->out, result, &error);
  if (is_over (self))
    return;
  if (error != NULL)
    fail (self, g_steal_pointer (&error));
  else
    succeed (self, wattle_bluez_value_link_new (self->in, self->out, packet_size (self)));
}

static void
start_notify (Attempt *self)
{
  wattle_bluez_gatt_characteristic1_call_start_notify (self->out, self->cancellable, on_notifying,
                                                       g_rc_box_acquire (self));
}

static void
on_notify_acquired (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) self = user_data;
  g_autoptr (GVariant) handle = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;

  if (wattle_bluez_gatt_characteristic1_call_acquire_notify_finish (self->out, &handle, &self->att_mtu, &fds, result,
                                                                    &error))
    self->notify = take_socket (handle, fds, &error);
  if (is_over (self))
    return;
  if (self->notify != NULL)
    acquire_write (self);
  else if (is_not_offered (error))
    start_notify (self);
  else
    fail (self, g_steal_pointer (&error));
}

/* Notifications first: the device may answer the first write at once. */
static void
acquire_notify (Attempt *self)
{
  if (wattle_bluez_gatt_characteristic1_get_write_acquired (self->in)
      || wattle_bluez_gatt_characteristic1_get_notify_acquired (self->out))
    fail_with (self, WATTLE_ERROR_BUSY,
               _ ("Another program on this computer is using the device. Close it and try again."));
  else if (has_flag (self->in, "write-without-response"))
    wattle_bluez_gatt_characteristic1_call_acquire_notify (self->out, no_options (), NULL, self->cancellable,
                                                           on_notify_acquired, g_rc_box_acquire (self));
  else
    start_notify (self);
}

/* --- bond --- */

static void
on_paired (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bluez_device1_call_pair_finish (self->device, result, &error);
  if (is_over (self))
    return;
  if (error != NULL)
    fail (self, g_steal_pointer (&error));
  else
    acquire_notify (self);
}

static void
on_permitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bluez_agent_permit_finish (WATTLE_BLUEZ_AGENT (source), result, &error);
  if (is_over (self))
    return;
  if (error != NULL)
    fail (self, g_steal_pointer (&error));
  else
    wattle_bluez_device1_call_pair (self->device, self->cancellable, on_paired, g_rc_box_acquire (self));
}

static void
use_services (Attempt *self)
{
  const char *path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device));

  if (wattle_bluez_gatt_needs_bond (self->objects, path) && !wattle_bluez_device1_get_paired (self->device))
    wattle_bluez_agent_permit_async (self->agent, g_dbus_proxy_get_connection (G_DBUS_PROXY (self->device)), path,
                                     self->cancellable, on_permitted, g_rc_box_acquire (self));
  else
    acquire_notify (self);
}

/* --- connection and services --- */

static gboolean
on_no_services (gpointer user_data)
{
  g_autoptr (Attempt) self = g_rc_box_acquire (user_data);

  self->timer_id = 0;
  if (wattle_bluez_gatt_find (self->objects, g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device)), &self->in,
                              &self->out))
    use_services (self);
  else
    fail_with (self, WATTLE_ERROR_PROTOCOL,
               _ ("The device says that it is made for Wattle, but does not behave like it."));
  return G_SOURCE_REMOVE;
}

static void
look_for_services (Attempt *self)
{
  if (!self->waiting || !wattle_bluez_device1_get_services_resolved (self->device))
    return;
  self->waiting = FALSE;
  if (wattle_bluez_gatt_find (self->objects, g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device)), &self->in,
                              &self->out))
    use_services (self);
  else
    self->timer_id = g_timeout_add (SERVICES_GRACE_MS, on_no_services, self);
}

static void
on_device_changed (Attempt *attempt, GVariant *changed)
{
  g_autoptr (Attempt) self = g_rc_box_acquire (attempt);

  if (wattle_bluez_says_disconnected (changed) && self->waiting)
    fail_gone (self);
  else
    look_for_services (self);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bluez_device1_call_connect_finish (self->device, result, &error);
  if (is_over (self))
    return;
  if (error != NULL) {
    fail (self, g_steal_pointer (&error));
    return;
  }
  self->waiting = TRUE;
  look_for_services (self);
}

static void
connect_device (Attempt *self)
{
  self->connecting = TRUE;
  wattle_bluez_device1_call_connect (self->device, self->cancellable, on_connected, g_rc_box_acquire (self));
}

static void
watch_device (Attempt *self, WattleBluezDevice1 *device)
{
  if (self->changed_id != 0)
    g_clear_signal_handler (&self->changed_id, self->device);
  g_set_object (&self->device, device);
  self->changed_id = g_signal_connect_swapped (device, "g-properties-changed", G_CALLBACK (on_device_changed), self);
}

/* The device has left BlueZ's tree.  One at the same path later is another. */
static void
on_interface_removed (Attempt *attempt, GDBusObject *object, GDBusInterface *interface)
{
  g_autoptr (Attempt) self = g_rc_box_acquire (attempt);

  if (interface == G_DBUS_INTERFACE (self->device) && self->connecting)
    fail_gone (self);
}

static void
on_object_removed (Attempt *attempt, GDBusObject *object)
{
  g_autoptr (Attempt) self = g_rc_box_acquire (attempt);

  if (g_strcmp0 (g_dbus_object_get_object_path (object), g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device)))
          == 0
      && self->connecting)
    fail_gone (self);
}

/* --- before it --- */

/* BlueZ may have dropped the device meanwhile, and have found it again: the
 * attempt goes on with what is at its path now.  FALSE where that is nothing. */
static gboolean
find_device (Attempt *self)
{
  const char *path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device));
  g_autoptr (GDBusInterface) now = g_dbus_object_manager_get_interface (self->objects, path, DEVICE_INTERFACE);

  if (now != NULL)
    watch_device (self, WATTLE_BLUEZ_DEVICE1 (now));
  else
    fail_with (self, WATTLE_ERROR_UNREACHABLE, _ ("The device is out of range or switched off."));
  return now != NULL;
}

static gboolean
on_settled (gpointer user_data)
{
  g_autoptr (Attempt) self = g_rc_box_acquire (user_data);

  self->timer_id = 0;
  if (find_device (self))
    connect_device (self);
  return G_SOURCE_REMOVE;
}

static void
on_ghost_gone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) self = user_data;

  wattle_bluez_device1_call_disconnect_finish (self->device, result, NULL);
  if (!is_over (self))
    self->timer_id = g_timeout_add (AFTER_DISCONNECT_MS, on_settled, self);
}

static void
on_reserved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) self = user_data;

  if (is_over (self) || !find_device (self))
    return;
  if (!wattle_bluez_device1_get_connected (self->device))
    connect_device (self);
  else if (wattle_bluez_gatt_is_used (self->objects, g_dbus_proxy_get_object_path (G_DBUS_PROXY (self->device))))
    fail_with (self, WATTLE_ERROR_BUSY,
               _ ("Another program on this computer is using the device. Close it and try again."));
  else
    wattle_bluez_device1_call_disconnect (self->device, self->cancellable, on_ghost_gone, g_rc_box_acquire (self));
}

/* --- public --- */

gboolean
wattle_bluez_says_disconnected (GVariant *changed)
{
  gboolean connected = TRUE;

  return g_variant_lookup (changed, "Connected", "b", &connected) && !connected;
}

GError *
wattle_bluez_error (GError *error)
{
  static const struct {
    const char *name; /* after ERROR_PREFIX */
    WattleError code;
    const char *sentence;
  } table[] = {
    { "NotReady", WATTLE_ERROR_RADIO_OFF, N_ ("Bluetooth is switched off. Switch it on in Settings.") },
    { "InProgress", WATTLE_ERROR_BUSY, N_ ("Another program is connecting to the device. Try again in a moment.") },
    { "AuthenticationFailed", WATTLE_ERROR_NOT_ALLOWED,
      N_ ("The device did not accept this computer. Start it again and retry.") },
    { "AuthenticationRejected", WATTLE_ERROR_NOT_ALLOWED,
      N_ ("The device did not accept this computer. Start it again and retry.") },
    { "AuthenticationCanceled", WATTLE_ERROR_NOT_ALLOWED,
      N_ ("The device did not accept this computer. Start it again and retry.") },
    { "AuthenticationTimeout", WATTLE_ERROR_TIMED_OUT,
      N_ ("The device did not answer in time. Bring it nearer and try again.") },
    { "NotAuthorized", WATTLE_ERROR_NOT_ALLOWED,
      N_ ("The device did not accept this computer. Start it again and retry.") },
    { "NotPermitted", WATTLE_ERROR_BUSY,
      N_ ("Another program on this computer is using the device. Close it and try again.") },
  };
  g_autofree char *name = NULL;
  g_autoptr (GError) own = error;

  if (error->domain == WATTLE_ERROR)
    return g_steal_pointer (&own);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_CANCELLED, _ ("Stopped, as asked."));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_TIMED_OUT,
                                _ ("The device did not answer in time. Bring it nearer and try again."));
  g_debug ("BlueZ: %s", error->message);
  name = g_dbus_error_get_remote_error (error);
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (table); i++)
    if (g_str_has_prefix (name, ERROR_PREFIX) && g_str_equal (name + strlen (ERROR_PREFIX), table[i].name))
      return g_error_new_literal (WATTLE_ERROR, table[i].code, _ (table[i].sentence));
  return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE,
                              _ ("The device is out of range or switched off."));
}

void
wattle_bluez_connect_async (GDBusObjectManager *objects, WattleBluezAdapter *adapter, WattleBluezDevice1 *device,
                            WattleBluezAgent *agent, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (Attempt) self = g_rc_box_new0 (Attempt);

  self->task = g_task_new (device, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, wattle_bluez_connect_async);
  /* Errors are in our own domain. */
  g_task_set_check_cancellable (self->task, FALSE);
  self->objects = g_object_ref (objects);
  self->adapter = g_object_ref (adapter);
  self->device = g_object_ref (device);
  self->agent = g_object_ref (agent);
  self->cancellable = g_object_ref (cancellable);
  self->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->cancelled, G_SOURCE_FUNC (on_cancelled), g_rc_box_acquire (self),
                         (GDestroyNotify)attempt_unref);
  g_source_attach (self->cancelled, g_main_context_get_thread_default ());
  self->removed_ids[0]
      = g_signal_connect_swapped (objects, "interface-removed", G_CALLBACK (on_interface_removed), self);
  self->removed_ids[1] = g_signal_connect_swapped (objects, "object-removed", G_CALLBACK (on_object_removed), self);
  watch_device (self, device);
  wattle_bluez_adapter_reserve_async (adapter, on_reserved, g_rc_box_acquire (self));
}

WattleLink *
wattle_bluez_connect_finish (WattleBluezDevice1 *device, GAsyncResult *result, WattleBluezDevice1 **now, GError **error)
{
  WattleLink *link;

  g_return_val_if_fail (g_task_is_valid (result, device), NULL);
  link = g_task_propagate_pointer (G_TASK (result), error);
  if (link != NULL)
    *now = g_object_ref (g_task_get_task_data (G_TASK (result)));
  return link;
}
