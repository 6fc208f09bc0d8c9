/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of units: what the manufacturer made, and the public keys that
 * tell a unit's statements from forgeries.  JSON lines, as wattle-vendor writes:
 *
 *   {"unit_id":"GL-000001","product":65537,"public_key":"BASE64URL of 65 bytes"}
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WATTLE_PUBLIC_KEY_SIZE 65 /* uncompressed point, SEC 1 section 2.3.3 */

typedef struct {
  guint32 product;
  guint8 public_key[WATTLE_PUBLIC_KEY_SIZE];
} WattleUnit;

typedef struct _WattleUnits WattleUnits;

/* @path NULL: no units.  Every line has to be right, and a unit's second line
 * may only repeat the first: WATTLE_ERROR_INVALID_ARGUMENT with the line. */
WattleUnits *wattle_units_load (const char *path, GError **error);
void wattle_units_free (WattleUnits *units);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleUnits, wattle_units_free)

/* NULL where there is no such unit. */
const WattleUnit *wattle_units_find (WattleUnits *units, const char *unit_id);
guint wattle_units_count (WattleUnits *units);

G_END_DECLS
