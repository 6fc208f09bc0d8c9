/* SPDX-License-Identifier: Apache-2.0 */
/* One purpose that needs a yes. */
#include "gui-gtk/device/purpose-row.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "gui-gtk/device/decision-text.h"
#include "gui-gtk/window.h"

#define DAY (24 * 60 * 60) /* seconds */

struct _WattlePurposeRow {
  AdwExpanderRow parent_instance;
  GtkSwitch *allowed;
  GtkWidget *sentence;
  GtkWidget *facts;
  GtkWidget *limited;
  WattleBusConsent *consent;
  GCancellable *cancellable;
  char *purpose; /* its id */
  char *title;
  char *state;
  guint most_days; /* that a yes may last; 0 = any */
};

G_DEFINE_FINAL_TYPE (WattlePurposeRow, wattle_purpose_row, ADW_TYPE_EXPANDER_ROW)

/* The switch shows what is so, and not what somebody would like. */
static void
show_state (WattlePurposeRow *self)
{
  gboolean given = g_strcmp0 (self->state, "given") == 0;

  g_signal_handlers_block_matched (self->allowed, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
  gtk_switch_set_active (self->allowed, given);
  gtk_switch_set_state (self->allowed, given);
  g_signal_handlers_unblock_matched (self->allowed, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
}

/* --- what the person decides --- */

static void withdraw (gpointer self);

/* @said: what has happened, with the purpose's title in it; NULL where there is
 * an error to show. */
static void
decided (WattlePurposeRow *self, const GError *error, const char *said, void (*undo) (gpointer self))
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL) {
    show_state (self);
    wattle_window_say_error (self, error);
  } else if (undo != NULL) {
    wattle_window_say_undo (self, said, undo);
  } else {
    wattle_window_say (self, said);
  }
}

static void
on_given (GObject *source, GAsyncResult *result, gpointer self)
{
  g_autoptr (GError) error = NULL;

  wattle_bus_consent_call_give_finish (WATTLE_BUS_CONSENT (source), result, &error);
  decided (self, error, _ ("You said yes."), withdraw);
}

static void
on_given_until (GObject *source, GAsyncResult *result, gpointer self)
{
  g_autoptr (GError) error = NULL;

  wattle_bus_consent_call_give_until_finish (WATTLE_BUS_CONSENT (source), result, &error);
  decided (self, error, _ ("You said yes for a limited time."), withdraw);
}

static void
on_withdrawn (GObject *source, GAsyncResult *result, gpointer self)
{
  g_autoptr (GError) error = NULL;

  wattle_bus_consent_call_withdraw_finish (WATTLE_BUS_CONSENT (source), result, &error);
  decided (self, error, _ ("You took your yes back. What was kept for it is deleted."), NULL);
}

static void
on_refused (GObject *source, GAsyncResult *result, gpointer self)
{
  g_autoptr (GError) error = NULL;

  wattle_bus_consent_call_refuse_finish (WATTLE_BUS_CONSENT (source), result, &error);
  decided (self, error, _ ("You said no."), NULL);
}

static void
withdraw (gpointer row)
{
  WattlePurposeRow *self = row;

  wattle_bus_consent_call_withdraw (self->consent, self->purpose, self->cancellable, on_withdrawn, self);
}

static gboolean
on_state_set (WattlePurposeRow *self, gboolean yes)
{
  if (yes)
    wattle_bus_consent_call_give (self->consent, self->purpose, self->cancellable, on_given, self);
  else if (g_strcmp0 (self->state, "given") == 0)
    withdraw (self);
  else
    wattle_bus_consent_call_refuse (self->consent, self->purpose, self->cancellable, on_refused, self);
  return TRUE; /* until it is so */
}

static const struct {
  const char *response;
  const char *label;
  guint days;
} spans[] = {
  { "day", N_ ("1 day"), 1 },
  { "week", N_ ("7 days"), 7 },
  { "month", N_ ("30 days"), 30 },
};

static void
on_span (WattlePurposeRow *self, const char *response)
{
  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++) {
    if (g_str_equal (spans[i].response, response)) {
      guint64 until = (guint64)(g_get_real_time () / G_USEC_PER_SEC) + (guint64)spans[i].days * DAY;

      wattle_bus_consent_call_give_until (self->consent, self->purpose, until, self->cancellable, on_given_until, self);
    }
  }
}

static void
on_limited (WattlePurposeRow *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (wattle_window_of (self)), _ ("For how long?"), self->title);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    if (self->most_days == 0 || spans[i].days <= self->most_days)
      adw_message_dialog_add_response (message, spans[i].response, _ (spans[i].label));
  adw_message_dialog_add_response (message, "cancel", _ ("Cancel"));
  adw_message_dialog_set_default_response (message, "cancel");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_object (message, "response", G_CALLBACK (on_span), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- row --- */

void
wattle_purpose_row_update (WattlePurposeRow *self, const WattlePurpose *purpose)
{
  g_autofree char *sentence = wattle_text_clean (purpose->sentence);
  g_autofree char *status = wattle_decision_say_status (purpose);
  g_autofree char *facts = wattle_decision_say_facts (purpose);

  g_free (self->title);
  self->title = wattle_text_clean (purpose->title);
  g_free (self->state);
  self->state = g_strdup (purpose->state);
  self->most_days = purpose->consent_days;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), self->title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->title, -1);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), status);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->sentence), sentence);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->facts), facts);
  gtk_widget_set_visible (self->facts, *facts != '\0');
  gtk_widget_set_visible (self->limited, g_strcmp0 (self->state, "given") != 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->allowed), GTK_ACCESSIBLE_PROPERTY_LABEL, self->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, status, -1);
  show_state (self);
}

static void
wattle_purpose_row_dispose (GObject *object)
{
  WattlePurposeRow *self = WATTLE_PURPOSE_ROW (object);

  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (wattle_purpose_row_parent_class)->dispose (object);
}

static void
wattle_purpose_row_finalize (GObject *object)
{
  WattlePurposeRow *self = WATTLE_PURPOSE_ROW (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->consent);
  g_free (self->purpose);
  g_free (self->title);
  g_free (self->state);
  G_OBJECT_CLASS (wattle_purpose_row_parent_class)->finalize (object);
}

static void
wattle_purpose_row_class_init (WattlePurposeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_purpose_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_purpose_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/device/purpose-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePurposeRow, allowed);
  gtk_widget_class_bind_template_child (widget_class, WattlePurposeRow, sentence);
  gtk_widget_class_bind_template_child (widget_class, WattlePurposeRow, facts);
  gtk_widget_class_bind_template_child (widget_class, WattlePurposeRow, limited);
  gtk_widget_class_bind_template_callback (widget_class, on_state_set);
  gtk_widget_class_bind_template_callback (widget_class, on_limited);
}

static void
wattle_purpose_row_init (WattlePurposeRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wattle_purpose_row_new (WattleBusConsent *consent, const WattlePurpose *purpose)
{
  WattlePurposeRow *self = g_object_new (WATTLE_TYPE_PURPOSE_ROW, NULL);

  self->consent = g_object_ref (consent);
  self->purpose = g_strdup (purpose->id);
  wattle_purpose_row_update (self, purpose);
  return GTK_WIDGET (self);
}
