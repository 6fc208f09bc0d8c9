/* SPDX-License-Identifier: Apache-2.0 */
/* From errors to sentences for people and numbers for scripts. */
#include "cli/exit.h"

#include <glib/gi18n.h>

#include "common/error.h"

#define START_THE_SERVICE                                                                                              \
  N_ ("Wattle's service does not answer. Start it with “systemctl --user start wattled” and try again.")

/* clang-format off */
const WattleExitMeaning wattle_exit_meanings[] = {
  { WATTLE_EXIT_OK,            "Ok",          N_ ("done") },
  { WATTLE_EXIT_FAILED,        "Failed",      N_ ("it did not work; the sentence says why") },
  { WATTLE_EXIT_USAGE,         "Usage",       N_ ("the command was not understood") },
  { WATTLE_EXIT_NOT_FOUND,     "NotFound",    N_ ("no such device, purpose or receipt") },
  { WATTLE_EXIT_WRONG_SECRET,  "WrongSecret", N_ ("wrong or mistyped code or password") },
  { WATTLE_EXIT_LOCKED,        "Locked",      N_ ("the device is locked after too many wrong codes") },
  { WATTLE_EXIT_REFUSED,       "Refused",     N_ ("you or a rule said no, or nobody was there to ask") },
  { WATTLE_EXIT_UNREACHABLE,   "Unreachable", N_ ("the device is out of reach or did not answer") },
  { WATTLE_EXIT_KEYRING,       "Keyring",     N_ ("the keyring is missing or locked") },
  { WATTLE_EXIT_CLOUD,         "Cloud",       N_ ("the manufacturer's cloud is out of reach or refused") },
  { WATTLE_EXIT_WEAK_PASSWORD, "WeakPassword", N_ ("the password is too easy to guess") },
  { WATTLE_EXIT_NOT_TRUSTED,   "NotTrusted",  N_ ("the device or its passport cannot be trusted or understood") },
  { WATTLE_EXIT_STORAGE,       "Storage",     N_ ("a disk, database or device memory failed or was changed") },
  { WATTLE_EXIT_NO_SERVICE,    "NoService",   N_ ("Wattle's service could not be reached") },
  { WATTLE_EXIT_BUSY,          "Busy",        N_ ("the same thing is already going on") },
  { WATTLE_EXIT_INTERRUPTED,   "Interrupted", N_ ("stopped with Ctrl-C") },
  { 0 }
};

static const struct {
  WattleExit status;
  const char *hint;
} from_service[] = {
  [WATTLE_ERROR_FAILED]            = { WATTLE_EXIT_FAILED },
  [WATTLE_ERROR_INVALID_ARGUMENT]  = { WATTLE_EXIT_USAGE },
  [WATTLE_ERROR_NOT_FOUND]         = { WATTLE_EXIT_NOT_FOUND },
  [WATTLE_ERROR_NOT_ALLOWED]       = { WATTLE_EXIT_REFUSED },
  [WATTLE_ERROR_DENIED]            = { WATTLE_EXIT_REFUSED },
  [WATTLE_ERROR_NO_AGENT]          = { WATTLE_EXIT_REFUSED },
  [WATTLE_ERROR_CANCELLED]         = { WATTLE_EXIT_INTERRUPTED },
  [WATTLE_ERROR_BUSY]              = { WATTLE_EXIT_BUSY },
  [WATTLE_ERROR_MISTYPED_CODE]     = { WATTLE_EXIT_WRONG_SECRET },
  [WATTLE_ERROR_WRONG_CODE]        = { WATTLE_EXIT_WRONG_SECRET },
  [WATTLE_ERROR_LOCKED]            = { WATTLE_EXIT_LOCKED },
  [WATTLE_ERROR_ALREADY_OWNED]     = { WATTLE_EXIT_REFUSED,
    N_ ("If the device is yours, open it with its password: “wattle setup --join”. "
        "If you bought it used, ask the last owner for a fresh code, or reset it by its button.") },
  [WATTLE_ERROR_WEAK_PASSWORD]     = { WATTLE_EXIT_WEAK_PASSWORD },
  [WATTLE_ERROR_WRONG_PASSWORD]    = { WATTLE_EXIT_WRONG_SECRET },
  [WATTLE_ERROR_UNREACHABLE]       = { WATTLE_EXIT_UNREACHABLE },
  [WATTLE_ERROR_TIMED_OUT]         = { WATTLE_EXIT_UNREACHABLE },
  [WATTLE_ERROR_PROTOCOL]          = { WATTLE_EXIT_NOT_TRUSTED },
  [WATTLE_ERROR_VERSION]           = { WATTLE_EXIT_NOT_TRUSTED },
  [WATTLE_ERROR_NOT_GENUINE]       = { WATTLE_EXIT_NOT_TRUSTED },
  [WATTLE_ERROR_DEVICE_STORAGE]    = { WATTLE_EXIT_STORAGE },
  [WATTLE_ERROR_DEVICE_ALERT]      = { WATTLE_EXIT_NOT_TRUSTED },
  [WATTLE_ERROR_PASSPORT]          = { WATTLE_EXIT_NOT_TRUSTED },
  [WATTLE_ERROR_CLOUD_UNREACHABLE] = { WATTLE_EXIT_CLOUD },
  [WATTLE_ERROR_CLOUD]             = { WATTLE_EXIT_CLOUD },
  [WATTLE_ERROR_KEYRING_MISSING]   = { WATTLE_EXIT_KEYRING },
  [WATTLE_ERROR_KEYRING_LOCKED]    = { WATTLE_EXIT_KEYRING },
  [WATTLE_ERROR_STORE]             = { WATTLE_EXIT_STORAGE },
  [WATTLE_ERROR_STORE_CORRUPT]     = { WATTLE_EXIT_STORAGE },
  [WATTLE_ERROR_TAMPERED]          = { WATTLE_EXIT_STORAGE },
  [WATTLE_ERROR_RADIO_MISSING]     = { WATTLE_EXIT_UNREACHABLE },
  [WATTLE_ERROR_RADIO_OFF]         = { WATTLE_EXIT_UNREACHABLE },
  [WATTLE_ERROR_RADIO_BLOCKED]     = { WATTLE_EXIT_UNREACHABLE },
  [WATTLE_ERROR_RADIO_SERVICE]     = { WATTLE_EXIT_UNREACHABLE },
  [WATTLE_ERROR_RADIO_OLD]         = { WATTLE_EXIT_UNREACHABLE },
};
/* clang-format on */
G_STATIC_ASSERT (G_N_ELEMENTS (from_service) == WATTLE_ERROR_LAST + 1);

GQuark
wattle_exit_error_quark (void)
{
  return g_quark_from_static_string ("wattle-exit-error-quark");
}

/* GDBus errors that mean there is no service to talk to. */
static gboolean
is_no_service (const GError *error)
{
  static const int codes[] = { G_DBUS_ERROR_SERVICE_UNKNOWN,    G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                               G_DBUS_ERROR_NO_REPLY,           G_DBUS_ERROR_DISCONNECTED,
                               G_DBUS_ERROR_NO_SERVER,          G_DBUS_ERROR_SPAWN_EXEC_FAILED,
                               G_DBUS_ERROR_SPAWN_CHILD_EXITED, G_DBUS_ERROR_SPAWN_CHILD_SIGNALED,
                               G_DBUS_ERROR_SPAWN_FAILED,       G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_DBUS_ERROR, codes[i]))
      return TRUE;
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static gboolean
is_service_error (const GError *error)
{
  return error->domain == WATTLE_ERROR && error->code >= 0 && error->code <= WATTLE_ERROR_LAST;
}

WattleExit
wattle_exit_from_error (const GError *error)
{
  if (error->domain == WATTLE_EXIT_ERROR)
    return error->code;
  if (is_service_error (error))
    return from_service[error->code].status;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return WATTLE_EXIT_INTERRUPTED;
  if (error->domain == G_OPTION_ERROR)
    return WATTLE_EXIT_USAGE;
  if (is_no_service (error))
    return WATTLE_EXIT_NO_SERVICE;
  return WATTLE_EXIT_FAILED;
}

const char *
wattle_exit_error_name (const GError *error)
{
  WattleExit status = wattle_exit_from_error (error);

  if (is_service_error (error))
    return wattle_error_name (error->code);
  for (const WattleExitMeaning *m = wattle_exit_meanings; m->name != NULL; m++)
    if (m->status == status)
      return m->name;
  return "Failed";
}

char *
wattle_exit_error_sentence (const GError *error)
{
  g_autoptr (GError) copy = NULL;

  if (error->domain == WATTLE_EXIT_ERROR)
    return g_strdup (error->message);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_strdup (_ ("Stopped."));
  if (is_no_service (error))
    return g_strdup (_ (START_THE_SERVICE));

  copy = g_error_copy (error);
  g_dbus_error_strip_remote_error (copy);
  if (copy->message[0] == '\0')
    return g_strdup (_ ("It did not work, and the service did not say why. See “wattle status”."));
  return g_strdup (copy->message);
}

const char *
wattle_exit_error_hint (const GError *error)
{
  if (is_service_error (error))
    return from_service[error->code].hint ? _ (from_service[error->code].hint) : NULL;
  return NULL;
}
