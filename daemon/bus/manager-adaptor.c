/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Manager. */
#include "daemon/bus/manager-adaptor.h"

#include <json-glib/json-glib.h>

#include "daemon/bus/call.h"
#include "daemon/device/next-code.h"
#include "daemon/store/log.h"
#include "daemon/store/receipts.h"

#define LOG_MAX 10000

struct _WattleManagerAdaptor {
  WattleBusManagerSkeleton parent_instance;
  WattleRegistry *registry;
  WattleCallers *callers;
  GHashTable *looking; /* set of unique bus names that want discovery */
};

static void manager_iface_init (WattleBusManagerIface *iface);
G_DEFINE_TYPE_WITH_CODE (WattleManagerAdaptor, wattle_manager_adaptor, WATTLE_BUS_TYPE_MANAGER_SKELETON,
                         G_IMPLEMENT_INTERFACE (WATTLE_BUS_TYPE_MANAGER, manager_iface_init))

static WattleDatabase *
database (WattleManagerAdaptor *self, GError **error)
{
  return wattle_services_get_database (wattle_guard_get_services (wattle_guard_of (self)), error);
}

static WattleKeyring *
keyring (WattleManagerAdaptor *self)
{
  return wattle_services_get_keyring (wattle_guard_get_services (wattle_guard_of (self)));
}

static void
update_discovering (WattleManagerAdaptor *self)
{
  gboolean looking = g_hash_table_size (self->looking) > 0;

  wattle_registry_set_discovering (self->registry, looking);
  wattle_bus_manager_set_discovering (WATTLE_BUS_MANAGER (self), looking);
}

static void
stop_looking (WattleManagerAdaptor *self, const char *sender)
{
  if (!g_hash_table_remove (self->looking, sender))
    return;
  wattle_callers_release (self->callers, sender);
  update_discovering (self);
}

static void
on_gone (WattleCallers *callers, const char *sender, WattleManagerAdaptor *self)
{
  stop_looking (self, sender);
}

static void
on_problems_changed (WattleRegistry *registry, WattleManagerAdaptor *self)
{
  g_autoptr (GVariant) problems = wattle_registry_get_problems (registry);

  wattle_bus_manager_set_problems (WATTLE_BUS_MANAGER (self), problems);
}

static gboolean
handle_start_discovery (WattleBusManager *manager, GDBusMethodInvocation *invocation)
{
  WattleManagerAdaptor *self = WATTLE_MANAGER_ADAPTOR (manager);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);

  if (g_hash_table_add (self->looking, g_strdup (sender)))
    wattle_callers_hold (self->callers, sender);
  update_discovering (self);
  wattle_call_return (invocation, NULL);
  return TRUE;
}

static gboolean
handle_stop_discovery (WattleBusManager *manager, GDBusMethodInvocation *invocation)
{
  stop_looking (WATTLE_MANAGER_ADAPTOR (manager), g_dbus_method_invocation_get_sender (invocation));
  wattle_call_return (invocation, NULL);
  return TRUE;
}

static gboolean
handle_register_agent (WattleBusManager *manager, GDBusMethodInvocation *invocation, const char *path)
{
  GError *error = NULL;

  wattle_agents_register (wattle_guard_get_agents (wattle_guard_of (manager)),
                          g_dbus_method_invocation_get_sender (invocation), path, &error);
  wattle_call_done (invocation, error);
  return TRUE;
}

static gboolean
handle_unregister_agent (WattleBusManager *manager, GDBusMethodInvocation *invocation, const char *path)
{
  GError *error = NULL;

  wattle_agents_unregister (wattle_guard_get_agents (wattle_guard_of (manager)),
                            g_dbus_method_invocation_get_sender (invocation), path, &error);
  wattle_call_done (invocation, error);
  return TRUE;
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  wattle_keyring_unlock_finish (WATTLE_KEYRING (source), result, &error);
  wattle_call_done (user_data, error);
}

static gboolean
handle_unlock_keyring (WattleBusManager *manager, GDBusMethodInvocation *invocation)
{
  wattle_keyring_unlock_async (keyring (WATTLE_MANAGER_ADAPTOR (manager)), wattle_call_get_cancellable (invocation),
                               on_unlocked, invocation);
  return TRUE;
}

/* {"cloud-data": "confirmed"} as a{ss}. */
static GVariant *
places_to_variant (const char *json)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  GVariantBuilder places;
  JsonObjectIter iter;
  const char *place;
  JsonNode *state;

  g_variant_builder_init (&places, G_VARIANT_TYPE ("a{ss}"));
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, &place, &state))
      if (json_node_get_value_type (state) == G_TYPE_STRING)
        g_variant_builder_add (&places, "{ss}", place, json_node_get_string (state));
  }
  return g_variant_builder_end (&places);
}

static void
add_receipt (GVariantBuilder *list, const WattleReceiptRecord *receipt)
{
  g_variant_builder_open (list, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (list, "{sv}", "id", g_variant_new_string (receipt->id));
  g_variant_builder_add (list, "{sv}", "kind", g_variant_new_string (receipt->kind));
  g_variant_builder_add (list, "{sv}", "device", g_variant_new_string (receipt->device_name));
  g_variant_builder_add (list, "{sv}", "time", g_variant_new_uint64 (receipt->time));
  g_variant_builder_add (list, "{sv}", "complete", g_variant_new_boolean (receipt->complete));
  g_variant_builder_add (list, "{sv}", "places", places_to_variant (receipt->places));
  g_variant_builder_close (list);
}

static gboolean
handle_list_receipts (WattleBusManager *manager, GDBusMethodInvocation *invocation)
{
  WattleManagerAdaptor *self = WATTLE_MANAGER_ADAPTOR (manager);
  GError *error = NULL;
  WattleDatabase *db = database (self, &error);
  g_autoptr (GPtrArray) receipts = db != NULL ? wattle_receipts_list (db, &error) : NULL;
  GVariantBuilder list;

  if (receipts == NULL) {
    wattle_call_fail (invocation, error);
    return TRUE;
  }
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < receipts->len; i++)
    add_receipt (&list, g_ptr_array_index (receipts, i));
  wattle_call_return (invocation, g_variant_new ("(aa{sv})", &list));
  return TRUE;
}

static gboolean
handle_get_receipt (WattleBusManager *manager, GDBusMethodInvocation *invocation, const char *id)
{
  GError *error = NULL;
  WattleDatabase *db = database (WATTLE_MANAGER_ADAPTOR (manager), &error);
  g_autoptr (WattleReceiptRecord) receipt = db != NULL ? wattle_receipts_get (db, id, &error) : NULL;

  if (receipt == NULL)
    wattle_call_fail (invocation, error);
  else
    wattle_call_return (invocation, g_variant_new ("(s)", receipt->json));
  return TRUE;
}

static void
on_code_revealed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (WattleSecret) code = wattle_next_code_reveal_finish (WATTLE_KEYRING (source), result, &error);

  if (code == NULL)
    wattle_call_fail (user_data, error);
  else
    wattle_call_return_secret (user_data, code);
}

static gboolean
handle_reveal_next_code (WattleBusManager *manager, GDBusMethodInvocation *invocation, GUnixFDList *fds,
                         const char *receipt)
{
  wattle_next_code_reveal_async (keyring (WATTLE_MANAGER_ADAPTOR (manager)), receipt,
                                 wattle_call_get_cancellable (invocation), on_code_revealed, invocation);
  return TRUE;
}

static void
on_code_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  wattle_next_code_forget_finish (WATTLE_KEYRING (source), result, &error);
  wattle_call_done (user_data, error);
}

static gboolean
handle_forget_next_code (WattleBusManager *manager, GDBusMethodInvocation *invocation, const char *receipt)
{
  wattle_next_code_forget_async (keyring (WATTLE_MANAGER_ADAPTOR (manager)), receipt,
                                 wattle_call_get_cancellable (invocation), on_code_forgotten, invocation);
  return TRUE;
}

static gboolean
handle_get_log (WattleBusManager *manager, GDBusMethodInvocation *invocation, const char *device, guint max)
{
  GError *error = NULL;
  WattleDatabase *db = database (WATTLE_MANAGER_ADAPTOR (manager), &error);
  g_autoptr (GPtrArray) entries = db != NULL ? wattle_log_list (db, device, MIN (max, LOG_MAX), &error) : NULL;
  GVariantBuilder list;

  if (entries == NULL) {
    wattle_call_fail (invocation, error);
    return TRUE;
  }
  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(tsss)"));
  for (guint i = 0; i < entries->len; i++) {
    const WattleLogEntry *entry = g_ptr_array_index (entries, i);

    g_variant_builder_add (&list, "(tsss)", (guint64)entry->time, entry->device, entry->event, entry->sentence);
  }
  wattle_call_return (invocation, g_variant_new ("(a(tsss))", &list));
  return TRUE;
}

/* The name that the device of a receipt had, for the agent's question. */
static char *
describe (GDBusInterfaceSkeleton *adaptor, GVariant *parameters, GError **error)
{
  WattleDatabase *db = database (WATTLE_MANAGER_ADAPTOR (adaptor), error);
  g_autoptr (WattleReceiptRecord) receipt = NULL;
  const char *id;

  g_variant_get_child (parameters, 0, "&s", &id);
  receipt = db != NULL ? wattle_receipts_get (db, id, error) : NULL;
  return receipt != NULL ? g_strdup (receipt->device_name) : NULL;
}

static const WattleGuardHooks hooks = { .describe = describe };

static void
wattle_manager_adaptor_dispose (GObject *object)
{
  WattleManagerAdaptor *self = WATTLE_MANAGER_ADAPTOR (object);
  GHashTableIter iter;
  gpointer sender;

  if (self->callers != NULL) {
    g_signal_handlers_disconnect_by_data (self->callers, self);
    g_hash_table_iter_init (&iter, self->looking);
    while (g_hash_table_iter_next (&iter, &sender, NULL))
      wattle_callers_release (self->callers, sender);
  }
  if (self->registry != NULL)
    g_signal_handlers_disconnect_by_data (self->registry, self);
  g_clear_pointer (&self->looking, g_hash_table_unref);
  g_clear_object (&self->callers);
  g_clear_object (&self->registry);
  G_OBJECT_CLASS (wattle_manager_adaptor_parent_class)->dispose (object);
}

static void
wattle_manager_adaptor_class_init (WattleManagerAdaptorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_manager_adaptor_dispose;
  wattle_guard_adopt_class (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
manager_iface_init (WattleBusManagerIface *iface)
{
  iface->handle_start_discovery = handle_start_discovery;
  iface->handle_stop_discovery = handle_stop_discovery;
  iface->handle_register_agent = handle_register_agent;
  iface->handle_unregister_agent = handle_unregister_agent;
  iface->handle_unlock_keyring = handle_unlock_keyring;
  iface->handle_list_receipts = handle_list_receipts;
  iface->handle_get_receipt = handle_get_receipt;
  iface->handle_reveal_next_code = handle_reveal_next_code;
  iface->handle_forget_next_code = handle_forget_next_code;
  iface->handle_get_log = handle_get_log;
}

static void
wattle_manager_adaptor_init (WattleManagerAdaptor *self)
{
  self->looking = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

WattleManagerAdaptor *
wattle_manager_adaptor_new (WattleGuard *guard, WattleRegistry *registry)
{
  WattleManagerAdaptor *self = g_object_new (WATTLE_TYPE_MANAGER_ADAPTOR, "version", WATTLE_VERSION, NULL);

  wattle_guard_protect (guard, G_DBUS_INTERFACE_SKELETON (self), &hooks);
  self->registry = g_object_ref (registry);
  self->callers = g_object_ref (wattle_guard_get_callers (guard));
  g_signal_connect (self->callers, "gone", G_CALLBACK (on_gone), self);
  g_signal_connect (registry, "problems-changed", G_CALLBACK (on_problems_changed), self);
  on_problems_changed (registry, self);
  return self;
}
