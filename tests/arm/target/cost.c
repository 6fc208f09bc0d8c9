/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the device's side of a handshake, of a message and of a wipe takes, in
 * instructions and in bytes of stack and of Mbed TLS's heap, with the real curve and a whole device on
 * emulated flash.  The linker puts the functions here around the device's own,
 * so that the companion, which is on the same chip, is not counted.
 *
 * Prints "NAME instructions N", "NAME stack N" and "NAME heap N" lines.
 */
#include <malloc.h>
#include <string.h>

#include "board.h"
#include "tests/arm/target/fresh-curve.h"
#include "tests/unit/firmware/rig.h"

#define PAINT 0xa5a5a5a5u
#define PAINTED 4096   /* words */
#define CURVE 1000000u /* instructions that no packet takes unless it is about the curve */

static uint64_t instructions;
static uint32_t deepest; /* bytes */
static size_t heap;      /* bytes that Mbed TLS has taken in the device's functions, now and at most */
static size_t heap_most;
static bool in_device;
static bool after_start; /* nothing is kept from a handshake before */

void *__real_calloc (size_t count, size_t size);
void *__wrap_calloc (size_t count, size_t size);
void __real_free (void *at);
void __wrap_free (void *at);
void __real_wtl_device_packet (struct wtl_device *device, const uint8_t *packet, size_t len);
void __wrap_wtl_device_packet (struct wtl_device *device, const uint8_t *packet, size_t len);

void *
__wrap_calloc (size_t count, size_t size)
{
  void *at = __real_calloc (count, size);

  if (in_device) {
    heap += malloc_usable_size (at);
    heap_most = heap > heap_most ? heap : heap_most;
  }
  return at;
}

void
__wrap_free (void *at)
{
  if (in_device && at != NULL)
    heap -= malloc_usable_size (at);
  __real_free (at);
}

/* Nothing interrupts this program, so what lies below its stack pointer is free. */
static uint32_t *
stack_pointer (void)
{
  uint32_t *at;

  __asm__ volatile("mov %0, sp" : "=r"(at));
  return at;
}

void
__wrap_wtl_device_packet (struct wtl_device *device, const uint8_t *packet, size_t len)
{
  uint32_t *top = stack_pointer ();
  volatile uint32_t *at;
  uint32_t taken;

  if (after_start)
    fresh_curve ();
  for (at = top - PAINTED; at < top; at++)
    *at = PAINT;
  in_device = true;
  board_count_start ();
  __real_wtl_device_packet (device, packet, len);
  taken = board_count_stop ();
  in_device = false;
  instructions += taken;
  if (taken > CURVE)
    after_start = false;
  for (at = top - PAINTED; *at == PAINT;)
    at++;
  g_assert_true (at > top - PAINTED);
  if ((uint32_t)(top - at) * 4 > deepest)
    deepest = (uint32_t)(top - at) * 4;
}

static void
begin (bool fresh)
{
  instructions = 0;
  deepest = 0;
  heap = heap_most = 0;
  after_start = fresh;
}

static void
tell (const char *name)
{
  printf ("%s instructions %llu\n", name, (unsigned long long)instructions);
  printf ("%s stack %lu\n%s heap %lu\n", name, (unsigned long)deepest, name, (unsigned long)heap_most);
}

int
main (void)
{
  static const uint8_t wipe_id[16] = "a wipe to count.";
  g_autoptr (Rig) rig = rig_new ();

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  begin (true);
  rig_set_up (rig);
  tell ("set-up");

  g_assert_cmpint (rig_boot (rig), ==, WTL_OK);
  begin (true);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  tell ("handshake");
  begin (false);
  g_assert_cmpint (rig_open_owner (rig), ==, WTL_OK);
  tell ("handshake-again");

  g_assert_nonnull (rig_ask_consent (rig, 1, 6));
  rig_wait (rig, 20 * RIG_SAMPLE_MS);
  begin (false);
  g_assert_nonnull (rig_ask_readings (rig, 0));
  g_assert_cmpint (rig->response.which_body, ==, wtl_Response_readings_tag);
  tell ("message");

  g_assert_nonnull (rig_ask_prepare (rig, wipe_id));
  begin (false);
  g_assert_nonnull (rig_ask_commit (rig, wipe_id));
  g_assert_cmpint (rig_error (rig), ==, wtl_ERROR_CODE_NONE);
  tell ("wipe");
  return 0;
}
