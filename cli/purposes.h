/* SPDX-License-Identifier: Apache-2.0 */
/* What data is used for, as Passport.Purposes and Consent.Purposes tell it. */
#pragma once

#include "cli/command.h"
#include "cli/output.h"
#include "client/purpose.h"

G_BEGIN_DECLS

/* The one that @text names by id or title, or NULL with @error set. */
const WattlePurpose *wattle_purposes_match (GPtrArray *purposes, const char *text, GError **error);

/* What it is, where the data goes, who gets it and for how long. */
void wattle_purpose_print (const WattlePurpose *purpose);

/* As an object in the array or object that @json is in. */
void wattle_purpose_add_json (JsonBuilder *json, const WattlePurpose *purpose);

G_END_DECLS
