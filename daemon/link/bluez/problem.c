/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One adapter that works is enough; of those that do not, the one that is
 * easiest to mend is told about.
 */
#include "daemon/link/bluez/problem.h"

#include <glib/gi18n-lib.h>

#include "daemon/link/bluez/adapter.h"

typedef struct {
  WattleError code;
  const char *sentence; /* NULL = no problem */
} Problem;

static const Problem by_presence[] = {
  [WATTLE_BLUEZ_UNKNOWN] = { 0, NULL },
  [WATTLE_BLUEZ_NO_BUS] = { WATTLE_ERROR_RADIO_SERVICE,
                            N_ ("Wattle cannot reach this computer’s system bus, so it cannot use Bluetooth. Start "
                                "the computer again.") },
  [WATTLE_BLUEZ_ABSENT]
  = { WATTLE_ERROR_RADIO_SERVICE, N_ ("Bluetooth is not running on this computer. Start the service “bluetooth”, or "
                                      "install BlueZ.") },
  [WATTLE_BLUEZ_LOST]
  = { WATTLE_ERROR_RADIO_SERVICE, N_ ("Bluetooth has just stopped. It usually comes back by itself: wait a moment.") },
  [WATTLE_BLUEZ_FAILED]
  = { WATTLE_ERROR_RADIO_SERVICE, N_ ("Bluetooth does not answer on this computer. Restart the service “bluetooth”.") },
  [WATTLE_BLUEZ_READY] = { 0, NULL },
};

/* The easiest to mend first. */
static const struct {
  WattleBluezAdapterState state;
  Problem problem;
} by_adapter[] = {
  { WATTLE_BLUEZ_ADAPTER_OFF, { WATTLE_ERROR_RADIO_OFF, N_ ("Bluetooth is switched off. Switch it on in Settings.") } },
  { WATTLE_BLUEZ_ADAPTER_BLOCKED,
    { WATTLE_ERROR_RADIO_BLOCKED,
      N_ ("Bluetooth is blocked. Turn off airplane mode, or use the switch for wireless on this computer.") } },
  { WATTLE_BLUEZ_ADAPTER_OLD_BLUEZ,
    { WATTLE_ERROR_RADIO_OLD,
      N_ ("The Bluetooth software of this computer is too old. Update BlueZ to 5.66 or newer.") } },
  { WATTLE_BLUEZ_ADAPTER_NO_LE,
    { WATTLE_ERROR_RADIO_OLD, N_ ("This computer’s Bluetooth adapter is too old for your devices. Plug in one with "
                                  "Bluetooth 4.0 or newer.") } },
};

static GError *
new_error (const Problem *problem)
{
  return problem->sentence == NULL ? NULL : g_error_new_literal (WATTLE_ERROR, problem->code, _ (problem->sentence));
}

/* The first adapter in @state; NULL = none is. */
static WattleBluezAdapter *
find_in_state (GHashTable *adapters, WattleBluezAdapterState state)
{
  GHashTableIter iter;
  gpointer adapter;

  g_hash_table_iter_init (&iter, adapters);
  while (g_hash_table_iter_next (&iter, NULL, &adapter))
    if (wattle_bluez_adapter_get_state (adapter) == state)
      return adapter;
  return NULL;
}

static GError *
no_adapter (const char *only)
{
  g_autofree char *name = only == NULL ? NULL : g_path_get_basename (only);

  if (name == NULL)
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_RADIO_MISSING,
                                _ ("This computer has no Bluetooth adapter. Plug one in."));
  return g_error_new (WATTLE_ERROR, WATTLE_ERROR_RADIO_MISSING,
                      _ ("The Bluetooth adapter %s is not there. Plug it in, or start Wattle with another one."), name);
}

static GError *
of_ready_adapters (GHashTable *adapters)
{
  const GError *error = NULL;
  GHashTableIter iter;
  gpointer adapter;

  g_hash_table_iter_init (&iter, adapters);
  while (g_hash_table_iter_next (&iter, NULL, &adapter)) {
    if (wattle_bluez_adapter_get_state (adapter) != WATTLE_BLUEZ_ADAPTER_READY)
      continue;
    if (wattle_bluez_adapter_get_error (adapter) == NULL)
      return NULL;
    error = wattle_bluez_adapter_get_error (adapter);
  }
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_RADIO_SERVICE,
                                _ ("You may not use Bluetooth on this computer. Ask whoever looks after it."));
  return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_RADIO_SERVICE,
                              _ ("Bluetooth cannot look for devices now. Switch it off and on again."));
}

GError *
wattle_bluez_problem (WattleBluezPresence presence, GHashTable *adapters, const char *only)
{
  if (presence != WATTLE_BLUEZ_READY)
    return new_error (&by_presence[presence]);
  if (g_hash_table_size (adapters) == 0)
    return no_adapter (only);
  if (find_in_state (adapters, WATTLE_BLUEZ_ADAPTER_READY) != NULL)
    return of_ready_adapters (adapters);
  for (gsize i = 0; i < G_N_ELEMENTS (by_adapter); i++)
    if (find_in_state (adapters, by_adapter[i].state) != NULL)
      return new_error (&by_adapter[i].problem);
  return NULL;
}
