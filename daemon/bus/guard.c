/* SPDX-License-Identifier: Apache-2.0 */
/* The one door to every adaptor. */
#include "daemon/bus/guard.h"

#include <glib/gi18n.h>

#include "common/error.h"
#include "daemon/bus/call.h"
#include "daemon/policy/policy.h"

#define GUARD_KEY "wattle-guard"
#define HOOKS_KEY "wattle-guard-hooks"
#define DEVICE_INTERFACE "org.wattle.Companion1.Device"

struct _WattleGuard {
  GObject parent_instance;
  WattleServices *services;
  WattleCallers *callers;
  WattleAgents *agents;
};

G_DEFINE_TYPE (WattleGuard, wattle_guard, G_TYPE_OBJECT)

/* A call on its way through. */
typedef struct {
  WattleGuard *guard;
  GDBusInterfaceSkeleton *adaptor;
  GDBusMethodInvocation *invocation;
  const WattlePolicyRule *rule;
} Passage;

static void
passage_free (Passage *passage)
{
  g_object_unref (passage->adaptor);
  g_object_unref (passage->guard);
  g_free (passage);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Passage, passage_free)

/* The generated skeleton's own vtable. */
static const GDBusInterfaceVTable *
generated_vtable (GDBusInterfaceSkeleton *adaptor)
{
  GDBusInterfaceSkeletonClass *parent = g_type_class_peek_parent (G_OBJECT_GET_CLASS (adaptor));

  return (const GDBusInterfaceVTable *)parent->get_vtable (adaptor);
}

/* A string property of @adaptor or, where it has none of that name, of the
 * Device at the same object; NULL where neither has. */
static char *
get_string (GDBusInterfaceSkeleton *adaptor, const char *property)
{
  g_autoptr (GDBusObject) object = NULL;
  g_autoptr (GDBusInterface) device = NULL;
  gpointer holder = adaptor;
  char *value = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (adaptor), property) == NULL) {
    object = g_dbus_interface_dup_object (G_DBUS_INTERFACE (adaptor));
    device = object != NULL ? g_dbus_object_get_interface (object, DEVICE_INTERFACE) : NULL;
    holder = device;
  }
  if (holder != NULL)
    g_object_get (holder, property, &value, NULL);
  return value;
}

static gboolean
check (WattleGuard *self, GDBusInterfaceSkeleton *adaptor, const WattlePolicyRule *rule, GError **error)
{
  g_autofree char *state = rule->states != NULL ? get_string (adaptor, "state") : NULL;

  if (g_dbus_interface_skeleton_get_object_path (adaptor) == NULL) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, _ ("This is not there any more."));
    return FALSE;
  }
  return wattle_policy_check (rule, state, wattle_services_get_database_error (self->services), error);
}

/* Past every question: to the adaptor. */
static void
admit (Passage *passage)
{
  GDBusMethodInvocation *invocation = passage->invocation;

  generated_vtable (passage->adaptor)
      ->method_call (g_dbus_method_invocation_get_connection (invocation),
                     g_dbus_method_invocation_get_sender (invocation),
                     g_dbus_method_invocation_get_object_path (invocation),
                     g_dbus_method_invocation_get_interface_name (invocation),
                     g_dbus_method_invocation_get_method_name (invocation),
                     g_dbus_method_invocation_get_parameters (invocation), invocation, passage->adaptor);
}

static void
on_agent_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Passage) passage = user_data;
  GError *error = NULL;

  /* The world went on while the person read the question. */
  if (!wattle_agents_ask_finish (WATTLE_AGENTS (source), result, &error)
      || !check (passage->guard, passage->adaptor, passage->rule, &error))
    wattle_call_fail (passage->invocation, error);
  else
    admit (passage);
}

static void
ask_agent (Passage *taken)
{
  g_autoptr (Passage) passage = taken;
  const WattleGuardHooks *hooks = g_object_get_data (G_OBJECT (passage->adaptor), HOOKS_KEY);
  g_autofree char *about = NULL;
  GError *error = NULL;

  if (passage->rule->action == NULL) {
    admit (passage);
    return;
  }
  if (hooks != NULL && hooks->describe != NULL)
    about = hooks->describe (passage->adaptor, g_dbus_method_invocation_get_parameters (passage->invocation), &error);
  else
    about = get_string (passage->adaptor, "name");
  if (error != NULL) {
    wattle_call_fail (passage->invocation, error);
    return;
  }
  wattle_agents_ask_async (passage->guard->agents, passage->rule->action, about != NULL ? about : "",
                           _ (passage->rule->sentence), g_dbus_method_invocation_get_sender (passage->invocation),
                           wattle_call_get_cancellable (passage->invocation), on_agent_answered, passage);
  g_steal_pointer (&passage);
}

static void
on_sandbox_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Passage) passage = user_data;
  GError *error = NULL;

  if (wattle_callers_sandboxed_finish (WATTLE_CALLERS (source), result, &error))
    error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                                 _ ("An app in a sandbox may not answer for you."));
  if (error != NULL)
    wattle_call_fail (passage->invocation, error);
  else
    ask_agent (g_steal_pointer (&passage));
}

static void
guarded_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
              const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  g_autoptr (Passage) passage = g_new0 (Passage, 1);
  GError *error = NULL;

  passage->adaptor = g_object_ref (user_data);
  passage->guard = g_object_ref (wattle_guard_of (user_data));
  passage->invocation = invocation;
  passage->rule = wattle_policy_find (interface, method);
  wattle_call_begin (invocation, passage->guard->callers);
  if (passage->rule == NULL)
    error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, _ ("There is no such call."));
  else
    check (passage->guard, passage->adaptor, passage->rule, &error);

  if (error != NULL) {
    wattle_call_fail (invocation, error);
  } else if (passage->rule->needs & WATTLE_POLICY_UNSANDBOXED) {
    wattle_callers_sandboxed_async (passage->guard->callers, sender, on_sandbox_known, passage);
    g_steal_pointer (&passage);
  } else {
    ask_agent (g_steal_pointer (&passage));
  }
}

static GVariant *
guarded_get (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
             const char *property, GError **error, gpointer user_data)
{
  return generated_vtable (user_data)->get_property (connection, sender, path, interface, property, error, user_data);
}

static gboolean
guarded_set (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
             const char *property, GVariant *value, GError **error, gpointer user_data)
{
  const WattleGuardHooks *hooks = g_object_get_data (user_data, HOOKS_KEY);
  g_autofree char *name = g_strconcat ("Set:", property, NULL);
  const WattlePolicyRule *rule = wattle_policy_find (interface, name);

  if (rule == NULL || hooks == NULL || hooks->set_property == NULL) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, _ ("This cannot be changed."));
    return FALSE;
  }
  return check (wattle_guard_of (user_data), user_data, rule, error)
         && hooks->set_property (user_data, property, value, error);
}

static const GDBusInterfaceVTable guarded_vtable = { guarded_call, guarded_get, guarded_set };

static GDBusInterfaceVTable *
get_guarded_vtable (GDBusInterfaceSkeleton *adaptor)
{
  return (GDBusInterfaceVTable *)&guarded_vtable;
}

static void
wattle_guard_dispose (GObject *object)
{
  WattleGuard *self = WATTLE_GUARD (object);

  g_clear_object (&self->agents);
  g_clear_object (&self->callers);
  g_clear_object (&self->services);
  G_OBJECT_CLASS (wattle_guard_parent_class)->dispose (object);
}

void
wattle_guard_adopt_class (GDBusInterfaceSkeletonClass *klass)
{
  klass->get_vtable = get_guarded_vtable;
}

static void
wattle_guard_class_init (WattleGuardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_guard_dispose;
}

static void
wattle_guard_init (WattleGuard *self)
{
}

WattleGuard *
wattle_guard_new (GDBusConnection *connection, WattleServices *services)
{
  WattleGuard *self = g_object_new (WATTLE_TYPE_GUARD, NULL);

  self->services = g_object_ref (services);
  self->callers = wattle_callers_new (connection);
  self->agents = wattle_agents_new (connection, self->callers);
  return self;
}

WattleServices *
wattle_guard_get_services (WattleGuard *self)
{
  return self->services;
}

WattleCallers *
wattle_guard_get_callers (WattleGuard *self)
{
  return self->callers;
}

WattleAgents *
wattle_guard_get_agents (WattleGuard *self)
{
  return self->agents;
}

void
wattle_guard_protect (WattleGuard *self, GDBusInterfaceSkeleton *adaptor, const WattleGuardHooks *hooks)
{
  g_object_set_data_full (G_OBJECT (adaptor), GUARD_KEY, g_object_ref (self), g_object_unref);
  g_object_set_data (G_OBJECT (adaptor), HOOKS_KEY, (gpointer)hooks);
}

WattleGuard *
wattle_guard_of (gpointer adaptor)
{
  return g_object_get_data (adaptor, GUARD_KEY);
}
