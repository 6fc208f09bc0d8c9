/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for the core: in order, whole, bounded, and never without word of the link's end. */
#include <string.h>
#include <zephyr/ztest.h>

#include "inbox.h"

static struct inbox_item item;
static uint8_t packet[INBOX_PACKET_MAX + 1];

static void
before (void *fixture)
{
  while (inbox_take (&item, K_NO_WAIT))
    ;
}

ZTEST (inbox, test_order)
{
  memset (packet, 0x11, 20);
  zassert_true (inbox_put (INBOX_CONNECTED, NULL, 244));
  zassert_true (inbox_put (INBOX_PACKET, packet, 20));
  zassert_true (inbox_put (INBOX_SHORT_PRESS, NULL, 0));
  zassert_true (inbox_put (INBOX_DISCONNECTED, NULL, 0));

  zassert_true (inbox_take (&item, K_NO_WAIT));
  zassert_equal (item.kind, INBOX_CONNECTED);
  zassert_equal (item.size, 244);
  zassert_true (inbox_take (&item, K_NO_WAIT));
  zassert_equal (item.kind, INBOX_PACKET);
  zassert_equal (item.size, 20);
  zassert_mem_equal (item.data, packet, 20);
  zassert_true (inbox_take (&item, K_NO_WAIT));
  zassert_equal (item.kind, INBOX_SHORT_PRESS);
  zassert_true (inbox_take (&item, K_NO_WAIT));
  zassert_equal (item.kind, INBOX_DISCONNECTED);
  zassert_false (inbox_take (&item, K_NO_WAIT));
}

ZTEST (inbox, test_waits)
{
  int64_t start = k_uptime_get ();

  zassert_false (inbox_take (&item, K_MSEC (100)));
  zassert_true (k_uptime_get () - start >= 100);
}

ZTEST (inbox, test_largest)
{
  for (int i = 0; i < INBOX_PACKET_MAX; i++)
    packet[i] = (uint8_t)i;
  zassert_false (inbox_put (INBOX_PACKET, packet, INBOX_PACKET_MAX + 1));
  zassert_false (inbox_take (&item, K_NO_WAIT));
}

/* Whoever sends too much is told no, at a place that does not depend on luck; what is
 * not a packet still gets in. */
ZTEST (inbox, test_full)
{
  unsigned taken = 0;

  while (inbox_put (INBOX_PACKET, packet, 20)) {
    taken++;
    zassert_true (taken * 24 <= CONFIG_WATTLE_INBOX_SIZE);
  }
  zassert_true (taken >= 8, "%u packets", taken);
  zassert_true (inbox_put (INBOX_DISCONNECTED, NULL, 0));
  zassert_true (inbox_put (INBOX_LONG_PRESS, NULL, 0));
  for (unsigned i = 0; i < taken; i++) {
    zassert_true (inbox_take (&item, K_NO_WAIT));
    zassert_equal (item.kind, INBOX_PACKET);
  }
  zassert_true (inbox_take (&item, K_NO_WAIT));
  zassert_equal (item.kind, INBOX_DISCONNECTED);
  zassert_true (inbox_take (&item, K_NO_WAIT));
  zassert_equal (item.kind, INBOX_LONG_PRESS);
  /* And there is room again. */
  zassert_true (inbox_put (INBOX_PACKET, packet, 20));
}

ZTEST_SUITE (inbox, NULL, NULL, before, NULL, NULL);
