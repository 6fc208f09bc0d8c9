/* SPDX-License-Identifier: Apache-2.0 */
/* How things of daemon/device and privacy look on the bus. */
#include "daemon/bus/variants.h"

#include "daemon/bus/paths.h"
#include "privacy/notice.h"

GVariant *
wattle_variant_error (const GError *error)
{
  gboolean ours = error != NULL && error->domain == WATTLE_ERROR;

  if (error == NULL)
    return g_variant_new ("(ss)", "", "");
  return g_variant_new ("(ss)", wattle_error_name (ours ? (WattleError)error->code : WATTLE_ERROR_FAILED),
                        error->message);
}

char *
wattle_variant_passport_path (WattlePassport *passport)
{
  if (passport == NULL)
    return g_strdup (WATTLE_PATH_NONE);
  return g_strdup_printf (WATTLE_PATH_PASSPORT, wattle_passport_get_sha256 (passport));
}

static void
add_purpose (GVariantBuilder *builder, const WattlePurpose *purpose, const char *language)
{
  g_auto (GStrv) recipients = wattle_purpose_get_recipients (purpose, language);
  g_autofree char *retention = wattle_purpose_get_retention (purpose, language);
  const char *refused = wattle_purpose_get_if_refused (purpose, language);

  g_variant_builder_add (builder, "{sv}", "id", g_variant_new_string (wattle_purpose_get_id (purpose)));
  g_variant_builder_add (builder, "{sv}", "title", g_variant_new_string (wattle_purpose_get_title (purpose, language)));
  g_variant_builder_add (builder, "{sv}", "sentence",
                         g_variant_new_string (wattle_purpose_get_sentence (purpose, language)));
  g_variant_builder_add (builder, "{sv}", "consent", g_variant_new_boolean (wattle_purpose_needs_consent (purpose)));
  g_variant_builder_add (builder, "{sv}", "consent-days",
                         g_variant_new_uint32 (wattle_purpose_get_consent_days (purpose)));
  g_variant_builder_add (builder, "{sv}", "where", g_variant_new_string (wattle_purpose_get_where (purpose)));
  g_variant_builder_add (builder, "{sv}", "recipients", g_variant_new_strv ((const char *const *)recipients, -1));
  g_variant_builder_add (builder, "{sv}", "retention", g_variant_new_string (retention));
  if (refused != NULL)
    g_variant_builder_add (builder, "{sv}", "if-refused", g_variant_new_string (refused));
}

GVariant *
wattle_variant_purposes (WattlePassport *passport, const char *language)
{
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < wattle_passport_get_n_purposes (passport); i++) {
    g_variant_builder_open (&all, G_VARIANT_TYPE_VARDICT);
    add_purpose (&all, wattle_passport_get_purpose (passport, i), language);
    g_variant_builder_close (&all);
  }
  return g_variant_builder_end (&all);
}

GVariant *
wattle_variant_decisions (WattleConsent *consent, const char *language)
{
  g_autoptr (GPtrArray) list = wattle_consent_list (consent);
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < list->len; i++) {
    const WattlePurposeStatus *status = g_ptr_array_index (list, i);
    const char *device = wattle_delivery_state_name (status->device);
    const char *cloud = wattle_delivery_state_name (status->cloud);

    g_variant_builder_open (&all, G_VARIANT_TYPE_VARDICT);
    add_purpose (&all, status->purpose, language);
    g_variant_builder_add (&all, "{sv}", "state", g_variant_new_string (status->state));
    g_variant_builder_add (&all, "{sv}", "since", g_variant_new_uint64 (status->since));
    g_variant_builder_add (&all, "{sv}", "until", g_variant_new_uint64 (status->until));
    g_variant_builder_add (&all, "{sv}", "device", g_variant_new_string (device));
    g_variant_builder_add (&all, "{sv}", "device-since", g_variant_new_uint64 (status->device_since));
    g_variant_builder_add (&all, "{sv}", "cloud", g_variant_new_string (cloud));
    g_variant_builder_add (&all, "{sv}", "cloud-since", g_variant_new_uint64 (status->cloud_since));
    g_variant_builder_add (&all, "{sv}", "outstanding-since", g_variant_new_uint64 (status->outstanding_since));
    g_variant_builder_close (&all);
  }
  return g_variant_builder_end (&all);
}

GVariant *
wattle_variant_sections (GPtrArray *sections)
{
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE ("a(sas)"));
  for (guint i = 0; i < sections->len; i++) {
    const WattleNoticeSection *section = g_ptr_array_index (sections, i);

    g_variant_builder_add (&all, "(s^as)", section->title, section->paragraphs);
  }
  return g_variant_builder_end (&all);
}

GVariant *
wattle_variant_job_result (WattleJob *job)
{
  GVariantDict result;
  const char *device;

  g_variant_dict_init (&result, wattle_job_get_result (job));
  if (g_variant_dict_lookup (&result, "device", "&s", &device)) {
    g_autofree char *path = g_strdup_printf (WATTLE_PATH_DEVICE, device);

    g_variant_dict_insert (&result, "device", "o", path);
  }
  return g_variant_dict_end (&result);
}

char *
wattle_variant_job_subject (WattleJob *job)
{
  const char *id = wattle_job_get_subject_id (job);

  if (wattle_job_get_subject (job) == WATTLE_SUBJECT_CANDIDATE)
    return g_strdup_printf (WATTLE_PATH_CANDIDATE, id);
  return g_strdup_printf (WATTLE_PATH_DEVICE, id);
}
