/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a keyring's failures mean to a person.
 */
#include <glib/gi18n-lib.h>

#include "daemon/store/keyring-private.h"

static gboolean
is_locked (const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED);
}

GError *
wattle_keyring_translate_error (const GError *error)
{
  if (error->domain == WATTLE_ERROR)
    return g_error_copy (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_CANCELLED, _ ("This was cancelled."));
  if (is_locked (error))
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_KEYRING_LOCKED,
                                _ ("Your keyring is locked. Unlock it and try again."));
  g_debug ("keyring: %s", error->message);
  /* Not there, gone in the middle, silent or talking nonsense: to a person it
   * is one thing, as nothing can be kept. */
  return g_error_new_literal (
      WATTLE_ERROR, WATTLE_ERROR_KEYRING_MISSING,
      _ ("No keyring answers, so Wattle has no safe place for the keys of your devices. Install "
         "or start one, such as GNOME Keyring or KWallet, and try again."));
}

void
wattle_keyring_wipe (gpointer data, gsize size)
{
  if (size)
    explicit_bzero (data, size);
}

struct secret_bytes {
  gsize size;
  guint8 data[];
};

static void
secret_bytes_free (gpointer user_data)
{
  struct secret_bytes *bytes = user_data;

  wattle_keyring_wipe (bytes->data, bytes->size);
  g_free (bytes);
}

GBytes *
wattle_secret_bytes_new (gconstpointer data, gsize size)
{
  struct secret_bytes *bytes = g_malloc (sizeof *bytes + size);

  bytes->size = size;
  if (size)
    memcpy (bytes->data, data, size);
  return g_bytes_new_with_free_func (bytes->data, size, secret_bytes_free, bytes);
}
