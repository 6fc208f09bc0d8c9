/* SPDX-License-Identifier: Apache-2.0 */
/* What runs on a virtual device. */
#include "firmware/virtual/integrity.h"

#include <string.h>

#include "firmware/core/device.h"

static const struct {
  const char *name;
  wtl_ResetCause cause;
} causes[] = {
  { "power", wtl_RESET_CAUSE_POWER },       { "pin", wtl_RESET_CAUSE_PIN },
  { "software", wtl_RESET_CAUSE_SOFTWARE }, { "watchdog", wtl_RESET_CAUSE_WATCHDOG },
  { "brownout", wtl_RESET_CAUSE_BROWNOUT }, { "lockup", wtl_RESET_CAUSE_LOCKUP },
  { "debug", wtl_RESET_CAUSE_DEBUG },       { "unknown", wtl_RESET_CAUSE_UNKNOWN },
};

gboolean
integrity_parse_cause (const char *name, wtl_ResetCause *out)
{
  for (gsize i = 0; i < G_N_ELEMENTS (causes); i++)
    if (name == NULL || strcmp (name, causes[i].name) == 0) {
      *out = causes[i].cause;
      return TRUE;
    }
  return FALSE;
}

static wtl_DebugPort
find_debug_port (const Options *options)
{
  if (g_strcmp0 (options->debug_port, "open") == 0)
    return wtl_DEBUG_PORT_OPEN;
  return g_strcmp0 (options->debug_port, "locked") == 0 ? wtl_DEBUG_PORT_LOCKED : wtl_DEBUG_PORT_UNKNOWN;
}

void
integrity_tell (const Images *images, const Options *options, wtl_Integrity *out)
{
  Image image;

  if (images_get (images, 0, &image)) {
    out->image_sha256.size = sizeof image.sha256;
    memcpy (out->image_sha256.bytes, image.sha256, sizeof image.sha256);
  }
  out->image_confirmed = images->slots.state != SLOTS_TRIED;
  (void)integrity_parse_cause (options->reset_cause, &out->reset_cause);
  out->debug_port = find_debug_port (options);
}

guint32
integrity_alerts (const Images *images, const Options *options, gboolean image_is_off)
{
  guint32 alerts = image_is_off ? WTL_ALERT_IMAGE : 0;

  if (find_debug_port (options) == wtl_DEBUG_PORT_OPEN)
    alerts |= WTL_ALERT_DEBUG_PORT;
  if (images->failed)
    alerts |= WTL_ALERT_MEMORY;
  return alerts;
}
