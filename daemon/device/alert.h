/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be off with a device's software or hardware, as the device tells it and
 * as this computer finds out.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The most serious first. */
typedef enum {
  WATTLE_ALERT_UNKNOWN_IMAGE, /* what runs is not what was signed; the device found out */
  WATTLE_ALERT_IMAGE_CHANGED, /* another image than the one accepted; this computer found out */
  WATTLE_ALERT_DEBUG_PORT_OPEN,
  WATTLE_ALERT_MEMORY_WORN, /* or failed */
  WATTLE_ALERT_OTHER,       /* the device says something that we do not know */
  WATTLE_ALERT_ADVERTISED,  /* its advertisement says so, which proves nothing; the device could not be asked */
  WATTLE_N_ALERTS
} WattleAlert;

/* The names in the D-Bus interface, "image-changed". */
const char *wattle_alert_id (WattleAlert alert);
/* What it means and what to do, translated. */
const char *wattle_alert_sentence (WattleAlert alert);

/* Alerts as bits, 1 << WATTLE_ALERT_..., of a device's WTL_ALERT_* bits. */
guint wattle_alerts_from_wire (guint32 bits);
/* The most serious; WATTLE_N_ALERTS where there is none. */
WattleAlert wattle_alert_first (guint alerts);

/* a(ss) of id and sentence, floating. */
GVariant *wattle_alerts_describe (guint alerts);

G_END_DECLS
