/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes and passwords cross D-Bus as sealed memory files, never in a message
 * body, so that bus monitors and logs hold none.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WATTLE_SECRET_MAX 256 /* bytes */

/* A sealed memfd that holds @secret without the final NUL.  Returns the file
 * descriptor, which the caller closes, or -1 with @error set. */
int wattle_secret_fd_new (const char *secret, GError **error);

/* Reads a secret of at most WATTLE_SECRET_MAX bytes of UTF-8 from @fd, which
 * must be a sealed memory file: anything else (a pipe that never ends, a file
 * that grows) is refused.  Free with wattle_secret_free(). */
char *wattle_secret_fd_read (int fd, GError **error);

/* Wipes and frees. */
void wattle_secret_free (char *secret);

typedef char WattleSecret;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSecret, wattle_secret_free)

G_END_DECLS
