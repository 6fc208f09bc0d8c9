/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-cloud: the manufacturer's reference service.
 */
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cloud/cloud.h"
#include "cloud/log.h"
#include "cloud/server.h"
#include "cloud/state.h"
#include "common/error.h"

#define TIDY_SECONDS 3600
#define SWEEP_SECONDS 2
#define PAGES_PER_MIB 256

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

typedef struct {
  gboolean init, info;
  char *data, *units, *listen, *origin, *hostname, *contact;
  char **retain;
  int retain_days, accounts_per_hour, requests_per_minute, connections, connections_per_address, timeout, max_size;
} Options;

typedef struct {
  const Options *options;
  WattleCloud *cloud;
  WattleServer *server;
  GMainLoop *loop;
} Service;

static void
options_clear (Options *options)
{
  g_free (options->data);
  g_free (options->units);
  g_free (options->listen);
  g_free (options->origin);
  g_free (options->hostname);
  g_free (options->contact);
  g_strfreev (options->retain);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options->data, N_ ("Folder of keys and databases"), N_ ("DIR") },
    { "init", 0, 0, G_OPTION_ARG_NONE, &options->init,
      N_ ("Make the folder and its keys, and print what passports need as JSON"), NULL },
    { "hostname", 0, 0, G_OPTION_ARG_STRING, &options->hostname,
      N_ ("With --init: a name for the certificate beside localhost"), N_ ("NAME") },
    { "info", 0, 0, G_OPTION_ARG_NONE, &options->info, N_ ("Print what passports need again"), NULL },
    { "units", 'u', 0, G_OPTION_ARG_FILENAME, &options->units,
      N_ ("Manifest of units, JSON lines; read again on SIGHUP"), N_ ("FILE") },
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &options->listen,
      N_ ("Where to listen; port 0 is any (default 127.0.0.1:8443)"), N_ ("ADDRESS:PORT") },
    { "origin", 0, 0, G_OPTION_ARG_STRING, &options->origin,
      N_ ("How the service is called from outside (default: where it listens)"), N_ ("URL") },
    { "security-contact", 0, 0, G_OPTION_ARG_STRING, &options->contact,
      N_ ("Whom to tell about a weakness, for security.txt"), N_ ("URI") },
    { "retain-days", 0, 0, G_OPTION_ARG_INT, &options->retain_days, N_ ("Keep readings that long (default 365)"),
      N_ ("DAYS") },
    { "retain", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->retain, N_ ("Keep those of one purpose that long"),
      N_ ("PURPOSE=DAYS") },
    { "accounts-per-hour", 0, 0, G_OPTION_ARG_INT, &options->accounts_per_hour,
      N_ ("New accounts from one address (default 20)"), N_ ("N") },
    { "requests-per-minute", 0, 0, G_OPTION_ARG_INT, &options->requests_per_minute,
      N_ ("Requests of one account (default 600); four times that from one address"), N_ ("N") },
    { "connections", 0, 0, G_OPTION_ARG_INT, &options->connections, N_ ("Connections in all (default 512)"), N_ ("N") },
    { "connections-per-address", 0, 0, G_OPTION_ARG_INT, &options->connections_per_address,
      N_ ("Connections from one address (default 64)"), N_ ("N") },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &options->timeout,
      N_ ("Close a connection that is silent that long (default 15)"), N_ ("SECONDS") },
    { "max-size", 0, 0, G_OPTION_ARG_INT, &options->max_size, N_ ("How large data.db may grow (default: the disk)"),
      N_ ("MIB") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, _ ("The manufacturer's side of Wattle: keeps readings that people agreed to\n"
                                            "share, encrypted under a key per account, and deletes them so that no\n"
                                            "copy can be read. Its interface is served as /openapi.json."));
  g_option_context_set_description (context, _ ("Start with:\n"
                                                "  wattle-cloud --init --data DIR\n"
                                                "  wattle-cloud --data DIR --units units.jsonl\n"));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse (context, argc, argv, error);
}

/* Which number is out of bounds, or NULL. */
static const char *
bad_number (const Options *options)
{
  const struct {
    const char *name;
    int value, min, max;
  } numbers[] = {
    { "--retain-days", options->retain_days, 1, 36500 },
    { "--accounts-per-hour", options->accounts_per_hour, 1, 1000000 },
    { "--requests-per-minute", options->requests_per_minute, 1, 1000000 },
    { "--connections", options->connections, 1, 100000 },
    { "--connections-per-address", options->connections_per_address, 1, 100000 },
    { "--timeout", options->timeout, 1, 3600 },
    { "--max-size", options->max_size, 0, 16777215 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].value < numbers[i].min || numbers[i].value > numbers[i].max)
      return numbers[i].name;
  return NULL;
}

static gboolean
check_options (const Options *options, int argc, GError **error)
{
  const char *bad = bad_number (options);

  if (argc > 1)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("There are words too many."));
  else if (!options->data)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("Say which folder to use: --data DIR."));
  else if (bad)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("The number after %s is out of bounds."), bad);
  else if (options->origin && !g_str_has_prefix (options->origin, "https://"))
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         _ ("What follows --origin has to begin with https://."));
  else
    return TRUE;
  return FALSE;
}

static GHashTable *
parse_retain (char **retain, GError **error)
{
  g_autoptr (GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (; retain && *retain; retain++) {
    g_auto (GStrv) parts = g_strsplit (*retain, "=", 2);
    guint64 days;

    if (!wattle_is_purpose (parts[0])
        || !g_ascii_string_to_unsigned (parts[1] ? parts[1] : "", 10, 1, 36500, &days, NULL)) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("“%s” is not a purpose, “=” and a number of days."), *retain);
      return NULL;
    }
    g_hash_table_insert (table, g_strdup (parts[0]), GINT_TO_POINTER ((int)days));
  }
  return g_steal_pointer (&table);
}

static WattleLimits *
make_limits (const Options *options)
{
  const guint accounts = (guint)options->accounts_per_hour, requests = (guint)options->requests_per_minute;
  WattleLimitRate rates[WATTLE_N_LIMITS];

  memcpy (rates, wattle_limit_defaults, sizeof rates);
  rates[WATTLE_LIMIT_CREATE] = (WattleLimitRate){ accounts, accounts };
  rates[WATTLE_LIMIT_ACCOUNT] = (WattleLimitRate){ MAX (requests / 3, 1), requests * 60 };
  rates[WATTLE_LIMIT_ADDRESS] = (WattleLimitRate){ requests, requests * 240 };
  return wattle_limits_new (rates);
}

static gboolean
print_info (const Options *options, GError **error)
{
  g_autoptr (WattleState) state = wattle_state_load (options->data, error);
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;
  JsonObject *info = state ? wattle_state_info (state, error) : NULL;

  if (!info)
    return FALSE;
  json_node_init_object (node, info);
  json_object_unref (info);
  text = json_to_string (node, TRUE);
  g_print ("%s\n", text);
  return TRUE;
}

static void
cloud_free (WattleCloud *cloud)
{
  g_clear_pointer (&cloud->db, wattle_db_close);
  g_clear_pointer (&cloud->keys, wattle_keys_close);
  g_clear_pointer (&cloud->units, wattle_units_free);
  g_clear_pointer (&cloud->limits, wattle_limits_free);
  g_clear_pointer (&cloud->retain, g_hash_table_unref);
  wattle_key_clear (&cloud->unit_key);
  wattle_key_clear (&cloud->nonce_key);
  g_mutex_clear (&cloud->lock);
  g_free (cloud->origin);
  g_free (cloud->contact);
  g_free (cloud);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleCloud, cloud_free)

static char *
default_contact (const char *origin)
{
  g_autoptr (GUri) uri = g_uri_parse (origin, G_URI_FLAGS_NONE, NULL);

  return g_strdup_printf ("mailto:security@%s", uri ? g_uri_get_host (uri) : "localhost");
}

static WattleCloud *
cloud_new (const Options *options, WattleState *state, const char *url, GError **error)
{
  g_autoptr (WattleCloud) cloud = g_new0 (WattleCloud, 1);

  g_mutex_init (&cloud->lock);
  cloud->retain_days = (guint)options->retain_days;
  cloud->receipt_key = state->receipt_key;
  cloud->origin = g_strdup (options->origin ? options->origin : url);
  cloud->contact = options->contact ? g_strdup (options->contact) : default_contact (cloud->origin);
  cloud->limits = make_limits (options);
  wattle_crypt_derive (&state->master, "wattle-unit-v1", &cloud->unit_key);
  wattle_crypt_derive (&state->master, "wattle-nonce-v1", &cloud->nonce_key);
  if (!(cloud->retain = parse_retain (options->retain, error))
      || !(cloud->units = wattle_units_load (options->units, error))
      || !wattle_state_open (state, &cloud->db, &cloud->keys, error))
    return NULL;
  if (options->max_size > 0)
    wattle_db_set_max_pages (cloud->db, (guint)options->max_size * PAGES_PER_MIB);
  return g_steal_pointer (&cloud);
}

static gboolean
on_stop (gpointer data)
{
  g_main_loop_quit (((Service *)data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_reload (gpointer data)
{
  Service *service = data;
  g_autoptr (GError) error = NULL;
  WattleUnits *units = wattle_units_load (service->options->units, &error);

  if (!units) {
    wattle_log (WATTLE_LOG_ERROR, "the manifest stays as it was: %s", error->message);
    return G_SOURCE_CONTINUE;
  }
  g_mutex_lock (&service->cloud->lock);
  wattle_units_free (service->cloud->units);
  service->cloud->units = units;
  g_mutex_unlock (&service->cloud->lock);
  wattle_log (WATTLE_LOG_INFO, "read the manifest: %u units", wattle_units_count (units));
  return G_SOURCE_CONTINUE;
}

static gboolean
on_tidy (gpointer data)
{
  wattle_cloud_tidy (((Service *)data)->cloud);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_sweep (gpointer data)
{
  wattle_server_sweep (((Service *)data)->server);
  return G_SOURCE_CONTINUE;
}

static gboolean
run (const Options *options, GError **error)
{
  g_autoptr (WattleState) state = wattle_state_load (options->data, error);
  g_autoptr (WattleCloud) cloud = NULL;
  g_autoptr (WattleServer) server = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *url = NULL;
  Service service = { .options = options, .loop = loop };
  WattleServerOptions server_options;

  if (!state)
    return FALSE;
  server_options = (WattleServerOptions){
    .listen = options->listen ? options->listen : "127.0.0.1:8443",
    .tls_key = state->tls_key,
    .tls_cert = state->tls_cert,
    .connections = (guint)options->connections,
    .connections_per_address = (guint)options->connections_per_address,
    .timeout = (guint)options->timeout,
  };
  if (!(server = wattle_server_new (&server_options, &url, error)) || !(cloud = cloud_new (options, state, url, error)))
    return FALSE;
  service.cloud = cloud;
  service.server = server;
  wattle_cloud_tidy (cloud);
  g_unix_signal_add (SIGTERM, on_stop, &service);
  g_unix_signal_add (SIGINT, on_stop, &service);
  g_unix_signal_add (SIGHUP, on_reload, &service);
  g_timeout_add_seconds (TIDY_SECONDS, on_tidy, &service);
  g_timeout_add_seconds (SWEEP_SECONDS, on_sweep, &service);
  if (!wattle_server_start (server, cloud, error))
    return FALSE;
  wattle_log (WATTLE_LOG_INFO, "%u units known", wattle_units_count (cloud->units));
  g_print ("listening %s\n", url);
  fflush (stdout);
  g_main_loop_run (loop);
  /* The server's thread uses the cloud until it is stopped. */
  g_clear_pointer (&server, wattle_server_free);
  wattle_log (WATTLE_LOG_INFO, "stopped");
  return TRUE;
}

int
main (int argc, char **argv)
{
  static Options options = {
    .retain_days = 365,
    .accounts_per_hour = 20,
    .requests_per_minute = 600,
    .connections = 512,
    .connections_per_address = 64,
    .timeout = 15,
  };
  g_autoptr (GError) error = NULL;
  gboolean done;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  umask (077);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN); /* a file-size limit is a full disk, not a crash */
  if (!parse_options (&options, &argc, &argv, &error) || !check_options (&options, argc, &error)) {
    g_printerr ("wattle-cloud: %s\n", error->message);
    return EXIT_USAGE;
  }
  done = !options.init || wattle_state_init (options.data, options.hostname, &error);
  if (done)
    done = options.init || options.info ? print_info (&options, &error) : run (&options, &error);
  if (!done)
    g_printerr ("wattle-cloud: %s\n", error->message);
  return done ? 0 : error->domain == G_OPTION_ERROR ? EXIT_USAGE : EXIT_FAILED;
}
