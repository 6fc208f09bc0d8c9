/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one connection: packets of the GATT service (pairing/gatt.h) go to the
 * inbox and come from the core.  It begins for the core with the subscription
 * to "out" and ends with it or with the connection.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Refuses every bond; call before Bluetooth is switched on.  0 on success. */
int link_start (void);

/* Sends one packet; waits for room in the controller's queue.  0 on success. */
int link_send (const uint8_t *packet, size_t len);

/* Ends the connection; INBOX_DISCONNECTED is told all the same. */
void link_hang_up (void);
