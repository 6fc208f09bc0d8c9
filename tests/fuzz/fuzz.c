/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs to targets.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define INPUT_MAX 1100

static GRand *rng;
static GPtrArray *seeds; /* of GBytes */

void
fuzz_init (int *argc, char ***argv, guint32 seed)
{
  const char *chosen = g_getenv ("WATTLE_FUZZ_SEED");

  g_test_init (argc, argv, NULL);
  rng = g_rand_new_with_seed (chosen ? (guint32)g_ascii_strtoull (chosen, NULL, 10) : seed);
  seeds = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
}

void
fuzz_add_seed (const void *data, size_t len)
{
  g_assert_cmpuint (len, <=, INPUT_MAX);
  g_ptr_array_add (seeds, g_bytes_new (data, len));
}

static size_t
mutate (uint8_t *data, size_t len)
{
  unsigned times = 1u << g_rand_int_range (rng, 0, 5);

  while (times--) {
    size_t at = len ? (size_t)g_rand_int_range (rng, 0, (gint32)len) : 0;

    switch (g_rand_int_range (rng, 0, 6)) {
      case 0: /* a bit */
        data[at] ^= (uint8_t)(1 << g_rand_int_range (rng, 0, 8));
        break;
      case 1: /* a byte, of those that mean something */
        data[at] = (uint8_t[]){ 0, 1, 0x7f, 0x80, 0xff, '0', '.', 0xc0 }[g_rand_int_range (rng, 0, 8)];
        break;
      case 2: /* the end off */
        len = at;
        break;
      case 3: /* something more */
        if (len < INPUT_MAX)
          data[len++] = (uint8_t)g_rand_int (rng);
        break;
      case 4: /* a piece again */
        if (len && len - at <= INPUT_MAX - len) {
          memmove (data + len, data + at, len - at);
          len += len - at;
        }
        break;
      default: /* a piece out */
        if (len) {
          size_t piece = (size_t)g_rand_int_range (rng, 1, 9);

          piece = MIN (piece, len - at);
          memmove (data + at, data + at + piece, len - at - piece);
          len -= piece;
        }
        break;
    }
  }
  return len;
}

static size_t
make_input (uint8_t data[INPUT_MAX])
{
  gsize len = 0;

  memset (data, 0, INPUT_MAX);
  if (g_rand_int_range (rng, 0, 8) == 0) {
    len = (gsize)g_rand_int_range (rng, 0, g_rand_boolean (rng) ? 32 : INPUT_MAX);
    for (gsize i = 0; i < len; i++)
      data[i] = (uint8_t)g_rand_int (rng);
    return len;
  }
  GBytes *seed = g_ptr_array_index (seeds, g_rand_int_range (rng, 0, (gint32)seeds->len));

  memcpy (data, g_bytes_get_data (seed, &len), g_bytes_get_size (seed));
  return mutate (data, len);
}

static void
run_target (gconstpointer data)
{
  const struct fuzz_target *target = data;
  const char *runs_text = g_getenv ("WATTLE_FUZZ_RUNS");
  guint64 runs = runs_text ? g_ascii_strtoull (runs_text, NULL, 10) : target->runs;

  for (guint64 i = 0; i < runs; i++) {
    uint8_t input[INPUT_MAX];
    size_t len = make_input (input);
    g_autofree uint8_t *exact = g_malloc (len + (len == 0));

    memcpy (exact, input, len);
    target->run (exact, len);
  }
  g_test_message ("%s: %" G_GUINT64_FORMAT " inputs", target->name, runs);
}

int
fuzz_run (const char *prefix, const struct fuzz_target *targets, size_t n_targets)
{
  int result;

  for (size_t i = 0; i < n_targets; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%s", prefix, targets[i].name);

    g_test_add_data_func (path, &targets[i], run_target);
  }
  result = g_test_run ();
  g_ptr_array_unref (seeds);
  g_rand_free (rng);
  return result;
}
