/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a D-Bus property and being told whether it went well. */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

/* Sets @name of @proxy (a GDBusProxy) to @value, which is taken where it
 * floats.  A generated proxy's own setter does not tell of errors. */
gboolean wattle_property_set (WattleCli *cli, gpointer proxy, const char *name, GVariant *value, GError **error);

G_END_DECLS
