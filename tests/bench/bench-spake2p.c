/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one side of a SPAKE2+ run takes, beside
 *
 *  - the three P-256 multiplications that neither role can do without (the
 *    prover's x*P, x*(Y-w0*N), w1*(Y-w0*N); the verifier's y*P, y*(X-w0*M),
 *    y*L), by mbedtls_ecp_mul() in one group that is loaded once, so that the
 *    library's own table of the generator's multiples helps both alike;
 *  - the same side of matter.js's SPAKE2+, on Node.js, which is installed from
 *    npm into the build folder at the first run.
 *
 * A side is its ephemeral scalar, share, keys and both confirmations, without
 * PBKDF2.  w0*M and w0*N are there from registration.
 */
#include <gio/gio.h>
#include <mbedtls/ecp.h>
#include <string.h>

#include "pairing/spake2p.h"
#include "tests/bench/samples.h"
#include "tests/unit/pairing/pair.h"

#define ROUNDS 150
#define WARM_UP 15

static const struct wtl_spake2p_ids ids = { (const uint8_t *)"bench", 5, WTL_ID_PROVER, WTL_ID_VERIFIER };

struct sides {
  struct wtl_prover prover;
  struct wtl_prover bare_prover; /* nothing precomputed */
  struct wtl_verifier verifier;
  uint8_t peer_p[WTL_POINT_SIZE]; /* shares that somebody sent */
  uint8_t peer_v[WTL_POINT_SIZE];
};

static void
must (enum wtl_status status)
{
  g_assert_cmpint (status, ==, WTL_OK);
}

static void
set_up (struct sides *sides)
{
  static const uint8_t key[32] = "an owner's key";
  uint8_t scalar[WTL_SCALAR_SIZE];

  must (wtl_prover_from_owner_key (key, &sides->bare_prover));
  sides->prover = sides->bare_prover;
  must (wtl_prover_precompute (&sides->prover, pair_random, NULL));
  must (wtl_verifier_from_prover (&sides->prover, pair_random, NULL, &sides->verifier));
  must (wtl_spake2p_scalar (pair_random, NULL, scalar));
  must (wtl_spake2p_share_p (&sides->prover, scalar, pair_random, NULL, sides->peer_p));
  must (wtl_spake2p_share_v (&sides->verifier, scalar, pair_random, NULL, sides->peer_v));
}

static double
time_prover (const struct sides *sides, const struct wtl_prover *prover)
{
  struct wtl_spake2p_result result;
  uint8_t x[WTL_SCALAR_SIZE];
  uint8_t share[WTL_POINT_SIZE];
  double start = samples_now ();

  must (wtl_spake2p_scalar (pair_random, NULL, x));
  must (wtl_spake2p_share_p (prover, x, pair_random, NULL, share));
  must (wtl_spake2p_finish_p (prover, x, share, sides->peer_v, &ids, pair_random, NULL, &result));
  return samples_now () - start;
}

static double
time_verifier (const struct sides *sides)
{
  struct wtl_spake2p_result result;
  uint8_t y[WTL_SCALAR_SIZE];
  uint8_t share[WTL_POINT_SIZE];
  double start = samples_now ();

  must (wtl_spake2p_scalar (pair_random, NULL, y));
  must (wtl_spake2p_share_v (&sides->verifier, y, pair_random, NULL, share));
  must (wtl_spake2p_finish_v (&sides->verifier, y, sides->peer_p, share, &ids, pair_random, NULL, &result));
  return samples_now () - start;
}

/* One by the generator, two by points that come from outside. */
static double
time_multiplications (mbedtls_ecp_group *group, const struct sides *sides)
{
  mbedtls_ecp_point p;
  mbedtls_ecp_point q;
  mbedtls_ecp_point out;
  mbedtls_mpi k;
  double start;
  double taken;

  mbedtls_ecp_point_init (&p);
  mbedtls_ecp_point_init (&q);
  mbedtls_ecp_point_init (&out);
  mbedtls_mpi_init (&k);
  g_assert_cmpint (mbedtls_ecp_gen_privkey (group, &k, pair_random, NULL), ==, 0);
  g_assert_cmpint (mbedtls_ecp_point_read_binary (group, &p, sides->peer_p, WTL_POINT_SIZE), ==, 0);
  g_assert_cmpint (mbedtls_ecp_point_read_binary (group, &q, sides->peer_v, WTL_POINT_SIZE), ==, 0);
  start = samples_now ();
  g_assert_cmpint (mbedtls_ecp_mul (group, &out, &k, &group->G, pair_random, NULL), ==, 0);
  g_assert_cmpint (mbedtls_ecp_mul (group, &out, &k, &p, pair_random, NULL), ==, 0);
  g_assert_cmpint (mbedtls_ecp_mul (group, &out, &k, &q, pair_random, NULL), ==, 0);
  taken = samples_now () - start;
  mbedtls_mpi_free (&k);
  mbedtls_ecp_point_free (&out);
  mbedtls_ecp_point_free (&q);
  mbedtls_ecp_point_free (&p);
  return taken;
}

/* --- matter.js --- */

struct matter {
  GSubprocess *node;
  GOutputStream *ask;
  GDataInputStream *answer;
};

/* npm install, once; FALSE with a line that says why there is no comparison. */
static gboolean
install_matter (void)
{
  g_autofree char *installed = g_build_filename (WATTLE_MATTER_DIR, "node_modules", "@matter", "main", NULL);
  g_autofree char *node = g_find_program_in_path ("node");
  g_autofree char *npm = g_find_program_in_path ("npm");
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) install = NULL;

  if (!node || !npm) {
    g_print ("matter.js: NOT COMPARED, node or npm is not installed\n");
    return FALSE;
  }
  if (g_file_test (installed, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_print ("matter.js: installing @matter/main from npm into %s\n", WATTLE_MATTER_DIR);
  g_subprocess_launcher_set_cwd (launcher, WATTLE_MATTER_DIR);
  install = g_subprocess_launcher_spawn (launcher, NULL, npm, "install", "--no-audit", "--no-fund", "--ignore-scripts",
                                         "--loglevel=error", NULL);
  if (install && g_subprocess_wait_check (install, NULL, NULL))
    return TRUE;
  g_print ("matter.js: NOT COMPARED, @matter/main could not be had from npm\n");
  return FALSE;
}

static gboolean
start_matter (struct matter *matter)
{
  if (!install_matter ())
    return FALSE;
  matter->node = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "node",
                                   WATTLE_MATTER_DIR "/spake2p.mjs", NULL);
  if (!matter->node)
    return FALSE;
  matter->ask = g_subprocess_get_stdin_pipe (matter->node);
  matter->answer = g_data_input_stream_new (g_subprocess_get_stdout_pipe (matter->node));
  return TRUE;
}

/* What its two sides took this time. */
static gboolean
time_matter (struct matter *matter, double *prover, double *verifier)
{
  g_autofree char *line = NULL;
  char *rest;

  if (!g_output_stream_write_all (matter->ask, "go\n", 3, NULL, NULL, NULL))
    return FALSE;
  line = g_data_input_stream_read_line (matter->answer, NULL, NULL, NULL);
  if (!line)
    return FALSE;
  *prover = g_ascii_strtod (line, &rest);
  *verifier = g_ascii_strtod (rest, NULL);
  return TRUE;
}

static void
stop_matter (struct matter *matter)
{
  g_output_stream_close (matter->ask, NULL, NULL);
  g_subprocess_wait (matter->node, NULL, NULL);
  g_object_unref (matter->answer);
  g_object_unref (matter->node);
}

int
main (void)
{
  struct sides sides;
  struct matter matter = { 0 };
  mbedtls_ecp_group group;
  Samples *ours[3];
  Samples *theirs[2];
  Samples *needed = samples_new ();
  gboolean has_matter = start_matter (&matter);

  for (int i = 0; i < 3; i++)
    ours[i] = samples_new ();
  for (int i = 0; i < 2; i++)
    theirs[i] = samples_new ();
  set_up (&sides);
  mbedtls_ecp_group_init (&group);
  g_assert_cmpint (mbedtls_ecp_group_load (&group, MBEDTLS_ECP_DP_SECP256R1), ==, 0);

  for (int round = 0; round < WARM_UP + ROUNDS; round++) {
    double prover = time_prover (&sides, &sides.prover);
    double verifier = time_verifier (&sides);
    double bare = time_prover (&sides, &sides.bare_prover);
    double multiplications = time_multiplications (&group, &sides);
    double their_prover = 0;
    double their_verifier = 0;

    if (has_matter && !time_matter (&matter, &their_prover, &their_verifier)) {
      g_print ("matter.js: NOT COMPARED, it stopped\n");
      has_matter = FALSE;
    }
    if (round < WARM_UP)
      continue;
    samples_add (ours[0], prover);
    samples_add (ours[1], verifier);
    samples_add (ours[2], bare);
    samples_add (needed, multiplications);
    samples_add (theirs[0], their_prover);
    samples_add (theirs[1], their_verifier);
  }

  g_print ("SPAKE2+, one side, medians of %d in turns\n", ROUNDS);
  samples_print_ratio ("prover / its 3 multiplications", samples_median (ours[0]), samples_median (needed), 1.25);
  samples_print_ratio ("verifier / its 3 multiplications", samples_median (ours[1]), samples_median (needed), 1.25);
  if (has_matter) {
    samples_print_ratio ("prover / matter.js's", samples_median (ours[0]), samples_median (theirs[0]), 0.8);
    samples_print_ratio ("verifier / matter.js's", samples_median (ours[1]), samples_median (theirs[1]), 0.8);
    samples_print_ratio ("prover with nothing precomputed / matter.js's", samples_median (ours[2]),
                         samples_median (theirs[0]), 0);
  }
  if (matter.node)
    stop_matter (&matter);
  mbedtls_ecp_group_free (&group);
  return 0;
}
