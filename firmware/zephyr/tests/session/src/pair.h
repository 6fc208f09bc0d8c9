/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device and its companion.  What the device does happens on a thread of its
 * own with the product's stack, so that its need can be measured.
 */
#pragma once

#include "firmware/core/device.h"

#define PAIR_CODE "4071583926"
#define PAIR_CODE_SIZE sizeof ((wtl_WipePrepareReply *)0)->next_code
#define PAIR_UNIT "GL-26-000001"
#define PAIR_PASSWORD "plum tractor violin"

extern struct wtl_device pair_device;
extern struct wtl_channel pair_companion;
extern wtl_Response pair_response; /* to the last request */

/* A blank flash with the unit's page on it, started for the first time. */
void pair_begin (void);

/* Switches the device off and on. */
void pair_restart (void);

/* Connects with a secret: WTL_OK where the session is open at both ends. */
enum wtl_status pair_open (wtl_SecretKind kind, const void *secret, size_t len);
enum wtl_status pair_open_owner (void);

/* Asks and asserts that there is an answer. */
void pair_ask (wtl_Request *request);
void pair_ask_plain (pb_size_t body);
wtl_ErrorCode pair_error (void);

/* In a session opened with the code. */
void pair_set_up (void);

/* In the owner's; the code of the next one goes to @code. */
void pair_wipe (char code[static PAIR_CODE_SIZE]);

/* The most so far, in bytes: of the device's stack, and of the heap that both share. */
size_t pair_stack_used (void);
size_t pair_heap_used (void);
