/* SPDX-License-Identifier: Apache-2.0 */
/* The service's objects of one kind as a list model. */
#include "gui-gtk/service/object-model.h"

#include "wattle-bus.h"

struct _WattleObjectModel {
  GObject parent_instance;
  char *interface;
  GDBusObjectManager *manager;
  GListStore *objects; /* of WattleBusObject */
};

static GType
get_item_type (GListModel *model)
{
  return WATTLE_BUS_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (WATTLE_OBJECT_MODEL (model)->objects));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (WATTLE_OBJECT_MODEL (model)->objects), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WattleObjectModel, wattle_object_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_ours (WattleObjectModel *self, GDBusObject *object)
{
  g_autoptr (GDBusInterface) interface = g_dbus_object_get_interface (object, self->interface);

  return interface != NULL;
}

/* A call may wait for a person's answer or a slow device; the bus tells at
 * once when the service is gone. */
static void
make_patient (GDBusObject *object)
{
  GList *interfaces = g_dbus_object_get_interfaces (object);

  for (GList *l = interfaces; l != NULL; l = l->next)
    g_dbus_proxy_set_default_timeout (l->data, G_MAXINT);
  g_list_free_full (interfaces, g_object_unref);
}

static void
on_object_added (WattleObjectModel *self, GDBusObject *object)
{
  guint position;

  if (!is_ours (self, object) || g_list_store_find (self->objects, object, &position))
    return;
  make_patient (object);
  g_list_store_append (self->objects, object);
}

static void
on_object_removed (WattleObjectModel *self, GDBusObject *object)
{
  guint position;

  if (g_list_store_find (self->objects, object, &position))
    g_list_store_remove (self->objects, position);
}

static void
on_properties_changed (WattleObjectModel *self, GDBusObject *object)
{
  if (is_ours (self, object))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, object);
}

/* All at once: a thousand devices are one change for who shows them. */
static void
fill (WattleObjectModel *self)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  GList *all = g_dbus_object_manager_get_objects (self->manager);

  for (GList *l = all; l != NULL; l = l->next) {
    if (is_ours (self, l->data)) {
      make_patient (l->data);
      g_ptr_array_add (found, l->data);
    }
  }
  g_list_store_splice (self->objects, 0, 0, found->pdata, found->len);
  g_list_free_full (all, g_object_unref);
}

void
wattle_object_model_set_manager (WattleObjectModel *self, GDBusObjectManager *manager)
{
  if (self->manager == manager)
    return;
  if (self->manager != NULL)
    g_signal_handlers_disconnect_by_data (self->manager, self);
  g_set_object (&self->manager, manager);
  g_list_store_remove_all (self->objects);
  if (manager == NULL)
    return;
  fill (self);
  g_signal_connect_swapped (manager, "object-added", G_CALLBACK (on_object_added), self);
  g_signal_connect_swapped (manager, "object-removed", G_CALLBACK (on_object_removed), self);
  g_signal_connect_swapped (manager, "interface-proxy-properties-changed", G_CALLBACK (on_properties_changed), self);
}

static void
on_items_changed (WattleObjectModel *self, guint position, guint removed, guint added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
wattle_object_model_dispose (GObject *object)
{
  WattleObjectModel *self = WATTLE_OBJECT_MODEL (object);

  if (self->manager != NULL)
    g_signal_handlers_disconnect_by_data (self->manager, self);
  g_clear_object (&self->manager);
  g_clear_object (&self->objects);
  g_clear_pointer (&self->interface, g_free);
  G_OBJECT_CLASS (wattle_object_model_parent_class)->dispose (object);
}

static void
wattle_object_model_class_init (WattleObjectModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_object_model_dispose;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, WATTLE_BUS_TYPE_OBJECT);
}

static void
wattle_object_model_init (WattleObjectModel *self)
{
  self->objects = g_list_store_new (WATTLE_BUS_TYPE_OBJECT);
  g_signal_connect_object (self->objects, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);
}

WattleObjectModel *
wattle_object_model_new (const char *interface)
{
  WattleObjectModel *self = g_object_new (WATTLE_TYPE_OBJECT_MODEL, NULL);

  self->interface = g_strdup (interface);
  return self;
}
