/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The curve, with a way to make it forget what it keeps between computations:
 * the companion on the same chip has left it there.
 */
#include "pairing/crypto-ecp.c"
#include "tests/arm/target/fresh-curve.h"

void
fresh_curve (void)
{
  wtl_point_forget_fixed ();
  mbedtls_ecp_group_free (&kept);
  kept_is_loaded = false;
}
