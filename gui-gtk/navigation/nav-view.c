/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of the window, one upon the other. */
#include "gui-gtk/navigation/nav-view.h"

#include "gui-gtk/navigation/in-sight.h"

#define MOUSE_BACK 8

struct _WattleNavView {
  AdwBin parent_instance;
  AdwLeaflet *leaflet;
  GPtrArray *pages;     /* of WattleNavPage, the first page first; the leaflet's */
  GPtrArray *leaving;   /* pages that are removed when they are out of sight */
  WattleNavPage *shown; /* the one that was told so last; one of pages or NULL */
  GtkWidget *banner;    /* in the one that is shown; may be NULL */
  guint refocus;        /* idle source, 0 = none */
};

G_DEFINE_FINAL_TYPE (WattleNavView, wattle_nav_view, ADW_TYPE_BIN)

enum { PAGE_SHOWN, N_SIGNALS };
static guint signals[N_SIGNALS];

WattleNavPage *
wattle_nav_view_get_page (WattleNavView *self)
{
  return self->pages->len > 0 ? self->pages->pdata[self->pages->len - 1] : NULL;
}

static void
remove_leaving (WattleNavView *self)
{
  while (self->leaving->len > 0) {
    GtkWidget *page = self->leaving->pdata[self->leaving->len - 1];

    g_ptr_array_set_size (self->leaving, (int)self->leaving->len - 1);
    adw_leaflet_remove (self->leaflet, page);
  }
}

/* Before it goes: once it is out of sight it may be removed at any time. */
static void
tell_hidden (WattleNavView *self)
{
  WattleNavPage *page = self->shown;

  self->shown = NULL;
  if (page == NULL)
    return;
  wattle_nav_page_set_banner (page, NULL);
  wattle_nav_page_tell_shown (page, FALSE);
}

static void
show_top (WattleNavView *self)
{
  WattleNavPage *page = wattle_nav_view_get_page (self);
  gboolean news = self->shown != page;

  if (news)
    tell_hidden (self);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (page));
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->leaflet)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    wattle_set_in_sight (child, child == GTK_WIDGET (page));
  if (news)
    wattle_nav_page_set_banner (page, self->banner);
  wattle_nav_page_take_focus (page);
  self->shown = page;
  if (news)
    wattle_nav_page_tell_shown (page, TRUE); /* it may know of a better place for the focus */
  adw_leaflet_set_can_navigate_back (self->leaflet, self->pages->len > 1 && wattle_nav_page_goes_back_freely (page));
  if (!adw_leaflet_get_child_transition_running (self->leaflet))
    remove_leaving (self);
  if (news)
    g_signal_emit (self, signals[PAGE_SHOWN], 0);
}

void
wattle_nav_view_set_banner (WattleNavView *self, GtkWidget *banner)
{
  g_return_if_fail (self->banner == NULL);
  self->banner = g_object_ref_sink (banner);
  if (self->shown != NULL)
    wattle_nav_page_set_banner (self->shown, banner);
}

void
wattle_nav_view_push (WattleNavView *self, WattleNavPage *page)
{
  g_return_if_fail (WATTLE_IS_NAV_PAGE (page));

  remove_leaving (self);
  wattle_nav_page_set_root (page, self->pages->len == 0);
  adw_leaflet_append (self->leaflet, GTK_WIDGET (page));
  g_ptr_array_add (self->pages, page);
  show_top (self);
}

/* Leaves the first @keep pages. */
static void
shorten (WattleNavView *self, guint keep)
{
  if (keep >= self->pages->len)
    return;
  for (guint i = self->pages->len; i > keep; i--)
    g_ptr_array_add (self->leaving, self->pages->pdata[i - 1]);
  g_ptr_array_set_size (self->pages, (int)keep);
  show_top (self);
}

void
wattle_nav_view_pop (WattleNavView *self, WattleNavPage *page)
{
  guint index;

  if (g_ptr_array_find (self->pages, page, &index) && index > 0)
    shorten (self, index);
}

void
wattle_nav_view_pop_to (WattleNavView *self, WattleNavPage *page)
{
  guint index;

  if (g_ptr_array_find (self->pages, page, &index))
    shorten (self, index + 1);
}

void
wattle_nav_view_pop_to_root (WattleNavView *self)
{
  shorten (self, 1);
}

WattleNavPage *
wattle_nav_view_find (WattleNavView *self, GType type)
{
  for (guint i = self->pages->len; i > 0; i--)
    if (g_type_is_a (G_OBJECT_TYPE (self->pages->pdata[i - 1]), type))
      return self->pages->pdata[i - 1];
  return NULL;
}

WattleNavView *
wattle_nav_view_of (gpointer inside)
{
  return WATTLE_NAV_VIEW (gtk_widget_get_ancestor (GTK_WIDGET (inside), WATTLE_TYPE_NAV_VIEW));
}

static void
go_back (WattleNavView *self)
{
  WattleNavPage *page = wattle_nav_view_get_page (self);

  if (page != NULL)
    wattle_nav_page_ask_back (page);
}

static void
on_back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  go_back (WATTLE_NAV_VIEW (widget));
}

static void
on_mouse_back (GtkGestureClick *gesture, int presses, double x, double y, WattleNavView *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  go_back (self);
}

/* A swipe has shown a page by itself. */
static void
on_visible_child (WattleNavView *self)
{
  GtkWidget *visible = adw_leaflet_get_visible_child (self->leaflet);
  guint index;

  if (visible != NULL && g_ptr_array_find (self->pages, visible, &index) && index + 1 < self->pages->len)
    shorten (self, index + 1);
}

static void
on_transition (WattleNavView *self)
{
  if (!adw_leaflet_get_child_transition_running (self->leaflet))
    remove_leaving (self);
}

static gboolean
on_refocus (gpointer data)
{
  WattleNavView *self = data;

  self->refocus = 0;
  if (self->shown != NULL && gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))) == NULL)
    wattle_nav_page_take_focus (self->shown);
  return G_SOURCE_REMOVE;
}

/* What had the keyboard was hidden, such as a banner whose trouble is over.  Keys
 * would reach nothing, not even the way back. */
static void
on_focus (GtkRoot *root, GParamSpec *pspec, WattleNavView *self)
{
  if (gtk_root_get_focus (root) == NULL && self->refocus == 0)
    self->refocus = g_idle_add (on_refocus, self);
}

static void
wattle_nav_view_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wattle_nav_view_parent_class)->root (widget);
  g_signal_connect (gtk_widget_get_root (widget), "notify::focus-widget", G_CALLBACK (on_focus), widget);
}

static void
wattle_nav_view_unroot (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_root (widget), on_focus, widget);
  g_clear_handle_id (&WATTLE_NAV_VIEW (widget)->refocus, g_source_remove);
  GTK_WIDGET_CLASS (wattle_nav_view_parent_class)->unroot (widget);
}

static void
wattle_nav_view_dispose (GObject *object)
{
  WattleNavView *self = WATTLE_NAV_VIEW (object);

  if (self->leaflet != NULL)
    g_signal_handlers_disconnect_by_data (self->leaflet, self);
  tell_hidden (self);
  g_clear_object (&self->banner);
  self->leaflet = NULL;
  g_clear_pointer (&self->pages, g_ptr_array_unref);
  g_clear_pointer (&self->leaving, g_ptr_array_unref);
  G_OBJECT_CLASS (wattle_nav_view_parent_class)->dispose (object);
}

static void
wattle_nav_view_class_init (WattleNavViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_nav_view_dispose;
  signals[PAGE_SHOWN]
      = g_signal_new ("page-shown", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  widget_class->root = wattle_nav_view_root;
  widget_class->unroot = wattle_nav_view_unroot;
  gtk_widget_class_install_action (widget_class, "navigation.back", NULL, on_back_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "navigation.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "navigation.back", NULL);
}

static void
wattle_nav_view_init (WattleNavView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->pages = g_ptr_array_new ();
  self->leaving = g_ptr_array_new ();
  self->leaflet = ADW_LEAFLET (adw_leaflet_new ());
  adw_leaflet_set_can_unfold (self->leaflet, FALSE);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->leaflet));
  g_signal_connect_object (self->leaflet, "notify::visible-child", G_CALLBACK (on_visible_child), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaflet, "notify::child-transition-running", G_CALLBACK (on_transition), self,
                           G_CONNECT_SWAPPED);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), MOUSE_BACK);
  g_signal_connect_object (click, "pressed", G_CALLBACK (on_mouse_back), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
