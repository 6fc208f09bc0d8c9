/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to tell of a weakness, and what the maker states about trouble. */
#include "gui-gtk/device/security-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "client/text.h"
#include "gui-gtk/widgets/rows.h"
#include "gui-gtk/window.h"

struct _WattleSecurityPage {
  WattlePartPage parent_instance;
  AdwPreferencesGroup *links;
  AdwPreferencesGroup *security;
  AdwPreferencesGroup *stops;
  AdwPreferencesGroup *end;
  AdwPreferencesGroup *omissions;
};

G_DEFINE_FINAL_TYPE (WattleSecurityPage, wattle_security_page, WATTLE_TYPE_PART_PAGE)

/* --- addresses --- */

/* What a maker states is not opened blindly: mail and secured pages alone. */
static gboolean
may_be_opened (const char *address)
{
  return address != NULL && (g_str_has_prefix (address, "https://") || g_str_has_prefix (address, "mailto:"));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WattleWindow) window = user_data;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, NULL))
    wattle_window_say (window, _ ("No program could open this address."));
}

static void
on_link (GtkWidget *row)
{
  WattleWindow *window = wattle_window_of (row);

  if (window != NULL)
    gtk_show_uri_full (GTK_WINDOW (window), g_object_get_data (G_OBJECT (row), "address"), GDK_CURRENT_TIME, NULL,
                       on_opened, g_object_ref (window));
}

static void
add_link (WattleSecurityPage *self, const char *icon, const char *title, const char *address)
{
  g_autofree char *clean = wattle_text_clean (address);
  GtkWidget *row;

  if (!may_be_opened (address))
    return;
  row = wattle_text_row_new (icon, title);
  wattle_row_set_subtitle (row, g_str_has_prefix (clean, "mailto:") ? clean + strlen ("mailto:") : clean);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("adw-external-link-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "address", g_strdup (address), g_free);
  g_signal_connect (row, "activated", G_CALLBACK (on_link), NULL);
  adw_preferences_group_add (self->links, row);
  gtk_widget_set_visible (GTK_WIDGET (self->links), TRUE);
}

/* --- page --- */

static void
show_sentences (AdwPreferencesGroup *group, const char *const *sentences)
{
  for (const char *const *s = sentences; s != NULL && *s != NULL; s++) {
    g_autofree char *clean = wattle_text_clean (*s);

    adw_preferences_group_add (group, wattle_text_row_new (NULL, clean));
    gtk_widget_set_visible (GTK_WIDGET (group), TRUE);
  }
}

static void
wattle_security_page_load (WattlePartPage *part)
{
  WattleSecurityPage *self = WATTLE_SECURITY_PAGE (part);
  WattleFacts *facts = wattle_part_page_get_facts (part);
  WattleBusPassport *passport = wattle_part_page_get_passport (part);

  if (passport == NULL)
    return;
  add_link (self, "dialog-warning-symbolic", _ ("Report a security problem"),
            wattle_bus_passport_get_security_contact (passport));
  add_link (self, "security-high-symbolic", _ ("Known security problems"), wattle_facts_get_advisories (facts));
  add_link (self, "dialog-question-symbolic", _ ("Ask the maker"), wattle_facts_get_maker_contact (facts));
  show_sentences (self->security, wattle_facts_get_part (facts, "security"));
  show_sentences (self->stops, wattle_facts_get_part (facts, "stops"));
  show_sentences (self->end, wattle_facts_get_part (facts, "end"));
  show_sentences (self->omissions, wattle_bus_passport_get_omissions (passport));
}

static void
wattle_security_page_class_init (WattleSecurityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WATTLE_PART_PAGE_CLASS (klass)->load = wattle_security_page_load;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/security-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleSecurityPage, links);
  gtk_widget_class_bind_template_child (widget_class, WattleSecurityPage, security);
  gtk_widget_class_bind_template_child (widget_class, WattleSecurityPage, stops);
  gtk_widget_class_bind_template_child (widget_class, WattleSecurityPage, end);
  gtk_widget_class_bind_template_child (widget_class, WattleSecurityPage, omissions);
}

static void
wattle_security_page_init (WattleSecurityPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

WattleNavPage *
wattle_security_page_new (WattleService *service, WattleBusObject *device)
{
  return wattle_part_page_new (WATTLE_TYPE_SECURITY_PAGE, service, device);
}
