/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passports that a device's passport has taken the place of, so that a person can
 * always read what they agreed to and be told what changed; and those refused.
 */
#pragma once

#include "daemon/store/database.h"

G_BEGIN_DECLS

/* Puts the passport of these exact @bytes in the place of the device's, which is
 * kept as an earlier one and has not been read about yet. */
gboolean wattle_notices_replace (WattleDatabase *database, const char *device, GBytes *bytes, gint64 time,
                                 GError **error);

/* The passport that changes are told against: the oldest one that the person has
 * not read the changes since, or else the last earlier one.  @unread: whether it is
 * the former; may be NULL.  NULL without error where the passport never changed. */
GBytes *wattle_notices_get_earlier (WattleDatabase *database, const char *device, gboolean *unread, GError **error);

/* The person has read what changed up to now. */
gboolean wattle_notices_mark_read (WattleDatabase *database, const char *device, GError **error);

/* Notes that the passport with this SHA-256 was refused for the device; @first
 * receives whether that is news. */
gboolean wattle_notices_refuse (WattleDatabase *database, const char *device, const char *sha256, gboolean *first,
                                GError **error);

/* The exact bytes of every passport that is kept, of all devices, earlier ones
 * included; (element-type GBytes). */
GPtrArray *wattle_notices_list_passports (WattleDatabase *database, GError **error);

G_END_DECLS
