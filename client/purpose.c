/* SPDX-License-Identifier: Apache-2.0 */
/* What data is used for, as Passport.Purposes and Consent.Purposes tell it. */
#include "client/purpose.h"

#include "client/dict.h"

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
  g_free (purpose->if_refused);
  g_free (purpose->state);
  g_free (purpose->device);
  g_free (purpose->cloud);
  g_free (purpose);
}

static WattlePurpose *
read_purpose (GVariant *dict)
{
  WattlePurpose *purpose = g_new0 (WattlePurpose, 1);

  purpose->id = wattle_dict_string (dict, "id");
  purpose->title = wattle_dict_string (dict, "title");
  purpose->sentence = wattle_dict_string (dict, "sentence");
  purpose->where = wattle_dict_string (dict, "where");
  purpose->retention = wattle_dict_string (dict, "retention");
  purpose->if_refused = wattle_dict_string (dict, "if-refused");
  purpose->state = wattle_dict_string (dict, "state");
  purpose->device = wattle_dict_string (dict, "device");
  purpose->cloud = wattle_dict_string (dict, "cloud");
  g_variant_lookup (dict, "consent", "b", &purpose->consent);
  g_variant_lookup (dict, "consent-days", "u", &purpose->consent_days);
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
