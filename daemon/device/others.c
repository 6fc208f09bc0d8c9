/* SPDX-License-Identifier: Apache-2.0 */
/* What the device may do now, told to whom it does it. */
#include "daemon/device/others.h"

#include "privacy/others-notice.h"

GPtrArray *
wattle_others_list (WattleDevice *device, const char *language, char **title)
{
  WattlePassport *passport = wattle_device_get_passport (device);
  g_autoptr (GPtrArray) list = wattle_consent_list (wattle_device_get_consent (device));
  g_autoptr (GPtrArray) allowed = g_ptr_array_new ();

  for (guint i = 0; i < list->len; i++) {
    const WattlePurposeStatus *status = g_ptr_array_index (list, i);

    if (g_str_equal (status->state, "given") || g_str_equal (status->state, "needed"))
      g_ptr_array_add (allowed, (gpointer)wattle_purpose_get_id (status->purpose));
  }
  g_ptr_array_add (allowed, NULL);
  *title = wattle_others_notice_title (passport, language);
  return wattle_others_notice_render (passport, wattle_device_get_others (device), (const char *const *)allowed->pdata,
                                      language);
}
