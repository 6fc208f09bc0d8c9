/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Candidate of one WattleCandidate. */
#pragma once

#include "daemon/bus/guard.h"
#include "daemon/device/candidate.h"
#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_CANDIDATE_ADAPTOR (wattle_candidate_adaptor_get_type ())
G_DECLARE_FINAL_TYPE (WattleCandidateAdaptor, wattle_candidate_adaptor, WATTLE, CANDIDATE_ADAPTOR,
                      WattleBusCandidateSkeleton)

WattleCandidateAdaptor *wattle_candidate_adaptor_new (WattleGuard *guard, WattleCandidate *candidate);

G_END_DECLS
