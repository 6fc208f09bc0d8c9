/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The little of GLib that the tests use, by the C library.
 */
#include "glib.h"

#include <stdarg.h>

/* --- memory --- */

void *
g_malloc (gsize size)
{
  void *at = malloc (size > 0 ? size : 1);

  if (at == NULL)
    wattle_test_failed (__FILE__, __LINE__, "malloc", "the heap is used up");
  return at;
}

void *
g_malloc0 (gsize size)
{
  return memset (g_malloc (size), 0, size);
}

static void *
grow (void *at, gsize size)
{
  at = realloc (at, size > 0 ? size : 1);
  if (at == NULL)
    wattle_test_failed (__FILE__, __LINE__, "realloc", "the heap is used up");
  return at;
}

void *
g_memdup2 (const void *data, gsize size)
{
  return data != NULL && size > 0 ? memcpy (g_malloc (size), data, size) : NULL;
}

void
g_autofree_cleanup (void *at)
{
  free (*(void **)at);
}

/* --- text --- */

char *
g_strndup (const char *text, gsize len)
{
  char *copy = g_malloc0 (len + 1);

  return memcpy (copy, text, strnlen (text, len));
}

char *
g_strdup (const char *text)
{
  return text != NULL ? g_strndup (text, strlen (text)) : NULL;
}

gsize
g_strlcpy (char *to, const char *from, gsize size)
{
  gsize len = strlen (from);

  if (size > 0) {
    gsize some = len < size ? len : size - 1;

    memcpy (to, from, some);
    to[some] = 0;
  }
  return len;
}

GStrv
g_strsplit (const char *text, const char *separator, int max)
{
  GStrv out = g_malloc (sizeof *out);
  gsize count = 0;

  for (;;) {
    gsize len = strcspn (text, separator);

    out = grow (out, (count + 2) * sizeof *out);
    out[count++] = g_strndup (text, len);
    if (text[len] == 0)
      break;
    text += len + 1;
  }
  out[count] = NULL;
  return out;
}

void
g_strfreev (GStrv texts)
{
  for (GStrv text = texts; text != NULL && *text != NULL; text++)
    free (*text);
  free (texts);
}

void
glib_auto_cleanup_GStrv (GStrv *at)
{
  g_strfreev (*at);
}

gboolean
g_str_has_suffix (const char *text, const char *suffix)
{
  gsize len = strlen (text);
  gsize end = strlen (suffix);

  return len >= end && strcmp (text + len - end, suffix) == 0;
}

/* RFC 3629: no overlong form, no surrogate, nothing beyond U+10FFFF. */
gboolean
g_utf8_validate (const char *text, long len, const char **end)
{
  const guint8 *at = (const guint8 *)text;
  const guint8 *stop = at + (len < 0 ? strlen (text) : (gsize)len);

  while (at < stop) {
    unsigned more = *at < 0x80 ? 0 : *at < 0xc2 ? 9 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : *at < 0xf5 ? 3 : 9;
    uint32_t c = more == 0 ? *at : *at & (0x3fu >> more);

    if (*at == 0 || (gsize)(stop - at) <= more)
      return FALSE;
    for (unsigned i = 1; i <= more; i++) {
      if ((at[i] & 0xc0) != 0x80)
        return FALSE;
      c = c << 6 | (at[i] & 0x3f);
    }
    if ((more == 2 && c < 0x800) || (more == 3 && c < 0x10000) || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
      return FALSE;
    at += more + 1;
  }
  return TRUE;
}

int
g_ascii_xdigit_value (char digit)
{
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

static void
append (GString *string, const char *text, gsize len)
{
  string->str = grow (string->str, string->len + len + 1);
  memcpy (string->str + string->len, text, len);
  string->len += len;
  string->str[string->len] = 0;
}

GString *
g_string_new (const char *text)
{
  GString *string = g_new0 (GString, 1);

  append (string, text != NULL ? text : "", text != NULL ? strlen (text) : 0);
  return string;
}

GString *
g_string_append (GString *string, const char *text)
{
  append (string, text, strlen (text));
  return string;
}

GString *
g_string_append_c (GString *string, char c)
{
  append (string, &c, 1);
  return string;
}

void
g_string_append_printf (GString *string, const char *format, ...)
{
  char text[256];
  va_list arguments;
  int len;

  va_start (arguments, format);
  len = vsnprintf (text, sizeof text, format, arguments);
  va_end (arguments);
  g_assert_true (len >= 0 && (gsize)len < sizeof text);
  append (string, text, (gsize)len);
}

GString *
g_string_truncate (GString *string, gsize len)
{
  string->len = MIN (len, string->len);
  string->str[string->len] = 0;
  return string;
}

char *
g_string_free (GString *string, gboolean all)
{
  char *text = string->str;

  free (string);
  if (!all)
    return text;
  free (text);
  return NULL;
}

/* Control characters, and those outside ASCII, in octal. */
char *
g_strescape (const char *text, const char *exceptions)
{
  GString *out = g_string_new (NULL);

  for (; *text != 0; text++) {
    if (isprint ((unsigned char)*text) && *text != '\\' && *text != '"')
      g_string_append_c (out, *text);
    else
      g_string_append_printf (out, "\\%03o", (unsigned char)*text);
  }
  return g_string_free (out, FALSE);
}

/* --- collections --- */

struct bytes {
  gsize len;
  guint8 data[];
};

GBytes *
g_bytes_new (const void *data, gsize len)
{
  GBytes *bytes = g_malloc (sizeof *bytes + len);

  bytes->len = len;
  memcpy (bytes->data, data, len);
  return bytes;
}

const void *
g_bytes_get_data (GBytes *bytes, gsize *len)
{
  if (len != NULL)
    *len = bytes->len;
  return bytes->data;
}

gsize
g_bytes_get_size (GBytes *bytes)
{
  return bytes->len;
}

void
g_bytes_unref (GBytes *bytes)
{
  free (bytes);
}

GByteArray *
g_byte_array_new (void)
{
  return g_new0 (GByteArray, 1);
}

GByteArray *
g_byte_array_set_size (GByteArray *array, guint len)
{
  array->data = grow (array->data, len);
  array->len = len;
  return array;
}

GByteArray *
g_byte_array_append (GByteArray *array, const guint8 *data, guint len)
{
  g_byte_array_set_size (array, array->len + len);
  memcpy (array->data + array->len - len, data, len);
  return array;
}

void
g_byte_array_unref (GByteArray *array)
{
  free (array->data);
  free (array);
}

struct link {
  struct link *next;
  gpointer data;
};

void
g_queue_init (GQueue *queue)
{
  *queue = (GQueue){ 0 };
}

void
g_queue_push_tail (GQueue *queue, gpointer data)
{
  struct link *link = g_new0 (struct link, 1);

  link->data = data;
  if (queue->tail != NULL)
    queue->tail->next = link;
  else
    queue->head = link;
  queue->tail = link;
  queue->length++;
}

gpointer
g_queue_pop_head (GQueue *queue)
{
  struct link *link = queue->head;
  gpointer data = link != NULL ? link->data : NULL;

  if (link == NULL)
    return NULL;
  queue->head = link->next;
  if (queue->head == NULL)
    queue->tail = NULL;
  queue->length--;
  free (link);
  return data;
}

gboolean
g_queue_is_empty (GQueue *queue)
{
  return queue->length == 0;
}

guint
g_queue_get_length (GQueue *queue)
{
  return queue->length;
}

void
g_queue_clear_full (GQueue *queue, GDestroyNotify destroy)
{
  while (!g_queue_is_empty (queue))
    destroy (g_queue_pop_head (queue));
}

GPtrArray *
g_ptr_array_new_with_free_func (GDestroyNotify destroy)
{
  GPtrArray *array = g_new0 (GPtrArray, 1);

  array->destroy = destroy;
  return array;
}

void
g_ptr_array_add (GPtrArray *array, gpointer data)
{
  array->pdata = grow (array->pdata, (array->len + 1) * sizeof *array->pdata);
  array->pdata[array->len++] = data;
}

void
g_ptr_array_unref (GPtrArray *array)
{
  for (guint i = 0; i < array->len; i++)
    array->destroy (array->pdata[i]);
  free (array->pdata);
  free (array);
}

struct table {
  struct {
    char *key, *value;
  } rows[32];
  guint count;
};

guint
g_str_hash (gconstpointer text)
{
  return 0;
}

gboolean
g_str_equal (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b) == 0;
}

GHashTable *
g_hash_table_new_full (GHashFunc hash, GEqualFunc equal, GDestroyNotify key, GDestroyNotify value)
{
  return g_new0 (GHashTable, 1);
}

gboolean
g_hash_table_insert (GHashTable *table, gpointer key, gpointer value)
{
  g_assert_true (table->count < G_N_ELEMENTS (table->rows));
  g_assert_null (g_hash_table_lookup (table, key));
  table->rows[table->count].key = key;
  table->rows[table->count++].value = value;
  return TRUE;
}

gpointer
g_hash_table_lookup (GHashTable *table, gconstpointer key)
{
  for (guint i = 0; i < table->count; i++)
    if (strcmp (table->rows[i].key, key) == 0)
      return table->rows[i].value;
  return NULL;
}

void
g_hash_table_unref (GHashTable *table)
{
  for (guint i = 0; i < table->count; i++) {
    free (table->rows[i].key);
    free (table->rows[i].value);
  }
  free (table);
}

/* --- outside --- */

const char *
g_getenv (const char *name)
{
  return strcmp (name, "WATTLE_TEST_VECTORS") == 0 ? WATTLE_TEST_VECTORS : NULL;
}

char *
g_build_filename (const char *first, const char *second, void *end)
{
  GString *path = g_string_new (first);

  g_string_append_c (path, '/');
  g_string_append (path, second);
  return g_string_free (path, FALSE);
}

gboolean
g_file_get_contents (const char *path, char **text, gsize *len, GError **error)
{
  FILE *file = fopen (path, "rb");
  char block[512];
  gsize got;
  gsize size = 0;

  g_assert_nonnull (file);
  *text = g_malloc0 (1);
  while ((got = fread (block, 1, sizeof block, file)) > 0) {
    *text = grow (*text, size + got + 1);
    memcpy (*text + size, block, got);
    size += got;
    (*text)[size] = 0;
  }
  fclose (file);
  if (len != NULL)
    *len = size;
  return TRUE;
}

/* Nothing on this machine measures time with it but in milliseconds. */
gint64
g_get_monotonic_time (void)
{
  static gint64 now;

  return now += 10;
}

struct thread {
  gpointer result;
};

GThread *
g_thread_new (const char *name, gpointer (*work) (gpointer), gpointer data)
{
  GThread *thread = g_new0 (GThread, 1);

  thread->result = work (data);
  return thread;
}

gpointer
g_thread_join (GThread *thread)
{
  gpointer result = thread->result;

  free (thread);
  return result;
}

/* --- tests --- */

#define TESTS_MAX 64

static struct {
  const char *path;
  void (*run) (void);
} tests[TESTS_MAX];
static guint test_count;
static const char *only;
static guint random_state = 0x2545f491;

void
g_test_init (int *argc, char ***argv, void *end)
{
  /* One argument at most: the start of the paths to run. */
  only = *argc > 1 ? (*argv)[*argc - 1] : "";
}

void
g_test_add_func (const char *path, void (*test) (void))
{
  if (strncmp (path, only, strlen (only)) != 0)
    return;
  g_assert_true (test_count < TESTS_MAX);
  tests[test_count].path = path;
  tests[test_count++].run = test;
}

int
g_test_run (void)
{
  printf ("1..%u\n", test_count);
  for (guint i = 0; i < test_count; i++) {
    tests[i].run ();
    printf ("ok %u %s\n", i + 1, tests[i].path);
  }
  return test_count > 0 ? 0 : 1;
}

void
g_test_message (const char *format, ...)
{
  va_list arguments;

  printf ("# ");
  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  printf ("\n");
}

gboolean
g_test_slow (void)
{
  return FALSE;
}

int32_t
g_test_rand_int (void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return (int32_t)random_state;
}

int32_t
g_test_rand_int_range (int32_t from, int32_t below)
{
  return from + (int32_t)((uint32_t)g_test_rand_int () % (uint32_t)(below - from));
}

void
wattle_test_failed (const char *file, int line, const char *what, const char *values)
{
  printf ("not ok - %s:%d: %s (%s)\n", file, line, what, values != NULL ? values : "");
  exit (1);
}

void
wattle_test_compare (bool holds, const char *file, int line, const char *what, long long a, long long b)
{
  char values[64];

  if (holds)
    return;
  snprintf (values, sizeof values, "%lld, %lld", a, b);
  wattle_test_failed (file, line, what, values);
}
