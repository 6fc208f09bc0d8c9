/* SPDX-License-Identifier: Apache-2.0 */
/* From the code to the wipe with Zephyr's Mbed TLS, and what that takes of stack and heap. */
#include <string.h>
#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include "pair.h"

#define STACK_SPARE 768 /* bytes for what Bluetooth's host does below the core's calls */

static void *
begin (void)
{
  pair_begin ();
  return NULL;
}

ZTEST (session, test_life)
{
  char code[PAIR_CODE_SIZE];

  zassert_equal (pair_open (wtl_SECRET_KIND_SETUP_CODE, "4071583927", 10), WTL_ERROR_CONFIRM);
  zassert_equal (pair_open (wtl_SECRET_KIND_SETUP_CODE, PAIR_CODE, strlen (PAIR_CODE)), WTL_OK);
  pair_set_up ();
  pair_restart ();
  zassert_equal (pair_open (wtl_SECRET_KIND_SETUP_CODE, PAIR_CODE, strlen (PAIR_CODE)), WTL_ERROR_NOT_NOW);
  zassert_equal (pair_open (wtl_SECRET_KIND_PASSWORD, PAIR_PASSWORD, strlen (PAIR_PASSWORD)), WTL_OK);
  for (int i = 0; i < 3; i++)
    zassert_equal (pair_open_owner (), WTL_OK);
  pair_ask_plain (wtl_Request_get_info_tag);
  zassert_equal (pair_response.body.info.state, wtl_DEVICE_STATE_OWNED);
  zassert_str_equal (pair_response.body.info.unit_id, PAIR_UNIT);
  pair_ask_plain (wtl_Request_get_integrity_tag);
  zassert_equal (pair_response.which_body, wtl_Response_integrity_tag);
  zassert_equal (pair_response.body.integrity.boot_count, 2);
  pair_wipe (code);
  zassert_equal (pair_open_owner (), WTL_ERROR_NOT_NOW);

  TC_PRINT ("heap: at most %u of %u bytes, the companion's included\n", (unsigned)pair_heap_used (),
            CONFIG_MBEDTLS_HEAP_SIZE);
  zassert_true (pair_heap_used () < CONFIG_MBEDTLS_HEAP_SIZE);
#ifndef CONFIG_ARCH_POSIX /* there a thread has a stack of the host's */
  TC_PRINT ("stack: at most %u of %u bytes\n", (unsigned)pair_stack_used (), CONFIG_MAIN_STACK_SIZE);
  zassert_true (pair_stack_used () + STACK_SPARE <= CONFIG_MAIN_STACK_SIZE);
#endif
}

ZTEST_SUITE (session, NULL, begin, NULL, NULL, NULL);
