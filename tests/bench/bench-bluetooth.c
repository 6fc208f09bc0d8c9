/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Over the air, with the virtual device at adapter hci1 and a companion at
 * hci0: what the set-up takes, and what a message takes through our session
 * beside bare packets of the same sizes through AcquireWrite and AcquireNotify
 * of the same connection.  tests/bluez/bench starts it where there is a
 * bluetoothd.
 */
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pairing/gatt.h"
#include "tests/bench/bluetooth-central.h"
#include "tests/bench/bluetooth-raw.h"
#include "tests/bench/samples.h"
#include "tests/unit/firmware/process.h"

#define ROUNDS 201     /* round trips of each kind */
#define RATE_ROUNDS 21 /* uploads of each kind */
#define ANSWERS 20     /* messages of an upload */
#define READINGS 16    /* in a message */
#define PATIENCE_MS 60000
#define SETTLE_US 5000000 /* for bluetoothd, after a disconnection */
#define SET_UP_TURNS_MAX 12
#define WRITE_MAX 510 /* what bluetoothd 5.66 lets through */

static Central central;
static int raw_in, raw_out;
static size_t wire_packet; /* bytes of the last packet of the session */

static GSubprocess *
start_raw_peer (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;
  GSubprocess *peer
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("WATTLE_RAW_PEER"), "hci1", NULL);

  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (peer));
  line = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, "ready");
  return peer;
}

/* For a Process: the sockets of the device's characteristics. */
static int
connect_device (Process *process)
{
  guint16 mtu;
  int fd = central_acquire (&central, WTL_GATT_OUT_UUID, "AcquireNotify", NULL);

  process->out_fd = central_acquire (&central, WTL_GATT_IN_UUID, "AcquireWrite", &mtu);
  process->mtu = MIN (mtu - WTL_GATT_HEADER_SIZE, WRITE_MAX);
  return fd;
}

static void
bench_set_up (Process *process)
{
  double start = samples_now ();
  double connected;

  central_find (&central, WTL_GATT_SERVICE_UUID);
  central_connect (&central);
  connected = samples_now ();
  process_set_up (process, process->code);
  g_print ("connection, services found      %9.2f ms\n", (connected - start) / 1e3);
  g_print ("set-up by code                  %9.2f ms, %u round trips  (at most %d: %s)\n",
           (samples_now () - connected) / 1e3, process->turns, SET_UP_TURNS_MAX,
           process->turns <= SET_UP_TURNS_MAX ? "holds" : "DOES NOT HOLD");
}

/* --- round trips --- */

static double
time_ping (Process *process)
{
  double start = samples_now ();

  g_assert_nonnull (process_ask_plain (process, wtl_Request_ping_tag));
  return samples_now () - start;
}

static double
time_echo (size_t len)
{
  uint8_t packet[512] = { RAW_ECHO };
  double start = samples_now ();

  g_assert_cmpint (write (raw_in, packet, len), ==, (gssize)len);
  g_assert_cmpint (recv (raw_out, packet, sizeof packet, 0), ==, (gssize)len);
  return samples_now () - start;
}

static void
bench_round_trips (Process *process)
{
  Samples *ours = samples_new ();
  Samples *raw = samples_new ();

  for (int i = 0; i < ROUNDS; i++) {
    samples_add (ours, time_ping (process));
    samples_add (raw, time_echo (wire_packet));
  }
  g_print ("packets of %zu bytes\n", wire_packet);
  samples_print_ratio ("round trip, session / raw", samples_median (ours), samples_median (raw), 1.3);
  g_array_unref (ours);
  g_array_unref (raw);
}

/* --- uploads: the history, as the service fetches it, one request after the other --- */

static void
ask_readings (Process *process)
{
  wtl_Request request = { .id = ++process->next_id, .which_body = wtl_Request_readings_tag };

  g_assert_cmpint (wtl_channel_send_request (&process->channel, &request), ==, WTL_OK);
}

static double
time_history (Process *process)
{
  double start = samples_now ();

  for (int i = 0; i < ANSWERS; i++) {
    ask_readings (process);
    g_assert_true (process_wait (process, 0));
    g_assert_cmpint (process->response.which_body, ==, wtl_Response_readings_tag);
    g_assert_cmpuint (process->response.body.readings.readings_count, ==, READINGS);
  }
  return samples_now () - start;
}

static double
time_give (size_t request, size_t answer)
{
  uint8_t packet[512] = { RAW_GIVE, 1, (uint8_t)(answer >> 8), (uint8_t)answer };
  uint8_t got[512];
  double start = samples_now ();

  for (int i = 0; i < ANSWERS; i++) {
    g_assert_cmpint (write (raw_in, packet, request), ==, (gssize)request);
    g_assert_cmpint (recv (raw_out, got, sizeof got, 0), ==, (gssize)answer);
  }
  return samples_now () - start;
}

static void
bench_uploads (Process *process, size_t request, size_t answer)
{
  Samples *ours = samples_new ();
  Samples *raw = samples_new ();

  for (int i = 0; i < RATE_ROUNDS; i++) {
    samples_add (ours, time_history (process));
    samples_add (raw, time_give (request, answer));
  }
  g_print ("history in packets of %zu bytes, %.0f kB/s\n", answer,
           (double)answer * ANSWERS * 1e3 / samples_median (ours));
  samples_print_ratio ("upload rate, session / raw", samples_median (raw), samples_median (ours), -0.85);
  g_array_unref (ours);
  g_array_unref (raw);
}

/* --- */

/* Sizes on the wire are those of a record in one packet: header, number, tag. */
static size_t
packet_of (size_t message)
{
  return 3 + 4 + message + 16;
}

static void
await_history (Process *process)
{
  for (;;) {
    g_assert_nonnull (process_ask_plain (process, wtl_Request_readings_tag));
    if (process->response.body.readings.readings_count >= READINGS)
      return;
    g_usleep (200000);
  }
}

/* The same device, but now it tells of no reading by itself. */
static void
restart_quietly (Process *process)
{
  double start;

  process_close (process);
  central_disconnect (&central);
  g_assert_cmpint (process_end (process, SIGTERM), ==, 0);
  process_start (process, "--bluetooth", "--adapter", "hci1", "--interval", "3600000", NULL);
  g_usleep (SETTLE_US);
  start = samples_now ();
  central_find (&central, WTL_GATT_SERVICE_UUID);
  central_connect (&central);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
  g_print ("connection by the owner's key   %9.2f ms\n", (samples_now () - start) / 1e3);
}

int
main (void)
{
  g_autoptr (Process) process = process_new ();
  g_autoptr (GSubprocess) peer = start_raw_peer ();

  process->connect = connect_device;
  process->silence_ms = PATIENCE_MS;
  process_start (process, "--bluetooth", "--adapter", "hci1", NULL);
  central_init (&central, "/org/bluez/hci0");
  bench_set_up (process);
  await_history (process);
  restart_quietly (process);
  raw_out = central_acquire (&central, RAW_OUT_UUID, "AcquireNotify", NULL);
  raw_in = central_acquire (&central, RAW_IN_UUID, "AcquireWrite", NULL);
  g_assert_nonnull (process_ask_plain (process, wtl_Request_ping_tag));
  wire_packet = packet_of (process->channel.message_len);
  bench_round_trips (process);
  ask_readings (process);
  g_assert_true (process_wait (process, 0));
  bench_uploads (process, wire_packet, packet_of (process->channel.message_len));
  central_disconnect (&central);
  central_clear (&central);
  g_subprocess_force_exit (peer);
  return 0;
}
