/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's own settings: a few strings by name.
 */
#pragma once

#include "daemon/store/database.h"

G_BEGIN_DECLS

/* The value of @name, or a copy of @fallback (may be NULL) where it is not
 * set.  NULL with @error set only on an error. */
char *wattle_settings_get (WattleDatabase *database, const char *name, const char *fallback, GError **error);

/* @value NULL unsets. */
gboolean wattle_settings_set (WattleDatabase *database, const char *name, const char *value, GError **error);

G_END_DECLS
