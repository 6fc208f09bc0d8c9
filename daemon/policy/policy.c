/* SPDX-License-Identifier: Apache-2.0 */
/* The table, and what is said to a caller who asks at the wrong moment. */
#include "daemon/policy/policy.h"

#include <glib/gi18n.h>
#include <string.h>

#include "common/error.h"

#define PREFIX "org.wattle.Companion1."

#define STORE WATTLE_POLICY_STORE
#define FREE WATTLE_POLICY_FREE
#define OURS "connected connecting away problem" /* a device that is not being wiped */

/* clang-format off */
static const WattlePolicyRule rules[] = {
  { "Manager",   "StartDiscovery",   NULL, STORE, NULL, NULL },
  { "Manager",   "StopDiscovery",    NULL, FREE,  NULL, NULL },
  { "Manager",   "RegisterAgent",    NULL, WATTLE_POLICY_UNSANDBOXED, NULL, NULL },
  { "Manager",   "UnregisterAgent",  NULL, FREE,  NULL, NULL },
  { "Manager",   "UnlockKeyring",    NULL, FREE,  NULL, NULL },
  { "Manager",   "ListReceipts",     NULL, STORE, NULL, NULL },
  { "Manager",   "GetReceipt",       NULL, STORE, NULL, NULL },
  { "Manager",   "RevealNextCode",   NULL, STORE, "reveal-next-code",
    N_ ("Show the new setup code. Whoever knows it can set up the device.") },
  { "Manager",   "ForgetNextCode",   NULL, STORE, NULL, NULL },
  { "Manager",   "GetLog",           NULL, STORE, NULL, NULL },

  { "Candidate", "Open",              "unowned owned locked", STORE, NULL, NULL },
  { "Candidate", "CheckPassword",     NULL, FREE,  NULL, NULL },
  { "Candidate", "SuggestPassphrase", NULL, FREE,  NULL, NULL },
  { "Candidate", "Finish",            "must-change-password", STORE, NULL, NULL },
  { "Candidate", "Close",             "unowned owned locked wiping opening must-change-password", FREE, NULL, NULL },

  { "Passport",  "GetNotice",        NULL, FREE,  NULL, NULL },

  { "Device",    "Connect",          NULL, STORE, NULL, NULL },
  { "Device",    "Disconnect",       NULL, FREE,  NULL, NULL },
  { "Device",    "GetReadings",      OURS, STORE, NULL, NULL },
  { "Device",    "CheckPassword",    OURS, FREE,  NULL, NULL },
  { "Device",    "SuggestPassphrase", OURS, FREE, NULL, NULL },
  { "Device",    "ChangePassword",   OURS, STORE, NULL, NULL },
  { "Device",    "GetNoticeChanges", NULL, STORE, NULL, NULL },
  { "Device",    "MarkNoticeRead",   NULL, STORE, NULL, NULL },
  { "Device",    "Export",           OURS, STORE, "export",
    N_ ("Save everything that is known about the device and you in a file.") },
  { "Device",    "Set:Name",         OURS, STORE, NULL, NULL },
  { "Device",    "Set:RelayToCloud", OURS, STORE, NULL, NULL },
  { "Device",    "Set:Others",       OURS, STORE, NULL, NULL },
  { "Device",    "GetOthersNotice",  OURS, STORE, NULL, NULL },
  { "Device",    "GetSupport",       NULL, STORE, NULL, NULL },
  { "Device",    "GetSupportCalendar", NULL, STORE, NULL, NULL },
  { "Device",    "SnoozeSupportWarning", OURS, STORE, NULL, NULL },

  { "Consent",   "Give",             OURS, STORE, NULL, NULL },
  { "Consent",   "GiveUntil",        OURS, STORE, NULL, NULL },
  { "Consent",   "Refuse",           OURS, STORE, NULL, NULL },
  { "Consent",   "Withdraw",         OURS, STORE, NULL, NULL },
  { "Consent",   "GetLedger",        NULL, STORE, NULL, NULL },
  { "Consent",   "GetRecords",       NULL, STORE, NULL, NULL },
  { "Consent",   "VerifyLedger",     NULL, STORE, NULL, NULL },

  { "Wipe",      "GetPlan",          NULL, STORE, NULL, NULL },
  { "Wipe",      "Start",            OURS, STORE, "wipe",
    N_ ("Delete everything: in the cloud, on the device and on this computer. This cannot be undone.") },
  { "Wipe",      "DeclareLost",      OURS " wiping", STORE, "wipe",
    N_ ("Delete everything now, in the cloud and on this computer, and the device when it is found. "
        "This cannot be undone.") },
  { "Wipe",      "GiveUpCloud",      "wiping", STORE, "give-up-cloud",
    N_ ("Stop waiting for the maker's cloud. What it holds may stay there, and Wattle cannot delete it later. "
        "This cannot be undone.") },

  { "Update",    "AcceptImage",      "unknown fine unconfirmed alert", STORE, "accept-image",
    N_ ("Trust the software that runs on the device now, though Wattle did not install it.") },
  { "Update",    "Install",          "unknown fine unconfirmed alert", STORE, "install",
    N_ ("Put other software on the device. It starts anew with it, and what you have set stays.") },

  { "Job",       "Cancel",           "running waiting", FREE, NULL, NULL },
};

/* Why not now, by the state that stands in the way. */
static const struct {
  const char *state;
  WattleError code;
  const char *sentence;
} refusals[] = {
  { "opening",              WATTLE_ERROR_BUSY, N_ ("The device is being opened already. Wait a moment.") },
  { "must-change-password", WATTLE_ERROR_BUSY, N_ ("The device is open already. Choose a password, or close it first.") },
  { "finishing",            WATTLE_ERROR_BUSY, N_ ("The set-up is being finished. Wait a moment.") },
  { "wiping",               WATTLE_ERROR_BUSY, N_ ("The device is being wiped. This cannot be done any more.") },
  { "installing",           WATTLE_ERROR_BUSY, N_ ("Software is being installed on the device. Wait until that is done.") },
  { "unowned",              WATTLE_ERROR_NOT_ALLOWED, N_ ("Open the device with its setup code first.") },
  { "locked",               WATTLE_ERROR_NOT_ALLOWED, N_ ("Open the device with its setup code first.") },
  { "owned",                WATTLE_ERROR_NOT_ALLOWED, N_ ("Open the device with its password first.") },
  { "done",                 WATTLE_ERROR_NOT_ALLOWED, N_ ("This has ended already.") },
  { "failed",               WATTLE_ERROR_NOT_ALLOWED, N_ ("This has ended already.") },
  { "cancelled",            WATTLE_ERROR_NOT_ALLOWED, N_ ("This has ended already.") },
};
/* clang-format on */

const WattlePolicyRule *
wattle_policy_find (const char *interface, const char *method)
{
  if (!g_str_has_prefix (interface, PREFIX))
    return NULL;
  interface += strlen (PREFIX);
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    if (strcmp (rules[i].interface, interface) == 0 && strcmp (rules[i].method, method) == 0)
      return &rules[i];
  return NULL;
}

const WattlePolicyRule *
wattle_policy_nth (gsize index)
{
  return index < G_N_ELEMENTS (rules) ? &rules[index] : NULL;
}

/* Whether @word is one of @list, words separated by single spaces. */
static gboolean
has_word (const char *list, const char *word)
{
  gsize len = strlen (word);

  for (const char *at = list; at != NULL; at = strchr (at, ' ')) {
    at += *at == ' ';
    if (strncmp (at, word, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
      return TRUE;
  }
  return FALSE;
}

static void
refuse (const char *state, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (g_strcmp0 (refusals[i].state, state) == 0) {
      g_set_error_literal (error, WATTLE_ERROR, refusals[i].code, _ (refusals[i].sentence));
      return;
    }
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, _ ("This cannot be done now."));
}

gboolean
wattle_policy_check (const WattlePolicyRule *rule, const char *state, const GError *store_problem, GError **error)
{
  if ((rule->needs & WATTLE_POLICY_STORE) && store_problem != NULL) {
    if (error != NULL)
      *error = g_error_copy (store_problem);
    return FALSE;
  }
  if (rule->states != NULL && (state == NULL || *state == '\0' || !has_word (rule->states, state))) {
    refuse (state, error);
    return FALSE;
  }
  return TRUE;
}
