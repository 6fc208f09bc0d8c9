/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Long work that a person waits for or comes back to: base of set-up, wipe and
 * export.
 *
 * Everything a client sees is a property; a change is notified by
 * GObject::notify of: "state", "progress", "steps", "cancellable", "error",
 * "result".  "error" is set before "state" becomes failed or waiting, "result"
 * before done, and "state" is notified last.
 */
#pragma once

#include <gio/gio.h>

#include "common/error.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_JOB_RUNNING,
  WATTLE_JOB_WAITING, /* for a device or cloud out of reach */
  WATTLE_JOB_DONE,
  WATTLE_JOB_FAILED,
  WATTLE_JOB_CANCELLED,
} WattleJobState;

typedef enum {
  WATTLE_STEP_PENDING,
  WATTLE_STEP_RUNNING,
  WATTLE_STEP_WAITING,
  WATTLE_STEP_DONE,
  WATTLE_STEP_SKIPPED,
  WATTLE_STEP_FAILED,
  WATTLE_STEP_GIVEN_UP,
} WattleStepState;

typedef enum {
  WATTLE_SUBJECT_CANDIDATE,
  WATTLE_SUBJECT_DEVICE,
} WattleSubject;

/* "running", "waiting", ...: the names in the D-Bus interface. */
const char *wattle_job_state_name (WattleJobState state);
const char *wattle_step_state_name (WattleStepState state);

typedef struct {
  const char *id;
  const char *sentence; /* as N_() */
} WattleStepSpec;

#define WATTLE_TYPE_JOB (wattle_job_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattleJob, wattle_job, WATTLE, JOB, GObject)

struct _WattleJobClass {
  GObjectClass parent_class;

  const char *kind; /* "setup", "wipe", "export", "update" */

  /* Asked to stop, while "cancellable" is TRUE; FALSE refuses.  Then the base
   * cancels the job's GCancellable, and the job ends by itself, in state
   * cancelled, when it has.  May be NULL. */
  gboolean (*cancel) (WattleJob *self, GError **error);
};

/* A number that is not used again in this run of the service. */
guint wattle_job_get_number (WattleJob *self);
const char *wattle_job_get_kind (WattleJob *self);
const char *wattle_job_get_title (WattleJob *self);
WattleSubject wattle_job_get_subject (WattleJob *self);
/* Id of the candidate or device.  It may be gone before the job is. */
const char *wattle_job_get_subject_id (WattleJob *self);
WattleJobState wattle_job_get_state (WattleJob *self);
gboolean wattle_job_is_over (WattleJob *self); /* done, failed or cancelled */
double wattle_job_get_progress (WattleJob *self);
gboolean wattle_job_get_cancellable (WattleJob *self);
/* NULL unless failed or waiting. */
const GError *wattle_job_get_error (WattleJob *self);
/* a{sv}, never NULL, floating-free.  Of a set-up: "device" s, the device's id,
 * where D-Bus has its object path.  Of a wipe: "receipt" s. */
GVariant *wattle_job_get_result (WattleJob *self);

/* a(sss): id, sentence, state.  New reference. */
GVariant *wattle_job_get_steps (WattleJob *self);

/* NOT_ALLOWED where it is too late. */
gboolean wattle_job_cancel (WattleJob *self, GError **error);

/* --- for kinds of jobs --- */

/* Call once, after construction: @title is copied, @steps is a const table. */
void wattle_job_setup (WattleJob *self, const char *title, WattleSubject subject, const char *subject_id,
                       const WattleStepSpec *steps, guint n_steps);
/* Other steps than before, all pending. */
void wattle_job_set_steps (WattleJob *self, const WattleStepSpec *steps, guint n_steps);
/* What the job's own async calls run under. */
GCancellable *wattle_job_get_gcancellable (WattleJob *self);
void wattle_job_set_cancellable (WattleJob *self, gboolean cancellable);
void wattle_job_set_step (WattleJob *self, guint step, WattleStepState state);
WattleStepState wattle_job_get_step (WattleJob *self, guint step);
/* Progress follows the steps; a job that knows better says so. */
void wattle_job_set_progress (WattleJob *self, double progress);
void wattle_job_set_result (WattleJob *self, GVariant *result);
/* Running again, after waiting. */
void wattle_job_resume (WattleJob *self);
/* @error is copied. */
void wattle_job_wait (WattleJob *self, const GError *error);
/* Ends.  @error NULL: done.  WATTLE_ERROR_CANCELLED or G_IO_ERROR_CANCELLED:
 * cancelled.  Running steps become done or failed; a waiting step of a job that
 * is done goes on by itself. */
void wattle_job_end (WattleJob *self, const GError *error);

G_END_DECLS
