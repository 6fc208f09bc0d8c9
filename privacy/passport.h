/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A product passport: the manufacturer's statement about a product, as the file
 * docs/passport.md describes.  Immutable once loaded.
 *
 * Three levels.  What is malformed or contradicts itself is *invalid* and not
 * loaded; all problems are listed.  What is well formed but leaves out a
 * statement a manufacturer has to make is loaded with *omissions*, which are
 * shown to the person and never guessed.  The rest is optional.
 *
 * Languages are BCP 47 or POSIX style ("de", "de-AT", "de_AT.UTF-8", NULL for
 * English).  A text in "de-AT" falls back to "de", then to English.
 * Returned strings belong to the passport unless the type is char *.
 */
#pragma once

#include <glib-object.h>

#include "privacy/purpose.h"

G_BEGIN_DECLS

#define WATTLE_PASSPORT_MAX_SIZE (256 * 1024) /* bytes */

#define WATTLE_TYPE_PASSPORT (wattle_passport_get_type ())
G_DECLARE_FINAL_TYPE (WattlePassport, wattle_passport, WATTLE, PASSPORT, GObject)

/* Checks and loads the exact bytes of a passport file.  WATTLE_ERROR_PASSPORT:
 * the message is a sentence, then every problem on a line of its own that
 * starts with "- " (at most WATTLE_PASSPORT_MAX_PROBLEMS). */
WattlePassport *wattle_passport_new_from_bytes (GBytes *bytes, GError **error);
#define WATTLE_PASSPORT_MAX_PROBLEMS 50

/* SHA-256 of the exact bytes, 64 hexadecimal digits. */
const char *wattle_passport_get_sha256 (WattlePassport *self);
/* The exact bytes as text.  Free with g_free(). */
char *wattle_passport_dup_json (WattlePassport *self);

/* Its own version, from 1, which goes up with each change, and the day it is from. */
guint wattle_passport_get_version (WattlePassport *self);
const char *wattle_passport_get_published (WattlePassport *self);

/* The number in the advertisement and in Info.product. */
guint32 wattle_passport_get_product (WattlePassport *self);
const char *wattle_passport_get_name (WattlePassport *self, const char *language);
const char *wattle_passport_get_model (WattlePassport *self); /* NULL = not stated */
const char *wattle_passport_get_manufacturer (WattlePassport *self);
/* How a person reaches the manufacturer: an address for mail or an https: URL;
 * "" = not stated. */
const char *wattle_passport_get_contact (WattlePassport *self);

/* Languages that every text of the passport is written in, "en" first. */
const char *const *wattle_passport_get_languages (WattlePassport *self);

/* Mandatory statements that are missing, as sentences in @language; empty if
 * none.  Free with g_strfreev(). */
GStrv wattle_passport_get_omissions (WattlePassport *self, const char *language);

/* Support.  Dates are ISO 8601 ("2031-06-30"); "" = not stated.  Texts are NULL
 * where not stated. */
const char *wattle_passport_get_support_start (WattlePassport *self);
const char *wattle_passport_get_support_end (WattlePassport *self);
const char *wattle_passport_get_support_reason (WattlePassport *self, const char *language);
/* How the person will be told before support ends. */
const char *wattle_passport_get_support_promise (WattlePassport *self, const char *language);
/* What to do when support has ended. */
const char *wattle_passport_get_support_after (WattlePassport *self, const char *language);

/* Where to report a weakness: a mailto: or https: URL; "" = not stated. */
const char *wattle_passport_get_security_contact (WattlePassport *self);
/* Where known weaknesses are published: https: URL; "" = not stated. */
const char *wattle_passport_get_advisories (WattlePassport *self);

/* What stops; NULL = not stated. */
const char *wattle_passport_get_without_internet (WattlePassport *self, const char *language);
const char *wattle_passport_get_without_cloud (WattlePassport *self, const char *language);
const char *wattle_passport_get_after_support (WattlePassport *self, const char *language);

/* How to reset and how to dispose of it; NULL = not stated. */
const char *wattle_passport_get_reset (WattlePassport *self, const char *language);
const char *wattle_passport_get_disposal (WattlePassport *self, const char *language);

/* The manufacturer's cloud.  A product without one works without; then has_cloud
 * is FALSE and the others return NULL. */
gboolean wattle_passport_has_cloud (WattlePassport *self);
/* Whether the cloud part still holds a sample's placeholders, which
 * `wattle-vendor passport fill` replaces: such a cloud cannot be reached. */
gboolean wattle_passport_is_template (WattlePassport *self);
/* "https://host[:port]", without a path and a slash at the end. */
const char *wattle_passport_get_cloud_url (WattlePassport *self);
/* SHA-256 of the TLS key's SubjectPublicKeyInfo in base64 (as RFC 7469 pins). */
const char *wattle_passport_get_cloud_spki_sha256 (WattlePassport *self);
/* The same, 32 bytes. */
const guint8 *wattle_passport_get_cloud_pin (WattlePassport *self);
/* The key that signs its receipts: P-256, uncompressed point, 65 bytes. */
const guint8 *wattle_passport_get_receipt_key (WattlePassport *self);

/* Readings: a value of the protocol divided by the scale is in the unit.
 * has_readings FALSE: the product measures nothing; then "" , 1 and 0. */
gboolean wattle_passport_has_readings (WattlePassport *self);
const char *wattle_passport_get_unit (WattlePassport *self);
guint wattle_passport_get_scale (WattlePassport *self);
/* Decimals worth showing. */
guint wattle_passport_get_decimals (WattlePassport *self);
const char *wattle_passport_get_reading_name (WattlePassport *self, const char *language);

/* Purposes in the passport's order.  They belong to the passport. */
guint wattle_passport_get_n_purposes (WattlePassport *self);
const WattlePurpose *wattle_passport_get_purpose (WattlePassport *self, guint index);
/* NULL if there is none of that id. */
const WattlePurpose *wattle_passport_find_purpose (WattlePassport *self, const char *id);
/* NULL if the device records nothing for that number (1..16). */
const WattlePurpose *wattle_passport_find_device_purpose (WattlePassport *self, guint number);

/* Bits (n-1) of the purposes the device records for: all of them, and those
 * that need no consent. */
guint32 wattle_passport_get_purpose_mask (WattlePassport *self);
guint32 wattle_passport_get_needed_mask (WattlePassport *self);

/* Companies outside the manufacturer that get data: name, country and contact
 * in one sentence each.  What a wipe cannot reach.  Free with g_strfreev(). */
GStrv wattle_passport_get_third_parties (WattlePassport *self, const char *language);

G_END_DECLS
