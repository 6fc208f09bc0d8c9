/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our sentences in a language that need not be the process's.
 *
 * gettext answers in the language of the process.  A notice is asked for in any
 * language, by D-Bus, in a process that serves several; so this reads the very
 * same .mo files itself.  Sentences have named places, "{date}", which a translation
 * may use in any order and cannot get wrong in a way that does harm.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WattleCatalog WattleCatalog;

/* The catalogue of @domain for exactly @language ("de", "pt-BR"); NULL if there is
 * none.  Searched where bindtextdomain() has bound @domain. */
WattleCatalog *wattle_catalog_open (const char *domain, const char *language);
void wattle_catalog_free (WattleCatalog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleCatalog, wattle_catalog_free)

/* @message translated, or @message itself.  @self may be NULL. */
const char *wattle_catalog_lookup (WattleCatalog *self, const char *message);

/* The same with each "{name}" replaced: pairs of name and value, then NULL. */
char *wattle_catalog_format (WattleCatalog *self, const char *message, ...) G_GNUC_NULL_TERMINATED;

/* A language as BCP 47 from BCP 47 or POSIX style: "de_AT.UTF-8" is "de-AT".
 * NULL, "", "C" and "POSIX" are "en". */
char *wattle_language_normalize (const char *language);

/* Removes the last subtag: "de-AT" becomes "de"; FALSE where there is but one. */
gboolean wattle_language_widen (char *language);

G_END_DECLS
