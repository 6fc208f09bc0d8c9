/* SPDX-License-Identifier: Apache-2.0 */
/* The LED: the devicetree alias "wattle-lamp".  docs/firmware.md has the table
 * of its meanings for people. */
#pragma once

#include <stdint.h>

enum lamp_pattern {
  LAMP_OFF,     /* owned and at rest, or not to be found */
  LAMP_NEW,     /* can be set up: one blink in two seconds */
  LAMP_TALKING, /* a session is open: on */
  LAMP_WIPING,  /* a wipe is under way: two a second */
  LAMP_ALERT,   /* something is off: a second on, a second off */
  LAMP_BROKEN,  /* the memory cannot be used: very quick, for ever */
};

/* Shows @pattern from now on; the same again changes nothing. */
void lamp_show (enum lamp_pattern pattern);

/* Shows for how long, in milliseconds, the button is held, whatever the pattern: one
 * blink a second, of a tenth of it after the first and of nine tenths after the ninth.
 * To be called at least ten times a second; 0: it is not held any more. */
void lamp_count (uint32_t held);
