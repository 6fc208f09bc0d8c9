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

/* In the order of the interface. */
enum {
  PROP_SHA256 = 1,
  PROP_PRODUCT_NAME,
  PROP_MANUFACTURER,
  PROP_SUPPORT_END,
  PROP_SECURITY_CONTACT,
  PROP_OMISSIONS,
  PROP_JSON,
  PROP_PURPOSES,
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

/* What the passport says is put into the words of the bus for who asks: a service that nobody
 * asks holds no second copy of it. */
static void
wattle_passport_adaptor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WattlePassport *passport = WATTLE_PASSPORT_ADAPTOR (object)->passport;
  const char *language = service_language (object);

  switch (id) {
    case PROP_SHA256:
      g_value_set_string (value, wattle_passport_get_sha256 (passport));
      break;
    case PROP_PRODUCT_NAME:
      g_value_set_string (value, wattle_passport_get_name (passport, language));
      break;
    case PROP_MANUFACTURER:
      g_value_set_string (value, wattle_passport_get_manufacturer (passport));
      break;
    case PROP_SUPPORT_END:
      g_value_set_string (value, wattle_passport_get_support_end (passport));
      break;
    case PROP_SECURITY_CONTACT:
      g_value_set_string (value, wattle_passport_get_security_contact (passport));
      break;
    case PROP_OMISSIONS:
      g_value_take_boxed (value, wattle_passport_get_omissions (passport, language));
      break;
    case PROP_JSON:
      g_value_take_string (value, wattle_passport_dup_json (passport));
      break;
    case PROP_PURPOSES:
      g_value_take_variant (value, wattle_variant_purposes (passport, language));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

/* The generated code says that they can be written; there is nothing to write them to. */
static void
wattle_passport_adaptor_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wattle_passport_adaptor_class_init (WattlePassportAdaptorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_passport_adaptor_dispose;
  G_OBJECT_CLASS (klass)->get_property = wattle_passport_adaptor_get_property;
  G_OBJECT_CLASS (klass)->set_property = wattle_passport_adaptor_set_property;
  wattle_bus_passport_override_properties (G_OBJECT_CLASS (klass), PROP_SHA256);
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

  wattle_guard_protect (guard, G_DBUS_INTERFACE_SKELETON (self), NULL);
  self->passport = g_object_ref (passport);
  return self;
}
