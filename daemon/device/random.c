/* SPDX-License-Identifier: Apache-2.0 */
/*
 * getrandom(2), whole or not at all.
 */
#include "daemon/device/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "daemon/store/keyring.h"

int
wattle_random_port (void *ctx, uint8_t *buf, size_t len)
{
  while (len > 0) {
    gssize n = getrandom (buf, len, 0);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return -1;
    buf += n;
    len -= n;
  }
  return 0;
}

GBytes *
wattle_random_bytes (gsize len)
{
  g_autofree guint8 *buffer = g_malloc (len);
  GBytes *bytes;

  if (wattle_random_port (NULL, buffer, len) != 0)
    g_error ("No random numbers from the kernel");
  bytes = wattle_secret_bytes_new (buffer, len);
  explicit_bzero (buffer, len);
  return bytes;
}
