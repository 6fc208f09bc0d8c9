/* SPDX-License-Identifier: Apache-2.0 */
/* What data is used for, as Passport.Purposes and Consent.Purposes tell it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Strings are never NULL. */
typedef struct {
  char *id;
  char *title;
  char *sentence;
  gboolean consent;   /* whether it needs a yes */
  guint consent_days; /* a yes ends by itself after so many; 0 = it does not */
  char *where;
  char **recipients;
  char *retention;
  char *if_refused; /* "" where the manufacturer says nothing */

  /* Of Consent.Purposes only. */
  char *state;
  guint64 since;
  guint64 until; /* when a yes ends by itself; 0 = it does not */
  char *device;  /* whether the device has confirmed */
  guint64 device_since;
  char *cloud;
  guint64 cloud_since;
  guint64 outstanding_since;
} WattlePurpose;

/* @purposes: aa{sv} or NULL.  The result is of WattlePurpose. */
GPtrArray *wattle_purposes_read (GVariant *purposes);

G_END_DECLS
