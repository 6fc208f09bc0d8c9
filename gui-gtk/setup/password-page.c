/* SPDX-License-Identifier: Apache-2.0 */
/* The password that opens the device from now on. */
#include "gui-gtk/setup/password-page.h"

#include "gui-gtk/setup/wizard.h"
#include "gui-gtk/widgets/password-choice.h"

struct _WattlePasswordPage {
  WattleSetupPage parent_instance;
  WattlePasswordChoice *choice;
};

G_DEFINE_FINAL_TYPE (WattlePasswordPage, wattle_password_page, WATTLE_TYPE_SETUP_PAGE)

static void
suggest_async (gpointer setup, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  wattle_setup_suggest_async (setup, cancellable, callback, user_data);
}

static WattleSecret *
suggest_finish (gpointer setup, GAsyncResult *result, GError **error)
{
  return wattle_setup_suggest_finish (setup, result, error) ? g_strdup (wattle_setup_get_suggestion (setup)) : NULL;
}

static void
check_async (gpointer setup, const char *password, GCancellable *cancellable, GAsyncReadyCallback callback,
             gpointer user_data)
{
  wattle_setup_check_async (setup, password, cancellable, callback, user_data);
}

static WattleStrength *
check_finish (gpointer setup, GAsyncResult *result, GError **error)
{
  return wattle_setup_check_finish (setup, result, error);
}

static const WattlePasswordAdvice advice = { suggest_async, suggest_finish, check_async, check_finish };

static void
on_changed (WattlePasswordPage *self)
{
  wattle_setup_page_set_can_go_on (WATTLE_SETUP_PAGE (self),
                                   wattle_password_choice_get_password (self->choice) != NULL);
}

static void
on_activated (WattlePasswordPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "setup.next", NULL);
}

static void
wattle_password_page_next (WattleSetupPage *page)
{
  WattlePasswordPage *self = WATTLE_PASSWORD_PAGE (page);

  wattle_setup_set_password (wattle_setup_page_get_setup (page), wattle_password_choice_get_password (self->choice));
  wattle_wizard_go_on (page);
}

static void
wattle_password_page_ready (WattleSetupPage *page)
{
  WattleSetup *setup = wattle_setup_page_get_setup (page);

  wattle_password_choice_begin (WATTLE_PASSWORD_PAGE (page)->choice, &advice, setup,
                                wattle_setup_get_suggestion (setup));
}

static void
wattle_password_page_class_init (WattlePasswordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WATTLE_SETUP_PAGE_CLASS (klass)->ready = wattle_password_page_ready;
  WATTLE_SETUP_PAGE_CLASS (klass)->next = wattle_password_page_next;
  g_type_ensure (WATTLE_TYPE_PASSWORD_CHOICE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/password-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePasswordPage, choice);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
wattle_password_page_init (WattlePasswordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
