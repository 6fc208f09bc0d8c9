/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs on one device, as it told last; whether that is what ran before; and what
 * is off with it.  What the device told is kept: an alert does not end because the
 * device is away.
 *
 * Signal "changed": anything below is another.
 */
#pragma once

#include "daemon/device/alert.h"
#include "daemon/device/services.h"
#include "daemon/store/integrity.h"
#include "pairing/channel.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_INTEGRITY_UNKNOWN, /* the device has never told, or cannot */
  WATTLE_INTEGRITY_FINE,
  WATTLE_INTEGRITY_UNCONFIRMED, /* a new image is on trial: the one before returns at the next start */
  WATTLE_INTEGRITY_ALERT,
} WattleIntegrityState;

/* The names in the D-Bus interface. */
const char *wattle_integrity_state_name (WattleIntegrityState state);
const char *wattle_integrity_cause_name (guint32 reset_cause);
const char *wattle_integrity_port_name (guint32 debug_port);

#define WATTLE_TYPE_INTEGRITY (wattle_integrity_get_type ())
G_DECLARE_FINAL_TYPE (WattleIntegrity, wattle_integrity, WATTLE, INTEGRITY, GObject)

/* Loads what is kept. */
WattleIntegrity *wattle_integrity_new (WattleServices *services, const char *device);

WattleIntegrityState wattle_integrity_get_state (WattleIntegrity *self);
/* What the device told last; time 0 where it never did. */
const WattleIntegrityRecord *wattle_integrity_get_record (WattleIntegrity *self);
/* The image last accepted, in hexadecimal; "" where there is none. */
const char *wattle_integrity_get_accepted (WattleIntegrity *self);
/* Alerts as bits, 1 << WATTLE_ALERT_... */
guint wattle_integrity_get_alerts (WattleIntegrity *self);
/* The most serious alert, as DEVICE_ALERT; NULL where there is none. */
const GError *wattle_integrity_get_problem (WattleIntegrity *self);

/* The device told over a session.  @told NULL: it can tell nothing.
 * @can_install: it takes new images. */
void wattle_integrity_take (WattleIntegrity *self, const wtl_Integrity *told, gboolean can_install);
/* The device refused something for WTL_ALERT_* bits. */
void wattle_integrity_take_alerts (WattleIntegrity *self, guint32 bits);
/* An advertisement of the device says that something is off.  Anybody can send such
 * a one, so it is believed only until the device is asked.  Whether it says
 * something new. */
gboolean wattle_integrity_heard_alert (WattleIntegrity *self);

/* The person knows of the image @image that runs now, in hexadecimal.  NOT_ALLOWED:
 * another one runs; DEVICE_ALERT: it is not what its maker signed. */
gboolean wattle_integrity_accept (WattleIntegrity *self, const char *image, GError **error);

/* An update of ours is about to run: its image is no surprise, and counts once it stays. */
gboolean wattle_integrity_offer (WattleIntegrity *self, const char *image, GError **error);
/* It has come to nothing. */
void wattle_integrity_drop_offer (WattleIntegrity *self, const char *image);

/* Forgets all; the store is the caller's. */
void wattle_integrity_forget (WattleIntegrity *self);

G_END_DECLS
