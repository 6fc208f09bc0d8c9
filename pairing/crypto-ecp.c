/* SPDX-License-Identifier: Apache-2.0 */
/*
 * P-256 on Mbed TLS 2.28 and 3.x, by its public functions only (3.x hides the
 * coordinates of a point).
 */
#include "pairing/crypto.h"

#include <mbedtls/bignum.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/version.h>
#include <stdatomic.h>

/* All that one computation needs. */
struct curve {
  mbedtls_ecp_group *group;
  mbedtls_ecp_group own;
  mbedtls_ecp_point p;
  mbedtls_ecp_point q;
  mbedtls_mpi k;
  mbedtls_mpi s;
};

/* Mbed TLS 2.28 makes a table of the generator's multiples in the group, at
 * the first multiplication, and that is three fifths of the work of one (3.x
 * has it as a constant).  So one group is kept.  Whoever finds it taken, by
 * another thread, does with one of his own. */
static mbedtls_ecp_group kept;
static bool kept_is_loaded;
static atomic_flag kept_is_taken = ATOMIC_FLAG_INIT;

/* To 2.28 any point can be a group's generator, and gets a table likewise.
 * Who holds `kept` holds this one. */
#define HAVE_TABLES (MBEDTLS_VERSION_MAJOR < 3)
static mbedtls_ecp_group fixed;
static bool fixed_is_loaded;

static int
rng_fill (void *ctx, unsigned char *buf, size_t len)
{
  struct wtl_rng *rng = ctx;

  if (rng->random && rng->random (rng->ctx, buf, len) == 0)
    return 0;
  rng->failed = true;
  return MBEDTLS_ERR_ECP_RANDOM_FAILED;
}

static enum wtl_status
status_of (int error, const struct wtl_rng *rng)
{
  if (error == 0)
    return WTL_OK;
  return rng && rng->failed ? WTL_ERROR_RANDOM : WTL_ERROR_CRYPTO;
}

static enum wtl_status
load_group (mbedtls_ecp_group *group)
{
  mbedtls_ecp_group_init (group);
  return status_of (mbedtls_ecp_group_load (group, MBEDTLS_ECP_DP_SECP256R1), NULL);
}

static enum wtl_status
curve_init (struct curve *curve)
{
  enum wtl_status status = WTL_OK;

  mbedtls_ecp_group_init (&curve->own);
  mbedtls_ecp_point_init (&curve->p);
  mbedtls_ecp_point_init (&curve->q);
  mbedtls_mpi_init (&curve->k);
  mbedtls_mpi_init (&curve->s);
  if (atomic_flag_test_and_set (&kept_is_taken)) {
    curve->group = &curve->own;
    return load_group (curve->group);
  }
  curve->group = &kept;
  if (!kept_is_loaded) {
    status = load_group (&kept);
    kept_is_loaded = status == WTL_OK;
  }
  return status;
}

/* The library wipes what it frees. */
static void
curve_free (struct curve *curve)
{
  mbedtls_mpi_free (&curve->s);
  mbedtls_mpi_free (&curve->k);
  mbedtls_ecp_point_free (&curve->q);
  mbedtls_ecp_point_free (&curve->p);
  mbedtls_ecp_group_free (&curve->own);
  if (curve->group == &kept)
    atomic_flag_clear (&kept_is_taken);
}

static enum wtl_status
read_scalar (struct curve *curve, const uint8_t k[WTL_SCALAR_SIZE])
{
  if (mbedtls_mpi_read_binary (&curve->k, k, WTL_SCALAR_SIZE))
    return WTL_ERROR_CRYPTO;
  return mbedtls_ecp_check_privkey (curve->group, &curve->k) ? WTL_ERROR_ARGUMENT : WTL_OK;
}

static enum wtl_status
read_point (struct curve *curve, const uint8_t in[WTL_POINT_SIZE], mbedtls_ecp_point *point)
{
  /* The library also reads a lone zero byte as the identity. */
  if (in[0] != 0x04 || mbedtls_ecp_point_read_binary (curve->group, point, in, WTL_POINT_SIZE))
    return WTL_ERROR_POINT;
  return mbedtls_ecp_check_pubkey (curve->group, point) ? WTL_ERROR_POINT : WTL_OK;
}

static enum wtl_status
write_point (struct curve *curve, const mbedtls_ecp_point *point, uint8_t out[WTL_POINT_SIZE])
{
  size_t len = 0;

  if (mbedtls_ecp_is_zero ((mbedtls_ecp_point *)point))
    return WTL_ERROR_POINT;
  if (mbedtls_ecp_point_write_binary (curve->group, point, MBEDTLS_ECP_PF_UNCOMPRESSED, &len, out, WTL_POINT_SIZE))
    return WTL_ERROR_CRYPTO;
  return len == WTL_POINT_SIZE ? WTL_OK : WTL_ERROR_CRYPTO;
}

enum wtl_status
wtl_scalar_check (const uint8_t k[WTL_SCALAR_SIZE])
{
  struct curve curve;
  enum wtl_status status = curve_init (&curve);

  if (status == WTL_OK)
    status = read_scalar (&curve, k);
  curve_free (&curve);
  return status;
}

enum wtl_status
wtl_scalar_reduce (const uint8_t *in, size_t len, uint8_t out[WTL_SCALAR_SIZE])
{
  struct curve curve;
  enum wtl_status status = curve_init (&curve);

  if (status == WTL_OK
      && (mbedtls_mpi_read_binary (&curve.k, in, len) || mbedtls_mpi_mod_mpi (&curve.s, &curve.k, &curve.group->N)
          || mbedtls_mpi_write_binary (&curve.s, out, WTL_SCALAR_SIZE)))
    status = WTL_ERROR_CRYPTO;
  curve_free (&curve);
  return status;
}

enum wtl_status
wtl_scalar_random (struct wtl_rng *rng, uint8_t out[WTL_SCALAR_SIZE])
{
  struct curve curve;
  enum wtl_status status = curve_init (&curve);

  if (status == WTL_OK)
    status = status_of (mbedtls_ecp_gen_privkey (curve.group, &curve.k, rng_fill, rng), rng);
  if (status == WTL_OK)
    status = status_of (mbedtls_mpi_write_binary (&curve.k, out, WTL_SCALAR_SIZE), NULL);
  curve_free (&curve);
  return status;
}

enum wtl_status
wtl_point_check (const uint8_t p[WTL_POINT_SIZE])
{
  struct curve curve;
  enum wtl_status status = curve_init (&curve);

  if (status == WTL_OK)
    status = read_point (&curve, p, &curve.p);
  curve_free (&curve);
  return status;
}

/* k*P, P in or of @group, by way of curve->q. */
static enum wtl_status
multiply_in (struct curve *curve, mbedtls_ecp_group *group, const mbedtls_ecp_point *p, const uint8_t *k,
             struct wtl_rng *rng, uint8_t out[WTL_POINT_SIZE])
{
  enum wtl_status status = read_scalar (curve, k);

  if (status == WTL_OK)
    status = status_of (mbedtls_ecp_mul (group, &curve->q, &curve->k, p, rng_fill, rng), rng);
  return status == WTL_OK ? write_point (curve, &curve->q, out) : status;
}

enum wtl_status
wtl_point_mul_base (const uint8_t k[WTL_SCALAR_SIZE], struct wtl_rng *rng, uint8_t out[WTL_POINT_SIZE])
{
  struct curve curve;
  enum wtl_status status = curve_init (&curve);

  if (status == WTL_OK)
    status = multiply_in (&curve, curve.group, &curve.group->G, k, rng, out);
  curve_free (&curve);
  return status;
}

enum wtl_status
wtl_point_mul (const uint8_t k[WTL_SCALAR_SIZE], const uint8_t p[WTL_POINT_SIZE], struct wtl_rng *rng,
               uint8_t out[WTL_POINT_SIZE])
{
  struct curve curve;
  enum wtl_status status = curve_init (&curve);

  if (status == WTL_OK)
    status = read_point (&curve, p, &curve.p);
  if (status == WTL_OK)
    status = multiply_in (&curve, curve.group, &curve.p, k, rng, out);
  curve_free (&curve);
  return status;
}

/* @group with curve->p for its generator.  The one it was loaded with is
 * constant memory, so that point is begun anew, and freed by who made it. */
static enum wtl_status
make_table_group (struct curve *curve, mbedtls_ecp_group *group)
{
  enum wtl_status status = load_group (group);

  mbedtls_ecp_point_init (&group->G);
  return status == WTL_OK ? status_of (mbedtls_ecp_copy (&group->G, &curve->p), NULL) : status;
}

static void
free_table_group (mbedtls_ecp_group *group)
{
  mbedtls_ecp_point_free (&group->G);
  mbedtls_ecp_group_free (group);
  mbedtls_ecp_group_init (group);
}

enum wtl_status
wtl_point_mul_twice (const uint8_t k[WTL_SCALAR_SIZE], const uint8_t l[WTL_SCALAR_SIZE],
                     const uint8_t p[WTL_POINT_SIZE], struct wtl_rng *rng, uint8_t kp[WTL_POINT_SIZE],
                     uint8_t lp[WTL_POINT_SIZE])
{
  struct curve curve;
  mbedtls_ecp_group table;
  mbedtls_ecp_group *group;
  enum wtl_status status = curve_init (&curve);

  mbedtls_ecp_group_init (&table);
  group = HAVE_TABLES ? &table : curve.group;
  if (status == WTL_OK)
    status = read_point (&curve, p, &curve.p);
  if (status == WTL_OK && HAVE_TABLES)
    status = make_table_group (&curve, group);
  if (status == WTL_OK)
    status = multiply_in (&curve, group, &curve.p, k, rng, kp);
  if (status == WTL_OK)
    status = multiply_in (&curve, group, &curve.p, l, rng, lp);
  if (group == &table)
    free_table_group (&table);
  curve_free (&curve);
  return status;
}

enum wtl_status
wtl_point_mul_fixed (const uint8_t k[WTL_SCALAR_SIZE], const uint8_t p[WTL_POINT_SIZE], struct wtl_rng *rng,
                     uint8_t out[WTL_POINT_SIZE])
{
  struct curve curve;
  mbedtls_ecp_group *group;
  enum wtl_status status = curve_init (&curve);

  group = HAVE_TABLES && curve.group == &kept ? &fixed : curve.group;
  if (status == WTL_OK)
    status = read_point (&curve, p, &curve.p);
  if (status == WTL_OK && group == &fixed && !(fixed_is_loaded && mbedtls_ecp_point_cmp (&fixed.G, &curve.p) == 0)) {
    free_table_group (&fixed);
    status = make_table_group (&curve, group);
    fixed_is_loaded = status == WTL_OK;
  }
  if (status == WTL_OK)
    status = multiply_in (&curve, group, &curve.p, k, rng, out);
  curve_free (&curve);
  return status;
}

void
wtl_point_forget_fixed (void)
{
  /* Another thread that has it is in the middle of a handshake with it. */
  if (!HAVE_TABLES || atomic_flag_test_and_set (&kept_is_taken))
    return;
  free_table_group (&fixed);
  fixed_is_loaded = false;
  atomic_flag_clear (&kept_is_taken);
}

/* P + sign*Q.  With 1 and -1 the library multiplies nothing, so that what it
 * says about muladd's timing does not matter here. */
static enum wtl_status
combine (const uint8_t p[WTL_POINT_SIZE], const uint8_t q[WTL_POINT_SIZE], int sign, uint8_t out[WTL_POINT_SIZE])
{
  struct curve curve;
  enum wtl_status status = curve_init (&curve);

  if (status == WTL_OK)
    status = read_point (&curve, p, &curve.p);
  if (status == WTL_OK)
    status = read_point (&curve, q, &curve.q);
  if (status == WTL_OK
      && (mbedtls_mpi_lset (&curve.k, 1) || mbedtls_mpi_lset (&curve.s, sign)
          || mbedtls_ecp_muladd (curve.group, &curve.p, &curve.k, &curve.p, &curve.s, &curve.q)))
    status = WTL_ERROR_CRYPTO;
  if (status == WTL_OK)
    status = write_point (&curve, &curve.p, out);
  curve_free (&curve);
  return status;
}

enum wtl_status
wtl_point_add (const uint8_t p[WTL_POINT_SIZE], const uint8_t q[WTL_POINT_SIZE], uint8_t out[WTL_POINT_SIZE])
{
  return combine (p, q, 1, out);
}

enum wtl_status
wtl_point_sub (const uint8_t p[WTL_POINT_SIZE], const uint8_t q[WTL_POINT_SIZE], uint8_t out[WTL_POINT_SIZE])
{
  return combine (p, q, -1, out);
}

enum wtl_status
wtl_ecdsa_sign (const uint8_t key[WTL_SCALAR_SIZE], const uint8_t hash[WTL_HASH_SIZE], struct wtl_rng *rng,
                uint8_t signature[64])
{
  struct curve curve;
  mbedtls_mpi r;
  enum wtl_status status = curve_init (&curve);

  mbedtls_mpi_init (&r);
  if (status == WTL_OK)
    status = read_scalar (&curve, key);
  if (status == WTL_OK)
    status = status_of (mbedtls_ecdsa_sign_det_ext (curve.group, &r, &curve.s, &curve.k, hash, WTL_HASH_SIZE,
                                                    MBEDTLS_MD_SHA256, rng_fill, rng),
                        rng);
  if (status == WTL_OK
      && (mbedtls_mpi_write_binary (&r, signature, 32) || mbedtls_mpi_write_binary (&curve.s, signature + 32, 32)))
    status = WTL_ERROR_CRYPTO;
  mbedtls_mpi_free (&r);
  curve_free (&curve);
  return status;
}

enum wtl_status
wtl_ecdsa_verify (const uint8_t key[WTL_POINT_SIZE], const uint8_t hash[WTL_HASH_SIZE], const uint8_t signature[64])
{
  struct curve curve;
  mbedtls_mpi r;
  enum wtl_status status = curve_init (&curve);
  int error;

  mbedtls_mpi_init (&r);
  if (status == WTL_OK)
    status = read_point (&curve, key, &curve.p);
  if (status == WTL_OK
      && (mbedtls_mpi_read_binary (&r, signature, 32) || mbedtls_mpi_read_binary (&curve.s, signature + 32, 32)))
    status = WTL_ERROR_CRYPTO;
  if (status == WTL_OK) {
    error = mbedtls_ecdsa_verify (curve.group, hash, WTL_HASH_SIZE, &curve.p, &r, &curve.s);
    if (error)
      status = error == MBEDTLS_ERR_ECP_VERIFY_FAILED ? WTL_ERROR_FORGED : WTL_ERROR_CRYPTO;
  }
  mbedtls_mpi_free (&r);
  curve_free (&curve);
  return status;
}
