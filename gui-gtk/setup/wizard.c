/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the pages that set up a device. */
#include "gui-gtk/setup/wizard.h"

#include "gui-gtk/navigation/nav-view.h"
#include "gui-gtk/setup/open-page.h"
#include "gui-gtk/setup/data-page.h"
#include "gui-gtk/setup/finish-page.h"
#include "gui-gtk/setup/password-page.h"

typedef GType (*Step) (void);

static const Step by_code[] = {
  wattle_open_page_get_type,
  wattle_password_page_get_type,
  wattle_data_page_get_type,
  wattle_finish_page_get_type,
};

/* One of the household has its password. */
static const Step by_password[] = {
  wattle_open_page_get_type,
  wattle_data_page_get_type,
  wattle_finish_page_get_type,
};

static const Step *
steps_of (WattleSetup *setup, guint *n)
{
  gboolean joining = wattle_setup_is_joining (setup);

  *n = joining ? G_N_ELEMENTS (by_password) : G_N_ELEMENTS (by_code);
  return joining ? by_password : by_code;
}

void
wattle_wizard_start (gpointer inside, WattleService *service, WattleBusObject *candidate)
{
  WattleNavView *view = wattle_nav_view_of (inside);
  g_autoptr (WattleSetup) setup = NULL;
  guint n;

  if (wattle_nav_view_find (view, WATTLE_TYPE_SETUP_PAGE) != NULL) /* a second click on the way there */
    return;
  setup = wattle_setup_new (service, candidate);
  wattle_nav_view_push (view, WATTLE_NAV_PAGE (wattle_setup_page_new (steps_of (setup, &n)[0](), setup)));
}

void
wattle_wizard_go_on (WattleSetupPage *page)
{
  WattleNavView *view = wattle_nav_view_of (page);
  WattleSetup *setup = wattle_setup_page_get_setup (page);
  guint n;
  const Step *steps = steps_of (setup, &n);

  if (view == NULL || wattle_nav_view_get_page (view) != WATTLE_NAV_PAGE (page))
    return; /* a second click, too */
  for (guint i = 0; i + 1 < n; i++)
    if (steps[i]() == G_OBJECT_TYPE (page))
      wattle_nav_view_push (view, WATTLE_NAV_PAGE (wattle_setup_page_new (steps[i + 1](), setup)));
}

void
wattle_wizard_go_back_to (WattleSetupPage *page, GType type)
{
  WattleNavView *view = wattle_nav_view_of (page);
  WattleNavPage *there = view != NULL ? wattle_nav_view_find (view, type) : NULL;

  if (there != NULL)
    wattle_nav_view_pop_to (view, there);
}

void
wattle_wizard_leave (WattleSetupPage *page)
{
  WattleNavView *view = wattle_nav_view_of (page);
  guint n;
  WattleNavPage *first
      = view != NULL ? wattle_nav_view_find (view, steps_of (wattle_setup_page_get_setup (page), &n)[0]()) : NULL;

  if (first != NULL)
    wattle_nav_view_pop (view, first);
}
