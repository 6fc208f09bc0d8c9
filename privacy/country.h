/* SPDX-License-Identifier: Apache-2.0 */
/* Names of countries. */
#pragma once

#include "privacy/catalog.h"

G_BEGIN_DECLS

/* The name of the country with the ISO 3166-1 code @code ("AU"), in the language
 * of @names (the catalogue of WATTLE_COUNTRY_DOMAIN; NULL: English).  NULL if there is
 * no such country. */
char *wattle_country_name (const char *code, WattleCatalog *names);
#define WATTLE_COUNTRY_DOMAIN "iso_3166-1"

G_END_DECLS
