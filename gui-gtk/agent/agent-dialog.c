/* SPDX-License-Identifier: Apache-2.0 */
/* Puts one question of another program to the person. */
#include "gui-gtk/agent/agent-dialog.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "gui-gtk/widgets/careful-dialog.h"

struct _WattleAgentDialog {
  AdwMessageDialog parent_instance;
  GtkWidget *about_caller;
  GtkLabel *who;
  GtkLabel *details;
  gboolean answered;
};

G_DEFINE_FINAL_TYPE (WattleAgentDialog, wattle_agent_dialog, ADW_TYPE_MESSAGE_DIALOG)

enum { SIGNAL_ANSWERED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const struct {
  const char *action;
  const char *about; /* %s is a device */
  const char *bare;
  AdwResponseAppearance appearance;
} headings[] = {
  /* Translators: %s is what a person calls their device */
  { "wipe", N_ ("Another program wants to wipe “%s”"), N_ ("Another program wants to wipe a device"),
    ADW_RESPONSE_DESTRUCTIVE },
  /* Translators: %s is what a person calls their device */
  { "give-up-cloud", N_ ("Another program wants to end the wipe of “%s” without the cloud"),
    N_ ("Another program wants to end a wipe without the cloud"), ADW_RESPONSE_DESTRUCTIVE },
  /* Translators: %s is what a person calls their device */
  { "export", N_ ("Another program wants all data of “%s”"), N_ ("Another program wants all data of a device"),
    ADW_RESPONSE_DEFAULT },
  /* Translators: %s is what a person calls their device */
  { "accept-image", N_ ("Another program wants to accept the software of “%s”"),
    N_ ("Another program wants to accept a device's software"), ADW_RESPONSE_DEFAULT },
  /* Translators: %s is what a person calls their device */
  { "install", N_ ("Another program wants to install software on “%s”"),
    N_ ("Another program wants to install software on a device"), ADW_RESPONSE_DEFAULT },
  /* Translators: %s is what a person calls their device */
  { "reveal-next-code", N_ ("Another program wants the setup code of “%s”"), N_ ("Another program wants a setup code"),
    ADW_RESPONSE_DEFAULT },
};

char *
wattle_agent_dialog_heading (const char *action, const char *device)
{
  g_autofree char *name = wattle_text_clean (device);

  for (gsize i = 0; i < G_N_ELEMENTS (headings); i++) {
    if (g_strcmp0 (headings[i].action, action) != 0)
      continue;
    if (*name == '\0')
      return g_strdup (_ (headings[i].bare));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return g_strdup_printf (_ (headings[i].about), name);
#pragma GCC diagnostic pop
  }
  return g_strdup (_ ("Another program asks for something"));
}

static void
answer (WattleAgentDialog *self, gboolean allow)
{
  if (self->answered)
    return;
  self->answered = TRUE;
  g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, allow);
}

/* Only what is enabled can be pressed, but a response may come from elsewhere. */
static void
on_response (WattleAgentDialog *self, const char *response)
{
  answer (self, g_str_equal (response, "allow")
                    && adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (self), "allow"));
}

void
wattle_agent_dialog_set_caller (WattleAgentDialog *self, const WattleCaller *caller)
{
  g_autofree char *details = NULL;

  if (caller->program != NULL)
    /* Translators: %s is a file that runs, %u the number of its process */
    details = g_strdup_printf (_ ("%s, process %u"), caller->program, caller->pid);
  gtk_label_set_label (self->who, caller->name != NULL ? caller->name : _ ("A program that cannot be found"));
  gtk_label_set_label (self->details, details != NULL ? details : "");
}

static void
wattle_agent_dialog_dispose (GObject *object)
{
  WattleAgentDialog *self = WATTLE_AGENT_DIALOG (object);

  answer (self, FALSE);
  G_OBJECT_CLASS (wattle_agent_dialog_parent_class)->dispose (object);
}

static void
wattle_agent_dialog_class_init (WattleAgentDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_agent_dialog_dispose;
  signals[SIGNAL_ANSWERED] = g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/agent/agent-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleAgentDialog, about_caller);
  gtk_widget_class_bind_template_child (widget_class, WattleAgentDialog, who);
  gtk_widget_class_bind_template_child (widget_class, WattleAgentDialog, details);
  gtk_widget_class_bind_template_callback (widget_class, on_response);
}

static void
wattle_agent_dialog_init (WattleAgentDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static AdwResponseAppearance
appearance_of (const char *action)
{
  for (gsize i = 0; i < G_N_ELEMENTS (headings); i++)
    if (g_strcmp0 (headings[i].action, action) == 0)
      return headings[i].appearance;
  return ADW_RESPONSE_DEFAULT;
}

GtkWindow *
wattle_agent_dialog_new (GtkWindow *parent, const char *action, const char *device, const char *sentence)
{
  g_autofree char *heading = wattle_agent_dialog_heading (action, device);
  g_autofree char *body = wattle_text_clean (sentence);
  AdwMessageDialog *self = g_object_new (WATTLE_TYPE_AGENT_DIALOG, "transient-for", parent, NULL);

  wattle_careful_dialog_fill (self, heading, body, WATTLE_AGENT_DIALOG (self)->about_caller);
  adw_message_dialog_set_response_appearance (self, "allow", appearance_of (action));
  wattle_careful_dialog_guard (self, "allow");
  return GTK_WINDOW (self);
}
