/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How companions see the device: its advertisement (pairing/gatt.h).  What is
 * advertised and when is the core's thread's to say; src/link.h is the rest.
 */
#pragma once

#include <stdbool.h>

#include "pairing/advert.h"

/* Switches Bluetooth on.  0 on success. */
int radio_start (void);

/* Advertises from now on whenever nobody is connected; NULL stops.  A new tag
 * comes with a new private address, or the two could be told to be one
 * device's.  0 on success. */
int radio_advertise (const uint8_t advert[WTL_ADVERT_SIZE]);

/* For the link: somebody is connected, which ends advertising; and goes on with
 * it when the connection is over. */
void radio_pause (void);
void radio_resume (void);
