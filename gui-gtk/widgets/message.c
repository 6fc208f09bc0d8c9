/* SPDX-License-Identifier: Apache-2.0 */
/* A sentence on a page, beside what it is about. */
#include "gui-gtk/widgets/message.h"

#include "gui-gtk/service/service.h"

struct _WattleMessage {
  AdwBin parent_instance;
  GtkImage *icon;
  GtkLabel *label;
  GtkWidget *field; /* weak */
};

G_DEFINE_FINAL_TYPE (WattleMessage, wattle_message, ADW_TYPE_BIN)

enum { PROP_FIELD = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

void
wattle_message_set (WattleMessage *self, const char *icon_name, const char *sentence)
{
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon_name != NULL);
  gtk_label_set_text (self->label, sentence != NULL ? sentence : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sentence != NULL ? sentence : "", -1);
  gtk_widget_set_visible (GTK_WIDGET (self), sentence != NULL);
  if (self->field != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->field), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    sentence != NULL ? sentence : "", -1);
}

void
wattle_message_set_error (WattleMessage *self, const GError *error)
{
  g_autofree char *sentence = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  sentence = wattle_service_error_sentence (error);
  wattle_message_set (self, "dialog-warning-symbolic", sentence);
}

static void
wattle_message_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, WATTLE_MESSAGE (object)->field);
}

static void
wattle_message_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  g_set_weak_pointer (&WATTLE_MESSAGE (object)->field, g_value_get_object (value));
}

static void
wattle_message_finalize (GObject *object)
{
  g_clear_weak_pointer (&WATTLE_MESSAGE (object)->field);
  G_OBJECT_CLASS (wattle_message_parent_class)->finalize (object);
}

static void
wattle_message_class_init (WattleMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = wattle_message_get_property;
  object_class->set_property = wattle_message_set_property;
  object_class->finalize = wattle_message_finalize;
  props[PROP_FIELD]
      = g_param_spec_object ("field", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/widgets/message.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleMessage, icon);
  gtk_widget_class_bind_template_child (widget_class, WattleMessage, label);
}

static void
wattle_message_init (WattleMessage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
