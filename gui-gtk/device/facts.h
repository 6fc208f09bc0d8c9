/* SPDX-License-Identifier: Apache-2.0 */
/* What a passport states that is no property of its own on the bus. */
#pragma once

#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_FACTS (wattle_facts_get_type ())
G_DECLARE_FINAL_TYPE (WattleFacts, wattle_facts, WATTLE, FACTS, GObject)

/* Reads @passport's text; NULL gives facts that know nothing.  Texts are in the
 * person's language where the maker wrote them in it. */
WattleFacts *wattle_facts_new (WattleBusPassport *passport);

/* What the device measures, "Temperature"; "" = not stated. */
const char *wattle_facts_get_reading_name (WattleFacts *self);
/* Decimals of a reading that are worth showing. */
guint wattle_facts_get_decimals (WattleFacts *self);

/* The first day of support, ISO 8601; "" = not stated. */
const char *wattle_facts_get_support_start (WattleFacts *self);
/* Why it lasts as long as it does, and how the person is told; "" = not stated. */
const char *wattle_facts_get_support_reason (WattleFacts *self);
const char *wattle_facts_get_support_promise (WattleFacts *self);

/* How to reach the maker, and where known weaknesses are listed: addresses to
 * open, mailto: or https:.  NULL where not stated. */
const char *wattle_facts_get_maker_contact (WattleFacts *self);
const char *wattle_facts_get_advisories (WattleFacts *self);

/* Sentences of a part of the notice: "stops", "security", "end", ...; empty
 * where the maker says nothing. */
const char *const *wattle_facts_get_part (WattleFacts *self, const char *part);

G_END_DECLS
