/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The button: the devicetree alias "wattle-button".  A press of less than a
 * second is INBOX_SHORT_PRESS, ten seconds are INBOX_LONG_PRESS, told while it
 * is still held.  In between nothing happens, so that who changes his mind can
 * let go.
 */
#pragma once

/* Watches it from now on; 0 also where the board has none. */
int button_start (void);
