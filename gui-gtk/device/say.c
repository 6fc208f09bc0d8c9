/* SPDX-License-Identifier: Apache-2.0 */
/* What a device's properties tell, as sentences. */
#include "gui-gtk/device/say.h"

#include <glib/gi18n.h>
#include <string.h>

#include "client/text.h"
#include "client/words.h"

static const struct {
  const char *state, *icon;
} icons[] = {
  { "connected", "network-wireless-signal-excellent-symbolic" },
  { "connecting", "network-wireless-acquiring-symbolic" },
  { "away", "network-wireless-offline-symbolic" },
  { "wiping", "user-trash-symbolic" },
  { "problem", "dialog-warning-symbolic" },
};

char *
wattle_say_name (WattleBusDevice *device)
{
  return wattle_text_clean (wattle_bus_device_get_name (device));
}

char *
wattle_say_state (WattleBusDevice *device)
{
  return wattle_words_capital (wattle_words (WATTLE_WORDS_DEVICE_STATE, wattle_bus_device_get_state (device)));
}

const char *
wattle_say_state_icon (WattleBusDevice *device)
{
  for (gsize i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_strcmp0 (wattle_bus_device_get_state (device), icons[i].state) == 0)
      return icons[i].icon;
  return "dialog-question-symbolic";
}

char *
wattle_say_language (void)
{
  char *language = g_strdup (g_get_language_names ()[0]);

  language[strcspn (language, ".@")] = '\0'; /* "de_AT.UTF-8" is "de_AT" */
  if (g_str_equal (language, "C") || g_str_equal (language, "POSIX"))
    *language = '\0';
  return language;
}

char *
wattle_say_job (WattleBusJob *job)
{
  GVariant *error = wattle_bus_job_get_error (job), *steps = wattle_bus_job_get_steps (job);
  const char *sentence = "", *state;
  GVariantIter iter;

  if (error != NULL)
    g_variant_get_child (error, 1, "&s", &sentence);
  if (*sentence != '\0' || steps == NULL)
    return wattle_text_clean (sentence);
  g_variant_iter_init (&iter, steps);
  while (g_variant_iter_next (&iter, "(&s&s&s)", NULL, &sentence, &state))
    if (g_str_equal (state, "running") || g_str_equal (state, "waiting"))
      return wattle_text_clean (sentence);
  return g_strdup ("");
}
