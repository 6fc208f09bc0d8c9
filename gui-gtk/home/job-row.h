/* SPDX-License-Identifier: Apache-2.0 */
/* Something long that goes on, such as a wipe: what, how far, and what it waits for. */
#pragma once

#include <adwaita.h>

#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_JOB_ROW (wattle_job_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleJobRow, wattle_job_row, WATTLE, JOB_ROW, AdwPreferencesRow)

/* @object: one with a Job. */
GtkWidget *wattle_job_row_new (WattleBusObject *object);

WattleBusJob *wattle_job_row_get_job (WattleJobRow *self);

G_END_DECLS
