/* SPDX-License-Identifier: Apache-2.0 */
/* One look into the keyring for the advertising keys of all devices. */
#include "daemon/device/advert-keys.h"

#include "daemon/device/device-private.h"

struct _WattleAdvertKeys {
  WattleKeyring *keyring;
  GPtrArray *devices; /* NULL once freed, while the keyring is still asked */
  WattleAdvertKeysFunc done;
  gpointer user_data;
  gboolean asking;
  gboolean handing_out;
};

static void
clear (gpointer data)
{
  WattleAdvertKeys *self = data;

  g_object_unref (self->keyring);
}

static void
hand_out (WattleAdvertKeys *self, GHashTable *keys, const GError *error)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->devices->len; i++)
    g_ptr_array_add (devices, g_object_ref (g_ptr_array_index (self->devices, i)));
  self->handing_out = TRUE;
  for (guint i = 0; i < devices->len; i++) {
    WattleDevice *device = g_ptr_array_index (devices, i);

    if (wattle_device_wants_advert_key (device))
      wattle_device_take_advert_key (
          device, keys != NULL ? g_hash_table_lookup (keys, wattle_device_get_id (device)) : NULL, error);
  }
  self->handing_out = FALSE;
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleAdvertKeys *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) keys = wattle_keyring_lookup_all_finish (WATTLE_KEYRING (source), result, &error);

  self->asking = FALSE;
  if (self->devices != NULL)
    hand_out (self, keys, error);
  if (self->devices != NULL)
    self->done (self->user_data);
  g_rc_box_release_full (self, clear);
}

WattleAdvertKeys *
wattle_advert_keys_new (WattleKeyring *keyring, GPtrArray *devices, WattleAdvertKeysFunc done, gpointer user_data)
{
  WattleAdvertKeys *self = g_rc_box_new0 (WattleAdvertKeys);

  self->keyring = g_object_ref (keyring);
  self->devices = devices;
  self->done = done;
  self->user_data = user_data;
  return self;
}

void
wattle_advert_keys_free (WattleAdvertKeys *self)
{
  self->devices = NULL;
  g_rc_box_release_full (self, clear);
}

void
wattle_advert_keys_want (WattleAdvertKeys *self)
{
  gboolean wanted = FALSE;

  for (guint i = 0; i < self->devices->len; i++)
    wanted = wanted || wattle_device_wants_advert_key (g_ptr_array_index (self->devices, i));
  if (!wanted || self->asking)
    return;
  self->asking = TRUE;
  wattle_keyring_lookup_all_async (self->keyring, WATTLE_SECRET_ADVERT_KEY, WATTLE_KEYRING_QUIET, NULL, on_looked_up,
                                   g_rc_box_acquire (self));
}

gboolean
wattle_advert_keys_is_handing_out (WattleAdvertKeys *self)
{
  return self->handing_out;
}
