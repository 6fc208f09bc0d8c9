/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per device: who else in the home is measured by it, in the person's own words.
 * Goes with the device's row.
 */
#pragma once

#include "daemon/store/database.h"

G_BEGIN_DECLS

/* NULL without error where nobody is noted.  Free with g_free(). */
char *wattle_others_store_get (WattleDatabase *database, const char *device, GError **error);

/* @who "" takes the note away; @time: seconds since 1970. */
gboolean wattle_others_store_set (WattleDatabase *database, const char *device, const char *who, gint64 time,
                                  GError **error);

G_END_DECLS
