/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timerfd_create(2): with TFD_TIMER_CANCEL_ON_SET a timer of CLOCK_REALTIME can
 * be read with ECANCELED as soon as the clock makes a jump.  GLib's own timers
 * follow the monotonic clock, which knows of neither.
 */
#include "daemon/device/wall-timer.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Later than any date, and within what every kernel takes. */
#define NEVER (G_GINT64_CONSTANT (1) << 33)

struct _WattleWallTimer {
  int fd;
  guint source;
  WattleWallTimerFunc func;
  gpointer user_data;
};

static gboolean
on_ready (int fd, GIOCondition condition, gpointer user_data)
{
  WattleWallTimer *self = user_data;
  guint64 times;

  if (read (fd, &times, sizeof times) < 0 && errno != ECANCELED)
    return G_SOURCE_CONTINUE;
  self->func (self->user_data);
  return G_SOURCE_CONTINUE;
}

WattleWallTimer *
wattle_wall_timer_new (WattleWallTimerFunc func, gpointer user_data)
{
  WattleWallTimer *self;
  int fd = timerfd_create (CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);

  if (fd < 0) {
    g_warning ("No timer: %s", g_strerror (errno));
    return NULL;
  }
  self = g_new0 (WattleWallTimer, 1);
  self->fd = fd;
  self->func = func;
  self->user_data = user_data;
  self->source = g_unix_fd_add (fd, G_IO_IN, on_ready, self);
  return self;
}

void
wattle_wall_timer_free (WattleWallTimer *self)
{
  if (self == NULL)
    return;
  g_source_remove (self->source);
  close (self->fd);
  g_free (self);
}

void
wattle_wall_timer_set (WattleWallTimer *self, gint64 time)
{
  const struct itimerspec spec = { .it_value.tv_sec = time <= 0 ? NEVER : MIN (time, NEVER) };

  /* A clock that was set since the last read makes this fail with ECANCELED,
   * yet the timer is set; what there is to notice is noticed by reading. */
  if (timerfd_settime (self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL) < 0 && errno != ECANCELED)
    g_warning ("No timer: %s", g_strerror (errno));
}
