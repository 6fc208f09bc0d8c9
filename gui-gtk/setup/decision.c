/* SPDX-License-Identifier: Apache-2.0 */
/* One purpose that needs consent, and the person's yes or no. */
#include "gui-gtk/setup/decision.h"

#include "client/text.h"
#include "gui-gtk/device/decision-text.h"

struct _WattleDecision {
  AdwBin parent_instance;
  GtkBox *box;
  GtkLabel *title;
  GtkLabel *sentence;
  GtkLabel *facts;
  GtkWidget *answers;
  GtkCheckButton *yes;
  GtkCheckButton *no;
  char *purpose;
};

G_DEFINE_FINAL_TYPE (WattleDecision, wattle_decision, ADW_TYPE_BIN)

enum { SIGNAL_DECIDED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_toggled (WattleDecision *self, GtkCheckButton *button)
{
  if (gtk_check_button_get_active (button))
    g_signal_emit (self, signals[SIGNAL_DECIDED], 0);
}

static void
wattle_decision_finalize (GObject *object)
{
  g_free (WATTLE_DECISION (object)->purpose);
  G_OBJECT_CLASS (wattle_decision_parent_class)->finalize (object);
}

static void
wattle_decision_class_init (WattleDecisionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_decision_finalize;
  signals[SIGNAL_DECIDED]
      = g_signal_new ("decided", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/decision.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleDecision, title);
  gtk_widget_class_bind_template_child (widget_class, WattleDecision, sentence);
  gtk_widget_class_bind_template_child (widget_class, WattleDecision, facts);
  gtk_widget_class_bind_template_child (widget_class, WattleDecision, answers);
  gtk_widget_class_bind_template_child (widget_class, WattleDecision, yes);
  gtk_widget_class_bind_template_child (widget_class, WattleDecision, no);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
}

static void
wattle_decision_init (WattleDecision *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wattle_decision_new (const WattlePurpose *purpose)
{
  WattleDecision *self = g_object_new (WATTLE_TYPE_DECISION, NULL);
  g_autofree char *title = wattle_text_clean (purpose->title);
  g_autofree char *sentence = wattle_text_clean (purpose->sentence);
  g_autofree char *facts = wattle_decision_say_facts (purpose);

  self->purpose = g_strdup (purpose->id);
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->sentence, sentence);
  gtk_label_set_text (self->facts, facts);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), *facts != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->answers), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->yes), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, title, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->no), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, title, -1);
  return GTK_WIDGET (self);
}

const char *
wattle_decision_get_purpose (WattleDecision *self)
{
  return self->purpose;
}

gboolean
wattle_decision_get (WattleDecision *self, gboolean *yes)
{
  *yes = gtk_check_button_get_active (self->yes);
  return *yes || gtk_check_button_get_active (self->no);
}

void
wattle_decision_set (WattleDecision *self, gboolean yes)
{
  gtk_check_button_set_active (yes ? self->yes : self->no, TRUE);
}
