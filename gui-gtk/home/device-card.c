/* SPDX-License-Identifier: Apache-2.0 */
/* A device in the list. */
#include "gui-gtk/home/device-card.h"

#include <glib/gi18n.h>

#include "client/words.h"
#include "gui-gtk/device/attention.h"
#include "gui-gtk/device/say.h"

#define DECIMALS 1 /* enough to see at a glance */

struct _WattleDeviceCard {
  AdwBin parent_instance;
  GtkLabel *name;
  GtkLabel *reading;
  GtkImage *state_icon;
  GtkLabel *state;
  GtkWidget *attention_box;
  GtkImage *attention_icon;
  GtkLabel *attention;
  WattleService *service;
  WattleBusObject *device;
};

G_DEFINE_FINAL_TYPE (WattleDeviceCard, wattle_device_card, ADW_TYPE_BIN)

static char *
say_reading (WattleBusDevice *device)
{
  GVariant *last = wattle_bus_device_get_last_reading (device);
  guint64 time = 0;
  double value;
  const char *unit;

  if (last != NULL)
    g_variant_get (last, "(td&s)", &time, &value, &unit);
  return time != 0 ? wattle_words_value (value, unit, DECIMALS) : g_strdup ("");
}

static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

/* The first that neither the state nor the banner above says already. */
static WattleAttention
find_attention (WattleDeviceCard *self)
{
  gboolean told = wattle_service_shares_problem (self->service, wattle_bus_object_peek_device (self->device));
  WattleAttention what = 0;

  while (what < WATTLE_ATTENTION_NONE
         && (what == WATTLE_ATTENTION_WIPING || (what == WATTLE_ATTENTION_PROBLEM && told)
             || !wattle_attention_holds (what, self->device)))
    what++;
  return what;
}

/* The row around the card is what a screen reader reads. */
static void
tell (WattleDeviceCard *self, const char *words)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
update (WattleDeviceCard *self)
{
  WattleBusDevice *device = wattle_bus_object_peek_device (self->device);
  WattleAttention what = find_attention (self);
  g_autofree char *name = wattle_say_name (device);
  g_autofree char *reading = say_reading (device);
  g_autofree char *state = wattle_say_state (device);
  g_autofree char *attention = wattle_attention_say (what, self->device);
  g_autofree char *all = g_strjoin ("\n", name, state, attention != NULL ? attention : reading,
                                    attention != NULL ? reading : NULL, NULL);

  set_text (self->name, name);
  set_text (self->reading, reading);
  set_text (self->state, state);
  set_text (self->attention, attention != NULL ? attention : "");
  gtk_image_set_from_icon_name (self->state_icon, wattle_say_state_icon (device));
  gtk_image_set_from_icon_name (self->attention_icon, wattle_attention_icon (what));
  gtk_widget_set_visible (self->attention_box, attention != NULL);
  tell (self, all);
}

static void
on_problems (WattleDeviceCard *self)
{
  if (self->device != NULL)
    update (self);
}

void
wattle_device_card_set_device (WattleDeviceCard *self, WattleBusObject *device)
{
  GDBusProxy *followed[2];

  if (self->device != NULL) {
    g_signal_handlers_disconnect_by_data (wattle_bus_object_peek_device (self->device), self);
    if (wattle_bus_object_peek_consent (self->device) != NULL)
      g_signal_handlers_disconnect_by_data (wattle_bus_object_peek_consent (self->device), self);
  }
  g_set_object (&self->device, device);
  if (device == NULL)
    return;
  followed[0] = G_DBUS_PROXY (wattle_bus_object_peek_device (device));
  followed[1] = (GDBusProxy *)wattle_bus_object_peek_consent (device);
  for (gsize i = 0; i < G_N_ELEMENTS (followed); i++)
    if (followed[i] != NULL)
      g_signal_connect_object (followed[i], "g-properties-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
wattle_device_card_dispose (GObject *object)
{
  wattle_device_card_set_device (WATTLE_DEVICE_CARD (object), NULL);
  g_clear_object (&WATTLE_DEVICE_CARD (object)->service);
  G_OBJECT_CLASS (wattle_device_card_parent_class)->dispose (object);
}

static void
wattle_device_card_class_init (WattleDeviceCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_device_card_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/home/device-card.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleDeviceCard, name);
  gtk_widget_class_bind_template_child (widget_class, WattleDeviceCard, reading);
  gtk_widget_class_bind_template_child (widget_class, WattleDeviceCard, state_icon);
  gtk_widget_class_bind_template_child (widget_class, WattleDeviceCard, state);
  gtk_widget_class_bind_template_child (widget_class, WattleDeviceCard, attention_box);
  gtk_widget_class_bind_template_child (widget_class, WattleDeviceCard, attention_icon);
  gtk_widget_class_bind_template_child (widget_class, WattleDeviceCard, attention);
}

static void
wattle_device_card_init (WattleDeviceCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wattle_device_card_new (WattleService *service)
{
  WattleDeviceCard *self = g_object_new (WATTLE_TYPE_DEVICE_CARD, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_object (service, "notify::problems", G_CALLBACK (on_problems), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
