/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages to print: text from top to bottom, new pages as they are needed, and a
 * QR picture, as PDF.  Fonts and line breaks are Pango's, so every language is
 * set as it is written, right to left, too.
 *
 * For programs that a person starts (the command line, the app), never for the
 * service, which has no use for fonts.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  WATTLE_PAGE_A4,   /* 210 by 297 mm */
  WATTLE_PAGE_CARD, /* A6 lying, 148 by 105 mm: to put with a device */
} WattlePageSize;

typedef struct _WattlePage WattlePage;

/* @title: the document's, shown by readers of PDF; plain text like all that
 * follows.  @footer: a small line at the foot of every page, or NULL. */
WattlePage *wattle_page_new (WattlePageSize size, const char *title, const char *footer);
void wattle_page_free (WattlePage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattlePage, wattle_page_free)

/* Letters and the room between them from here on; 1 is as designed. */
void wattle_page_set_scale (WattlePage *self, double scale);
/* Which page the next line goes on, from 1: how many there are so far. */
guint wattle_page_get_number (WattlePage *self);

/* Each goes below what is there. */
void wattle_page_title (WattlePage *self, const char *text);
void wattle_page_heading (WattlePage *self, const char *text);
void wattle_page_paragraph (WattlePage *self, const char *text);
/* After a dot. */
void wattle_page_item (WattlePage *self, const char *text);
/* A bold word, then what there is to say of it. */
void wattle_page_row (WattlePage *self, const char *label, const char *text);
/* For what is compared or typed: a serial number, a fingerprint. */
void wattle_page_small (WattlePage *self, const char *text);
/* Large and letter by letter: a code to type. */
void wattle_page_code (WattlePage *self, const char *text);
/* An empty line. */
void wattle_page_gap (WattlePage *self);
/* A line across the page, to sign on or to part. */
void wattle_page_rule (WattlePage *self);

/* The QR picture of @text (ASCII), @millimetres wide, at the end of the line
 * (the left where a language is read from the right is Pango's business, not
 * this picture's: it is always on the right); what follows goes beside it.
 * FALSE where the text is too long for one. */
gboolean wattle_page_qr (WattlePage *self, const char *text, double millimetres);

/* The PDF; nothing may be added after that.  The bytes are wiped when they are
 * freed, as a page may hold a code.  NULL with G_IO_ERROR_FAILED where Cairo
 * could not draw. */
GBytes *wattle_page_finish (WattlePage *self, GError **error);

G_END_DECLS
