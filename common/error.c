/* SPDX-License-Identifier: Apache-2.0 */
#include "common/error.h"

#include <gio/gio.h>

/* clang-format off */
static const GDBusErrorEntry entries[] = {
  { WATTLE_ERROR_FAILED,            WATTLE_ERROR_PREFIX "Failed" },
  { WATTLE_ERROR_INVALID_ARGUMENT,  WATTLE_ERROR_PREFIX "InvalidArgument" },
  { WATTLE_ERROR_NOT_FOUND,         WATTLE_ERROR_PREFIX "NotFound" },
  { WATTLE_ERROR_NOT_ALLOWED,       WATTLE_ERROR_PREFIX "NotAllowed" },
  { WATTLE_ERROR_DENIED,            WATTLE_ERROR_PREFIX "Denied" },
  { WATTLE_ERROR_NO_AGENT,          WATTLE_ERROR_PREFIX "NoAgent" },
  { WATTLE_ERROR_CANCELLED,         WATTLE_ERROR_PREFIX "Cancelled" },
  { WATTLE_ERROR_BUSY,              WATTLE_ERROR_PREFIX "Busy" },
  { WATTLE_ERROR_MISTYPED_CODE,     WATTLE_ERROR_PREFIX "MistypedCode" },
  { WATTLE_ERROR_WRONG_CODE,        WATTLE_ERROR_PREFIX "WrongCode" },
  { WATTLE_ERROR_LOCKED,            WATTLE_ERROR_PREFIX "Locked" },
  { WATTLE_ERROR_ALREADY_OWNED,     WATTLE_ERROR_PREFIX "AlreadyOwned" },
  { WATTLE_ERROR_WEAK_PASSWORD,     WATTLE_ERROR_PREFIX "WeakPassword" },
  { WATTLE_ERROR_WRONG_PASSWORD,    WATTLE_ERROR_PREFIX "WrongPassword" },
  { WATTLE_ERROR_UNREACHABLE,       WATTLE_ERROR_PREFIX "Unreachable" },
  { WATTLE_ERROR_TIMED_OUT,         WATTLE_ERROR_PREFIX "TimedOut" },
  { WATTLE_ERROR_PROTOCOL,          WATTLE_ERROR_PREFIX "Protocol" },
  { WATTLE_ERROR_VERSION,           WATTLE_ERROR_PREFIX "Version" },
  { WATTLE_ERROR_NOT_GENUINE,       WATTLE_ERROR_PREFIX "NotGenuine" },
  { WATTLE_ERROR_DEVICE_STORAGE,    WATTLE_ERROR_PREFIX "DeviceStorage" },
  { WATTLE_ERROR_DEVICE_ALERT,      WATTLE_ERROR_PREFIX "DeviceAlert" },
  { WATTLE_ERROR_PASSPORT,          WATTLE_ERROR_PREFIX "Passport" },
  { WATTLE_ERROR_CLOUD_UNREACHABLE, WATTLE_ERROR_PREFIX "CloudUnreachable" },
  { WATTLE_ERROR_CLOUD,             WATTLE_ERROR_PREFIX "Cloud" },
  { WATTLE_ERROR_KEYRING_MISSING,   WATTLE_ERROR_PREFIX "KeyringMissing" },
  { WATTLE_ERROR_KEYRING_LOCKED,    WATTLE_ERROR_PREFIX "KeyringLocked" },
  { WATTLE_ERROR_STORE,             WATTLE_ERROR_PREFIX "Store" },
  { WATTLE_ERROR_STORE_CORRUPT,     WATTLE_ERROR_PREFIX "StoreCorrupt" },
  { WATTLE_ERROR_TAMPERED,          WATTLE_ERROR_PREFIX "Tampered" },
  { WATTLE_ERROR_RADIO_MISSING,     WATTLE_ERROR_PREFIX "RadioMissing" },
  { WATTLE_ERROR_RADIO_OFF,         WATTLE_ERROR_PREFIX "RadioOff" },
  { WATTLE_ERROR_RADIO_BLOCKED,     WATTLE_ERROR_PREFIX "RadioBlocked" },
  { WATTLE_ERROR_RADIO_SERVICE,     WATTLE_ERROR_PREFIX "RadioService" },
  { WATTLE_ERROR_RADIO_OLD,         WATTLE_ERROR_PREFIX "RadioOld" },
};
/* clang-format on */
G_STATIC_ASSERT (G_N_ELEMENTS (entries) == WATTLE_ERROR_LAST + 1);

GQuark
wattle_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("wattle-error-quark", &quark, entries, G_N_ELEMENTS (entries));
  return (GQuark)quark;
}

const char *
wattle_error_name (WattleError code)
{
  g_return_val_if_fail (code <= WATTLE_ERROR_LAST, "Failed");
  return entries[code].dbus_error_name + strlen (WATTLE_ERROR_PREFIX);
}
