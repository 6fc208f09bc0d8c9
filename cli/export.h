/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of everything, for other commands that offer one. */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Writes everything that is held about @device to @path; returns when the file
 * is whole and on the disk.  One that is there already is replaced only where
 * @replace.  @decided: the person has just asked for it. */
gboolean wattle_export_to_file (WattleCli *cli, WattleBusDevice *device, const char *path, gboolean replace,
                                gboolean decided, GError **error);

G_END_DECLS
