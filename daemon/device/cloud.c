/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps towards the cloud, each begun only when the one before is kept:
 * account (secret in the keyring, then the name in the database), claim, outbox.
 */
#include "daemon/device/cloud.h"

#include <glib/gi18n-lib.h>

#include "daemon/device/consent-private.h"
#include "daemon/device/wire-error.h"
#include "daemon/vendor/outbox.h"

#define PAUSE_FIRST_S 5
#define PAUSE_LAST_S 3600

struct _WattleCloud {
  GObject parent_instance;

  WattleServices *services;
  WattlePassport *passport;
  WattleConsent *consent;
  WattleSession *session;
  char *device;
  char *unit_id;

  char *account; /* NULL = none */
  gboolean claimed;
  gboolean paused;
  gboolean stopped;          /* by the person */
  GCancellable *cancellable; /* of the step under way; NULL = none is */
  GError *error;             /* why the last step failed */
  guint failures;
  guint retry_id;

  WattleCloudClient *client; /* of the step under way */
  GBytes *secret;            /* of an account that is being made */
  WattleOutbox *outbox;
  WattleLedger *ledger; /* the outbox's */
  gulong outbox_id;
};

G_DEFINE_FINAL_TYPE (WattleCloud, wattle_cloud, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_held (WattleCloud *self)
{
  return self->paused || self->stopped;
}

static void
changed (WattleCloud *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* --- steps --- */

static void
step_done (WattleCloud *self)
{
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_pointer (&self->secret, g_bytes_unref);
}

static gboolean
on_retry (gpointer user_data)
{
  WattleCloud *self = user_data;

  self->retry_id = 0;
  wattle_cloud_wake (self);
  return G_SOURCE_REMOVE;
}

static void
step_failed (WattleCloud *self, const GError *error)
{
  guint pause = MIN (PAUSE_FIRST_S << MIN (self->failures, 10u), PAUSE_LAST_S);

  step_done (self);
  if (is_held (self) || wattle_error_is_cancelled (error))
    return;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  self->failures++;
  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->retry_id = g_timeout_add ((guint)(pause * 1000.0 * g_random_double_range (0.5, 1.5)), on_retry, self);
  changed (self);
}

/* Whether the step that @cancellable belongs to is still wanted. */
static gboolean
go_on (WattleCloud *self, GCancellable *cancellable, const GError *error)
{
  if (self->cancellable != cancellable || g_cancellable_is_cancelled (cancellable))
    return FALSE;
  if (error == NULL)
    return TRUE;
  step_failed (self, error);
  return FALSE;
}

/* What an asynchronous call of a step is handed. */
typedef struct {
  WattleCloud *self;
  GCancellable *cancellable;
  char *account; /* being made */
  GBytes *secret;
} Step;

static Step *
step_new (WattleCloud *self)
{
  Step *step = g_new0 (Step, 1);

  step->self = g_object_ref (self);
  step->cancellable = g_object_ref (self->cancellable);
  return step;
}

static void
step_free (Step *step)
{
  g_object_unref (step->self);
  g_object_unref (step->cancellable);
  g_clear_pointer (&step->secret, g_bytes_unref);
  g_free (step->account);
  g_free (step);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

static WattleCloudClient *
new_client (WattleCloud *self, GError **error)
{
  if (!wattle_passport_has_cloud (self->passport) || wattle_passport_is_template (self->passport)) {
    g_set_error_literal (error, WATTLE_ERROR, WATTLE_ERROR_PASSPORT,
                         _ ("The manufacturer does not say where its cloud is."));
    return NULL;
  }
  return wattle_cloud_client_new (wattle_passport_get_cloud_url (self->passport),
                                  wattle_passport_get_cloud_spki_sha256 (self->passport), error);
}

static gboolean
keep (WattleCloud *self, const char *account, gboolean claimed, GError **error)
{
  WattleDatabase *database = wattle_services_get_database (self->services, error);

  return database != NULL
         && wattle_devices_set_cloud (database, self->device, wattle_passport_get_cloud_url (self->passport), account,
                                      claimed, error);
}

/* --- the account --- */

static void
on_secret_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  WattleCloud *self = step->self;
  g_autoptr (GError) error = NULL;

  wattle_keyring_store_finish (WATTLE_KEYRING (source), result, &error);
  if (!go_on (self, step->cancellable, error))
    return;
  if (!keep (self, step->account, FALSE, &error)) {
    step_failed (self, error);
    return;
  }
  g_free (self->account);
  self->account = g_steal_pointer (&step->account);
  self->failures = 0;
  step_done (self);
  wattle_services_log (self->services, self->device, "cloud-account",
                       _ ("Made an account without a name at the manufacturer's cloud."));
  wattle_consent_set_has_account (self->consent, TRUE);
  wattle_cloud_wake (self);
}

static void
on_account (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  WattleCloud *self = step->self;
  WattleKeyring *keyring = wattle_services_get_keyring (self->services);
  GCancellable *cancellable = step->cancellable;
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;
  GBytes *secret;

  wattle_cloud_client_create_account_finish (WATTLE_CLOUD_CLIENT (source), result, &step->account, &step->secret,
                                             &error);
  if (!go_on (self, step->cancellable, error))
    return;
  secret = step->secret;
  label = g_strdup_printf (_ ("Cloud account of %s"), wattle_passport_get_name (self->passport, "en"));
  wattle_keyring_store_async (keyring, self->device, WATTLE_SECRET_CLOUD, label, secret, WATTLE_KEYRING_QUIET,
                              cancellable, on_secret_kept, g_steal_pointer (&step));
}

static void
make_account (WattleCloud *self)
{
  g_autoptr (GError) error = NULL;

  self->cancellable = g_cancellable_new ();
  self->client = new_client (self, &error);
  if (self->client == NULL) {
    step_failed (self, error);
    return;
  }
  wattle_cloud_client_create_account_async (self->client, self->cancellable, on_account, step_new (self));
}

/* --- the claim --- */

static void
on_claimed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  WattleCloud *self = step->self;
  g_autoptr (GError) error = NULL;

  wattle_cloud_client_claim_finish (WATTLE_CLOUD_CLIENT (source), result, &error);
  if (!go_on (self, step->cancellable, error))
    return;
  if (!keep (self, self->account, TRUE, &error)) {
    step_failed (self, error);
    return;
  }
  self->claimed = TRUE;
  self->failures = 0;
  g_clear_error (&self->error);
  step_done (self);
  wattle_services_log (self->services, self->device, "cloud-claimed",
                       _ ("The manufacturer's cloud knows that the device is yours."));
  wattle_cloud_wake (self);
}

static void
on_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  WattleCloud *self = step->self;
  WattleCloudClient *client = self->client;
  GCancellable *cancellable = step->cancellable;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) statement = NULL;
  g_autoptr (GBytes) signature = NULL;
  wtl_Response response;

  wattle_conversation_request_finish (WATTLE_CONVERSATION (source), result, &response, &error);
  if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_DEVICE_ALERT) && self->cancellable == step->cancellable) {
    step_done (self); /* goes on when the device is mended */
    return;
  }
  if (!go_on (self, step->cancellable, error))
    return;
  statement = g_bytes_new (response.body.statement.statement.bytes, response.body.statement.statement.size);
  signature = g_bytes_new (response.body.statement.signature, sizeof response.body.statement.signature);
  wattle_cloud_client_claim_async (client, self->unit_id, statement, signature, cancellable, on_claimed,
                                   g_steal_pointer (&step));
}

static void
on_nonce (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  WattleCloud *self = step->self;
  WattleConversation *conversation = wattle_session_get_conversation (self->session);
  GCancellable *cancellable = step->cancellable;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) nonce = wattle_cloud_client_begin_claim_finish (WATTLE_CLOUD_CLIENT (source), result, &error);
  wtl_Request request = { .which_body = wtl_Request_claim_tag };
  gsize len;

  if (!go_on (self, step->cancellable, error))
    return;
  if (conversation == NULL) {
    step_done (self); /* goes on when the device is back */
    return;
  }
  len = g_bytes_get_size (nonce);
  if (len > sizeof request.body.claim.nonce.bytes
      || g_strlcpy (request.body.claim.account, self->account, sizeof request.body.claim.account)
             >= sizeof request.body.claim.account) {
    g_set_error_literal (&error, WATTLE_ERROR, WATTLE_ERROR_CLOUD, _ ("The manufacturer's cloud answered nonsense."));
    step_failed (self, error);
    return;
  }
  memcpy (request.body.claim.nonce.bytes, g_bytes_get_data (nonce, NULL), len);
  request.body.claim.nonce.size = len;
  wattle_conversation_request_async (conversation, &request, cancellable, on_signed, g_steal_pointer (&step));
}

static void
on_open_for_claim (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  WattleCloud *self = step->self;
  GCancellable *cancellable = step->cancellable;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleCloudClient) client = wattle_cloud_open_finish (self, result, &error);

  if (!go_on (self, step->cancellable, error))
    return;
  g_set_object (&self->client, client);
  wattle_cloud_client_begin_claim_async (client, self->unit_id, cancellable, on_nonce, g_steal_pointer (&step));
}

static void
claim (WattleCloud *self)
{
  self->cancellable = g_cancellable_new ();
  wattle_cloud_open_async (self, self->cancellable, on_open_for_claim, step_new (self));
}

/* --- the outbox --- */

/* A WattleOutboxKeep. */
static gboolean
keep_answer (const WattleDelivery *delivery, WattleEvidence *evidence, const char *receipt, gpointer user_data,
             GError **error)
{
  WattleCloud *self = user_data;

  return wattle_consent_confirm_by_cloud (self->consent, delivery, evidence, receipt, error);
}

static void
drop_outbox (WattleCloud *self)
{
  if (self->outbox == NULL)
    return;
  g_clear_signal_handler (&self->outbox_id, self->outbox);
  wattle_outbox_stop (self->outbox);
  g_clear_object (&self->outbox);
  g_clear_object (&self->ledger);
}

static void
on_open_for_outbox (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  WattleCloud *self = step->self;
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleCloudClient) client = wattle_cloud_open_finish (self, result, &error);
  WattleLedger *ledger = NULL;

  if (error == NULL)
    ledger = wattle_consent_get_ledger (self->consent, &error);
  if (!go_on (self, step->cancellable, error))
    return;
  step_done (self);
  g_clear_error (&self->error);
  self->outbox = wattle_outbox_new (database, self->device, self->unit_id, client, self->passport, ledger);
  g_set_object (&self->ledger, ledger);
  self->outbox_id = g_signal_connect_swapped (self->outbox, "notify::state", G_CALLBACK (changed), self);
  wattle_outbox_set_keeper (self->outbox, keep_answer, self);
  wattle_outbox_wake (self->outbox);
  changed (self);
}

static void
open_outbox (WattleCloud *self)
{
  self->cancellable = g_cancellable_new ();
  wattle_cloud_open_async (self, self->cancellable, on_open_for_outbox, step_new (self));
}

/* --- object --- */

static void
wattle_cloud_dispose (GObject *object)
{
  WattleCloud *self = WATTLE_CLOUD (object);

  wattle_cloud_set_paused (self, TRUE);
  g_clear_object (&self->consent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (wattle_cloud_parent_class)->dispose (object);
}

static void
wattle_cloud_finalize (GObject *object)
{
  WattleCloud *self = WATTLE_CLOUD (object);

  g_clear_object (&self->services);
  g_clear_object (&self->passport);
  g_clear_error (&self->error);
  g_free (self->device);
  g_free (self->unit_id);
  g_free (self->account);
  G_OBJECT_CLASS (wattle_cloud_parent_class)->finalize (object);
}

static void
wattle_cloud_class_init (WattleCloudClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_cloud_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_cloud_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wattle_cloud_init (WattleCloud *self)
{
}

static void
on_keyring_state (WattleCloud *self)
{
  if (wattle_keyring_get_state (wattle_services_get_keyring (self->services)) == WATTLE_KEYRING_AVAILABLE)
    wattle_cloud_wake (self);
}

WattleCloud *
wattle_cloud_new (WattleServices *services, const WattleDeviceRecord *record, WattlePassport *passport,
                  WattleConsent *consent, WattleSession *session)
{
  WattleCloud *self = g_object_new (WATTLE_TYPE_CLOUD, NULL);

  self->services = g_object_ref (services);
  self->passport = g_object_ref (passport);
  self->consent = g_object_ref (consent);
  self->session = g_object_ref (session);
  self->device = g_strdup (record->id);
  self->unit_id = g_strdup (record->unit_id);
  self->account = g_strdup (record->cloud_account);
  self->claimed = record->cloud_claimed;
  g_signal_connect_object (consent, "changed", G_CALLBACK (wattle_cloud_wake), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wattle_services_get_keyring (services), "notify::state", G_CALLBACK (on_keyring_state), self,
                           G_CONNECT_SWAPPED);
  return self;
}

static gboolean
is_outstanding (WattleCloud *self)
{
  WattleDatabase *database = wattle_services_get_database (self->services, NULL);
  gint64 since = 0;

  return database != NULL
         && wattle_deliveries_outstanding_since (database, self->device, WATTLE_PLACE_CLOUD, &since, NULL)
         && since != 0;
}

WattleCloudState
wattle_cloud_get_state (WattleCloud *self)
{
  const GError *error = self->error;

  if (self->account == NULL && !wattle_consent_wants_cloud (self->consent))
    return WATTLE_CLOUD_NONE;
  if (self->stopped)
    return WATTLE_CLOUD_STOPPED;
  if (self->outbox != NULL)
    error = wattle_outbox_get_error (self->outbox);
  if (error != NULL)
    return WATTLE_CLOUD_UNREACHABLE;
  return !self->claimed || is_outstanding (self) ? WATTLE_CLOUD_OUTSTANDING : WATTLE_CLOUD_ACTIVE;
}

const GError *
wattle_cloud_get_error (WattleCloud *self)
{
  return self->outbox != NULL ? wattle_outbox_get_error (self->outbox) : self->error;
}

gboolean
wattle_cloud_has_account (WattleCloud *self)
{
  return self->account != NULL;
}

void
wattle_cloud_wake (WattleCloud *self)
{
  if (is_held (self) || wattle_services_get_database (self->services, NULL) == NULL)
    return;
  if (self->outbox != NULL && self->ledger != wattle_consent_get_ledger (self->consent, NULL))
    drop_outbox (self);
  if (self->outbox != NULL) {
    wattle_outbox_wake (self->outbox);
    return;
  }
  if (self->cancellable != NULL || self->retry_id != 0)
    return;
  if (self->account == NULL) {
    if (wattle_consent_wants_cloud (self->consent))
      make_account (self);
  } else if (!self->claimed) {
    /* The claim is signed by the device. */
    if (wattle_session_get_conversation (self->session) != NULL && wattle_consent_wants_cloud (self->consent))
      claim (self);
  } else if (wattle_consent_wants_cloud (self->consent) || is_outstanding (self)) {
    open_outbox (self);
  }
}

static void
hold (WattleCloud *self, gboolean *reason, gboolean on)
{
  if (*reason == on)
    return;
  *reason = on;
  if (!on) {
    wattle_cloud_wake (self);
    return;
  }
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  step_done (self);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  drop_outbox (self);
}

void
wattle_cloud_set_paused (WattleCloud *self, gboolean paused)
{
  hold (self, &self->paused, paused);
}

void
wattle_cloud_set_stopped (WattleCloud *self, gboolean stopped)
{
  if (self->stopped == stopped)
    return;
  hold (self, &self->stopped, stopped);
  changed (self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WattleCloud *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) secret = wattle_keyring_lookup_finish (WATTLE_KEYRING (source), result, &error);
  g_autoptr (WattleCloudClient) client = secret == NULL ? NULL : new_client (self, &error);

  if (client == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  wattle_cloud_client_set_account (client, self->account, secret);
  g_task_return_pointer (task, g_steal_pointer (&client), g_object_unref);
}

void
wattle_cloud_open_async (WattleCloud *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, wattle_cloud_open_async);
  if (self->account == NULL) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_NOT_FOUND, "%s", _ ("There is no account at a cloud."));
    return;
  }
  /* A wipe has paused everything else. */
  if (self->stopped && !self->paused) {
    g_task_return_new_error (task, WATTLE_ERROR, WATTLE_ERROR_NOT_ALLOWED, "%s",
                             _ ("You have stopped sending to the cloud. Allow it again first."));
    return;
  }
  wattle_keyring_lookup_async (wattle_services_get_keyring (self->services), self->device, WATTLE_SECRET_CLOUD,
                               WATTLE_KEYRING_QUIET, cancellable, on_opened, g_steal_pointer (&task));
}

WattleCloudClient *
wattle_cloud_open_finish (WattleCloud *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
