/* SPDX-License-Identifier: Apache-2.0 */
/* Codes and passwords on their way to and from the service: file descriptors
 * of sealed memory, see common/secret-fd.h. */
#pragma once

#include <gio/gunixfdlist.h>

#include "common/secret-fd.h"

G_BEGIN_DECLS

/* A handle of @secret for a call that takes @list. */
GVariant *wattle_secret_to_handle (const char *secret, GUnixFDList **list, GError **error);

/* What a call returned. */
WattleSecret *wattle_secret_from_handle (GVariant *handle, GUnixFDList *list, GError **error);

G_END_DECLS
