/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calendar (privacy/support-calendar.h) over what daemon/store/support.h
 * keeps.
 */
#include "daemon/device/support.h"

#include <glib/gi18n-lib.h>

#include "daemon/store/support.h"
#include "privacy/support-ics.h"
#include "privacy/support-text.h"

#define DAY (24 * 60 * 60)

struct _WattleSupport {
  GObject parent_instance;

  WattleServices *services;
  WattlePassport *passport;
  char *device;
  WattleSupportShown shown;
  WattleSupportState state;
  gint64 cloud_stopped_at; /* 0 = it goes on */
};

G_DEFINE_FINAL_TYPE (WattleSupport, wattle_support, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
changed (WattleSupport *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static const char *
end_of (WattleSupport *self)
{
  return wattle_passport_get_support_end (self->passport);
}

static void
load (WattleSupport *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GError) error = NULL;

  if (database == NULL
      || wattle_support_store_load (database, self->device, end_of (self), &self->shown, &self->cloud_stopped_at,
                                    &error))
    return;
  g_warning ("Device %s: %s", self->device, error->message);
  self->cloud_stopped_at = wattle_services_now (self->services);
}

static void
wattle_support_finalize (GObject *object)
{
  WattleSupport *self = WATTLE_SUPPORT (object);

  g_clear_object (&self->services);
  g_clear_object (&self->passport);
  g_free (self->device);
  G_OBJECT_CLASS (wattle_support_parent_class)->finalize (object);
}

static void
wattle_support_class_init (WattleSupportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_support_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_support_init (WattleSupport *self)
{
}

WattleSupport *
wattle_support_new (WattleServices *services, const char *device, WattlePassport *passport)
{
  WattleSupport *self = g_object_new (WATTLE_TYPE_SUPPORT, NULL);

  self->services = g_object_ref (services);
  self->device = g_strdup (device);
  self->passport = g_object_ref (passport);
  load (self);
  wattle_support_look (self, wattle_services_now (services));
  return self;
}

const WattleSupportState *
wattle_support_look (WattleSupport *self, gint64 now)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  WattleSupportStage before = self->state.stage;

  self->state = wattle_support_calendar_at (end_of (self), &self->shown, now, zone);
  if (self->state.stage != before)
    changed (self);
  return &self->state;
}

WattleSupportStage
wattle_support_get_stage (WattleSupport *self)
{
  return self->state.stage;
}

gboolean
wattle_support_told (WattleSupport *self, WattleSupportStage stage, const char *sentence, gint64 now, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);

  if (database == NULL || !wattle_support_store_told (database, self->device, end_of (self), stage, now, error))
    return FALSE;
  self->shown.told_at[stage] = now;
  self->shown.snoozed_until = 0;
  wattle_services_log (self->services, self->device, "support-warning", sentence);
  changed (self);
  return TRUE;
}

gboolean
wattle_support_snooze (WattleSupport *self, guint days, gint64 now, gint64 *until, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);
  gint64 then = now + (gint64)days * DAY;

  if (database == NULL)
    return FALSE;
  if (days < 1 || days > WATTLE_SUPPORT_SNOOZE_MAX) {
    g_set_error (error, WATTLE_ERROR, WATTLE_ERROR_INVALID_ARGUMENT, _ ("Choose from 1 to %d days."),
                 WATTLE_SUPPORT_SNOOZE_MAX);
    return FALSE;
  }
  wattle_support_look (self, now);
  if (self->state.stage < WATTLE_SUPPORT_12_MONTHS) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED,
                         _ ("There is no warning to put off: support does not end within a year."));
    return FALSE;
  }
  /* Who puts a warning off has seen it. */
  if (self->state.due && !wattle_support_told (self, self->state.stage, _ ("You put the warning off."), now, error))
    return FALSE;
  if (!wattle_support_store_snooze (database, self->device, then, error))
    return FALSE;
  self->shown.snoozed_until = then;
  wattle_support_look (self, now);
  *until = self->state.next != 0 ? MIN (then, self->state.next) : then;
  changed (self);
  return TRUE;
}

gboolean
wattle_support_get_relays (WattleSupport *self)
{
  return self->cloud_stopped_at == 0;
}

gboolean
wattle_support_set_relays (WattleSupport *self, gboolean relays, gint64 now, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);
  gint64 stopped_at = relays ? 0 : now;

  if (database == NULL)
    return FALSE;
  if (relays == wattle_support_get_relays (self))
    return TRUE;
  if (!wattle_support_store_stop_cloud (database, self->device, stopped_at, error))
    return FALSE;
  self->cloud_stopped_at = stopped_at;
  wattle_services_log (self->services, self->device, relays ? "cloud-resumed" : "cloud-stopped",
                       relays ? _ ("You allowed sending to the manufacturer's cloud again.")
                              : _ ("You stopped everything that would go to the manufacturer's cloud."));
  changed (self);
  return TRUE;
}

static void
add_string (GVariantBuilder *out, const char *name, const char *value)
{
  g_variant_builder_add (out, "{sv}", name, g_variant_new_string (value));
}

static void
add_time (GVariantBuilder *out, const char *name, gint64 time)
{
  g_variant_builder_add (out, "{sv}", name, g_variant_new_uint64 ((guint64)MAX (time, 0)));
}

GVariant *
wattle_support_describe (WattleSupport *self, const char *name, const char *language, gint64 now)
{
  const WattleSupportState *state = wattle_support_look (self, now);
  gboolean relays = wattle_support_get_relays (self);
  g_autoptr (WattleSupportText) text = wattle_support_text_new (self->passport, name, state, relays, language);
  GVariantBuilder out = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  const struct {
    const char *name;
    GStrv lines;
  } lists[] = {
    { "stops", text->stops }, { "isolate", text->isolate }, { "replace", text->replace }, { "dispose", text->dispose }
  };

  add_string (&out, "end", end_of (self));
  add_string (&out, "stage", wattle_support_stage_name (state->stage));
  g_variant_builder_add (&out, "{sv}", "days", g_variant_new_int32 (state->days));
  add_string (&out, "headline", text->headline);
  add_string (&out, "sentence", text->sentence);
  add_string (&out, "risk", text->risk);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    g_variant_builder_add (&out, "{sv}", lists[i].name, g_variant_new_strv ((const char *const *)lists[i].lines, -1));
  g_variant_builder_add (&out, "{sv}", "relays", g_variant_new_boolean (relays));
  add_time (&out, "stopped-since", self->cloud_stopped_at);
  add_time (&out, "told", self->shown.told_at[state->stage]);
  add_time (&out, "snoozed-until", self->shown.snoozed_until);
  add_time (&out, "next-warning", state->due ? now : state->next);
  return g_variant_builder_end (&out);
}

void
wattle_support_get_warning (WattleSupport *self, const char *name, char **headline, char **sentence)
{
  g_autoptr (WattleSupportText) text
      = wattle_support_text_new (self->passport, name, &self->state, wattle_support_get_relays (self),
                                 wattle_services_get_language (self->services));

  *headline = g_strdup (text->headline);
  *sentence = g_strjoin (" ", text->sentence, text->risk, NULL);
}

char *
wattle_support_get_calendar (WattleSupport *self, const char *name, const char *language, gint64 now, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();

  return wattle_support_ics_new (self->passport, self->device, name, now, zone, language, error);
}
