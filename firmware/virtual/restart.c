/* SPDX-License-Identifier: Apache-2.0 */
/* Starting anew, as after a reset. */
#include <errno.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <unistd.h>

#include "firmware/virtual/machine.h"

/* The words for the next start: that the reset was the program's own, and how far
 * the power cuts are still away. */
GStrv
machine_make_reset_words (const Machine *machine, char **argv)
{
  static const char *const ours[] = { "--reset-cause=", "--cut-power-at=", "--cut-images-at=" };
  const struct wtl_nor *nors[] = { &machine->flash->nor, &machine->image_files->nor };
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  guint i;

  for (; *argv != NULL; argv++) {
    for (i = 0; i < G_N_ELEMENTS (ours) && !g_str_has_prefix (*argv, ours[i]); i++)
      ;
    if (i == G_N_ELEMENTS (ours))
      g_strv_builder_add (words, *argv);
  }
  g_strv_builder_add (words, "--reset-cause=software");
  for (i = 0; i < G_N_ELEMENTS (nors); i++) {
    g_autofree char *word = g_strdup_printf ("%s%" G_GUINT64_FORMAT, ours[1 + i],
                                             nors[i]->cut_at > 0 ? nors[i]->cut_at - nors[i]->operations : 0);

    g_strv_builder_add (words, word);
  }
  return g_strv_builder_end (words);
}

void
machine_start_anew (char **words, GError **error)
{
  int code;

  signal (SIGUSR1, SIG_IGN);
  signal (SIGUSR2, SIG_IGN);
  execv ("/proc/self/exe", words);
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("The device could not start anew: %s"),
               g_strerror (code));
}
