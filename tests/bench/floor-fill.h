/* SPDX-License-Identifier: Apache-2.0 */
/* What the floor daemon's objects say: the same as wattled's. */
#pragma once

#include "wattle-bus.h"

/* How many devices to export. */
extern int floor_devices;

/* floor-daemon N [VALUES]: VALUES is a file with a a{sa{sv}} in GVariant's text
 * form, what wattled says of one device. */
GVariant *floor_read (int argc, char **argv);

/* Gives @skeleton, taken, the values of its interface and adds it to @object. */
void floor_add (GDBusObjectSkeleton *object, GDBusInterfaceSkeleton *skeleton, GVariant *values);
