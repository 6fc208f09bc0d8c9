/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one error enum.  Its nicks are the names on the wire:
 * WATTLE_ERROR_WRONG_CODE is org.wattle.Companion1.Error.WrongCode.
 * The message of a WattleError is a translated sentence for a person: what
 * happened and what to do.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  WATTLE_ERROR_FAILED,           /* nothing better fits */
  WATTLE_ERROR_INVALID_ARGUMENT, /* the caller's mistake */
  WATTLE_ERROR_NOT_FOUND,
  WATTLE_ERROR_NOT_ALLOWED, /* policy: not in this state, not for this caller */
  WATTLE_ERROR_DENIED,      /* the person said no */
  WATTLE_ERROR_NO_AGENT,    /* nobody is there to ask the person */
  WATTLE_ERROR_CANCELLED,
  WATTLE_ERROR_BUSY,          /* the same thing is already going on */
  WATTLE_ERROR_MISTYPED_CODE, /* check digit or length: no attempt used */
  WATTLE_ERROR_WRONG_CODE,    /* an attempt used; "attempts-left" */
  WATTLE_ERROR_LOCKED,        /* too many attempts; "locked-until" */
  WATTLE_ERROR_ALREADY_OWNED, /* the code opens nothing any more */
  WATTLE_ERROR_WEAK_PASSWORD,
  WATTLE_ERROR_WRONG_PASSWORD,
  WATTLE_ERROR_UNREACHABLE, /* device out of range or off */
  WATTLE_ERROR_TIMED_OUT,
  WATTLE_ERROR_PROTOCOL,       /* the device sent something it may not */
  WATTLE_ERROR_VERSION,        /* app and device are of too different age */
  WATTLE_ERROR_NOT_GENUINE,    /* a signature or identity does not match */
  WATTLE_ERROR_DEVICE_STORAGE, /* the device's memory failed */
  WATTLE_ERROR_DEVICE_ALERT,   /* the device refuses it, as something is off with it */
  WATTLE_ERROR_PASSPORT,       /* missing, invalid or not the promised one */
  WATTLE_ERROR_CLOUD_UNREACHABLE,
  WATTLE_ERROR_CLOUD, /* the cloud answered with an error */
  WATTLE_ERROR_KEYRING_MISSING,
  WATTLE_ERROR_KEYRING_LOCKED,
  WATTLE_ERROR_STORE, /* our database: disk full, no access */
  WATTLE_ERROR_STORE_CORRUPT,
  WATTLE_ERROR_TAMPERED,      /* the consent ledger does not add up */
  WATTLE_ERROR_RADIO_MISSING, /* this computer has no Bluetooth adapter */
  WATTLE_ERROR_RADIO_OFF,
  WATTLE_ERROR_RADIO_BLOCKED, /* flight mode or a switch */
  WATTLE_ERROR_RADIO_SERVICE, /* bluetoothd is absent, restarting or ill */
  WATTLE_ERROR_RADIO_OLD,     /* BlueZ or the adapter */
  WATTLE_ERROR_LAST = WATTLE_ERROR_RADIO_OLD
} WattleError;

#define WATTLE_ERROR (wattle_error_quark ())
GQuark wattle_error_quark (void);

/* The wire name of @code without the prefix, e.g. "WrongCode". */
const char *wattle_error_name (WattleError code);

#define WATTLE_ERROR_PREFIX "org.wattle.Companion1.Error."

G_END_DECLS
