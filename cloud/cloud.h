/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every handler works on: the service, a request, and the reply.
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "cloud/crypt.h"
#include "cloud/db.h"
#include "cloud/keys.h"
#include "cloud/limit.h"
#include "cloud/receipt.h"
#include "cloud/units.h"

G_BEGIN_DECLS

#define WATTLE_BODY_MAX (64 * 1024) /* bytes of a request's body */

/* The service.  Handlers and housekeeping hold @lock. */
typedef struct {
  GMutex lock;
  WattleDb *db; /* data.db, see cloud/store.h */
  WattleKeys *keys;
  WattleUnits *units;
  WattleReceiptKey *receipt_key;
  WattleLimits *limits;
  WattleKey unit_key;  /* digests of unit ids are made with it */
  WattleKey nonce_key; /* and claim nonces with that */
  char *origin;        /* "https://host[:port]" */
  char *contact;       /* of security.txt, a URI */
  guint retain_days;   /* how long a reading is kept where @retain says nothing */
  GHashTable *retain;  /* purpose id -> days */
} WattleCloud;

/* Who asks.  @ref names the account in the databases; @secret is the digest of
 * the secret as given; @grave, made of both, finds and opens tombstones. */
typedef struct {
  char id[33];
  WattleRef ref;
  WattleRef secret;
  WattleKey grave;
  gboolean known; /* the account exists and the secret is right */
} WattleAccount;

typedef struct {
  const char *name;
  const char *value;
} WattleArgument;

#define WATTLE_ARGUMENTS_MAX 8

/* A request, whole.  Strings are the server's. */
typedef struct {
  const char *method;
  const char *path;
  const char *authorization; /* NULL = none */
  const char *content_type;  /* NULL = none */
  WattleArgument arguments[WATTLE_ARGUMENTS_MAX];
  guint n_arguments;
  gboolean bad_query; /* too many arguments, or one twice */
  guint8 address[16]; /* IPv6, or IPv4 mapped into it */
  GBytes *body;       /* at most WATTLE_BODY_MAX; NULL = none */

  /* Filled on the way to the handler. */
  const char *unit; /* where the path has one, checked */
  JsonObject *json; /* the body, where there is one */
  WattleAccount account;
} WattleRequest;

/* Makes the next piece of a long reply: appends to @out, nothing at the end.
 * FALSE breaks the connection off, so that nobody takes it for the whole. */
typedef gboolean (*WattleReplyMore) (gpointer data, GString *out);

/* The reply; all zero at first. */
typedef struct {
  guint status;
  const char *type; /* static; NULL = application/json */
  GBytes *body;     /* or: */
  WattleReplyMore more;
  gpointer data;
  GDestroyNotify free_data;
  guint retry_after; /* seconds; 0 = no such header */
  gboolean close;    /* the connection, afterwards */
  char *allow;       /* NULL = no such header */
} WattleReply;

void wattle_reply_clear (WattleReply *reply);

/* A JSON reply; takes @object. */
void wattle_reply_json (WattleReply *reply, guint status, JsonObject *object);

/* Handlers fill @reply or set @error and return FALSE. */
typedef gboolean (*WattleHandler) (WattleCloud *cloud, WattleRequest *request, WattleReply *reply, GError **error);

/* From the request to the reply: route, limits, account, body, handler. */
void wattle_cloud_serve (WattleCloud *cloud, WattleRequest *request, WattleReply *reply);

/* Removes what has had its time, and finishes deletions that were cut off. */
void wattle_cloud_tidy (WattleCloud *cloud);

/* --- what handlers read of a request; errors are WATTLE_PROBLEM_MALFORMED --- */

/* The query argument @name, NULL where there is none. */
const char *wattle_request_argument (const WattleRequest *request, const char *name);
/* The argument "request": 32 hexadecimal digits. */
const char *wattle_request_id (const WattleRequest *request, GError **error);

/* Members of a JSON object, checked. */
const char *wattle_member_string (JsonObject *object, const char *name, GError **error);
GBytes *wattle_member_bytes (JsonObject *object, const char *name, gsize min, gsize max,
                             GError **error); /* base64url */
gboolean wattle_member_integer (JsonObject *object, const char *name, gint64 min, gint64 max, gint64 *out,
                                GError **error);
JsonArray *wattle_member_array (JsonObject *object, const char *name, guint min, guint max, GError **error);
/* An object has @n members, all asked for: none is unknown. */
gboolean wattle_members_only (JsonObject *object, guint n, GError **error);

/* Whether @text is a purpose id: [a-z0-9][a-z0-9-]{0,63}; NULL is not. */
gboolean wattle_is_purpose (const char *text);
/* Whether @text is a unit id: [A-Z0-9-]{1,32}; NULL is not. */
gboolean wattle_is_unit (const char *text);

gint64 wattle_today (void); /* days since 1970 */

G_END_DECLS
