/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of a text, each to be opened. */
#include "gui-gtk/widgets/notice-group.h"

#include "client/text.h"
#include "gui-gtk/widgets/rows.h"

struct _WattleNoticeGroup {
  AdwPreferencesGroup parent_instance;
};

G_DEFINE_FINAL_TYPE (WattleNoticeGroup, wattle_notice_group, ADW_TYPE_PREFERENCES_GROUP)

void
wattle_notice_group_add (WattleNoticeGroup *self, const char *title, const char *const *paragraphs)
{
  GtkWidget *section = adw_expander_row_new ();
  g_autofree char *clean = wattle_text_clean (title);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (section), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (section), clean);
  gtk_accessible_update_property (GTK_ACCESSIBLE (section), GTK_ACCESSIBLE_PROPERTY_LABEL, clean, -1);
  for (const char *const *p = paragraphs; *p != NULL; p++) {
    g_autofree char *paragraph = wattle_text_clean (*p);

    adw_expander_row_add_row (ADW_EXPANDER_ROW (section), wattle_text_row_new (NULL, paragraph));
  }
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), section);
}

void
wattle_notice_group_add_sections (WattleNoticeGroup *self, GVariant *sections)
{
  for (gsize i = 0; i < g_variant_n_children (sections); i++) {
    g_autofree const char **paragraphs = NULL;
    const char *title;

    g_variant_get_child (sections, i, "(&s^a&s)", &title, &paragraphs);
    wattle_notice_group_add (self, title, paragraphs);
  }
}

static void
wattle_notice_group_class_init (WattleNoticeGroupClass *klass)
{
}

static void
wattle_notice_group_init (WattleNoticeGroup *self)
{
}
