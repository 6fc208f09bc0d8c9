/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Consent. */
#include "daemon/bus/consent-adaptor.h"

#include "daemon/bus/call.h"
#include "daemon/bus/variants.h"

struct _WattleConsentAdaptor {
  WattleBusConsentSkeleton parent_instance;
  WattleConsent *consent;
};

static void consent_iface_init (WattleBusConsentIface *iface);
G_DEFINE_TYPE_WITH_CODE (WattleConsentAdaptor, wattle_consent_adaptor, WATTLE_BUS_TYPE_CONSENT_SKELETON,
                         G_IMPLEMENT_INTERFACE (WATTLE_BUS_TYPE_CONSENT, consent_iface_init))

static void
sync_properties (WattleConsentAdaptor *self)
{
  const char *language = wattle_services_get_language (wattle_guard_get_services (wattle_guard_of (self)));

  wattle_bus_consent_set_purposes (WATTLE_BUS_CONSENT (self), wattle_variant_decisions (self->consent, language));
}

static gboolean
handle_give (WattleBusConsent *object, GDBusMethodInvocation *invocation, const char *purpose)
{
  GError *error = NULL;

  wattle_consent_give (WATTLE_CONSENT_ADAPTOR (object)->consent, purpose, 0, &error);
  wattle_call_done (invocation, error);
  return TRUE;
}

static gboolean
handle_give_until (WattleBusConsent *object, GDBusMethodInvocation *invocation, const char *purpose, guint64 until)
{
  GError *error = NULL;

  /* 0 would be no end at all, which is Give's. */
  wattle_consent_give (WATTLE_CONSENT_ADAPTOR (object)->consent, purpose, CLAMP (until, 1, G_MAXINT64), &error);
  wattle_call_done (invocation, error);
  return TRUE;
}

static gboolean
handle_refuse (WattleBusConsent *object, GDBusMethodInvocation *invocation, const char *purpose)
{
  GError *error = NULL;

  wattle_consent_refuse (WATTLE_CONSENT_ADAPTOR (object)->consent, purpose, &error);
  wattle_call_done (invocation, error);
  return TRUE;
}

static gboolean
handle_withdraw (WattleBusConsent *object, GDBusMethodInvocation *invocation, const char *purpose)
{
  GError *error = NULL;

  wattle_consent_withdraw (WATTLE_CONSENT_ADAPTOR (object)->consent, purpose, &error);
  wattle_call_done (invocation, error);
  return TRUE;
}

static gboolean
return_json (GDBusMethodInvocation *invocation, char *json, GError *error)
{
  g_autofree char *text = json;

  if (text == NULL)
    wattle_call_fail (invocation, error);
  else
    wattle_call_return (invocation, g_variant_new ("(s)", text));
  return TRUE;
}

static gboolean
handle_get_records (WattleBusConsent *object, GDBusMethodInvocation *invocation)
{
  GError *error = NULL;
  char *json = wattle_consent_get_records (WATTLE_CONSENT_ADAPTOR (object)->consent, &error);

  return return_json (invocation, json, error);
}

static gboolean
handle_get_ledger (WattleBusConsent *object, GDBusMethodInvocation *invocation)
{
  GError *error = NULL;
  char *json = wattle_consent_get_ledger_json (WATTLE_CONSENT_ADAPTOR (object)->consent, &error);

  return return_json (invocation, json, error);
}

static gboolean
handle_verify_ledger (WattleBusConsent *object, GDBusMethodInvocation *invocation)
{
  GError *error = NULL;
  guint records = 0;

  if (!wattle_consent_verify (WATTLE_CONSENT_ADAPTOR (object)->consent, &records, &error))
    wattle_call_fail (invocation, error);
  else
    wattle_call_return (invocation, g_variant_new ("(u)", records));
  return TRUE;
}

static void
wattle_consent_adaptor_dispose (GObject *object)
{
  WattleConsentAdaptor *self = WATTLE_CONSENT_ADAPTOR (object);

  if (self->consent != NULL)
    g_signal_handlers_disconnect_by_data (self->consent, self);
  g_clear_object (&self->consent);
  G_OBJECT_CLASS (wattle_consent_adaptor_parent_class)->dispose (object);
}

static void
wattle_consent_adaptor_class_init (WattleConsentAdaptorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_consent_adaptor_dispose;
  wattle_guard_adopt_class (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
consent_iface_init (WattleBusConsentIface *iface)
{
  iface->handle_give = handle_give;
  iface->handle_give_until = handle_give_until;
  iface->handle_refuse = handle_refuse;
  iface->handle_withdraw = handle_withdraw;
  iface->handle_get_ledger = handle_get_ledger;
  iface->handle_get_records = handle_get_records;
  iface->handle_verify_ledger = handle_verify_ledger;
}

static void
wattle_consent_adaptor_init (WattleConsentAdaptor *self)
{
}

WattleConsentAdaptor *
wattle_consent_adaptor_new (WattleGuard *guard, WattleDevice *device)
{
  WattleConsentAdaptor *self = g_object_new (WATTLE_TYPE_CONSENT_ADAPTOR, NULL);

  wattle_guard_protect (guard, G_DBUS_INTERFACE_SKELETON (self), NULL);
  self->consent = g_object_ref (wattle_device_get_consent (device));
  g_signal_connect_swapped (self->consent, "changed", G_CALLBACK (sync_properties), self);
  sync_properties (self);
  return self;
}
