/* SPDX-License-Identifier: Apache-2.0 */
/* The window. */
#include "gui-gtk/window.h"

#include <glib/gi18n.h>

#include "gui-gtk/device/device-page.h"
#include "gui-gtk/home/home-page.h"
#include "gui-gtk/setup/add-page.h"
#include "gui-gtk/setup/keeper.h"
#include "gui-gtk/setup/setup-page.h"
#include "gui-gtk/receipts/receipts-page.h"
#include "gui-gtk/trouble/trouble-banner.h"

#define TOAST_SECONDS 6
#define TOAST_REST 110 /* pixels of a window beside the words of a toast */
#define TOAST_BUTTON 80
#define TOAST_WIDEST 420
#define TOAST_ROOM "wattle-room" /* pixels, of a toast's title */

struct _WattleWindow {
  AdwApplicationWindow parent_instance;
  AdwToastOverlay *toasts;
  WattleNavView *view;
  WattleService *service;
  GSettings *settings;
  AdwToast *toast; /* what was said last, while it is shown; weak */
  GtkWidget *said; /* its words; weak */
  char *wanted;    /* Id of a device to show once it is there; NULL = none */
};

G_DEFINE_FINAL_TYPE (WattleWindow, wattle_window, ADW_TYPE_APPLICATION_WINDOW)

WattleWindow *
wattle_window_of (gpointer inside)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (inside));

  return WATTLE_IS_WINDOW (root) ? WATTLE_WINDOW (root) : NULL;
}

WattleNavView *
wattle_window_get_view (WattleWindow *self)
{
  return self->view;
}

/* As wide as there is room for, and as high as that needs.  A toast of libadwaita
 * 1.2 asks how wide its title is at a height, which breaks no line, and before it
 * knows how wide it will be itself. */
static void
measure_title (GtkWidget *title, GtkOrientation orientation, int for_size, int *minimum, int *natural,
               int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *label = gtk_widget_get_first_child (title);
  int room = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (title), TOAST_ROOM));
  int width;

  gtk_widget_measure (label, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  width = MIN (width, room);
  *natural = width;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    gtk_widget_measure (label, orientation, width, NULL, natural, NULL, NULL);
  *minimum = *natural;
}

static void
allocate_title (GtkWidget *title, int width, int height, int baseline)
{
  gtk_widget_allocate (gtk_widget_get_first_child (title), width, height, baseline, NULL);
}

/* A toast of libadwaita 1.2 cuts its own title off after one line. */
static GtkWidget *
new_toast_title (WattleWindow *self, const char *sentence, gboolean button)
{
  GtkWidget *title = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *label = gtk_label_new (sentence);
  int room = gtk_widget_get_width (GTK_WIDGET (self)) - TOAST_REST - (button ? TOAST_BUTTON : 0);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (title), label);
  g_object_set_data (G_OBJECT (title), TOAST_ROOM, GINT_TO_POINTER (CLAMP (room, 0, TOAST_WIDEST)));
  gtk_widget_set_layout_manager (title, gtk_custom_layout_new (NULL, measure_title, allocate_title));
  return title;
}

/* Above the buttons at the bottom of the page. */
static void
lift_toast (WattleWindow *self)
{
  WattleNavPage *page = wattle_nav_view_get_page (self->view);
  int width = gtk_widget_get_width (GTK_WIDGET (self));

  for (GtkWidget *widget = self->said; widget != NULL; widget = gtk_widget_get_parent (widget))
    if (g_str_equal (gtk_widget_get_css_name (widget), "toast"))
      gtk_widget_set_margin_bottom (widget, wattle_nav_page_get_bottom_height (page, width));
}

static void
show_toast (gpointer inside, const char *sentence, void (*undo) (gpointer inside))
{
  WattleWindow *self = wattle_window_of (inside);
  AdwToast *toast;
  GtkWidget *title;

  if (self == NULL)
    return;
  toast = adw_toast_new ("");
  title = new_toast_title (self, sentence, undo != NULL);
  adw_toast_set_custom_title (toast, title);
  adw_toast_set_timeout (toast, TOAST_SECONDS);
  if (undo != NULL) {
    adw_toast_set_button_label (toast, _ ("Undo"));
    g_signal_connect_object (toast, "button-clicked", G_CALLBACK (undo), inside, G_CONNECT_SWAPPED);
  }
  /* What was said before need not be true any more. */
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_set_weak_pointer (&self->toast, toast);
  g_set_weak_pointer (&self->said, title);
  g_signal_connect_object (title, "map", G_CALLBACK (lift_toast), self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
wattle_window_say (gpointer inside, const char *sentence)
{
  show_toast (inside, sentence, NULL);
}

void
wattle_window_say_undo (gpointer inside, const char *sentence, void (*undo) (gpointer inside))
{
  show_toast (inside, sentence, undo);
}

void
wattle_window_say_error (gpointer inside, const GError *error)
{
  g_autofree char *sentence = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  sentence = wattle_service_error_sentence (error);
  wattle_window_say (inside, sentence);
}

/* Notifications may start the app: then the devices come after the wish. */
static void
show_wanted (WattleWindow *self)
{
  g_autoptr (WattleBusObject) device = NULL;

  if (self->wanted == NULL)
    return;
  device = wattle_service_dup_device (self->service, self->wanted);
  if (device == NULL)
    return;
  g_clear_pointer (&self->wanted, g_free);
  if (wattle_nav_view_find (self->view, WATTLE_TYPE_SETUP_PAGE) == NULL) /* else it would end */
    wattle_nav_view_pop_to_root (self->view);
  wattle_nav_view_push (self->view, wattle_device_page_new (self->service, device));
}

void
wattle_window_show_device (WattleWindow *self, const char *id)
{
  g_free (self->wanted);
  self->wanted = g_strdup (id);
  show_wanted (self);
}

static void
on_add_device (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleWindow *self = WATTLE_WINDOW (widget);

  if (wattle_nav_view_find (self->view, WATTLE_TYPE_ADD_PAGE) == NULL)
    wattle_nav_view_push (self->view, wattle_add_page_new (self->service));
}

static void
on_show_device (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wattle_window_show_device (WATTLE_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
on_show_receipts (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleWindow *self = WATTLE_WINDOW (widget);

  if (!WATTLE_IS_RECEIPTS_PAGE (wattle_nav_view_get_page (self->view)))
    wattle_nav_view_push (self->view, wattle_receipts_page_new (self->service));
}

static void
on_retry (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wattle_service_retry (WATTLE_WINDOW (widget)->service);
}

static void
on_restarted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wattle_service_restart_finish (WATTLE_SERVICE (source), result, &error))
    wattle_window_say_error (self, error);
}

static void
on_restart_service (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wattle_service_restart (WATTLE_WINDOW (widget)->service, NULL, on_restarted, g_object_ref (WATTLE_WINDOW (widget)));
}

/* Looks only: what the person sees is the service's. */
static GSettings *
new_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
      = source != NULL ? g_settings_schema_source_lookup (source, "org.wattle.Wattle", TRUE) : NULL;

  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

/* Not before the window is made: while that goes on it tells of its properties
 * late, and would write over what is kept. */
static void
remember_looks (WattleWindow *self)
{
  self->settings = new_settings ();
  if (self->settings == NULL) /* run from where it was built */
    return;
  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
}

static gboolean
wattle_window_close_request (GtkWindow *window)
{
  return wattle_keeper_keep (window, WATTLE_WINDOW (window)->view)
         || GTK_WINDOW_CLASS (wattle_window_parent_class)->close_request (window);
}

static void
wattle_window_dispose (GObject *object)
{
  WattleWindow *self = WATTLE_WINDOW (object);

  g_clear_object (&self->service);
  g_clear_object (&self->settings);
  g_clear_weak_pointer (&self->toast);
  g_clear_weak_pointer (&self->said);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (wattle_window_parent_class)->dispose (object);
}

static void
wattle_window_class_init (WattleWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = wattle_window_close_request;
  g_type_ensure (WATTLE_TYPE_NAV_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/window.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, WattleWindow, view);
  gtk_widget_class_install_action (widget_class, "win.add-device", NULL, on_add_device);
  gtk_widget_class_install_action (widget_class, "win.show-device", "s", on_show_device);
  gtk_widget_class_install_action (widget_class, "win.show-receipts", NULL, on_show_receipts);
  gtk_widget_class_install_action (widget_class, "win.retry", NULL, on_retry);
  gtk_widget_class_install_action (widget_class, "win.restart-service", NULL, on_restart_service);
}

static void
wattle_window_init (WattleWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleWindow *
wattle_window_new (GtkApplication *application, WattleService *service)
{
  WattleWindow *self = g_object_new (WATTLE_TYPE_WINDOW, "application", application, NULL);

  self->service = g_object_ref (service);
  remember_looks (self);
  wattle_nav_view_set_banner (self->view, wattle_trouble_banner_new (service));
  wattle_nav_view_push (self->view, wattle_home_page_new (service));
  wattle_keeper_resume (self->view, service);
  g_signal_connect_object (self->view, "page-shown", G_CALLBACK (lift_toast), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wattle_service_get_devices (service), "items-changed", G_CALLBACK (show_wanted), self,
                           G_CONNECT_SWAPPED);
  return self;
}
