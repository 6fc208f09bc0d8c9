/* SPDX-License-Identifier: Apache-2.0 */
/* What a device wants of the person, most urgent first. */
#pragma once

#include "wattle-bus.h"

G_BEGIN_DECLS

typedef enum {
  WATTLE_ATTENTION_ALERT, /* its software or hardware is not as it should be */
  WATTLE_ATTENTION_PROBLEM,
  WATTLE_ATTENTION_SUPPORT_ENDED,
  WATTLE_ATTENTION_UNCONFIRMED, /* new software is on trial */
  WATTLE_ATTENTION_OUTSTANDING, /* a no that is not confirmed everywhere */
  WATTLE_ATTENTION_NOTICE,      /* the maker has said something new */
  WATTLE_ATTENTION_SUPPORT,     /* ends within six months */
  WATTLE_ATTENTION_CLOUD,       /* does not answer */
  WATTLE_ATTENTION_WIPING,
  WATTLE_ATTENTION_NONE,
} WattleAttention;

/* What is most urgent about @device. */
WattleAttention wattle_attention_first (WattleBusObject *device);

/* Whether @what is so of @device. */
gboolean wattle_attention_holds (WattleAttention what, WattleBusObject *device);

/* The same as a sentence, safe to show; NULL where it is not so.  Free it. */
char *wattle_attention_say (WattleAttention what, WattleBusObject *device);

/* NULL of WATTLE_ATTENTION_NONE. */
const char *wattle_attention_icon (WattleAttention what);

G_END_DECLS
