/* SPDX-License-Identifier: Apache-2.0 */
/* What a command is, and what it is given. */
#pragma once

#include <gio/gio.h>

#include "cli/exit.h"
#include "wattle-bus.h"

G_BEGIN_DECLS

typedef struct _WattleAgent WattleAgent;

/* Everything a command works with; lives in main(). */
typedef struct {
  gboolean json;     /* a script reads the answer */
  gboolean yes;      /* the caller has decided already */
  gboolean no_input; /* ask nothing */

  GCancellable *cancellable; /* Ctrl-C */

  /* From wattle_client_connect() on. */
  WattleBusManager *manager;
  GDBusObjectManager *objects;
  WattleAgent *agent;
} WattleCli;

typedef enum {
  WATTLE_COMMAND_PLAIN = 0,
  WATTLE_COMMAND_CONFIRMS = 1 << 0, /* knows --yes */
  WATTLE_COMMAND_HIDDEN = 1 << 1,
} WattleCommandFlags;

typedef struct {
  const char *name;
  WattleCommandFlags flags;
  const char *arguments;       /* N_(), such as "DEVICE"; "" for none */
  const char *summary;         /* N_(), a few words */
  const char *explanation;     /* N_(), paragraphs with an empty line between */
  const char *examples;        /* lines: a command, two spaces, what it does; N_() */
  const GOptionEntry *options; /* or NULL */

  /* @arguments: without the command's name, ended by NULL. */
  gboolean (*run) (WattleCli *cli, char **arguments, GError **error);
} WattleCommand;

/* All commands in the order help shows them; ends with a NULL name. */
extern const WattleCommand *const wattle_commands[];

/* NULL where there is none. */
const WattleCommand *wattle_command_find (const char *name);

/* Takes at least @least and at most @most of @arguments, or says what is missing. */
gboolean wattle_command_check_arguments (char **arguments, guint least, guint most, GError **error);

/* A context that parses the options of @command; NULL for those before any command. */
GOptionContext *wattle_command_new_context (const WattleCommand *command, WattleCli *cli);

/* Text of `wattle help`, of one command, or of the exit statuses. */
void wattle_help_overview (void);
void wattle_help_command (const WattleCommand *command);
void wattle_help_exit_codes (void);

extern const WattleCommand wattle_command_discover;
extern const WattleCommand wattle_command_setup;
extern const WattleCommand wattle_command_list;
extern const WattleCommand wattle_command_show;
extern const WattleCommand wattle_command_notice;
extern const WattleCommand wattle_command_others;
extern const WattleCommand wattle_command_consent;
extern const WattleCommand wattle_command_support;
extern const WattleCommand wattle_command_update;
extern const WattleCommand wattle_command_readings;
extern const WattleCommand wattle_command_rename;
extern const WattleCommand wattle_command_connect;
extern const WattleCommand wattle_command_disconnect;
extern const WattleCommand wattle_command_password;
extern const WattleCommand wattle_command_export;
extern const WattleCommand wattle_command_wipe;
extern const WattleCommand wattle_command_receipts;
extern const WattleCommand wattle_command_certificate;
extern const WattleCommand wattle_command_next_code;
extern const WattleCommand wattle_command_log;
extern const WattleCommand wattle_command_status;
extern const WattleCommand wattle_command_help;
extern const WattleCommand wattle_command_complete;

G_END_DECLS
