/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The person's keyring (the Secret Service, by libsecret), the only place for
 * secrets.  There is no fallback: where no keyring answers or it is locked,
 * calls fail with WATTLE_ERROR_KEYRING_MISSING or _KEYRING_LOCKED.
 */
#pragma once

#include <gio/gio.h>

#include "common/error.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_SECRET_OWNER_KEY,      /* opens the device: wtl_owner_key_precompute(), from older times the key alone */
  WATTLE_SECRET_ADVERT_KEY,     /* 16 bytes: recognises its advertisements */
  WATTLE_SECRET_CLOUD,          /* of the cloud account, text */
  WATTLE_SECRET_PASSWORD_CHECK, /* salted hash, to notice a password used twice */
  WATTLE_SECRET_NEXT_CODE,      /* the next owner's setup code, digits */
  WATTLE_SECRET_CERTIFICATE,    /* 97 bytes: signs the certificate of a wipe (privacy/certificate.h) */
} WattleSecretKind;

typedef enum {
  WATTLE_KEYRING_UNKNOWN, /* not asked yet */
  WATTLE_KEYRING_AVAILABLE,
  WATTLE_KEYRING_LOCKED,
  WATTLE_KEYRING_MISSING,
} WattleKeyringState;

/* Whether the keyring's own password dialogue may come up. */
typedef enum {
  WATTLE_KEYRING_QUIET = 0,
  WATTLE_KEYRING_INTERACTIVE = 1 << 0,
} WattleKeyringFlags;

/* Bytes that are wiped when the last reference goes. */
GBytes *wattle_secret_bytes_new (gconstpointer data, gsize size);

#define WATTLE_TYPE_KEYRING (wattle_keyring_get_type ())
G_DECLARE_FINAL_TYPE (WattleKeyring, wattle_keyring, WATTLE, KEYRING, GObject)

/* Watches the Secret Service on @connection, the session bus; NULL: from
 * wattle_keyring_connect() on, and only its state may be asked for until then.
 * Does not start it, and does not ask it anything before the first call.
 * Property "state" (guint, WattleKeyringState) is notified. */
WattleKeyring *wattle_keyring_new (GDBusConnection *connection);
void wattle_keyring_connect (WattleKeyring *self, GDBusConnection *connection);
WattleKeyringState wattle_keyring_get_state (WattleKeyring *self);

/* Makes the state known as soon as the Secret Service is there, quietly and
 * without starting it. */
void wattle_keyring_expect (WattleKeyring *self);

/* A sentence that says what to do about the state; NULL where all is well.
 * Not to be freed. */
const char *wattle_keyring_get_advice (WattleKeyring *self);

/* Finds out the state, starting the Secret Service where it can be. */
void wattle_keyring_refresh_async (WattleKeyring *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean wattle_keyring_refresh_finish (WattleKeyring *self, GAsyncResult *result, GError **error);

/* Unlocks the default keyring by the keyring's own dialogue. */
void wattle_keyring_unlock_async (WattleKeyring *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean wattle_keyring_unlock_finish (WattleKeyring *self, GAsyncResult *result, GError **error);

/* Keeps @secret for @device (id; for WATTLE_SECRET_NEXT_CODE and _CERTIFICATE the wipe's id),
 * replacing one of the same kind.  @label is what a person sees in a
 * keyring manager. */
void wattle_keyring_store_async (WattleKeyring *self, const char *device, WattleSecretKind kind, const char *label,
                                 GBytes *secret, WattleKeyringFlags flags, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_keyring_store_finish (WattleKeyring *self, GAsyncResult *result, GError **error);

/* The secret in wiped memory, or NULL with WATTLE_ERROR_NOT_FOUND. */
void wattle_keyring_lookup_async (WattleKeyring *self, const char *device, WattleSecretKind kind,
                                  WattleKeyringFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
GBytes *wattle_keyring_lookup_finish (WattleKeyring *self, GAsyncResult *result, GError **error);

/* Every secret of @kind in one go: device id to GBytes.  Free with
 * g_hash_table_unref(). */
void wattle_keyring_lookup_all_async (WattleKeyring *self, WattleSecretKind kind, WattleKeyringFlags flags,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GHashTable *wattle_keyring_lookup_all_finish (WattleKeyring *self, GAsyncResult *result, GError **error);

/* What the keyring shows a person of the secrets of @device: (element-type
 * WattleKeyringLabel), without the secrets.  Free with g_ptr_array_unref(). */
typedef struct {
  char *kind; /* "owner-key", ... */
  char *label;
} WattleKeyringLabel;
void wattle_keyring_list_labels_async (WattleKeyring *self, const char *device, WattleKeyringFlags flags,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *wattle_keyring_list_labels_finish (WattleKeyring *self, GAsyncResult *result, GError **error);

/* Removes one secret, or, with clear_device, every one of @device except the
 * next owner's code.  Succeeds where there is none.  A locked keyring is an
 * error: the secret may still be there. */
void wattle_keyring_clear_async (WattleKeyring *self, const char *device, WattleSecretKind kind,
                                 WattleKeyringFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean wattle_keyring_clear_finish (WattleKeyring *self, GAsyncResult *result, GError **error);
void wattle_keyring_clear_device_async (WattleKeyring *self, const char *device, WattleKeyringFlags flags,
                                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_keyring_clear_device_finish (WattleKeyring *self, GAsyncResult *result, GError **error);

/* Keeps a salted PBKDF2 hash of the password chosen for @device. */
void wattle_keyring_store_password_check_async (WattleKeyring *self, const char *device, const char *label,
                                                const char *password, WattleKeyringFlags flags,
                                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                                gpointer user_data);
gboolean wattle_keyring_store_password_check_finish (WattleKeyring *self, GAsyncResult *result, GError **error);

/* Whether @password is that of another device than @device (may be NULL) of
 * this household.  @reused_by receives its id, or NULL. */
void wattle_keyring_password_reused_async (WattleKeyring *self, const char *device, const char *password,
                                           WattleKeyringFlags flags, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_keyring_password_reused_finish (WattleKeyring *self, GAsyncResult *result, char **reused_by,
                                                GError **error);

G_END_DECLS
