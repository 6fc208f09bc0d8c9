/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Consent that a device or a cloud has to be told of, and their signed
 * answers.  A delivery carries all decisions at once, so that a newer one
 * supersedes the older: when version 7 is confirmed, 1 to 6 are.
 */
#pragma once

#include "daemon/store/database.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_PLACE_DEVICE,
  WATTLE_PLACE_CLOUD,
} WattlePlace;

typedef struct {
  char *device;
  WattlePlace place;
  guint32 version;
  guint32 allowed;     /* bit n-1 = the device's purpose n */
  char **allowed_ids;  /* the passport's purpose ids allowed, NULL-terminated */
  char *record_sha256; /* of the ledger record, 64 hex digits */
  gint64 since;        /* when the person decided; seconds since 1970 */
  gint64 confirmed_at; /* 0 = outstanding */
  GBytes *statement;   /* the answer: device statement bytes, or the cloud's JWS; NULL = outstanding */
  GBytes *signature;   /* 64 bytes, of a device statement; else NULL */
  guint64 records_deleted;
} WattleDelivery;

void wattle_delivery_free (WattleDelivery *delivery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleDelivery, wattle_delivery_free)

/* Adds an outstanding delivery; @delivery's answer fields are not looked at. */
gboolean wattle_deliveries_add (WattleDatabase *database, const WattleDelivery *delivery, GError **error);

/* The newest delivery to @place that has no answer, or NULL (without error)
 * where @place knows all. */
WattleDelivery *wattle_deliveries_outstanding (WattleDatabase *database, const char *device, WattlePlace place,
                                               GError **error);

/* The oldest time since which @place owes an answer to @version or an older
 * one; 0 = none outstanding. */
gboolean wattle_deliveries_outstanding_since (WattleDatabase *database, const char *device, WattlePlace place,
                                              gint64 *since, GError **error);

/* The highest version @place has confirmed; 0 = none. */
gboolean wattle_deliveries_confirmed_version (WattleDatabase *database, const char *device, WattlePlace place,
                                              guint32 *version, GError **error);

/* Keeps the answer to @version, verified by the caller. */
gboolean wattle_deliveries_confirm (WattleDatabase *database, const char *device, WattlePlace place, guint32 version,
                                    gint64 time, GBytes *statement, GBytes *signature, guint64 records_deleted,
                                    GError **error);

/* All deliveries of a device, oldest first; (element-type WattleDelivery). */
GPtrArray *wattle_deliveries_list (WattleDatabase *database, const char *device, GError **error);

G_END_DECLS
