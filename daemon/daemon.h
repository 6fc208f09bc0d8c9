/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service put together: database, keyring, links, registry, bus.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  char *links;    /* directory of the socket link; NULL = default */
  char *database; /* NULL = default */
  char *adapter;  /* "hci1": the Bluetooth adapter to use, "none"; NULL = all */
} WattleDaemonOptions;

/* Runs until told to stop or the bus goes away.  Returns the exit status; what
 * went wrong has been printed. */
int wattle_daemon_run (const WattleDaemonOptions *options);

G_END_DECLS
