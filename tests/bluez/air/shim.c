/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into btvirt: where it would open /dev/vhci it gets a socket to the
 * air, which stands between it and the kernel from then on.
 */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS /* else open() is compiled as open64() */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

static int
connect_to_air (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

  strncpy (address.sun_path, path, sizeof address.sun_path - 1);
  if (fd >= 0 && connect (fd, (struct sockaddr *)&address, sizeof address) != 0) {
    close (fd);
    return -1;
  }
  return fd;
}

int open (const char *path, int flags, ...);

int
open (const char *path, int flags, ...)
{
  const char *air = getenv ("WATTLE_AIR");
  int (*original) (const char *, int, ...) = (int (*) (const char *, int, ...))dlsym (RTLD_NEXT, "open");
  va_list list;
  mode_t mode;

  if (air != NULL && strcmp (path, "/dev/vhci") == 0)
    return connect_to_air (air);
  va_start (list, flags);
  mode = (flags & O_CREAT) != 0 ? va_arg (list, mode_t) : 0;
  va_end (list);
  return original (path, flags, mode);
}
