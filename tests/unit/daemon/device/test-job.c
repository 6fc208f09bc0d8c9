/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs: what a client sees, in which order.
 */
#include "daemon/device/job.h"

#define TEST_TYPE_JOB (test_job_get_type ())
G_DECLARE_FINAL_TYPE (TestJob, test_job, TEST, JOB, WattleJob)

struct _TestJob {
  WattleJob parent_instance;
  gboolean stubborn;
};

G_DEFINE_FINAL_TYPE (TestJob, test_job, WATTLE_TYPE_JOB)

static gboolean
test_job_cancel (WattleJob *job, GError **error)
{
  if (!TEST_JOB (job)->stubborn)
    return TRUE;
  g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_STORE, "The disk is full.");
  return FALSE;
}

static void
test_job_class_init (TestJobClass *klass)
{
  WATTLE_JOB_CLASS (klass)->kind = "test";
  WATTLE_JOB_CLASS (klass)->cancel = test_job_cancel;
}

static void
test_job_init (TestJob *self)
{
}

static const WattleStepSpec steps[] = { { "one", "First" }, { "two", "Second" } };

static void
on_notify (WattleJob *job, GParamSpec *pspec, GString *seen)
{
  g_string_append_printf (seen, "%s ", pspec->name);
}

static WattleJob *
job_new (GString *seen)
{
  WattleJob *job = g_object_new (TEST_TYPE_JOB, NULL);

  wattle_job_setup (job, "A test", WATTLE_SUBJECT_DEVICE, "0123", steps, G_N_ELEMENTS (steps));
  g_signal_connect (job, "notify", G_CALLBACK (on_notify), seen);
  return job;
}

static const char *
step_state (WattleJob *job, guint index)
{
  g_autoptr (GVariant) list = wattle_job_get_steps (job);
  const char *state;

  g_variant_get_child (list, index, "(&s&s&s)", NULL, NULL, &state);
  return g_intern_string (state);
}

static void
test_done (void)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (WattleJob) job = job_new (seen);
  GVariantDict dict;
  const char *device = NULL;

  g_assert_cmpstr (wattle_job_get_kind (job), ==, "test");
  wattle_job_set_step (job, 0, WATTLE_STEP_DONE);
  g_assert_cmpfloat (wattle_job_get_progress (job), ==, 0.5);
  wattle_job_set_step (job, 1, WATTLE_STEP_WAITING);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "device", "s", "0123");
  wattle_job_set_result (job, g_variant_dict_end (&dict));
  g_string_truncate (seen, 0);
  wattle_job_end (job, NULL);
  g_assert_true (g_str_has_suffix (seen->str, "state ")); /* last */
  g_assert_cmpint (wattle_job_get_state (job), ==, WATTLE_JOB_DONE);
  g_assert_cmpfloat (wattle_job_get_progress (job), ==, 1.0);
  g_assert_cmpstr (step_state (job, 1), ==, "waiting"); /* goes on by itself */
  g_assert_true (g_variant_lookup (wattle_job_get_result (job), "device", "&s", &device));
  g_assert_cmpstr (device, ==, "0123");
  g_string_truncate (seen, 0);
  wattle_job_end (job, NULL);
  g_assert_cmpstr (seen->str, ==, "");
}

static void
test_failed (void)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (WattleJob) job = job_new (seen);
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "No space");
  g_autoptr (GError) late = NULL;

  wattle_job_set_step (job, 0, WATTLE_STEP_RUNNING);
  wattle_job_end (job, error);
  g_assert_cmpint (wattle_job_get_state (job), ==, WATTLE_JOB_FAILED);
  g_assert_error (wattle_job_get_error (job), WATTLE_ERROR, WATTLE_ERROR_FAILED); /* in our own domain */
  g_assert_cmpstr (step_state (job, 0), ==, "failed");
  g_assert_cmpstr (step_state (job, 1), ==, "pending");
  g_assert_false (wattle_job_cancel (job, &late));
  g_assert_error (late, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED);
}

static void
test_waiting (void)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (WattleJob) job = job_new (seen);
  g_autoptr (GError) error = g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE, "Away");

  wattle_job_wait (job, error);
  g_assert_cmpstr (seen->str, ==, "error state ");
  g_assert_error (wattle_job_get_error (job), WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE);
  wattle_job_resume (job);
  g_assert_null (wattle_job_get_error (job));
  g_assert_cmpint (wattle_job_get_state (job), ==, WATTLE_JOB_RUNNING);
}

static void
test_cancel (void)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (WattleJob) job = job_new (seen);
  g_autoptr (GError) error = NULL;

  TEST_JOB (job)->stubborn = TRUE;
  g_assert_false (wattle_job_cancel (job, &error));
  g_assert_error (error, WATTLE_ERROR, WATTLE_ERROR_STORE);
  g_clear_error (&error);
  g_assert_true (wattle_job_get_cancellable (job));
  g_assert_false (g_cancellable_is_cancelled (wattle_job_get_gcancellable (job)));
  TEST_JOB (job)->stubborn = FALSE;
  g_assert_true (wattle_job_cancel (job, &error));
  g_assert_true (g_cancellable_set_error_if_cancelled (wattle_job_get_gcancellable (job), &error));
  g_assert_false (wattle_job_get_cancellable (job));
  wattle_job_end (job, error);
  g_assert_cmpint (wattle_job_get_state (job), ==, WATTLE_JOB_CANCELLED);
  g_assert_null (wattle_job_get_error (job));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/done", test_done);
  g_test_add_func ("/job/failed", test_failed);
  g_test_add_func ("/job/waiting", test_waiting);
  g_test_add_func ("/job/cancel", test_cancel);
  return g_test_run ();
}
