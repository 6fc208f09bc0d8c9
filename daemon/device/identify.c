/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device's word against its advertisement and its passport.
 */
#include "daemon/device/identify.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "daemon/device/passport-cache.h"
#include "daemon/store/passports.h"
#include "pairing/code.h"

static gboolean
refuse (GError **error, WattleError code, const char *sentence)
{
  g_set_error_literal (error, WATTLE_ERROR, code, sentence);
  return FALSE;
}

/* Serial numbers are [A-Z0-9-], as on the label. */
static gboolean
unit_id_is_valid (const char *unit_id)
{
  for (const char *p = unit_id; *p != '\0'; p++)
    if (!g_ascii_isupper (*p) && !g_ascii_isdigit (*p) && *p != '-')
      return FALSE;
  return unit_id[0] != '\0' && strlen (unit_id) <= WTL_CODE_UNIT_MAX;
}

static gboolean
check_info (const wtl_Info *info, WattleOpenWith with, guint32 product, GError **error)
{
  gboolean owned = info->state == wtl_DEVICE_STATE_OWNED;

  if (info->state == wtl_DEVICE_STATE_WIPING)
    return refuse (error, WATTLE_ERROR_BUSY, _ ("The device is just being wiped. Try again in a moment."));
  if (owned && with == WATTLE_OPEN_CODE)
    return refuse (error, WATTLE_ERROR_ALREADY_OWNED, _ ("This device has an owner already."));
  if (!owned && with == WATTLE_OPEN_PASSWORD)
    return refuse (error, WATTLE_ERROR_NOT_ALLOWED, _ ("This device has no password yet. Use the code on its label."));
  if (!unit_id_is_valid (info->unit_id) || !g_utf8_validate (info->firmware_version, -1, NULL)
      || info->public_key[0] != 0x04)
    return refuse (error, WATTLE_ERROR_PROTOCOL,
                   _ ("The device says things about itself that cannot be. Do not use it."));
  if (product != 0 && info->product != product)
    return refuse (error, WATTLE_ERROR_NOT_GENUINE,
                   _ ("The device is not of the kind that it pretended to be. Do not use it."));
  return TRUE;
}

static gboolean
check_passport (const wtl_Info *info, WattlePassport *passport, GError **error)
{
  if (wattle_passport_get_product (passport) != info->product)
    return refuse (error, WATTLE_ERROR_PASSPORT, _ ("The passport is of another product. Ask the manufacturer."));
  /* What it may record for, but the passport does not tell the person. */
  if ((info->purposes & ~wattle_passport_get_purpose_mask (passport)) != 0)
    return refuse (error, WATTLE_ERROR_PASSPORT,
                   _ ("The device can use data in ways that its passport does not tell. Ask the manufacturer."));
  return TRUE;
}

WattlePassport *
wattle_identify (const wtl_Info *info, WattleOpenWith with, guint32 product, GBytes **bytes, GError **error)
{
  g_autoptr (GBytes) found = NULL;
  g_autoptr (WattlePassport) passport = NULL;

  if (!check_info (info, with, product, error))
    return NULL;
  found = wattle_passports_find (info->passport_sha256, error);
  passport = found == NULL ? NULL : wattle_passport_cache_get (found, error);
  if (passport == NULL || !check_passport (info, passport, error))
    return NULL;
  *bytes = g_steal_pointer (&found);
  return g_steal_pointer (&passport);
}

char *
wattle_identify_product_name (guint32 product, gboolean owned)
{
  g_autoptr (GPtrArray) all = NULL;
  const char *const *languages = g_get_language_names_with_category ("LC_MESSAGES");

  if (owned)
    return g_strdup (_ ("A device that has an owner"));
  all = wattle_passports_list ();
  for (guint i = 0; i < all->len; i++) {
    g_autoptr (WattlePassport) passport = wattle_passport_new_from_bytes (g_ptr_array_index (all, i), NULL);

    if (passport != NULL && wattle_passport_get_product (passport) == product)
      return g_strdup (wattle_passport_get_name (passport, languages[0]));
  }
  return g_strdup (_ ("A new device"));
}
