/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which program is behind a bus name.  The bus and the kernel tell the process
 * and the file it runs; whose work that file does nobody can tell, so all of it
 * is for a person to weigh, and nothing is decided by it.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  char *name;    /* what the program calls itself, cleaned; NULL = not known */
  char *program; /* the file that runs, cleaned; NULL = not known */
  guint pid;     /* 0 = not known */
} WattleCaller;

void wattle_caller_free (WattleCaller *caller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleCaller, wattle_caller_free)

/* @bus_name: unique.  Always gives a caller, if one of which nothing is known,
 * unless it is cancelled. */
void wattle_caller_find (GDBusConnection *bus, const char *bus_name, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);
WattleCaller *wattle_caller_find_finish (GAsyncResult *result, GError **error);

G_END_DECLS
