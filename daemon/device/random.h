/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes from the kernel.
 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/* As struct wtl_port wants it; @ctx is not used.  0 on success. */
int wattle_random_port (void *ctx, uint8_t *buf, size_t len);

/* @len fresh random bytes in wiped memory.  Aborts where the kernel has none:
 * going on without would be worse. */
GBytes *wattle_random_bytes (gsize len);

G_END_DECLS
