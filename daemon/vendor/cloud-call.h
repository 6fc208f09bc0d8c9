/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For daemon/vendor/cloud-client.c alone: one exchange with the cloud, with the
 * checks that hold for all of them.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "common/error.h"

G_BEGIN_DECLS

#define WATTLE_CLOUD_ANSWER_MAX (1024 * 1024)      /* bytes of a JSON answer */
#define WATTLE_CLOUD_EXPORT_MAX (64 * 1024 * 1024) /* bytes of an export */
#define WATTLE_CLOUD_PIN_SIZE 32                   /* SHA-256 */

/* A session that follows nothing, remembers nothing and trusts no authority. */
SoupSession *wattle_cloud_session_new (void);

/* Sends @message and reads the answer.  The server must speak TLS 1.3 and have
 * the key whose SubjectPublicKeyInfo has the SHA-256 @pin.  The answer must be
 * JSON: parsed into an object, or, with @destination, written there. */
void wattle_cloud_call_async (SoupSession *session, SoupMessage *message, const guint8 pin[WATTLE_CLOUD_PIN_SIZE],
                              GOutputStream *destination, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);

/* The object, or NULL with @error set; with a destination an object whose
 * "written" is the number of bytes.  Free with json_object_unref(). */
JsonObject *wattle_cloud_call_finish (GAsyncResult *result, GError **error);

/* Says that the cloud answered something that is not as described. */
void wattle_cloud_set_nonsense (GError **error);

G_END_DECLS
