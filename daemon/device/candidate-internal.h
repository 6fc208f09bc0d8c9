/* SPDX-License-Identifier: Apache-2.0 */
/* The insides of WattleCandidate, for candidate.c and candidate-finish.c alone. */
#pragma once

#include "daemon/device/candidate-private.h"

G_BEGIN_DECLS

struct _WattleCandidate {
  GObject parent_instance;

  WattleServices *services;
  char *id;
  WattlePeer *peer;
  char *name;
  guint attempts_left;
  gint64 locked_until;
  gboolean says_locked; /* its advertisement, last time */
  guint unlock_id;

  WattleCandidateState session; /* UNOWNED = none, else OPENING and above */
  GTask *opening;
  GCancellable *cancellable; /* of the opening */
  GSource *caller_cancelled;
  WattleOpened *opened;
  guint idle_id;
  gboolean preparing; /* between Finish and its job */
  WattleJob *job;
};

/* Goes on to @state, and gives the person time anew where that is to choose. */
void wattle_candidate_set_session (WattleCandidate *self, WattleCandidateState state);
/* Back to as it was before it was opened. */
void wattle_candidate_close_session (WattleCandidate *self);

G_END_DECLS
