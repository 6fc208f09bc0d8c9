/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random and half-right bytes for what reads what comes from outside.  Nothing may
 * crash, hang, or read beyond its input: each is in memory of exactly its size, for
 * AddressSanitizer.
 *
 *   fuzz-PART [-p /PART/fuzz/TARGET]    the same inputs each time;
 *                       WATTLE_FUZZ_SEED and WATTLE_FUZZ_RUNS change that
 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct fuzz_target {
  const char *name;
  void (*run) (const uint8_t *data, size_t len);
  unsigned runs;
};

/* In place of g_test_init(). */
void fuzz_init (int *argc, char ***argv, guint32 seed);

/* A well-formed input to start from; copied. */
void fuzz_add_seed (const void *data, size_t len);

/* In place of g_test_run(): runs every target. */
int fuzz_run (const char *prefix, const struct fuzz_target *targets, size_t n_targets);
