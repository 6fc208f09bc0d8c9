/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The person's keyring, by libsecret.
 *
 * libsecret's simple calls bring up a password dialogue whenever the keyring is
 * locked.  A background service may not do that on its own account, so each
 * operation first looks whether the default collection is unlocked, and asks
 * only where the caller said that the person expects it.
 *
 * libsecret opens the session and handles the secrets; what is only about the
 * keyring's state is plain D-Bus (keyring-watch.h, keyring-unlock.h).
 */
#include "daemon/store/keyring.h"

#include <glib/gi18n-lib.h>

#include "daemon/store/keyring-private.h"
#include "daemon/store/keyring-unlock.h"
#include "daemon/store/keyring-watch.h"

static const char *const kind_names[] = {
  [WATTLE_SECRET_OWNER_KEY] = "owner-key", [WATTLE_SECRET_ADVERT_KEY] = "advert-key",
  [WATTLE_SECRET_CLOUD] = "cloud-secret",  [WATTLE_SECRET_PASSWORD_CHECK] = "password-check",
  [WATTLE_SECRET_NEXT_CODE] = "next-code", [WATTLE_SECRET_CERTIFICATE] = "certificate-key",
};

const SecretSchema wattle_keyring_schema = {
  "org.wattle.DeviceSecret",
  SECRET_SCHEMA_NONE,
  {
      { "device", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { NULL, 0 },
  },
};

struct _WattleKeyring {
  GObject parent_instance;
  WattleKeyringWatch *watch;
};

G_DEFINE_FINAL_TYPE (WattleKeyring, wattle_keyring, G_TYPE_OBJECT)

enum { PROP_STATE = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

const char *
wattle_secret_kind_name (WattleSecretKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (kind_names), NULL);
  return kind_names[kind];
}

/* -------------------------------------------- getting at the default keyring */

/* What an operation needs before it can begin. */
typedef struct {
  WattleKeyringFlags flags;
  gboolean create; /* make a default keyring where there is none */
} Need;

static void
return_error (GTask *task, const GError *error)
{
  WattleKeyring *self = g_task_get_source_object (task);
  GError *ours = wattle_keyring_translate_error (error);

  if (g_error_matches (ours, WATTLE_ERROR, WATTLE_ERROR_KEYRING_MISSING))
    wattle_keyring_watch_set_state (self->watch, WATTLE_KEYRING_MISSING);
  g_task_return_error (task, ours);
}

static void
return_locked (GTask *task)
{
  WattleKeyring *self = g_task_get_source_object (task);

  wattle_keyring_watch_set_state (self->watch, WATTLE_KEYRING_LOCKED);
  g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_KEYRING_LOCKED, "%s",
                           _ ("Your keyring is locked. Unlock it and try again."));
}

static void
return_service (GTask *task, SecretService *service)
{
  g_task_return_pointer (task, g_object_ref (service), g_object_unref);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretCollection) collection = secret_collection_create_finish (result, &error);
  WattleKeyring *self = g_task_get_source_object (task);

  if (collection) {
    wattle_keyring_watch_look_async (self->watch, NULL, NULL, NULL);
    return_service (task, secret_collection_get_service (collection));
  } else if (error && error->domain != SECRET_ERROR) {
    return_error (task, error);
  } else {
    return_locked (task);
  }
}

static void
on_service (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service = secret_service_get_finish (result, &error);
  WattleKeyring *self = g_task_get_source_object (task);
  const Need *need = g_task_get_task_data (task);

  if (!service)
    return_error (task, error);
  else if (need->create && !wattle_keyring_watch_get_collection (self->watch))
    secret_collection_create (service, _ ("Default keyring"), SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_CREATE_NONE,
                              g_task_get_cancellable (task), on_created, g_object_ref (task));
  else
    return_service (task, service);
}

static void
get_service (GTask *task)
{
  secret_service_get (SECRET_SERVICE_OPEN_SESSION, g_task_get_cancellable (task), on_service, g_object_ref (task));
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (wattle_keyring_unlock_path_finish (result, &error))
    get_service (task);
  else if (error)
    return_error (task, error);
  else /* the person closed the dialogue */
    return_locked (task);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  const Need *need = g_task_get_task_data (task);
  WattleKeyringWatch *watch = WATTLE_KEYRING_WATCH (source);
  const char *collection;

  if (!wattle_keyring_watch_look_finish (watch, result, &error)) {
    return_error (task, error);
    return;
  }
  collection = wattle_keyring_watch_get_collection (watch);
  if (collection ? wattle_keyring_watch_get_state (watch) == WATTLE_KEYRING_AVAILABLE : !need->create)
    get_service (task);
  else if (!(need->flags & WATTLE_KEYRING_INTERACTIVE))
    return_locked (task);
  else if (collection)
    wattle_keyring_unlock_path_async (wattle_keyring_watch_get_connection (watch), collection,
                                      g_task_get_cancellable (task), on_unlocked, g_object_ref (task));
  else
    get_service (task);
}

/* Returns the SecretService once the default keyring can be used. */
static void
get_ready (WattleKeyring *self, WattleKeyringFlags flags, gboolean create, GCancellable *cancellable,
           GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Need *need = g_new0 (Need, 1);

  need->flags = flags;
  need->create = create;
  g_task_set_check_cancellable (task, FALSE); /* errors are all translated */
  g_task_set_source_tag (task, get_ready);
  g_task_set_task_data (task, need, g_free);
  wattle_keyring_watch_look_async (self->watch, cancellable, on_looked, task);
}

/* The end of get_ready() inside another operation's @task; NULL = it has
 * failed and so has @task. */
static SecretService *
got_ready (GAsyncResult *result, GTask *task)
{
  g_autoptr (GError) error = NULL;
  SecretService *service = g_task_propagate_pointer (G_TASK (result), &error);

  if (!service)
    return_error (task, error);
  return service;
}

static GTask *
new_task (WattleKeyring *self, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE); /* errors are all translated */
  g_task_set_source_tag (task, tag);
  return task;
}

/* ---------------------------------------------------------- refresh, unlock */

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (wattle_keyring_watch_look_finish (WATTLE_KEYRING_WATCH (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    return_error (task, error);
}

void
wattle_keyring_refresh_async (WattleKeyring *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  wattle_keyring_watch_look_async (self->watch, cancellable, on_refreshed,
                                   new_task (self, wattle_keyring_refresh_async, cancellable, callback, user_data));
}

gboolean
wattle_keyring_refresh_finish (WattleKeyring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_ready_only (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (SecretService) service = got_ready (result, task);

  if (service)
    g_task_return_boolean (task, TRUE);
}

void
wattle_keyring_unlock_async (WattleKeyring *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  get_ready (self, WATTLE_KEYRING_INTERACTIVE, TRUE, cancellable, on_ready_only,
             new_task (self, wattle_keyring_unlock_async, cancellable, callback, user_data));
}

gboolean
wattle_keyring_unlock_finish (WattleKeyring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ------------------------------------------------------------------- store */

typedef struct {
  char *device;
  WattleSecretKind kind;
  char *label;
  GBytes *secret;
} Store;

static void
store_free (Store *store)
{
  g_free (store->device);
  g_free (store->label);
  g_bytes_unref (store->secret);
  g_free (store);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_service_store_finish (SECRET_SERVICE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else if (error)
    return_error (task, error);
  else
    return_locked (task);
}

static void
on_ready_to_store (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (SecretService) service = got_ready (result, task);
  Store *store = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = NULL;
  g_autoptr (SecretValue) value = NULL;
  gsize size;
  const char *data;

  if (!service)
    return;
  data = g_bytes_get_data (store->secret, &size);
  value = secret_value_new (data, (gssize)size, "application/octet-stream");
  attributes = secret_attributes_build (&wattle_keyring_schema, "device", store->device, "kind",
                                        wattle_secret_kind_name (store->kind), NULL);
  secret_service_store (service, &wattle_keyring_schema, attributes, SECRET_COLLECTION_DEFAULT, store->label, value,
                        g_task_get_cancellable (task), on_stored, g_object_ref (task));
}

void
wattle_keyring_store_async (WattleKeyring *self, const char *device, WattleSecretKind kind, const char *label,
                            GBytes *secret, WattleKeyringFlags flags, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = new_task (self, wattle_keyring_store_async, cancellable, callback, user_data);
  Store *store = g_new0 (Store, 1);

  store->device = g_strdup (device);
  store->kind = kind;
  store->label = g_strdup (label);
  store->secret = g_bytes_ref (secret);
  g_task_set_task_data (task, store, (GDestroyNotify)store_free);
  get_ready (self, flags, TRUE, cancellable, on_ready_to_store, task);
}

gboolean
wattle_keyring_store_finish (WattleKeyring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ------------------------------------------------------------------ search */

static GPtrArray *
items_from_list (GList *list)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (GList *l = list; l; l = l->next)
    g_ptr_array_add (items, l->data);
  g_list_free (list);
  return items;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GList *list = secret_service_search_finish (SECRET_SERVICE (source), result, &error);
  g_autoptr (GPtrArray) items = items_from_list (list);

  if (error) {
    return_error (task, error);
    return;
  }
  /* Also one in another keyring than the default one may be locked. */
  for (guint i = 0; i < items->len; i++)
    if (secret_item_get_locked (items->pdata[i])) {
      return_locked (task);
      return;
    }
  g_task_return_pointer (task, g_steal_pointer (&items), (GDestroyNotify)g_ptr_array_unref);
}

static void
on_ready_to_search (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (SecretService) service = got_ready (result, task);

  if (service)
    secret_service_search (service, &wattle_keyring_schema, g_task_get_task_data (task),
                           SECRET_SEARCH_ALL | SECRET_SEARCH_LOAD_SECRETS, g_task_get_cancellable (task), on_found,
                           g_object_ref (task));
}

void
wattle_keyring_search_async (WattleKeyring *self, const char *device, const char *kind, WattleKeyringFlags flags,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = new_task (self, wattle_keyring_search_async, cancellable, callback, user_data);
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (device)
    g_hash_table_insert (attributes, g_strdup ("device"), g_strdup (device));
  if (kind)
    g_hash_table_insert (attributes, g_strdup ("kind"), g_strdup (kind));
  g_task_set_task_data (task, attributes, (GDestroyNotify)g_hash_table_unref);
  get_ready (self, flags, FALSE, cancellable, on_ready_to_search, task);
}

GPtrArray *
wattle_keyring_search_finish (WattleKeyring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ------------------------------------------------------------------ object */

static void
on_state (WattleKeyring *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
wattle_keyring_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, wattle_keyring_get_state (WATTLE_KEYRING (object)));
}

static void
wattle_keyring_finalize (GObject *object)
{
  g_object_unref (WATTLE_KEYRING (object)->watch);
  G_OBJECT_CLASS (wattle_keyring_parent_class)->finalize (object);
}

static void
wattle_keyring_class_init (WattleKeyringClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = wattle_keyring_get_property;
  object_class->finalize = wattle_keyring_finalize;
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, WATTLE_KEYRING_UNKNOWN, WATTLE_KEYRING_MISSING,
                                         WATTLE_KEYRING_UNKNOWN, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wattle_keyring_init (WattleKeyring *self)
{
  self->watch = wattle_keyring_watch_new ();
  g_signal_connect_object (self->watch, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
}

WattleKeyring *
wattle_keyring_new (GDBusConnection *connection)
{
  WattleKeyring *self = g_object_new (WATTLE_TYPE_KEYRING, NULL);

  if (connection)
    wattle_keyring_connect (self, connection);
  return self;
}

void
wattle_keyring_connect (WattleKeyring *self, GDBusConnection *connection)
{
  wattle_keyring_watch_connect (self->watch, connection);
}

void
wattle_keyring_expect (WattleKeyring *self)
{
  wattle_keyring_watch_expect (self->watch);
}

WattleKeyringState
wattle_keyring_get_state (WattleKeyring *self)
{
  return wattle_keyring_watch_get_state (self->watch);
}

const char *
wattle_keyring_get_advice (WattleKeyring *self)
{
  switch (wattle_keyring_get_state (self)) {
    case WATTLE_KEYRING_LOCKED:
      return _ ("Your keyring is locked, so Wattle cannot reach your devices. Unlock it, or log out and in again.");
    case WATTLE_KEYRING_MISSING:
      return _ ("No keyring answers, so Wattle has no safe place for the keys of your devices. Install or start one, "
                "such as GNOME Keyring or KWallet.");
    case WATTLE_KEYRING_UNKNOWN:
    case WATTLE_KEYRING_AVAILABLE:
    default:
      return NULL;
  }
}
