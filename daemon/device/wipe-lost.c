/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes at once where the device is lost: every local record but the row
 * that the device's own wipe needs, and every key but the two that it needs.
 * Those get a label that says what they are still there for.
 */
#include <glib/gi18n-lib.h>

#include "daemon/device/wipe-private.h"
#include "daemon/device/wire-error.h"

static gboolean
has_device (WattleWipeJob *self, WattleWipePlace place)
{
  g_autoptr (GError) error = NULL;

  if (self->device != NULL)
    return TRUE;
  g_set_error_literal (&error, WATTLE_ERROR, WATTLE_ERROR_STORE_CORRUPT,
                       _ ("The records of this wipe do not fit together."));
  wattle_wipe_place_waits (self, place, error, FALSE);
  return FALSE;
}

void
wattle_wipe_traces (WattleWipeJob *self)
{
  g_autoptr (GError) error = NULL;
  guint readings;

  if (!has_device (self, WATTLE_WIPE_TRACES) || !wattle_wipe_place_start (self, WATTLE_WIPE_TRACES))
    return;
  readings = wattle_wipe_count_readings (self);
  if (wattle_device_reduce (self->device, self->product_name, &error))
    wattle_wipe_place_done (self, WATTLE_WIPE_TRACES,
                            wattle_evidence_new_local (readings, wattle_services_now (self->services)));
  else
    wattle_wipe_place_waits (self, WATTLE_WIPE_TRACES, error, TRUE);
}

/* --- keys --- */

/* One after the other: removed, or, where @keep, kept under another label. */
static const struct {
  WattleSecretKind kind;
  gboolean keep;
} keys[] = {
  { WATTLE_SECRET_CLOUD, FALSE },
  { WATTLE_SECRET_PASSWORD_CHECK, FALSE },
  { WATTLE_SECRET_ADVERT_KEY, TRUE },
  { WATTLE_SECRET_OWNER_KEY, TRUE },
};

typedef struct {
  WattleWipeJob *self;
  guint index;
} Key;

static void next_key (WattleWipeJob *self, guint index);

/* FALSE: there is nothing more to do for @key. */
static gboolean
go_on (Key *key, const GError *error)
{
  if (key->self->stopped)
    return FALSE;
  if (error == NULL || g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND))
    return TRUE;
  /* A locked keyring says when it is open; one that is gone may come back. */
  wattle_wipe_place_waits (key->self, WATTLE_WIPE_SPARE_KEYS, error, TRUE);
  return FALSE;
}

static void
key_free (Key *key)
{
  g_object_unref (key->self);
  g_free (key);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Key, key_free)

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Key) key = user_data;
  g_autoptr (GError) error = NULL;

  wattle_keyring_clear_finish (WATTLE_KEYRING (source), result, &error);
  if (go_on (key, error))
    next_key (key->self, key->index + 1);
}

static void
on_relabelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Key) key = user_data;
  g_autoptr (GError) error = NULL;

  wattle_keyring_store_finish (WATTLE_KEYRING (source), result, &error);
  if (go_on (key, error))
    next_key (key->self, key->index + 1);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Key) key = user_data;
  WattleWipeJob *self = key->self;
  WattleSecretKind kind = keys[key->index].kind;
  g_autoptr (GError) error = NULL;
  g_autofree char *label = g_strdup_printf (_ ("Only to wipe it when it is found: %s"), self->product_name);
  g_autoptr (GBytes) secret = wattle_keyring_lookup_finish (WATTLE_KEYRING (source), result, &error);

  if (!go_on (key, error))
    return;
  if (secret == NULL) {
    next_key (self, key->index + 1);
    return;
  }
  wattle_keyring_store_async (WATTLE_KEYRING (source), self->device_id, kind, label, secret, WATTLE_KEYRING_QUIET, NULL,
                              on_relabelled, g_steal_pointer (&key));
}

static void
keys_done (WattleWipeJob *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GError) error = NULL;

  /* The account is deleted; its name would say who asked. */
  if (wattle_devices_set_cloud (database, self->device_id, NULL, NULL, FALSE, &error)
      && wattle_database_scrub (database, &error))
    wattle_wipe_place_done (self, WATTLE_WIPE_SPARE_KEYS,
                            wattle_evidence_new_local (2, wattle_services_now (self->services)));
  else
    wattle_wipe_place_waits (self, WATTLE_WIPE_SPARE_KEYS, error, TRUE);
}

static void
next_key (WattleWipeJob *self, guint index)
{
  WattleKeyring *keyring = wattle_services_get_keyring (self->services);
  Key *key;

  if (index == G_N_ELEMENTS (keys)) {
    keys_done (self);
    return;
  }
  key = g_new0 (Key, 1);
  key->self = g_object_ref (self);
  key->index = index;
  if (keys[index].keep)
    wattle_keyring_lookup_async (keyring, self->device_id, keys[index].kind, WATTLE_KEYRING_QUIET, NULL, on_found, key);
  else
    wattle_keyring_clear_async (keyring, self->device_id, keys[index].kind, WATTLE_KEYRING_QUIET, NULL, on_cleared,
                                key);
}

void
wattle_wipe_spare_keys (WattleWipeJob *self)
{
  if (has_device (self, WATTLE_WIPE_SPARE_KEYS) && wattle_wipe_place_start (self, WATTLE_WIPE_SPARE_KEYS))
    next_key (self, 0);
}
