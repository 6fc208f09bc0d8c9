/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.html of an export: what there is, in plain words, for any browser,
 * without a network and without scripts.
 */
#pragma once

#include "daemon/device/export-files.h"

G_BEGIN_DECLS

/* What the page says besides the files.  Plain copies, for use in a thread. */
typedef struct {
  char *name, *product, *maker, *contact, *unit_id;
  char *language; /* POSIX style, such as "de_AT" */
  gint64 time;    /* of the export, seconds since 1970 */
  gint64 set_up_at;
  char *support;        /* a sentence */
  GPtrArray *facts;     /* of char *: pairs of what and how much */
  GPtrArray *decisions; /* of char *: title and what the person said */
  GPtrArray *log;       /* of char *: time and sentence, newest first */
  GStrv left_out;       /* sentences */
} WattleExportAbout;

WattleExportAbout *wattle_export_about_new (WattleDevice *device, gint64 time);
void wattle_export_about_free (WattleExportAbout *about);

/* Adds index.html, which links to every one of @files. */
void wattle_export_page_add (GPtrArray *files, const WattleExportAbout *about);

G_END_DECLS
