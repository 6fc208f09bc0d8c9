/* SPDX-License-Identifier: Apache-2.0 */
/* The app. */
#include "gui-gtk/application.h"

#include <glib/gi18n.h>

#include "gui-gtk/agent/agent.h"
#include "gui-gtk/receipts/receipt-page.h"
#include "gui-gtk/window.h"
#include "gui-gtk/wipe/wipe-watch.h"

#define APPLICATION_ID "org.wattle.Wattle"

struct _WattleApplication {
  AdwApplication parent_instance;
  WattleService *service;
  WattleAgent *agent;
  WattleWipeWatch *wipes;
};

G_DEFINE_FINAL_TYPE (WattleApplication, wattle_application, ADW_TYPE_APPLICATION)

static WattleWindow *
get_window (WattleApplication *self)
{
  GtkWindow *window = NULL;

  /* Questions above the window are windows of their own. */
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (WATTLE_IS_WINDOW (l->data))
      window = l->data;
  if (window == NULL)
    window = GTK_WINDOW (wattle_window_new (GTK_APPLICATION (self), self->service));
  gtk_window_present (window);
  return WATTLE_WINDOW (window);
}

static void
on_show_device (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  wattle_window_show_device (get_window (self), g_variant_get_string (parameter, NULL));
}

static void
on_show_receipt (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  WattleNavView *view = wattle_window_get_view (get_window (self));

  wattle_nav_view_push (
      view, wattle_receipt_page_new (WATTLE_APPLICATION (self)->service, g_variant_get_string (parameter, NULL)));
}

/* It is above the window already. */
static void
on_show_question (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  get_window (self);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  adw_show_about_window (GTK_WINDOW (get_window (self)), "application-name", "Wattle", "application-icon",
                         APPLICATION_ID, "version", WATTLE_VERSION, "license-type", GTK_LICENSE_APACHE_2_0, "comments",
                         _ ("Sets up, explains and wipes the connected things in your home."), "translator-credits",
                         /* Translators: your name and address, a line each */
                         _ ("translator-credits"), NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_application_quit (self);
}

static const GActionEntry actions[] = {
  { .name = "show-device", .activate = on_show_device, .parameter_type = "s" },
  { .name = "show-receipt", .activate = on_show_receipt, .parameter_type = "s" },
  { .name = "show-question", .activate = on_show_question },
  { .name = "about", .activate = on_about },
  { .name = "quit", .activate = on_quit },
};

static const struct {
  const char *action;
  const char *keys[3];
} shortcuts[] = {
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.add-device", { "<Control>n" } },
};

static void
wattle_application_startup (GApplication *application)
{
  WattleApplication *self = WATTLE_APPLICATION (application);

  G_APPLICATION_CLASS (wattle_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), shortcuts[i].action, shortcuts[i].keys);
  self->service = wattle_service_new ();
  self->agent = wattle_agent_new (GTK_APPLICATION (self), self->service);
  self->wipes = wattle_wipe_watch_new (GTK_APPLICATION (self), self->service);
}

static void
wattle_application_activate (GApplication *application)
{
  get_window (WATTLE_APPLICATION (application));
}

static void
wattle_application_dispose (GObject *object)
{
  WattleApplication *self = WATTLE_APPLICATION (object);

  g_clear_object (&self->wipes);
  g_clear_object (&self->agent);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_application_parent_class)->dispose (object);
}

static void
wattle_application_class_init (WattleApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_application_dispose;
  G_APPLICATION_CLASS (klass)->startup = wattle_application_startup;
  G_APPLICATION_CLASS (klass)->activate = wattle_application_activate;
}

static void
wattle_application_init (WattleApplication *self)
{
}

WattleApplication *
wattle_application_new (void)
{
  return g_object_new (WATTLE_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags", G_APPLICATION_DEFAULT_FLAGS,
                       "resource-base-path", "/org/wattle/Wattle", NULL);
}
