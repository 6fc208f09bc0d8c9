/* SPDX-License-Identifier: Apache-2.0 */
/* What MCUboot says is heard with SWAP_VERBOSE in the environment. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#define MCUBOOT_LOG_MODULE_DECLARE(domain)
#define MCUBOOT_LOG_MODULE_REGISTER(domain)
#define SWAP_LOG(...)                                                                                                  \
  do {                                                                                                                 \
    if (getenv ("SWAP_VERBOSE") != NULL) {                                                                             \
      fprintf (stderr, "# " __VA_ARGS__);                                                                              \
      fputc ('\n', stderr);                                                                                            \
    }                                                                                                                  \
  } while (0)
#define MCUBOOT_LOG_ERR(...) SWAP_LOG (__VA_ARGS__)
#define MCUBOOT_LOG_WRN(...) SWAP_LOG (__VA_ARGS__)
#define MCUBOOT_LOG_INF(...) SWAP_LOG (__VA_ARGS__)
#define MCUBOOT_LOG_DBG(...)
#define MCUBOOT_LOG_SIM(...)
