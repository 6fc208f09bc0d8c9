/* SPDX-License-Identifier: Apache-2.0 */
/* What happens elsewhere, on its way to the core's thread. */
#include "inbox.h"

#include <string.h>
#include <zephyr/sys/ring_buffer.h>

/* Before each packet's bytes. */
struct head {
  uint16_t kind;
  uint16_t size;
};

/* Room that packets cannot take, so that word of the link's end and of the
 * button always gets through. */
#define RESERVE (8 * sizeof (struct head))

RING_BUF_DECLARE (ring, CONFIG_WATTLE_INBOX_SIZE);
static struct k_spinlock lock;
static K_SEM_DEFINE (count, 0, K_SEM_MAX_LIMIT);

bool
inbox_put (enum inbox_kind kind, const void *data, uint16_t size)
{
  struct head head = { .kind = (uint16_t)kind, .size = size };
  uint32_t payload = kind == INBOX_PACKET ? size : 0;
  uint32_t reserve = kind == INBOX_PACKET ? RESERVE : 0;
  k_spinlock_key_t key;
  bool fits;

  if (payload > INBOX_PACKET_MAX)
    return false;
  key = k_spin_lock (&lock);
  fits = ring_buf_space_get (&ring) >= sizeof head + payload + reserve;
  if (fits) {
    ring_buf_put (&ring, (const uint8_t *)&head, sizeof head);
    ring_buf_put (&ring, data, payload);
  }
  k_spin_unlock (&lock, key);
  if (fits)
    k_sem_give (&count);
  return fits;
}

bool
inbox_take (struct inbox_item *item, k_timeout_t wait)
{
  struct head head;
  k_spinlock_key_t key;

  if (k_sem_take (&count, wait) != 0)
    return false;
  key = k_spin_lock (&lock);
  ring_buf_get (&ring, (uint8_t *)&head, sizeof head);
  item->kind = head.kind;
  item->size = head.size;
  if (head.kind == INBOX_PACKET)
    ring_buf_get (&ring, item->data, head.size);
  k_spin_unlock (&lock, key);
  return true;
}
