/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deleting so that nothing can be read any more, copies and backups included.
 *
 * A deletion is one transaction of data.db (records gone, keys to destroy noted,
 * receipt kept), then the keys are destroyed, and only then is the receipt handed
 * out.  What is cut off in between is finished by the next request that needs it
 * and at the next start.
 */
#pragma once

#include "cloud/device.h"

G_BEGIN_DECLS

/* Destroys every key that is noted for it. */
gboolean wattle_erasures_finish (WattleCloud *cloud, GError **error);

/* Inside a transaction: removes the streams of @device for all purposes but
 * @allowed (NULL: for all) and notes their keys.  @deleted and @destroyed count
 * readings and keys. */
gboolean wattle_erase_streams (WattleCloud *cloud, const WattleRef *device, const char *const *allowed,
                               guint64 *deleted, guint *destroyed, GError **error);

G_END_DECLS
