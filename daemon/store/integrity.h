/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per device: what it told last about what runs on it, and which images are known:
 * the one it had at first, those that the person accepted, those that Wattle
 * installed.  Goes with the device's row.
 */
#pragma once

#include "daemon/store/database.h"

G_BEGIN_DECLS

#define WATTLE_IMAGE_HEX_SIZE 65 /* bytes of a SHA-256 in hexadecimal and a NUL */

typedef struct {
  gint64 time;                       /* seconds since 1970; 0 = it has never told */
  char image[WATTLE_IMAGE_HEX_SIZE]; /* "" = unknown */
  gboolean confirmed;                /* FALSE: the one before returns at the next start */
  guint32 boot_count;
  guint32 reset_cause; /* as wtl_ResetCause */
  guint32 debug_port;  /* as wtl_DebugPort */
  guint32 flash_erases;
  guint32 flash_cycles; /* 0 = unknown */
  guint32 alerts;       /* WTL_ALERT_* bits */
  gboolean can_install; /* whether it takes new images */
} WattleIntegrityRecord;

typedef enum {
  WATTLE_IMAGE_FIRST,     /* ran when the device first told */
  WATTLE_IMAGE_ACCEPTED,  /* the person knows of it */
  WATTLE_IMAGE_OFFERED,   /* given to the device; has not proven itself */
  WATTLE_IMAGE_INSTALLED, /* was offered, and runs for good */
} WattleImageOrigin;

/* Zeros where it has never told. */
gboolean wattle_integrity_store_load (WattleDatabase *database, const char *device, WattleIntegrityRecord *out,
                                      GError **error);
gboolean wattle_integrity_store_put (WattleDatabase *database, const char *device, const WattleIntegrityRecord *record,
                                     GError **error);

/* The last image known, of those that count (@offered FALSE), or of those that are
 * offered.  NULL without error where there is none.  Free with g_free(). */
char *wattle_integrity_store_get_image (WattleDatabase *database, const char *device, gboolean offered, GError **error);

/* Adds @image, or gives an offered one its new @origin.  What else was offered is
 * offered no longer. */
gboolean wattle_integrity_store_add_image (WattleDatabase *database, const char *device, const char *image,
                                           WattleImageOrigin origin, gint64 time, GError **error);
/* Nothing is offered any more. */
gboolean wattle_integrity_store_drop_offered (WattleDatabase *database, const char *device, GError **error);

G_END_DECLS
