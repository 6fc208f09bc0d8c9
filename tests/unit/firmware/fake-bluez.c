/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a peripheral sees of bluetoothd.
 */
#include "tests/unit/firmware/fake-bluez.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wattle-bluez-peripheral.h"
#include "wattle-bluez.h"

#define CHARACTERISTIC "org.bluez.GattCharacteristic1"
#define CALL_MS 20000

/* --- in the thread --- */

static gpointer
run (gpointer user_data)
{
  FakeBluez *fake = user_data;

  g_main_context_push_thread_default (fake->context);
  g_main_loop_run (fake->loop);
  g_main_context_pop_thread_default (fake->context);
  return NULL;
}

typedef struct {
  FakeBluez *fake;
  void (*work) (FakeBluez *fake, gconstpointer what);
  gconstpointer what;
  gboolean done;
} Errand;

static gboolean
on_errand (gpointer user_data)
{
  Errand *errand = user_data;

  errand->work (errand->fake, errand->what);
  g_mutex_lock (&errand->fake->mutex);
  errand->done = TRUE;
  g_cond_broadcast (&errand->fake->changed);
  g_mutex_unlock (&errand->fake->mutex);
  return G_SOURCE_REMOVE;
}

/* Lets the thread do it, and waits. */
static void
send_errand (FakeBluez *fake, void (*work) (FakeBluez *fake, gconstpointer what), gconstpointer what)
{
  Errand errand = { fake, work, what, FALSE };

  g_main_context_invoke (fake->context, on_errand, &errand);
  FAKE_WAIT (fake, errand.done);
}

/* --- registrations --- */

static void
forget (FakeBluez *fake, FakeKind kind)
{
  g_clear_pointer (&fake->objects[kind], g_free);
  if (kind == FAKE_APPLICATION)
    fake->offered = false;
}

/* Answers at once where @object cannot be registered. */
static gboolean
may_enter (FakeBluez *fake, GDBusMethodInvocation *invocation, FakeKind kind, const char *object)
{
  const char *error = NULL;

  g_mutex_lock (&fake->mutex);
  if (fake->refuse > 0) {
    fake->refuse--;
    error = "org.bluez.Error.Failed";
  } else if (fake->objects[kind] != NULL) {
    error = "org.bluez.Error.AlreadyExists";
  } else {
    fake->objects[kind] = g_strdup (object);
    g_free (fake->owner);
    fake->owner = g_strdup (g_dbus_method_invocation_get_sender (invocation));
  }
  g_mutex_unlock (&fake->mutex);
  if (error != NULL)
    g_dbus_method_invocation_return_dbus_error (invocation, error, "No");
  return error == NULL;
}

static void
note_entered (FakeBluez *fake, FakeKind kind, GVariant *reply)
{
  g_autoptr (GVariant) what = g_variant_get_child_value (reply, 0);
  GVariant **place = kind == FAKE_APPLICATION ? &fake->managed : &fake->advertisement;

  g_mutex_lock (&fake->mutex);
  g_clear_pointer (place, g_variant_unref);
  *place = g_variant_ref (what);
  if (kind == FAKE_ADVERTISEMENT) {
    g_clear_pointer (&fake->service_data, g_variant_unref);
    fake->service_data = g_variant_lookup_value (what, "ServiceData", G_VARIANT_TYPE_VARDICT);
  }
  fake->entered[kind]++;
  g_cond_broadcast (&fake->changed);
  g_mutex_unlock (&fake->mutex);
}

static void
on_application_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  g_assert_no_error (error);
  note_entered (g_object_get_data (source, "fake"), FAKE_APPLICATION, reply);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static gboolean
on_register_application (gpointer manager, GDBusMethodInvocation *invocation, const char *object, GVariant *options,
                         FakeBluez *fake)
{
  if (may_enter (fake, invocation, FAKE_APPLICATION, object))
    g_dbus_connection_call (fake->bus, g_dbus_method_invocation_get_sender (invocation), object,
                            "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL, NULL,
                            G_DBUS_CALL_FLAGS_NONE, CALL_MS, NULL, on_application_read, invocation);
  return TRUE;
}

static void
on_advertisement_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  g_assert_no_error (error);
  note_entered (g_object_get_data (source, "fake"), FAKE_ADVERTISEMENT, reply);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static gboolean
on_register_advertisement (gpointer manager, GDBusMethodInvocation *invocation, const char *object, GVariant *options,
                           FakeBluez *fake)
{
  if (may_enter (fake, invocation, FAKE_ADVERTISEMENT, object))
    g_dbus_connection_call (fake->bus, g_dbus_method_invocation_get_sender (invocation), object,
                            "org.freedesktop.DBus.Properties", "GetAll",
                            g_variant_new ("(s)", "org.bluez.LEAdvertisement1"), NULL, G_DBUS_CALL_FLAGS_NONE, CALL_MS,
                            NULL, on_advertisement_read, invocation);
  return TRUE;
}

static gboolean
leave (FakeBluez *fake, GDBusMethodInvocation *invocation, FakeKind kind)
{
  g_mutex_lock (&fake->mutex);
  forget (fake, kind);
  fake->left[kind]++;
  fake->leave_time = g_get_monotonic_time ();
  g_cond_broadcast (&fake->changed);
  g_mutex_unlock (&fake->mutex);
  g_dbus_method_invocation_return_value (invocation, NULL);
  return TRUE;
}

static gboolean
on_unregister_application (gpointer manager, GDBusMethodInvocation *invocation, const char *object, FakeBluez *fake)
{
  return leave (fake, invocation, FAKE_APPLICATION);
}

static gboolean
on_unregister_advertisement (gpointer manager, GDBusMethodInvocation *invocation, const char *object, FakeBluez *fake)
{
  return leave (fake, invocation, FAKE_ADVERTISEMENT);
}

/* What the peripheral tells of its objects. */
static void
on_properties_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                       const char *signal, GVariant *parameters, gpointer user_data)
{
  FakeBluez *fake = user_data;
  g_autoptr (GVariant) changed = g_variant_get_child_value (parameters, 1);
  g_autoptr (GVariant) gone = g_variant_get_child_value (parameters, 2);
  g_autoptr (GVariant) data = g_variant_lookup_value (changed, "ServiceData", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) value = g_variant_lookup_value (changed, "Value", G_VARIANT_TYPE_BYTESTRING);
  g_autofree const char **names = g_variant_get_strv (gone, NULL);
  gboolean acquired;

  g_mutex_lock (&fake->mutex);
  if (data != NULL) {
    g_clear_pointer (&fake->service_data, g_variant_unref);
    fake->service_data = g_variant_ref (data);
    fake->refreshes++;
    fake->refresh_time = g_get_monotonic_time ();
  }
  /* Who listened may be gone. */
  if (value != NULL && fake->value_fd >= 0)
    send (fake->value_fd, g_variant_get_data (value), g_variant_get_size (value), MSG_NOSIGNAL);
  if (g_variant_lookup (changed, "WriteAcquired", "b", &acquired))
    fake->offered = true;
  if (g_strv_contains (names, "WriteAcquired"))
    fake->offered = false;
  g_cond_broadcast (&fake->changed);
  g_mutex_unlock (&fake->mutex);
}

/* --- bluetoothd's objects --- */

static void
export_object (FakeBluez *fake, const char *path, gpointer *interfaces, gsize count)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  for (gsize i = 0; i < count; i++) {
    g_dbus_object_skeleton_add_interface (object, interfaces[i]);
    g_object_unref (interfaces[i]);
  }
  g_dbus_object_manager_server_export (fake->server, object);
}

static void
add_adapter (FakeBluez *fake, gconstpointer none)
{
  gpointer interfaces[] = {
    wattle_bluez_adapter1_skeleton_new (),
    wattle_bluez_gatt_manager1_skeleton_new (),
    wattle_bluez_advertising_manager1_skeleton_new (),
  };

  wattle_bluez_adapter1_set_powered (interfaces[0], TRUE);
  g_signal_connect (interfaces[1], "handle-register-application", G_CALLBACK (on_register_application), fake);
  g_signal_connect (interfaces[1], "handle-unregister-application", G_CALLBACK (on_unregister_application), fake);
  g_signal_connect (interfaces[2], "handle-register-advertisement", G_CALLBACK (on_register_advertisement), fake);
  g_signal_connect (interfaces[2], "handle-unregister-advertisement", G_CALLBACK (on_unregister_advertisement), fake);
  export_object (fake, FAKE_ADAPTER, interfaces, G_N_ELEMENTS (interfaces));
}

static void
forget_all (FakeBluez *fake)
{
  g_mutex_lock (&fake->mutex);
  forget (fake, FAKE_APPLICATION);
  forget (fake, FAKE_ADVERTISEMENT);
  g_mutex_unlock (&fake->mutex);
}

static void
remove_adapter (FakeBluez *fake, gconstpointer none)
{
  g_dbus_object_manager_server_unexport (fake->server, FAKE_ADAPTER);
  forget_all (fake);
}

static void
set_powered (FakeBluez *fake, gconstpointer powered)
{
  g_autoptr (GDBusObject) object
      = g_dbus_object_manager_get_object (G_DBUS_OBJECT_MANAGER (fake->server), FAKE_ADAPTER);
  g_autoptr (GDBusInterface) adapter = g_dbus_object_get_interface (object, "org.bluez.Adapter1");

  wattle_bluez_adapter1_set_powered (WATTLE_BLUEZ_ADAPTER1 (adapter), powered != NULL);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (adapter));
}

static gboolean
on_disconnect (WattleBluezDevice1 *device, GDBusMethodInvocation *invocation, FakeBluez *fake)
{
  const char *path = g_dbus_method_invocation_get_object_path (invocation);

  g_mutex_lock (&fake->mutex);
  g_free (fake->hung_up);
  fake->hung_up = g_path_get_basename (path);
  g_cond_broadcast (&fake->changed);
  g_mutex_unlock (&fake->mutex);
  wattle_bluez_device1_complete_disconnect (device, invocation);
  return TRUE;
}

static void
add_device (FakeBluez *fake, gconstpointer name)
{
  g_autofree char *path = g_strconcat (FAKE_ADAPTER "/", name, NULL);
  WattleBluezDevice1 *device = wattle_bluez_device1_skeleton_new ();
  gpointer interfaces[] = { device };

  g_signal_connect (device, "handle-disconnect", G_CALLBACK (on_disconnect), fake);
  export_object (fake, path, interfaces, 1);
  wattle_bluez_device1_set_connected (device, TRUE);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (device));
}

static void
remove_device (FakeBluez *fake, gconstpointer name)
{
  g_autofree char *path = g_strconcat (FAKE_ADAPTER "/", name, NULL);

  g_dbus_object_manager_server_unexport (fake->server, path);
}

/* In the thread, which then has dealt with the signals from before. */
static void
listen_at (FakeBluez *fake, gconstpointer fd)
{
  g_mutex_lock (&fake->mutex);
  if (fake->value_fd >= 0)
    close (fake->value_fd);
  fake->value_fd = GPOINTER_TO_INT (fd);
  g_mutex_unlock (&fake->mutex);
}

/* --- for the test --- */

void
fake_bluez_start (FakeBluez *fake)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (fake->bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
                                     g_variant_new ("(su)", "org.bluez", 0), NULL, 0, CALL_MS, NULL, &error);

  g_assert_no_error (error);
}

void
fake_bluez_stop (FakeBluez *fake)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (fake->bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ReleaseName",
                                     g_variant_new ("(s)", "org.bluez"), NULL, 0, CALL_MS, NULL, &error);

  g_assert_no_error (error);
  forget_all (fake);
}

void
fake_bluez_set_powered (FakeBluez *fake, gboolean powered)
{
  send_errand (fake, set_powered, GINT_TO_POINTER (powered));
}

void
fake_bluez_add_adapter (FakeBluez *fake)
{
  send_errand (fake, add_adapter, NULL);
}

void
fake_bluez_remove_adapter (FakeBluez *fake)
{
  send_errand (fake, remove_adapter, NULL);
}

void
fake_bluez_connect (FakeBluez *fake, const char *device)
{
  send_errand (fake, add_device, device);
}

void
fake_bluez_disconnect (FakeBluez *fake, const char *device)
{
  send_errand (fake, remove_device, device);
}

void
fake_bluez_listen (FakeBluez *fake, int fd)
{
  send_errand (fake, listen_at, GINT_TO_POINTER (fd));
}

GVariant *
fake_bluez_options (const char *device, guint16 mtu)
{
  g_autofree char *path = g_strconcat (FAKE_ADAPTER "/", device, NULL);
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "device", "o", path);
  g_variant_dict_insert (&options, "mtu", "q", mtu);
  g_variant_dict_insert (&options, "link", "s", "LE");
  return g_variant_dict_end (&options);
}

GVariant *
fake_bluez_call (FakeBluez *fake, const char *end, const char *method, GVariant *arguments, int *fd)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *owner = NULL;
  GVariant *reply;

  g_mutex_lock (&fake->mutex);
  g_assert_nonnull (fake->objects[FAKE_APPLICATION]);
  path = g_strdup_printf ("%s/service/%s", fake->objects[FAKE_APPLICATION], end);
  owner = g_strdup (fake->owner);
  g_mutex_unlock (&fake->mutex);
  reply
      = g_dbus_connection_call_with_unix_fd_list_sync (fake->bus, owner, path, CHARACTERISTIC, method, arguments, NULL,
                                                       G_DBUS_CALL_FLAGS_NONE, CALL_MS, NULL, &fds, NULL, &error);
  if (reply != NULL && fd != NULL) {
    *fd = g_unix_fd_list_get (fds, 0, &error);
    g_assert_no_error (error);
  }
  return reply;
}

FakeBluez *
fake_bluez_new (void)
{
  FakeBluez *fake = g_new0 (FakeBluez, 1);
  g_autoptr (GError) error = NULL;

  fake->dbus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fake->dbus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (fake->dbus), TRUE);
  fake->bus = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (fake->dbus),
                                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                      NULL, NULL, &error);
  g_assert_no_error (error);
  g_object_set_data (G_OBJECT (fake->bus), "fake", fake);
  fake->value_fd = -1;
  fake->context = g_main_context_new ();
  fake->loop = g_main_loop_new (fake->context, FALSE);
  /* What is exported and subscribed to now is served by the thread. */
  g_main_context_push_thread_default (fake->context);
  fake->server = g_dbus_object_manager_server_new ("/");
  g_dbus_object_manager_server_set_connection (fake->server, fake->bus);
  g_dbus_connection_signal_subscribe (fake->bus, NULL, "org.freedesktop.DBus.Properties", "PropertiesChanged", NULL,
                                      NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed, fake, NULL);
  g_main_context_pop_thread_default (fake->context);
  fake->thread = g_thread_new ("bluez", run, fake);
  fake_bluez_add_adapter (fake);
  fake_bluez_start (fake);
  return fake;
}

void
fake_bluez_free (FakeBluez *fake)
{
  g_main_loop_quit (fake->loop);
  g_thread_join (fake->thread);
  g_object_unref (fake->server);
  g_dbus_connection_close_sync (fake->bus, NULL, NULL);
  g_object_unref (fake->bus);
  g_main_loop_unref (fake->loop);
  g_main_context_unref (fake->context);
  g_test_dbus_down (fake->dbus);
  g_object_unref (fake->dbus);
  g_unsetenv ("DBUS_SYSTEM_BUS_ADDRESS");
  for (int kind = 0; kind < FAKE_KINDS; kind++)
    g_free (fake->objects[kind]);
  g_clear_pointer (&fake->managed, g_variant_unref);
  g_clear_pointer (&fake->advertisement, g_variant_unref);
  g_clear_pointer (&fake->service_data, g_variant_unref);
  if (fake->value_fd >= 0)
    close (fake->value_fd);
  g_free (fake->owner);
  g_free (fake->hung_up);
  g_free (fake);
}
