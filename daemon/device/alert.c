/* SPDX-License-Identifier: Apache-2.0 */
/* One table of what can be off. */
#include "daemon/device/alert.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "pairing/channel.h"

#define WIRE_KNOWN (WTL_ALERT_IMAGE | WTL_ALERT_DEBUG_PORT | WTL_ALERT_MEMORY)

static const struct {
  const char *id;
  guint32 wire; /* bits that mean it */
  const char *sentence;
} alerts[WATTLE_N_ALERTS] = {
  [WATTLE_ALERT_UNKNOWN_IMAGE] = { "unknown-image", WTL_ALERT_IMAGE,
                                   N_ ("The device found that its software is not what its maker signed. Do not trust "
                                       "it. It has stopped measuring.") },
  [WATTLE_ALERT_IMAGE_CHANGED]
  = { "image-changed", 0,
      N_ ("Other software runs on the device than before, and Wattle did not install it. If it was "
          "not you, ask the maker about it.") },
  [WATTLE_ALERT_DEBUG_PORT_OPEN] = { "debug-port-open", WTL_ALERT_DEBUG_PORT,
                                     N_ ("A port for repairs is open inside the device, so somebody may have read "
                                         "or changed what is in it. It has stopped measuring.") },
  [WATTLE_ALERT_MEMORY_WORN] = { "memory-worn", WTL_ALERT_MEMORY,
                                 N_ ("The memory of the device has failed or is worn out. It has stopped measuring. "
                                     "Ask the maker for another one.") },
  [WATTLE_ALERT_OTHER] = { "other", ~(guint32)WIRE_KNOWN,
                           N_ ("The device says that something is wrong with it, but "
                               "this Wattle is too old to know what. Update Wattle.") },
  [WATTLE_ALERT_ADVERTISED] = { "advertised", 0,
                                N_ ("The device calls out that something is wrong with it. Wattle "
                                    "asks what as soon as it can connect.") },
};

const char *
wattle_alert_id (WattleAlert alert)
{
  g_return_val_if_fail (alert < WATTLE_N_ALERTS, NULL);
  return alerts[alert].id;
}

const char *
wattle_alert_sentence (WattleAlert alert)
{
  g_return_val_if_fail (alert < WATTLE_N_ALERTS, NULL);
  return gettext (alerts[alert].sentence);
}

guint
wattle_alerts_from_wire (guint32 bits)
{
  guint found = 0;

  for (guint i = 0; i < WATTLE_N_ALERTS; i++)
    if (bits & alerts[i].wire)
      found |= 1u << i;
  return found;
}

WattleAlert
wattle_alert_first (guint found)
{
  WattleAlert alert = 0;

  while (alert < WATTLE_N_ALERTS && (found & 1u << alert) == 0)
    alert++;
  return alert;
}

GVariant *
wattle_alerts_describe (guint found)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));

  for (WattleAlert i = 0; i < WATTLE_N_ALERTS; i++)
    if (found & 1u << i)
      g_variant_builder_add (&builder, "(ss)", wattle_alert_id (i), wattle_alert_sentence (i));
  return g_variant_builder_end (&builder);
}
