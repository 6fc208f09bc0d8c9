/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables from the protocol's errors to ours.
 */
#include "daemon/device/wire-error.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "daemon/device/alert.h"

#define TRIES_WORTH_TELLING 100
#define KINDS (wtl_SECRET_KIND_PASSWORD + 1)

typedef struct {
  WattleError code;
  const char *sentence; /* NULL = not in the table */
} Said;

/* A wrong secret, by what it was. */
static const Said wrong_secret[KINDS] = {
  [wtl_SECRET_KIND_SETUP_CODE]
  = { WATTLE_ERROR_WRONG_CODE, N_ ("That is not the code of this device. Compare it with the label.") },
  [wtl_SECRET_KIND_OWNER_KEY]
  = { WATTLE_ERROR_NOT_GENUINE, N_ ("This device does not have the key it was given at set-up. Somebody "
                                    "may have reset it, or it is another device.") },
  [wtl_SECRET_KIND_PASSWORD] = { WATTLE_ERROR_WRONG_PASSWORD, N_ ("That is not the password of this device.") },
};

/* A secret that opens nothing in the device's state, by what it was. */
static const Said not_now[KINDS] = {
  [wtl_SECRET_KIND_SETUP_CODE]
  = { WATTLE_ERROR_ALREADY_OWNED, N_ ("This device has an owner already, so its code opens nothing. Its "
                                      "owner can wipe it, or you can reset it with its button.") },
  [wtl_SECRET_KIND_OWNER_KEY]
  = { WATTLE_ERROR_NOT_GENUINE, N_ ("The device does not know this computer any more. Somebody has reset "
                                    "it.") },
  [wtl_SECRET_KIND_PASSWORD]
  = { WATTLE_ERROR_NOT_ALLOWED, N_ ("This device has no password yet. Use the code on its label.") },
};

#define NOT_ITS_LINE N_ ("The device sent something that it may not send. Try again; if it goes on, do not use it.")
#define HERE_WRONG N_ ("Something went wrong inside Wattle.")

/* Our own end's status. */
static const Said statuses[] = {
  [WTL_ERROR_ARGUMENT] = { WATTLE_ERROR_FAILED, HERE_WRONG },
  [WTL_ERROR_RANDOM] = { WATTLE_ERROR_FAILED, HERE_WRONG },
  [WTL_ERROR_CRYPTO] = { WATTLE_ERROR_FAILED, HERE_WRONG },
  [WTL_ERROR_POINT] = { WATTLE_ERROR_PROTOCOL, NOT_ITS_LINE },
  [WTL_ERROR_FORGED] = { WATTLE_ERROR_PROTOCOL, NOT_ITS_LINE },
  [WTL_ERROR_REPLAY] = { WATTLE_ERROR_PROTOCOL, NOT_ITS_LINE },
  [WTL_ERROR_FRAME] = { WATTLE_ERROR_PROTOCOL, NOT_ITS_LINE },
  [WTL_ERROR_TOO_LONG] = { WATTLE_ERROR_PROTOCOL, NOT_ITS_LINE },
  [WTL_ERROR_MALFORMED] = { WATTLE_ERROR_PROTOCOL, NOT_ITS_LINE },
  [WTL_ERROR_STATE] = { WATTLE_ERROR_PROTOCOL, NOT_ITS_LINE },
  [WTL_ERROR_STORAGE] = { WATTLE_ERROR_FAILED, HERE_WRONG },
  [WTL_ERROR_SEND] = { WATTLE_ERROR_UNREACHABLE, N_ ("The connection to the device was lost. Bring it nearer.") },
};

/* What a device says, in a Refusal or in answer to a request. */
static const Said codes[] = {
  [wtl_ERROR_CODE_VERSION]
  = { WATTLE_ERROR_VERSION, N_ ("Wattle and the device are of too different age to talk. Update Wattle, "
                                "or the device.") },
  [wtl_ERROR_CODE_NOT_NOW] = { WATTLE_ERROR_NOT_ALLOWED, N_ ("The device does not allow this now.") },
  [wtl_ERROR_CODE_MALFORMED]
  = { WATTLE_ERROR_PROTOCOL, N_ ("The device did not understand Wattle. Update both and try again.") },
  [wtl_ERROR_CODE_FORBIDDEN] = { WATTLE_ERROR_NOT_ALLOWED, N_ ("The device does not allow this now.") },
  [wtl_ERROR_CODE_PASSWORD_LONG] = { WATTLE_ERROR_WEAK_PASSWORD, N_ ("This password is too long for the device.") },
  [wtl_ERROR_CODE_PASSWORD_IS_CODE]
  = { WATTLE_ERROR_WEAK_PASSWORD, N_ ("The code on the label cannot be the password. Choose other "
                                      "words.") },
  [wtl_ERROR_CODE_PASSWORD_COMMON]
  = { WATTLE_ERROR_WEAK_PASSWORD, N_ ("Too many people use this password. Choose other words.") },
  [wtl_ERROR_CODE_PASSWORD_SAME]
  = { WATTLE_ERROR_WEAK_PASSWORD, N_ ("This is the password the device has now. Choose a new one.") },
  [wtl_ERROR_CODE_NO_SUCH_PURPOSE]
  = { WATTLE_ERROR_PASSPORT, N_ ("The device does not know this use of data. Its passport does not "
                                 "fit it.") },
  [wtl_ERROR_CODE_STORAGE]
  = { WATTLE_ERROR_DEVICE_STORAGE, N_ ("The device's memory has failed. Ask its manufacturer.") },
  [wtl_ERROR_CODE_NO_RECEIPT] = { WATTLE_ERROR_NOT_FOUND, N_ ("The device has no receipt of that.") },
  [wtl_ERROR_CODE_BUSY] = { WATTLE_ERROR_BUSY, N_ ("The device is busy. Try again in a moment.") },
  [wtl_ERROR_CODE_UNSUPPORTED] = { WATTLE_ERROR_VERSION, N_ ("The device is too old for this. Update it first.") },
};

static GError *
say (const Said *said)
{
  return g_error_new_literal (WATTLE_ERROR, said->code, gettext (said->sentence));
}

static GError *
from_table (const Said *table, gsize n, gsize index)
{
  static const Said unknown = { WATTLE_ERROR_PROTOCOL, NOT_ITS_LINE };

  return say (index < n && table[index].sentence != NULL ? &table[index] : &unknown);
}

char *
wattle_duration_text (guint seconds)
{
  guint minutes = seconds / 60 + (seconds % 60 != 0);
  guint hours = minutes / 60 + (minutes % 60 != 0);

  if (seconds < 60)
    return g_strdup_printf (ngettext ("%u second", "%u seconds", seconds), seconds);
  if (minutes < 120)
    return g_strdup_printf (ngettext ("%u minute", "%u minutes", minutes), minutes);
  return g_strdup_printf (ngettext ("%u hour", "%u hours", hours), hours);
}

static GError *
locked (guint seconds)
{
  g_autofree char *duration = wattle_duration_text (seconds);

  return g_error_new (WATTLE_ERROR, WATTLE_ERROR_LOCKED,
                      _ ("The device is locked after too many wrong tries. Try again in %s."), duration);
}

/* "SENTENCE MORE": takes @more. */
static GError *
and_say (GError *error, char *more)
{
  char *message = g_strdup_printf ("%s %s", error->message, more);

  g_free (error->message);
  error->message = message;
  g_free (more);
  return error;
}

static GError *
wrong (wtl_SecretKind kind, const struct wtl_attempts *attempts)
{
  GError *error = from_table (wrong_secret, KINDS, kind);

  if (kind == wtl_SECRET_KIND_OWNER_KEY)
    return error; /* these are not counted */
  if (attempts->locked_for > 0) {
    g_autofree char *duration = wattle_duration_text (attempts->locked_for);

    return and_say (error, g_strdup_printf (_ ("The device is now locked for %s."), duration));
  }
  if (attempts->left > 0 && attempts->left < TRIES_WORTH_TELLING)
    return and_say (
        error, g_strdup_printf (ngettext ("%u try is left.", "%u tries are left.", attempts->left), attempts->left));
  return error;
}

GError *
wattle_error_from_status (enum wtl_status status, wtl_SecretKind kind, const struct wtl_attempts *attempts,
                          const wtl_Refusal *refusal)
{
  if (status == WTL_ERROR_CONFIRM)
    return wrong (kind, attempts);
  if (status == WTL_ERROR_LOCKED)
    return locked (refusal->seconds > 0 ? refusal->seconds : attempts->locked_for);
  if (status == WTL_ERROR_NOT_NOW)
    return from_table (not_now, KINDS, kind);
  if (status == WTL_ERROR_VERSION)
    return from_table (codes, G_N_ELEMENTS (codes), wtl_ERROR_CODE_VERSION);
  if (status != WTL_ERROR_REFUSED)
    return from_table (statuses, G_N_ELEMENTS (statuses), status);
  switch (refusal->code) {
    case wtl_ERROR_CODE_LOCKED:
      return locked (refusal->seconds);
    case wtl_ERROR_CODE_WRONG_SECRET:
      return wrong (kind, &(struct wtl_attempts){ refusal->attempts_left, refusal->seconds });
    case wtl_ERROR_CODE_NOT_NOW:
      return from_table (not_now, KINDS, kind);
    default:
      return from_table (codes, G_N_ELEMENTS (codes), refusal->code);
  }
}

GError *
wattle_error_from_response (const wtl_Error *error)
{
  if (error->code == wtl_ERROR_CODE_PASSWORD_SHORT && error->detail > 0 && error->detail < 1000)
    return g_error_new (WATTLE_ERROR, WATTLE_ERROR_WEAK_PASSWORD,
                        ngettext ("The device asks for a password of at least %u character.",
                                  "The device asks for a password of at least %u characters.", error->detail),
                        error->detail);
  if (error->code == wtl_ERROR_CODE_PASSWORD_SHORT)
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_WEAK_PASSWORD, _ ("This password is too short."));
  if (error->code == wtl_ERROR_CODE_LOCKED)
    return locked (error->detail);
  if (error->code == wtl_ERROR_CODE_FORBIDDEN && error->detail != 0)
    return and_say (g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_DEVICE_ALERT,
                                         _ ("The device refuses this until it is mended.")),
                    g_strdup (wattle_alert_sentence (wattle_alert_first (wattle_alerts_from_wire (error->detail)))));
  return from_table (codes, G_N_ELEMENTS (codes), error->code);
}

gboolean
wattle_error_is_alert (const wtl_Response *response)
{
  return response->which_body == wtl_Response_error_tag && response->body.error.code == wtl_ERROR_CODE_FORBIDDEN
         && response->body.error.detail != 0;
}

GError *
wattle_error_cancelled (void)
{
  return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_CANCELLED, _ ("Stopped, as asked."));
}

gboolean
wattle_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_CANCELLED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

GError *
wattle_error_own (GError *error)
{
  GError *own;

  if (error == NULL || error->domain == WATTLE_ERROR)
    return error;
  own = wattle_error_is_cancelled (error) ? wattle_error_cancelled ()
                                          : g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_FAILED, error->message);
  g_error_free (error);
  return own;
}
