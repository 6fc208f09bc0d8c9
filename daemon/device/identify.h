/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what a device says of itself adds up, and its passport.
 */
#pragma once

#include "daemon/device/opening.h"

G_BEGIN_DECLS

/* The passport that @info names, for a device opened @with a secret and seen
 * as @product (0 = not told); @bytes receives its exact bytes.  NULL with
 * PASSPORT, NOT_GENUINE, PROTOCOL, BUSY or ALREADY_OWNED. */
WattlePassport *wattle_identify (const wtl_Info *info, WattleOpenWith with, guint32 product, GBytes **bytes,
                                 GError **error);

/* The product's name from an installed passport, or a plain word. */
char *wattle_identify_product_name (guint32 product, gboolean owned);

G_END_DECLS
