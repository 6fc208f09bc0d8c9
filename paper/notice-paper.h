/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page for somebody else in the home whom a device measures.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What Device.GetOthersNotice tells, as PDF on one page of A4: @title, and @sections,
 * a(sas).  Letters get smaller where there is much to say; G_IO_ERROR_FAILED where
 * nobody could read them any more. */
GBytes *wattle_others_notice_to_pdf (const char *title, GVariant *sections, GError **error);

G_END_DECLS
