/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the service's dictionaries. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The text at @key of @dict (a{sv}); "" where there is none. */
char *wattle_dict_string (GVariant *dict, const char *key);

G_END_DECLS
