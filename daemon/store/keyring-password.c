/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Noticing that a password is used for two devices of the household.
 *
 * What is kept is "pbkdf2-sha256$ITERATIONS$SALT$HASH" (base64), in the keyring
 * like every secret, so that a guess costs as much as on the device itself.
 */
#include <gnutls/crypto.h>

#include <glib/gi18n-lib.h>

#include "common/secret-fd.h"
#include "daemon/store/keyring-private.h"

#define SCHEME "pbkdf2-sha256"
#define ITERATIONS 200000
#define MAX_ITERATIONS 5000000 /* what another version may have kept */
#define SALT_SIZE 16
#define HASH_SIZE 32

struct check {
  char *device;
  GBytes *kept;
};

static void
check_free (struct check *check)
{
  g_free (check->device);
  g_bytes_unref (check->kept);
  g_free (check);
}

typedef struct {
  char *device; /* the one asked for, NULL = none */
  char *label;
  char *password;
  WattleKeyringFlags flags;
  GPtrArray *checks; /* of struct check */
} Password;

static void
password_free (Password *data)
{
  g_free (data->device);
  g_free (data->label);
  wattle_secret_free (data->password);
  g_clear_pointer (&data->checks, g_ptr_array_unref);
  g_free (data);
}

static Password *
password_new (const char *device, const char *label, const char *password, WattleKeyringFlags flags)
{
  Password *data = g_new0 (Password, 1);

  data->device = g_strdup (device);
  data->label = g_strdup (label);
  data->password = g_strdup (password);
  data->flags = flags;
  return data;
}

static gboolean
hash (const char *password, const guint8 *salt, gsize salt_size, guint iterations, guint8 out[HASH_SIZE])
{
  gnutls_datum_t key = { (unsigned char *)password, (unsigned)strlen (password) };
  gnutls_datum_t salt_datum = { (unsigned char *)salt, (unsigned)salt_size };

  return gnutls_pbkdf2 (GNUTLS_MAC_SHA256, &key, &salt_datum, iterations, out, HASH_SIZE) == 0;
}

/* ------------------------------------------------------------------- store */

static void
hash_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Password *data = task_data;
  guint8 salt[SALT_SIZE], digest[HASH_SIZE];
  g_autofree char *salt_text = NULL;
  char *digest_text, *kept;

  if (gnutls_rnd (GNUTLS_RND_NONCE, salt, sizeof salt) < 0
      || !hash (data->password, salt, sizeof salt, ITERATIONS, digest)) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_FAILED, "%s",
                             _ ("This computer could not work out a hash. Restart Wattle and try again."));
    return;
  }
  salt_text = g_base64_encode (salt, sizeof salt);
  digest_text = g_base64_encode (digest, sizeof digest);
  kept = g_strdup_printf (SCHEME "$%u$%s$%s", ITERATIONS, salt_text, digest_text);
  g_task_return_pointer (task, wattle_secret_bytes_new (kept, strlen (kept)), (GDestroyNotify)g_bytes_unref);
  wattle_keyring_wipe (digest, sizeof digest);
  wattle_secret_free (digest_text);
  wattle_secret_free (kept);
}

static void
on_check_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (wattle_keyring_store_finish (WATTLE_KEYRING (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  Password *data = g_task_get_task_data (task);
  g_autoptr (GBytes) kept = g_task_propagate_pointer (G_TASK (result), &error);

  if (!kept)
    g_task_return_error (task, error);
  else
    wattle_keyring_store_async (WATTLE_KEYRING (source), data->device, WATTLE_SECRET_PASSWORD_CHECK, data->label, kept,
                                data->flags, g_task_get_cancellable (task), on_check_stored, g_object_ref (task));
}

void
wattle_keyring_store_password_check_async (WattleKeyring *self, const char *device, const char *label,
                                           const char *password, WattleKeyringFlags flags, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) hashing = g_task_new (self, cancellable, on_hashed, task);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, wattle_keyring_store_password_check_async);
  g_task_set_task_data (task, password_new (device, label, password, flags), (GDestroyNotify)password_free);
  g_task_set_check_cancellable (hashing, FALSE);
  g_task_set_task_data (hashing, password_new (NULL, NULL, password, flags), (GDestroyNotify)password_free);
  g_task_run_in_thread (hashing, hash_in_thread);
}

gboolean
wattle_keyring_store_password_check_finish (WattleKeyring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ------------------------------------------------------------------- reuse */

/* Anything that is not of our form matches nothing. */
static gboolean
matches (const char *password, GBytes *kept)
{
  gsize size, salt_size = 0, digest_size = 0;
  const char *data = g_bytes_get_data (kept, &size);
  g_autofree char *text = g_strndup (data, size);
  g_auto (GStrv) parts = g_strsplit (text, "$", 5);
  g_autofree guint8 *salt = NULL, *digest = NULL;
  guint8 ours[HASH_SIZE];
  guint64 iterations;
  gboolean same;

  if (g_strv_length (parts) != 4 || !g_str_equal (parts[0], SCHEME)
      || !g_ascii_string_to_unsigned (parts[1], 10, 1, MAX_ITERATIONS, &iterations, NULL))
    return FALSE;
  salt = g_base64_decode (parts[2], &salt_size);
  digest = g_base64_decode (parts[3], &digest_size);
  if (salt_size < SALT_SIZE || digest_size != HASH_SIZE || !hash (password, salt, salt_size, (guint)iterations, ours))
    return FALSE;
  same = gnutls_memcmp (ours, digest, HASH_SIZE) == 0;
  wattle_keyring_wipe (ours, sizeof ours);
  return same;
}

static void
compare_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Password *data = task_data;

  for (guint i = 0; i < data->checks->len; i++) {
    struct check *check = data->checks->pdata[i];

    if (g_cancellable_is_cancelled (cancellable))
      break;
    if (matches (data->password, check->kept)) {
      g_task_return_pointer (task, g_strdup (check->device), g_free);
      return;
    }
  }
  g_task_return_pointer (task, NULL, NULL);
}

static void
on_checks_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GPtrArray) items = NULL;
  GError *error = NULL;
  Password *data = g_task_get_task_data (task);

  items = wattle_keyring_search_finish (WATTLE_KEYRING (source), result, &error);
  if (!items) {
    g_task_return_error (task, error);
    return;
  }
  data->checks = g_ptr_array_new_with_free_func ((GDestroyNotify)check_free);
  for (guint i = 0; i < items->len; i++) {
    g_autoptr (GHashTable) attributes = secret_item_get_attributes (items->pdata[i]);
    const char *device = g_hash_table_lookup (attributes, "device");
    SecretValue *value = secret_item_get_secret (items->pdata[i]);
    struct check *check;
    const char *bytes;
    gsize size;

    if (value && device && g_strcmp0 (device, data->device) != 0) {
      bytes = secret_value_get (value, &size);
      check = g_new0 (struct check, 1);
      check->device = g_strdup (device);
      check->kept = wattle_secret_bytes_new (bytes, size);
      g_ptr_array_add (data->checks, check);
    }
    g_clear_pointer (&value, secret_value_unref);
  }
  g_task_run_in_thread (task, compare_in_thread);
}

void
wattle_keyring_password_reused_async (WattleKeyring *self, const char *device, const char *password,
                                      WattleKeyringFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, wattle_keyring_password_reused_async);
  g_task_set_task_data (task, password_new (device, NULL, password, flags), (GDestroyNotify)password_free);
  wattle_keyring_search_async (self, NULL, wattle_secret_kind_name (WATTLE_SECRET_PASSWORD_CHECK), flags, cancellable,
                               on_checks_found, task);
}

gboolean
wattle_keyring_password_reused_finish (WattleKeyring *self, GAsyncResult *result, char **reused_by, GError **error)
{
  GError *own = NULL;

  *reused_by = g_task_propagate_pointer (G_TASK (result), &own);
  if (!own)
    return TRUE;
  g_propagate_error (error, own);
  return FALSE;
}
