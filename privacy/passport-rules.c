/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a passport, what each must be, and what is said if it is not there. */
#include "privacy/passport-rules.h"

#include <glib/gi18n-lib.h>

#include "privacy/purpose.h"

/* clang-format off */
static const struct wattle_rule product[] = {
  { "number", INTEGER, TRUE, .min = 1, .max = G_MAXUINT32 },
  { "name", TEXT, TRUE },
  { "model", STRING },
  { "kind", TEXT },
  { NULL },
};

static const struct wattle_rule manufacturer[] = {
  { "name", STRING, TRUE },
  { "country", COUNTRY, .omission = N_("The maker does not say which country it is in.") },
  { "address", STRING, .omission = N_("The maker does not give its postal address.") },
  { "contact", CONTACT, .omission = N_("The maker does not say how you can reach it.") },
  { "website", URL },
  { NULL },
};

static const struct wattle_rule sensors[] = {
  { "name", TEXT, TRUE },
  { "note", TEXT },
  { NULL },
};

static const struct wattle_rule readings[] = {
  { "name", TEXT, TRUE },
  { "unit", STRING, TRUE },
  { "scale", INTEGER, TRUE, .min = 1, .max = 1000000 },
  { "decimals", INTEGER, .min = 0, .max = 6 },
  { NULL },
};

static const struct wattle_rule data[] = {
  { "id", ID, TRUE },
  { "name", TEXT, TRUE },
  { "dpv", TERM, TRUE, .list = TRUE, .min = 1, .max = 8 },
  { "sensitive", BOOLEAN },
  { NULL },
};

static const struct wattle_rule parties[] = {
  { "id", ID, TRUE },
  { "role", CHOICE, TRUE, .choices = "service third-party" },
  { "name", STRING, TRUE },
  { "country", COUNTRY, TRUE },
  { "contact", CONTACT, TRUE },
  { "does", TEXT, TRUE },
  { NULL },
};

static const struct wattle_rule keep[] = {
  { "days", INTEGER, .min = 1, .max = 36500 },
  { "until", CHOICE, .choices = "wipe withdrawal replaced account-deleted" },
  { NULL },
};

static const struct wattle_rule uses[] = {
  { "party", ID, TRUE },
  { "place", CHOICE, TRUE, .choices = "device home cloud third-party" },
  { "country", COUNTRY },
  { "data", ID, TRUE, .list = TRUE, .min = 1, .max = 40 },
  { "keep", OBJECT, .members = keep,
    .omission = N_("For “{purpose}” the maker does not say how long all of the data is kept.") },
  { "why", TEXT },
  { "shared_with", ID, .list = TRUE, .min = 0, .max = 40 }, /* mandatory where it is not the owner who holds it */
  { NULL },
};

const struct wattle_rule wattle_purpose_rules[] = {
  { "id", ID, TRUE },
  { "device_purpose", INTEGER, .min = 1, .max = WATTLE_PURPOSE_MAX },
  { "title", TEXT, TRUE },
  { "sentence", TEXT, TRUE },
  { "legal_basis", CHOICE, TRUE, .choices = "consent needed" },
  { "consent_days", INTEGER, .min = 1, .max = 3650 }, /* only where consent is asked */
  { "dpv", TERM, TRUE, .list = TRUE, .min = 1, .max = 8 },
  { "if_refused", TEXT },
  { "uses", OBJECT, .members = uses, .list = TRUE, .min = 1, .max = 20,
    .omission = N_("For “{purpose}” the maker does not say who gets data, where it goes and how long it is kept.") },
  { NULL },
};

static const struct wattle_rule support[] = {
  { "start", DATE, .omission = N_("The maker does not say when support began.") },
  { "end", DATE, .omission = N_("The maker does not say until when it fixes security problems.") },
  { "reason", TEXT, .omission = N_("The maker does not say why support lasts this long.") },
  { "promise", TEXT, .omission = N_("The maker does not say how it will tell you before support ends.") },
  { "after", TEXT, .omission = N_("The maker does not say what to do once support has ended.") },
  { NULL },
};

static const struct wattle_rule security[] = {
  { "contact", CONTACT, .omission = N_("The maker does not say where to report a security problem.") },
  { "answer_days", INTEGER, .min = 1, .max = 90,
    .omission = N_("The maker does not say how fast it answers a report.") },
  { "status_days", INTEGER, .min = 1, .max = 90,
    .omission = N_("The maker does not say how often it tells you how a report goes on.") },
  { "fix_days", INTEGER, .min = 1, .max = 365,
    .omission = N_("The maker does not say how fast it fixes a serious security problem.") },
  { "policy", URL },
  { "advisories", URL, .omission = N_("The maker does not say where it lists known security problems.") },
  { NULL },
};

static const struct wattle_rule stops[] = {
  { "without_internet", TEXT, .omission = N_("The maker does not say what stops working without internet.") },
  { "without_cloud", TEXT }, /* mandatory where there is a cloud */
  { "after_support", TEXT, .omission = N_("The maker does not say what stops working after support ends.") },
  { NULL },
};

static const struct wattle_rule receipt_key[] = {
  { "kty", CHOICE, TRUE, .choices = "EC" },
  { "crv", CHOICE, TRUE, .choices = "P-256" },
  { "x", BASE64URL, TRUE, .min = 32 },
  { "y", BASE64URL, TRUE, .min = 32 },
  { NULL },
};

static const struct wattle_rule cloud[] = {
  { "url", URL, TRUE },
  { "spki_sha256", BASE64, TRUE, .min = 32 },
  { "receipt_key", OBJECT, TRUE, .members = receipt_key },
  { NULL },
};

static const struct wattle_rule representative[] = {
  { "name", STRING, TRUE },
  { "address", STRING, TRUE },
  { "country", COUNTRY },
  { NULL },
};

static const struct wattle_rule compliance[] = {
  { "rules", STRING, .list = TRUE, .min = 1, .max = 20,
    .omission = N_("The maker does not say which security rules the product meets.") },
  { "product", STRING, .omission = N_("The maker does not say which type of product its statement is for.") },
  { "batch", STRING, .omission = N_("The maker does not say which batches its statement is for.") },
  { "declaration", TEXT, .omission = N_("The maker does not declare that the product meets the rules.") },
  { "prepared_by", CHOICE, .choices = "manufacturer representative",
    .omission = N_("The maker’s statement does not say who wrote it.") },
  { "support_end", DATE,
    .omission = N_("The maker’s statement does not say until when security problems are fixed.") },
  { "representatives", OBJECT, .members = representative, .list = TRUE, .min = 0, .max = 20,
    .omission = N_("The maker does not say who answers for it in other countries.") },
  { "place", STRING, .omission = N_("The maker’s statement does not say where it was signed.") },
  { "date", DATE, .omission = N_("The maker’s statement does not say when it was signed.") },
  { "signatory", STRING, .omission = N_("The maker’s statement does not say who signed it.") },
  { "document", URL },
  { NULL },
};

const struct wattle_rule wattle_passport_rules[] = {
  { "$schema", STRING },
  { "format", CHOICE, TRUE, .choices = "wattle-passport-1" },
  { "version", INTEGER, TRUE, .min = 1, .max = 1000000 },
  { "published", DATE, TRUE },
  { "product", OBJECT, TRUE, .members = product },
  { "manufacturer", OBJECT, TRUE, .members = manufacturer },
  { "sensors", OBJECT, .members = sensors, .list = TRUE, .min = 0, .max = 40,
    .omission = N_("The maker does not say which sensors are in the product.") },
  { "readings", OBJECT, .members = readings },
  { "data", OBJECT, .members = data, .list = TRUE, .min = 0, .max = 40 },
  { "parties", OBJECT, .members = parties, .list = TRUE, .min = 0, .max = 40 },
  { "purposes", OBJECT, .members = wattle_purpose_rules, .list = TRUE, .min = 0, .max = 40,
    .omission = N_("The maker does not say what your data is used for.") },
  { "support", OBJECT, .members = support },
  { "security", OBJECT, .members = security },
  { "stops", OBJECT, .members = stops },
  { "reset", TEXT, .omission = N_("The maker does not say how to reset the product.") },
  { "disposal", TEXT, .omission = N_("The maker does not say how to dispose of the product.") },
  { "cloud", OBJECT, .members = cloud },
  { "compliance", OBJECT, .members = compliance },
  { NULL },
};
/* clang-format on */
