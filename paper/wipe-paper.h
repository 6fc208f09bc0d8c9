/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person prints when they part with a device: the certificate of the wipe
 * and the card for the next owner.
 */
#pragma once

#include "privacy/certificate.h"

G_BEGIN_DECLS

/* The names of places, states and signers for a person, in the language of the
 * program. */
const char *wattle_certificate_place_title (const char *place);
/* A sentence about one place: whether it is done, who has signed it, when, how
 * much was deleted.  Free it. */
char *wattle_certificate_place_sentence (const WattleCertificatePlace *place);
/* A sentence about the whole: done, or what is outstanding. */
const char *wattle_certificate_state_sentence (const WattleCertificate *certificate);

/* The certificate as PDF, A4.  @json, the signed document itself, is printed in
 * small at the end, so that the paper alone holds all that proves it. */
GBytes *wattle_certificate_to_pdf (const WattleCertificate *certificate, const char *json, GError **error);

/* The text of the QR picture on a label, for a unit of @product with @code (its
 * digits); NULL where @unit_id does not fit one.  Free with explicit_bzero() and
 * g_free(): it holds the code. */
char *wattle_next_code_qr_text (guint32 product, const char *code, const char *unit_id);

/* The card for the next owner as PDF, A6.  @code: as it is shown, in groups;
 * @qr: NULL = none. */
GBytes *wattle_next_code_to_pdf (const char *product, const char *code, const char *qr, GError **error);

G_END_DECLS
