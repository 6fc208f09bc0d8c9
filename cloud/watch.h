/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deadlines of connections.  libmicrohttpd's own timeout is of inactivity: who
 * sends a byte every few seconds could hold a connection for ever.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WattleWatch WattleWatch;
typedef struct _WattleWatched WattleWatched;

WattleWatch *wattle_watch_new (void);
/* All connections must be gone. */
void wattle_watch_free (WattleWatch *watch);

/* From the server's thread.  @deadline: microseconds of the monotonic clock.  The
 * socket must stay open until the connection is removed. */
WattleWatched *wattle_watch_add (WattleWatch *watch, int fd, gint64 deadline);
void wattle_watch_set (WattleWatch *watch, WattleWatched *watched, gint64 deadline);
void wattle_watch_remove (WattleWatch *watch, WattleWatched *watched);

/* From any thread: shuts the sockets down whose deadline is before @now; the
 * server then closes them.  Returns how many. */
guint wattle_watch_sweep (WattleWatch *watch, gint64 now);

G_END_DECLS
