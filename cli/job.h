/* SPDX-License-Identifier: Apache-2.0 */
/* Long work that the service does while we tell the person how far it is. */
#pragma once

#include "cli/command.h"

G_BEGIN_DECLS

typedef struct {
  /* Seconds that a job may wait for something out of reach; 0 = for ever. */
  guint patience;
  /* Whether Ctrl-C leaves a job that waits to the service rather than
   * cancelling it. */
  gboolean leave_waiting;
  /* A member of Result that is all the caller needs: the job is left going on by
   * itself where it waits and has that.  NULL = none. */
  const char *enough;
  /* N_(), what to say where the job goes on without us. */
  const char *goes_on;
} WattleJobOptions;

/* Follows the job at @path to its end: its Result (a{sv}), or NULL with the
 * job's own error.  Ctrl-C cancels it while that works and ends in
 * G_IO_ERROR_CANCELLED either way. */
GVariant *wattle_job_follow (WattleCli *cli, const char *path, const WattleJobOptions *options, GError **error);

/* The error that has the name @name of the service and says @sentence. */
GError *wattle_job_error (const char *name, const char *sentence);

G_END_DECLS
