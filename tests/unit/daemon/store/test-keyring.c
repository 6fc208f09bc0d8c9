/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keyring against a real gnome-keyring-daemon on a bus of its own: not
 * there, there, locked, unlocked again, gone.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libsecret/secret.h>

#include "daemon/store/keyring.h"
#include "util.h"

#define PASSWORD "keyring password"
#define PATIENCE (20 * G_TIME_SPAN_SECOND)

static char *home;
static GTestDBus *bus;
static GDBusConnection *connection;
static GPid keyring_pid;

/* ------------------------------------------------------------------ helpers */

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (result);
}

static void
wait_for_state (WattleKeyring *keyring, WattleKeyringState state)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  while (wattle_keyring_get_state (keyring) != state && g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  g_assert_cmpint (wattle_keyring_get_state (keyring), ==, state);
}

static void
start_keyring (void)
{
  const char *argv[] = { "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", NULL };
  g_auto (GStrv) environment = g_get_environ ();
  g_autoptr (GError) error = NULL;
  int input;

  environment = g_environ_setenv (environment, "HOME", home, TRUE);
  environment = g_environ_setenv (environment, "XDG_RUNTIME_DIR", home, TRUE);
  environment = g_environ_setenv (environment, "XDG_DATA_HOME", home, TRUE);
  g_spawn_async_with_pipes (NULL, (char **)argv, environment,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                                | G_SPAWN_STDERR_TO_DEV_NULL,
                            NULL, NULL, &keyring_pid, &input, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (write (input, PASSWORD, strlen (PASSWORD)), ==, (gssize)strlen (PASSWORD));
  g_close (input, NULL);
}

static void
end_keyring (void)
{
  kill (keyring_pid, SIGKILL);
  waitpid (keyring_pid, NULL, 0);
}

static void
call_service (const char *path, const char *interface, const char *method, GVariant *arguments, GVariant **reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (connection, "org.freedesktop.secrets", path, interface,
                                                             method, arguments, NULL, 0, -1, NULL, &error);

  g_assert_no_error (error);
  if (reply)
    *reply = g_steal_pointer (&answer);
}

#define COLLECTION "/org/freedesktop/secrets/collection/login"

static void
lock_keyring (void)
{
  const char *collections[] = { COLLECTION, NULL };

  call_service ("/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "Lock",
                g_variant_new ("(@ao)", g_variant_new_objv (collections, 1)), NULL);
}

/* As the login screen does. */
static void
unlock_keyring (void)
{
  g_autoptr (GVariant) reply = NULL;
  const char *session;

  call_service ("/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "OpenSession",
                g_variant_new ("(sv)", "plain", g_variant_new_string ("")), &reply);
  g_variant_get (reply, "(v&o)", NULL, &session);
  call_service (
      "/org/freedesktop/secrets", "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
      "UnlockWithMasterPassword",
      g_variant_new ("(o(o@ay@ays))", COLLECTION, session, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, NULL, 0, 1),
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, PASSWORD, strlen (PASSWORD), 1), "text/plain"),
      NULL);
}

static void
store (WattleKeyring *keyring, const char *device, WattleSecretKind kind, const char *text, WattleKeyringFlags flags,
       GError **error)
{
  g_autoptr (GBytes) secret = wattle_secret_bytes_new (text, strlen (text));
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  wattle_keyring_store_async (keyring, device, kind, "Wattle: a device", secret, flags, NULL, on_done, &waiting);
  result = await (&waiting);
  wattle_keyring_store_finish (keyring, result, error);
}

static char *
lookup (WattleKeyring *keyring, const char *device, WattleSecretKind kind, WattleKeyringFlags flags, GError **error)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) secret = NULL;

  wattle_keyring_lookup_async (keyring, device, kind, flags, NULL, on_done, &waiting);
  result = await (&waiting);
  secret = wattle_keyring_lookup_finish (keyring, result, error);
  return secret ? g_strndup (g_bytes_get_data (secret, NULL), g_bytes_get_size (secret)) : NULL;
}

static void
assert_kept (WattleKeyring *keyring, const char *device, WattleSecretKind kind, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = lookup (keyring, device, kind, WATTLE_KEYRING_QUIET, &error);

  if (text)
    g_assert_no_error (error);
  else
    g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND);
  g_assert_cmpstr (kept, ==, text);
}

static gboolean
clear_device (WattleKeyring *keyring, const char *device, GError **error)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  wattle_keyring_clear_device_async (keyring, device, WATTLE_KEYRING_QUIET, NULL, on_done, &waiting);
  result = await (&waiting);
  return wattle_keyring_clear_device_finish (keyring, result, error);
}

static gboolean
clear (WattleKeyring *keyring, const char *device, WattleSecretKind kind, GError **error)
{
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  wattle_keyring_clear_async (keyring, device, kind, WATTLE_KEYRING_QUIET, NULL, on_done, &waiting);
  result = await (&waiting);
  return wattle_keyring_clear_finish (keyring, result, error);
}

static char *
reused_by (WattleKeyring *keyring, const char *device, const char *password)
{
  g_autoptr (GError) error = NULL;
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  char *other;

  wattle_keyring_password_reused_async (keyring, device, password, WATTLE_KEYRING_QUIET, NULL, on_done, &waiting);
  result = await (&waiting);
  wattle_keyring_password_reused_finish (keyring, result, &other, &error);
  g_assert_no_error (error);
  return other;
}

/* ------------------------------------------------------------------- tests */

static void
test_missing (void)
{
  g_autoptr (WattleKeyring) keyring = wattle_keyring_new (connection);
  g_autoptr (GError) error = NULL;
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *nothing = NULL;

  g_assert_cmpint (wattle_keyring_get_state (keyring), ==, WATTLE_KEYRING_UNKNOWN);
  wattle_keyring_refresh_async (keyring, NULL, on_done, &waiting);
  result = await (&waiting);
  g_assert_false (wattle_keyring_refresh_finish (keyring, result, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEYRING_MISSING);
  g_assert_cmpint (wattle_keyring_get_state (keyring), ==, WATTLE_KEYRING_MISSING);
  g_assert_nonnull (wattle_keyring_get_advice (keyring));
  g_clear_error (&error);
  store (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "key", WATTLE_KEYRING_INTERACTIVE, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEYRING_MISSING);
  g_clear_error (&error);
  nothing = lookup (keyring, "d1", WATTLE_SECRET_OWNER_KEY, WATTLE_KEYRING_QUIET, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEYRING_MISSING);
  g_clear_error (&error);
  /* That nothing could be cleared must not look like success. */
  g_assert_false (clear_device (keyring, "d1", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEYRING_MISSING);

  /* It comes: noticed without being asked. */
  start_keyring ();
  wait_for_state (keyring, WATTLE_KEYRING_AVAILABLE);
  g_assert_null (wattle_keyring_get_advice (keyring));
}

static void
test_secrets (void)
{
  g_autoptr (WattleKeyring) keyring = wattle_keyring_new (connection);
  g_autoptr (GError) error = NULL;

  assert_kept (keyring, "d1", WATTLE_SECRET_OWNER_KEY, NULL);
  store (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "one", WATTLE_KEYRING_QUIET, &error);
  g_assert_no_error (error);
  store (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "two", WATTLE_KEYRING_QUIET, &error);
  store (keyring, "d1", WATTLE_SECRET_ADVERT_KEY, "advert", WATTLE_KEYRING_QUIET, &error);
  store (keyring, "d1", WATTLE_SECRET_CLOUD, "cloud", WATTLE_KEYRING_QUIET, &error);
  store (keyring, "d1", WATTLE_SECRET_NEXT_CODE, "12345678", WATTLE_KEYRING_QUIET, &error);
  store (keyring, "d2", WATTLE_SECRET_OWNER_KEY, "other", WATTLE_KEYRING_QUIET, &error);
  g_assert_no_error (error);
  assert_kept (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "two");
  assert_kept (keyring, "d1", WATTLE_SECRET_ADVERT_KEY, "advert");
  assert_kept (keyring, "d3", WATTLE_SECRET_OWNER_KEY, NULL);

  /* One of a kind, then all of a device but the next owner's code. */
  g_assert_true (clear (keyring, "d1", WATTLE_SECRET_ADVERT_KEY, &error));
  assert_kept (keyring, "d1", WATTLE_SECRET_ADVERT_KEY, NULL);
  assert_kept (keyring, "d1", WATTLE_SECRET_CLOUD, "cloud");
  g_assert_true (clear_device (keyring, "d1", &error));
  g_assert_true (clear_device (keyring, "d1", &error));
  g_assert_no_error (error);
  assert_kept (keyring, "d1", WATTLE_SECRET_OWNER_KEY, NULL);
  assert_kept (keyring, "d1", WATTLE_SECRET_CLOUD, NULL);
  assert_kept (keyring, "d1", WATTLE_SECRET_NEXT_CODE, "12345678");
  assert_kept (keyring, "d2", WATTLE_SECRET_OWNER_KEY, "other");
  g_assert_true (clear (keyring, "d1", WATTLE_SECRET_NEXT_CODE, &error));
  assert_kept (keyring, "d1", WATTLE_SECRET_NEXT_CODE, NULL);
  g_assert_true (clear_device (keyring, "d2", &error));
}

/* Keys are bytes, not text. */
static void
test_binary (void)
{
  g_autoptr (WattleKeyring) keyring = wattle_keyring_new (connection);
  g_autoptr (GError) error = NULL;
  guint8 key[32];
  g_autoptr (GBytes) secret = NULL, kept = NULL;
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) stored = NULL, looked_up = NULL;

  for (guint i = 0; i < sizeof key; i++)
    key[i] = (guint8)(i * 37); /* begins with NUL, holds no UTF-8 */
  secret = wattle_secret_bytes_new (key, sizeof key);
  wattle_keyring_store_async (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "Wattle", secret, 0, NULL, on_done, &waiting);
  stored = await (&waiting);
  g_assert_true (wattle_keyring_store_finish (keyring, stored, &error));
  wattle_keyring_lookup_async (keyring, "d1", WATTLE_SECRET_OWNER_KEY, 0, NULL, on_done, &waiting);
  looked_up = await (&waiting);
  kept = wattle_keyring_lookup_finish (keyring, looked_up, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (kept, secret));
  g_assert_true (clear_device (keyring, "d1", NULL));
}

static void
test_reuse (void)
{
  const char *const devices[] = { "d1", "d2" };
  const char *const passwords[] = { "correct zebra battery", "another password" };
  g_autoptr (WattleKeyring) keyring = wattle_keyring_new (connection);
  g_autofree char *none = NULL, *first = NULL, *own = NULL, *second = NULL, *kept = NULL, *left = NULL;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    GAsyncResult *waiting = NULL;
    g_autoptr (GAsyncResult) result = NULL;

    wattle_keyring_store_password_check_async (keyring, devices[i], "Wattle", passwords[i], 0, NULL, on_done, &waiting);
    result = await (&waiting);
    g_assert_true (wattle_keyring_store_password_check_finish (keyring, result, &error));
    g_assert_no_error (error);
  }
  kept = lookup (keyring, "d1", WATTLE_SECRET_PASSWORD_CHECK, 0, NULL);
  g_assert_true (g_str_has_prefix (kept, "pbkdf2-sha256$"));
  g_assert_null (strstr (kept, "zebra"));
  none = reused_by (keyring, NULL, "correct zebra batterx");
  g_assert_null (none);
  first = reused_by (keyring, NULL, passwords[0]);
  g_assert_cmpstr (first, ==, "d1");
  own = reused_by (keyring, "d1", passwords[0]);
  g_assert_null (own);
  second = reused_by (keyring, "d1", passwords[1]);
  g_assert_cmpstr (second, ==, "d2");

  /* What somebody else has put there does no harm. */
  store (keyring, "d2", WATTLE_SECRET_PASSWORD_CHECK, "pbkdf2-sha256$4000000000$AAAA$AAAA", 0, NULL);
  left = reused_by (keyring, "d1", passwords[1]);
  g_assert_null (left);
  g_assert_true (clear_device (keyring, "d1", NULL));
  g_assert_true (clear_device (keyring, "d2", NULL));
}

static void
test_locked (void)
{
  g_autoptr (WattleKeyring) keyring = wattle_keyring_new (connection);
  g_autoptr (GError) error = NULL;
  g_autofree char *nothing = NULL, *again = NULL;

  store (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "key", WATTLE_KEYRING_QUIET, &error);
  g_assert_no_error (error);
  wait_for_state (keyring, WATTLE_KEYRING_AVAILABLE);
  lock_keyring ();
  wait_for_state (keyring, WATTLE_KEYRING_LOCKED);
  g_assert_nonnull (wattle_keyring_get_advice (keyring));

  store (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "new", WATTLE_KEYRING_QUIET, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  nothing = lookup (keyring, "d1", WATTLE_SECRET_OWNER_KEY, WATTLE_KEYRING_QUIET, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  g_assert_false (clear_device (keyring, "d1", &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  /* Nobody is there to show the dialogue: an answer all the same. */
  again = lookup (keyring, "d1", WATTLE_SECRET_OWNER_KEY, WATTLE_KEYRING_INTERACTIVE, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);

  unlock_keyring ();
  wait_for_state (keyring, WATTLE_KEYRING_AVAILABLE);
  assert_kept (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "key");
}

/* Locked from the start: known after asking. */
static void
test_found_locked (void)
{
  g_autoptr (WattleKeyring) keyring = NULL;

  lock_keyring ();
  keyring = wattle_keyring_new (connection);
  wattle_keyring_refresh_async (keyring, NULL, NULL, NULL);
  wait_for_state (keyring, WATTLE_KEYRING_LOCKED);
  unlock_keyring ();
  wait_for_state (keyring, WATTLE_KEYRING_AVAILABLE);
}

static void
test_cancelled (void)
{
  g_autoptr (WattleKeyring) keyring = wattle_keyring_new (connection);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *waiting = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  wattle_keyring_lookup_async (keyring, "d1", WATTLE_SECRET_OWNER_KEY, WATTLE_KEYRING_QUIET, cancellable, on_done,
                               &waiting);
  g_cancellable_cancel (cancellable);
  result = await (&waiting);
  g_assert_null (wattle_keyring_lookup_finish (keyring, result, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED);
}

/* It dies and comes back: what it holds can be had again. */
static void
test_restart (void)
{
  g_autoptr (WattleKeyring) keyring = wattle_keyring_new (connection);
  g_autoptr (GError) error = NULL;

  wattle_keyring_refresh_async (keyring, NULL, NULL, NULL);
  wait_for_state (keyring, WATTLE_KEYRING_AVAILABLE);
  assert_kept (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "key");
  end_keyring ();
  wait_for_state (keyring, WATTLE_KEYRING_MISSING);
  store (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "new", WATTLE_KEYRING_QUIET, &error);
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_KEYRING_MISSING);
  start_keyring ();
  wait_for_state (keyring, WATTLE_KEYRING_AVAILABLE);
  assert_kept (keyring, "d1", WATTLE_SECRET_OWNER_KEY, "key");
  g_assert_true (clear_device (keyring, "d1", NULL));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  home = g_dir_make_tmp ("wattle-keyring-XXXXXX", NULL);
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_dbus_connection_set_exit_on_close (connection, FALSE);

  /* In this order: the keyring comes in the first and goes in the last. */
  g_test_add_func ("/keyring/1-missing", test_missing);
  g_test_add_func ("/keyring/2-secrets", test_secrets);
  g_test_add_func ("/keyring/3-binary", test_binary);
  g_test_add_func ("/keyring/4-reuse", test_reuse);
  g_test_add_func ("/keyring/5-locked", test_locked);
  g_test_add_func ("/keyring/6-found-locked", test_found_locked);
  g_test_add_func ("/keyring/7-cancelled", test_cancelled);
  g_test_add_func ("/keyring/8-restart", test_restart);
  status = g_test_run ();

  end_keyring ();
  secret_service_disconnect ();
  g_clear_object (&connection);
  g_test_dbus_stop (bus);
  g_object_unref (bus);
  test_folder_remove (home);
  g_free (home);
  return status;
}
