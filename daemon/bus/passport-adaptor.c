/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Passport. */
#include "daemon/bus/passport-adaptor.h"

#include "daemon/bus/call.h"
#include "daemon/bus/variants.h"
#include "privacy/notice.h"

struct _WattlePassportAdaptor {
  WattleBusPassportSkeleton parent_instance;
  WattlePassport *passport;
};

static void passport_iface_init (WattleBusPassportIface *iface);
G_DEFINE_TYPE_WITH_CODE (WattlePassportAdaptor, wattle_passport_adaptor, WATTLE_BUS_TYPE_PASSPORT_SKELETON,
                         G_IMPLEMENT_INTERFACE (WATTLE_BUS_TYPE_PASSPORT, passport_iface_init))

static const char *
service_language (gpointer self)
{
  return wattle_services_get_language (wattle_guard_get_services (wattle_guard_of (self)));
}

static gboolean
handle_get_notice (WattleBusPassport *object, GDBusMethodInvocation *invocation, const char *language)
{
  WattlePassportAdaptor *self = WATTLE_PASSPORT_ADAPTOR (object);
  g_autoptr (GPtrArray) sections
      = wattle_notice_render (self->passport, *language != '\0' ? language : service_language (self));

  wattle_call_return (invocation, g_variant_new ("(@a(sas))", wattle_variant_sections (sections)));
  return TRUE;
}

static void
wattle_passport_adaptor_dispose (GObject *object)
{
  g_clear_object (&WATTLE_PASSPORT_ADAPTOR (object)->passport);
  G_OBJECT_CLASS (wattle_passport_adaptor_parent_class)->dispose (object);
}

static void
wattle_passport_adaptor_class_init (WattlePassportAdaptorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_passport_adaptor_dispose;
  wattle_guard_adopt_class (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
passport_iface_init (WattleBusPassportIface *iface)
{
  iface->handle_get_notice = handle_get_notice;
}

static void
wattle_passport_adaptor_init (WattlePassportAdaptor *self)
{
}

WattlePassportAdaptor *
wattle_passport_adaptor_new (WattleGuard *guard, WattlePassport *passport)
{
  WattlePassportAdaptor *self = g_object_new (WATTLE_TYPE_PASSPORT_ADAPTOR, NULL);
  g_auto (GStrv) omissions = NULL;
  g_autofree char *json = wattle_passport_dup_json (passport);
  const char *language;

  wattle_guard_protect (guard, G_DBUS_INTERFACE_SKELETON (self), NULL);
  self->passport = g_object_ref (passport);
  language = service_language (self);
  omissions = wattle_passport_get_omissions (passport, language);
  g_object_set (self, "sha256", wattle_passport_get_sha256 (passport), "product-name",
                wattle_passport_get_name (passport, language), "manufacturer",
                wattle_passport_get_manufacturer (passport), "support-end", wattle_passport_get_support_end (passport),
                "security-contact", wattle_passport_get_security_contact (passport), "omissions", omissions, "json",
                json, "purposes", wattle_variant_purposes (passport, language), NULL);
  return self;
}
