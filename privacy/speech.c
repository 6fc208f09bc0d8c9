/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses the language of a text put together from a passport. */
#include "privacy/speech.h"

#include "privacy/country.h"

WattleSpeech *
wattle_speech_new (const char *const *available, const char *language)
{
  WattleSpeech *self = g_new0 (WattleSpeech, 1);

  self->language = wattle_language_normalize (language);
  do {
    if (g_str_equal (self->language, "en"))
      return self;
    if ((!available || g_strv_contains (available, self->language))
        && (self->sentences = wattle_catalog_open (GETTEXT_PACKAGE, self->language))) {
      self->countries = wattle_catalog_open (WATTLE_COUNTRY_DOMAIN, self->language);
      return self;
    }
  } while (wattle_language_widen (self->language));
  g_free (self->language);
  self->language = g_strdup ("en");
  return self;
}

void
wattle_speech_free (WattleSpeech *self)
{
  g_clear_pointer (&self->sentences, wattle_catalog_free);
  g_clear_pointer (&self->countries, wattle_catalog_free);
  g_free (self->language);
  g_free (self);
}
