/* SPDX-License-Identifier: Apache-2.0 */
/* The devices in the order in which a person wants them. */
#include "gui-gtk/home/device-order.h"

#include <string.h>

#include "gui-gtk/device/attention.h"

struct _WattleDeviceOrder {
  GObject parent_instance;
  GListModel *devices;
  GListStore *sorted;
  GHashTable *keys; /* WattleBusObject to what it is sorted by */
};

G_DEFINE_FINAL_TYPE (WattleDeviceOrder, wattle_device_order, G_TYPE_OBJECT)

static char *
new_key (WattleBusObject *object)
{
  const char *name = wattle_bus_device_get_name (wattle_bus_object_peek_device (object));
  g_autofree char *folded = g_utf8_casefold (name != NULL ? name : "", -1);
  g_autofree char *collated = g_utf8_collate_key_for_filename (folded, -1); /* "Room 2" before "Room 10" */

  return g_strdup_printf ("%d %s", wattle_attention_first (object), collated);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer keys)
{
  int order = strcmp (g_hash_table_lookup (keys, a), g_hash_table_lookup (keys, b));

  return order != 0 ? order
                    : strcmp (g_dbus_object_get_object_path (G_DBUS_OBJECT ((gpointer)a)),
                              g_dbus_object_get_object_path (G_DBUS_OBJECT ((gpointer)b)));
}

/* Of places in an array. */
static int
compare_places (gconstpointer a, gconstpointer b, gpointer keys)
{
  return compare (*(gconstpointer *)a, *(gconstpointer *)b, keys);
}

static void
insert (WattleDeviceOrder *self, WattleBusObject *object)
{
  g_hash_table_insert (self->keys, g_object_ref (object), new_key (object));
  g_list_store_insert_sorted (self->sorted, object, compare, self->keys);
}

/* All at once: a thousand devices are one change for who shows them. */
static void
fill (WattleDeviceOrder *self)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);

  g_hash_table_remove_all (self->keys);
  for (guint i = 0; i < g_list_model_get_n_items (self->devices); i++) {
    WattleBusObject *object = g_list_model_get_item (self->devices, i);

    g_ptr_array_add (all, object);
    g_hash_table_insert (self->keys, g_object_ref (object), new_key (object));
  }
  g_ptr_array_sort_with_data (all, compare_places, self->keys);
  g_list_store_splice (self->sorted, 0, g_list_model_get_n_items (G_LIST_MODEL (self->sorted)), all->pdata, all->len);
}

static void
on_items_changed (WattleDeviceOrder *self, guint position, guint removed, guint added)
{
  if (removed == 0 && added == 1) {
    g_autoptr (WattleBusObject) object = g_list_model_get_item (self->devices, position);

    insert (self, object);
  } else {
    fill (self);
  }
}

static void
on_changed (WattleDeviceOrder *self, WattleBusObject *object)
{
  const char *old = g_hash_table_lookup (self->keys, object);
  g_autofree char *key = new_key (object);
  guint position;

  if (old == NULL || strcmp (old, key) == 0 || !g_list_store_find (self->sorted, object, &position))
    return;
  g_list_store_remove (self->sorted, position);
  insert (self, object);
}

GListModel *
wattle_device_order_get_list (WattleDeviceOrder *self)
{
  return G_LIST_MODEL (self->sorted);
}

static void
wattle_device_order_dispose (GObject *object)
{
  WattleDeviceOrder *self = WATTLE_DEVICE_ORDER (object);

  g_clear_object (&self->devices);
  g_clear_object (&self->sorted);
  g_clear_pointer (&self->keys, g_hash_table_unref);
  G_OBJECT_CLASS (wattle_device_order_parent_class)->dispose (object);
}

static void
wattle_device_order_class_init (WattleDeviceOrderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_device_order_dispose;
}

static void
wattle_device_order_init (WattleDeviceOrder *self)
{
  self->sorted = g_list_store_new (WATTLE_BUS_TYPE_OBJECT);
  self->keys = g_hash_table_new_full (NULL, NULL, g_object_unref, g_free);
}

WattleDeviceOrder *
wattle_device_order_new (GListModel *devices)
{
  WattleDeviceOrder *self = g_object_new (WATTLE_TYPE_DEVICE_ORDER, NULL);

  self->devices = g_object_ref (devices);
  fill (self);
  g_signal_connect_object (devices, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (devices, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  return self;
}
