/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A yes that ends without the person: its time is over, or the notice says more
 * than it was given to.  It counts as no from that moment on, whether or not this
 * file has got round to it; here it is recorded, and owed to device and cloud as
 * a withdrawal is.
 */
#include <glib/gi18n-lib.h>

#include "daemon/device/consent-internal.h"

/* The clock may be set and the computer may sleep: looked at once in a while. */
#define LOOK_EVERY 3600 /* seconds */
#define RETRY_AFTER 60  /* seconds: the disk may be full */

static gboolean
end_expired (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database, gpointer user_data, gboolean *changed,
             GError **error)
{
  const char *language = wattle_services_get_language (self->services);
  gint64 now = wattle_services_now (self->services);

  for (guint i = 0; i < wattle_passport_get_n_purposes (self->passport); i++) {
    const WattlePurpose *purpose = wattle_passport_get_purpose (self->passport, i);
    const char *id = wattle_purpose_get_id (purpose);
    gint64 expiry = wattle_ledger_get_expiry (ledger, id);
    const WattleLedgerRecord *record;

    if (!wattle_purpose_needs_consent (purpose) || expiry == 0 || now < expiry)
      continue;
    record = wattle_ledger_lapse (ledger, self->passport, id, WATTLE_CONSENT_EXPIRED, language, now, error);
    if (record == NULL
        || !wattle_consent_recorded (self, ledger, database, purpose, record, WATTLE_CONSENT_EXPIRED, error))
      return FALSE;
    *changed = TRUE;
  }
  return TRUE;
}

static gboolean
on_lapse (gpointer user_data)
{
  WattleConsent *self = user_data;
  g_autoptr (GError) error = NULL;

  self->lapse_id = 0;
  if (self->wiping)
    return G_SOURCE_REMOVE;
  if (wattle_consent_transact (self, end_expired, NULL, &error)) {
    wattle_consent_watch_expiry (self);
  } else {
    g_warning ("Consent of %s: %s", self->device, error->message);
    self->lapse_id = g_timeout_add_seconds (RETRY_AFTER, on_lapse, self);
  }
  return G_SOURCE_REMOVE;
}

void
wattle_consent_watch_expiry (WattleConsent *self)
{
  gint64 now = wattle_services_now (self->services);
  gint64 next = 0;

  for (guint i = 0; self->ledger != NULL && i < wattle_passport_get_n_purposes (self->passport); i++) {
    const char *id = wattle_purpose_get_id (wattle_passport_get_purpose (self->passport, i));
    gint64 expiry = wattle_ledger_get_expiry (self->ledger, id);

    if (expiry != 0 && (next == 0 || expiry < next))
      next = expiry;
  }
  g_clear_handle_id (&self->lapse_id, g_source_remove);
  if (next != 0)
    self->lapse_id = g_timeout_add_seconds ((guint)CLAMP (next - now, 0, LOOK_EVERY), on_lapse, self);
}
