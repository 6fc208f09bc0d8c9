/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/device/opening.h"

#include "daemon/device/identify.h"
#include "daemon/device/wire-error.h"

typedef struct {
  WattleOpened *opened; /* what there is so far */
  struct wtl_attempts attempts;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_pointer (&opening->opened, wattle_opened_free);
  g_free (opening);
}

void
wattle_opened_free (WattleOpened *self)
{
  g_clear_object (&self->conversation);
  g_clear_pointer (&self->secret, g_bytes_unref);
  g_clear_object (&self->passport);
  g_clear_pointer (&self->passport_bytes, g_bytes_unref);
  g_free (self);
}

/* Takes @error. */
static void
fail (GTask *task, GError *error)
{
  Opening *opening = g_task_get_task_data (task);

  if (opening->opened->conversation != NULL)
    wattle_conversation_close (opening->opened->conversation);
  g_task_return_error (task, wattle_error_own (error));
}

static void
on_info (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  WattleOpened *opened = opening->opened;
  const struct wtl_advert *advert = wattle_peer_get_advert (g_task_get_source_object (task));
  GError *error = NULL;
  wtl_Response response;

  if (!wattle_conversation_request_finish (WATTLE_CONVERSATION (source), result, &response, &error)) {
    fail (task, error);
    return;
  }
  opened->info = response.body.info;
  opened->passport = wattle_identify (&opened->info, opened->with, advert->product, &opened->passport_bytes, &error);
  if (opened->passport == NULL || g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    fail (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&opening->opened), (GDestroyNotify)wattle_opened_free);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  WattleConversation *conversation = WATTLE_CONVERSATION (source);
  wtl_Request request = { .which_body = wtl_Request_get_info_tag };
  GError *error = NULL;
  gboolean open = wattle_conversation_open_finish (conversation, result, &error);

  if (!wattle_conversation_get_attempts (conversation, &opening->attempts))
    opening->attempts = (struct wtl_attempts){ .left = WATTLE_ATTEMPTS_UNKNOWN };
  if (!open)
    fail (task, error);
  else
    wattle_conversation_request_async (conversation, &request, cancellable, on_info, g_steal_pointer (&task));
}

static void
on_linked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const wtl_SecretKind kinds[] = {
    [WATTLE_OPEN_CODE] = wtl_SECRET_KIND_SETUP_CODE,
    [WATTLE_OPEN_PASSWORD] = wtl_SECRET_KIND_PASSWORD,
  };
  g_autoptr (GTask) task = user_data;
  WattleOpened *opened = ((Opening *)g_task_get_task_data (task))->opened;
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr (WattleLink) link = wattle_peer_connect_finish (WATTLE_PEER (source), result, &error);

  if (link == NULL) {
    fail (task, error);
    return;
  }
  opened->conversation = wattle_conversation_new (link);
  wattle_conversation_open_async (opened->conversation, kinds[opened->with], 0, opened->secret, cancellable, on_opened,
                                  g_steal_pointer (&task));
}

void
wattle_opening_run_async (WattlePeer *peer, WattleOpenWith with, GBytes *secret, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (peer, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  g_task_set_source_tag (task, wattle_opening_run_async);
  g_task_set_check_cancellable (task, FALSE);
  opening->attempts.left = WATTLE_ATTEMPTS_UNKNOWN;
  opening->opened = g_new0 (WattleOpened, 1);
  opening->opened->with = with;
  opening->opened->secret = g_bytes_ref (secret);
  g_task_set_task_data (task, opening, opening_free);
  wattle_peer_connect_async (peer, WATTLE_CONNECT_INTERACTIVE, cancellable, on_linked, g_steal_pointer (&task));
}

WattleOpened *
wattle_opening_run_finish (WattlePeer *peer, GAsyncResult *result, struct wtl_attempts *attempts, GError **error)
{
  Opening *opening = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_task_is_valid (result, peer), NULL);
  *attempts = opening->attempts;
  return g_task_propagate_pointer (G_TASK (result), error);
}
