/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passport files: wattle/passports/NAME.json in the user's data directory and
 * then in the system's (XDG Base Directory Specification).
 */
#pragma once

#include <glib.h>

#include "common/error.h"

G_BEGIN_DECLS

#define WATTLE_PASSPORT_FILE_MAX (256 * 1024) /* bytes; larger files are passed over */

/* The exact bytes of the passport with this SHA-256 (32 bytes).  NULL with
 * WATTLE_ERROR_PASSPORT where none is installed. */
GBytes *wattle_passports_find (const guint8 sha256[32], GError **error);

/* The bytes of every passport file, the user's first; (element-type GBytes).
 * Not checked: give each to WattlePassport. */
GPtrArray *wattle_passports_list (void);

/* Another text whenever a passport file may have come, gone or changed. */
char *wattle_passports_stamp (void);

G_END_DECLS
