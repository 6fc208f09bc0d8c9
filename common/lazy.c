/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries that are loaded when they are first called. */
#include "common/lazy.h"

#include <dlfcn.h>

gboolean
wattle_lazy_has (const char *soname)
{
  return dlopen (soname, RTLD_LAZY | RTLD_LOCAL) != NULL; /* and stays for its first call */
}

gpointer
wattle_lazy_find (const char *soname, const char *symbol)
{
  /* Again gives the same library; it is never unloaded. */
  void *library = dlopen (soname, RTLD_LAZY | RTLD_LOCAL);
  void *address = library != NULL ? dlsym (library, symbol) : NULL;

  if (address == NULL)
    g_error ("%s: %s", symbol, dlerror ());
  return address;
}
