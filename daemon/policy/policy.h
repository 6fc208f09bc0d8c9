/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may call what in which state: one const table with a row for every
 * method of data/dbus.  daemon/bus looks every call up here before anything
 * else sees it; a method without a row cannot be called.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  WATTLE_POLICY_FREE = 0,
  WATTLE_POLICY_STORE = 1 << 0,       /* pointless or harmful without a working database */
  WATTLE_POLICY_UNSANDBOXED = 1 << 1, /* not for programs in a Flatpak or Snap */
} WattlePolicyNeeds;

typedef struct {
  const char *interface; /* without the prefix, "Device" */
  const char *method;    /* "Connect"; "Set:Name" for writing a property */
  const char *states;    /* the object's states that allow it, by spaces; NULL = all */
  WattlePolicyNeeds needs;
  const char *action;   /* what the agent is asked; NULL = nothing */
  const char *sentence; /* untranslated: what the person agrees to */
} WattlePolicyRule;

/* The row of @method ("Connect") of @interface, its whole name
 * ("org.wattle.Companion1.Device"); NULL where there is none. */
const WattlePolicyRule *wattle_policy_find (const char *interface, const char *method);

/* Row number @index, NULL past the last: for tests and documentation. */
const WattlePolicyRule *wattle_policy_nth (gsize index);

/* Checks @rule for an object in @state (NULL where the interface has none).
 * @store_problem: why the database is out of use, NULL if it works.
 * Errors: NotAllowed, Busy, or a copy of @store_problem. */
gboolean wattle_policy_check (const WattlePolicyRule *rule, const char *state, const GError *store_problem,
                              GError **error);

G_END_DECLS
