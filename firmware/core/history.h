/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The readings: a ring of pages, oldest page erased when room is needed.
 *
 * A record's number is its place: the number its page starts with, and its
 * slot, so numbers are never used twice even where records were deleted.  Each
 * record says for which purposes it may be used; forgetting a purpose clears
 * its bit, and a record without one is zeroed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "firmware/core/flash.h"

struct wtl_history {
  const struct wtl_flash *flash;
  uint32_t first_page;
  uint32_t pages;

  /* the history's own */
  uint32_t page;     /* in use, 0..pages-1 */
  uint32_t slot;     /* next free one of it */
  uint32_t page_seq; /* number its first slot stands for; 0 = no page in use */
};

struct wtl_record {
  uint32_t sequence; /* from 1 */
  uint32_t time;     /* seconds since 1970; 0 = the clock was not set */
  int32_t value;
  uint32_t purposes; /* bit n-1: may be used for purpose n; never 0 */
};

/* Finds the end of the ring.  @history's first three fields are the caller's. */
void wtl_history_mount (struct wtl_history *history);

/* Appends @record, whose number is set.  WTL_ERROR_ARGUMENT without a purpose. */
enum wtl_status wtl_history_append (struct wtl_history *history, struct wtl_record *record);

/* Up to @max records with numbers above @after, oldest first.  Returns how many;
 * @more tells whether there are others. */
unsigned wtl_history_read (const struct wtl_history *history, uint32_t after, struct wtl_record *out, unsigned max,
                           bool *more);

/* Numbers of the oldest and newest record, 0 and 0 where there is none. */
void wtl_history_range (const struct wtl_history *history, uint32_t *first, uint32_t *last);

/* How many records there are that may be used for a purpose outside @allowed. */
uint32_t wtl_history_count (const struct wtl_history *history, uint32_t allowed);

/* Forgets every purpose outside @allowed.  May be repeated. */
enum wtl_status wtl_history_restrict (const struct wtl_history *history, uint32_t allowed);

/* Erases every page, blank or not. */
enum wtl_status wtl_history_erase (struct wtl_history *history);

/* How often the page that was erased most was erased since all were. */
uint32_t wtl_history_erases (const struct wtl_history *history);

/* Whether any page holds anything. */
bool wtl_history_is_blank (const struct wtl_history *history);
