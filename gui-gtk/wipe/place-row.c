/* SPDX-License-Identifier: Apache-2.0 */
/* A row about one place that a wipe goes to. */
#include "gui-gtk/wipe/place-row.h"

#include "client/text.h"
#include "client/words.h"

struct _WattlePlaceRow {
  AdwPreferencesRow parent_instance;
  GtkImage *icon;
  GtkLabel *place;
  GtkLabel *sentence;
  GtkWidget *state_box;
  GtkImage *state_icon;
  GtkLabel *state;
};

G_DEFINE_FINAL_TYPE (WattlePlaceRow, wattle_place_row, ADW_TYPE_PREFERENCES_ROW)

static const struct {
  const char *place;
  const char *icon;
} icons[] = {
  { "cloud-data", "weather-overcast-symbolic" },
  { "cloud-account", "avatar-default-symbolic" },
  { "cloud", "weather-overcast-symbolic" },
  { "device", "network-wireless-symbolic" },
  { "keyring", "dialog-password-symbolic" },
  { "spare-keys", "dialog-password-symbolic" },
  { "records", "computer-symbolic" },
  { "traces", "computer-symbolic" },
  { "computer", "computer-symbolic" },
};

static const char *
icon_of (const char *place)
{
  for (gsize i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_strcmp0 (icons[i].place, place) == 0)
      return icons[i].icon;
  return "dialog-information-symbolic";
}

/* All of the row for who cannot see it. */
static void
describe (WattlePlaceRow *self)
{
  const char *place = gtk_label_get_label (self->place);
  const char *sentence = gtk_label_get_label (self->sentence);
  const char *state = gtk_label_get_label (self->state);
  g_autofree char *about = g_strdup_printf ("%s %s", *place != '\0' ? sentence : "", state);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  *place != '\0' ? place : sentence, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  g_strstrip (about), -1);
}

void
wattle_place_row_set_state (WattlePlaceRow *self, const char *icon, const char *state)
{
  gtk_image_set_from_icon_name (self->state_icon, icon);
  gtk_label_set_label (self->state, state);
  gtk_widget_set_visible (self->state_box, TRUE);
  describe (self);
}

static void
wattle_place_row_class_init (WattlePlaceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/wipe/place-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePlaceRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WattlePlaceRow, place);
  gtk_widget_class_bind_template_child (widget_class, WattlePlaceRow, sentence);
  gtk_widget_class_bind_template_child (widget_class, WattlePlaceRow, state_box);
  gtk_widget_class_bind_template_child (widget_class, WattlePlaceRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, WattlePlaceRow, state);
}

static void
wattle_place_row_init (WattlePlaceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wattle_place_row_new (const char *place, const char *sentence)
{
  WattlePlaceRow *self = g_object_new (WATTLE_TYPE_PLACE_ROW, NULL);
  g_autofree char *clean = wattle_text_clean (sentence);

  gtk_image_set_from_icon_name (self->icon, icon_of (place));
  gtk_label_set_label (self->place, place != NULL ? wattle_words (WATTLE_WORDS_PLACE, place) : "");
  gtk_widget_set_visible (GTK_WIDGET (self->place), place != NULL);
  gtk_label_set_label (self->sentence, clean);
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), *clean != '\0');
  describe (self);
  return GTK_WIDGET (self);
}
