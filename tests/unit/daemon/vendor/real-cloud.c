/* SPDX-License-Identifier: Apache-2.0 */
#include "real-cloud.h"

#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>

#include "pairing/statement.h"
#include "privacy/json.h"

static void
run (const char *const *argv, char **output)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *messages = NULL;
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, output, &messages, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s", argv[0], messages);
}

static int
fill_random (void *ctx, uint8_t *buf, size_t len)
{
  return getrandom (buf, len, 0) == (ssize_t)len ? 0 : -1;
}

void
real_cloud_die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static const struct wtl_port port = { .random = fill_random };

static void
write_manifest (RealCloud *self)
{
  g_autofree char *path = g_build_filename (self->folder, "units", NULL);
  g_autofree char *key = NULL, *line = NULL;

  g_assert_cmpint (wtl_statement_keygen (&port, self->private_key, self->public_key), ==, WTL_OK);
  key = wattle_base64url_encode (self->public_key, sizeof self->public_key);
  line = g_strdup_printf ("{\"unit_id\":\"%s\",\"product\":65537,\"public_key\":\"%s\"}\n", REAL_CLOUD_UNIT, key);
  g_assert_true (g_file_set_contents (path, line, -1, NULL));
}

static void
fill_passport (RealCloud *self, const char *info)
{
  g_autofree char *info_path = g_build_filename (self->folder, "info.json", NULL);
  g_autofree char *filled = g_build_filename (self->folder, "passport.json", NULL);
  const char *argv[] = { g_getenv ("WATTLE_VENDOR"),
                         "passport",
                         "fill",
                         g_getenv ("WATTLE_SAMPLE_PASSPORT"),
                         "--cloud-url",
                         self->origin,
                         "--cloud-info",
                         info_path,
                         "-o",
                         filled,
                         NULL };
  g_autofree char *text = NULL, *output = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_set_contents (info_path, info, -1, NULL));
  run (argv, &output);
  g_assert_true (g_file_get_contents (filled, &text, &size, NULL));
  bytes = g_bytes_new (text, size);
  self->passport = wattle_passport_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
}

RealCloud *
real_cloud_new (void)
{
  RealCloud *self = g_new0 (RealCloud, 1);
  g_autofree char *info = NULL;
  const char *argv[] = { g_getenv ("WATTLE_CLOUD"), "--init", "--data", NULL, NULL };

  /* Looking for leaks at each exit of each child takes longer than the tests;
   * the cloud's own tests do that. */
  g_setenv ("ASAN_OPTIONS", "detect_leaks=0", TRUE);
  self->folder = g_dir_make_tmp ("wattle-cloud-XXXXXX", NULL);
  self->data = g_build_filename (self->folder, "data", NULL);
  argv[3] = self->data;
  run (argv, &info);
  write_manifest (self);
  self->port = g_strdup ("0");
  real_cloud_start (self);
  fill_passport (self, info);
  self->pin = g_strdup (wattle_passport_get_cloud_spki_sha256 (self->passport));
  return self;
}

void
real_cloud_start (RealCloud *self)
{
  g_autofree char *units = g_build_filename (self->folder, "units", NULL);
  g_autofree char *address = g_strconcat ("127.0.0.1:", self->port, NULL);
  const char *argv[] = { g_getenv ("WATTLE_CLOUD"), "--data", self->data, "--units", units, "--listen", address, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;
  int output;

  g_spawn_async_with_pipes (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                            real_cloud_die_with_parent, NULL, &self->pid, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  stream = g_unix_input_stream_new (output, TRUE);
  lines = g_data_input_stream_new (stream);
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (line && g_str_has_prefix (line, "listening https://127.0.0.1:"));
  g_free (self->origin);
  self->origin = g_strdup (line + strlen ("listening "));
  g_free (self->port);
  self->port = g_strdup (strrchr (line, ':') + 1);
}

void
real_cloud_stop (RealCloud *self)
{
  if (!self->pid)
    return;
  kill (self->pid, SIGTERM);
  waitpid (self->pid, NULL, 0);
  self->pid = 0;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *full = g_build_filename (path, name, NULL);

    if (g_file_test (full, G_FILE_TEST_IS_DIR))
      remove_folder (full);
    else
      g_unlink (full);
  }
  g_rmdir (path);
}

void
real_cloud_free (RealCloud *self)
{
  real_cloud_stop (self);
  remove_folder (self->folder);
  g_object_unref (self->passport);
  g_free (self->folder);
  g_free (self->data);
  g_free (self->origin);
  g_free (self->port);
  g_free (self->pin);
  g_free (self);
}

WattleCloudClient *
real_cloud_client (RealCloud *self)
{
  g_autoptr (GError) error = NULL;
  WattleCloudClient *client = wattle_cloud_client_new (self->origin, self->pin, &error);

  g_assert_no_error (error);
  return client;
}

void
real_cloud_on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

GAsyncResult *
real_cloud_await (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (result);
}

void
real_cloud_sign_claim (RealCloud *self, const char *account, GBytes *nonce, GBytes **statement, GBytes **signature)
{
  wtl_Statement claim = wtl_Statement_init_zero;
  wtl_SignedStatement out = wtl_SignedStatement_init_zero;
  gsize size;
  const void *data = g_bytes_get_data (nonce, &size);

  claim.kind = wtl_StatementKind_STATEMENT_KIND_CLAIM;
  g_strlcpy (claim.unit_id, REAL_CLOUD_UNIT, sizeof claim.unit_id);
  g_strlcpy (claim.account, account, sizeof claim.account);
  g_assert_cmpuint (size, <=, sizeof claim.reference.bytes);
  memcpy (claim.reference.bytes, data, size);
  claim.reference.size = (pb_size_t)size;
  g_assert_cmpint (wtl_statement_sign (&claim, self->private_key, &port, &out), ==, WTL_OK);
  *statement = g_bytes_new (out.statement.bytes, out.statement.size);
  *signature = g_bytes_new (out.signature, sizeof out.signature);
}

WattleCloudClient *
real_cloud_claimed_client (RealCloud *self, char **account)
{
  WattleCloudClient *client = real_cloud_client (self);
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) created = NULL, begun = NULL, claimed = NULL;
  g_autoptr (GBytes) secret = NULL, nonce = NULL, statement = NULL, signature = NULL;
  g_autoptr (GError) error = NULL;

  wattle_cloud_client_create_account_async (client, NULL, real_cloud_on_done, &waiting);
  created = real_cloud_await (&waiting);
  wattle_cloud_client_create_account_finish (client, created, account, &secret, &error);
  g_assert_no_error (error);
  wattle_cloud_client_set_account (client, *account, secret);
  wattle_cloud_client_begin_claim_async (client, REAL_CLOUD_UNIT, NULL, real_cloud_on_done, &waiting);
  begun = real_cloud_await (&waiting);
  nonce = wattle_cloud_client_begin_claim_finish (client, begun, &error);
  g_assert_no_error (error);
  real_cloud_sign_claim (self, *account, nonce, &statement, &signature);
  wattle_cloud_client_claim_async (client, REAL_CLOUD_UNIT, statement, signature, NULL, real_cloud_on_done, &waiting);
  claimed = real_cloud_await (&waiting);
  wattle_cloud_client_claim_finish (client, claimed, &error);
  g_assert_no_error (error);
  return client;
}
