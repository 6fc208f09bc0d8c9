/* SPDX-License-Identifier: Apache-2.0 */
/* Text from a radio, a cloud or a person, made safe to show; setup codes as text. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * @text without what could mislead or drive a terminal: control characters,
 * escape sequences, marks that change the writing direction, broken UTF-8.
 * Line breaks become spaces.  NULL becomes "".  Free it.
 */
char *wattle_text_clean (const char *text);

/* Digits of a setup code in groups for reading: "1234567890" to "1234-567-890".
 * Anything else comes back as it is.  Free it. */
char *wattle_text_group_code (const char *digits);

/* What a copy of a device's data is called where the person has not said:
 * "wattle-kitchen-2026-11-23.tar" for @name "Kitchen".  Free it. */
char *wattle_text_export_name (const char *name);

/* Whether somebody typed something that looks like a setup code or its QR text. */
gboolean wattle_text_looks_like_code (const char *text);

G_END_DECLS
