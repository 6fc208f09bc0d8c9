/* SPDX-License-Identifier: Apache-2.0 */
/* New images, by frames of SMP. */
#include "update.h"

#include <bootutil/bootutil_public.h>
#include <mgmt/mcumgr/transport/smp_internal.h>
#include <string.h>
#include <zephyr/dfu/mcuboot.h>
#include <zephyr/drivers/flash.h>
#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/grp/img_mgmt/img_mgmt.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt_defines.h>
#include <zephyr/mgmt/mcumgr/smp/smp.h>
#include <zephyr/mgmt/mcumgr/transport/smp.h>
#include <zephyr/net_buf.h>
#include <zephyr/storage/flash_map.h>
#include <zephyr/sys/byteorder.h>

#include "pairing/pairing.pb.h"

/* The longest that one frame takes is the erase of a few pages. */
#define ANSWER_S 20

#define HEAD_SIZE 8 /* bytes; 0: operation in the low three bits, 2 and 3: how many follow */
#define SEQUENCE 6  /* the byte that an answer has from its request */

/* The core's thread waits for the answer, which a thread of mcumgr's gives. */
static struct {
  struct k_spinlock lock;
  uint8_t *out; /* NULL: nobody waits any more */
  uint8_t sequence;
  size_t size;
  size_t len;
} answer;
static K_SEM_DEFINE (answered, 0, 1);
static struct smp_transport transport;

static int
on_answer (struct net_buf *buffer)
{
  k_spinlock_key_t key = k_spin_lock (&answer.lock);
  /* Not that of a request before, which came too late. */
  bool awaited = answer.out != NULL && buffer->len >= HEAD_SIZE && buffer->data[SEQUENCE] == answer.sequence;
  int result = !awaited ? MGMT_ERR_ETIMEOUT : buffer->len > answer.size ? MGMT_ERR_EMSGSIZE : MGMT_ERR_EOK;

  if (result == MGMT_ERR_EOK) {
    memcpy (answer.out, buffer->data, buffer->len);
    answer.len = buffer->len;
  }
  k_spin_unlock (&answer.lock, key);
  smp_packet_free (buffer);
  if (awaited)
    k_sem_give (&answered);
  return result;
}

static uint16_t
get_mtu (const struct net_buf *buffer)
{
  return sizeof ((wtl_SmpFrame *)0)->frame.bytes;
}

int
update_start (void)
{
  transport.functions = (struct smp_transport_api_t){ .output = on_answer, .get_mtu = get_mtu };
  return smp_transport_init (&transport);
}

/* Anything else is dropped by mcumgr without an answer. */
static bool
is_request (const uint8_t *frame, size_t len)
{
  uint8_t operation;

  if (len < HEAD_SIZE || sys_get_be16 (frame + 2) != len - HEAD_SIZE)
    return false;
  operation = frame[0] & 7;
  return operation == MGMT_OP_READ || operation == MGMT_OP_WRITE;
}

static void
wait_into (uint8_t *out, size_t size, uint8_t sequence)
{
  k_spinlock_key_t key = k_spin_lock (&answer.lock);

  answer.out = out;
  answer.size = size;
  answer.sequence = sequence;
  answer.len = 0;
  k_spin_unlock (&answer.lock, key);
}

int
update_smp (void *ctx, const uint8_t *frame, size_t len, uint8_t *out, size_t size, size_t *out_len)
{
  struct net_buf *buffer = is_request (frame, len) ? smp_packet_alloc () : NULL;
  int error;

  if (buffer == NULL)
    return -EINVAL;
  if (net_buf_tailroom (buffer) < len) {
    smp_packet_free (buffer);
    return -EMSGSIZE;
  }
  net_buf_add_mem (buffer, frame, len);
  k_sem_reset (&answered);
  wait_into (out, size, frame[SEQUENCE]);
  smp_rx_req (&transport, buffer);
  error = k_sem_take (&answered, K_SECONDS (ANSWER_S));
  *out_len = answer.len;
  wait_into (NULL, 0, 0);
  return error == 0 && *out_len > 0 ? 0 : -EIO;
}

static bool
is_blank (const struct flash_area *slot, uint32_t from, uint32_t to)
{
  uint8_t bytes[64], erased = flash_area_erased_val (slot);

  for (uint32_t at = from; at < to; at += sizeof bytes) {
    uint32_t n = MIN (sizeof bytes, to - at);

    if (flash_area_read (slot, at, bytes, n) != 0)
      return false;
    for (uint32_t i = 0; i < n; i++)
      if (bytes[i] != erased)
        return false;
  }
  return true;
}

bool
update_forget (uint32_t *at)
{
  const struct flash_area *slot;
  struct flash_pages_info page;

  if (flash_area_open (FIXED_PARTITION_ID (slot1_partition), &slot) != 0
      || mcuboot_swap_type () == BOOT_SWAP_TYPE_REVERT)
    return false;
  while (*at < slot->fa_size) {
    uint32_t from = *at;

    if (flash_get_page_info_by_offs (flash_area_get_device (slot), slot->fa_off + from, &page) != 0)
      return false;
    *at = from + page.size;
    if (is_blank (slot, from, *at))
      continue;
    /* Nobody goes on with what is not there any more. */
    img_mgmt_reset_upload ();
    return flash_area_flatten (slot, from, page.size) == 0;
  }
  return false;
}
