/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-virtual-device as a process: what is in its directory, who may talk
 * to it, what goes wrong on request.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pairing/advert.h"
#include "tests/unit/firmware/process.h"

#define CUT 86 /* what it exits with at a power cut */

static const uint8_t wipe_id[16] = "a wipe of a file";

static gboolean
is_hung_up (int fd)
{
  uint8_t byte[600];

  for (;;) {
    ssize_t n = recv (fd, byte, sizeof byte, 0); /* a refusal may come first */

    if (n <= 0)
      return TRUE;
  }
}

static void
test_life (void)
{
  g_autoptr (Process) process = process_new ();
  g_autofree char *count_file = g_build_filename (process->dir, "count", NULL);
  g_autofree char *data = NULL;
  g_autofree char *count = NULL;
  struct wtl_advert advert;
  gsize len;

  process_start (process, "--mtu", "300", "--cut-count", count_file, NULL);
  g_assert_true (g_file_get_contents (process->advert, &data, &len, NULL));
  g_assert_cmpuint (len, ==, 12);
  g_assert_cmpuint ((guint8)data[10] << 8 | (guint8)data[11], ==, 300);
  g_assert_cmpint (wtl_advert_parse ((const uint8_t *)data, WTL_ADVERT_SIZE, &advert), ==, WTL_OK);
  g_assert_cmpuint (advert.product, ==, 0x00010001);

  process_set_up (process, process->code);
  process_await_advert (process, 1);
  g_assert_true (process_wait (process, 3)); /* readings come by themselves */
  g_assert_nonnull (process_ask_plain (process, wtl_Request_readings_tag));
  g_assert_cmpuint (process->response.body.readings.readings_count, >=, 3);
  g_assert_cmpint (process->response.body.readings.readings[0].value, >, 15000);
  g_assert_cmpint (process->response.body.readings.readings[0].value, <, 27000);
  g_assert_cmpint (process_end (process, SIGTERM), ==, 0);
  g_assert_false (g_file_test (process->advert, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (process->socket, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (count_file, &count, NULL, NULL));
  g_assert_cmpint (atoi (count), >, 100);

  process_start (process, NULL);
  g_assert_cmpint (process_open (process, wtl_SECRET_KIND_SETUP_CODE, process->code, 10), ==, WTL_ERROR_NOT_NOW);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);

  /* The button, by signals. */
  g_subprocess_send_signal (process->device, SIGUSR1);
  g_assert_nonnull (process_ask_plain (process, wtl_Request_ping_tag));
  g_subprocess_send_signal (process->device, SIGUSR2);
  process_await_advert (process, 0);
  process_set_up (process, process->code);
}

static void
test_small_packets (void)
{
  g_autoptr (Process) process = process_new ();

  process->mtu = 20;
  process_start (process, "--mtu", "20", NULL);
  process_set_up (process, process->code);
  g_assert_true (process_wait (process, 2));
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
  g_assert_nonnull (process_ask_plain (process, wtl_Request_get_info_tag));
  g_assert_cmpstr (process->response.body.info.unit_id, ==, PROCESS_UNIT);
}

static void
test_strangers (void)
{
  g_autoptr (Process) process = process_new ();
  uint8_t rubbish[700];
  int first, second;

  process_start (process, NULL);
  first = process_connect (process);
  g_assert_cmpint (first, >=, 0);
  process_control (process, "state"); /* it has had time to accept */
  second = process_connect (process);
  g_assert_true (is_hung_up (second)); /* one at a time */
  close (second);
  process_control (process, "time 16"); /* and not for ever */
  g_assert_true (is_hung_up (first));
  close (first);

  for (int round = 0; round < 40; round++) {
    int fd = process_connect (process);
    gsize len = round == 0 ? sizeof rubbish : (gsize)g_test_rand_int_range (1, 513);

    g_assert_cmpint (fd, >=, 0);
    for (gsize i = 0; i < len; i++)
      rubbish[i] = (uint8_t)g_test_rand_int ();
    g_assert_cmpint (send (fd, rubbish, len, MSG_NOSIGNAL), ==, (gssize)len);
    if (round % 4 == 0 && round > 0)
      g_usleep (2000); /* else it leaves at once */
    close (fd);
  }
  process_set_up (process, process->code);
}

static void
test_range (void)
{
  g_autoptr (Process) process = process_new ();

  process_start (process, NULL);
  process_set_up (process, process->code);
  process_control (process, "range out");
  process_await_advert (process, -1);
  while (process_wait (process, 1))
    ; /* what was under way */
  g_assert_cmpint (process_connect (process), ==, -1);
  process_control (process, "range in");
  process_await_advert (process, 1);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
  g_assert_cmpint (process_end (process, SIGTERM), ==, 0);

  process_start (process, "--out-of-range-after", "12", "--back-after", "100", NULL);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
  while (process_ask_plain (process, wtl_Request_ping_tag) != NULL)
    ;
  process_await_advert (process, 1);
  g_assert_cmpint (process_open_owner (process), ==, WTL_OK);
}

/* Over a bad link things take longer, and nothing false gets through. */
static void
test_bad_link (void)
{
  static const char *const faults[] = { "--lose", "--repeat", "--reorder", "--corrupt" };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (Process) process = process_new ();
    unsigned answers = 0, breaks = 0;

    process_start (process, NULL);
    process_set_up (process, process->code);
    g_assert_cmpint (process_end (process, SIGTERM), ==, 0);
    process_start (process, faults[i], "0.04", "--seed", "7", "--interval", "60000", NULL);
    while (answers < 40 || breaks == 0) {
      if (process->fd < 0 && process_open_owner (process) != WTL_OK) {
        breaks++;
        continue;
      }
      if (process_ask_plain (process, wtl_Request_get_info_tag) == NULL) {
        breaks++;
        continue;
      }
      g_assert_cmpstr (process->response.body.info.unit_id, ==, PROCESS_UNIT);
      answers++;
    }
    g_test_message ("%s: %u answers, %u new starts", faults[i], answers, breaks);
    g_assert_cmpuint (breaks, <, 40);
  }
}

static void
ask_wipe (struct process *process, char code[17])
{
  wtl_Request request = { .which_body = wtl_Request_wipe_prepare_tag };

  memcpy (request.body.wipe_prepare.wipe_id, wipe_id, 16);
  g_assert_nonnull (process_ask (process, &request));
  g_strlcpy (code, process->response.body.wipe_prepare.next_code, 17);
}

static const wtl_Response *
ask_wipe_id (struct process *process, pb_size_t body)
{
  wtl_Request request = { .which_body = body };

  memcpy (body == wtl_Request_wipe_commit_tag ? request.body.wipe_commit.wipe_id : request.body.wipe_receipt.wipe_id,
          wipe_id, 16);
  return process_ask (process, &request);
}

/* A hard end of the process in the middle of a wipe, then of the start after it. */
static void
test_power_cut (void)
{
  static const char *const cuts[] = { "cut 1", "cut 9 ffff0000", "cut 30", "cut 60 a5a5a5a5", "cut 90" };
  const int32_t value = PROCESS_VALUE;
  g_autoptr (Process) process = process_new ();
  g_autofree char *set_value = g_strdup_printf ("value %d", value);
  char code[17];

  g_strlcpy (code, process->code, sizeof code);
  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++) {
    process_start (process, NULL);
    process_control (process, set_value);
    process_set_up (process, code);
    g_assert_true (process_wait (process, 3));
    g_assert_true (process_flash_has (process, &value, sizeof value));
    g_assert_true (process_flash_has (process, PROCESS_ADVERT_KEY, 16));
    ask_wipe (process, code);
    process_control (process, cuts[i]);
    g_assert_null (ask_wipe_id (process, wtl_Request_wipe_commit_tag));
    g_assert_cmpint (process_end (process, 0), ==, CUT);
    process_await_advert (process, -1);
    process_start (process, NULL);
    if (process_open_owner (process) == WTL_OK)
      g_assert_nonnull (ask_wipe_id (process, wtl_Request_wipe_commit_tag));
    g_assert_cmpint (process_open (process, wtl_SECRET_KIND_SETUP_CODE, code, strlen (code)), ==, WTL_OK);
    g_assert_nonnull (ask_wipe_id (process, wtl_Request_wipe_receipt_tag));
    g_assert_cmpint (process->response.which_body, ==, wtl_Response_statement_tag);
    g_assert_false (process_flash_has (process, &value, sizeof value));
    g_assert_false (process_flash_has (process, PROCESS_ADVERT_KEY, 16));
    g_assert_cmpint (process_end (process, SIGTERM), ==, 0);
  }
}

static int
run_device (const char *const *words)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) device = NULL;

  g_ptr_array_add (argv, (gpointer)g_getenv ("WATTLE_VIRTUAL_DEVICE"));
  for (; *words != NULL; words++)
    g_ptr_array_add (argv, (gpointer)*words);
  g_ptr_array_add (argv, NULL);
  device = g_subprocess_newv ((const char *const *)argv->pdata,
                              G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  g_assert_nonnull (device);
  g_assert_true (g_subprocess_wait (device, NULL, NULL));
  return g_subprocess_get_if_exited (device) ? g_subprocess_get_exit_status (device) : -1;
}

static void
test_wrong_words (void)
{
  g_autoptr (Process) process = process_new ();
  g_autofree char *manifest = g_build_filename (process->dir, "units.jsonl", NULL);
  const char *const bad[][6] = {
    { NULL },
    { "--flash", process->flash, "--mtu", "19", NULL },
    { "--flash", process->flash, "--name", "../x", NULL },
    { "--flash", process->flash, "--lose", "2", NULL },
    { "--flash", process->flash, "surplus", NULL },
    { "--flash", process->flash, "--torn", "xyz", NULL },
    { "--no-such-option", NULL },
  };
  const char *const help[] = { "--help", NULL }, *const version[] = { "--version", NULL };
  const char *const absent[] = { "--flash", "/nonexistent", "--links", process->dir, NULL };
  const char *const other[] = { "--flash", manifest, "--links", process->dir, NULL };
  const char *const again[] = { "--flash", process->flash, "--links", process->dir, NULL };

  g_assert_cmpint (run_device (help), ==, 0);
  g_assert_cmpint (run_device (version), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpint (run_device (bad[i]), ==, 2);
  g_assert_cmpint (run_device (absent), ==, 1);
  g_assert_cmpint (run_device (other), ==, 1);
  process_start (process, NULL);
  g_assert_cmpint (run_device (again), ==, 1); /* the same flash in two devices */
  g_assert_cmpint (process_end (process, SIGTERM), ==, 0);
  g_assert_cmpint (truncate (process->flash, 4096), ==, 0);
  g_assert_cmpint (run_device (again), ==, 1);
}

/* --- images --- */

static void
run_vendor (Process *process, const char *command)
{
  g_autofree char *line
      = g_strdup_printf ("cd %s && exec %s image %s", process->dir, g_getenv ("WATTLE_VENDOR"), command);
  const char *argv[] = { "sh", "-c", line, NULL };
  int status = -1;

  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

/* A frame of SMP with these bytes of CBOR; whether the answer has no error. */
static gboolean
ask_smp (Process *process, guint8 group, guint8 command, const GByteArray *body)
{
  wtl_Request request = { .which_body = wtl_Request_smp_tag };
  guint8 *frame = request.body.smp.frame.bytes;
  const wtl_Response *response;

  memcpy (frame, (const guint8[]){ 0x0a, 0, body->len >> 8, body->len, 0, group, 0, command }, 8);
  memcpy (frame + 8, body->data, body->len);
  request.body.smp.frame.size = (pb_size_t)(8 + body->len);
  response = process_ask (process, &request);
  return response != NULL && response->which_body == wtl_Response_smp_tag
         && memmem (response->body.smp.frame.bytes, response->body.smp.frame.size, "rc", 2) == NULL;
}

static GByteArray *
add (GByteArray *body, const char *bytes, gsize len)
{
  return g_byte_array_append (body, (const guint8 *)bytes, (guint)len);
}

static void
offer (Process *process, const char *image, gsize size)
{
  for (gsize at = 0; at < size; at += 200) {
    g_autoptr (GByteArray) body = g_byte_array_new ();
    gsize n = MIN (200, size - at);

    add (body, "\xbf\x63len\x19", 6);
    add (body, (const char[]){ (char)(size >> 8), (char)size }, 2);
    add (body, "\x63off\x19", 5);
    add (body, (const char[]){ (char)(at >> 8), (char)at }, 2);
    add (body,
         "\x64"
         "data\x58",
         6);
    add (body, (const char[]){ (char)n }, 1);
    add (add (body, image + at, n), "\xff", 1);
    g_assert_true (ask_smp (process, 1, 1, body));
  }
}

/* Until the device has gone from the link and is back with what it started from. */
static void
await_reset (Process *process)
{
  gint64 until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (process_wait (process, 1))
    g_assert_cmpint (g_get_monotonic_time (), <, until);
  while (process_open_owner (process) != WTL_OK) {
    g_assert_cmpint (g_get_monotonic_time (), <, until);
    g_usleep (20000);
  }
}

/* Offered, tried after a reset, and kept once its owner was there. */
static void
test_update (void)
{
  g_autoptr (Process) process = process_new ();
  g_autofree char *images = g_build_filename (process->dir, "images", NULL);
  g_autofree char *next = g_build_filename (process->dir, "next.bin", NULL);
  g_autofree char *image = NULL;
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) empty = g_byte_array_new ();
  guint8 hash[32];
  const wtl_Response *response;
  gsize size, len = sizeof hash;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_assert_cmpint (g_mkdir (images, 0700), ==, 0);
  run_vendor (process, "key --key k --public images/key.pem");
  run_vendor (process, "new label.json --version 1.0.0 --product 0x00010001 --key k -o images/slot-0.bin");
  run_vendor (process, "new label.json --version 1.1.0 --product 0x00010001 --key k -o next.bin --header-size 32");
  g_assert_true (g_file_get_contents (next, &image, &size, NULL));
  g_checksum_update (checksum, (const guint8 *)image, 32 + (image[12] & 0xff) + 20); /* a short body */
  g_checksum_get_digest (checksum, hash, &len);
  process_start (process, "--images", images, NULL);
  process_set_up (process, process->code);
  offer (process, image, size);
  add (add (add (body,
                 "\xa1\x64"
                 "hash\x58\x20",
                 8),
            (const char *)hash, 32),
       "", 0);
  g_assert_true (ask_smp (process, 1, 0, body));
  g_assert_true (ask_smp (process, 0, 5, add (empty, "\xa0", 1)));
  await_reset (process);
  response = process_ask_plain (process, wtl_Request_get_integrity_tag);
  g_assert_nonnull (response);
  g_assert_cmpmem (response->body.integrity.image_sha256.bytes, response->body.integrity.image_sha256.size, hash, 32);
  g_assert_cmpint (response->body.integrity.reset_cause, ==, wtl_RESET_CAUSE_SOFTWARE);
  g_assert_true (response->body.integrity.image_confirmed);
  process_end (process, SIGTERM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/virtual/update", test_update);
  g_test_add_func ("/virtual/life", test_life);
  g_test_add_func ("/virtual/small-packets", test_small_packets);
  g_test_add_func ("/virtual/strangers", test_strangers);
  g_test_add_func ("/virtual/range", test_range);
  g_test_add_func ("/virtual/bad-link", test_bad_link);
  g_test_add_func ("/virtual/power-cut", test_power_cut);
  g_test_add_func ("/virtual/wrong-words", test_wrong_words);
  return g_test_run ();
}
