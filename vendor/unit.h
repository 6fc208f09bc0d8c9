/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a unit is made of: what all of a product share, and the secrets that no
 * two units do.
 */
#pragma once

#include "firmware/core/factory.h"
#include "pairing/code.h"
#include "privacy/passport.h"

G_BEGIN_DECLS

/* PBKDF2 for the code and for passwords: some 50 ms for a companion, a few
 * seconds, once, for a Cortex-M4 at 64 MHz that takes a password. */
#define VENDOR_ITERATIONS 10000

/* A unit while it is made.  Wipe it after use. */
typedef struct {
  struct wtl_factory factory;
  struct wtl_label label;
} VendorUnit;

/* What the command line says of the product; NULL where it does not. */
typedef struct {
  char *number; /* of the product, to check the passport against */
  char *passport;
  char *root;
} VendorProduct;

void vendor_product_clear (VendorProduct *self);

/* Whether @unit_id is 1 to 32 of A to Z, 0 to 9 and the dash. */
gboolean vendor_unit_id_is_good (const char *unit_id);

/* Reads the files; what all units share goes into @unit. */
WattlePassport *vendor_unit_load_product (VendorUnit *unit, const VendorProduct *product, GError **error);

/* Makes the unit's own id, key, code and verifier.  May be called from several
 * threads for several units. */
gboolean vendor_unit_make (VendorUnit *unit, const char *unit_id, guint iterations, GError **error);

/* The unit's flash as it leaves the factory, all of it; wiped when it is freed. */
GBytes *vendor_unit_get_flash (const VendorUnit *unit, GError **error);

G_END_DECLS
