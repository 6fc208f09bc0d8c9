/* SPDX-License-Identifier: Apache-2.0 */
/* The LED: the devicetree alias "wattle-lamp".  firmware/zephyr/README.md has the table
 * of its meanings for people. */
#pragma once

enum lamp_pattern {
  LAMP_OFF,     /* owned and at rest, or not to be found */
  LAMP_NEW,     /* can be set up: one blink in two seconds */
  LAMP_TALKING, /* a session is open: on */
  LAMP_HOLDING, /* the button is held: quick */
  LAMP_WIPING,  /* a wipe is under way: two a second */
  LAMP_ALERT,   /* something is off: a second on, a second off */
  LAMP_BROKEN,  /* the memory cannot be used: very quick, for ever */
};

/* Shows @pattern from now on; the same again changes nothing. */
void lamp_show (enum lamp_pattern pattern);
