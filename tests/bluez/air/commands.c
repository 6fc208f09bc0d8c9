/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel tells its controller, noted as it goes by.
 */
#include <string.h>

#include "tests/bluez/air/controller.h"

/* --- advertising, as the kernel sets it up --- */

AdvertisingSet *
controller_find_set (Controller *self, guint8 handle, gboolean make)
{
  AdvertisingSet *unused = NULL;

  for (gsize i = 0; i < SETS_MAX; i++) {
    if (self->sets[i].used && self->sets[i].handle == handle)
      return &self->sets[i];
    if (!self->sets[i].used && unused == NULL)
      unused = &self->sets[i];
  }
  if (!make || unused == NULL)
    return NULL;
  *unused = (AdvertisingSet){ .used = TRUE, .handle = handle };
  return unused;
}

static void
on_set_parameters (Controller *self, const guint8 *p, guint8 len)
{
  AdvertisingSet *set = len >= 11 ? controller_find_set (self, p[0], TRUE) : NULL;

  if (set == NULL)
    return;
  set->properties = hci_get16 (p + 1);
  set->own_type = p[10];
}

static void
on_set_random_address (Controller *self, const guint8 *p, guint8 len)
{
  AdvertisingSet *set = len >= 7 ? controller_find_set (self, p[0], FALSE) : NULL;

  if (set != NULL)
    memcpy (set->random, p + 1, ADDRESS_SIZE);
}

static void
take_data (Controller *self, const guint8 *p, guint8 len, gboolean response)
{
  AdvertisingSet *set = len >= 4 ? controller_find_set (self, p[0], FALSE) : NULL;
  guint8 size = len >= 4 ? MIN (MIN (p[3], len - 4), ADVERT_MAX) : 0;

  if (set == NULL)
    return;
  memcpy (response ? set->response : set->data, p + 4, size);
  *(response ? &set->response_len : &set->data_len) = size;
}

static void
on_set_data (Controller *self, const guint8 *p, guint8 len)
{
  take_data (self, p, len, FALSE);
}

static void
on_set_response (Controller *self, const guint8 *p, guint8 len)
{
  take_data (self, p, len, TRUE);
}

static void
on_set_enable (Controller *self, const guint8 *p, guint8 len)
{
  if (len >= 2 && p[1] == 0)
    for (gsize i = 0; i < SETS_MAX; i++)
      self->sets[i].enabled = self->sets[i].enabled && p[0];
  for (guint8 i = 0; len >= 2 && i < p[1] && 2 + 4 * (i + 1) <= len; i++) {
    AdvertisingSet *set = controller_find_set (self, p[2 + 4 * i], FALSE);

    if (set != NULL)
      set->enabled = p[0];
  }
}

static void
on_set_removed (Controller *self, const guint8 *p, guint8 len)
{
  AdvertisingSet *set = len >= 1 ? controller_find_set (self, p[0], FALSE) : NULL;

  if (set != NULL)
    set->used = set->enabled = FALSE;
}

static void
on_sets_cleared (Controller *self, const guint8 *p, guint8 len)
{
  memset (self->sets, 0, sizeof self->sets);
}

/* --- scanning --- */

static void
on_scan_parameters (Controller *self, const guint8 *p, guint8 len)
{
  if (len < 4)
    return;
  self->accepts_only = p[1] & 1;
  self->active = p[3] & 1;
}

static void
on_scan_enable (Controller *self, const guint8 *p, guint8 len)
{
  if (len < 2)
    return;
  self->scanning = p[0];
  self->filters_duplicates = p[1];
  self->scanning_since = g_get_monotonic_time ();
  g_hash_table_remove_all (self->heard);
}

static void
on_accept_list_clear (Controller *self, const guint8 *p, guint8 len)
{
  g_array_set_size (self->accept_list, 0);
}

gint
controller_find_accepted (Controller *self, const Address *address)
{
  for (guint i = 0; i < self->accept_list->len; i++)
    if (memcmp (&g_array_index (self->accept_list, Address, i), address, sizeof *address) == 0)
      return (gint)i;
  return -1;
}

static void
on_accept_list_add (Controller *self, const guint8 *p, guint8 len)
{
  Address address;

  if (len < sizeof address)
    return;
  memcpy (&address, p, sizeof address);
  if (controller_find_accepted (self, &address) < 0)
    g_array_append_val (self->accept_list, address);
}

static void
on_accept_list_remove (Controller *self, const guint8 *p, guint8 len)
{
  Address address;
  gint at;

  if (len < sizeof address)
    return;
  memcpy (&address, p, sizeof address);
  at = controller_find_accepted (self, &address);
  if (at >= 0)
    g_array_remove_index_fast (self->accept_list, (guint)at);
}

/* --- all of them --- */

static void
on_reset (Controller *self, const guint8 *p, guint8 len)
{
  controller_forget_all (self);
}

static const struct {
  guint16 opcode;
  void (*note) (Controller *self, const guint8 *parameters, guint8 len);
} commands[] = {
  { HCI_RESET, on_reset },
  { HCI_LE_SET_SET_RANDOM_ADDRESS, on_set_random_address },
  { HCI_LE_SET_ADVERTISING_PARAMETERS, on_set_parameters },
  { HCI_LE_SET_ADVERTISING_DATA, on_set_data },
  { HCI_LE_SET_SCAN_RESPONSE_DATA, on_set_response },
  { HCI_LE_SET_ADVERTISING_ENABLE, on_set_enable },
  { HCI_LE_REMOVE_SET, on_set_removed },
  { HCI_LE_CLEAR_SETS, on_sets_cleared },
  { HCI_LE_SET_SCAN_PARAMETERS, on_scan_parameters },
  { HCI_LE_SET_SCAN_ENABLE, on_scan_enable },
  { HCI_LE_CLEAR_ACCEPT_LIST, on_accept_list_clear },
  { HCI_LE_ADD_TO_ACCEPT_LIST, on_accept_list_add },
  { HCI_LE_REMOVE_FROM_ACCEPT_LIST, on_accept_list_remove },
};

void
controller_note (Controller *self, guint16 opcode, const guint8 *parameters, guint8 len)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].opcode == opcode)
      commands[i].note (self, parameters, len);
}
