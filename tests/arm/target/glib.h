/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The little of GLib that the tests of the portable parts use, for a chip, so
 * that one source of a test runs on both: here by the C library alone, with
 * GLib's names and meanings.  A failed assertion or an exhausted heap ends the
 * program.
 */
#pragma once

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int gboolean;
typedef unsigned guint;
typedef uint8_t guint8;
typedef uint32_t guint32;
typedef uint64_t guint64;
typedef int64_t gint64;
typedef size_t gsize;
typedef void *gpointer;
typedef const void *gconstpointer;
typedef void (*GDestroyNotify) (gpointer);

#define G_N_ELEMENTS(array) (sizeof (array) / sizeof ((array)[0]))
#define G_GUINT64_FORMAT "llu"
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define TRUE 1
#define FALSE 0

/* --- memory --- */

void *g_malloc (gsize size);
void *g_malloc0 (gsize size);
void *g_memdup2 (const void *data, gsize size);
#define g_free free
#define g_new0(type, count) ((type *)g_malloc0 (sizeof (type) * (count)))
#define g_clear_pointer(at, destroy) ((void)(*(at) != NULL ? (destroy)(*(at)), *(at) = NULL : NULL))

void g_autofree_cleanup (void *at);
#define g_autofree __attribute__ ((cleanup (g_autofree_cleanup)))
#define G_DEFINE_AUTOPTR_CLEANUP_FUNC(Type, destroy)                                                                   \
  static inline __attribute__ ((unused)) void glib_autoptr_cleanup_##Type (Type **at)                                  \
  {                                                                                                                    \
    if (*at != NULL)                                                                                                   \
      destroy (*at);                                                                                                   \
  }
#define g_autoptr(Type) __attribute__ ((cleanup (glib_autoptr_cleanup_##Type))) Type *
#define g_auto(Type) __attribute__ ((cleanup (glib_auto_cleanup_##Type))) Type

/* --- text --- */

typedef char **GStrv;

char *g_strdup (const char *text);
char *g_strndup (const char *text, gsize len);
gsize g_strlcpy (char *to, const char *from, gsize size);
GStrv g_strsplit (const char *text, const char *separator, int max); /* of one character, all of them */
void g_strfreev (GStrv texts);
char *g_strescape (const char *text, const char *exceptions); /* NULL */
gboolean g_str_has_suffix (const char *text, const char *suffix);
gboolean g_utf8_validate (const char *text, long len, const char **end);
int g_ascii_xdigit_value (char digit);
#define g_snprintf snprintf
void glib_auto_cleanup_GStrv (GStrv *at);

typedef struct {
  char *str;
  gsize len;
} GString;

GString *g_string_new (const char *text);
GString *g_string_append (GString *string, const char *text);
GString *g_string_append_c (GString *string, char c);
void g_string_append_printf (GString *string, const char *format, ...);
GString *g_string_truncate (GString *string, gsize len);
char *g_string_free (GString *string, gboolean all);
static inline void
glib_autoptr_free_string (GString *string)
{
  g_string_free (string, TRUE);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GString, glib_autoptr_free_string)

/* --- collections --- */

typedef struct bytes GBytes;
GBytes *g_bytes_new (const void *data, gsize len);
const void *g_bytes_get_data (GBytes *bytes, gsize *len);
gsize g_bytes_get_size (GBytes *bytes);
void g_bytes_unref (GBytes *bytes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GBytes, g_bytes_unref)

typedef struct {
  guint8 *data;
  guint len;
} GByteArray;
GByteArray *g_byte_array_new (void);
GByteArray *g_byte_array_append (GByteArray *array, const guint8 *data, guint len);
GByteArray *g_byte_array_set_size (GByteArray *array, guint len);
void g_byte_array_unref (GByteArray *array);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GByteArray, g_byte_array_unref)

typedef struct {
  struct link *head, *tail;
  guint length;
} GQueue;
void g_queue_init (GQueue *queue);
void g_queue_push_tail (GQueue *queue, gpointer data);
gpointer g_queue_pop_head (GQueue *queue);
gboolean g_queue_is_empty (GQueue *queue);
guint g_queue_get_length (GQueue *queue);
void g_queue_clear_full (GQueue *queue, GDestroyNotify destroy);

typedef struct {
  gpointer *pdata;
  guint len;
  GDestroyNotify destroy;
} GPtrArray;
GPtrArray *g_ptr_array_new_with_free_func (GDestroyNotify destroy);
void g_ptr_array_add (GPtrArray *array, gpointer data);
void g_ptr_array_unref (GPtrArray *array);
#define g_ptr_array_index(array, i) ((array)->pdata[i])

/* Of texts alone, and never freed: a few per test. */
typedef struct table GHashTable;
typedef guint (*GHashFunc) (gconstpointer);
typedef gboolean (*GEqualFunc) (gconstpointer, gconstpointer);
guint g_str_hash (gconstpointer text);
gboolean g_str_equal (gconstpointer a, gconstpointer b);
GHashTable *g_hash_table_new_full (GHashFunc hash, GEqualFunc equal, GDestroyNotify key, GDestroyNotify value);
gboolean g_hash_table_insert (GHashTable *table, gpointer key, gpointer value);
gpointer g_hash_table_lookup (GHashTable *table, gconstpointer key);
void g_hash_table_unref (GHashTable *table);

/* --- outside --- */

typedef struct {
  const char *message;
} GError;
static inline void
glib_autoptr_free_error (GError *error)
{
  free (error);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GError, glib_autoptr_free_error)

const char *g_getenv (const char *name); /* of WATTLE_TEST_VECTORS alone */
char *g_build_filename (const char *first, const char *second, void *end);
gboolean g_file_get_contents (const char *path, char **text, gsize *len, GError **error);
gint64 g_get_monotonic_time (void);

/* There is one thread: what it is to do is done at once. */
typedef struct thread GThread;
GThread *g_thread_new (const char *name, gpointer (*work) (gpointer), gpointer data);
gpointer g_thread_join (GThread *thread);

/* --- tests --- */

void g_test_init (int *argc, char ***argv, void *end);
void g_test_add_func (const char *path, void (*test) (void));
int g_test_run (void);
void g_test_message (const char *format, ...);
gboolean g_test_slow (void);
int32_t g_test_rand_int (void);
int32_t g_test_rand_int_range (int32_t from, int32_t below);

void wattle_test_failed (const char *file, int line, const char *what, const char *values) __attribute__ ((noreturn));
void wattle_test_compare (bool holds, const char *file, int line, const char *what, long long a, long long b);

#define g_assert_true(expression)                                                                                      \
  ((expression) ? (void)0 : wattle_test_failed (__FILE__, __LINE__, #expression, "is not true"))
#define g_assert_false(expression)                                                                                     \
  (!(expression) ? (void)0 : wattle_test_failed (__FILE__, __LINE__, #expression, "is not false"))
#define g_assert_nonnull(pointer) g_assert_true ((pointer) != NULL)
#define g_assert_null(pointer) g_assert_true ((pointer) == NULL)
#define g_assert_no_error(error) g_assert_true ((error) == NULL)
#define wattle_test_cmp(type, a, compare, b)                                                                           \
  do {                                                                                                                 \
    type wattle_a = (type)(a), wattle_b = (type)(b);                                                                   \
    wattle_test_compare (wattle_a compare wattle_b, __FILE__, __LINE__, #a " " #compare " " #b, (long long)wattle_a,   \
                         (long long)wattle_b);                                                                         \
  } while (0)
#define g_assert_cmpint(a, compare, b) wattle_test_cmp (long long, a, compare, b)
#define g_assert_cmpuint(a, compare, b) wattle_test_cmp (unsigned long long, a, compare, b)
#define g_assert_cmphex g_assert_cmpuint
#define g_assert_cmpfloat(a, compare, b) g_assert_true ((double)(a)compare (double) (b))
#define g_assert_cmpstr(a, compare, b)                                                                                 \
  do {                                                                                                                 \
    const char *wattle_a = (a), *wattle_b = (b);                                                                       \
    if (!(wattle_a != NULL && wattle_b != NULL && strcmp (wattle_a, wattle_b) compare 0))                              \
      wattle_test_failed (__FILE__, __LINE__, #a " " #compare " " #b, wattle_a);                                       \
  } while (0)
#define g_assert_cmpmem(a, a_len, b, b_len)                                                                            \
  do {                                                                                                                 \
    gsize wattle_len = (a_len);                                                                                        \
    if (wattle_len != (gsize)(b_len) || memcmp ((a), (b), wattle_len) != 0)                                            \
      wattle_test_failed (__FILE__, __LINE__, #a " == " #b, "differ");                                                 \
  } while (0)
