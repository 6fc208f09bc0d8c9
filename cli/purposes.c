/* SPDX-License-Identifier: Apache-2.0 */
/* What data is used for. */
#include "cli/purposes.h"

#include <glib/gi18n.h>

#include "cli/client.h"
#include "client/words.h"

const WattlePurpose *
wattle_purposes_match (GPtrArray *purposes, const char *text, GError **error)
{
  g_autofree WattleNames *names = g_new0 (WattleNames, purposes->len + 1);
  g_autoptr (GError) local = NULL;
  int index;

  for (guint i = 0; i < purposes->len; i++) {
    const WattlePurpose *purpose = purposes->pdata[i];

    names[i] = (WattleNames){ purpose->id, purpose->title, purpose->id };
  }
  index = wattle_client_match (text, names, purposes->len, &local);
  if (index >= 0)
    return purposes->pdata[index];
  g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_NOT_FOUND,
               _ ("%s “wattle consent list” shows what this device uses data for."), local->message);
  return NULL;
}

void
wattle_purpose_print (const WattlePurpose *purpose)
{
  g_autofree char *recipients = g_strjoinv (", ", purpose->recipients);

  wattle_print_heading (purpose->title);
  wattle_print_paragraph (2, purpose->sentence);
  if (*purpose->where != '\0')
    wattle_print_paragraphf (2, _ ("Where: %s"), wattle_words (WATTLE_WORDS_WHERE, purpose->where));
  if (*recipients != '\0')
    wattle_print_paragraphf (2, _ ("Who gets it: %s"), recipients);
  if (*purpose->retention != '\0')
    wattle_print_paragraphf (2, _ ("How long: %s"), purpose->retention);
  if (purpose->consent_days != 0)
    wattle_print_paragraphf (
        2,
        ngettext ("A yes ends by itself after %u day.", "A yes ends by itself after %u days.", purpose->consent_days),
        purpose->consent_days);
}

void
wattle_purpose_add_json (JsonBuilder *json, const WattlePurpose *purpose)
{
  json_builder_begin_object (json);
  wattle_json_string (json, "id", purpose->id);
  wattle_json_string (json, "title", purpose->title);
  wattle_json_string (json, "sentence", purpose->sentence);
  wattle_json_boolean (json, "consent", purpose->consent);
  wattle_json_int (json, "consent_days", purpose->consent_days);
  wattle_json_string (json, "where", purpose->where);
  wattle_json_strv (json, "recipients", (const char *const *)purpose->recipients);
  wattle_json_string (json, "retention", purpose->retention);
  if (*purpose->state != '\0') {
    wattle_json_string (json, "state", purpose->state);
    wattle_json_time (json, "since", purpose->since);
    wattle_json_time (json, "until", purpose->until);
    wattle_json_string (json, "device", purpose->device);
    wattle_json_time (json, "device_since", purpose->device_since);
    wattle_json_string (json, "cloud", purpose->cloud);
    wattle_json_time (json, "cloud_since", purpose->cloud_since);
    wattle_json_time (json, "outstanding_since", purpose->outstanding_since);
  }
  json_builder_end_object (json);
}
