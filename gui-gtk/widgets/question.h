/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question before something that cannot be taken back.  No is the default:
 * Enter, Escape and closing the question mean no.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct {
  const char *heading;
  const char *body;
  const char *no;  /* what stays as it is: "Keep it" */
  const char *yes; /* what happens: "Wipe it" */
} WattleQuestion;

/* Asks, above the window that @inside is in.  @yes is called with @inside when
 * the person agrees, unless that is gone by then. */
void wattle_question_ask (gpointer inside, const WattleQuestion *question, void (*yes) (gpointer inside));

G_END_DECLS
