/* SPDX-License-Identifier: Apache-2.0 */
/* How strong a password is: a bar, and the same in words. */
#include "gui-gtk/widgets/strength-bar.h"

#include <glib/gi18n.h>

#include "client/words.h"

struct _WattleStrengthBar {
  AdwBin parent_instance;
  GtkLevelBar *bar;
  GtkLabel *words;
  GtkLabel *reasons;
  char *all; /* words and reasons */
};

G_DEFINE_FINAL_TYPE (WattleStrengthBar, wattle_strength_bar, ADW_TYPE_BIN)

void
wattle_strength_bar_set (WattleStrengthBar *self, guint score, char **reasons)
{
  g_autofree char *all = reasons != NULL ? g_strjoinv (" ", reasons) : g_strdup ("");
  /* Translators: %s is such as "very weak: guessed at once" or "strong" */
  g_autofree char *words = g_strdup_printf (_ ("This password is %s."), wattle_words_strength (score));

  g_free (self->all);
  self->all = g_strdup_printf ("%s %s", words, all);
  gtk_level_bar_set_value (self->bar, score + 1.0); /* an empty bar is no verdict */
  gtk_label_set_text (self->words, words);
  gtk_label_set_text (self->reasons, all);
  gtk_widget_set_visible (GTK_WIDGET (self->reasons), *all != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
}

void
wattle_strength_bar_clear (WattleStrengthBar *self)
{
  g_clear_pointer (&self->all, g_free);
  gtk_level_bar_set_value (self->bar, 0);
  gtk_label_set_text (self->words, "");
  gtk_label_set_text (self->reasons, "");
  gtk_widget_set_visible (GTK_WIDGET (self->reasons), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "", -1);
}

const char *
wattle_strength_bar_get_words (WattleStrengthBar *self)
{
  return self->all != NULL ? self->all : "";
}

static void
wattle_strength_bar_finalize (GObject *object)
{
  g_free (WATTLE_STRENGTH_BAR (object)->all);
  G_OBJECT_CLASS (wattle_strength_bar_parent_class)->finalize (object);
}

static void
wattle_strength_bar_class_init (WattleStrengthBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_strength_bar_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/widgets/strength-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleStrengthBar, bar);
  gtk_widget_class_bind_template_child (widget_class, WattleStrengthBar, words);
  gtk_widget_class_bind_template_child (widget_class, WattleStrengthBar, reasons);
}

static void
wattle_strength_bar_init (WattleStrengthBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
