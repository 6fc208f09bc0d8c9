/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMP, the protocol of Zephyr's mcumgr, as far as updates need it: the group for
 * images (state, upload, erase) and of the group "os" echo, reset and parameters.
 * Answers are those of Zephyr 4.3 as firmware/zephyr configures it: an image can be
 * tried, not kept, and keeps itself.
 */
#pragma once

#include "firmware/virtual/images.h"

G_BEGIN_DECLS

#define SMP_HEAD_SIZE 8u
#define SMP_RESET_MS 250 /* from the answer to the reset */

typedef struct {
  Images *images;
  /* The device is to start anew, once the answer has gone. */
  void (*reset) (gpointer user_data);
  gpointer user_data;

  /* The upload under way. */
  gboolean uploading;
  guint32 offset, size;
  guint8 sha[IMAGE_HASH_SIZE];
  gsize sha_len;
} Smp;

/* Answers a frame.  FALSE where it is none, or not a request. */
gboolean smp_answer (Smp *self, const guint8 *frame, gsize len, guint8 *out, gsize size, gsize *out_len);

G_END_DECLS
