/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of privacy/ that put notices together; for nobody else. */
#pragma once

#include "privacy/notice.h"

G_BEGIN_DECLS

/* An empty list of WattleNoticeSection, which owns them. */
GPtrArray *wattle_notice_sections_new (void);

/* Adds a section of @paragraphs (of char *, taken out of it); one without any is
 * dropped.  @part is static, @purpose the passport's or NULL; takes @title. */
void wattle_notice_sections_add (GPtrArray *sections, const char *part, const char *purpose, char *title,
                                 GPtrArray *paragraphs);

G_END_DECLS
