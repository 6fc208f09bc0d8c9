/* SPDX-License-Identifier: Apache-2.0 */
/* wattle-gtk: the app for desktops and handsets. */
#include <glib/gi18n.h>
#include <locale.h>

#include "gui-gtk/application.h"

int
main (int argc, char **argv)
{
  g_autoptr (WattleApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  g_set_application_name ("Wattle");
  application = wattle_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
