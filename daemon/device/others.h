/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page for somebody else in the home whom a device measures.
 */
#pragma once

#include "daemon/device/device.h"

G_BEGIN_DECLS

/* The page as things are allowed now; @title goes over it (free it).
 * (element-type WattleNoticeSection) */
GPtrArray *wattle_others_list (WattleDevice *device, const char *language, char **title);

G_END_DECLS
