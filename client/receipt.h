/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts as Manager.ListReceipts tells of them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Strings are never NULL, and not cleaned. */
typedef struct {
  char *id;
  char *kind;   /* "wipe" or "consent" */
  char *device; /* a name for a person */
  guint64 time; /* seconds since 1970 */
  gboolean complete;
  GVariant *places; /* a{ss} or NULL */
} WattleReceipt;

/* The places that a receipt may speak of, in the order in which a wipe goes;
 * ends with NULL. */
extern const char *const wattle_receipt_places[];

/* "confirmed", "not-needed", "outstanding", "given-up"; NULL where @receipt does not speak of @place. */
const char *wattle_receipt_get_place (const WattleReceipt *receipt, const char *place);

/* Whether a place is over that nobody has confirmed. */
gboolean wattle_receipt_has_given_up (const WattleReceipt *receipt);

/* @list: aa{sv}.  The result is of WattleReceipt, in the same order. */
GPtrArray *wattle_receipts_read (GVariant *list);

G_END_DECLS
