/* SPDX-License-Identifier: Apache-2.0 */
/* Printing the pages that paper/ makes: they are PDF, which printers take as it is. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for a printer and sends @pdf to it.  @title: the job's, for its owner.
 * A dialog tells what went wrong. */
void wattle_print_pdf (GtkWidget *inside, const char *title, GBytes *pdf);

G_END_DECLS
