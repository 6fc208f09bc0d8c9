/* SPDX-License-Identifier: Apache-2.0 */
/* Codes and passwords on their way to and from the service. */
#include "client/secret-handle.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "common/error.h"

GVariant *
wattle_secret_to_handle (const char *secret, GUnixFDList **list, GError **error)
{
  int fd = wattle_secret_fd_new (secret, error);

  if (fd < 0)
    return NULL;
  *list = g_unix_fd_list_new_from_array (&fd, 1); /* owns fd now */
  return g_variant_new_handle (0);
}

WattleSecret *
wattle_secret_from_handle (GVariant *handle, GUnixFDList *list, GError **error)
{
  g_autoptr (WattleSecret) secret = NULL;
  int index = g_variant_get_handle (handle);
  int fd;

  if (list == NULL || index < 0 || index >= g_unix_fd_list_get_length (list)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_FAILED, _ ("The service sent no secret."));
    return NULL;
  }
  fd = g_unix_fd_list_get (list, index, error);
  if (fd < 0)
    return NULL;
  secret = wattle_secret_fd_read (fd, error);
  close (fd);
  return g_steal_pointer (&secret);
}
