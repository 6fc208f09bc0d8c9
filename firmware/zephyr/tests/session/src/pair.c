/* SPDX-License-Identifier: Apache-2.0 */
/* A device and its companion. */
#include "pair.h"

#include <mbedtls/memory_buffer_alloc.h>
#include <string.h>
#include <zephyr/kernel.h>
#include <zephyr/ztest.h>

#include "board.h"
#include "firmware/core/factory.h"
#include "flash-port.h"
#include "integrity.h"
#include "pairing/statement.h"
#include "update.h"

#define MTU 244
#define QUEUE_MAX 16

struct queue {
  uint16_t sizes[QUEUE_MAX];
  uint8_t packets[QUEUE_MAX][MTU];
  unsigned count;
};

struct wtl_device pair_device;
struct wtl_channel pair_companion;
wtl_Response pair_response;

static struct queue to_device, to_companion;
static bool hung_up;
static uint32_t next_id;
static const uint8_t owner_key[32] = "an owner's key, made for a test";

/* --- the link --- */

static int
put (struct queue *queue, const uint8_t *packet, size_t len)
{
  zassert_true (queue->count < QUEUE_MAX && len <= MTU);
  memcpy (queue->packets[queue->count], packet, len);
  queue->sizes[queue->count++] = (uint16_t)len;
  return 0;
}

static int
companion_send (void *ctx, const uint8_t *packet, size_t len)
{
  return put (&to_device, packet, len);
}

static int
device_send (void *ctx, const uint8_t *packet, size_t len)
{
  return put (&to_companion, packet, len);
}

static void
device_hang_up (void *ctx)
{
  hung_up = true;
}

static void
device_advertise (void *ctx, const uint8_t advert[WTL_ADVERT_SIZE])
{
}

static int
device_sense (void *ctx, int32_t *value)
{
  *value = 21500;
  return 0;
}

static struct wtl_device_port port = {
  .random = board_random,
  .now_ms = board_now_ms,
  .send = device_send,
  .hang_up = device_hang_up,
  .advertise = device_advertise,
  .sense = device_sense,
  .smp = update_smp,
  .integrity = integrity_tell,
  .alerts = integrity_alerts,
  .firmware_version = "1.0.0-test",
  .sample_ms = 60000,
};

static const struct wtl_port companion_port = {
  .capabilities = WTL_CAPABILITY_SMP | WTL_CAPABILITY_INTEGRITY,
  .random = board_random,
  .now_ms = board_now_ms,
  .send = companion_send,
};

/* --- the device's thread --- */

static K_THREAD_STACK_DEFINE (stack, CONFIG_MAIN_STACK_SIZE);
static struct k_work_q thread;
static struct {
  struct k_work work;
  void (*run) (void);
  enum wtl_status status;
} job;
static size_t heap_most;

static void
do_job (struct k_work *work)
{
  job.run ();
}

static void
on_device (void (*run) (void))
{
  static bool started;
  struct k_work_sync sync;
  size_t bytes, blocks;

  if (!started) {
    k_work_queue_start (&thread, stack, K_THREAD_STACK_SIZEOF (stack), K_PRIO_PREEMPT (5), NULL);
    k_work_init (&job.work, do_job);
    started = true;
  }
  job.run = run;
  mbedtls_memory_buffer_alloc_max_reset ();
  k_work_submit_to_queue (&thread, &job.work);
  k_work_flush (&job.work, &sync);
  mbedtls_memory_buffer_alloc_max_get (&bytes, &blocks);
  /* Before each block there is a head of the allocator's, of eight words. */
  heap_most = MAX (heap_most, bytes + blocks * 8 * sizeof (void *));
}

static void
run_init (void)
{
  job.status = wtl_device_init (&pair_device, &port);
}

static void
run_connected (void)
{
  job.status = wtl_device_connected (&pair_device, MTU);
}

static void
run_packets (void)
{
  for (unsigned i = 0; i < to_device.count && !hung_up; i++)
    wtl_device_packet (&pair_device, to_device.packets[i], to_device.sizes[i]);
  to_device.count = 0;
}

static void
run_disconnected (void)
{
  wtl_device_disconnected (&pair_device);
}

size_t
pair_stack_used (void)
{
  size_t unused = 0;

  zassert_ok (k_thread_stack_space_get (k_work_queue_thread_get (&thread), &unused));
  return K_THREAD_STACK_SIZEOF (stack) - unused;
}

size_t
pair_heap_used (void)
{
  return heap_most;
}

/* --- stories --- */

static void
provision (void)
{
  static struct wtl_factory factory;
  struct wtl_prover prover;

  memset (&factory, 0, sizeof factory);
  factory.product = 0x10001;
  strcpy (factory.unit_id, PAIR_UNIT);
  factory.purposes = factory.needed = 1;
  factory.iterations = factory.label.iterations = WTL_ITERATIONS_MIN;
  zassert_equal (wtl_statement_keygen (&companion_port, factory.private_key, factory.public_key), WTL_OK);
  memset (factory.label.salt, 0x17, WTL_SALT_MIN);
  zassert_equal (wtl_prover_from_secret ((const uint8_t *)PAIR_CODE, strlen (PAIR_CODE), factory.label.salt,
                                         WTL_SALT_MIN, WTL_ITERATIONS_MIN, &prover),
                 WTL_OK);
  zassert_equal (wtl_verifier_from_prover (&prover, board_random, NULL, &factory.label), WTL_OK);
  memset (factory.label.salt, 0x17, WTL_SALT_MIN);
  factory.label.salt_len = WTL_SALT_MIN;
  factory.label.iterations = WTL_ITERATIONS_MIN;
  zassert_equal (wtl_factory_write (&port.flash, &factory), WTL_OK);
}

void
pair_begin (void)
{
  zassert_equal (flash_port_open (&port.flash), WTL_OK);
  zassert_equal (wtl_flash_erase (&port.flash, 0, port.flash.page_count), WTL_OK);
  provision ();
  pair_restart ();
}

static void
hang_up (void)
{
  on_device (run_disconnected);
  wtl_channel_close (&pair_companion);
  to_device.count = to_companion.count = 0;
}

void
pair_restart (void)
{
  hang_up ();
  on_device (run_init);
  zassert_equal (job.status, WTL_OK);
}

/* Delivers until nothing is under way. */
static enum wtl_status
pump (void)
{
  enum wtl_status status = WTL_OK;
  enum wtl_event event;

  /* What was sent before it hung up still arrives. */
  while (status == WTL_OK && ((to_device.count > 0 && !hung_up) || to_companion.count > 0)) {
    if (to_device.count > 0 && !hung_up)
      on_device (run_packets);
    for (unsigned i = 0; i < to_companion.count && status == WTL_OK; i++) {
      status = wtl_channel_receive (&pair_companion, to_companion.packets[i], to_companion.sizes[i], &event);
      if (status == WTL_OK && event == WTL_EVENT_MESSAGE)
        status = wtl_response_decode (pair_companion.message, pair_companion.message_len, &pair_response);
    }
    to_companion.count = 0;
  }
  return status == WTL_OK && hung_up ? WTL_ERROR_SEND : status;
}

enum wtl_status
pair_open (wtl_SecretKind kind, const void *secret, size_t len)
{
  enum wtl_status status;

  hang_up ();
  hung_up = false;
  on_device (run_connected);
  zassert_equal (job.status, WTL_OK);
  status = wtl_channel_init_prover (&pair_companion, &companion_port, MTU, kind, 0, secret, len);
  if (status == WTL_OK)
    status = pump ();
  if (status == WTL_OK && !wtl_channel_is_open (&pair_companion))
    status = WTL_ERROR_SEND;
  return status;
}

enum wtl_status
pair_open_owner (void)
{
  return pair_open (wtl_SECRET_KIND_OWNER_KEY, owner_key, sizeof owner_key);
}

void
pair_ask (wtl_Request *request)
{
  request->id = ++next_id;
  memset (&pair_response, 0, sizeof pair_response);
  zassert_equal (wtl_channel_send_request (&pair_companion, request), WTL_OK);
  zassert_equal (pump (), WTL_OK);
  zassert_equal (pair_response.id, request->id);
}

void
pair_ask_plain (pb_size_t body)
{
  static wtl_Request request;

  memset (&request, 0, sizeof request);
  request.which_body = body;
  pair_ask (&request);
}

wtl_ErrorCode
pair_error (void)
{
  return pair_response.which_body == wtl_Response_error_tag ? pair_response.body.error.code : wtl_ERROR_CODE_NONE;
}

void
pair_set_up (void)
{
  static wtl_Request request;
  wtl_SetUpRequest *set_up = &request.body.set_up;
  struct wtl_prover prover;
  struct wtl_verifier verifier;

  memset (&request, 0, sizeof request);
  request.which_body = wtl_Request_set_up_tag;
  strcpy (set_up->password, PAIR_PASSWORD);
  set_up->has_owner = true;
  set_up->time = 1790000000;
  zassert_equal (wtl_prover_from_owner_key (owner_key, &prover), WTL_OK);
  zassert_equal (wtl_verifier_from_prover (&prover, board_random, NULL, &verifier), WTL_OK);
  memcpy (set_up->owner.w0, verifier.w0, sizeof set_up->owner.w0);
  memcpy (set_up->owner.l, verifier.l, sizeof set_up->owner.l);
  pair_ask (&request);
  zassert_equal (pair_error (), wtl_ERROR_CODE_NONE);
}

void
pair_wipe (char code[static PAIR_CODE_SIZE])
{
  static wtl_Request request;

  memset (&request, 0, sizeof request);
  request.which_body = wtl_Request_wipe_prepare_tag;
  memset (request.body.wipe_prepare.wipe_id, 0x77, sizeof request.body.wipe_prepare.wipe_id);
  pair_ask (&request);
  zassert_equal (pair_response.which_body, wtl_Response_wipe_prepare_tag);
  strcpy (code, pair_response.body.wipe_prepare.next_code);
  memset (&request, 0, sizeof request);
  request.which_body = wtl_Request_wipe_commit_tag;
  memset (request.body.wipe_commit.wipe_id, 0x77, sizeof request.body.wipe_commit.wipe_id);
  pair_ask (&request);
  zassert_equal (pair_response.which_body, wtl_Response_statement_tag);
}
