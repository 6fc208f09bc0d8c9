/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deadlines of connections.
 */
#include "cloud/watch.h"

#include <sys/socket.h>

struct _WattleWatched {
  GList link;
  int fd;
  gint64 deadline;
};

struct _WattleWatch {
  GMutex lock;
  GQueue watched;
};

WattleWatch *
wattle_watch_new (void)
{
  WattleWatch *watch = g_new0 (WattleWatch, 1);

  g_mutex_init (&watch->lock);
  return watch;
}

void
wattle_watch_free (WattleWatch *watch)
{
  g_assert (watch->watched.length == 0);
  g_mutex_clear (&watch->lock);
  g_free (watch);
}

WattleWatched *
wattle_watch_add (WattleWatch *watch, int fd, gint64 deadline)
{
  WattleWatched *watched = g_new0 (WattleWatched, 1);

  watched->link.data = watched;
  watched->fd = fd;
  watched->deadline = deadline;
  g_mutex_lock (&watch->lock);
  g_queue_push_tail_link (&watch->watched, &watched->link);
  g_mutex_unlock (&watch->lock);
  return watched;
}

void
wattle_watch_set (WattleWatch *watch, WattleWatched *watched, gint64 deadline)
{
  g_mutex_lock (&watch->lock);
  watched->deadline = deadline;
  g_mutex_unlock (&watch->lock);
}

void
wattle_watch_remove (WattleWatch *watch, WattleWatched *watched)
{
  g_mutex_lock (&watch->lock);
  g_queue_unlink (&watch->watched, &watched->link);
  g_mutex_unlock (&watch->lock);
  g_free (watched);
}

guint
wattle_watch_sweep (WattleWatch *watch, gint64 now)
{
  guint n = 0;

  g_mutex_lock (&watch->lock);
  for (GList *link = watch->watched.head; link; link = link->next) {
    WattleWatched *watched = link->data;

    if (watched->deadline < now) {
      shutdown (watched->fd, SHUT_RDWR);
      watched->deadline = G_MAXINT64;
      n++;
    }
  }
  g_mutex_unlock (&watch->lock);
  return n;
}
