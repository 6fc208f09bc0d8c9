/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets in memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Overwrites @len bytes so that the compiler cannot leave it out. */
void wtl_wipe (void *secret, size_t len);

/* Whether two buffers of @len bytes are equal, in time that depends on @len
 * only. */
bool wtl_equal (const void *a, const void *b, size_t len);
