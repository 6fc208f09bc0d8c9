/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTPS by libmicrohttpd with GnuTLS, as strict as it goes: TLS 1.3, one thread,
 * bounded connections, headers and bodies, and deadlines.
 */
#pragma once

#include "cloud/cloud.h"

G_BEGIN_DECLS

typedef struct {
  const char *listen;   /* "ADDRESS:PORT" or "[ADDRESS]:PORT"; port 0 = any */
  const char *tls_key;  /* PEM */
  const char *tls_cert; /* PEM */
  guint connections;
  guint connections_per_address;
  guint timeout; /* seconds: of silence; a request has twice that, a reply ten times */
} WattleServerOptions;

typedef struct _WattleServer WattleServer;

/* Binds the address; *@url is then "https://ADDRESS:PORT".  WATTLE_ERROR_INVALID_ARGUMENT,
 * WATTLE_ERROR_FAILED. */
WattleServer *wattle_server_new (const WattleServerOptions *options, char **url, GError **error);

/* Begins to answer, in a thread of its own. */
gboolean wattle_server_start (WattleServer *server, WattleCloud *cloud, GError **error);

/* Closes connections that are past their deadline; to be called every few seconds. */
void wattle_server_sweep (WattleServer *server);

/* Lets the request at hand end, then stops. */
void wattle_server_free (WattleServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleServer, wattle_server_free)

G_END_DECLS
