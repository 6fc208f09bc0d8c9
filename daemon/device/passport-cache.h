/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices of one product share one passport object.
 */
#pragma once

#include "privacy/passport.h"

G_BEGIN_DECLS

/* As wattle_passport_new_from_bytes(), but the object of the same bytes where
 * there is one still.  Main thread only. */
WattlePassport *wattle_passport_cache_get (GBytes *bytes, GError **error);

G_END_DECLS
