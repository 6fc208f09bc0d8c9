/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands read from top to bottom and wait here.  There is one loop at a
 * time: what another program asks our agent meanwhile is put before the person
 * between two turns of it, never from inside a callback.
 */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* From now on SIGINT, SIGTERM and SIGHUP cancel cli->cancellable; the second
 * one ends the program at once.  Returns nothing that needs undoing. */
void wattle_loop_catch_signals (WattleCli *cli);

/* 0, or the signal that came: the program ends with 128 more than that. */
int wattle_loop_signal (void);

/* A GAsyncReadyCallback that keeps the result in the GAsyncResult * that
 * @user_data points to. */
void wattle_loop_done (GObject *source, GAsyncResult *result, gpointer user_data);

/* Returns when wattle_loop_done() has put a result into @result.  Ctrl-C
 * reaches the call through the cancellable that it was given. */
void wattle_loop_wait (WattleCli *cli, GAsyncResult **result);

/* Returns when @ready says so or, if @timeout is not 0, after that many
 * milliseconds: whether it is ready.  FALSE with @error set after Ctrl-C. */
gboolean wattle_loop_wait_until (WattleCli *cli, gboolean (*ready) (gpointer data), gpointer data, guint timeout,
                                 GError **error);

G_END_DECLS
