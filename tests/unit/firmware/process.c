/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real thing.  WATTLE_VENDOR, WATTLE_VIRTUAL_DEVICE and WATTLE_PASSPORT say
 * where the programs and a passport are.
 */
#include "tests/unit/firmware/process.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SILENCE_MS 1000   /* of the device, after which the link is given up */
#define PATIENCE_MS 20000 /* on a busy machine */

static const uint8_t owner_key[32] = "CANARY, the owner's key, 32 byte";

static int
far_random (void *ctx, uint8_t *buf, size_t len)
{
  return getrandom (buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static uint64_t
far_now (void *ctx)
{
  return (uint64_t)(g_get_monotonic_time () / 1000);
}

static int
far_send (void *ctx, const uint8_t *packet, size_t len)
{
  struct process *process = ctx;

  process->sent = true;
  return write (process->out_fd >= 0 ? process->out_fd : process->fd, packet, len) == (ssize_t)len ? 0 : -1;
}

struct process *
process_new (void)
{
  struct process *process = g_new0 (struct process, 1);
  g_autofree char *label = NULL;
  g_autofree char *manifest = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GSubprocess) vendor = NULL;
  g_autoptr (GError) error = NULL;

  process->dir = g_dir_make_tmp ("wattle-device-XXXXXX", &error);
  g_assert_no_error (error);
  process->flash = g_build_filename (process->dir, "flash", NULL);
  process->advert = g_build_filename (process->dir, "links", PROCESS_NAME ".advert", NULL);
  process->socket = g_build_filename (process->dir, "links", PROCESS_NAME ".sock", NULL);
  process->control = g_build_filename (process->dir, "control", NULL);
  process->connect = process_connect;
  process->silence_ms = SILENCE_MS;
  process->fd = process->out_fd = -1;
  signal (SIGPIPE, SIG_IGN);
  process->port = (struct wtl_port){ .ctx = process, .random = far_random, .now_ms = far_now, .send = far_send };
  label = g_build_filename (process->dir, "label.json", NULL);
  manifest = g_build_filename (process->dir, "units.jsonl", NULL);
  vendor = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                             g_getenv ("WATTLE_VENDOR"), "device", "new", "--unit", PROCESS_UNIT, "--passport",
                             g_getenv ("WATTLE_PASSPORT"), "--flash", process->flash, "--manifest", manifest, "--label",
                             label, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (vendor, NULL, NULL));
  g_assert_true (g_file_get_contents (label, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"code\":\""));
  g_strlcpy (process->code, strstr (text, "\"code\":\"") + 8, sizeof process->code);
  return process;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

void
process_free (Process *process)
{
  process_close (process);
  if (process->device != NULL)
    process_end (process, SIGKILL);
  remove_tree (process->dir);
  g_free (process->flash);
  g_free (process->advert);
  g_free (process->socket);
  g_free (process->control);
  g_free (process->dir);
  g_free (process);
}

/* The device goes when the test does, however that ends. */
static void
die_together (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
process_start (struct process *process, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *links = g_path_get_dirname (process->socket);
  g_autofree char *line = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  const char *const fixed[] = { g_getenv ("WATTLE_VIRTUAL_DEVICE"),
                                "--flash",
                                process->flash,
                                "--links",
                                links,
                                "--name",
                                PROCESS_NAME,
                                "--control",
                                process->control,
                                "--interval",
                                "100" };
  const char *word;
  va_list words;

  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (argv, (gpointer)fixed[i]);
  va_start (words, process);
  while ((word = va_arg (words, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer)word);
  va_end (words);
  g_ptr_array_add (argv, NULL);
  g_assert_null (process->device);
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, die_together, NULL, NULL);
  process->device = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv->pdata, &error);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process->device));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_nonnull (strstr (line, PROCESS_UNIT));
}

int
process_end (struct process *process, int signal)
{
  int status;

  process_close (process);
  if (signal != 0)
    g_subprocess_send_signal (process->device, signal);
  g_assert_true (g_subprocess_wait (process->device, NULL, NULL));
  status = g_subprocess_get_if_exited (process->device) ? g_subprocess_get_exit_status (process->device) : -1;
  g_clear_object (&process->device);
  return status;
}

static int
connect_to (const char *path, int type)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, type | SOCK_CLOEXEC, 0);

  g_assert_cmpuint (g_strlcpy (address.sun_path, path, sizeof address.sun_path), <, sizeof address.sun_path);
  if (connect (fd, (struct sockaddr *)&address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

int
process_connect (struct process *process)
{
  return connect_to (process->socket, SOCK_SEQPACKET);
}

void
process_control (struct process *process, const char *command)
{
  g_autofree char *line = g_strconcat (command, "\n", NULL);
  char answer[256] = { 0 };
  int fd = connect_to (process->control, SOCK_STREAM);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (send (fd, line, strlen (line), MSG_NOSIGNAL), ==, (gssize)strlen (line));
  g_assert_cmpint (recv (fd, answer, sizeof answer - 1, 0), >, 0);
  close (fd);
  g_assert_true (g_str_has_prefix (answer, "ok"));
}

/* One packet.  Whoever says nothing for too long has hung up. */
static enum wtl_status
feed_one (struct process *process, enum wtl_event *event)
{
  struct pollfd pollfd = { process->fd, POLLIN, 0 };
  uint8_t packet[600];
  ssize_t n;

  *event = WTL_EVENT_NONE;
  if (poll (&pollfd, 1, process->silence_ms) != 1)
    return WTL_ERROR_SEND;
  process->turns += process->sent;
  process->sent = false;
  n = recv (process->fd, packet, sizeof packet, MSG_DONTWAIT);
  if (n <= 0)
    return WTL_ERROR_SEND;
  if (process->mtu > 0)
    g_assert_cmpint (n, <=, (gssize)process->mtu);
  return wtl_channel_receive (&process->channel, packet, (size_t)n, event);
}

void
process_close (struct process *process)
{
  wtl_channel_close (&process->channel);
  if (process->fd >= 0)
    close (process->fd);
  if (process->out_fd >= 0)
    close (process->out_fd);
  process->fd = process->out_fd = -1;
  process->turns = 0;
  process->sent = false;
}

enum wtl_status
process_open (struct process *process, wtl_SecretKind kind, const void *secret, size_t len)
{
  enum wtl_status status;
  enum wtl_event event = WTL_EVENT_NONE;

  process_close (process);
  process->fd = process->connect (process);
  if (process->fd < 0)
    return WTL_ERROR_SEND;
  status = wtl_channel_init_prover (&process->channel, &process->port, process->mtu > 0 ? process->mtu : 247, kind, 0,
                                    secret, len);
  while (status == WTL_OK && event != WTL_EVENT_READY)
    status = feed_one (process, &event);
  if (status != WTL_OK)
    process_close (process);
  return status;
}

enum wtl_status
process_open_owner (struct process *process)
{
  return process_open (process, wtl_SECRET_KIND_OWNER_KEY, owner_key, sizeof owner_key);
}

gboolean
process_wait (struct process *process, unsigned events)
{
  unsigned until = process->events + events;
  enum wtl_status status = WTL_OK;

  process->response.id = 0;
  while (status == WTL_OK && (events > 0 ? process->events < until : process->response.id == 0)) {
    enum wtl_event event;
    wtl_Response response;

    status = feed_one (process, &event);
    if (status != WTL_OK || event != WTL_EVENT_MESSAGE)
      continue;
    g_assert_cmpint (wtl_response_decode (process->channel.message, process->channel.message_len, &response), ==,
                     WTL_OK);
    if (response.id == 0)
      process->events++;
    else
      process->response = response;
  }
  if (status != WTL_OK)
    process_close (process);
  return status == WTL_OK;
}

const wtl_Response *
process_ask (struct process *process, wtl_Request *request)
{
  request->id = ++process->next_id;
  if (wtl_channel_send_request (&process->channel, request) != WTL_OK || !process_wait (process, 0)) {
    process_close (process);
    return NULL;
  }
  g_assert_cmpuint (process->response.id, ==, request->id);
  return &process->response;
}

const wtl_Response *
process_ask_plain (struct process *process, pb_size_t body)
{
  wtl_Request request = { .which_body = body };

  return process_ask (process, &request);
}

void
process_set_up (struct process *process, const char *code)
{
  wtl_Request request = { .which_body = wtl_Request_set_up_tag };
  wtl_SetUpRequest *set_up = &request.body.set_up;
  struct wtl_prover prover;
  struct wtl_verifier verifier;

  g_assert_cmpint (process_open (process, wtl_SECRET_KIND_SETUP_CODE, code, strlen (code)), ==, WTL_OK);
  g_assert_cmpint (wtl_prover_from_owner_key (owner_key, &prover), ==, WTL_OK);
  g_assert_cmpint (wtl_verifier_from_prover (&prover, far_random, NULL, &verifier), ==, WTL_OK);
  g_strlcpy (set_up->password, PROCESS_PASSWORD, sizeof set_up->password);
  set_up->has_owner = true;
  memcpy (set_up->owner.w0, verifier.w0, sizeof verifier.w0);
  memcpy (set_up->owner.l, verifier.l, sizeof verifier.l);
  memcpy (set_up->advert_key, PROCESS_ADVERT_KEY, sizeof set_up->advert_key);
  set_up->time = (uint64_t)(g_get_real_time () / G_USEC_PER_SEC);
  g_assert_nonnull (process_ask (process, &request));
  g_assert_cmpint (process->response.which_body, ==, wtl_Response_done_tag);
}

void
process_await_advert (struct process *process, int owned)
{
  for (int waited = 0; waited < PATIENCE_MS; waited += 10) {
    g_autofree char *data = NULL;
    gsize len;
    int found = -1;

    if (g_file_get_contents (process->advert, &data, &len, NULL)) {
      g_assert_cmpuint (len, ==, WTL_ADVERT_SIZE + 2);
      found = (data[0] & WTL_ADVERT_OWNED) != 0;
    }
    if (found == owned)
      return;
    g_usleep (10000);
  }
  g_error ("the advertisement is not as expected: %d", owned);
}

gboolean
process_flash_has (struct process *process, const void *bytes, size_t len)
{
  g_autofree char *flash = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (process->flash, &flash, &size, NULL));
  return memmem (flash, size, bytes, len) != NULL;
}
