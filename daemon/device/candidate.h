/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device near that is not ours, and the set-up with it.
 *
 * Properties, all read-only and notified: "name", "product", "signal-strength",
 * "state", "attempts-left", "locked-until", "passport", "unit-id".
 */
#pragma once

#include "daemon/device/job.h"
#include "daemon/device/opening.h"
#include "daemon/device/services.h"
#include "daemon/link/peer.h"
#include "daemon/password/password.h"
#include "privacy/passport.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_CANDIDATE_UNOWNED,
  WATTLE_CANDIDATE_OWNED,
  WATTLE_CANDIDATE_WIPING,
  WATTLE_CANDIDATE_LOCKED,
  WATTLE_CANDIDATE_OPENING,
  WATTLE_CANDIDATE_MUST_CHANGE_PASSWORD,
  WATTLE_CANDIDATE_FINISHING,
} WattleCandidateState;

/* "unowned", "must-change-password", ...: the names in the D-Bus interface. */
const char *wattle_candidate_state_name (WattleCandidateState state);

#define WATTLE_CANDIDATE_IDLE_LIMIT (15 * 60) /* seconds an opened one waits for Finish before it is closed */

#define WATTLE_TYPE_CANDIDATE (wattle_candidate_get_type ())
G_DECLARE_FINAL_TYPE (WattleCandidate, wattle_candidate, WATTLE, CANDIDATE, GObject)

const char *wattle_candidate_get_id (WattleCandidate *self); /* a number in decimal */
const char *wattle_candidate_get_name (WattleCandidate *self);
guint32 wattle_candidate_get_product (WattleCandidate *self);
const char *wattle_candidate_get_link (WattleCandidate *self);
int wattle_candidate_get_signal_strength (WattleCandidate *self);
WattleCandidateState wattle_candidate_get_state (WattleCandidate *self);
guint wattle_candidate_get_attempts_left (WattleCandidate *self);
gint64 wattle_candidate_get_locked_until (WattleCandidate *self);      /* seconds since 1970; 0 = not */
WattlePassport *wattle_candidate_get_passport (WattleCandidate *self); /* NULL before it is opened */
const char *wattle_candidate_get_unit_id (WattleCandidate *self);      /* "" before it is opened */

/* Opens it.  @secret: what was typed, or the text of the QR picture; it is
 * copied into wiped memory.  Errors as in the D-Bus interface. */
void wattle_candidate_open_async (WattleCandidate *self, const char *secret, WattleOpenWith with,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean wattle_candidate_open_finish (WattleCandidate *self, GAsyncResult *result, GError **error);

/* Strength and rules together, the reuse of another device's password
 * included; free with wattle_password_strength_free(). */
void wattle_candidate_check_password_async (WattleCandidate *self, const char *password, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
WattlePasswordStrength *wattle_candidate_check_password_finish (WattleCandidate *self, GAsyncResult *result,
                                                                GError **error);

/* @decisions: a{sb}, purpose id to yes or no.  @name: what the person calls
 * it; NULL or "" = the product's name.  @password "" where it was opened with
 * the password.  Returns the job, which runs already and is on the registry's
 * list, which owns it. */
void wattle_candidate_finish_setup_async (WattleCandidate *self, const char *password, GVariant *decisions,
                                          const char *name, GCancellable *cancellable, GAsyncReadyCallback callback,
                                          gpointer user_data);
WattleJob *wattle_candidate_finish_setup_finish (WattleCandidate *self, GAsyncResult *result, GError **error);

/* Ends an opened set-up; NOT_ALLOWED once it is finishing. */
gboolean wattle_candidate_close (WattleCandidate *self, GError **error);

G_END_DECLS
