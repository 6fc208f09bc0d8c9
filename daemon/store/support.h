/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per device: which warnings about the end of support the person has been
 * given, until when they do not want to be reminded, and whether they have
 * stopped sending to the cloud.  Goes with the device's row.
 */
#pragma once

#include "daemon/store/database.h"
#include "privacy/support-calendar.h"

G_BEGIN_DECLS

/* What was told about the end date @end, and the rest; zeros where there is
 * nothing.  @cloud_stopped_at: seconds since 1970, 0 = not stopped. */
gboolean wattle_support_store_load (WattleDatabase *database, const char *device, const char *end,
                                    WattleSupportShown *shown, gint64 *cloud_stopped_at, GError **error);

/* The person has been told of @stage at @time; ends the snooze. */
gboolean wattle_support_store_told (WattleDatabase *database, const char *device, const char *end,
                                    WattleSupportStage stage, gint64 time, GError **error);

/* Seconds since 1970; 0 = none. */
gboolean wattle_support_store_snooze (WattleDatabase *database, const char *device, gint64 until, GError **error);
gboolean wattle_support_store_stop_cloud (WattleDatabase *database, const char *device, gint64 time, GError **error);

G_END_DECLS
