/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A newer passport takes the place of the one that was decided on: what it widens is
 * outdated from this moment on, whether the person had said yes to it or it was
 * allowed without.
 */
#include "daemon/device/consent-internal.h"
#include "privacy/notice-diff.h"

/* Ends what was allowed of the widened purposes. */
static gboolean
outdate (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database, gpointer user_data, gboolean *changed,
         GError **error)
{
  WattlePassport *before = user_data;
  const char *language = wattle_services_get_language (self->services);
  gint64 now = wattle_services_now (self->services);
  guint32 allowed = wattle_ledger_get_allowed (ledger, before, now);
  g_auto (GStrv) widened = wattle_notice_diff_list_widened (before, self->passport);

  for (guint i = 0; widened[i] != NULL; i++) {
    const WattlePurpose *purpose = wattle_passport_find_purpose (self->passport, widened[i]);
    const WattleLedgerRecord *record;

    if (!wattle_ledger_is_allowed (ledger, purpose, now))
      continue;
    record = wattle_ledger_lapse (ledger, self->passport, widened[i], WATTLE_CONSENT_OUTDATED, language, now, error);
    if (record == NULL
        || !wattle_consent_recorded (self, ledger, database, purpose, record, WATTLE_CONSENT_OUTDATED, error))
      return FALSE;
    *changed = TRUE;
  }
  /* A purpose may also be gone, or has to be asked for now. */
  *changed = *changed || wattle_ledger_get_allowed (ledger, self->passport, now) != allowed;
  return TRUE;
}

gboolean
wattle_consent_adopt (WattleConsent *self, WattlePassport *after, GError **error)
{
  g_autoptr (WattlePassport) before = g_object_ref (self->passport);

  g_set_object (&self->passport, after);
  if (wattle_consent_transact (self, outdate, before, error))
    return TRUE;
  g_set_object (&self->passport, before);
  return FALSE;
}
