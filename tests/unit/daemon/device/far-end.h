/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's end of a link, in the test's own process: a real wtl_channel as
 * the verifier, whose answers the test decides.
 */
#pragma once

#include "daemon/link/link.h"
#include "pairing/channel.h"
#include "tests/unit/daemon/wait.h"

#define FAR_END_KEY "a key of exactly thirty-two byte"

typedef struct _FarEnd FarEnd;

/* Answers @request; FALSE = says nothing. */
typedef gboolean (*FarEndAnswer) (FarEnd *far, const wtl_Request *request, wtl_Response *response);

struct _FarEnd {
  GSocket *socket;
  GSource *source;
  struct wtl_port port;
  struct wtl_channel channel;
  struct wtl_verifier verifier; /* of FAR_END_KEY, for every kind of secret */

  /* What it does. */
  FarEndAnswer answer;
  struct wtl_attempts attempts; /* what it says of them */
  enum wtl_status load;         /* not WTL_OK: that secret opens nothing */
  gboolean mute;                /* takes packets and says nothing */
  int hang_up_after;            /* packets received; -1 = never */
  int corrupt;                  /* number of the sent packet to corrupt; -1 = none */

  /* What happened. */
  int received, sent;
  gboolean open;
  guint requests;
};

/* A far end and, in @near, the link to it. */
FarEnd *far_end_new (gsize mtu, WattleLink **near);
void far_end_free (FarEnd *far);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FarEnd, far_end_free)

void far_end_hang_up (FarEnd *far);
void far_end_send_raw (FarEnd *far, const void *packet, gsize len);
void far_end_send (FarEnd *far, const wtl_Response *response);

/* A GAsyncReadyCallback that keeps the result in a GAsyncResult *. */
void keep_result (GObject *source, GAsyncResult *result, gpointer user_data);
