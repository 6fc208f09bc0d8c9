/* SPDX-License-Identifier: Apache-2.0 */
/* libsecret, when the keyring is needed. */
#include <libsecret/secret.h>

#include "common/lazy.h"

#define LAZY(type, name, parameters, arguments) WATTLE_LAZY ("libsecret-1.so.0", type, name, parameters, arguments)

/* clang-format off */
LAZY (GQuark, secret_error_get_quark, (void), ())
LAZY (GType, secret_service_get_type, (void), ())
LAZY (GType, secret_item_get_type, (void), ())
LAZY (GHashTable *, secret_attributes_buildv, (const SecretSchema *schema, va_list list), (schema, list))

LAZY (void, secret_service_get, (SecretServiceFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data), (flags, cancellable, callback, data))
LAZY (SecretService *, secret_service_get_finish, (GAsyncResult *result, GError **error), (result, error))
LAZY (void, secret_service_search, (SecretService *service, const SecretSchema *schema, GHashTable *attributes, SecretSearchFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data), (service, schema, attributes, flags, cancellable, callback, data))
LAZY (GList *, secret_service_search_finish, (SecretService *service, GAsyncResult *result, GError **error), (service, result, error))
LAZY (void, secret_service_store, (SecretService *service, const SecretSchema *schema, GHashTable *attributes, const gchar *collection, const gchar *label, SecretValue *value, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data), (service, schema, attributes, collection, label, value, cancellable, callback, data))
LAZY (gboolean, secret_service_store_finish, (SecretService *service, GAsyncResult *result, GError **error), (service, result, error))

LAZY (void, secret_collection_create, (SecretService *service, const gchar *label, const gchar *alias, SecretCollectionCreateFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data), (service, label, alias, flags, cancellable, callback, data))
LAZY (SecretCollection *, secret_collection_create_finish, (GAsyncResult *result, GError **error), (result, error))
LAZY (SecretService *, secret_collection_get_service, (SecretCollection *self), (self))

LAZY (void, secret_item_delete, (SecretItem *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data), (self, cancellable, callback, data))
LAZY (gboolean, secret_item_delete_finish, (SecretItem *self, GAsyncResult *result, GError **error), (self, result, error))
LAZY (GHashTable *, secret_item_get_attributes, (SecretItem *self), (self))
LAZY (gchar *, secret_item_get_label, (SecretItem *self), (self))
LAZY (gboolean, secret_item_get_locked, (SecretItem *self), (self))
LAZY (SecretValue *, secret_item_get_secret, (SecretItem *self), (self))

LAZY (const gchar *, secret_value_get, (SecretValue *value, gsize *length), (value, length))
LAZY (SecretValue *, secret_value_new, (const gchar *secret, gssize length, const gchar *type), (secret, length, type))
LAZY (void, secret_value_unref, (gpointer value), (value))
/* clang-format on */

GHashTable *
secret_attributes_build (const SecretSchema *schema, ...)
{
  GHashTable *attributes;
  va_list list;

  va_start (list, schema);
  attributes = secret_attributes_buildv (schema, list);
  va_end (list);
  return attributes;
}
