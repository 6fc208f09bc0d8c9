/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate of a wipe: one signed document that a person keeps, prints or
 * shows, and that anybody can verify with nothing of ours running.
 *
 * It holds the wipe receipt (privacy/receipt.h) with what device and cloud have
 * signed, what the wipe could not reach and whom to ask about that.  The
 * computer signs the whole with a key made for this wipe alone, which is removed
 * afterwards.  The wipe's id is a hash of that key: device and cloud have signed
 * the id, so nobody can change the rest and sign it anew with another key.
 *
 * No personal data: no name that the person gave, no account, no reading.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "privacy/receipt.h"

G_BEGIN_DECLS

#define WATTLE_CERTIFICATE_FORMAT "wattle-wipe-certificate-1"
#define WATTLE_CERTIFICATE_KEY_SIZE 97 /* bytes: P-256, uncompressed point, then the private number */
#define WATTLE_WIPE_ID_SIZE 16

/* A fresh key.  Ends the program where the system has no randomness. */
void wattle_certificate_key_new (guint8 key[WATTLE_CERTIFICATE_KEY_SIZE]);

/* The id that a wipe has whose certificate is signed by the key of @point (the
 * first 65 bytes of a key). */
void wattle_certificate_key_id (const guint8 point[65], guint8 id[WATTLE_WIPE_ID_SIZE]);

/* What a certificate says besides the receipt.  @product and @manufacturer are
 * the passport's; @remains: sentences, what the wipe could not reach. */
typedef struct {
  const char *product;
  const char *manufacturer;
  const char *const *remains;
} WattleCertificateAbout;

/* The certificate of the wipe receipt @receipt (as wattle_wipe_receipt_compose()
 * made it), canonical JSON.  @time: of issue, seconds since 1970.
 * WATTLE_ERROR_INVALID_ARGUMENT where @receipt is not one or @key is none. */
char *wattle_certificate_make (const char *receipt, const WattleCertificateAbout *about, gint64 time,
                               const guint8 key[WATTLE_CERTIFICATE_KEY_SIZE], GError **error);

/* One place of a verified certificate. */
typedef struct {
  const char *place;     /* wattle_wipe_place_name() */
  const char *state;     /* "confirmed", "not-needed", "outstanding", "given-up" */
  const char *signed_by; /* "device", "cloud", "computer" (its own word); NULL unless confirmed */
  gint64 done_at;        /* seconds since 1970, also of giving up; 0 unless confirmed or given up */
  gint64 removed;        /* entries that were deleted; -1 = not told */
} WattleCertificatePlace;

/* What a certificate says once it is verified. */
typedef struct {
  char *id;
  char *product;          /* its name */
  guint32 product_number; /* as the device advertises it */
  char *manufacturer;
  char **remains;
  gint64 requested_at, issued_at; /* seconds since 1970 */
  gboolean complete;              /* nothing is outstanding */
  gboolean given_up;              /* something was given up: over, but not confirmed */
  gboolean bound;                 /* the wipe's id is that of the key: FALSE where the key had been lost */
  char *unit_id;                  /* as the device signed it; NULL where it has not */
  char *key_sha256;               /* fingerprints, 64 hexadecimal digits; NULL where none signed */
  char *device_key_sha256;
  char *cloud_key_sha256;
  GArray *places; /* of WattleCertificatePlace, in the order of the wipe */
} WattleCertificate;

/* Whether @json says that it is a certificate; nothing is verified. */
gboolean wattle_certificate_is_one (const char *json, gsize length);

/* Verifies all of it: form, the signature over the whole, every signature in the
 * receipt, and that they speak of this wipe.
 * WATTLE_ERROR_NOT_GENUINE, WATTLE_ERROR_INVALID_ARGUMENT. */
WattleCertificate *wattle_certificate_verify (const char *json, gsize length, GError **error);
void wattle_certificate_free (WattleCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleCertificate, wattle_certificate_free)

G_END_DECLS
