/* SPDX-License-Identifier: Apache-2.0 */
/* What a device wants of the person. */
#include "gui-gtk/device/attention.h"

#include <glib/gi18n.h>

#include "client/text.h"

static gboolean
is_state (WattleBusObject *object, const char *state)
{
  return g_strcmp0 (wattle_bus_device_get_state (wattle_bus_object_peek_device (object)), state) == 0;
}

static GVariant *
get_alerts (WattleBusObject *object)
{
  WattleBusUpdate *update = wattle_bus_object_peek_update (object);

  return update != NULL ? wattle_bus_update_get_alerts (update) : NULL;
}

static gboolean
has_alert (WattleBusObject *object)
{
  GVariant *alerts = get_alerts (object);

  return alerts != NULL && g_variant_n_children (alerts) > 0 && !is_state (object, "wiping");
}

static gboolean
is_unconfirmed (WattleBusObject *object)
{
  WattleBusUpdate *update = wattle_bus_object_peek_update (object);

  return update != NULL && g_strcmp0 (wattle_bus_update_get_state (update), "unconfirmed") == 0;
}

/* An alert is a problem of the device, too, and is told as an alert. */
static gboolean
has_problem (WattleBusObject *object)
{
  GVariant *problem = wattle_bus_device_get_problem (wattle_bus_object_peek_device (object));
  const char *name = "";

  if (problem != NULL)
    g_variant_get_child (problem, 0, "&s", &name);
  return is_state (object, "problem") && !(has_alert (object) && g_str_equal (name, "DeviceAlert"));
}

static gboolean
is_wiping (WattleBusObject *object)
{
  return is_state (object, "wiping");
}

static gboolean
is_no (GVariant *purpose)
{
  const char *state = "";

  g_variant_lookup (purpose, "state", "&s", &state);
  return g_str_equal (state, "withdrawn") || g_str_equal (state, "refused") || g_str_equal (state, "expired");
}

static gboolean
is_outstanding (WattleBusObject *object)
{
  WattleBusConsent *consent = wattle_bus_object_peek_consent (object);
  GVariant *purposes = consent != NULL ? wattle_bus_consent_get_purposes (consent) : NULL;

  if (g_strcmp0 (wattle_bus_device_get_cloud (wattle_bus_object_peek_device (object)), "outstanding") == 0)
    return TRUE;
  for (gsize i = 0; purposes != NULL && i < g_variant_n_children (purposes); i++) {
    g_autoptr (GVariant) purpose = g_variant_get_child_value (purposes, i);
    guint64 since = 0;

    g_variant_lookup (purpose, "outstanding-since", "t", &since);
    if (since != 0 && is_no (purpose))
      return TRUE;
  }
  return FALSE;
}

static gboolean
misses_cloud (WattleBusObject *object)
{
  return g_strcmp0 (wattle_bus_device_get_cloud (wattle_bus_object_peek_device (object)), "unreachable") == 0;
}

static gboolean
has_new_notice (WattleBusObject *object)
{
  return wattle_bus_device_get_notice_changed (wattle_bus_object_peek_device (object));
}

static const struct {
  const char *stage, *sentence;
} endings[] = {
  { "6-months", N_ ("Security updates end within 6 months.") },
  { "3-months", N_ ("Security updates end within 3 months.") },
  { "1-month", N_ ("Security updates end within a month.") },
  { "last-day", N_ ("Security updates end today.") },
  { "ended", N_ ("Security updates have ended.") },
};

static const char *
say_ending (WattleBusObject *object)
{
  const char *stage = wattle_bus_device_get_support_stage (wattle_bus_object_peek_device (object));

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_strcmp0 (endings[i].stage, stage) == 0)
      return _ (endings[i].sentence);
  return NULL;
}

static gboolean
has_ended (WattleBusObject *object)
{
  return g_strcmp0 (wattle_bus_device_get_support_stage (wattle_bus_object_peek_device (object)), "ended") == 0;
}

static gboolean
ends_soon (WattleBusObject *object)
{
  return !has_ended (object) && say_ending (object) != NULL;
}

static const struct {
  gboolean (*holds) (WattleBusObject *object);
  const char *icon;
  const char *sentence; /* NULL = the device has its own */
} all[] = {
  [WATTLE_ATTENTION_ALERT] = { has_alert, "security-low-symbolic", NULL },
  [WATTLE_ATTENTION_PROBLEM] = { has_problem, "dialog-warning-symbolic", NULL },
  [WATTLE_ATTENTION_SUPPORT_ENDED] = { has_ended, "dialog-warning-symbolic", NULL },
  [WATTLE_ATTENTION_UNCONFIRMED]
  = { is_unconfirmed, "software-update-urgent-symbolic",
      N_ ("Its new software is on trial. The one before comes back if it does not work.") },
  [WATTLE_ATTENTION_OUTSTANDING]
  = { is_outstanding, "content-loading-symbolic", N_ ("A change of yours is not confirmed everywhere yet.") },
  [WATTLE_ATTENTION_NOTICE]
  = { has_new_notice, "emblem-documents-symbolic", N_ ("The maker has changed what it says about your data.") },
  [WATTLE_ATTENTION_SUPPORT] = { ends_soon, "x-office-calendar-symbolic", NULL },
  [WATTLE_ATTENTION_CLOUD]
  = { misses_cloud, "network-offline-symbolic",
      N_ ("The maker's cloud does not answer. Nothing is lost: Wattle tries again by itself.") },
  [WATTLE_ATTENTION_WIPING] = { is_wiping, "user-trash-symbolic", N_ ("It is being wiped.") },
};

gboolean
wattle_attention_holds (WattleAttention what, WattleBusObject *device)
{
  return what < WATTLE_ATTENTION_NONE && all[what].holds (device);
}

WattleAttention
wattle_attention_first (WattleBusObject *device)
{
  WattleAttention what = 0;

  while (what < WATTLE_ATTENTION_NONE && !all[what].holds (device))
    what++;
  return what;
}

static char *
say_problem (WattleBusObject *object)
{
  GVariant *problem = wattle_bus_device_get_problem (wattle_bus_object_peek_device (object));
  const char *sentence = "";

  if (problem != NULL)
    g_variant_get_child (problem, 1, "&s", &sentence);
  return *sentence != '\0' ? wattle_text_clean (sentence) : g_strdup (_ ("It has a problem."));
}

/* The first is the most serious. */
static char *
say_alert (WattleBusObject *object)
{
  const char *sentence;

  g_variant_get_child (get_alerts (object), 0, "(&s&s)", NULL, &sentence);
  return wattle_text_clean (sentence);
}

char *
wattle_attention_say (WattleAttention what, WattleBusObject *device)
{
  if (!wattle_attention_holds (what, device))
    return NULL;
  if (what == WATTLE_ATTENTION_ALERT)
    return say_alert (device);
  if (what == WATTLE_ATTENTION_PROBLEM)
    return say_problem (device);
  return g_strdup (all[what].sentence != NULL ? _ (all[what].sentence) : say_ending (device));
}

const char *
wattle_attention_icon (WattleAttention what)
{
  return what < WATTLE_ATTENTION_NONE ? all[what].icon : NULL;
}
