/* SPDX-License-Identifier: Apache-2.0 */
/* How long security updates come: a line from the first day to the last, with
 * today on it.  What is still to come is drawn strong. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_SUPPORT_TIMELINE (wattle_support_timeline_get_type ())
G_DECLARE_FINAL_TYPE (WattleSupportTimeline, wattle_support_timeline, WATTLE, SUPPORT_TIMELINE, GtkWidget)

GtkWidget *wattle_support_timeline_new (void);

/* @start and @end: ISO 8601 dates; "" or NULL = not known.  Where no start is
 * known the line begins today. */
void wattle_support_timeline_set_dates (WattleSupportTimeline *self, const char *start, const char *end);

G_END_DECLS
