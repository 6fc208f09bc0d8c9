/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking a person, and telling them how far things are, on standard error.
 * Works on a dumb terminal, too.  Every question can be left with Ctrl-C
 * (G_IO_ERROR_CANCELLED) or Ctrl-D (WATTLE_EXIT_REFUSED).
 */
#pragma once

#include "cli/command.h"
#include "cli/text.h"
#include "common/secret-fd.h"

G_BEGIN_DECLS

/* Whether somebody is there to be asked. */
gboolean wattle_terminal_is_interactive (WattleCli *cli);

/* Whether a question is open right now. */
gboolean wattle_terminal_is_asking (void);

/* Shows what is typed again, if it was hidden.  Safe at any time. */
void wattle_terminal_restore (void);

/* Reads a line from @fd without its end; waits in the loop.  At most
 * WATTLE_SECRET_MAX bytes of UTF-8, not more than the line is taken from @fd.
 * @line becomes NULL at the end of the file. */
gboolean wattle_terminal_read_line (WattleCli *cli, int fd, char **line, GError **error);

/* An empty answer gives @fallback, if that is not NULL; otherwise asks again. */
gboolean wattle_terminal_ask (WattleCli *cli, const char *question, const char *fallback, char **answer,
                              GError **error);

/* Does not show what is typed.  An empty answer is allowed. */
gboolean wattle_terminal_ask_hidden (WattleCli *cli, const char *question, char **answer, GError **error);

/* Asks until the answer is a clear yes or no: no answer is preset. */
gboolean wattle_terminal_ask_yes_no (WattleCli *cli, const char *question, gboolean *yes, GError **error);

/* Asks for one of the @choices, which are shown with numbers.  The number of
 * the one chosen, from 0, goes to @chosen. */
gboolean wattle_terminal_ask_choice (WattleCli *cli, const char *question, const char *const *choices, guint *chosen,
                                     GError **error);

/* Lets the question that is open be left with G_IO_ERROR_CANCELLED when @until
 * says so.  For the agent, whose questions can lose their point. */
gboolean wattle_terminal_ask_yes_no_until (WattleCli *cli, const char *question, gboolean (*until) (gpointer data),
                                           gpointer data, gboolean *yes, GError **error);

/* A line that is replaced by the next one; NULL or wattle_terminal_clear_status()
 * removes it.  A terminal that cannot replace gets each text once. */
void wattle_terminal_status (WattleCli *cli, const char *text);
/* The same with how much of it is done, 0.0 to 1.0, where that can be replaced. */
void wattle_terminal_progress (WattleCli *cli, double fraction, const char *text);
void wattle_terminal_clear_status (void);

G_END_DECLS
