/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of support for the person's own calendar (RFC 5545).
 */
#pragma once

#include "privacy/passport.h"

G_BEGIN_DECLS

/*
 * A calendar of one event, the last day of support, with an alarm at nine in
 * the morning where the person is, at each mark that is not past at @now
 * (seconds since 1970).  @id (the device's) makes the event's UID, so that a
 * later date replaces an earlier one when it is imported again.
 * NOT_FOUND where the passport states no date.
 */
char *wattle_support_ics_new (WattlePassport *passport, const char *id, const char *name, gint64 now, GTimeZone *zone,
                              const char *language, GError **error);

/* One content line, escaped as a TEXT value (section 3.3.11) and folded at 75
 * octets between characters (section 3.1), with its line end.  For tests. */
void wattle_ics_add_text (GString *out, const char *name, const char *text);

G_END_DECLS
