/* SPDX-License-Identifier: Apache-2.0 */
/* What data is used for. */
#include "cli/purposes.h"

#include <glib/gi18n.h>

#include "cli/client.h"
#include "cli/words.h"

static void
purpose_free (gpointer data)
{
  WattlePurpose *purpose = data;

  g_free (purpose->id);
  g_free (purpose->title);
  g_free (purpose->sentence);
  g_free (purpose->where);
  g_strfreev (purpose->recipients);
  g_free (purpose->retention);
  g_free (purpose->state);
  g_free (purpose->device);
  g_free (purpose->cloud);
  g_free (purpose);
}

static WattlePurpose *
read_purpose (GVariant *dict)
{
  WattlePurpose *purpose = g_new0 (WattlePurpose, 1);

  purpose->id = wattle_client_lookup (dict, "id");
  purpose->title = wattle_client_lookup (dict, "title");
  purpose->sentence = wattle_client_lookup (dict, "sentence");
  purpose->where = wattle_client_lookup (dict, "where");
  purpose->retention = wattle_client_lookup (dict, "retention");
  purpose->state = wattle_client_lookup (dict, "state");
  purpose->device = wattle_client_lookup (dict, "device");
  purpose->cloud = wattle_client_lookup (dict, "cloud");
  g_variant_lookup (dict, "consent", "b", &purpose->consent);
  g_variant_lookup (dict, "since", "t", &purpose->since);
  g_variant_lookup (dict, "until", "t", &purpose->until);
  g_variant_lookup (dict, "device-since", "t", &purpose->device_since);
  g_variant_lookup (dict, "cloud-since", "t", &purpose->cloud_since);
  g_variant_lookup (dict, "outstanding-since", "t", &purpose->outstanding_since);
  if (!g_variant_lookup (dict, "recipients", "^as", &purpose->recipients))
    purpose->recipients = g_new0 (char *, 1);
  return purpose;
}

GPtrArray *
wattle_purposes_read (GVariant *purposes)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (purpose_free);

  for (gsize i = 0; purposes != NULL && i < g_variant_n_children (purposes); i++) {
    g_autoptr (GVariant) dict = g_variant_get_child_value (purposes, i);

    g_ptr_array_add (all, read_purpose (dict));
  }
  return all;
}

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
}

void
wattle_purpose_add_json (JsonBuilder *json, const WattlePurpose *purpose)
{
  json_builder_begin_object (json);
  wattle_json_string (json, "id", purpose->id);
  wattle_json_string (json, "title", purpose->title);
  wattle_json_string (json, "sentence", purpose->sentence);
  wattle_json_boolean (json, "consent", purpose->consent);
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
