/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies where in the flash:
 *
 *   page 0       the factory page: written once on the bench, then only read
 *   pages 1..4   the store: two banks of two pages, one of them in use
 *   pages 5..    the history: a ring of readings
 */
#pragma once

#define WTL_LAYOUT_FACTORY 0
#define WTL_LAYOUT_STORE 1
#define WTL_LAYOUT_BANK_PAGES 2
#define WTL_LAYOUT_HISTORY (WTL_LAYOUT_STORE + 2 * WTL_LAYOUT_BANK_PAGES)
#define WTL_LAYOUT_PAGES_MIN (WTL_LAYOUT_HISTORY + 2)

/* What the virtual device has, and the nRF52840's pages. */
#define WTL_LAYOUT_PAGE_SIZE 4096
#define WTL_LAYOUT_PAGES 16
