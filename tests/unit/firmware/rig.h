/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device on emulated flash and a companion next to it, in one process, with
 * a clock, a sensor and a power supply that tests hold in their hands.
 */
#pragma once

#include <glib.h>

#include "firmware/core/device.h"
#include "firmware/core/layout.h"
#include "firmware/core/nor.h"

#define RIG_FLASH_SIZE (WTL_LAYOUT_PAGE_SIZE * WTL_LAYOUT_PAGES)
#define RIG_CODE "4071583926"
#define RIG_UNIT "GL-2600-000042"
#define RIG_PRODUCT 0x00010001u
#define RIG_PASSWORD "plum tractor violin"
#define RIG_PASSWORD_2 "quiet zebra lantern"
#define RIG_MTU 247
#define RIG_SAMPLE_MS 1000
#define RIG_TIME 1790000000u /* what the companion's clock says */

/* Purpose 1 is needed, 2 and 3 are asked for. */
#define RIG_PURPOSES 7u
#define RIG_NEEDED 1u

/* Bytes that must not be found where they do not belong. */
#define RIG_CANARY_VALUE 0x5eca7e57 /* every reading */
#define RIG_CANARY_ADVERT "CANARYadvertKEY!"
#define RIG_CANARY_LEDGER "CANARYledgerHASHofTHEperson's1st"

extern const uint8_t rig_owner_key[32];
extern const uint8_t rig_second_key[32];

typedef struct rig Rig;

struct rig {
  uint8_t *flash;
  struct wtl_nor nor;
  struct wtl_device_port port;
  struct wtl_device device;
  uint64_t clock_ms;
  int32_t value;    /* what the sensor says */
  bool hung_up;     /* by the device */
  unsigned adverts; /* how many there were */
  uint8_t advert[WTL_ADVERT_SIZE];

  struct wtl_channel companion;
  struct wtl_port companion_port;
  GQueue to_device, to_companion; /* of GBytes */
  uint32_t next_id;
  wtl_Response response; /* to the last request */
  unsigned events;       /* readings that came by themselves */
  wtl_Reading event;     /* the last one */
};

/* From the bench, not started. */
struct rig *rig_new (void);
/* The unit whose flash holds these RIG_FLASH_SIZE bytes. */
struct rig *rig_new_from_flash (const uint8_t *flash);
void rig_free (Rig *rig);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

/* Switches it off and on.  The power holds from now on. */
enum wtl_status rig_boot (struct rig *rig);

/* Cuts the power at the @n-th flash operation from now. */
void rig_cut_after (struct rig *rig, unsigned n, uint32_t torn);

/* Time passes; what is due is done. */
void rig_wait (struct rig *rig, uint64_t ms);

/* Connects with a secret.  WTL_OK: the session is open at both ends.  Otherwise
 * what the companion learned, and nothing is connected. */
enum wtl_status rig_open (struct rig *rig, wtl_SecretKind kind, unsigned slot, const void *secret, size_t len);
enum wtl_status rig_open_code (struct rig *rig, const char *digits);
enum wtl_status rig_open_password (struct rig *rig, const char *password);
enum wtl_status rig_open_owner (struct rig *rig);
void rig_close (struct rig *rig);

/* Asks; NULL where the device hung up, the error response otherwise included. */
const wtl_Response *rig_ask (struct rig *rig, wtl_Request *request);
const wtl_Response *rig_ask_plain (struct rig *rig, pb_size_t body);
/* Of the last answer; ERROR_CODE_NONE where it was none. */
wtl_ErrorCode rig_error (const struct rig *rig);

/* The verifier that goes over the wire for an owner key. */
void rig_make_owner (const uint8_t key[32], wtl_Verifier *out);

/* Common stories; they assert success unless they return a response. */
const wtl_Response *rig_ask_set_up (struct rig *rig, const char *password);
void rig_set_up (struct rig *rig); /* opens, sets up, stays connected as owner */
const wtl_Response *rig_ask_consent (struct rig *rig, uint32_t version, uint32_t allowed);
const wtl_Response *rig_ask_password (struct rig *rig, const char *password);
const wtl_Response *rig_ask_readings (struct rig *rig, uint32_t after);
const wtl_Response *rig_ask_prepare (struct rig *rig, const uint8_t wipe_id[16]);
const wtl_Response *rig_ask_commit (struct rig *rig, const uint8_t wipe_id[16]);
const wtl_Response *rig_ask_receipt (struct rig *rig, const uint8_t wipe_id[16]);

/* Whether @len bytes are anywhere in the raw flash. */
bool rig_flash_has (const struct rig *rig, const void *bytes, size_t len);

/* Asserts that nothing of an owner is in the raw flash. */
void rig_assert_no_canary (const struct rig *rig);

/* Checks the signature of the last answer. */
void rig_read_statement (struct rig *rig, wtl_Statement *out);
