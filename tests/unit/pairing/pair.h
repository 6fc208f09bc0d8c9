/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A companion's and a device's channel back to back, with a link between them
 * that tests can meddle with.
 */
#pragma once

#include <glib.h>

#include "pairing/channel.h"

#define PAIR_CODE "4071583927"
#define PAIR_PASSWORD "correct horse battery"
#define PAIR_ITERATIONS 1000
#define PAIR_MTU 247
#define PAIR_ATTEMPTS 5

/* The owner key that pair_open() uses. */
extern const uint8_t pair_key[32];

typedef struct pair Pair;

/* One end. */
struct end {
  struct pair *pair;
  struct wtl_channel channel;
  struct wtl_port port;
  GQueue outbox; /* of GBytes, packets sent and not yet delivered */
  enum wtl_status status;
  enum wtl_event event; /* the last that was not NONE */
  GByteArray *message;  /* the last one received */
  unsigned messages;    /* received */
  unsigned packets;     /* sent */
};

/* What is done to the packet with this number, counted over both directions. */
enum meddling {
  MEDDLE_NOT,
  MEDDLE_DROP,
  MEDDLE_REPEAT,
  MEDDLE_SWAP, /* with the one after it */
  MEDDLE_FLIP, /* one bit */
  MEDDLE_TRUNCATE,
  MEDDLE_GROW,
};

struct pair {
  struct end companion;
  struct end device;

  /* the device's storage */
  struct wtl_verifier verifier;
  enum wtl_status load_status;
  enum wtl_status ok_status;
  struct wtl_attempts attempts;
  unsigned begun; /* attempts */
  unsigned taken_back;
  unsigned begun_at_pake_reply; /* what `begun' was when the reply went out */

  /* the link */
  enum meddling meddling;
  unsigned meddle_at;
  unsigned meddle_bit;
  unsigned delivered;
};

int pair_random (void *ctx, uint8_t *buf, size_t len);

/* How many bytes were read, at most @size. */
size_t pair_from_hex (const char *hex, uint8_t *out, size_t size);
char *pair_to_hex (const uint8_t *data, size_t len);

/* A device that knows @secret of @kind.  Owner keys are 32 bytes. */
struct pair *pair_new (wtl_SecretKind kind, const void *secret, size_t len);
void pair_free (Pair *pair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

/* Both channels anew; the companion says Hello with @secret. */
enum wtl_status pair_connect (struct pair *pair, size_t mtu, wtl_SecretKind kind, const void *secret, size_t len);

/* Delivers packets both ways until none are left or an end has failed. */
void pair_pump (struct pair *pair);

/* Delivers @count packets, the companion's and the device's in turn. */
void pair_pump_only (struct pair *pair, unsigned count);

/* The packet to @end, as if from the link. */
void pair_deliver (struct end *end, const uint8_t *packet, size_t len);

/* Connects and pumps, and asserts that both are open. */
void pair_open (struct pair *pair, size_t mtu);
