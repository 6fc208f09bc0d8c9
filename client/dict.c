/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the service's dictionaries. */
#include "client/dict.h"

char *
wattle_dict_string (GVariant *dict, const char *key)
{
  char *text = NULL;

  g_variant_lookup (dict, key, "s", &text);
  return text != NULL ? text : g_strdup ("");
}
