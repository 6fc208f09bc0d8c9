/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into a program under test: counts what it writes and syncs below
 * one folder, and ends it there as a power cut would.  The program itself
 * knows nothing of tests.
 *
 *   WATTLE_POWER_BELOW   the folder
 *   WATTLE_POWER_COUNTS  a file that receives two 64-bit counters: syncs, writes;
 *                        while a third number in it is not 0, the disk is full, also
 *                        for writes that are not counted because they are no database's;
 *                        a fourth takes the place of WATTLE_POWER_AT unless it is 0
 *   WATTLE_POWER_CUT     "sync-before", "sync-after", "write" or "write-torn"
 *   WATTLE_POWER_AT      at which one, from 1
 *
 * Instead of a count, the first write that holds a text can be the point:
 *
 *   WATTLE_POWER_MATCH   the text
 *   WATTLE_POWER_CUT     "match-before", "match-after" (the sync that follows):
 *                        the power is cut; "match-stop-before",
 *                        "match-stop-after": the program is stopped (SIGSTOP);
 *                        "match-full", "match-broken": from then on the disk is
 *                        full, or fails; "match-sync": the sync that follows is
 *                        done and said to have failed
 *
 * Further numbers in the file: how many ms each sync takes longer, and whether
 * the match was seen.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SYNCS, WRITES, FULL, AT, SLOW, SEEN, N_COUNTS };

static uint64_t fallback[N_COUNTS];
static uint64_t *counts = fallback;
static const char *below, *cut, *match;
static uint64_t cut_at;
static int matched; /* and the sync that follows is to come */

static void __attribute__ ((constructor)) set_up (void)
{
  const char *path = getenv ("WATTLE_POWER_COUNTS");
  const char *at = getenv ("WATTLE_POWER_AT");

  below = getenv ("WATTLE_POWER_BELOW");
  cut = getenv ("WATTLE_POWER_CUT");
  match = getenv ("WATTLE_POWER_MATCH");
  cut_at = at != NULL ? strtoull (at, NULL, 10) : 0;
  if (path != NULL) {
    int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *map = MAP_FAILED;

    if (fd >= 0 && ftruncate (fd, sizeof fallback) == 0)
      map = mmap (NULL, sizeof fallback, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
      abort ();
    counts = map;
    memset (counts, 0, sizeof fallback);
    close (fd);
  }
  /* Not for what the program starts in its turn. */
  unsetenv ("LD_PRELOAD");
}

static int
is_watched (int fd)
{
  char link[64], path[PATH_MAX];
  ssize_t len;

  if (below == NULL)
    return 0;
  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  len = readlink (link, path, sizeof path - 1);
  if (len <= 0)
    return 0;
  path[len] = '\0';
  return strncmp (path, below, strlen (below)) == 0;
}

static int
is_due (const char *what, uint64_t count)
{
  return cut != NULL && strcmp (cut, what) == 0 && count == (counts[AT] != 0 ? counts[AT] : cut_at);
}

static void
power_cut (void)
{
  kill (getpid (), SIGKILL);
  for (;;)
    pause ();
}

static int
wants (const char *what)
{
  return cut != NULL && strcmp (cut, what) == 0;
}

static void
stop_here (void)
{
  kill (getpid (), SIGSTOP);
}

/* At the first write that holds the text: what is to be before it is written. */
static void
look_for_match (const void *buf, size_t len)
{
  if (match == NULL || counts[SEEN] != 0 || memmem (buf, len, match, strlen (match)) == NULL)
    return;
  counts[SEEN] = 1;
  matched = 1;
  if (wants ("match-before"))
    power_cut ();
  if (wants ("match-stop-before"))
    stop_here ();
  if (wants ("match-full"))
    counts[FULL] = ENOSPC;
  if (wants ("match-broken"))
    counts[FULL] = EIO;
}

/* After the sync that follows it.  Whether the sync is said to have failed. */
static int
follow_match (void)
{
  if (!matched)
    return 0;
  matched = 0;
  if (wants ("match-after"))
    power_cut ();
  if (wants ("match-stop-after"))
    stop_here ();
  return wants ("match-sync");
}

static int
synced (int fd, const char *name)
{
  int (*next) (int) = (int (*) (int))dlsym (RTLD_NEXT, name);
  int result;

  if (!is_watched (fd))
    return next (fd);
  counts[SYNCS]++;
  if (is_due ("sync-before", counts[SYNCS]))
    power_cut ();
  if (counts[SLOW] != 0)
    usleep ((useconds_t)(counts[SLOW] * 1000));
  result = next (fd);
  if (is_due ("sync-after", counts[SYNCS]))
    power_cut ();
  if (!follow_match ())
    return result;
  errno = EIO;
  return -1;
}

int
fdatasync (int fd)
{
  return synced (fd, "fdatasync");
}

int
fsync (int fd)
{
  return synced (fd, "fsync");
}

static ssize_t
written (int fd, const void *buf, size_t len, off64_t offset, const char *name)
{
  ssize_t (*next) (int, const void *, size_t, off64_t)
      = (ssize_t (*) (int, const void *, size_t, off64_t))dlsym (RTLD_NEXT, name);

  if (!is_watched (fd))
    return next (fd, buf, len, offset);
  look_for_match (buf, len);
  if (counts[FULL] != 0) {
    errno = counts[FULL] == EIO ? EIO : ENOSPC;
    return -1;
  }
  counts[WRITES]++;
  if (is_due ("write", counts[WRITES]))
    power_cut ();
  if (is_due ("write-torn", counts[WRITES])) {
    next (fd, buf, len / 2, offset);
    power_cut ();
  }
  return next (fd, buf, len, offset);
}

ssize_t
pwrite64 (int fd, const void *buf, size_t len, off64_t offset)
{
  return written (fd, buf, len, offset, "pwrite64");
}

/* Files that are not a database's: they are refused on a full disk, and not counted. */
ssize_t
write (int fd, const void *buf, size_t len)
{
  ssize_t (*next) (int, const void *, size_t) = (ssize_t (*) (int, const void *, size_t))dlsym (RTLD_NEXT, "write");

  if (counts[FULL] == 0 || !is_watched (fd))
    return next (fd, buf, len);
  errno = counts[FULL] == EIO ? EIO : ENOSPC;
  return -1;
}
