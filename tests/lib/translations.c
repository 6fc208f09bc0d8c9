/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into programs under test: they find Wattle's translations in
 * WATTLE_TRANSLATIONS, where these are built, instead of where they would be
 * installed.  The programs themselves know nothing of tests.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>

char *
bindtextdomain (const char *domain, const char *folder)
{
  char *(*real) (const char *, const char *)
      = (char *(*)(const char *, const char *))dlsym (RTLD_NEXT, "bindtextdomain");
  const char *built = getenv ("WATTLE_TRANSLATIONS");

  if (domain != NULL && folder != NULL && built != NULL && strcmp (domain, "wattle") == 0)
    folder = built;
  return real (domain, folder);
}
