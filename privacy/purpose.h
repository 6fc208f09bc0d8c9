/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One purpose that a product uses data for, as its passport states it.
 * Belongs to its WattlePassport and lives as long.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Purpose numbers of the protocol are 1..WATTLE_PURPOSE_MAX; bit n-1. */
#define WATTLE_PURPOSE_MAX 16

typedef struct _WattlePurpose WattlePurpose;

/* Such as "cloud-history": names it in calls, records and to the cloud. */
const char *wattle_purpose_get_id (const WattlePurpose *self);
/* Its number on the device, 1..16; 0 = the device records nothing for it. */
guint wattle_purpose_get_number (const WattlePurpose *self);
/* Its bit in the protocol's masks; 0 where it has no number. */
guint32 wattle_purpose_get_bit (const WattlePurpose *self);
/* FALSE: needed for the product to do its job, always allowed while owned. */
gboolean wattle_purpose_needs_consent (const WattlePurpose *self);
/* For how many days a yes holds at most; 0 = until it is taken back. */
guint wattle_purpose_get_consent_days (const WattlePurpose *self);
/* Whether the manufacturer's cloud takes part. */
gboolean wattle_purpose_uses_cloud (const WattlePurpose *self);

const char *wattle_purpose_get_title (const WattlePurpose *self, const char *language);
const char *wattle_purpose_get_sentence (const WattlePurpose *self, const char *language);
/* What the person does without if they refuse; NULL = not stated. */
const char *wattle_purpose_get_if_refused (const WattlePurpose *self, const char *language);

/* The place farthest from home that data gets to for it: "device", "home",
 * "cloud" or "third-party"; "" = not stated. */
const char *wattle_purpose_get_where (const WattlePurpose *self);
/* Who gets data for it other than the person: name and country, each once.
 * Free with g_strfreev(). */
GStrv wattle_purpose_get_recipients (const WattlePurpose *self, const char *language);
/* How long, per place, as sentences in one string; "" = not stated. */
char *wattle_purpose_get_retention (const WattlePurpose *self, const char *language);
/* Names of the kinds of data used for it.  Free with g_strfreev(). */
GStrv wattle_purpose_get_data (const WattlePurpose *self, const char *language);
/* Sentences in one string: who holds what, where and how long, one per place.
 * Free with g_strfreev(). */
GStrv wattle_purpose_get_uses (const WattlePurpose *self, const char *language);

G_END_DECLS
