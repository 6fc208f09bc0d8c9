/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page of the window: a header bar with a way back, and a content.
 *
 * A page is a subclass with a template.  In its .ui file a child without a
 * type is the content; type="start" and type="end" go into the header bar,
 * type="bottom" below the content, where it stays when that scrolls.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_NAV_PAGE (wattle_nav_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattleNavPage, wattle_nav_page, WATTLE, NAV_PAGE, AdwBin)

struct _WattleNavPageClass {
  AdwBinClass parent_class;

  /* The page has come into sight, for the first time or again. */
  void (*shown) (WattleNavPage *self);
  /* The page goes out of sight, for good or not. */
  void (*hidden) (WattleNavPage *self);
  /* The person wants to go back.  The default goes; a page that has something
   * to ask or to end first does that, and then calls wattle_nav_page_leave(). */
  void (*back) (WattleNavPage *self);
};

/* Property "title": in the header bar, and for a screen reader. */
const char *wattle_nav_page_get_title (WattleNavPage *self);
void wattle_nav_page_set_title (WattleNavPage *self, const char *title);

/* A small line below the title; NULL for none. */
void wattle_nav_page_set_subtitle (WattleNavPage *self, const char *subtitle);

/* Property "can-go-back", TRUE by default: whether there is a way back at all. */
gboolean wattle_nav_page_get_can_go_back (WattleNavPage *self);
void wattle_nav_page_set_can_go_back (WattleNavPage *self, gboolean can_go_back);

/* Whether going back happens at once, so that a swipe may do it. */
gboolean wattle_nav_page_goes_back_freely (WattleNavPage *self);

/* Goes back to the page below without asking. */
void wattle_nav_page_leave (WattleNavPage *self);

/* What the page shows has come: the keyboard goes there, unless the person has
 * put it elsewhere in the meantime. */
void wattle_nav_page_content_came (WattleNavPage *self);

/* The height in pixels of what stays below the content, in a page of that @width. */
int wattle_nav_page_get_bottom_height (WattleNavPage *self, int width);

/* For WattleNavView only. */
void wattle_nav_page_set_root (WattleNavPage *self, gboolean root);
void wattle_nav_page_set_banner (WattleNavPage *self, GtkWidget *banner);
/* Gives the focus to what had it before, or else to what is first on the page,
 * rather than to its header. */
void wattle_nav_page_take_focus (WattleNavPage *self);
void wattle_nav_page_tell_shown (WattleNavPage *self, gboolean shown);
void wattle_nav_page_ask_back (WattleNavPage *self);

G_END_DECLS
