/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wattle-vendor device batch: makes the units of a production run, sheet by
 * sheet.  It can be stopped at any moment; the same command then goes on.
 */
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pairing/secret.h"
#include "vendor/commands.h"
#include "vendor/manifest.h"
#include "vendor/new-file.h"
#include "vendor/sheet.h"
#include "vendor/unit.h"

#define COUNT_MAX 1000000
#define QUIET_STEP 1000 /* units between two lines, where nobody watches */

typedef struct {
  VendorProduct product;
  char *first;
  int count;
  char *manifest;
  char *output;
  char *address;
  int iterations;
  guint32 base; /* of --address */
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  vendor_product_clear (&arguments->product);
  g_free (arguments->first);
  g_free (arguments->manifest);
  g_free (arguments->output);
  g_free (arguments->address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* What may not occur twice, so far. */
typedef struct {
  GHashTable *codes;
  GHashTable *keys; /* public keys of this run, as bytes */
} Seen;

static void
seen_clear (Seen *seen)
{
  g_hash_table_unref (seen->codes);
  g_hash_table_unref (seen->keys);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static volatile sig_atomic_t stopped;

static void
on_signal (int number)
{
  stopped = 1;
}

/* --- the words --- */

static const char *
find_fault (Arguments *arguments)
{
  guint64 base = 0;

  if (arguments->first == NULL || arguments->count == 0 || arguments->product.passport == NULL
      || arguments->manifest == NULL || arguments->output == NULL)
    return _ ("--first, --count, --passport, --manifest and --output are needed. --help tells more.");
  if (!vendor_unit_id_is_good (arguments->first))
    return _ ("A unit id has 1 to 32 of the capital letters A to Z, digits and dashes.");
  if (!g_ascii_isdigit (arguments->first[strlen (arguments->first) - 1]))
    return _ ("The first unit's id has to end in a number, to count on from.");
  if (arguments->count < 1 || arguments->count > COUNT_MAX)
    return _ ("A batch has 1 to 1,000,000 units.");
  if (arguments->iterations < WTL_ITERATIONS_MIN || arguments->iterations > WTL_ITERATIONS_MAX)
    return _ ("--iterations takes 1,000 to 100,000.");
  if (arguments->address != NULL
      && (!g_ascii_string_to_unsigned (arguments->address + (g_str_has_prefix (arguments->address, "0x") ? 2 : 0), 16,
                                       0, G_MAXUINT32, &base, NULL)
          || base % 4 != 0))
    return _ ("--address takes a number of base 16 that ends in 0, 4, 8 or C.");
  arguments->base = (guint32)base;
  return NULL;
}

static gboolean
parse (Arguments *arguments, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "first", 0, 0, G_OPTION_ARG_STRING, &arguments->first, N_ ("The first unit's id; its last digits are counted up"),
      "ID" },
    { "count", 0, 0, G_OPTION_ARG_INT, &arguments->count, N_ ("How many units"), "N" },
    { "product", 0, 0, G_OPTION_ARG_STRING, &arguments->product.number, N_ ("Product number, as in the passport"),
      "N" },
    { "passport", 0, 0, G_OPTION_ARG_FILENAME, &arguments->product.passport, N_ ("The product's passport"),
      N_ ("FILE") },
    { "vendor-root", 0, 0, G_OPTION_ARG_FILENAME, &arguments->product.root,
      N_ ("Root of the manufacturer's signed repository, if there is one"), N_ ("FILE") },
    { "manifest", 0, 0, G_OPTION_ARG_FILENAME, &arguments->manifest,
      N_ ("The units manifest, which gets a line for each unit"), N_ ("FILE") },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &arguments->output,
      N_ ("Folder for the sheets (secret: their labels hold the codes)"), N_ ("FOLDER") },
    { "address", 0, 0, G_OPTION_ARG_STRING, &arguments->address,
      N_ ("Where the unit's flash begins on the chip, base 16; otherwise 0"), N_ ("ADDRESS") },
    { "iterations", 0, 0, G_OPTION_ARG_INT, &arguments->iterations,
      N_ ("Rounds that harden codes and passwords; otherwise 10,000"), "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *fault;

  g_option_context_set_summary (context,
                                _ ("Makes many units: for each a file to flash, for every 24 a sheet of labels.\n"
                                   "Ctrl-C stops after the sheet in hand. The same command goes on from there.\n"
                                   "Delete the folder once the labels are printed and the units flashed."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  fault = argc > 1 ? _ ("There is a word too many. --help tells more.") : find_fault (arguments);
  if (fault != NULL)
    g_printerr ("%s\n", fault);
  return fault == NULL;
}

/* "GL-0099" and 2 make "GL-0101"; NULL where the digits do not suffice. */
static char *
make_id (const char *first, guint plus)
{
  gsize len = strlen (first);
  gsize digits = 0;
  guint64 number;
  g_autofree char *end = NULL;

  while (digits < len && digits < 18 && g_ascii_isdigit (first[len - digits - 1]))
    digits++;
  number = g_ascii_strtoull (first + len - digits, NULL, 10) + plus;
  end = g_strdup_printf ("%0*" G_GUINT64_FORMAT, (int)digits, number);
  return strlen (end) == digits ? g_strdup_printf ("%.*s%s", (int)(len - digits), first, end) : NULL;
}

/* --- what the batch is --- */

/* A batch that goes on has to be the same one: its folder says what it is. */
static gboolean
check_folder (const Arguments *arguments, const VendorUnit *shared, GError **error)
{
  g_autofree char *path = g_build_filename (arguments->output, "batch.txt", NULL);
  g_autofree char *passport = g_compute_checksum_for_data (G_CHECKSUM_SHA256, shared->factory.passport_sha256, 32);
  g_autofree char *root = g_compute_checksum_for_data (G_CHECKSUM_SHA256, shared->factory.vendor_root_sha256, 32);
  g_autofree char *text
      = g_strdup_printf ("first %s\ncount %d\naddress %08x\niterations %d\npassport %s\nroot %s\n", arguments->first,
                         arguments->count, arguments->base, arguments->iterations, passport, root);
  g_autofree char *old = NULL;

  if (g_mkdir (arguments->output, 0700) == 0)
    return vendor_new_file (path, text, strlen (text), error);
  if (g_file_get_contents (path, &old, NULL, NULL) && g_str_equal (old, text))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
               _ ("%s holds something else than this batch. It is left as it is; choose another folder."),
               arguments->output);
  return FALSE;
}

/* Every id that is not made yet must be new. */
static gboolean
check_ids (const Arguments *arguments, const VendorSheets *sheets, GError **error)
{
  for (guint i = 0; i < (guint)arguments->count; i++) {
    g_autofree char *id = make_id (arguments->first, i);

    if (id == NULL) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _ ("The first unit's number has too few digits to count so far."));
      return FALSE;
    }
    if (manifest_has (sheets->manifest, id) && !vendor_sheet_exists (sheets, i / WATTLE_LABELS_PER_SHEET + 1)) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("There is a unit %s already. Each needs its own id."), id);
      return FALSE;
    }
  }
  return TRUE;
}

/* --- making units --- */

typedef struct {
  VendorUnit unit;
  char *id;
  guint iterations;
  GError *error;
} Task;

static void
work (gpointer data, gpointer user_data)
{
  Task *task = data;

  vendor_unit_make (&task->unit, task->id, task->iterations, &task->error);
}

/* Units side by side on all processors. */
static gboolean
make_units (Task *tasks, guint count, GError **error)
{
  GThreadPool *pool = g_thread_pool_new (work, NULL, (int)g_get_num_processors (), FALSE, NULL);
  gboolean ok = TRUE;

  for (guint i = 0; i < count; i++)
    g_thread_pool_push (pool, &tasks[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  for (guint i = 0; i < count; i++) {
    if (tasks[i].error != NULL && ok) {
      g_propagate_error (error, g_steal_pointer (&tasks[i].error));
      ok = FALSE;
    }
    g_clear_error (&tasks[i].error);
  }
  return ok;
}

/* A code of nine random digits comes twice in a hundred thousand; the second one
 * is made anew, with all that hangs on it.  A key that comes twice means that the
 * random source is broken. */
static gboolean
make_unique (Task *task, Seen *seen, GError **error)
{
  while (!g_hash_table_add (seen->codes, g_strdup (task->unit.label.code.digits)))
    if (!vendor_unit_make (&task->unit, task->id, task->iterations, error))
      return FALSE;
  if (g_hash_table_add (seen->keys, g_bytes_new (task->unit.factory.public_key, 65)))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       _ ("Two units got the same key: this computer's random numbers are not random."));
  return FALSE;
}

static gboolean
make_sheet (const Arguments *arguments, const VendorSheets *sheets, const VendorUnit *shared, Seen *seen, guint number,
            GError **error)
{
  Task tasks[WATTLE_LABELS_PER_SHEET] = { 0 };
  VendorUnit units[WATTLE_LABELS_PER_SHEET];
  guint from = (number - 1) * WATTLE_LABELS_PER_SHEET;
  guint count = MIN ((guint)arguments->count - from, WATTLE_LABELS_PER_SHEET);
  gboolean ok;

  for (guint i = 0; i < count; i++)
    tasks[i] = (Task){ *shared, make_id (arguments->first, from + i), (guint)arguments->iterations, NULL };
  ok = make_units (tasks, count, error);
  for (guint i = 0; i < count && ok; i++) {
    ok = make_unique (&tasks[i], seen, error);
    units[i] = tasks[i].unit;
  }
  ok = ok && vendor_sheet_write (sheets, number, units, count, error);
  for (guint i = 0; i < count; i++)
    g_free (tasks[i].id);
  wtl_wipe (tasks, sizeof tasks);
  wtl_wipe (units, sizeof units);
  return ok;
}

/* --- the run --- */

static void
tell_progress (guint done, guint before, guint count, gint64 start)
{
  double seconds = MAX ((double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC, 0.001);
  double rate = (done - before) / seconds;
  gboolean watched = isatty (STDERR_FILENO);

  if (!watched && done / QUIET_STEP == (done - WATTLE_LABELS_PER_SHEET) / QUIET_STEP && done < count)
    return;
  g_printerr (watched ? "\r\033[K" : "");
  /* Translators: units made so far, of all; units a second; minutes. */
  g_printerr (_ ("%u of %u units, %.0f a second, %.0f min to go"), done, count, rate,
              rate > 0 ? (count - done) / rate / 60 : 0);
  g_printerr (watched && done < count ? "" : "\n");
}

static gboolean
make_all (const Arguments *arguments, const VendorSheets *sheets, const VendorUnit *shared, GError **error)
{
  g_auto (Seen) seen = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                         g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL) };
  guint count = (guint)arguments->count;
  guint last = (count + WATTLE_LABELS_PER_SHEET - 1) / WATTLE_LABELS_PER_SHEET;
  guint before = 0;
  gint64 start = g_get_monotonic_time ();

  for (guint number = 1; number <= last; number++) {
    if (!vendor_sheet_exists (sheets, number))
      continue;
    if (!vendor_sheet_read_codes (sheets, number, seen.codes, error))
      return FALSE;
    before = MIN (number * WATTLE_LABELS_PER_SHEET, count);
  }
  for (guint number = 1; number <= last && !stopped; number++) {
    if (vendor_sheet_exists (sheets, number))
      continue;
    if (!make_sheet (arguments, sheets, shared, &seen, number, error))
      return FALSE;
    tell_progress (MIN (number * WATTLE_LABELS_PER_SHEET, count), before, count, start);
  }
  if (!stopped)
    g_print (_ ("All %u units are there, each with a code and a key of its own.\n"), g_hash_table_size (seen.codes));
  return TRUE;
}

static gboolean
run (const Arguments *arguments, GError **error)
{
  VendorUnit shared = { 0 };
  g_autoptr (WattlePassport) passport = vendor_unit_load_product (&shared, &arguments->product, error);
  g_autoptr (Manifest) manifest = NULL;
  VendorSheets sheets = { .output = arguments->output, .address = arguments->base };

  if (passport == NULL)
    return FALSE;
  manifest = manifest_open (arguments->manifest, error);
  if (manifest == NULL || !check_folder (arguments, &shared, error))
    return FALSE;
  sheets.manifest = manifest;
  sheets.product = wattle_passport_get_name (passport, NULL);
  for (guint from = 0; from < (guint)arguments->count; from += WATTLE_LABELS_PER_SHEET)
    if (!vendor_sheet_recover (&sheets, from / WATTLE_LABELS_PER_SHEET + 1, error))
      return FALSE;
  return check_ids (arguments, &sheets, error) && make_all (arguments, &sheets, &shared, error);
}

int
vendor_device_batch (int argc, char **argv)
{
  g_auto (Arguments) arguments = { .iterations = VENDOR_ITERATIONS };
  const struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
  g_autoptr (GError) error = NULL;

  if (!parse (&arguments, argc, argv))
    return VENDOR_USAGE;
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  if (!run (&arguments, &error)) {
    g_printerr ("%s\n", error->message);
    return VENDOR_FAILED;
  }
  if (!stopped)
    return VENDOR_OK;
  g_printerr ("\n%s\n", _ ("Stopped. Every sheet so far is whole; the same command goes on."));
  return VENDOR_INCOMPLETE;
}
