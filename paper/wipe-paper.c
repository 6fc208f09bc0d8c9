/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of wipes and cards for next owners, on paper.
 */
#include "paper/wipe-paper.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "paper/page.h"

#define CODE_DIGITS 10
#define UNIT_MAX 32

/* --- words --- */

static const struct {
  const char *place;
  const char *title;
} titles[] = {
  { "cloud-data", N_ ("Data in the maker's cloud") },
  { "cloud-account", N_ ("Account in the maker's cloud") },
  { "device", N_ ("The device") },
  { "keyring", N_ ("Keys on the computer") },
  { "records", N_ ("Records on the computer") },
  { "traces", N_ ("Records on the computer, before the device was found") },
  { "spare-keys", N_ ("Keys on the computer, before the device was found") },
};

const char *
wattle_certificate_place_title (const char *place)
{
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_strcmp0 (titles[i].place, place) == 0)
      return _ (titles[i].title);
  return place;
}

static char *
time_text (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  /* Translators: a date and time of day, see g_date_time_format(); it is in UTC */
  return time ? g_date_time_format (time, _ ("%-d %B %Y, %H:%M UTC")) : g_strdup ("?");
}

static const char *
signer_sentence (const char *signed_by)
{
  static const struct {
    const char *signer;
    const char *sentence;
  } sentences[] = {
    { "device", N_ ("Wiped on %s. The device signed this itself.") },
    { "cloud", N_ ("Deleted on %s. The cloud signed this itself.") },
    { "computer", N_ ("Deleted on %s. This is the computer's own word.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_strcmp0 (sentences[i].signer, signed_by) == 0)
      return _ (sentences[i].sentence);
  return _ ("Done on %s.");
}

char *
wattle_certificate_place_sentence (const WattleCertificatePlace *place)
{
  g_autofree char *time = NULL, *done = NULL, *count = NULL;

  if (g_strcmp0 (place->state, "not-needed") == 0)
    return g_strdup (_ ("Not needed: there was nothing there."));
  if (g_strcmp0 (place->state, "given-up") != 0 && g_strcmp0 (place->state, "confirmed") != 0)
    return g_strdup (_ ("Not done yet."));
  time = time_text (place->done_at);
  if (g_strcmp0 (place->state, "given-up") == 0)
    return g_strdup_printf (
        _ ("Given up on %s. The cloud did not answer, and nobody has confirmed that it is deleted."), time);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  done = g_strdup_printf (signer_sentence (place->signed_by), time);
#pragma GCC diagnostic pop
  if (place->removed < 0)
    return g_steal_pointer (&done);
  count = g_strdup_printf (ngettext ("%u entry was deleted.", "%u entries were deleted.", (guint)place->removed),
                           (guint)place->removed);
  return g_strconcat (done, " ", count, NULL);
}

const char *
wattle_certificate_state_sentence (const WattleCertificate *certificate)
{
  if (certificate->complete && certificate->given_up)
    return _ ("The wipe is over, but not all of it is confirmed: the owner gave up waiting for the cloud.");
  return certificate->complete ? _ ("Everything that could be wiped is wiped.")
                               : _ ("Not all of it is wiped yet. A new certificate will follow when it is.");
}

/* --- the certificate --- */

static void
add_head (WattlePage *page, const WattleCertificate *certificate)
{
  g_autofree char *asked = time_text (certificate->requested_at), *issued = time_text (certificate->issued_at);

  wattle_page_title (page, _ ("Certificate of a wipe"));
  wattle_page_paragraph (page, wattle_certificate_state_sentence (certificate));
  wattle_page_row (page, _ ("Product"), certificate->product);
  wattle_page_row (page, _ ("Maker"), certificate->manufacturer);
  if (certificate->unit_id)
    wattle_page_row (page, _ ("Serial number"), certificate->unit_id);
  wattle_page_row (page, _ ("The owner asked for it on"), asked);
  wattle_page_row (page, _ ("This paper was made on"), issued);
}

static void
add_remains (WattlePage *page, const WattleCertificate *certificate)
{
  if (!certificate->remains[0])
    return;
  wattle_page_heading (page, _ ("What the wipe could not reach"));
  for (guint i = 0; certificate->remains[i]; i++)
    wattle_page_item (page, certificate->remains[i]);
}

static void
add_proof (WattlePage *page, const WattleCertificate *certificate, const char *json)
{
  static const char verify[] = "wattle certificate verify FILE";

  wattle_page_heading (page, _ ("How to check it"));
  wattle_page_paragraph (page, _ ("The text below is the signed document. Anybody can check it with this command:"));
  wattle_page_small (page, verify);
  if (!certificate->bound)
    wattle_page_paragraph (page, _ ("The key for this wipe was lost on the way, so another one signed this paper. "
                                    "What the device and the cloud signed still holds."));
  wattle_page_row (page, _ ("Number of the wipe"), certificate->id);
  if (certificate->device_key_sha256) {
    wattle_page_paragraph (page, _ ("Fingerprint of the device's key:"));
    wattle_page_small (page, certificate->device_key_sha256);
  }
  if (certificate->cloud_key_sha256) {
    wattle_page_paragraph (page, _ ("Fingerprint of the cloud's key:"));
    wattle_page_small (page, certificate->cloud_key_sha256);
  }
  wattle_page_heading (page, _ ("The signed document"));
  wattle_page_small (page, json);
}

GBytes *
wattle_certificate_to_pdf (const WattleCertificate *certificate, const char *json, GError **error)
{
  g_autofree char *footer = g_strdup_printf (_ ("Wipe %s"), certificate->id);
  g_autoptr (WattlePage) page = wattle_page_new (WATTLE_PAGE_A4, _ ("Certificate of a wipe"), footer);

  add_head (page, certificate);
  wattle_page_heading (page, _ ("Place by place"));
  for (guint i = 0; i < certificate->places->len; i++) {
    const WattleCertificatePlace *place = &g_array_index (certificate->places, WattleCertificatePlace, i);
    g_autofree char *sentence = wattle_certificate_place_sentence (place);

    wattle_page_row (page, wattle_certificate_place_title (place->place), sentence);
  }
  add_remains (page, certificate);
  add_proof (page, certificate, json);
  return wattle_page_finish (page, error);
}

/* --- the card --- */

char *
wattle_next_code_qr_text (guint32 product, const char *code, const char *unit_id)
{
  gsize length = unit_id ? strlen (unit_id) : 0;

  if (strlen (code) != CODE_DIGITS || strspn (code, "0123456789") != CODE_DIGITS || length == 0 || length > UNIT_MAX
      || strspn (unit_id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != length)
    return NULL;
  return g_strdup_printf ("WTL:1.%08X.%s.%s", product, code, unit_id);
}

GBytes *
wattle_next_code_to_pdf (const char *product, const char *code, const char *qr, GError **error)
{
  g_autoptr (WattlePage) page = wattle_page_new (WATTLE_PAGE_CARD, _ ("For the next owner"), NULL);

  if (qr)
    wattle_page_qr (page, qr, 48);
  wattle_page_title (page, _ ("For the next owner"));
  wattle_page_paragraph (page, product);
  wattle_page_heading (page, _ ("Setup code"));
  wattle_page_code (page, code);
  wattle_page_paragraph (page, _ ("This code opens the device once. Then you choose your own password. The code on the "
                                  "device's own label does not work now."));
  wattle_page_paragraph (page, _ ("Keep this card out of sight until you have set the device up."));
  return wattle_page_finish (page, error);
}
