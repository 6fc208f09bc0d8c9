/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of a text, such as Passport.GetNotice's, each to be opened. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WATTLE_TYPE_NOTICE_GROUP (wattle_notice_group_get_type ())
G_DECLARE_FINAL_TYPE (WattleNoticeGroup, wattle_notice_group, WATTLE, NOTICE_GROUP, AdwPreferencesGroup)

/* Adds @sections, a(sas): titles and paragraphs. */
void wattle_notice_group_add_sections (WattleNoticeGroup *self, GVariant *sections);

/* Adds one section. */
void wattle_notice_group_add (WattleNoticeGroup *self, const char *title, const char *const *paragraphs);

G_END_DECLS
