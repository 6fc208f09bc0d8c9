/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as CSV and JSON, and which rows of the database are a device's. */
#include <math.h>

#include <json-glib/json-glib.h>

#include "daemon/store/dump.h"
#include "daemon/store/log.h"
#include "tests/unit/daemon/store/util.h"

static void
finish (WattleRows *rows, char **csv, char **json)
{
  g_autoptr (GBytes) csv_bytes = NULL;
  g_autoptr (GBytes) json_bytes = NULL;

  wattle_rows_finish (rows, &csv_bytes, &json_bytes);
  *csv = g_strndup (g_bytes_get_data (csv_bytes, NULL), g_bytes_get_size (csv_bytes));
  *json = g_strndup (g_bytes_get_data (json_bytes, NULL), g_bytes_get_size (json_bytes));
}

static const struct {
  const char *text, *csv;
} texts[] = {
  { "plain", "plain" },
  { "", "" },
  { NULL, "" },
  { "a,b", "\"a,b\"" },
  { "say \"hi\"", "\"say \"\"hi\"\"\"" },
  { "two\r\nlines", "\"two\r\nlines\"" },
  { "=1+1", "\"'=1+1\"" },
  { "+1", "\"'+1\"" },
  { "-1", "\"'-1\"" },
  { "@SUM(1)", "\"'@SUM(1)\"" },
  { "\t=1", "\"'\t=1\"" },
  { "1=1", "1=1" },
  { "K\xc3\xbc"
    "che",
    "K\xc3\xbc"
    "che" },
};

static void
test_texts (void)
{
  static const char *const columns[] = { "text", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    WattleRows *rows = wattle_rows_new (columns);
    g_autofree char *csv = NULL;
    g_autofree char *json = NULL;
    g_autofree char *expected = g_strdup_printf ("text\r\n%s\r\n", texts[i].csv);
    g_autoptr (JsonNode) node = NULL;
    g_autoptr (GError) error = NULL;

    wattle_rows_add_text (rows, texts[i].text);
    g_assert_cmpuint (wattle_rows_get_count (rows), ==, 1);
    finish (rows, &csv, &json);
    g_assert_cmpstr (csv, ==, expected);
    node = json_from_string (json, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (json_object_get_string_member_with_default (
                         json_array_get_object_element (json_node_get_array (node), 0), "text", NULL),
                     ==, texts[i].text);
  }
}

/* Every octet that is no text by itself must still give JSON. */
static void
test_octets (void)
{
  static const char *const columns[] = { "text", NULL };

  for (guint octet = 1; octet < 256; octet++) {
    WattleRows *rows = wattle_rows_new (columns);
    const char text[] = { 'a', (char)octet, 'b', '\0' };
    g_autofree char *csv = NULL;
    g_autofree char *json = NULL;
    g_autoptr (JsonNode) node = NULL;
    g_autoptr (GError) error = NULL;

    wattle_rows_add_text (rows, text);
    finish (rows, &csv, &json);
    node = json_from_string (json, &error);
    g_assert_no_error (error);
    g_assert_true (g_utf8_validate (csv, -1, NULL));
  }
}

static void
test_kinds (void)
{
  static const char *const columns[] = { "int", "double", "bytes", "time", NULL };
  WattleRows *rows = wattle_rows_new (columns);
  g_autofree char *csv = NULL;
  g_autofree char *json = NULL;

  wattle_rows_add_int (rows, G_MININT64);
  wattle_rows_add_double (rows, -21.5);
  wattle_rows_add_bytes (rows, "\x00\xff", 2);
  wattle_rows_add_time (rows, 1700000000);
  wattle_rows_add_int (rows, 0);
  wattle_rows_add_double (rows, NAN);
  wattle_rows_add_bytes (rows, NULL, 0);
  wattle_rows_add_time (rows, 0);
  finish (rows, &csv, &json);
  g_assert_cmpstr (csv, ==,
                   "int,double,bytes,time\r\n-9223372036854775808,-21.5,00ff,2023-11-14T22:13:20Z\r\n0,,,\r\n");
  g_assert_cmpstr (json, ==,
                   "[\n{\"int\":-9223372036854775808,\"double\":-21.5,\"bytes\":\"00ff\","
                   "\"time\":\"2023-11-14T22:13:20Z\"},\n"
                   "{\"int\":0,\"double\":null,\"bytes\":\"\",\"time\":null}\n]\n");
}

static void
test_empty (void)
{
  static const char *const columns[] = { "a", "b", NULL };
  g_autofree char *csv = NULL;
  g_autofree char *json = NULL;

  finish (wattle_rows_new (columns), &csv, &json);
  g_assert_cmpstr (csv, ==, "a,b\r\n");
  g_assert_cmpstr (json, ==, "[]\n");
}

/* Of two devices, one's rows and nobody's. */
static void
test_whose (TestFolder *f, gconstpointer data)
{
  g_autoptr (WattleDatabase) database = test_open (f->path);
  g_autoptr (WattleDeviceRecord) ours = test_device ("Ours", "{\"ours\":1}");
  g_autoptr (WattleDeviceRecord) other = test_device ("Other", "{\"other\":1}");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tables = NULL;
  guint devices = 0, passports = 0, log = 0;

  wattle_devices_put (database, ours, &error);
  wattle_devices_put (database, other, &error);
  wattle_log_add (database, ours->id, "event", "Of ours.", &error);
  wattle_log_add (database, other->id, "event", "Of the other.", &error);
  wattle_log_add (database, "", "event", "Of nobody.", &error);
  g_assert_no_error (error);
  tables = wattle_dump_device (database, ours->id, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < tables->len; i++) {
    const WattleTableDump *dump = g_ptr_array_index (tables, i);
    guint count = wattle_rows_get_count (dump->rows);

    g_assert_cmpstr (dump->table, !=, "readings");
    devices += g_str_equal (dump->table, "devices") ? count : 0;
    passports += g_str_equal (dump->table, "passports") ? count : 0;
    log += g_str_equal (dump->table, "log") ? count : 0;
  }
  g_assert_cmpuint (devices, ==, 1);
  g_assert_cmpuint (passports, ==, 1);
  g_assert_cmpuint (log, ==, 2);
  g_assert_cmpuint (tables->len, >, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rows/texts", test_texts);
  g_test_add_func ("/rows/octets", test_octets);
  g_test_add_func ("/rows/kinds", test_kinds);
  g_test_add_func ("/rows/empty", test_empty);
  g_test_add ("/rows/whose", TestFolder, NULL, test_folder_set_up, test_whose, test_folder_tear_down);
  return g_test_run ();
}
