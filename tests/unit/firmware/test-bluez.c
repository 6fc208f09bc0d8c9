/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-virtual-device --bluetooth against a bluetoothd that can be put into
 * any state.  tests/bluez has the real one.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pairing/gatt.h"
#include "tests/unit/firmware/fake-bluez.h"
#include "tests/unit/firmware/process.h"

#define MTU 517
#define CUT 86

typedef enum {
  HEAR_BY_SOCKET,
  HEAR_BY_SIGNAL,
} Hearing;

/* A companion that process.c speaks for. */
static FakeBluez *fake;
static const char *companion;
static guint16 att_mtu;
static Hearing hearing;
static int write_fd; /* -1 = by calls */
static bool was_offered;

static void
write_value (const char *device, const uint8_t *packet, gsize len)
{
  GVariant *value = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, packet, len, 1);
  g_autoptr (GVariant) reply = fake_bluez_call (
      fake, "in", "WriteValue", g_variant_new ("(@ay@a{sv})", value, fake_bluez_options (device, att_mtu)), NULL);
}

/* As BlueZ does: by the socket where one is offered. */
static int
send_packet (void *ctx, const uint8_t *packet, size_t len)
{
  struct process *process = ctx;
  bool offered;

  process->sent = true;
  g_mutex_lock (&fake->mutex);
  offered = fake->offered;
  g_mutex_unlock (&fake->mutex);
  was_offered |= offered;
  if (!offered && write_fd >= 0) {
    close (write_fd);
    write_fd = -1;
  }
  if (offered && write_fd < 0) {
    g_autoptr (GVariant) reply = fake_bluez_call (
        fake, "in", "AcquireWrite", g_variant_new ("(@a{sv})", fake_bluez_options (companion, att_mtu)), &write_fd);
  }
  if (write_fd >= 0)
    return write (write_fd, packet, len) == (ssize_t)len ? 0 : -1;
  write_value (companion, packet, len);
  return 0;
}

static int
listen_by_signal (void)
{
  g_autoptr (GVariant) reply = fake_bluez_call (fake, "out", "StartNotify", NULL, NULL);
  int pair[2];

  g_assert_nonnull (reply);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, pair), ==, 0);
  fake_bluez_listen (fake, pair[1]);
  return pair[0];
}

static int
connect_companion (struct process *process)
{
  g_autoptr (GVariant) reply = NULL;
  int fd;

  fake_bluez_disconnect (fake, companion);
  if (write_fd >= 0)
    close (write_fd);
  write_fd = -1;
  FAKE_WAIT (fake, fake->objects[FAKE_ADVERTISEMENT] != NULL);
  fake_bluez_connect (fake, companion);
  if (hearing == HEAR_BY_SIGNAL)
    return listen_by_signal ();
  reply = fake_bluez_call (fake, "out", "AcquireNotify",
                           g_variant_new ("(@a{sv})", fake_bluez_options (companion, att_mtu)), &fd);
  g_assert_nonnull (reply);
  return fd;
}

static struct process *
new_device (void)
{
  struct process *process = process_new ();

  companion = "dev_1";
  att_mtu = MTU;
  hearing = HEAR_BY_SOCKET;
  write_fd = -1;
  was_offered = false;
  process->connect = connect_companion;
  process->silence_ms = 5000;
  process->port.send = send_packet;
  process->mtu = MTU - WTL_GATT_HEADER_SIZE - 2;
  return process;
}

static void
start_device (struct process *process)
{
  process_start (process, "--bluetooth", "--adapter", "hci1", NULL);
  FAKE_WAIT (fake, fake->objects[FAKE_ADVERTISEMENT] != NULL && fake->advertisement != NULL);
}

static bool
is_owned (void)
{
  g_autoptr (GVariant) data = g_variant_lookup_value (fake->service_data, WTL_GATT_SERVICE_UUID, NULL);

  g_assert_cmpuint (g_variant_get_size (data), ==, WTL_ADVERT_SIZE);
  return *(const guint8 *)g_variant_get_data (data) & WTL_ADVERT_OWNED;
}

/* It has another tag from now on, which nobody sees as long as the companion is
 * there: nor the one before. */
static void
set_up (struct process *process)
{
  process_set_up (process, process->code);
  FAKE_WAIT (fake, fake->entered[FAKE_ADVERTISEMENT] == fake->left[FAKE_ADVERTISEMENT]);
}

/* The companion goes, and everybody can see that it is owned. */
static void
leave (void)
{
  fake_bluez_disconnect (fake, companion);
  FAKE_WAIT (fake, fake->entered[FAKE_ADVERTISEMENT] == fake->left[FAKE_ADVERTISEMENT] + 1
                       && fake->objects[FAKE_ADVERTISEMENT] != NULL && is_owned ());
}

static void
assert_ping (struct process *process)
{
  g_assert_nonnull (process_ask_plain (process, wtl_Request_ping_tag));
}

/* --- */

static void
check_characteristic (const char *end, const char *uuid, const char *const *flags)
{
  g_autofree char *service = g_strconcat (fake->objects[FAKE_APPLICATION], "/service", NULL);
  g_autofree char *path = g_strconcat (service, "/", end, NULL);
  g_autoptr (GVariant) object = g_variant_lookup_value (fake->managed, path, NULL);
  g_autoptr (GVariant) properties = g_variant_lookup_value (object, "org.bluez.GattCharacteristic1", NULL);
  g_autofree const char **its_flags = NULL;
  const char *its_uuid, *its_service;

  g_assert_true (g_variant_lookup (properties, "UUID", "&s", &its_uuid));
  g_assert_true (g_variant_lookup (properties, "Service", "&o", &its_service));
  g_assert_true (g_variant_lookup (properties, "Flags", "^a&s", &its_flags));
  g_assert_cmpstr (its_uuid, ==, uuid);
  g_assert_cmpstr (its_service, ==, service);
  g_assert_true (g_strv_equal ((const char *const *)its_flags, flags));
  /* Its presence would make BlueZ 5.66 ask for the socket at the first write. */
  g_assert_null (g_variant_lookup_value (properties, "WriteAcquired", NULL));
}

static void
test_what_is_offered (void)
{
  static const char *const in_flags[] = { "write-without-response", "write", NULL };
  static const char *const out_flags[] = { "notify", NULL };
  g_autoptr (Process) process = new_device ();
  const char *type;
  gboolean discoverable;

  start_device (process);
  check_characteristic ("in", WTL_GATT_IN_UUID, in_flags);
  check_characteristic ("out", WTL_GATT_OUT_UUID, out_flags);
  g_assert_true (g_variant_lookup (fake->advertisement, "Type", "&s", &type));
  g_assert_true (g_variant_lookup (fake->advertisement, "Discoverable", "b", &discoverable));
  g_assert_cmpstr (type, ==, "peripheral");
  g_assert_true (discoverable);
  g_assert_null (g_variant_lookup_value (fake->advertisement, "LocalName", NULL));
  g_assert_null (g_variant_lookup_value (fake->advertisement, "ServiceUUIDs", NULL));
  g_assert_false (is_owned ());
}

static void
test_life (void)
{
  g_autoptr (Process) process = new_device ();
  g_autoptr (GVariant) tag = NULL;

  start_device (process);
  set_up (process);
  g_assert_true (was_offered);
  g_assert_cmpuint (process->turns, <=, 12);
  assert_ping (process);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);

  g_mutex_lock (&fake->mutex);
  tag = g_variant_ref (fake->service_data);
  g_mutex_unlock (&fake->mutex);
  process_control (process, "time 900");
  leave ();
  FAKE_WAIT (fake, !g_variant_equal (tag, fake->service_data));
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK); /* the one before was idle for too long */

  g_assert_cmpint (process_end (process, SIGTERM), ==, 0);
  g_assert_cmpuint (fake->left[FAKE_ADVERTISEMENT], ==, fake->entered[FAKE_ADVERTISEMENT]);
  g_assert_cmpuint (fake->left[FAKE_APPLICATION], ==, 1);
  g_assert_cmpint (fake->leave_time - fake->refresh_time, >, 900000); /* BlueZ had its time */
}

/* A narrow link: by calls only, because a message is many packets. */
static void
test_small_packets (void)
{
  g_autoptr (Process) process = new_device ();

  att_mtu = 23;
  process->mtu = 20;
  start_device (process);
  set_up (process);
  g_assert_nonnull (process_ask_plain (process, wtl_Request_get_info_tag));
  g_assert_false (was_offered);
}

static void
test_by_signals (void)
{
  g_autoptr (Process) process = new_device ();

  hearing = HEAR_BY_SIGNAL;
  start_device (process);
  set_up (process);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
  g_assert_nonnull (process_ask_plain (process, wtl_Request_get_info_tag));
}

static void
test_one_at_a_time (void)
{
  static const uint8_t rubbish[] = "rubbish";
  g_autoptr (Process) process = new_device ();

  start_device (process);
  set_up (process);
  assert_ping (process);
  fake_bluez_connect (fake, "dev_2");
  FAKE_WAIT (fake, !fake->offered); /* the socket would be both's */
  write_value ("dev_2", rubbish, sizeof rubbish);
  FAKE_WAIT (fake, g_strcmp0 (fake->hung_up, "dev_2") == 0);
  write_value ("dev_2", rubbish, sizeof rubbish);
  assert_ping (process);
  fake_bluez_disconnect (fake, "dev_2");
  assert_ping (process);
}

static void
test_hang_up (void)
{
  static const uint8_t rubbish[] = "\xc0\0\5hello";
  g_autoptr (Process) process = new_device ();
  int fd;

  start_device (process);
  fd = connect_companion (process);
  write_value (companion, rubbish, 8);
  FAKE_WAIT (fake, g_strcmp0 (fake->hung_up, companion) == 0);
  write_value (companion, rubbish, 8); /* nobody listens until it is gone */
  close (fd);
  set_up (process);
}

static void
test_strangers (void)
{
  g_autoptr (Process) process = new_device ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *remote = NULL;
  g_autoptr (GDBusConnection) stranger = NULL;
  g_autoptr (GVariant) reply = NULL;

  start_device (process);
  set_up (process);
  stranger = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (fake->dbus),
                                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                         | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                     NULL, NULL, &error);
  g_assert_no_error (error);
  path = g_strconcat (fake->objects[FAKE_APPLICATION], "/service/in", NULL);
  reply = g_dbus_connection_call_sync (
      stranger, fake->owner, path, "org.bluez.GattCharacteristic1", "WriteValue",
      g_variant_new ("(@ay@a{sv})", g_variant_new_bytestring ("x"), fake_bluez_options (companion, MTU)), NULL, 0, -1,
      NULL, &error);
  g_assert_null (reply);
  remote = g_dbus_error_get_remote_error (error);
  g_assert_cmpstr (remote, ==, "org.bluez.Error.NotAuthorized");
  assert_ping (process);
}

/* Each takes bluetoothd, the adapter or its power, and gives it back. */
static void
lose_service (gboolean back)
{
  back ? fake_bluez_start (fake) : fake_bluez_stop (fake);
}

static void
lose_adapter (gboolean back)
{
  back ? fake_bluez_add_adapter (fake) : fake_bluez_remove_adapter (fake);
}

static void
test_lost_and_back (void)
{
  static void (*const losses[]) (gboolean back) = { lose_service, lose_adapter };
  g_autoptr (Process) process = new_device ();

  start_device (process);
  set_up (process);
  for (guint i = 0; i < G_N_ELEMENTS (losses); i++) {
    losses[i](FALSE);
    losses[i](TRUE);
    FAKE_WAIT (fake, fake->objects[FAKE_ADVERTISEMENT] != NULL);
    g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
    assert_ping (process);
  }
}

/* BlueZ keeps what is registered while the adapter is off. */
static void
test_power (void)
{
  g_autoptr (Process) process = new_device ();
  unsigned entered, left;

  start_device (process);
  set_up (process);
  leave ();
  entered = fake->entered[FAKE_ADVERTISEMENT];
  left = fake->left[FAKE_ADVERTISEMENT];
  fake_bluez_set_powered (fake, FALSE);
  process_control (process, "time 900"); /* a new tag meanwhile */
  process_control (process, "state");
  fake_bluez_set_powered (fake, TRUE);
  FAKE_WAIT (fake, fake->entered[FAKE_ADVERTISEMENT] == entered + 1);
  g_assert_cmpuint (fake->left[FAKE_ADVERTISEMENT], ==, left + 1);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
}

static void
test_late_and_refused (void)
{
  g_autoptr (Process) process = new_device ();

  fake_bluez_stop (fake);
  process_start (process, "--bluetooth", NULL);
  process_control (process, "state");
  g_assert_cmpuint (fake->entered[FAKE_APPLICATION], ==, 0);
  fake->refuse = 1;
  fake_bluez_start (fake);
  FAKE_WAIT (fake, fake->entered[FAKE_ADVERTISEMENT] == 1); /* at the second try */
  set_up (process);
}

static void
test_range (void)
{
  g_autoptr (Process) process = new_device ();

  start_device (process);
  set_up (process);
  process_control (process, "range out");
  FAKE_WAIT (fake, fake->objects[FAKE_ADVERTISEMENT] == NULL && g_strcmp0 (fake->hung_up, companion) == 0);
  process_control (process, "range in");
  FAKE_WAIT (fake, fake->objects[FAKE_ADVERTISEMENT] != NULL);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
}

/* BlueZ 5.66 keeps waiting for the socket it was given when the companion
 * disconnects meanwhile: the service is registered anew. */
static void
test_stuck (void)
{
  g_autoptr (Process) process = new_device ();
  g_autoptr (GVariant) reply = NULL;

  start_device (process);
  set_up (process);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
  g_assert_true (was_offered);
  close (write_fd);
  write_fd = -1;
  process_control (process, "state");
  reply = fake_bluez_call (fake, "in", "AcquireWrite",
                           g_variant_new ("(@a{sv})", fake_bluez_options (companion, att_mtu)), &write_fd);
  g_assert_nonnull (reply);
  fake_bluez_disconnect (fake, companion);
  FAKE_WAIT (fake, fake->entered[FAKE_APPLICATION] == 2);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
  assert_ping (process);
}

static void
test_power_cut (void)
{
  g_autoptr (Process) process = new_device ();
  unsigned left;

  start_device (process);
  set_up (process);
  left = fake->left[FAKE_ADVERTISEMENT];
  process_control (process, "cut 1");
  g_subprocess_send_signal (process->device, SIGUSR2);
  g_assert_cmpint (process_end (process, 0), ==, CUT);
  g_assert_cmpuint (fake->left[FAKE_ADVERTISEMENT], ==, left); /* it had no power to say so */
}

static void
test_wrong_words (void)
{
  static const char *const bad[][4]
      = { { "--adapter", "hci1" }, { "--bluetooth", "--adapter", "../hci1" }, { "--bluetooth", "--mtu", "19" } };
  g_autoptr (Process) process = new_device ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GSubprocess) device
        = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, g_getenv ("WATTLE_VIRTUAL_DEVICE"), "--flash",
                            process->flash, bad[i][0], bad[i][1], bad[i][2], NULL);

    g_assert_true (g_subprocess_wait (device, NULL, NULL));
    g_assert_cmpint (g_subprocess_get_exit_status (device), ==, 2);
  }
}

static void
with_bluez (gconstpointer test)
{
  fake = fake_bluez_new ();
  ((void (*) (void))test) ();
  fake_bluez_free (fake);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/bluez/what-is-offered", test_what_is_offered, with_bluez);
  g_test_add_data_func ("/bluez/life", test_life, with_bluez);
  g_test_add_data_func ("/bluez/small-packets", test_small_packets, with_bluez);
  g_test_add_data_func ("/bluez/by-signals", test_by_signals, with_bluez);
  g_test_add_data_func ("/bluez/one-at-a-time", test_one_at_a_time, with_bluez);
  g_test_add_data_func ("/bluez/hang-up", test_hang_up, with_bluez);
  g_test_add_data_func ("/bluez/strangers", test_strangers, with_bluez);
  g_test_add_data_func ("/bluez/lost-and-back", test_lost_and_back, with_bluez);
  g_test_add_data_func ("/bluez/power", test_power, with_bluez);
  g_test_add_data_func ("/bluez/late-and-refused", test_late_and_refused, with_bluez);
  g_test_add_data_func ("/bluez/range", test_range, with_bluez);
  g_test_add_data_func ("/bluez/stuck", test_stuck, with_bluez);
  g_test_add_data_func ("/bluez/power-cut", test_power_cut, with_bluez);
  g_test_add_data_func ("/bluez/wrong-words", test_wrong_words, with_bluez);
  return g_test_run ();
}
