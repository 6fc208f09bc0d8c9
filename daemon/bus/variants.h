/* SPDX-License-Identifier: Apache-2.0 */
/* How things of daemon/device and privacy look on the bus. */
#pragma once

#include "daemon/device/consent.h"
#include "daemon/device/job.h"
#include "privacy/passport.h"

G_BEGIN_DECLS

/* (ss): name without prefix and sentence; two empty strings for NULL. */
GVariant *wattle_variant_error (const GError *error);
/* o: where the passport is; "/" for NULL. */
char *wattle_variant_passport_path (WattlePassport *passport);
/* aa{sv} for Passport.Purposes. */
GVariant *wattle_variant_purposes (WattlePassport *passport, const char *language);
/* aa{sv} for Consent.Purposes. */
GVariant *wattle_variant_decisions (WattleConsent *consent, const char *language);
/* a(sas): titles and paragraphs of @sections, of WattleNoticeSection. */
GVariant *wattle_variant_sections (GPtrArray *sections);
/* a{sv}: a job's result with ids turned into object paths. */
GVariant *wattle_variant_job_result (WattleJob *job);
/* The path of what a job is about, whether it is still there or not. */
char *wattle_variant_job_subject (WattleJob *job);

G_END_DECLS
