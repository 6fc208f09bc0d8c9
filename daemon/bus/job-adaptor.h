/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Job of one WattleJob. */
#pragma once

#include "daemon/bus/guard.h"
#include "daemon/device/job.h"
#include "wattle-bus.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_JOB_ADAPTOR (wattle_job_adaptor_get_type ())
G_DECLARE_FINAL_TYPE (WattleJobAdaptor, wattle_job_adaptor, WATTLE, JOB_ADAPTOR, WattleBusJobSkeleton)

WattleJobAdaptor *wattle_job_adaptor_new (WattleGuard *guard, WattleJob *job);

G_END_DECLS
