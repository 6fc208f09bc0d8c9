/* SPDX-License-Identifier: Apache-2.0 */
/* One device near that is not ours, as a row. */
#include "gui-gtk/setup/near-row.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "client/words.h"

struct _WattleNearRow {
  AdwActionRow parent_instance;
  GtkImage *signal;
  GtkWidget *next;
  WattleBusObject *object;
};

G_DEFINE_FINAL_TYPE (WattleNearRow, wattle_near_row, ADW_TYPE_ACTION_ROW)

static const struct {
  const char *state;
  gboolean can_be_chosen;
  const char *sentence; /* NULL: the state in words */
} states[] = {
  { "unowned", TRUE, NULL },
  { "locked", TRUE, NULL },
  { "owned", TRUE, N_ ("Belongs to somebody. Is it yours? Add it with its password.") },
};

static const struct {
  int at_least; /* dBm */
  const char *icon;
} signals[] = {
  { -55, "network-wireless-signal-excellent-symbolic" },
  { -75, "network-wireless-signal-good-symbolic" },
  { G_MININT16, "network-wireless-signal-weak-symbolic" },
};

static const char *
signal_icon (int dbm)
{
  for (gsize i = 0; dbm != 0 && i < G_N_ELEMENTS (signals); i++)
    if (dbm >= signals[i].at_least)
      return signals[i].icon;
  return "network-wireless-symbolic";
}

static char *
state_sentence (WattleBusCandidate *candidate, gboolean *can_be_chosen)
{
  const char *state = wattle_bus_candidate_get_state (candidate);
  char *locked = g_strcmp0 (state, "locked") == 0
                     ? wattle_words_locked (wattle_bus_candidate_get_locked_until (candidate))
                     : NULL;

  *can_be_chosen = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++) {
    if (g_strcmp0 (states[i].state, state) != 0)
      continue;
    *can_be_chosen = states[i].can_be_chosen;
    if (states[i].sentence != NULL)
      return g_strdup (_ (states[i].sentence));
  }
  return locked != NULL ? locked : g_strdup (wattle_words (WATTLE_WORDS_CANDIDATE_STATE, state));
}

static void
update (WattleNearRow *self)
{
  WattleBusCandidate *candidate = wattle_bus_object_peek_candidate (self->object);
  gboolean can_be_chosen;
  g_autofree char *name = NULL;
  g_autofree char *state = NULL;
  g_autofree char *subtitle = NULL;
  const char *distance;
  int dbm;

  if (candidate == NULL) /* it goes; so does this row */
    return;
  dbm = wattle_bus_candidate_get_signal_strength (candidate);
  name = wattle_text_clean (wattle_bus_candidate_get_name (candidate));
  state = state_sentence (candidate, &can_be_chosen);
  distance = wattle_words_distance (dbm);
  /* Translators: how far away a device is and its state: "very near: ready to set up" */
  subtitle = *distance != '\0' ? g_strdup_printf (_ ("%s: %s"), distance, state) : g_strdup (state);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
  gtk_image_set_from_icon_name (self->signal, signal_icon (dbm));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), can_be_chosen);
  gtk_widget_set_visible (self->next, can_be_chosen);
}

static void
wattle_near_row_dispose (GObject *object)
{
  WattleNearRow *self = WATTLE_NEAR_ROW (object);

  g_clear_object (&self->object);
  G_OBJECT_CLASS (wattle_near_row_parent_class)->dispose (object);
}

static void
wattle_near_row_class_init (WattleNearRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_near_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/setup/near-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNearRow, signal);
  gtk_widget_class_bind_template_child (widget_class, WattleNearRow, next);
}

static void
wattle_near_row_init (WattleNearRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wattle_near_row_new (WattleBusObject *object)
{
  WattleNearRow *self = g_object_new (WATTLE_TYPE_NEAR_ROW, NULL);
  WattleBusCandidate *candidate = wattle_bus_object_peek_candidate (object);

  self->object = g_object_ref (object);
  if (candidate != NULL)
    g_signal_connect_object (candidate, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

WattleBusObject *
wattle_near_row_get_object (WattleNearRow *self)
{
  return self->object;
}
