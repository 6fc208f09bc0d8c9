/* SPDX-License-Identifier: Apache-2.0 */
/* Words for terms of the W3C Data Privacy Vocabulary, which people never see. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a term such as "dpv:Advertising" means, untranslated, to go behind "it is
 * for:"; NULL where Wattle knows no such purpose. */
const char *wattle_vocabulary_purpose (const char *term);

/* The same for a kind of data, such as "pd:Health". */
const char *wattle_vocabulary_data (const char *term);

G_END_DECLS
