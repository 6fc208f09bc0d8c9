/* SPDX-License-Identifier: Apache-2.0 */
/* wattled: options, language, and on to daemon.c. */
#include <glib/gi18n.h>
#include <locale.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/resource.h>

#include "daemon/daemon.h"

/* Codes, keys and passwords pass through this process: they are not for disks. */
static void
forbid_core_dumps (void)
{
  setrlimit (RLIMIT_CORE, &(const struct rlimit){ 0, 0 });
}

/* GLib before 2.76 keeps what it frees in a cache of its own, which for an idle
 * service is 130 kB that nobody gets back.  It is told before its first
 * allocation, which is in the constructor of GObject's library. */
static void
use_malloc (int argc, char **argv, char **envp)
{
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  g_slice_set_config (G_SLICE_CONFIG_ALWAYS_MALLOC, TRUE);
  G_GNUC_END_IGNORE_DEPRECATIONS
#ifdef __GLIBC__
  mallopt (M_ARENA_MAX, 1); /* GDBus's thread needs no heap of its own */
#endif
}

__attribute__ ((section (".preinit_array"), used)) static void (*const before_libraries) (int, char **, char **)
    = use_malloc;

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *links = NULL;
  g_autofree char *database = NULL;
  g_autofree char *adapter = NULL;
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "links", 0, 0, G_OPTION_ARG_FILENAME, &links, N_ ("Look for test devices in this folder"), N_ ("DIRECTORY") },
    { "database", 0, 0, G_OPTION_ARG_FILENAME, &database, N_ ("Keep records in this file"), N_ ("FILE") },
    { "adapter", 0, 0, G_OPTION_ARG_STRING, &adapter, N_ ("Use only this Bluetooth adapter, such as hci0, or none"),
      N_ ("ADAPTER") },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_ ("Print the version and stop"), NULL },
    { NULL },
  };

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  forbid_core_dumps ();

  context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context,
                                _ ("Sets up your devices, keeps your decisions about their data and wipes them.\n"
                                   "Started by the session bus when an app needs it."));
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr (_ ("wattled: %s\nTry “wattled --help”.\n"), error->message);
    return 2;
  }
  if (argc > 1) {
    g_printerr (_ ("wattled: “%s” is not understood.\nTry “wattled --help”.\n"), argv[1]);
    return 2;
  }
  if (version) {
    g_print ("wattled %s\n", WATTLE_VERSION);
    return EXIT_SUCCESS;
  }
  return wattle_daemon_run (&(WattleDaemonOptions){ .links = links, .database = database, .adapter = adapter });
}
