/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readings as they are kept: sealed one by one under their stream's key.
 */
#pragma once

#include "cloud/device.h"

G_BEGIN_DECLS

#define WATTLE_READINGS_PAGE 500

/* A page of the device's readings for a purpose after @after, as "Reading"s of
 * cloud/openapi.json.  @last: the last one's sequence, 0 where the page is empty. */
JsonArray *wattle_readings_page (WattleCloud *cloud, const WattleDevice *device, const char *purpose, guint32 after,
                                 guint32 *last, GError **error);

G_END_DECLS
