/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cloud client against a server that has the right key and lies, stalls,
 * hangs up and sends rubbish.
 */
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "real-cloud.h"

static RealCloud *cloud; /* whose key the liar has */

typedef struct {
  GPid pid;
  char *origin;
  char *log;
} Liar;

static void
start_liar (Liar *liar, const char *name, const char *tls_version)
{
  g_autofree char *certificate = g_build_filename (cloud->data, "tls-cert.pem", NULL);
  g_autofree char *key = g_build_filename (cloud->data, "tls-key.pem", NULL);
  const char *argv[]
      = { "/usr/bin/python3", g_getenv ("WATTLE_LYING_CLOUD"), certificate, key, NULL, tls_version, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;
  int output;

  liar->log = g_build_filename (cloud->folder, name, NULL);
  argv[4] = liar->log;
  g_spawn_async_with_pipes (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, real_cloud_die_with_parent, NULL,
                            &liar->pid, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  stream = g_unix_input_stream_new (output, TRUE);
  lines = g_data_input_stream_new (stream);
  line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  g_assert_true (line && g_str_has_prefix (line, "listening "));
  liar->origin = g_strdup (line + strlen ("listening "));
}

static guint
count_requests (Liar *liar)
{
  g_autofree char *text = NULL;
  guint n = 0;

  g_file_get_contents (liar->log, &text, NULL, NULL);
  for (const char *p = text; p && (p = strchr (p, '\n')); p++)
    n++;
  return n;
}

static void
stop_liar (Liar *liar)
{
  kill (liar->pid, SIGKILL);
  waitpid (liar->pid, NULL, 0);
  g_free (liar->origin);
  g_free (liar->log);
}

static GBytes *
ask (WattleCloudClient *client, const char *unit, GCancellable *cancellable, GError **error)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  wattle_cloud_client_begin_claim_async (client, unit, cancellable, real_cloud_on_done, &waiting);
  result = real_cloud_await (&waiting);
  return wattle_cloud_client_begin_claim_finish (client, result, error);
}

static const struct {
  const char *unit;
  WattleError code;
} lies[] = {
  { "redirect", WATTLE_ERROR_CLOUD },
  { "large", WATTLE_ERROR_CLOUD },
  { "endless", WATTLE_ERROR_CLOUD },
  { "html", WATTLE_ERROR_CLOUD },
  { "cut-json", WATTLE_ERROR_CLOUD },
  { "array", WATTLE_ERROR_CLOUD },
  { "number", WATTLE_ERROR_CLOUD },
  { "missing", WATTLE_ERROR_CLOUD },
  { "twice", WATTLE_ERROR_CLOUD },
  { "long-nonce", WATTLE_ERROR_CLOUD },
  { "packed", WATTLE_ERROR_CLOUD },
  { "ask-password", WATTLE_ERROR_CLOUD },
  { "rubbish-problem", WATTLE_ERROR_CLOUD },
  { "rubbish", WATTLE_ERROR_CLOUD_UNREACHABLE },
  { "hang-up", WATTLE_ERROR_CLOUD_UNREACHABLE },
  { "fail", WATTLE_ERROR_CLOUD_UNREACHABLE },
};

static void
test_lies (void)
{
  Liar liar;
  g_autoptr (WattleCloudClient) client = NULL;
  guint requests;

  start_liar (&liar, "lies", NULL);
  client = wattle_cloud_client_new (liar.origin, cloud->pin, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) nonce = NULL, none = NULL;

    requests = count_requests (&liar);
    none = ask (client, lies[i].unit, NULL, &error);
    g_test_message ("%s: %s", lies[i].unit, error ? error->message : "taken");
    g_assert_null (none);
    g_assert_error (error, WATTLE_ERROR, (int)lies[i].code);
    g_assert_cmpuint (count_requests (&liar), ==, requests + 1); /* nothing was followed or tried again */
    g_clear_error (&error);
    /* The client is as good as before. */
    nonce = ask (client, "good", NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (nonce), ==, 32);
  }
  stop_liar (&liar);
}

static gboolean
cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (void)
{
  Liar liar;
  g_autoptr (WattleCloudClient) client = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  start_liar (&liar, "stall", NULL);
  client = wattle_cloud_client_new (liar.origin, cloud->pin, NULL);
  g_timeout_add (100, cancel, cancellable);
  g_assert_null (ask (client, "stall", cancellable, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED);
  g_clear_error (&error);
  /* Cancelled before it began. */
  g_assert_null (ask (client, "good", cancellable, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED);
  stop_liar (&liar);
}

/* Neither an old protocol nor a wrong key gets to see a request. */
static void
test_nothing_sent (void)
{
  guint8 other[32] = { 1 };
  g_autofree char *wrong = g_base64_encode (other, sizeof other);
  Liar old, new;
  g_autoptr (WattleCloudClient) outdated = NULL, unpinned = NULL;
  g_autoptr (GError) error = NULL;

  start_liar (&old, "old", "TLSv1_2");
  outdated = wattle_cloud_client_new (old.origin, cloud->pin, NULL);
  g_assert_null (ask (outdated, "good", NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CLOUD);
  g_clear_error (&error);
  g_assert_cmpuint (count_requests (&old), ==, 0);
  stop_liar (&old);

  start_liar (&new, "new", NULL);
  unpinned = wattle_cloud_client_new (new.origin, wrong, NULL);
  g_assert_null (ask (unpinned, "good", NULL, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE);
  g_assert_cmpuint (count_requests (&new), ==, 0);
  stop_liar (&new);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  /* A proxy of the person's network must not see that there is a device. */
  g_setenv ("https_proxy", "http://127.0.0.1:9", TRUE);
  cloud = real_cloud_new ();
  g_test_add_func ("/lying-cloud/lies", test_lies);
  g_test_add_func ("/lying-cloud/cancel", test_cancel);
  g_test_add_func ("/lying-cloud/nothing-sent", test_nothing_sent);
  status = g_test_run ();
  real_cloud_free (cloud);
  return status;
}
