/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memfd_create, file seals, explicit_bzero */

#include "common/secret-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/error.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

int
wattle_secret_fd_new (const char *secret, GError **error)
{
  size_t len = strlen (secret);
  int fd = memfd_create ("wattle-secret", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd >= 0 && write (fd, secret, len) == (ssize_t)len && fcntl (fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) == 0)
    return fd;

  g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_FAILED, _ ("The secret could not be handed over: %s"),
               g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

char *
wattle_secret_fd_read (int fd, GError **error)
{
  g_autoptr (WattleSecret) secret = g_malloc0 (WATTLE_SECRET_MAX + 2);
  int seals = fcntl (fd, F_GET_SEALS);
  ssize_t len = -1;

  /* Sealed, it can neither block nor change under us while we read. */
  if (seals >= 0 && (seals & SEALS) == SEALS)
    len = pread (fd, secret, WATTLE_SECRET_MAX + 1, 0);
  if (len < 0 || len > WATTLE_SECRET_MAX || !g_utf8_validate (secret, len, NULL)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT,
                         _ ("A code or password must be passed as a sealed memory file of text."));
    return NULL;
  }
  return g_steal_pointer (&secret);
}

void
wattle_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
