/* SPDX-License-Identifier: Apache-2.0 */
/* org.wattle.Companion1.Job. */
#include "daemon/bus/job-adaptor.h"

#include "daemon/bus/call.h"
#include "daemon/bus/variants.h"

struct _WattleJobAdaptor {
  WattleBusJobSkeleton parent_instance;
  WattleJob *job;
};

static void job_iface_init (WattleBusJobIface *iface);
G_DEFINE_TYPE_WITH_CODE (WattleJobAdaptor, wattle_job_adaptor, WATTLE_BUS_TYPE_JOB_SKELETON,
                         G_IMPLEMENT_INTERFACE (WATTLE_BUS_TYPE_JOB, job_iface_init))

/* Brings the properties on the bus to what the job says.  The state is set
 * last, so that who sees "done" or "failed" finds result and error there. */
static void
sync_properties (WattleJobAdaptor *self)
{
  WattleJob *job = self->job;
  g_autoptr (GVariant) steps = wattle_job_get_steps (job);

  g_object_set (self, "steps", steps, "progress", wattle_job_get_progress (job), "cancellable",
                wattle_job_get_cancellable (job), "error", wattle_variant_error (wattle_job_get_error (job)), "result",
                wattle_variant_job_result (job), "state", wattle_job_state_name (wattle_job_get_state (job)), NULL);
}

static gboolean
handle_cancel (WattleBusJob *object, GDBusMethodInvocation *invocation)
{
  GError *error = NULL;

  wattle_job_cancel (WATTLE_JOB_ADAPTOR (object)->job, &error);
  wattle_call_done (invocation, error);
  return TRUE;
}

static void
wattle_job_adaptor_dispose (GObject *object)
{
  WattleJobAdaptor *self = WATTLE_JOB_ADAPTOR (object);

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  G_OBJECT_CLASS (wattle_job_adaptor_parent_class)->dispose (object);
}

static void
wattle_job_adaptor_class_init (WattleJobAdaptorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_job_adaptor_dispose;
  wattle_guard_adopt_class (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
job_iface_init (WattleBusJobIface *iface)
{
  iface->handle_cancel = handle_cancel;
}

static void
wattle_job_adaptor_init (WattleJobAdaptor *self)
{
}

WattleJobAdaptor *
wattle_job_adaptor_new (WattleGuard *guard, WattleJob *job)
{
  WattleJobAdaptor *self = g_object_new (WATTLE_TYPE_JOB_ADAPTOR, NULL);
  g_autofree char *subject = wattle_variant_job_subject (job);

  wattle_guard_protect (guard, G_DBUS_INTERFACE_SKELETON (self), NULL);
  self->job = g_object_ref (job);
  g_signal_connect_swapped (job, "notify", G_CALLBACK (sync_properties), self);
  g_object_set (self, "kind", wattle_job_get_kind (job), "title", wattle_job_get_title (job), "subject", subject, NULL);
  sync_properties (self);
  return self;
}
