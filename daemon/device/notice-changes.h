/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed in the passport of a device since the person last read about it.
 */
#pragma once

#include "daemon/device/device.h"
#include "privacy/notice-diff.h"

G_BEGIN_DECLS

/* The changes in @language ("" = the service's); empty where the passport never
 * changed.  (element-type WattleNoticeChange) */
GPtrArray *wattle_notice_changes_list (WattleDevice *device, const char *language, GError **error);

/* Whether there are some that the person has not read. */
gboolean wattle_notice_changes_are_unread (WattleDevice *device);

gboolean wattle_notice_changes_mark_read (WattleDevice *device, GError **error);

G_END_DECLS
