/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: lines on standard error, as journald reads them ("<4>text", see
 * sd-daemon(3)).  Nothing that could name a person, an account, a device or an
 * address is ever logged.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The levels of syslog(3). */
typedef enum {
  WATTLE_LOG_ERROR = 3,
  WATTLE_LOG_WARNING = 4,
  WATTLE_LOG_INFO = 6,
} WattleLogLevel;

void wattle_log (WattleLogLevel level, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
