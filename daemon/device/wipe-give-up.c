/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cloud that is gone for good holds up the end of a wipe for ever, and with it
 * the certificate and the next owner's code.  So the person can give it up; but not
 * one that is away for a moment, nor one that has not been asked.
 */
#include <glib/gi18n-lib.h>

#include "daemon/device/wipe-private.h"

#define TRIES 3 /* in vain, before a cloud can be given up */

/* The cloud's place that the wipe is at; WATTLE_WIPE_N_PLACES where there is none. */
static WattleWipePlace
current_place (WattleWipeJob *self)
{
  static const WattleWipePlace cloud[] = { WATTLE_WIPE_CLOUD_DATA, WATTLE_WIPE_CLOUD_ACCOUNT };

  for (guint i = 0; i < G_N_ELEMENTS (cloud); i++)
    if (wattle_wipe_plan_is_ready (self->plan, cloud[i]))
      return cloud[i];
  return WATTLE_WIPE_N_PLACES;
}

static gboolean
check (WattleWipeJob *self, GError **error)
{
  WattleWipePlace place = current_place (self);
  const GError *why = place < WATTLE_WIPE_N_PLACES ? self->errors[place] : NULL;

  if (place == WATTLE_WIPE_N_PLACES)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, _ ("The wipe is not waiting for a cloud."));
  else if (why != NULL
           && (g_error_matches (why, WATTLE_ERROR, WATTLE_ERROR_KEYRING_LOCKED)
               || g_error_matches (why, WATTLE_ERROR, WATTLE_ERROR_KEYRING_MISSING)))
    g_propagate_error (error, g_error_copy (why)); /* not the cloud's fault */
  else if (self->busy[place])
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_BUSY,
                         _ ("Wattle is asking the cloud just now. Wait a moment, then try again."));
  else if (why == NULL || self->tries[place] < TRIES)
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_BUSY,
                         _ ("Wattle has hardly asked the cloud yet. It may only be away for a moment. Wait a minute, "
                            "then try again."));
  else
    return TRUE;
  return FALSE;
}

gboolean
wattle_wipe_job_give_up_cloud (WattleWipeJob *self, GError **error)
{
  if (!check (self, error) || !wattle_wipe_plan_give_up_cloud (self->plan, wattle_services_now (self->services), error))
    return FALSE;
  g_clear_error (&self->errors[WATTLE_WIPE_CLOUD_DATA]);
  g_clear_error (&self->errors[WATTLE_WIPE_CLOUD_ACCOUNT]);
  wattle_services_log (self->services, self->device_id, "cloud-given-up",
                       _ ("You gave up waiting for the maker's cloud. What it holds may still be there."));
  wattle_wipe_advance (self);
  return TRUE;
}
