/* SPDX-License-Identifier: Apache-2.0 */
/* How far a wipe is. */
#include "gui-gtk/wipe/wipe-progress-view.h"

#include <glib/gi18n.h>

#include "client/text.h"
#include "client/words.h"
#include "gui-gtk/widgets/question.h"
#include "gui-gtk/window.h"
#include "gui-gtk/wipe/place-row.h"

struct _WattleWipeProgressView {
  AdwBin parent_instance;
  GtkLabel *title;
  GtkLabel *begun;
  GtkProgressBar *progress;
  GtkWidget *waits;
  GtkLabel *waits_title;
  GtkLabel *why;
  AdwPreferencesGroup *steps;
  GtkWidget *choices;
  GtkWidget *receipt;
  GtkWidget *lost;
  GtkWidget *give_up;
  GtkWidget *cancel;
  WattleBusJob *job;
  GCancellable *cancellable;
  GPtrArray *rows; /* of WattlePlaceRow, in steps */
  char *step_ids;  /* of rows, to see whether they still fit */
};

G_DEFINE_FINAL_TYPE (WattleWipeProgressView, wattle_wipe_progress_view, ADW_TYPE_BIN)

enum { SIGNAL_LOST, SIGNAL_GIVE_UP, SIGNAL_SHOW_RECEIPT, N_SIGNALS };
static guint signals[N_SIGNALS];

/* By form and by word, never by colour alone. */
static const struct {
  const char *state;
  const char *icon;
} step_icons[] = {
  { "pending", "radio-symbolic" },           { "running", "emblem-synchronizing-symbolic" },
  { "waiting", "content-loading-symbolic" }, { "done", "emblem-ok-symbolic" },
  { "skipped", "emblem-ok-symbolic" },       { "given-up", "dialog-warning-symbolic" },
  { "failed", "dialog-warning-symbolic" },
};

static const char *
step_icon (const char *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (step_icons); i++)
    if (g_strcmp0 (step_icons[i].state, state) == 0)
      return step_icons[i].icon;
  return "dialog-question-symbolic";
}

static gboolean
is_waiting (WattleWipeProgressView *self)
{
  return g_strcmp0 (wattle_bus_job_get_state (self->job), "waiting") == 0;
}

/* A heading without a choice below says nothing. */
static void
sync_choices (WattleWipeProgressView *self)
{
  gtk_widget_set_visible (self->choices, gtk_widget_get_visible (self->receipt) || gtk_widget_get_visible (self->lost)
                                             || gtk_widget_get_visible (self->give_up)
                                             || gtk_widget_get_visible (self->cancel));
}

/* --- steps --- */

static char *
join_ids (GVariant *steps)
{
  GString *ids = g_string_new (NULL);
  GVariantIter iter;
  const char *id;

  g_variant_iter_init (&iter, steps);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &id, NULL, NULL))
    g_string_append_printf (ids, "%s ", id);
  return g_string_free (ids, FALSE);
}

/* Other steps come where a device is declared lost. */
static void
make_rows (WattleWipeProgressView *self, GVariant *steps)
{
  g_autofree char *ids = join_ids (steps);
  const char *id, *sentence;
  GVariantIter iter;

  if (g_strcmp0 (ids, self->step_ids) == 0)
    return;
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->steps, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  g_free (self->step_ids);
  self->step_ids = g_steal_pointer (&ids);
  g_variant_iter_init (&iter, steps);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &id, &sentence, NULL)) {
    GtkWidget *row = wattle_place_row_new (id, sentence);

    g_ptr_array_add (self->rows, row);
    adw_preferences_group_add (self->steps, row);
  }
}

/* Whether the device itself is still to be wiped, and nobody has said yet that
 * it is lost. */
static gboolean
may_be_lost (GVariant *steps)
{
  const char *id, *state;
  GVariantIter iter;
  gboolean open = FALSE;

  g_variant_iter_init (&iter, steps);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &id, NULL, &state)) {
    if (g_str_equal (id, "traces"))
      return FALSE;
    if (g_str_equal (id, "device"))
      open = !g_str_equal (state, "done") && !g_str_equal (state, "skipped");
  }
  return open;
}

/* Also while one that was away is asked again: a choice that comes and goes by
 * the second takes the keyboard's place with it. */
static gboolean
is_cloud_away (GVariant *steps, gboolean was_away)
{
  const char *id, *state;
  GVariantIter iter;

  g_variant_iter_init (&iter, steps);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &id, NULL, &state))
    if (g_str_has_prefix (id, "cloud")
        && (g_str_equal (state, "waiting") || (was_away && g_str_equal (state, "running"))))
      return TRUE;
  return FALSE;
}

static void
on_steps (WattleWipeProgressView *self)
{
  GVariant *steps = wattle_bus_job_get_steps (self->job);
  GVariantIter iter;
  const char *state;
  guint i = 0;

  if (steps == NULL)
    return;
  make_rows (self, steps);
  g_variant_iter_init (&iter, steps);
  while (g_variant_iter_next (&iter, "(&s&s&s)", NULL, NULL, &state))
    wattle_place_row_set_state (self->rows->pdata[i++], step_icon (state), wattle_words (WATTLE_WORDS_STEP, state));
  gtk_widget_set_visible (self->lost, may_be_lost (steps));
  gtk_widget_set_visible (self->give_up, is_cloud_away (steps, gtk_widget_get_visible (self->give_up)));
  sync_choices (self);
}

/* --- the whole --- */

static char *
dup_receipt (WattleWipeProgressView *self)
{
  GVariant *result = wattle_bus_job_get_result (self->job);
  char *id = NULL;

  if (result != NULL)
    g_variant_lookup (result, "receipt", "s", &id);
  return id;
}

static void
on_state (WattleWipeProgressView *self)
{
  GVariant *error = wattle_bus_job_get_error (self->job);
  g_autofree char *receipt = dup_receipt (self);
  g_autofree char *clean = NULL;
  const char *sentence = "";

  if (error != NULL)
    g_variant_get (error, "(&s&s)", NULL, &sentence);
  clean = wattle_text_clean (sentence);
  gtk_label_set_label (self->waits_title, _ ("The wipe waits"));
  gtk_label_set_label (self->why, clean);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->waits), GTK_ACCESSIBLE_PROPERTY_LABEL, clean, -1);
  gtk_widget_set_visible (self->waits, is_waiting (self));
  gtk_widget_set_visible (self->receipt, receipt != NULL);
  sync_choices (self);
}

static void
on_progress (WattleWipeProgressView *self)
{
  double fraction = CLAMP (wattle_bus_job_get_progress (self->job), 0, 1);
  /* Translators: how far a wipe is */
  g_autofree char *words = g_strdup_printf (_ ("%d %% done"), (int)(fraction * 100));

  gtk_progress_bar_set_fraction (self->progress, fraction);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
}

static void
on_cancellable (WattleWipeProgressView *self)
{
  gtk_widget_set_visible (self->cancel, wattle_bus_job_get_cancellable (self->job));
  sync_choices (self);
}

static void
on_title (WattleWipeProgressView *self)
{
  g_autofree char *title = wattle_text_clean (wattle_bus_job_get_title (self->job));

  gtk_label_set_label (self->title, title);
}

static const struct {
  const char *signal;
  void (*show) (WattleWipeProgressView *self);
} followed[] = {
  { "notify::title", on_title },  { "notify::steps", on_steps }, { "notify::progress", on_progress },
  { "notify::state", on_state },  { "notify::error", on_state }, { "notify::cancellable", on_cancellable },
  { "notify::result", on_state },
};

/* --- what the person does --- */

static void
on_receipt (WattleWipeProgressView *self)
{
  g_autofree char *id = dup_receipt (self);

  if (id != NULL)
    g_signal_emit (self, signals[SIGNAL_SHOW_RECEIPT], 0, id);
}

static void
on_yes_lost (gpointer self)
{
  g_signal_emit (self, signals[SIGNAL_LOST], 0);
}

static void
on_lost (WattleWipeProgressView *self)
{
  WattleQuestion question = {
    .heading = _ ("Is the device lost?"),
    .body = _ ("Then all else is wiped now, and the device when it is found. Until then Wattle lets nobody do anything "
               "else with it."),
    .no = _ ("I have it"),
    .yes = _ ("It is lost"),
  };

  wattle_question_ask (self, &question, on_yes_lost);
}

static void
on_yes_give_up (gpointer self)
{
  g_signal_emit (self, signals[SIGNAL_GIVE_UP], 0);
}

static void
on_give_up (WattleWipeProgressView *self)
{
  WattleQuestion question = {
    .heading = _ ("Is the maker's cloud gone for good?"),
    .body = _ ("Then the wipe ends without it. What the cloud holds of you may stay there, and Wattle cannot delete it "
               "later. The certificate will say so."),
    .no = _ ("Go on asking it"),
    .yes = _ ("Give it up"),
  };

  wattle_question_ask (self, &question, on_yes_give_up);
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WattleWipeProgressView *self = user_data;
  g_autoptr (GError) error = NULL;

  wattle_bus_job_call_cancel_finish (WATTLE_BUS_JOB (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_sensitive (self->cancel, TRUE);
  if (error != NULL)
    wattle_window_say_error (self, error);
}

static void
on_cancel (WattleWipeProgressView *self)
{
  if (self->job == NULL)
    return;
  gtk_widget_set_sensitive (self->cancel, FALSE);
  wattle_bus_job_call_cancel (self->job, self->cancellable, on_cancelled, self);
}

void
wattle_wipe_progress_view_set_begun (WattleWipeProgressView *self, guint64 time)
{
  g_autofree char *when = wattle_words_time (time);
  /* Translators: %s is a date with time */
  g_autofree char *sentence = g_strdup_printf (_ ("You asked for it on %s."), when);

  gtk_label_set_label (self->begun, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->begun), TRUE);
}

void
wattle_wipe_progress_view_set_job (WattleWipeProgressView *self, WattleBusJob *job)
{
  if (self->job == job)
    return;
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_set_object (&self->job, job);
  for (gsize i = 0; job != NULL && i < G_N_ELEMENTS (followed); i++) {
    g_signal_connect_object (job, followed[i].signal, G_CALLBACK (followed[i].show), self, G_CONNECT_SWAPPED);
    followed[i].show (self);
  }
}

static void
wattle_wipe_progress_view_dispose (GObject *object)
{
  WattleWipeProgressView *self = WATTLE_WIPE_PROGRESS_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->step_ids, g_free);
  G_OBJECT_CLASS (wattle_wipe_progress_view_parent_class)->dispose (object);
}

static void
wattle_wipe_progress_view_class_init (WattleWipeProgressViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_wipe_progress_view_dispose;
  signals[SIGNAL_LOST]
      = g_signal_new ("lost", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_GIVE_UP]
      = g_signal_new ("give-up", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SHOW_RECEIPT] = g_signal_new ("show-receipt", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/wattle/Wattle/wipe/wipe-progress-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, title);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, begun);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, progress);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, waits);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, waits_title);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, why);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, steps);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, choices);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, receipt);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, lost);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, give_up);
  gtk_widget_class_bind_template_child (widget_class, WattleWipeProgressView, cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_receipt);
  gtk_widget_class_bind_template_callback (widget_class, on_lost);
  gtk_widget_class_bind_template_callback (widget_class, on_give_up);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
wattle_wipe_progress_view_init (WattleWipeProgressView *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wattle_wipe_progress_view_new (void)
{
  return g_object_new (WATTLE_TYPE_WIPE_PROGRESS_VIEW, NULL);
}
