/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host controller interface as a stream (Bluetooth Core Specification,
 * volume 4, part A), for a host that is a process and not the kernel.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Somebody has connected.  Whole packets are read from and written to @fd, the
 * callee's.  Whoever was connected before reads the end of the file. */
typedef void (*StreamFunc) (gpointer user_data, int fd);

/* Waits at the socket @path for one host at a time, for good.  FALSE where
 * there can be no such socket. */
gboolean stream_listen (const char *path, StreamFunc func, gpointer user_data);

G_END_DECLS
