/* SPDX-License-Identifier: Apache-2.0 */
/* A page about a device of ours. */
#include "gui-gtk/device/part-page.h"

#include <glib/gi18n.h>

#include "gui-gtk/window.h"

typedef struct {
  WattleService *service;
  WattleBusObject *object;
  WattleBusDevice *device;     /* its interfaces, for as long as the page lives */
  WattleBusConsent *consent;   /* likewise; NULL where it has none */
  WattleBusPassport *passport; /* NULL = none; fetched again when the device names another */
  WattleFacts *facts;
  GCancellable *cancellable;
  gboolean in_sight;
} WattlePartPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WattlePartPage, wattle_part_page, WATTLE_TYPE_NAV_PAGE)

static WattlePartPagePrivate *
get_private (WattlePartPage *self)
{
  return wattle_part_page_get_instance_private (self);
}

static gboolean
is_there (WattlePartPage *self)
{
  WattlePartPagePrivate *priv = get_private (self);
  g_autoptr (WattleBusObject) now
      = wattle_service_dup_object (priv->service, g_dbus_object_get_object_path (G_DBUS_OBJECT (priv->object)));

  return wattle_service_get_state (priv->service) == WATTLE_SERVICE_READY && now == priv->object;
}

/* A page below another stays until that has gone: it may have something to
 * say about the end, as the page of a wipe has. */
static void
leave_where_gone (WattlePartPage *self)
{
  if (get_private (self)->in_sight && !is_there (self))
    wattle_nav_page_leave (WATTLE_NAV_PAGE (self));
}

static gboolean
on_shown_idle (gpointer user_data)
{
  leave_where_gone (WATTLE_PART_PAGE (user_data));
  return G_SOURCE_REMOVE;
}

/* The view is at work when it tells of this. */
static void
wattle_part_page_shown (WattleNavPage *page)
{
  get_private (WATTLE_PART_PAGE (page))->in_sight = TRUE;
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_shown_idle, g_object_ref (page), g_object_unref);
}

static void
wattle_part_page_hidden (WattleNavPage *page)
{
  get_private (WATTLE_PART_PAGE (page))->in_sight = FALSE;
}

static void
follow_passport (WattlePartPage *self)
{
  WattlePartPagePrivate *priv = get_private (self);
  const char *path = wattle_bus_device_get_passport (priv->device);

  if (priv->passport == NULL || g_strcmp0 (g_dbus_proxy_get_object_path (G_DBUS_PROXY (priv->passport)), path) != 0) {
    g_clear_object (&priv->passport);
    priv->passport = wattle_service_dup_passport (priv->service, path);
    g_clear_object (&priv->facts);
  }
  if (priv->facts == NULL)
    priv->facts = wattle_facts_new (priv->passport);
}

static void
sync_all (WattlePartPage *self)
{
  follow_passport (self);
  if (WATTLE_PART_PAGE_GET_CLASS (self)->sync != NULL)
    WATTLE_PART_PAGE_GET_CLASS (self)->sync (self);
}

static void
on_changed (WattlePartPage *self, WattleBusObject *object)
{
  if (object == get_private (self)->object)
    sync_all (self);
}

static void
wattle_part_page_dispose (GObject *object)
{
  WattlePartPagePrivate *priv = get_private (WATTLE_PART_PAGE (object));

  g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->facts);
  g_clear_object (&priv->passport);
  G_OBJECT_CLASS (wattle_part_page_parent_class)->dispose (object);
}

static void
wattle_part_page_finalize (GObject *object)
{
  WattlePartPagePrivate *priv = get_private (WATTLE_PART_PAGE (object));

  g_clear_object (&priv->cancellable);
  g_clear_object (&priv->device);
  g_clear_object (&priv->consent);
  g_clear_object (&priv->object);
  g_clear_object (&priv->service);
  G_OBJECT_CLASS (wattle_part_page_parent_class)->finalize (object);
}

static void
wattle_part_page_class_init (WattlePartPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_part_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_part_page_finalize;
  WATTLE_NAV_PAGE_CLASS (klass)->shown = wattle_part_page_shown;
  WATTLE_NAV_PAGE_CLASS (klass)->hidden = wattle_part_page_hidden;
}

static void
wattle_part_page_init (WattlePartPage *self)
{
  get_private (self)->cancellable = g_cancellable_new ();
}

WattleNavPage *
wattle_part_page_new (GType type, WattleService *service, WattleBusObject *device)
{
  WattlePartPage *self = WATTLE_PART_PAGE (g_object_new (type, NULL));
  WattlePartPagePrivate *priv = get_private (self);
  GListModel *devices = wattle_service_get_devices (service);

  priv->service = g_object_ref (service);
  priv->object = g_object_ref (device);
  priv->device = wattle_bus_object_get_device (device);
  priv->consent = wattle_bus_object_get_consent (device);
  g_signal_connect_object (devices, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (devices, "items-changed", G_CALLBACK (leave_where_gone), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "notify::state", G_CALLBACK (leave_where_gone), self, G_CONNECT_SWAPPED);
  follow_passport (self);
  if (WATTLE_PART_PAGE_GET_CLASS (self)->load != NULL)
    WATTLE_PART_PAGE_GET_CLASS (self)->load (self);
  sync_all (self);
  return WATTLE_NAV_PAGE (self);
}

WattleService *
wattle_part_page_get_service (WattlePartPage *self)
{
  return get_private (self)->service;
}

WattleBusObject *
wattle_part_page_get_object (WattlePartPage *self)
{
  return get_private (self)->object;
}

WattleBusDevice *
wattle_part_page_get_device (WattlePartPage *self)
{
  return get_private (self)->device;
}

WattleBusConsent *
wattle_part_page_get_consent (WattlePartPage *self)
{
  return get_private (self)->consent;
}

WattleBusPassport *
wattle_part_page_get_passport (WattlePartPage *self)
{
  return get_private (self)->passport;
}

WattleFacts *
wattle_part_page_get_facts (WattlePartPage *self)
{
  return get_private (self)->facts;
}

GCancellable *
wattle_part_page_get_cancellable (WattlePartPage *self)
{
  return get_private (self)->cancellable;
}

void
wattle_part_page_set (WattlePartPage *self, const char *property, GVariant *value, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GDBusProxy *proxy = G_DBUS_PROXY (get_private (self)->device);

  /* A generated setter would show the value before the service has taken it. */
  g_dbus_proxy_call (proxy, "org.freedesktop.DBus.Properties.Set",
                     g_variant_new ("(ssv)", g_dbus_proxy_get_interface_name (proxy), property, value),
                     G_DBUS_CALL_FLAGS_NONE, -1, get_private (self)->cancellable, callback, user_data);
}

void
wattle_part_page_open (WattlePartPage *self, WattlePartPageNew new_page)
{
  WattlePartPagePrivate *priv = get_private (self);
  WattleNavView *view = wattle_nav_view_of (self);

  if (view != NULL && priv->in_sight)
    wattle_nav_view_push (view, new_page (priv->service, priv->object));
}
