/* SPDX-License-Identifier: Apache-2.0 */
/* One set-up: from a device near to one of ours. */
#include "gui-gtk/setup/setup.h"

#include <glib/gi18n.h>

#include "client/secret-handle.h"
#include "client/text.h"
#include "common/error.h"

struct _WattleSetup {
  GObject parent_instance;
  WattleService *service;
  char *path;              /* of the candidate: stays when it comes back */
  WattleBusObject *object; /* NULL while it is out of sight */
  char *product;
  gboolean joining;
  gboolean ours; /* we have opened it, and have not closed it */
  gboolean holds_discovery;
  WattleSecret *secret; /* that opened it */
  WattleBusPassport *passport;
  WattleSecret *suggestion;
  WattleSecret *password;
  GHashTable *decisions; /* purpose id to GINT_TO_POINTER (0 or 1) */
  char *name;
};

G_DEFINE_FINAL_TYPE (WattleSetup, wattle_setup, G_TYPE_OBJECT)

enum { PROP_OPEN = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

/* --- the device --- */

WattleBusCandidate *
wattle_setup_get_candidate (WattleSetup *self)
{
  return self->object != NULL ? wattle_bus_object_peek_candidate (self->object) : NULL;
}

static gboolean
is_in_state (WattleSetup *self, const char *state)
{
  WattleBusCandidate *candidate = wattle_setup_get_candidate (self);

  return candidate != NULL && g_strcmp0 (wattle_bus_candidate_get_state (candidate), state) == 0;
}

gboolean
wattle_setup_is_open (WattleSetup *self)
{
  return self->ours && is_in_state (self, "must-change-password");
}

/* A device that is open stays without anybody looking; the radio is better
 * left to it. */
static void
hold_discovery (WattleSetup *self, gboolean hold)
{
  if (self->holds_discovery == hold)
    return;
  self->holds_discovery = hold;
  if (hold)
    wattle_service_hold_discovery (self->service);
  else
    wattle_service_release_discovery (self->service);
}

static void
on_candidate (WattleSetup *self)
{
  hold_discovery (self, !wattle_setup_is_open (self) && !is_in_state (self, "finishing"));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OPEN]);
}

/* Takes up the candidate as it comes and goes. */
static void
on_candidates (WattleSetup *self)
{
  g_autoptr (WattleBusObject) object = wattle_service_dup_object (self->service, self->path);
  WattleBusCandidate *candidate = object != NULL ? wattle_bus_object_peek_candidate (object) : NULL;

  if (candidate == NULL)
    g_clear_object (&object);
  if (object == self->object)
    return;
  if (wattle_setup_get_candidate (self) != NULL)
    g_signal_handlers_disconnect_by_data (wattle_setup_get_candidate (self), self);
  g_set_object (&self->object, object);
  if (candidate != NULL)
    g_signal_connect_object (candidate, "notify::state", G_CALLBACK (on_candidate), self, G_CONNECT_SWAPPED);
  on_candidate (self);
}

static void
take_passport (WattleSetup *self)
{
  WattleBusCandidate *candidate = wattle_setup_get_candidate (self);
  g_autoptr (WattleBusPassport) passport
      = candidate != NULL ? wattle_service_dup_passport (self->service, wattle_bus_candidate_get_passport (candidate))
                          : NULL;

  if (passport == NULL)
    return;
  g_set_object (&self->passport, passport);
  g_free (self->product); /* one that has an owner does not tell strangers what it is */
  self->product = wattle_text_clean (wattle_bus_passport_get_product_name (passport));
}

/* A service that starts again counts its candidates anew: the path may be
 * another device's then. */
static void
on_service (WattleSetup *self)
{
  if (wattle_service_get_state (self->service) == WATTLE_SERVICE_READY)
    return;
  g_clear_pointer (&self->path, g_free);
  self->ours = FALSE;
  on_candidates (self);
}

static GError *
out_of_sight (WattleSetup *self)
{
  if (self->path == NULL)
    return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_FAILED,
                                _ ("Wattle’s service has restarted. The device is as it was before: cancel, and choose "
                                   "it again."));
  return g_error_new_literal (WATTLE_ERROR, WATTLE_ERROR_UNREACHABLE,
                              _ ("The device is out of reach. Bring it near, see that it is switched on, and try "
                                 "again."));
}

/* A device that goes out of sight takes its object on the bus along, in the
 * middle of a call, too.  Takes @error. */
static GError *
explain (WattleSetup *self, GError *error)
{
  if (!g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
      && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT))
    return error;
  g_error_free (error);
  return out_of_sight (self);
}

/* --- opening --- */

static void
set_secret (WattleSecret **place, const char *secret)
{
  WattleSecret *copy = g_strdup (secret); /* it may be in *place */

  wattle_secret_free (*place);
  *place = copy;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleSetup *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!wattle_bus_candidate_call_open_finish (WATTLE_BUS_CANDIDATE (source), NULL, result, &error)) {
    /* Where the call itself was given up the device may open yet: see dispose. */
    self->ours = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_task_return_error (task, explain (self, error));
    return;
  }
  set_secret (&self->secret, g_task_get_task_data (task));
  take_passport (self);
  on_candidate (self);
  if (self->passport != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_PASSPORT, "%s",
                             _ ("The device did not say what happens to your data. Please try again."));
}

static void
free_secret (gpointer secret)
{
  wattle_secret_free (secret);
}

void
wattle_setup_open_async (WattleSetup *self, const char *secret, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  WattleBusCandidate *candidate = wattle_setup_get_candidate (self);
  g_autoptr (GUnixFDList) list = NULL;
  GVariantDict options;
  GVariant *handle;
  GError *error = NULL;

  g_task_set_source_tag (task, wattle_setup_open_async);
  g_task_set_task_data (task, g_strdup (secret), free_secret);
  if (candidate == NULL) {
    g_task_return_error (task, out_of_sight (self));
    return;
  }
  handle = wattle_secret_to_handle (secret, &list, &error);
  if (handle == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_variant_dict_init (&options, NULL);
  if (self->joining)
    g_variant_dict_insert (&options, "secret", "s", "password");
  self->ours = TRUE;
  wattle_bus_candidate_call_open (candidate, handle, g_variant_dict_end (&options), list, cancellable, on_opened,
                                  g_steal_pointer (&task));
}

gboolean
wattle_setup_open_finish (WattleSetup *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
wattle_setup_close (WattleSetup *self)
{
  WattleBusCandidate *candidate = wattle_setup_get_candidate (self);

  if (self->ours && candidate != NULL && !is_in_state (self, "finishing"))
    wattle_bus_candidate_call_close (candidate, NULL, NULL, NULL);
  self->ours = FALSE;
}

/* What is called with the device open, or not at all: then @task fails. */
typedef void (*Action) (WattleSetup *self, GTask *task);

static void
on_open_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleSetup *self = WATTLE_SETUP (source);
  Action action = g_object_get_data (G_OBJECT (task), "action");
  GError *error = NULL;

  if (wattle_setup_open_finish (self, result, &error))
    action (self, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/* Takes @task. */
static void
with_open_device (WattleSetup *self, GTask *task, Action action)
{
  if (wattle_setup_is_open (self) || self->secret == NULL) {
    action (self, task);
    return;
  }
  g_object_set_data (G_OBJECT (task), "action", action);
  wattle_setup_open_async (self, self->secret, NULL, on_open_again, task);
}

/* --- the password --- */

static void
on_suggested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) handle = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  WattleSetup *self = g_task_get_source_object (task);
  g_autoptr (WattleSecret) passphrase = NULL;
  GError *error = NULL;

  if (wattle_bus_candidate_call_suggest_passphrase_finish (WATTLE_BUS_CANDIDATE (source), &handle, &list, result,
                                                           &error))
    passphrase = wattle_secret_from_handle (handle, list, &error);
  if (passphrase == NULL) {
    g_task_return_error (task, explain (self, error));
    return;
  }
  set_secret (&self->suggestion, passphrase);
  g_task_return_boolean (task, TRUE);
}

void
wattle_setup_suggest_async (WattleSetup *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  WattleBusCandidate *candidate = wattle_setup_get_candidate (self);

  g_task_set_source_tag (task, wattle_setup_suggest_async);
  if (candidate == NULL)
    g_task_return_error (task, out_of_sight (self));
  else
    wattle_bus_candidate_call_suggest_passphrase (candidate, NULL, cancellable, on_suggested, g_steal_pointer (&task));
}

gboolean
wattle_setup_suggest_finish (WattleSetup *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
wattle_setup_get_suggestion (WattleSetup *self)
{
  return self->suggestion;
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleSetup *self = g_task_get_source_object (task);
  g_autoptr (WattleStrength) strength = g_new0 (WattleStrength, 1);
  GError *error = NULL;

  if (wattle_bus_candidate_call_check_password_finish (WATTLE_BUS_CANDIDATE (source), &strength->score,
                                                       &strength->acceptable, &strength->reasons, NULL, result, &error))
    g_task_return_pointer (task, g_steal_pointer (&strength), (GDestroyNotify)wattle_strength_free);
  else
    g_task_return_error (task, explain (self, error));
}

/* The handle of @task's secret; NULL where @task has failed. */
static GVariant *
make_handle (GTask *task, const char *secret, GUnixFDList **list)
{
  GError *error = NULL;
  GVariant *handle = wattle_secret_to_handle (secret, list, &error);

  if (handle == NULL)
    g_task_return_error (task, error);
  return handle;
}

static void
check (WattleSetup *self, GTask *data)
{
  g_autoptr (GTask) task = data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  WattleBusCandidate *candidate = wattle_setup_get_candidate (self);
  g_autoptr (GUnixFDList) list = NULL;
  GVariant *handle;

  if (candidate == NULL)
    g_task_return_error (task, out_of_sight (self));
  else if ((handle = make_handle (task, g_task_get_task_data (task), &list)) != NULL)
    wattle_bus_candidate_call_check_password (candidate, handle, list, cancellable, on_checked,
                                              g_steal_pointer (&task));
}

void
wattle_setup_check_async (WattleSetup *self, const char *password, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, wattle_setup_check_async);
  g_task_set_task_data (task, g_strdup (password), free_secret);
  with_open_device (self, task, check);
}

WattleStrength *
wattle_setup_check_finish (WattleSetup *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- finishing --- */

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleSetup *self = g_task_get_source_object (task);
  char *job = NULL;
  GError *error = NULL;

  if (wattle_bus_candidate_call_finish_finish (WATTLE_BUS_CANDIDATE (source), &job, NULL, result, &error))
    g_task_return_pointer (task, job, g_free);
  else
    g_task_return_error (task, explain (self, error));
}

static void
finish (WattleSetup *self, GTask *data)
{
  g_autoptr (GTask) task = data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  WattleBusCandidate *candidate = wattle_setup_get_candidate (self);
  g_autoptr (GUnixFDList) list = NULL;
  GVariantDict options;
  GVariant *handle;

  if (candidate == NULL) {
    g_task_return_error (task, out_of_sight (self));
    return;
  }
  /* One of the household keeps the password that it has. */
  handle = make_handle (task, self->joining || self->password == NULL ? "" : self->password, &list);
  if (handle == NULL)
    return;
  g_variant_dict_init (&options, NULL);
  if (*wattle_setup_get_name (self) != '\0')
    g_variant_dict_insert (&options, "name", "s", self->name);
  wattle_bus_candidate_call_finish (candidate, handle, wattle_setup_dup_decisions (self), g_variant_dict_end (&options),
                                    list, cancellable, on_finished, g_steal_pointer (&task));
}

void
wattle_setup_finish_async (WattleSetup *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, wattle_setup_finish_async);
  with_open_device (self, task, finish);
}

char *
wattle_setup_finish_finish (WattleSetup *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- answers --- */

WattleService *
wattle_setup_get_service (WattleSetup *self)
{
  return self->service;
}

const char *
wattle_setup_get_product (WattleSetup *self)
{
  return self->product;
}

gboolean
wattle_setup_is_joining (WattleSetup *self)
{
  return self->joining;
}

WattleBusPassport *
wattle_setup_get_passport (WattleSetup *self)
{
  return self->passport;
}

const char *
wattle_setup_get_password (WattleSetup *self)
{
  return self->password;
}

void
wattle_setup_set_password (WattleSetup *self, const char *password)
{
  set_secret (&self->password, password);
}

void
wattle_setup_decide (WattleSetup *self, const char *purpose, gboolean yes)
{
  g_hash_table_replace (self->decisions, g_strdup (purpose), GINT_TO_POINTER (yes));
}

gboolean
wattle_setup_get_decision (WattleSetup *self, const char *purpose, gboolean *yes)
{
  gpointer value = NULL;
  gboolean decided = g_hash_table_lookup_extended (self->decisions, purpose, NULL, &value);

  *yes = GPOINTER_TO_INT (value);
  return decided;
}

GVariant *
wattle_setup_dup_decisions (WattleSetup *self)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer id, yes;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sb}"));
  g_hash_table_iter_init (&iter, self->decisions);
  while (g_hash_table_iter_next (&iter, &id, &yes))
    g_variant_builder_add (&builder, "{sb}", id, GPOINTER_TO_INT (yes));
  return g_variant_builder_end (&builder);
}

const char *
wattle_setup_get_name (WattleSetup *self)
{
  return self->name != NULL ? self->name : "";
}

void
wattle_setup_set_name (WattleSetup *self, const char *name)
{
  g_free (self->name);
  self->name = g_strdup (name);
}

/* --- object --- */

static void
wattle_setup_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, wattle_setup_is_open (WATTLE_SETUP (object)));
}

static void
wattle_setup_dispose (GObject *object)
{
  WattleSetup *self = WATTLE_SETUP (object);

  if (self->service != NULL) {
    wattle_setup_close (self);
    hold_discovery (self, FALSE);
  }
  g_clear_object (&self->object);
  g_clear_object (&self->passport);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (wattle_setup_parent_class)->dispose (object);
}

static void
wattle_setup_finalize (GObject *object)
{
  WattleSetup *self = WATTLE_SETUP (object);

  g_free (self->path);
  g_free (self->product);
  wattle_secret_free (self->secret);
  wattle_secret_free (self->suggestion);
  wattle_secret_free (self->password);
  g_hash_table_unref (self->decisions);
  g_free (self->name);
  G_OBJECT_CLASS (wattle_setup_parent_class)->finalize (object);
}

static void
wattle_setup_class_init (WattleSetupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = wattle_setup_get_property;
  object_class->dispose = wattle_setup_dispose;
  object_class->finalize = wattle_setup_finalize;
  props[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wattle_setup_init (WattleSetup *self)
{
  self->decisions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

WattleSetup *
wattle_setup_new (WattleService *service, WattleBusObject *candidate)
{
  WattleSetup *self = g_object_new (WATTLE_TYPE_SETUP, NULL);

  self->service = g_object_ref (service);
  self->path = g_strdup (g_dbus_object_get_object_path (G_DBUS_OBJECT (candidate)));
  on_candidates (self);
  self->joining = is_in_state (self, "owned");
  self->product = wattle_text_clean (wattle_setup_get_candidate (self) != NULL
                                         ? wattle_bus_candidate_get_name (wattle_setup_get_candidate (self))
                                         : NULL);
  g_signal_connect_object (wattle_service_get_candidates (service), "items-changed", G_CALLBACK (on_candidates), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "notify::state", G_CALLBACK (on_service), self, G_CONNECT_SWAPPED);
  return self;
}
