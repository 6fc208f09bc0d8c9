/* SPDX-License-Identifier: Apache-2.0 */
/* wattle export: everything that is held about the person. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/agent.h"
#include "cli/client.h"
#include "cli/export.h"
#include "cli/job.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "client/text.h"

static char *output;
static gboolean force;

static const GOptionEntry options[] = {
  { "output", 'o', G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &output, N_ ("Write the archive to FILE"), N_ ("FILE") },
  { "force", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, &force, N_ ("Replace FILE if it is there"), NULL },
  { 0 },
};

static const WattleJobOptions job_options = {
  .goes_on = N_ ("The export was not finished; nothing was written."),
};

static gboolean
fail (const char *path, GError **error)
{
  g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_STORAGE, _ ("“%s” could not be written: %s"), path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
start_job (WattleCli *cli, WattleBusDevice *device, int fd, char **path, GError **error)
{
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  g_autoptr (GAsyncResult) result = NULL;
  int index = g_unix_fd_list_append (list, fd, error);

  if (index < 0)
    return FALSE;
  wattle_bus_device_call_export (device, g_variant_new_handle (index), g_variant_new ("a{sv}", NULL), list,
                                 cli->cancellable, wattle_loop_done, &result);
  wattle_loop_wait (cli, &result);
  return wattle_bus_device_call_export_finish (device, path, NULL, result, error);
}

/* The archive appears under its name only when it is whole. */
static gboolean
export_to (WattleCli *cli, WattleBusDevice *device, const char *partial, const char *path, gboolean replace,
           gboolean decided, GError **error)
{
  int fd = open (partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  g_autoptr (GVariant) job_result = NULL;
  g_autofree char *job = NULL;
  gboolean good;

  if (fd < 0)
    return fail (path, error);
  if (wattle_agent_register (cli, "export", decided, error) && start_job (cli, device, fd, &job, error))
    job_result = wattle_job_follow (cli, job, &job_options, error);
  wattle_agent_unregister (cli);

  good = job_result != NULL;
  if (good && fsync (fd) != 0)
    good = fail (path, error);
  close (fd);
  /* link() does not replace what may have come meanwhile, rename() does. */
  if (good && (replace ? rename (partial, path) : link (partial, path)) != 0)
    good = fail (path, error);
  if (!good || !replace)
    unlink (partial);
  return good;
}

gboolean
wattle_export_to_file (WattleCli *cli, WattleBusDevice *device, const char *path, gboolean replace, gboolean decided,
                       GError **error)
{
  g_autofree char *partial = g_strdup_printf ("%s.%08x.part", path, g_random_int ());

  if (!replace && g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED,
                 _ ("“%s” is there already. Choose another name, or replace it with --force."), path);
    return FALSE;
  }
  return export_to (cli, device, partial, path, replace, decided, error);
}

static gboolean
run (WattleCli *cli, char **arguments, GError **error)
{
  g_autoptr (WattleBusObject) object = NULL;
  g_autofree char *path = NULL;

  object = wattle_client_open_device (cli, arguments, 0, 1, error);
  if (object == NULL)
    return FALSE;

  path = output != NULL ? g_strdup (output)
                        : wattle_text_export_name (wattle_bus_device_get_name (wattle_bus_object_peek_device (object)));
  if (!wattle_export_to_file (cli, wattle_bus_object_peek_device (object), path, force, FALSE, error))
    return FALSE;

  if (cli->json) {
    g_autoptr (JsonBuilder) json = json_builder_new ();

    json_builder_begin_object (json);
    wattle_json_string (json, "file", path);
    json_builder_end_object (json);
    wattle_print_json (json);
  } else {
    wattle_print_paragraphf (0, _ ("Everything is in “%s”. Only you can read that file; keep it safe."), path);
  }
  return TRUE;
}

const WattleCommand wattle_command_export = {
  .name = "export",
  .flags = WATTLE_COMMAND_CONFIRMS,
  .arguments = N_ ("[DEVICE]"),
  .summary = N_ ("Get a copy of all your data"),
  .explanation = N_ ("Puts all that is held about you and the device into one file, from this computer, the device and "
                     "the manufacturer's cloud. It is a tar file that most programs can open. No key or password is "
                     "in it."),
  .examples = N_ ("wattle export kitchen  writes wattle-kitchen-DATE.tar\n"
                  "wattle export kitchen --output /media/stick/kitchen.tar  to another place\n"
                  "wattle export kitchen --yes --json  for a script"),
  .options = options,
  .run = run,
};
