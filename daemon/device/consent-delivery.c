/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What device and cloud are owed of the person's decisions, and their answers.
 */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/consent-internal.h"
#include "daemon/device/consent-receipts.h"

#define VERSION_AHEAD_MAX 1000000u /* of a device's consent version above ours */

/* --- what is owed --- */

static char **
given_ids (WattleConsent *self, WattleLedger *ledger, gboolean cloud_only)
{
  g_auto (GStrv) given = wattle_ledger_get_given (ledger, wattle_services_now (self->services));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; given[i] != NULL; i++) {
    const WattlePurpose *purpose = wattle_passport_find_purpose (self->passport, given[i]);

    if (purpose != NULL && (!cloud_only || wattle_purpose_uses_cloud (purpose)))
      g_strv_builder_add (builder, given[i]);
  }
  return g_strv_builder_end (builder);
}

gboolean
wattle_consent_wants_cloud (WattleConsent *self)
{
  WattleLedger *ledger = wattle_consent_get_ledger (self, NULL);
  g_auto (GStrv) ids = ledger == NULL ? NULL : given_ids (self, ledger, TRUE);

  return ids != NULL && ids[0] != NULL && wattle_passport_has_cloud (self->passport);
}

static gboolean
owe (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database, WattlePlace place, guint32 version,
     GError **error)
{
  g_auto (GStrv) ids = given_ids (self, ledger, place == WATTLE_PLACE_CLOUD);
  WattleDelivery delivery = {
    .device = self->device,
    .place = place,
    .version = version,
    .allowed = wattle_ledger_get_allowed (ledger, self->passport, wattle_services_now (self->services)),
    .allowed_ids = ids,
    .record_sha256 = (char *)wattle_ledger_get_head (ledger),
    .since = wattle_services_now (self->services),
  };

  return wattle_deliveries_add (database, &delivery, error);
}

gboolean
wattle_consent_owe (WattleConsent *self, WattleLedger *ledger, WattleDatabase *database, GError **error)
{
  guint32 version = wattle_devices_next_consent_version (database, self->device, error);

  if (version == 0 || !owe (self, ledger, database, WATTLE_PLACE_DEVICE, version, error))
    return FALSE;
  if (!wattle_passport_has_cloud (self->passport) || !(self->has_account || wattle_consent_wants_cloud (self)))
    return TRUE;
  return owe (self, ledger, database, WATTLE_PLACE_CLOUD, version, error);
}

/* --- answers --- */

/* Owes the same decisions under a version above @applied, which the device has
 * from another computer of the household. */
static WattleDelivery *
owe_above (WattleConsent *self, WattleDatabase *database, WattleDelivery *delivery, guint32 applied, GError **error)
{
  g_autoptr (WattleDeviceRecord) record = wattle_devices_get (database, self->device, error);

  if (record == NULL)
    return NULL;
  if (applied > record->consent_version && applied - record->consent_version > VERSION_AHEAD_MAX) {
    g_set_error_literal (
        error, WATTLE_ERROR, WATTLE_ERROR_PROTOCOL,
        _ ("The device sent something that it may not send. Try again; if it goes on, do not use it."));
    return NULL;
  }
  record->consent_version = MAX (record->consent_version, applied) + 1;
  delivery->version = record->consent_version;
  if (!wattle_database_begin (database, error))
    return NULL;
  if (!wattle_devices_put (database, record, error) || !wattle_deliveries_add (database, delivery, error)) {
    wattle_database_rollback (database);
    return NULL;
  }
  return wattle_database_commit (database, error) ? delivery : NULL;
}

WattleDelivery *
wattle_consent_next_delivery (WattleConsent *self, const wtl_Info *info, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);
  g_autoptr (WattleDelivery) delivery = NULL;

  if (database == NULL)
    return NULL;
  delivery = wattle_deliveries_outstanding (database, self->device, WATTLE_PLACE_DEVICE, error);
  if (delivery == NULL)
    return NULL;
  /* The same version means that only its answer was lost. */
  if (info->consent_version < delivery->version
      || (info->consent_version == delivery->version && info->consent == delivery->allowed))
    return g_steal_pointer (&delivery);
  return owe_above (self, database, delivery, info->consent_version, error) == NULL ? NULL
                                                                                    : g_steal_pointer (&delivery);
}

static gboolean
says_so (WattleConsent *self, const WattleStatement *said, const WattleDelivery *delivery)
{
  return said->kind == WATTLE_STATEMENT_CONSENT && strcmp (said->unit_id, self->unit_id) == 0
         && said->allowed == delivery->allowed && said->consent_version == delivery->version;
}

static gboolean
is_of_record (const WattleStatement *said, const char *record_sha256)
{
  g_autofree char *hex = g_malloc0 (2 * sizeof said->reference + 1);

  if (said->reference_len != sizeof said->reference)
    return FALSE;
  for (gsize i = 0; i < said->reference_len; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", said->reference[i]);
  return strcmp (hex, record_sha256) == 0;
}

static gboolean
keep_confirmation (WattleConsent *self, const WattleDelivery *delivery, WattleEvidence *evidence, GBytes *bytes,
                   GBytes *signature, guint64 deleted, GError **error)
{
  WattleLedger *ledger = wattle_consent_get_ledger (self, error);
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  gint64 now = wattle_services_now (self->services);

  if (ledger == NULL || !wattle_database_begin (database, error))
    return FALSE;
  if (wattle_ledger_confirm (ledger, delivery->record_sha256, evidence, now, error) == NULL
      || !wattle_deliveries_confirm (database, self->device, delivery->place, delivery->version, now, bytes, signature,
                                     deleted, error)
      || !wattle_consent_receipts_refresh (database, self->device, ledger, error)) {
    wattle_database_rollback (database);
    g_clear_object (&self->ledger);
    return FALSE;
  }
  if (wattle_database_commit (database, error))
    return TRUE;
  g_clear_object (&self->ledger);
  return FALSE;
}

gboolean
wattle_consent_confirm_by_device (WattleConsent *self, const WattleDelivery *delivery,
                                  const wtl_SignedStatement *statement, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (statement->statement.bytes, statement->statement.size);
  g_autoptr (GBytes) signature = g_bytes_new (statement->signature, sizeof statement->signature);
  g_autoptr (WattleEvidence) evidence
      = wattle_evidence_new_device (bytes, statement->signature, self->public_key, error);
  const WattleStatement *said;

  if (evidence == NULL)
    return FALSE;
  said = wattle_evidence_get_statement (evidence);
  if (!says_so (self, said, delivery)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_GENUINE,
                         _ ("The device signed for something else than what it was told. Do not trust it."));
    return FALSE;
  }
  if (!is_of_record (said, delivery->record_sha256)) {
    WattleDatabase *database = wattle_services_get_database (self->services, error);

    if (database != NULL && owe_above (self, database, (WattleDelivery *)delivery, delivery->version, error) != NULL)
      g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_BUSY, _ ("Another computer decided at the same time."));
    return FALSE;
  }
  if (!keep_confirmation (self, delivery, evidence, bytes, signature, said->records_deleted, error))
    return FALSE;
  wattle_services_log (self->services, self->device, "consent-confirmed-by-device",
                       _ ("The device confirmed your decisions."));
  wattle_consent_changed (self);
  return TRUE;
}

gboolean
wattle_consent_confirm_by_cloud (WattleConsent *self, const WattleDelivery *delivery, WattleEvidence *evidence,
                                 const char *receipt, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (receipt, strlen (receipt));
  gint64 deleted = MAX (wattle_evidence_get_removed (evidence), 0);

  if (!keep_confirmation (self, delivery, evidence, bytes, NULL, (guint64)deleted, error))
    return FALSE;
  wattle_services_log (self->services, self->device, "consent-confirmed-by-cloud",
                       _ ("The cloud confirmed your decisions."));
  wattle_consent_changed (self);
  return TRUE;
}
