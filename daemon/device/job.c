/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job base class: what a client sees of long work, and its order of
 * notifications.
 */
#include "daemon/device/job.h"

#include <glib/gi18n-lib.h>

#include "daemon/device/wire-error.h"

typedef struct {
  guint number;
  char *title;
  WattleSubject subject;
  char *subject_id;
  const WattleStepSpec *steps;
  WattleStepState *step_states;
  guint n_steps;
  WattleJobState state;
  double progress;
  gboolean cancellable;
  GError *error;
  GVariant *result;
  GCancellable *gcancellable;
} WattleJobPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WattleJob, wattle_job, G_TYPE_OBJECT)

enum { PROP_STATE = 1, PROP_PROGRESS, PROP_STEPS, PROP_CANCELLABLE, PROP_ERROR, PROP_RESULT, N_PROPS };
static GParamSpec *props[N_PROPS];

static const char *const job_states[] = { "running", "waiting", "done", "failed", "cancelled" };
static const char *const step_states[] = { "pending", "running", "waiting", "done", "skipped", "failed", "given-up" };

static void
wattle_job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WattleJob *self = WATTLE_JOB (object);
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  switch (id) {
    case PROP_STATE:
      g_value_set_uint (value, priv->state);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, priv->progress);
      break;
    case PROP_STEPS:
      g_value_take_variant (value, wattle_job_get_steps (self));
      break;
    case PROP_CANCELLABLE:
      g_value_set_boolean (value, priv->cancellable);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, priv->error);
      break;
    case PROP_RESULT:
      g_value_set_variant (value, priv->result);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
wattle_job_finalize (GObject *object)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (WATTLE_JOB (object));

  g_free (priv->title);
  g_free (priv->subject_id);
  g_free (priv->step_states);
  g_clear_error (&priv->error);
  g_variant_unref (priv->result);
  g_object_unref (priv->gcancellable);
  G_OBJECT_CLASS (wattle_job_parent_class)->finalize (object);
}

static void
wattle_job_class_init (WattleJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = wattle_job_get_property;
  object_class->finalize = wattle_job_finalize;
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, WATTLE_JOB_CANCELLED, 0, flags);
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0.0, 1.0, 0.0, flags);
  props[PROP_STEPS] = g_param_spec_variant ("steps", NULL, NULL, G_VARIANT_TYPE ("a(sss)"), NULL, flags);
  props[PROP_CANCELLABLE] = g_param_spec_boolean ("cancellable", NULL, NULL, TRUE, flags);
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  props[PROP_RESULT] = g_param_spec_variant ("result", NULL, NULL, G_VARIANT_TYPE_VARDICT, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wattle_job_init (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);
  static guint last_number;

  priv->number = ++last_number;
  priv->cancellable = TRUE;
  priv->result = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  priv->gcancellable = g_cancellable_new ();
}

static void
notify (WattleJob *self, guint id)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[id]);
}

/* As the steps say, unless the job knows better. */
static void
follow_steps (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);
  guint over = 0;
  double progress;

  for (guint i = 0; i < priv->n_steps; i++)
    over += priv->step_states[i] == WATTLE_STEP_DONE || priv->step_states[i] == WATTLE_STEP_SKIPPED
            || priv->step_states[i] == WATTLE_STEP_GIVEN_UP;
  progress = priv->n_steps == 0 ? priv->progress : (double)over / priv->n_steps;
  if (progress > priv->progress)
    wattle_job_set_progress (self, progress);
}

static void
set_error (WattleJob *self, const GError *error)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  if (priv->error == NULL && error == NULL)
    return;
  g_clear_error (&priv->error);
  if (error != NULL)
    priv->error = wattle_error_own (g_error_copy (error));
  notify (self, PROP_ERROR);
}

static void
set_state (WattleJob *self, WattleJobState state)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  if (priv->state == state)
    return;
  priv->state = state;
  notify (self, PROP_STATE);
}

const char *
wattle_job_state_name (WattleJobState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (job_states), NULL);
  return job_states[state];
}

const char *
wattle_step_state_name (WattleStepState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (step_states), NULL);
  return step_states[state];
}

guint
wattle_job_get_number (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  return priv->number;
}

const char *
wattle_job_get_kind (WattleJob *self)
{
  g_return_val_if_fail (WATTLE_IS_JOB (self), NULL);
  return WATTLE_JOB_GET_CLASS (self)->kind;
}

const char *
wattle_job_get_title (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  return priv->title;
}

WattleSubject
wattle_job_get_subject (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  return priv->subject;
}

const char *
wattle_job_get_subject_id (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  return priv->subject_id;
}

WattleJobState
wattle_job_get_state (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  return priv->state;
}

gboolean
wattle_job_is_over (WattleJob *self)
{
  return wattle_job_get_state (self) >= WATTLE_JOB_DONE;
}

double
wattle_job_get_progress (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  return priv->progress;
}

gboolean
wattle_job_get_cancellable (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  return priv->cancellable;
}

const GError *
wattle_job_get_error (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  return priv->error;
}

GVariant *
wattle_job_get_result (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  return priv->result;
}

GVariant *
wattle_job_get_steps (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sss)"));

  for (guint i = 0; i < priv->n_steps; i++)
    g_variant_builder_add (&builder, "(sss)", priv->steps[i].id, gettext (priv->steps[i].sentence),
                           wattle_step_state_name (priv->step_states[i]));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

gboolean
wattle_job_cancel (WattleJob *self, GError **error)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);
  g_autoptr (WattleJob) ref = g_object_ref (self);

  if (!priv->cancellable || wattle_job_is_over (self)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, _ ("It is too late to stop this."));
    return FALSE;
  }
  if (WATTLE_JOB_GET_CLASS (self)->cancel != NULL && !WATTLE_JOB_GET_CLASS (self)->cancel (self, error))
    return FALSE;
  wattle_job_set_cancellable (self, FALSE);
  g_cancellable_cancel (priv->gcancellable);
  return TRUE;
}

void
wattle_job_setup (WattleJob *self, const char *title, WattleSubject subject, const char *subject_id,
                  const WattleStepSpec *steps, guint n_steps)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  g_return_if_fail (priv->title == NULL);
  priv->title = g_strdup (title);
  priv->subject = subject;
  priv->subject_id = g_strdup (subject_id);
  wattle_job_set_steps (self, steps, n_steps);
}

void
wattle_job_set_steps (WattleJob *self, const WattleStepSpec *steps, guint n_steps)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  priv->steps = steps;
  priv->n_steps = n_steps;
  g_free (priv->step_states);
  priv->step_states = g_new0 (WattleStepState, MAX (n_steps, 1));
  notify (self, PROP_STEPS);
}

GCancellable *
wattle_job_get_gcancellable (WattleJob *self)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  return priv->gcancellable;
}

void
wattle_job_set_cancellable (WattleJob *self, gboolean cancellable)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  if (priv->cancellable == cancellable)
    return;
  priv->cancellable = cancellable;
  notify (self, PROP_CANCELLABLE);
}

void
wattle_job_set_step (WattleJob *self, guint step, WattleStepState state)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  g_return_if_fail (step < priv->n_steps);
  if (priv->step_states[step] == state)
    return;
  priv->step_states[step] = state;
  notify (self, PROP_STEPS);
  follow_steps (self);
}

WattleStepState
wattle_job_get_step (WattleJob *self, guint step)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  g_return_val_if_fail (step < priv->n_steps, WATTLE_STEP_PENDING);
  return priv->step_states[step];
}

void
wattle_job_set_progress (WattleJob *self, double progress)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  if (priv->progress == progress)
    return;
  priv->progress = CLAMP (progress, 0.0, 1.0);
  notify (self, PROP_PROGRESS);
}

void
wattle_job_set_result (WattleJob *self, GVariant *result)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);

  g_variant_unref (priv->result);
  priv->result = g_variant_ref_sink (result);
  notify (self, PROP_RESULT);
}

void
wattle_job_resume (WattleJob *self)
{
  if (wattle_job_get_state (self) != WATTLE_JOB_WAITING)
    return;
  set_error (self, NULL);
  set_state (self, WATTLE_JOB_RUNNING);
}

void
wattle_job_wait (WattleJob *self, const GError *error)
{
  if (wattle_job_is_over (self))
    return;
  set_error (self, error);
  set_state (self, WATTLE_JOB_WAITING);
}

void
wattle_job_end (WattleJob *self, const GError *error)
{
  WattleJobPrivate *priv = wattle_job_get_instance_private (self);
  g_autoptr (WattleJob) ref = g_object_ref (self);
  gboolean cancelled = wattle_error_is_cancelled (error);

  if (wattle_job_is_over (self))
    return;
  for (guint i = 0; i < priv->n_steps; i++)
    if (priv->step_states[i] == WATTLE_STEP_RUNNING || (priv->step_states[i] == WATTLE_STEP_WAITING && error != NULL))
      wattle_job_set_step (self, i, error == NULL ? WATTLE_STEP_DONE : WATTLE_STEP_FAILED);
  wattle_job_set_cancellable (self, FALSE);
  set_error (self, cancelled ? NULL : error);
  if (error == NULL)
    wattle_job_set_progress (self, 1.0);
  set_state (self, error == NULL ? WATTLE_JOB_DONE : cancelled ? WATTLE_JOB_CANCELLED : WATTLE_JOB_FAILED);
}
