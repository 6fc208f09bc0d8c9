/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device or our own end of the protocol refuses, as sentences for a
 * person.
 */
#pragma once

#include <glib.h>

#include "common/error.h"
#include "pairing/pairing.pb.h"
#include "pairing/port.h"
#include "pairing/status.h"

G_BEGIN_DECLS

/* "2 minutes", in the person's language; rounded up. */
char *wattle_duration_text (guint seconds);

/* An error of a connection that was opened with @kind.  @attempts is what the
 * device said last; @refusal is looked at where @status says that there is
 * one. */
GError *wattle_error_from_status (enum wtl_status status, wtl_SecretKind kind, const struct wtl_attempts *attempts,
                                  const wtl_Refusal *refusal);

/* An error that a device answered a request with. */
GError *wattle_error_from_response (const wtl_Error *error);

/* Whether a device refuses a request because something is off with it: the error's
 * detail is WTL_ALERT_* bits, and never 0. */
gboolean wattle_error_is_alert (const wtl_Response *response);

/* "Stopped, as asked." */
GError *wattle_error_cancelled (void);

/* Whether @error says that the work was stopped on purpose, in our domain or
 * GIO's. */
gboolean wattle_error_is_cancelled (const GError *error);

/* The same error in our own domain: cancellation becomes _CANCELLED, what is
 * foreign _FAILED.  Takes @error. */
GError *wattle_error_own (GError *error);

G_END_DECLS
