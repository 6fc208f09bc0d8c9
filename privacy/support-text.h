/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person is told about the support of a device: until when, what is at
 * risk after, and what they can do.  One language all through, as in a notice.
 */
#pragma once

#include "privacy/passport.h"
#include "privacy/support-calendar.h"

G_BEGIN_DECLS

/* Lists may be empty; nothing is NULL. */
typedef struct {
  char *headline; /* a few words with the device's name: "Kitchen: support ends within a month" */
  char *sentence; /* until when */
  char *risk;     /* what that means */
  GStrv stops;    /* what stops working, as the maker says */
  GStrv isolate;  /* how to go on using it with less at risk */
  GStrv replace;  /* how to choose another, and whom to ask */
  GStrv dispose;  /* how to part with it */
} WattleSupportText;

/* @name: what the person calls the device.  @relays: whether Wattle sends what
 * the device tells to the maker's cloud. */
WattleSupportText *wattle_support_text_new (WattlePassport *passport, const char *name, const WattleSupportState *state,
                                            gboolean relays, const char *language);
void wattle_support_text_free (WattleSupportText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleSupportText, wattle_support_text_free)

G_END_DECLS
