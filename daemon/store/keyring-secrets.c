/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking secrets up in the keyring and removing them.
 */
#include <glib/gi18n-lib.h>

#include "daemon/store/keyring-private.h"

static GTask *
new_task (WattleKeyring *self, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE); /* errors are all translated */
  g_task_set_source_tag (task, tag);
  return task;
}

/* The secret stays in libsecret's own memory, which is never paged out. */
static GBytes *
bytes_from_item (SecretItem *item)
{
  SecretValue *value = secret_item_get_secret (item);
  gsize size;
  const char *data;

  if (!value)
    return NULL;
  data = secret_value_get (value, &size);
  return g_bytes_new_with_free_func (data, size, secret_value_unref, value);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) items = wattle_keyring_search_finish (WATTLE_KEYRING (source), result, &error);
  GBytes *secret = NULL;

  for (guint i = 0; items && i < items->len && !secret; i++)
    secret = bytes_from_item (items->pdata[i]);
  if (error)
    g_task_return_error (task, error);
  else if (secret)
    g_task_return_pointer (task, secret, (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, "%s",
                             _ ("Your keyring does not hold the key of this device."));
}

void
wattle_keyring_lookup_async (WattleKeyring *self, const char *device, WattleSecretKind kind, WattleKeyringFlags flags,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = new_task (self, wattle_keyring_lookup_async, cancellable, callback, user_data);

  wattle_keyring_search_async (self, device, wattle_secret_kind_name (kind), flags, cancellable, on_looked_up, task);
}

GBytes *
wattle_keyring_lookup_finish (WattleKeyring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_all_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) items = wattle_keyring_search_finish (WATTLE_KEYRING (source), result, &error);
  GHashTable *secrets;

  if (!items) {
    g_task_return_error (task, error);
    return;
  }
  secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  for (guint i = 0; i < items->len; i++) {
    g_autoptr (GHashTable) attributes = secret_item_get_attributes (items->pdata[i]);
    const char *device = g_hash_table_lookup (attributes, "device");
    GBytes *secret = device ? bytes_from_item (items->pdata[i]) : NULL;

    if (secret)
      g_hash_table_insert (secrets, g_strdup (device), secret);
  }
  g_task_return_pointer (task, secrets, (GDestroyNotify)g_hash_table_unref);
}

void
wattle_keyring_lookup_all_async (WattleKeyring *self, WattleSecretKind kind, WattleKeyringFlags flags,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = new_task (self, wattle_keyring_lookup_all_async, cancellable, callback, user_data);

  wattle_keyring_search_async (self, NULL, wattle_secret_kind_name (kind), flags, cancellable, on_all_looked_up, task);
}

GHashTable *
wattle_keyring_lookup_all_finish (WattleKeyring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
label_free (gpointer data)
{
  WattleKeyringLabel *label = data;

  g_free (label->kind);
  g_free (label->label);
  g_free (label);
}

static void
on_found_to_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) items = wattle_keyring_search_finish (WATTLE_KEYRING (source), result, &error);
  GPtrArray *labels;

  if (!items) {
    g_task_return_error (task, error);
    return;
  }
  labels = g_ptr_array_new_with_free_func (label_free);
  for (guint i = 0; i < items->len; i++) {
    g_autoptr (GHashTable) attributes = secret_item_get_attributes (items->pdata[i]);
    WattleKeyringLabel *label = g_new0 (WattleKeyringLabel, 1);

    label->kind = g_strdup (g_hash_table_lookup (attributes, "kind"));
    label->label = secret_item_get_label (items->pdata[i]);
    g_ptr_array_add (labels, label);
  }
  g_task_return_pointer (task, labels, (GDestroyNotify)g_ptr_array_unref);
}

void
wattle_keyring_list_labels_async (WattleKeyring *self, const char *device, WattleKeyringFlags flags,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = new_task (self, wattle_keyring_list_labels_async, cancellable, callback, user_data);

  wattle_keyring_search_async (self, device, NULL, flags, cancellable, on_found_to_list, task);
}

GPtrArray *
wattle_keyring_list_labels_finish (WattleKeyring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ------------------------------------------------------------------- clear */

static void delete_next (GTask *task);

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_item_delete_finish (SECRET_ITEM (source), result, &error))
    delete_next (task);
  else if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT)
           || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT))
    delete_next (task); /* somebody else was quicker */
  else
    g_task_return_error (task, wattle_keyring_translate_error (error));
}

static void
delete_next (GTask *task)
{
  GPtrArray *items = g_task_get_task_data (task);
  g_autoptr (SecretItem) item = NULL;

  if (items->len == 0) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  item = g_ptr_array_steal_index_fast (items, items->len - 1);
  secret_item_delete (item, g_task_get_cancellable (task), on_deleted, g_object_ref (task));
}

static gboolean
is_next_code (SecretItem *item)
{
  g_autoptr (GHashTable) attributes = secret_item_get_attributes (item);

  return g_strcmp0 (g_hash_table_lookup (attributes, "kind"), wattle_secret_kind_name (WATTLE_SECRET_NEXT_CODE)) == 0;
}

static void
on_found_to_clear (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *items = wattle_keyring_search_finish (WATTLE_KEYRING (source), result, &error);

  if (!items) {
    g_task_return_error (task, error);
    return;
  }
  if (g_task_get_source_tag (task) == wattle_keyring_clear_device_async)
    for (guint i = items->len; i-- > 0;)
      if (is_next_code (items->pdata[i]))
        g_ptr_array_remove_index_fast (items, i);
  g_task_set_task_data (task, items, (GDestroyNotify)g_ptr_array_unref);
  delete_next (task);
}

void
wattle_keyring_clear_async (WattleKeyring *self, const char *device, WattleSecretKind kind, WattleKeyringFlags flags,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = new_task (self, wattle_keyring_clear_async, cancellable, callback, user_data);

  wattle_keyring_search_async (self, device, wattle_secret_kind_name (kind), flags, cancellable, on_found_to_clear,
                               task);
}

gboolean
wattle_keyring_clear_finish (WattleKeyring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_keyring_clear_device_async (WattleKeyring *self, const char *device, WattleKeyringFlags flags,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = new_task (self, wattle_keyring_clear_device_async, cancellable, callback, user_data);

  wattle_keyring_search_async (self, device, NULL, flags, cancellable, on_found_to_clear, task);
}

gboolean
wattle_keyring_clear_device_finish (WattleKeyring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
