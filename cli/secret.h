/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes and passwords: from a file, a pipe or a person, never from the command
 * line, where every program can read them and the shell keeps them.
 */
#pragma once

#include "cli/command.h"
#include "client/secret-handle.h"

G_BEGIN_DECLS

/* The first line of the file @path; "-" is the next line of standard input,
 * not shown where that is a terminal. */
WattleSecret *wattle_secret_from_file (WattleCli *cli, const char *path, GError **error);

/* A GOptionArgFunc for --code and --password: explains why not. */
gboolean wattle_secret_refuse_option (const char *option, const char *value, gpointer data, GError **error);

/* Refuses an argument that looks like a setup code. */
gboolean wattle_secret_check_argument (const char *argument, GError **error);

/* A passphrase made up by @object, which has the method SuggestPassphrase: a Candidate or a Device. */
WattleSecret *wattle_secret_suggest (WattleCli *cli, GDBusProxy *object, GError **error);

/* Lets a person choose a password: @suggested, if not NULL, is offered first,
 * otherwise (or if declined) it is typed twice. */
WattleSecret *wattle_secret_ask_new (WattleCli *cli, const char *suggested, GError **error);

G_END_DECLS
