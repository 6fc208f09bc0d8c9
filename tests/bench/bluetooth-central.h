/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A companion's side of BlueZ, in blocking calls: finds a device, connects and
 * takes the sockets of its characteristics.
 */
#pragma once

#include <gio/gio.h>

typedef struct {
  GDBusConnection *bus;
  const char *adapter; /* its object path */
  char *device;        /* that of what was found */
} Central;

/* Asserts that there is a system bus. */
void central_init (Central *central, const char *adapter);
void central_clear (Central *central);

/* Waits until somebody advertises data of @service. */
void central_find (Central *central, const char *service);

/* Connects and waits until BlueZ knows the services. */
void central_connect (Central *central);
void central_disconnect (Central *central);

/* The socket of the characteristic @uuid; @method is "AcquireWrite" or
 * "AcquireNotify".  It blocks.  @mtu, the ATT_MTU, may be NULL. */
int central_acquire (Central *central, const char *uuid, const char *method, guint16 *mtu);
