/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a list with plain text. */
#include "gui-gtk/widgets/rows.h"

GtkWidget *
wattle_text_row_new (const char *icon_name, const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  if (icon_name != NULL) {
    GtkWidget *icon = gtk_image_new_from_icon_name (icon_name);

    adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  }
  return row;
}

GtkWidget *
wattle_link_row_new (const char *icon_name, const char *title)
{
  GtkWidget *row = wattle_text_row_new (icon_name, title);

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

void
wattle_row_set_subtitle (GtkWidget *row, const char *subtitle)
{
  const char *text = subtitle != NULL ? subtitle : "";

  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), text) == 0)
    return;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

void
wattle_rows_clear (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
}

void
wattle_rows_add (AdwPreferencesGroup *group, GPtrArray *rows, GtkWidget *row)
{
  adw_preferences_group_add (group, row);
  g_ptr_array_add (rows, row);
}
