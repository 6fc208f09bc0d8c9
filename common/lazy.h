/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries that are loaded when they are first called.
 *
 * An idle daemon with its devices away needs neither HTTP nor the keyring nor
 * TLS, and few windows ever look through a camera, but linked in the ordinary
 * way these libraries and what they need in their turn are paid for by every
 * session.  So a program defines the few functions it calls itself, each of
 * which finds the real one on its first call.  Code that calls them does not
 * know, and everything else (unit tests) links the libraries themselves.
 *
 * A function that is missing there is no error: the linker then takes the library
 * in.  tests/integration/start.py notices.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether @soname is installed, for a library that a program can do without. */
gboolean wattle_lazy_has (const char *soname);

/* The address of @symbol in @soname, which is loaded where it is not yet.
 * Ends the program where there is none: then the installation is broken. */
gpointer wattle_lazy_find (const char *soname, const char *symbol);

/* Defines @name of @type with @parameters; @arguments hands them on. */
#define WATTLE_LAZY(soname, type, name, parameters, arguments)                                                         \
  type name parameters                                                                                                 \
  {                                                                                                                    \
    static __typeof__ (&name) real;                                                                                    \
                                                                                                                       \
    if (g_once_init_enter (&real)) {                                                                                   \
      __typeof__ (&name) found = (__typeof__ (&name))wattle_lazy_find (soname, #name);                                 \
                                                                                                                       \
      g_once_init_leave (&real, found);                                                                                \
    }                                                                                                                  \
    return real arguments;                                                                                             \
  }

G_END_DECLS
