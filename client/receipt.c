/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts as Manager.ListReceipts tells of them. */
#include "client/receipt.h"

#include "client/dict.h"

const char *const wattle_receipt_places[] = { "traces", "cloud-data", "cloud-account", "cloud",   "spare-keys",
                                              "device", "computer",   "keyring",       "records", NULL };

static void
receipt_free (gpointer data)
{
  WattleReceipt *receipt = data;

  g_free (receipt->id);
  g_free (receipt->kind);
  g_free (receipt->device);
  g_clear_pointer (&receipt->places, g_variant_unref);
  g_free (receipt);
}

static WattleReceipt *
read_receipt (GVariant *dict)
{
  WattleReceipt *receipt = g_new0 (WattleReceipt, 1);

  receipt->id = wattle_dict_string (dict, "id");
  receipt->kind = wattle_dict_string (dict, "kind");
  receipt->device = wattle_dict_string (dict, "device");
  g_variant_lookup (dict, "time", "t", &receipt->time);
  g_variant_lookup (dict, "complete", "b", &receipt->complete);
  receipt->places = g_variant_lookup_value (dict, "places", G_VARIANT_TYPE ("a{ss}"));
  return receipt;
}

const char *
wattle_receipt_get_place (const WattleReceipt *receipt, const char *place)
{
  const char *state = NULL;

  if (receipt->places != NULL)
    g_variant_lookup (receipt->places, place, "&s", &state);
  return state;
}

gboolean
wattle_receipt_has_given_up (const WattleReceipt *receipt)
{
  for (const char *const *place = wattle_receipt_places; *place != NULL; place++)
    if (g_strcmp0 (wattle_receipt_get_place (receipt, *place), "given-up") == 0)
      return TRUE;
  return FALSE;
}

GPtrArray *
wattle_receipts_read (GVariant *list)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (receipt_free);

  for (gsize i = 0; i < g_variant_n_children (list); i++) {
    g_autoptr (GVariant) dict = g_variant_get_child_value (list, i);

    g_ptr_array_add (all, read_receipt (dict));
  }
  return all;
}
