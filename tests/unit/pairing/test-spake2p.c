/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPAKE2+ against the published vectors of RFC 9383, byte for byte, and
 * against points that a peer should not send.
 */
#include <glib.h>
#include <string.h>

#include "pairing/crypto.h"
#include "pairing/secret.h"
#include "pairing/spake2p.h"
#include "tests/unit/pairing/pair.h"

#define SUITE "SPAKE2+-P256-SHA256-HKDF-SHA256-HMAC-SHA256 Test Vectors"

/* P-256's field prime and order (SP 800-186). */
#define FIELD "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
#define ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

/* Values of one section, by name. */
typedef GHashTable Vector;

static GPtrArray *sections; /* of Vector, "section" being its title */

static void
load_vectors (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("WATTLE_TEST_VECTORS"), "spake2plus-rfc9383-p256.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  Vector *vector = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  sections = g_ptr_array_new_with_free_func ((GDestroyNotify)g_hash_table_unref);
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line; line++) {
    char *value = strstr (*line, " = ");

    if ((*line)[0] == '[') {
      vector = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_ptr_array_add (sections, vector);
      g_hash_table_insert (vector, g_strdup ("section"), g_strndup (*line + 1, strlen (*line) - 2));
    } else if (value && (*line)[0] != '#') {
      g_hash_table_insert (vector, g_strndup (*line, (gsize)(value - *line)), g_strdup (value + 3));
    }
  }
  g_assert_cmpuint (sections->len, ==, 4);
}

static const char *
get (Vector *vector, const char *name)
{
  const char *value = g_hash_table_lookup (vector, name);

  g_assert_nonnull (value);
  return value;
}

static void
get_bytes (Vector *vector, const char *name, uint8_t *out, size_t len)
{
  g_assert_cmpuint (pair_from_hex (get (vector, name), out, len), ==, len);
}

static void
assert_bytes (Vector *vector, const char *name, const uint8_t *actual, size_t len)
{
  g_autofree char *hex = pair_to_hex (actual, len);

  g_assert_cmpstr (hex, ==, get (vector, name));
}

/* Everything a run needs that the vector gives. */
struct run {
  struct wtl_prover prover;
  struct wtl_verifier verifier;
  uint8_t x[WTL_SCALAR_SIZE];
  uint8_t y[WTL_SCALAR_SIZE];
  uint8_t share_p[WTL_POINT_SIZE];
  uint8_t share_v[WTL_POINT_SIZE];
  struct wtl_spake2p_ids ids;
};

static void
load_run (Vector *vector, struct run *run)
{
  const char *title = get (vector, "section");

  memset (run, 0, sizeof *run);
  get_bytes (vector, "w0", run->prover.w0, WTL_SCALAR_SIZE);
  get_bytes (vector, "w1", run->prover.w1, WTL_SCALAR_SIZE);
  get_bytes (vector, "x", run->x, WTL_SCALAR_SIZE);
  get_bytes (vector, "y", run->y, WTL_SCALAR_SIZE);
  get_bytes (vector, "shareP", run->share_p, WTL_POINT_SIZE);
  get_bytes (vector, "shareV", run->share_v, WTL_POINT_SIZE);
  run->ids.context = (const uint8_t *)title;
  run->ids.context_len = strlen (title);
  run->ids.prover = get (vector, "idProver");
  run->ids.verifier = get (vector, "idVerifier");
  g_assert_cmpint (wtl_verifier_from_prover (&run->prover, pair_random, NULL, &run->verifier), ==, WTL_OK);
}

static void
assert_result (Vector *vector, const struct wtl_spake2p_result *result)
{
  assert_bytes (vector, "Z", result->z, WTL_POINT_SIZE);
  assert_bytes (vector, "V", result->v, WTL_POINT_SIZE);
  assert_bytes (vector, "TT", result->tt, result->tt_len);
  if (strcmp (get (vector, "section"), SUITE) != 0)
    return; /* the points are the same in the other suites, the rest is not */
  assert_bytes (vector, "K_main", result->main, WTL_HASH_SIZE);
  assert_bytes (vector, "K_confirmP", result->k_confirm_p, WTL_HASH_SIZE);
  assert_bytes (vector, "K_confirmV", result->k_confirm_v, WTL_HASH_SIZE);
  assert_bytes (vector, "HMAC(K_confirmP, shareV)", result->confirm_p, WTL_HASH_SIZE);
  assert_bytes (vector, "HMAC(K_confirmV, shareP)", result->confirm_v, WTL_HASH_SIZE);
  assert_bytes (vector, "K_shared", result->shared, WTL_HASH_SIZE);
}

/* With and without the points that registration precomputes. */
static void
check_vector (Vector *vector, bool precomputed)
{
  struct run run;
  struct wtl_spake2p_result result;
  uint8_t share[WTL_POINT_SIZE];

  load_run (vector, &run);
  assert_bytes (vector, "L", run.verifier.l, WTL_POINT_SIZE);
  if (precomputed) {
    g_assert_cmpint (wtl_prover_precompute (&run.prover, pair_random, NULL), ==, WTL_OK);
  } else {
    memset (run.verifier.w0m, 0, sizeof run.verifier.w0m);
    memset (run.verifier.w0n, 0, sizeof run.verifier.w0n);
  }

  g_assert_cmpint (wtl_spake2p_share_p (&run.prover, run.x, pair_random, NULL, share), ==, WTL_OK);
  assert_bytes (vector, "shareP", share, sizeof share);
  g_assert_cmpint (wtl_spake2p_share_v (&run.verifier, run.y, pair_random, NULL, share), ==, WTL_OK);
  assert_bytes (vector, "shareV", share, sizeof share);

  g_assert_cmpint (
      wtl_spake2p_finish_p (&run.prover, run.x, run.share_p, run.share_v, &run.ids, pair_random, NULL, &result), ==,
      WTL_OK);
  assert_result (vector, &result);
  memset (&result, 0, sizeof result);
  g_assert_cmpint (
      wtl_spake2p_finish_v (&run.verifier, run.y, run.share_p, run.share_v, &run.ids, pair_random, NULL, &result), ==,
      WTL_OK);
  assert_result (vector, &result);
}

static void
test_vectors (void)
{
  g_assert_cmpstr (get (g_ptr_array_index (sections, 0), "section"), ==, SUITE);
  for (guint i = 0; i < sections->len; i++) {
    check_vector (g_ptr_array_index (sections, i), true);
    check_vector (g_ptr_array_index (sections, i), false);
  }
}

/* Both roles refuse @share with WTL_ERROR_POINT, and leave nothing behind. */
static void
assert_refused (const struct run *run, const uint8_t share[WTL_POINT_SIZE])
{
  static const struct wtl_spake2p_result zeros;
  struct wtl_spake2p_result result;

  memset (&result, 0xaa, sizeof result);
  g_assert_cmpint (
      wtl_spake2p_finish_p (&run->prover, run->x, run->share_p, share, &run->ids, pair_random, NULL, &result), ==,
      WTL_ERROR_POINT);
  g_assert_cmpmem (&result, sizeof result, &zeros, sizeof zeros);
  memset (&result, 0xaa, sizeof result);
  g_assert_cmpint (
      wtl_spake2p_finish_v (&run->verifier, run->y, share, run->share_v, &run->ids, pair_random, NULL, &result), ==,
      WTL_ERROR_POINT);
  g_assert_cmpmem (&result, sizeof result, &zeros, sizeof zeros);
}

static void
test_bad_points (void)
{
  struct run run;
  uint8_t share[WTL_POINT_SIZE];

  load_run (g_ptr_array_index (sections, 0), &run);
  g_assert_cmpint (wtl_prover_precompute (&run.prover, pair_random, NULL), ==, WTL_OK);

  memset (share, 0, sizeof share); /* the identity, by SEC 1 a lone zero byte */
  assert_refused (&run, share);
  share[0] = 0x04; /* (0, 0) is not on the curve */
  assert_refused (&run, share);

  /* Off the curve by one bit, at every bit. */
  for (size_t bit = 8; bit < WTL_POINT_SIZE * 8; bit++) {
    memcpy (share, run.share_p, sizeof share);
    share[bit / 8] ^= (uint8_t)(1 << bit % 8);
    assert_refused (&run, share);
  }

  /* Other encodings of a good point: compressed, hybrid. */
  for (int prefix = 0; prefix < 256; prefix++) {
    memcpy (share, run.share_p, sizeof share);
    share[0] = (uint8_t)prefix;
    if (prefix != 0x04)
      assert_refused (&run, share);
  }

  /* Coordinates that are not reduced. */
  memcpy (share, run.share_p, sizeof share);
  pair_from_hex (FIELD, share + 1, 32);
  assert_refused (&run, share);
  memset (share + 1, 0xff, 64);
  assert_refused (&run, share);
}

/* w0*N from a verifier, w0*M from a prover, leave the identity for Z and V. */
static void
test_identity (void)
{
  struct run run;
  struct wtl_spake2p_result result;

  load_run (g_ptr_array_index (sections, 0), &run);
  g_assert_cmpint (
      wtl_spake2p_finish_p (&run.prover, run.x, run.share_p, run.verifier.w0n, &run.ids, pair_random, NULL, &result),
      ==, WTL_ERROR_POINT);
  g_assert_cmpint (
      wtl_spake2p_finish_v (&run.verifier, run.y, run.verifier.w0m, run.share_v, &run.ids, pair_random, NULL, &result),
      ==, WTL_ERROR_POINT);
}

/* A run with fresh scalars; whether both ends agree. */
static bool
agree (const struct wtl_prover *prover, const struct wtl_verifier *verifier, const char *prover_context,
       const char *verifier_context)
{
  struct wtl_spake2p_ids p_ids = { (const uint8_t *)prover_context, strlen (prover_context), "companion", "device" };
  struct wtl_spake2p_ids v_ids
      = { (const uint8_t *)verifier_context, strlen (verifier_context), "companion", "device" };
  struct wtl_spake2p_result p;
  struct wtl_spake2p_result v;
  uint8_t x[WTL_SCALAR_SIZE];
  uint8_t y[WTL_SCALAR_SIZE];
  uint8_t share_p[WTL_POINT_SIZE];
  uint8_t share_v[WTL_POINT_SIZE];
  bool same;

  g_assert_cmpint (wtl_spake2p_scalar (pair_random, NULL, x), ==, WTL_OK);
  g_assert_cmpint (wtl_spake2p_scalar (pair_random, NULL, y), ==, WTL_OK);
  g_assert_cmpint (wtl_spake2p_share_p (prover, x, pair_random, NULL, share_p), ==, WTL_OK);
  g_assert_cmpint (wtl_spake2p_share_v (verifier, y, pair_random, NULL, share_v), ==, WTL_OK);
  g_assert_cmpint (wtl_spake2p_finish_p (prover, x, share_p, share_v, &p_ids, pair_random, NULL, &p), ==, WTL_OK);
  g_assert_cmpint (wtl_spake2p_finish_v (verifier, y, share_p, share_v, &v_ids, pair_random, NULL, &v), ==, WTL_OK);
  same = wtl_equal (p.confirm_v, v.confirm_v, WTL_HASH_SIZE);
  g_assert_true (same == wtl_equal (p.confirm_p, v.confirm_p, WTL_HASH_SIZE));
  g_assert_true (same == wtl_equal (p.shared, v.shared, WTL_HASH_SIZE));
  return same;
}

static void
test_secrets (void)
{
  static const uint8_t salt[] = "0123456789abcdef";
  struct wtl_prover right;
  struct wtl_prover wrong;
  struct wtl_verifier verifier;

  g_assert_cmpint (wtl_prover_from_secret ((const uint8_t *)"4071583926", 10, salt, 16, 1000, &right), ==, WTL_OK);
  g_assert_cmpint (wtl_verifier_from_prover (&right, pair_random, NULL, &verifier), ==, WTL_OK);
  g_assert_true (agree (&right, &verifier, "a", "a"));
  g_assert_false (agree (&right, &verifier, "a", "b"));

  /* Another secret, salt or count makes another prover. */
  g_assert_cmpint (wtl_prover_from_secret ((const uint8_t *)"4071583927", 10, salt, 16, 1000, &wrong), ==, WTL_OK);
  g_assert_false (agree (&wrong, &verifier, "a", "a"));
  g_assert_cmpint (wtl_prover_from_secret ((const uint8_t *)"4071583926", 10, salt, 17, 1000, &wrong), ==, WTL_OK);
  g_assert_false (agree (&wrong, &verifier, "a", "a"));
  g_assert_cmpint (wtl_prover_from_secret ((const uint8_t *)"4071583926", 10, salt, 16, 1001, &wrong), ==, WTL_OK);
  g_assert_false (agree (&wrong, &verifier, "a", "a"));

  /* w0 right and w1 wrong: what a thief of the verifier's w0 has. */
  wrong = right;
  memset (wrong.w1, 0x11, sizeof wrong.w1);
  g_assert_false (agree (&wrong, &verifier, "a", "a"));
}

/* w0 and w1 as RFC 9383 section 3.2 has it, computed with Python's hashlib.  With its
 * frame the longer one does not fit into a block of the hash. */
static void
test_derivation (void)
{
  static const uint8_t salt[] = "0123456789abcdef0123456789abcdef";
  static const struct {
    const char *secret;
    size_t salt_len;
    const char *w0;
    const char *w1;
  } cases[] = {
    { "4071583926", 16, "188d4f9a1bb951a7c3997b406156a6dfd4e94e723b31089439b9d69cf509f8e6",
      "200dd93893814dc818b94a4a7bc7c1d2dceb16140110b9cf1808ee4df7e93817" },
    { "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp", 32,
      "5be11ebb1dfaa3948345a9191a1be1ddd60d949d9d7170c118e17e6f10f8f7b5",
      "c7b3995048540c09ddefac9690809b9e5e767e82ae1c3259d144a000eb710d77" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    struct wtl_prover prover;
    g_autofree char *w0 = NULL;
    g_autofree char *w1 = NULL;

    g_assert_cmpint (wtl_prover_from_secret ((const uint8_t *)cases[i].secret, strlen (cases[i].secret), salt,
                                             cases[i].salt_len, 1000, &prover),
                     ==, WTL_OK);
    w0 = pair_to_hex (prover.w0, 32);
    w1 = pair_to_hex (prover.w1, 32);
    g_assert_cmpstr (w0, ==, cases[i].w0);
    g_assert_cmpstr (w1, ==, cases[i].w1);
  }
}

static void
test_bounds (void)
{
  uint8_t salt[WTL_SALT_MAX + 1] = { 0 };
  const uint8_t secret[WTL_SECRET_MAX + 1] = "secret";
  struct wtl_prover prover;

  static const struct {
    size_t secret_len, salt_len;
    uint32_t iterations;
    enum wtl_status status;
  } cases[] = {
    { 6, WTL_SALT_MIN, WTL_ITERATIONS_MIN, WTL_OK },
    { 6, WTL_SALT_MAX, WTL_ITERATIONS_MIN, WTL_OK },
    { 6, WTL_SALT_MIN, WTL_ITERATIONS_MAX, WTL_OK },
    { 0, WTL_SALT_MIN, WTL_ITERATIONS_MIN, WTL_ERROR_ARGUMENT },
    { WTL_SECRET_MAX, WTL_SALT_MIN, WTL_ITERATIONS_MIN, WTL_OK },
    { WTL_SECRET_MAX + 1, WTL_SALT_MIN, WTL_ITERATIONS_MIN, WTL_ERROR_ARGUMENT },
    { 6, WTL_SALT_MIN - 1, WTL_ITERATIONS_MIN, WTL_ERROR_ARGUMENT },
    { 6, WTL_SALT_MAX + 1, WTL_ITERATIONS_MIN, WTL_ERROR_ARGUMENT },
    { 6, 0, WTL_ITERATIONS_MIN, WTL_ERROR_ARGUMENT },
    { 6, WTL_SALT_MIN, WTL_ITERATIONS_MIN - 1, WTL_ERROR_ARGUMENT },
    { 6, WTL_SALT_MIN, 0, WTL_ERROR_ARGUMENT },
    { 6, WTL_SALT_MIN, WTL_ITERATIONS_MAX + 1, WTL_ERROR_ARGUMENT },
    { 6, WTL_SALT_MIN, UINT32_MAX, WTL_ERROR_ARGUMENT },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (
        wtl_prover_from_secret (secret, cases[i].secret_len, salt, cases[i].salt_len, cases[i].iterations, &prover), ==,
        cases[i].status);
}

static void
test_owner_key (void)
{
  uint8_t key[32] = { 1 };
  struct wtl_prover prover;
  struct wtl_verifier verifier;

  g_assert_cmpint (wtl_prover_from_owner_key (key, &prover), ==, WTL_OK);
  g_assert_cmpint (wtl_verifier_from_prover (&prover, pair_random, NULL, &verifier), ==, WTL_OK);
  g_assert_cmpint (verifier.salt_len, ==, 0);
  g_assert_cmpint (verifier.iterations, ==, 0);
  g_assert_true (agree (&prover, &verifier, "a", "a"));
  key[31] ^= 1;
  g_assert_cmpint (wtl_prover_from_owner_key (key, &prover), ==, WTL_OK);
  g_assert_false (agree (&prover, &verifier, "a", "a"));
}

/* A verifier as a SetUpRequest brings it. */
static void
test_complete (void)
{
  struct run run;
  struct wtl_verifier verifier = { 0 };

  load_run (g_ptr_array_index (sections, 0), &run);
  memcpy (verifier.w0, run.verifier.w0, sizeof verifier.w0);
  memcpy (verifier.l, run.verifier.l, sizeof verifier.l);
  g_assert_cmpint (wtl_verifier_complete (&verifier, pair_random, NULL), ==, WTL_OK);
  g_assert_cmpmem (verifier.w0m, WTL_POINT_SIZE, run.verifier.w0m, WTL_POINT_SIZE);
  g_assert_cmpmem (verifier.w0n, WTL_POINT_SIZE, run.verifier.w0n, WTL_POINT_SIZE);

  verifier.l[64] ^= 1;
  g_assert_cmpint (wtl_verifier_complete (&verifier, pair_random, NULL), ==, WTL_ERROR_POINT);
  memset (verifier.l, 0, sizeof verifier.l);
  g_assert_cmpint (wtl_verifier_complete (&verifier, pair_random, NULL), ==, WTL_ERROR_POINT);

  memcpy (verifier.l, run.verifier.l, sizeof verifier.l);
  memset (verifier.w0, 0, sizeof verifier.w0);
  g_assert_cmpint (wtl_verifier_complete (&verifier, pair_random, NULL), ==, WTL_ERROR_ARGUMENT);
  pair_from_hex (ORDER, verifier.w0, sizeof verifier.w0);
  g_assert_cmpint (wtl_verifier_complete (&verifier, pair_random, NULL), ==, WTL_ERROR_ARGUMENT);
  verifier.w0[31]--;
  g_assert_cmpint (wtl_verifier_complete (&verifier, pair_random, NULL), ==, WTL_OK);
}

static int
no_random (void *ctx, uint8_t *buf, size_t len)
{
  return -1;
}

static void
test_random_fails (void)
{
  struct run run;
  struct wtl_spake2p_result result;
  uint8_t out[WTL_POINT_SIZE];

  load_run (g_ptr_array_index (sections, 0), &run);
  g_assert_cmpint (wtl_spake2p_scalar (no_random, NULL, out), ==, WTL_ERROR_RANDOM);
  g_assert_cmpint (wtl_spake2p_share_p (&run.prover, run.x, no_random, NULL, out), ==, WTL_ERROR_RANDOM);
  g_assert_cmpint (
      wtl_spake2p_finish_v (&run.verifier, run.y, run.share_p, run.share_v, &run.ids, no_random, NULL, &result), ==,
      WTL_ERROR_RANDOM);
}

static gpointer
agree_often (gpointer data)
{
  struct run *run = data;

  for (int i = 0; i < 10; i++)
    g_assert_true (agree (&run->prover, &run->verifier, "a", "a"));
  return NULL;
}

/* What is kept between runs is no thread's alone. */
static void
test_threads (void)
{
  struct run runs[3];
  GThread *threads[3];

  for (guint i = 0; i < 3; i++)
    load_run (g_ptr_array_index (sections, i), &runs[i]);
  for (guint i = 0; i < 3; i++)
    threads[i] = g_thread_new ("agree", agree_often, &runs[i]);
  for (guint i = 0; i < 3; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  load_vectors ();
  g_test_add_func ("/pairing/spake2p/rfc9383-vectors", test_vectors);
  g_test_add_func ("/pairing/spake2p/bad-points", test_bad_points);
  g_test_add_func ("/pairing/spake2p/identity", test_identity);
  g_test_add_func ("/pairing/spake2p/secrets", test_secrets);
  g_test_add_func ("/pairing/spake2p/derivation", test_derivation);
  g_test_add_func ("/pairing/spake2p/bounds", test_bounds);
  g_test_add_func ("/pairing/spake2p/owner-key", test_owner_key);
  g_test_add_func ("/pairing/spake2p/complete", test_complete);
  g_test_add_func ("/pairing/spake2p/random-fails", test_random_fails);
  g_test_add_func ("/pairing/spake2p/threads", test_threads);
  result = g_test_run ();
  g_ptr_array_unref (sections);
  return result;
}
