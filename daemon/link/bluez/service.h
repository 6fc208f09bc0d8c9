/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bluetoothd as seen from here: the system bus, the name org.bluez on it, and
 * BlueZ's tree of objects while there is one.  Never starts bluetoothd: that is
 * the system's to decide.
 *
 * Signals:
 *   "changed"   the presence; with it the object manager
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WATTLE_BLUEZ_NAME "org.bluez"

typedef enum {
  WATTLE_BLUEZ_UNKNOWN, /* not looked yet, or looking */
  WATTLE_BLUEZ_NO_BUS,  /* there is no system bus, or it does not let us in */
  WATTLE_BLUEZ_ABSENT,  /* bluetoothd does not run */
  WATTLE_BLUEZ_LOST,    /* it ran until a moment ago: most likely it restarts */
  WATTLE_BLUEZ_FAILED,  /* it runs and does not answer */
  WATTLE_BLUEZ_READY,
} WattleBluezPresence;

#define WATTLE_TYPE_BLUEZ_SERVICE (wattle_bluez_service_get_type ())
G_DECLARE_FINAL_TYPE (WattleBluezService, wattle_bluez_service, WATTLE, BLUEZ_SERVICE, GObject)

WattleBluezService *wattle_bluez_service_new (void);

/* Starts looking, and goes on until stopped.  Nothing happens before the main
 * loop runs. */
void wattle_bluez_service_start (WattleBluezService *self);
void wattle_bluez_service_stop (WattleBluezService *self);

WattleBluezPresence wattle_bluez_service_get_presence (WattleBluezService *self);
/* NULL unless READY. */
GDBusObjectManager *wattle_bluez_service_get_objects (WattleBluezService *self);
/* NULL unless READY. */
GDBusConnection *wattle_bluez_service_get_connection (WattleBluezService *self);

G_END_DECLS
