/* SPDX-License-Identifier: Apache-2.0 */
/* The first page. */
#include "gui-gtk/home/home-page.h"

#include <glib/gi18n.h>

#include "gui-gtk/home/devices-view.h"
#include "gui-gtk/navigation/in-sight.h"
#include "gui-gtk/setup/welcome.h"
#include "gui-gtk/trouble/trouble-view.h"

#define SLOW_MS 500 /* before somebody has to see that the service takes its time */
#define SPINNER 32  /* pixels */

struct _WattleHomePage {
  WattleNavPage parent_instance;
  GtkStack *stack;
  GtkWidget *search;
  WattleDevicesView *devices; /* NULL = not needed yet */
  WattleService *service;
  guint slow_id; /* 0 = it has taken too long already */
};

G_DEFINE_FINAL_TYPE (WattleHomePage, wattle_home_page, WATTLE_TYPE_NAV_PAGE)

static GtkWidget *
new_connecting (WattleService *service)
{
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_widget_set_size_request (spinner, SPINNER, SPINNER);
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spinner), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Please wait"), -1);
  return spinner;
}

/* Most people never see most of them: each is made when it is needed first. */
static const struct {
  const char *name;
  GtkWidget *(*new_view) (WattleService *service);
} views[] = {
  { "connecting", new_connecting },
  { "trouble", wattle_trouble_view_new },
  { "welcome", wattle_welcome_new },
  { "devices", wattle_devices_view_new },
};

static const char *
choose (WattleHomePage *self)
{
  switch (wattle_service_get_state (self->service)) {
    case WATTLE_SERVICE_CONNECTING:
      return self->slow_id != 0 ? "empty" : "connecting";
    case WATTLE_SERVICE_GONE:
    case WATTLE_SERVICE_OLD:
      return "trouble";
    case WATTLE_SERVICE_READY:
    default:
      return g_list_model_get_n_items (wattle_service_get_devices (self->service)) > 0 ? "devices" : "welcome";
  }
}

static void
make_view (WattleHomePage *self, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    if (g_str_equal (views[i].name, name) && gtk_stack_get_child_by_name (self->stack, name) == NULL)
      gtk_stack_add_named (self->stack, views[i].new_view (self->service), name);
}

static void
use_search (WattleHomePage *self)
{
  GtkSearchBar *search;

  if (self->devices != NULL)
    return;
  self->devices = WATTLE_DEVICES_VIEW (gtk_stack_get_child_by_name (self->stack, "devices"));
  search = wattle_devices_view_get_search (self->devices);
  g_object_bind_property (search, "search-mode-enabled", self->search, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

static void
update (WattleHomePage *self)
{
  const char *name = choose (self);
  gboolean devices = g_str_equal (name, "devices");
  gboolean many;

  make_view (self, name);
  if (devices)
    use_search (self);
  many = devices && wattle_devices_view_can_search (self->devices);
  gtk_widget_set_visible (self->search, many);
  if (self->devices != NULL)
    gtk_search_bar_set_key_capture_widget (wattle_devices_view_get_search (self->devices),
                                           many ? GTK_WIDGET (self) : NULL);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), name) == 0)
    return;
  gtk_stack_set_visible_child_name (self->stack, name);
  wattle_nav_page_content_came (WATTLE_NAV_PAGE (self));
}

static gboolean
on_slow (gpointer user_data)
{
  WattleHomePage *self = user_data;

  self->slow_id = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
wattle_home_page_dispose (GObject *object)
{
  WattleHomePage *self = WATTLE_HOME_PAGE (object);

  g_clear_handle_id (&self->slow_id, g_source_remove);
  self->devices = NULL;
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_home_page_parent_class)->dispose (object);
}

static void
wattle_home_page_class_init (WattleHomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_home_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/home/home-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleHomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleHomePage, search);
}

static void
wattle_home_page_init (WattleHomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_follow_stack (self->stack);
}

WattleNavPage *
wattle_home_page_new (WattleService *service)
{
  WattleHomePage *self = g_object_new (WATTLE_TYPE_HOME_PAGE, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_object (service, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wattle_service_get_devices (service), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  self->slow_id = g_timeout_add (SLOW_MS, on_slow, self);
  update (self);
  return WATTLE_NAV_PAGE (self);
}
